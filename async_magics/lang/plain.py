"""Texts made harmless and bounded: one line, no control characters, an ellipsis where they are too long; and how wide they are.

Widths are estimated from the letter shapes of DejaVu Sans, so that a scene can be laid out where no font library is loaded.
Imports the standard library only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Final

ELLIPSIS: Final = "…"
LONGEST: Final = 2000
"""Nothing longer is looked at: a name of a megabyte must not cost a second."""

_BREAKS: Final = {"\n": "↵", "\r": "↵", "\t": " ", "\v": "↵", "\f": "↵", "\x85": "↵", "\u2028": "↵", "\u2029": "↵"}
_ODD: Final = re.compile(r"[^ -~А-яЁё]")
_REPEATED_MARKS: Final = 3

_EM_WIDTHS: Final = {
    0.25: "'",
    0.30: ",.IJijl·",
    0.35: " -/:;\\f|",
    0.40: "!()[]rt",
    0.45: '"',
    0.50: "*_`sz–",
    0.55: "?Lcгзсэ",
    0.60: "FPTYaekovxyГРТУабвекотухчьяё",
    0.65: "$0123456789EKSbdghnpqu{}ЕЗийлнпрЁµ",
    0.70: "ABCRVXZАБВКСХЧЬЭЯдцъ",
    0.75: "DGHNUИЙЛНПм",
    0.80: "&OQwДОЦы",
    0.85: "#+<=>M^~МФЪфю×−",
    0.90: "Ыжш",
    0.95: "%mщ",
    1.00: "@W…—",
    1.10: "ЖЩЮШ",
}
_EM: Final = {letter: width for width, letters in _EM_WIDTHS.items() for letter in letters}
_BOLD: Final = 1.11
"""DejaVu Sans Bold against the regular one, on average."""


def clean(text: str, limit: int = 200) -> str:
    """Return the text as one visible line of at most ``limit`` columns.

    Line breaks become ``↵``; other control characters, and those that turn the direction of writing, become ``�``.
    """
    head = text[:LONGEST]
    if _ODD.search(head):
        head = "".join(_visible(head))
    return cut(head, limit)


def code_lines(source: str) -> list[str]:
    """Return the lines of a program, numbered as Python numbers them, with their indentation; what is not visible is shown."""
    return [_code_line(line) for line in re.split(r"\r\n|\r|\n", source.removesuffix("\n"))]


def _code_line(line: str) -> str:
    body = line[:LONGEST].expandtabs(4)[:LONGEST].rstrip()
    bare = body.lstrip(" ")
    return " " * (len(body) - len(bare)) + clean(bare, LONGEST)


def _visible(text: str) -> list[str]:
    """Return the characters, none of them invisible; a pile of accents on one letter is kept low."""
    out: list[str] = []
    marks = 0
    for letter in text:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > _REPEATED_MARKS:
            continue
        if letter in _BREAKS:
            out.append(_BREAKS[letter])
        elif letter == "\u200d" or kind not in ("Cc", "Cs", "Cf", "Co", "Cn"):
            out.append(" " if kind == "Zs" else letter)
        else:
            out.append("\ufffd")
    return out


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def cut(text: str, limit: int) -> str:
    """Return the text, shortened with an ellipsis to ``limit`` columns of a terminal."""
    if len(text) * 2 <= limit or columns(text) <= limit:
        return text
    return _shorten(text, limit - 1, _columns)


def pad(text: str, width: int, right: bool = False) -> str:
    """Return the text cut or filled up to exactly ``width`` columns."""
    shown = cut(text, width)
    space = " " * (width - columns(shown))
    return space + shown if right else shown + space


def ems(text: str, bold: bool = False) -> float:
    """Return the estimated width of the text in units of its size."""
    return sum(map(_em, text)) * (_BOLD if bold else 1.0)


@lru_cache(maxsize=4096)
def _em(letter: str) -> float:
    return _EM.get(letter) or (0.0, 0.7, 1.05)[_columns(letter)]


def fit(text: str, width_em: float, bold: bool = False) -> str:
    """Return the text, shortened with an ellipsis to a width in units of its size; ``""`` where not even one letter fits."""
    if bold:
        width_em /= _BOLD
    if ems(text) <= width_em:
        return text
    return _shorten(text, width_em - _em(ELLIPSIS), _em)


def wrap(text: str, width_em: float, most: int = 4) -> list[str]:
    """Return the text in lines no wider than so many units of its size, broken between words; the last of ``most`` is cut.

    A word that is wider than a line, as whole sentences are in Chinese, is broken anywhere.
    """
    lines: list[str] = []
    words = [piece for word in re.findall(r"[^ \t\n]+", text) for piece in _pieces(word, width_em)]
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and ems(f"{line} {words[0]}") <= width_em:
            line = f"{line} {words.pop(0)}"
        lines.append(fit(line, width_em))
    return [*lines, fit(" ".join(words), width_em)] if words else lines


def _pieces(word: str, width_em: float) -> list[str]:
    """Return a word in pieces no wider than so much, each of one letter at the least."""
    if ems(word) <= width_em:
        return [word]
    pieces, used = [""], 0.0
    for letter in word:
        used += _em(letter)
        if used > width_em and pieces[-1]:
            pieces.append("")
            used = _em(letter)
        pieces[-1] += letter
    return pieces


def _shorten(text: str, room: float, width_of: Callable[[str], float]) -> str:
    used = 0.0
    kept = 0
    for letter in islice(text, LONGEST):
        used += width_of(letter)
        if used > room:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS if kept else ""
