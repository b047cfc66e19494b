"""Texts of arguments: bounded, without secrets."""

from __future__ import annotations

import pytest

from async_magics.sources.reprs import short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("https://me:abc@host/path", "'https://***@host/path'"),
        ("host=db password=abc dbname=x", "'host=db password=*** dbname=x'"),
        ("Authorization: Bearer abc.def", "'Authorization: Bearer ***'"),
        ("sk-abcabcabc", "'***'"),
        (["ghp_abcabcabcabc", 1], "['***', 1]"),
        ({"token": "abc"}, "{'token': '***'}"),
        ("the token is here", "'the token is here'"),
        ("it's", '"it\'s"'),
    ],
)
def test_secrets_in_values(value: object, text: str) -> None:
    """What looks like a secret is hidden inside a text too, and nothing else is touched."""
    assert short(value) == text


def test_a_secret_at_the_cut() -> None:
    """A secret is hidden before a long text is cut."""
    assert "abc" not in short("x" * 20 + " https://me:" + "abc" * 20 + "@host", 30)
