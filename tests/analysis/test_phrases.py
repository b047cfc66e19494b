"""Sentences with places for values, said in two languages."""

from __future__ import annotations

import pytest

from async_magics.analysis.phrases import At, Duration, Names, Number, Phrase, Share, Value, counted, listed
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
        (Names((Phrase("the cell"), "b"), 2, " → "), "the cell → b", "ячейка → b"),
        (Phrase("the cell"), "the cell", "ячейка"),
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


@pytest.mark.parametrize(
    ("place", "lang", "said"),
    [(line(7), "en", "Pool(2) (line 7)"), (line(7), "ru", "Pool(2) (строка 7)"), (line(9, file="/a/b.py"), "en", "Pool(2) (b.py:9)")],
)
def test_a_place_stands_in_brackets(place: object, lang: str, said: str) -> None:
    assert Phrase("{pool}{at}", {"pool": "Pool(2)", "at": At(place)}).say(translation(lang)) == said  # type: ignore[arg-type]


def test_a_place_that_is_not_known_is_not_said() -> None:
    assert Phrase("{pool}{at}", {"pool": "Pool(2)", "at": At(None)}).say(ENGLISH) == "Pool(2)"


@pytest.mark.parametrize(("n", "said"), [(1, "1 поток вычислял"), (2, "2 потока вычисляли"), (5, "5 потоков вычисляли")])
def test_a_number_decides_the_form(n: int, said: str) -> None:
    one = "{n} thread{at} computed one at a time: {cores} cores between them (the GIL)"
    many = "{n} threads{at} computed one at a time: {cores} cores between them (the GIL)"
    phrase = counted(one, many, n=n, at=At(None), cores=Number(0.98, 2))
    assert phrase.say(RUSSIAN).startswith(said)
    assert phrase.say(ENGLISH).startswith(f"{n} thread{'' if n == 1 else 's'} computed")
