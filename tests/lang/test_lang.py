"""Languages: complete, with right plurals and numbers, and chosen from the environment."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import async_magics
from async_magics.errors import OptionError
from async_magics.lang import LANGUAGES, Catalogue, detect, ru, translation

PACKAGE = Path(async_magics.__file__).parent
ONE = {"gettext", "marked", "_"}
PAIR = {"ngettext", "counted"}


def calls() -> Iterator[tuple[str, ...]]:
    """Yield the literal texts of every call that asks for a translation."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                wanted = 1 if name in ONE else 2 if name in PAIR else 0
                texts = tuple(arg.value for arg in node.args[:wanted] if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
                if wanted and len(texts) == wanted:
                    yield texts


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_sources_have_texts() -> None:
    assert len(set(calls())) > 40


def test_every_text_is_in_russian_and_none_is_stale() -> None:
    used = {texts[0] for texts in calls()}
    assert used - ru.TEXTS.keys() == set()
    assert ru.TEXTS.keys() - used == set()


def test_texts_with_numbers_have_three_forms_and_no_others_do() -> None:
    counted = {texts[0] for texts in calls() if len(texts) == 2}
    for text, found in ru.TEXTS.items():
        assert isinstance(found, tuple) == (text in counted), text
        assert text not in counted or len(found) == 3


def test_placeholders_survive_translation() -> None:
    for text, found in ru.TEXTS.items():
        for form in found if isinstance(found, tuple) else (found,):
            assert fields(form) == fields(text), text


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0 задач"), (1, "1 задача"), (2, "2 задачи"), (5, "5 задач"), (11, "11 задач"), (21, "21 задача"), (104, "104 задачи")],
)
def test_russian_plurals(n: int, text: str) -> None:
    assert translation("ru").ngettext("{} task", "{} tasks", n).format(n) == text


@pytest.mark.parametrize(("n", "text"), [(0, "0 tasks"), (1, "1 task"), (2, "2 tasks")])
def test_english_plurals(n: int, text: str) -> None:
    assert translation("en").ngettext("{} task", "{} tasks", n).format(n) == text


@pytest.mark.parametrize(("lang", "text"), [("en", "1,234,567.50"), ("ru", "1\u00a0234\u00a0567,50")])
def test_numbers(lang: str, text: str) -> None:
    assert translation(lang).number(1234567.5, 2) == text


def test_unknown_language_names_the_nearest() -> None:
    with pytest.raises(OptionError, match="did you mean 'ru'"):
        translation("rus")


def test_a_text_without_translation_stays_english() -> None:
    words = Catalogue("xx", {}, lambda n: 0)
    assert words.gettext("running") == "running"
    assert words.ngettext("{} task", "{} tasks", 3) == "{} tasks"


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LANGUAGE": "ru:en"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_detect(variables: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert detect() == lang


@pytest.mark.parametrize(("name", "lang"), [("Russian_Russia", "ru"), ("ru_RU", "ru"), (None, "en")])
def test_detect_asks_the_locale_where_the_environment_is_silent(name: str | None, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: (name, None))
    assert detect() == lang


def test_every_language_can_be_had() -> None:
    for lang in LANGUAGES:
        assert translation(lang).lang == lang
