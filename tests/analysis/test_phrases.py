"""Sentences about a trace, said in a language."""

from __future__ import annotations

import pytest

from async_magics.analysis.phrases import At, Number, Phrase, counted
from async_magics.lang import translation
from async_magics.testing import line

ENGLISH, RUSSIAN = translation("en"), translation("ru")


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
