"""Sentences about a trace, kept as a text with places for values, and said in a language when somebody reads them.

Judgement thus knows no language, and a saved trace can be read in any. Imports ``lang`` and ``model`` only.
"""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from ..lang import Catalogue
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Location

CELL_FILE: Final = "cell"
LONGEST_VALUE: Final = 80


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in nanoseconds, said as ``1.2 s``."""

    ns: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1, said as ``48 %``."""

    of_one: float


@dataclass(frozen=True, slots=True)
class Number:
    """A number with so many decimals, said as the language writes it; a plain ``int`` needs no wrapping."""

    value: float
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Names:
    """Names of which the first few are said, and how many there are besides: ``a, b, c, … (+4)``; between them the separator."""

    names: tuple[str | Phrase, ...]
    most: int = 3
    separator: str = ", "


@dataclass(frozen=True, slots=True)
class At:
    """A place after a name, said as `` (line 7)``; nothing where the place is not known."""

    place: Location | None


Value: TypeAlias = "str | int | Duration | Share | Number | Names | Location | At | Phrase"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence, or a word of ours among values of the user's program.

    Attributes:
        text: English, with ``{name}`` where a value stands; the key in every language's table. Written as a literal inside
            ``lang.marked(...)``, so that the completeness of the languages can be tested.
        values: by name. Texts of the user's program are cleaned and bounded when the phrase is said.
        plural: the form for numbers other than one; then ``values["n"]`` is the number that decides.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    plural: str = ""

    def say(self, words: Catalogue) -> str:
        """Return the sentence in a language; ``""`` for a phrase without text."""
        count = self.values.get("n")
        text = words.ngettext(self.text, self.plural, count) if self.plural and isinstance(count, int) else words.gettext(self.text)
        return text.format(**{name: _said(words, value) for name, value in self.values.items()}) if self.text else ""


def counted(text: str, plural: str, /, n: int, **values: Value) -> Phrase:
    """Return a sentence that depends on a number; both of its texts are literals, like those of ``ngettext``."""
    return Phrase(text, {"n": n, **values}, plural)


def _said(words: Catalogue, value: Value) -> str:
    match value:
        case str():
            return clean(value, LONGEST_VALUE)
        case int():
            return words.number(value)
        case Duration(ns):
            return duration(words, ns)
        case Share(of_one):
            return f"{words.number(100 * of_one)} %"
        case Number(number, decimals):
            return words.number(number, decimals)
        case Names(names, most, separator):
            return listed(words, names, most, separator)
        case At(place):
            return f" ({line_of(words, place)})" if place is not None else ""
        case Location():
            return line_of(words, value)
        case Phrase():
            return value.say(words)


def listed(words: Catalogue, names: tuple[str | Phrase, ...], most: int = 3, separator: str = ", ") -> str:
    """Return the first names and the number of the others."""
    more = len(names) - most
    shown = separator.join(name.say(words) if isinstance(name, Phrase) else clean(name, 60) for name in names[:most])
    return f"{shown}, … (+{words.number(more)})" if more > 0 else shown


def line_of(words: Catalogue, place: Location) -> str:
    """Return ``line 7`` for the cell's own lines, ``file.py:7`` for others."""
    if place.file == CELL_FILE or place.file.startswith("<"):
        return words.gettext("line {}").format(place.line)
    return clean(f"{ntpath.basename(place.file)}:{place.line}", 60)
