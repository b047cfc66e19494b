"""Sentences with places for values, said in two languages."""

from __future__ import annotations

import pytest

from async_magics.analysis.phrases import Duration, Names, Number, Phrase, Share, Value, Word, listed
from async_magics.lang import translation
from async_magics.testing import line

ENGLISH, RUSSIAN = translation("en"), translation("ru")


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        ("a\nb", "a↵b", "a↵b"),
        (12345, "12,345", "12\u00a0345"),
        (Duration(1_500_000_000), "1.50 s", "1,50 с"),
        (Share(0.481), "48 %", "48 %"),
        (Number(2.25), "2.2", "2,2"),
        (Names(("a", "b", "c", "d", "e")), "a, b, c, … (+2)", "a, b, c, … (+2)"),
        (Names((Word("the cell"), "b"), 2, " → "), "the cell → b", "ячейка → b"),
        (Word("the cell"), "the cell", "ячейка"),
        (line(7), "line 7", "строка 7"),
        (line(7, file="/home/me/server.py"), "server.py:7", "server.py:7"),
    ],
)
def test_values(value: Value, english: str, russian: str) -> None:
    phrase = Phrase("<{value}>", {"value": value})
    assert (phrase.say(ENGLISH), phrase.say(RUSSIAN)) == (f"<{english}>", f"<{russian}>")


def test_texts_of_the_program_are_bounded_and_no_formats() -> None:
    said = Phrase("{value}", {"value": "{x}" + "y" * 500}).say(ENGLISH)
    assert said.startswith("{x}y") and len(said) == 80


def test_no_phrase_says_nothing() -> None:
    assert Phrase("").say(ENGLISH) == ""


def test_names_that_fit_are_all_said() -> None:
    assert listed(ENGLISH, ("a", "b", "c")) == "a, b, c"
    assert listed(ENGLISH, ()) == ""
