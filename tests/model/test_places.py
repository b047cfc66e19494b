"""Lines of code as charts show them."""

from __future__ import annotations

import linecache
from collections.abc import Iterator

import pytest

from async_magics.model.places import LONGEST, Places

LINES = {
    "time.sleep(1)  #: here the loop stands": "time.sleep(1)",
    "time.sleep(1)  # an ordinary comment": "time.sleep(1)  # an ordinary comment",
    "print('a #: b')": "print('a #: b')",
    "print('a')  #: b": "print('a')",
    "#: alone": "#: alone",
    "x = " + "1" * 200: "x = " + "1" * (LONGEST - 5) + "…",
}


@pytest.fixture
def source() -> Iterator[str]:
    name = "<lines of a test>"
    text = "\n".join(LINES)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    yield name
    del linecache.cache[name]


def test_lines_are_shown_without_the_remark_that_the_list_has_already(source: str) -> None:
    found = [Places().known(source, number, "f").text for number in range(1, len(LINES) + 1)]
    assert found == list(LINES.values())
