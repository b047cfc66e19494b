"""The words on a chart, in the reader's language: gettext's interface over one Python file per language.

English is what the sources hold; any other language is a file here (``ru.py``) with ``PLURAL``, ``TEXTS``, ``DECIMAL`` and
``GROUP``, and a line in ``LANGUAGES``. Imports ``errors`` and the standard library only.
"""

from __future__ import annotations

import gettext
import importlib
import locale
import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Final

from ..errors import OptionError

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "ru": "Русский"}
"""Code and own name of every language that charts can speak."""

_ASKED_IN: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Catalogue(gettext.NullTranslations):
    """The texts and numbers of one language; a text that is not in it stays English.

    Attributes:
        lang: the language's code.
    """

    def __init__(
        self,
        lang: str,
        texts: Mapping[str, str | tuple[str, ...]],
        plural: Callable[[int], int],
        decimal: str = ".",
        group: str = ",",
    ) -> None:
        super().__init__()
        self.lang = lang
        self._texts = texts
        self._plural = plural
        self._decimal = decimal
        self._group = group

    def gettext(self, message: str) -> str:
        """Return the text in this language."""
        found = self._texts.get(message, message)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form that goes with the number ``n``."""
        found = self._texts.get(msgid1)
        if isinstance(found, tuple):
            return found[self._plural(n)]
        return msgid1 if n == 1 else msgid2

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number the way the language does: ``1,234.5`` or ``1 234,5``."""
        text = f"{value:,.{decimals}f}"
        return text.replace(",", "\0").replace(".", self._decimal).replace("\0", self._group)


def translation(lang: str) -> Catalogue:
    """Return the catalogue of a language.

    Raises:
        OptionError: for a language that is not there, with the nearest that is.
    """
    if lang not in LANGUAGES:
        near = get_close_matches(lang, LANGUAGES, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise OptionError(f"lang {lang!r} is not one of {', '.join(LANGUAGES)}{hint}")
    if lang == "en":
        return Catalogue("en", {}, lambda n: int(n != 1))
    module = importlib.import_module(f".{lang}", __name__)
    return Catalogue(lang, module.TEXTS, gettext.c2py(module.PLURAL), module.DECIMAL, module.GROUP)


def detect() -> str:
    """Return the language that the environment asks for, as far as there is one here; English otherwise."""
    for variable in _ASKED_IN:
        asked = os.environ.get(variable)
        if asked:
            return _known(asked.split(":")[0])
    return _known(locale.getlocale()[0] or "")


def _known(name: str) -> str:
    """Find the language in a locale's name: ``ru_RU.UTF-8``, or ``Russian_Russia`` on Windows."""
    code = name.replace("-", "_").split("_")[0].split(".")[0].lower()
    return {"russian": "ru"}.get(code, code) if {"russian": "ru"}.get(code, code) in LANGUAGES else "en"


def marked(message: str) -> str:
    """Return the text itself: marks an entry of a table as one to translate where it is used."""
    return message
