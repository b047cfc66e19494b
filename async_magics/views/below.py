"""The paragraphs below the picture, broken into lines; lists of remarks in as many columns as fit. Imports ``lang.plain`` and ``scene``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ..lang.plain import ems, wrap
from .scene import INDENTED, Line, Paragraph, Tone

EDGE: Final = 14.0
"""Free pixels at the chart's edge."""
TONES: Final[Mapping[Tone, float]] = {
    Tone.CAPTION: 12.5, Tone.REMARK: 12.0, Tone.PRINTED: 10.8, Tone.PATH: 11.8, Tone.FINDING: 11.8, Tone.ADVICE: 10.8, Tone.FOOTNOTE: 10.8,
}  # fmt: skip
"""Sizes of the letters below the picture."""
MOST_LINES: Final[Mapping[Tone, int]] = {
    Tone.CAPTION: 4, Tone.REMARK: 8, Tone.PRINTED: 3, Tone.PATH: 4, Tone.FINDING: 3, Tone.ADVICE: 3, Tone.FOOTNOTE: 2,
}  # fmt: skip
SPACE: Final = 5.0
"""Between paragraphs of different tones."""
LISTS: Final[Mapping[Tone, int]] = {Tone.REMARK: 4, Tone.PRINTED: 3}
"""The tones whose paragraphs make lists, and in how many columns."""
LEADING: Final = 1.4
"""From line to line, in units of the letters' size."""
NARROWEST: Final = 17.0
"""Columns are not narrower than this, in units of the letters' size."""
DISC: Final = 1.7
"""From the left edge of a remark's disc to its text, in the same units."""
BETWEEN: Final = 2.0
"""Between two columns, in the same units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """How paragraphs are set.

    Attributes:
        left, room: where they begin, and how wide they may be, in pixels.
        size: of the letters, in pixels.
        indent: from a mark to its text.
        most_lines: of one paragraph.
        columns: how many there may be.
    """

    left: float
    room: float
    size: float
    indent: float
    most_lines: int
    columns: int = 1


def lines_below(paragraphs: Sequence[Paragraph], width: float, scale: float) -> tuple[tuple[Line, ...], float]:
    """Return the lines on a chart of a width, ``y`` counted from the top of the first, and the last base line."""
    out: list[Line] = []
    y, above = 0.0, 0.0
    for tone, run in groupby(paragraphs, key=lambda paragraph: paragraph.tone):
        found = list(run)
        size = TONES[tone] * scale
        parts = [found] if tone in LISTS else [[paragraph] for paragraph in found]
        y += 0.0 if found[0].mark == INDENTED else SPACE * scale
        for part in parts:
            indent = above = above if part[0].mark == INDENTED else _indent(part, size)
            room = width - 2 * EDGE * scale
            setting = _Setting(
                left=EDGE * scale, room=room, size=size, indent=indent, most_lines=MOST_LINES[tone], columns=LISTS.get(tone, 1)
            )
            out += _listed(part, setting, y)
            y = max((line.y for line in out), default=y)
    return tuple(out), y


def _indent(paragraphs: Sequence[Paragraph], size: float) -> float:
    """Return the distance from mark to text that suits all paragraphs of a list."""
    if paragraphs[0].tone is Tone.REMARK:
        return DISC * size
    widest = max(ems(paragraph.mark, bold=True) for paragraph in paragraphs)
    return (widest + 0.7) * size if widest else 0.0


def _listed(paragraphs: Sequence[Paragraph], setting: _Setting, y: float) -> Iterator[Line]:
    """Yield the lines, the base line of the first a line below ``y``; the paragraphs go down the first column, then the second."""
    columns = _best(paragraphs, setting)
    step = setting.room / len(columns)
    for number, column in enumerate(columns):
        x, at = setting.left + number * step, y
        for paragraph, lines in column:
            if paragraph.mark and paragraph.mark != INDENTED:
                yield Line(x=x, y=at + LEADING * setting.size, text=paragraph.mark, tone=paragraph.tone, bold=True)
            for text in lines:
                at += LEADING * setting.size
                yield Line(x=x + setting.indent, y=at, text=text, tone=paragraph.tone)


_Column = list[tuple[Paragraph, list[str]]]


def _best(paragraphs: Sequence[Paragraph], setting: _Setting) -> list[_Column]:
    """Return the columns of the lowest layout in which no text is cut; the one with the fewest columns where several are as low."""
    ways = [_columns(paragraphs, setting, count) for count in range(1, setting.columns + 1) if count == 1 or _wide(setting, count)]
    whole = [way for way in ways if way is ways[0] or not _cut(way, setting)]
    return min(whole, key=_height)


def _wide(setting: _Setting, count: int) -> bool:
    return setting.room / count - setting.indent >= NARROWEST * setting.size


def _columns(paragraphs: Sequence[Paragraph], setting: _Setting, count: int) -> list[_Column]:
    """Fill so many columns, none higher than it must be."""
    room = setting.room / count - setting.indent - (BETWEEN * setting.size if count > 1 else 0.0)
    wrapped = [(paragraph, _wrapped(paragraph, room / setting.size, setting.most_lines)) for paragraph in paragraphs]
    total = sum(len(lines) for _paragraph, lines in wrapped)
    least = max(-(-total // count), *(len(lines) for _paragraph, lines in wrapped))
    return next(found for height in range(least, total + 1) if len(found := _filled(wrapped, height)) <= count)


def _wrapped(paragraph: Paragraph, width_em: float, most: int) -> list[str]:
    """Break a text into lines; its last words, if they are ``(line 7)``, are kept together."""
    kept = re.sub(r"\([^()]{1,20}\)\Z", lambda found: found[0].replace(" ", INDENTED), paragraph.text)
    return [line.replace(INDENTED, " ") for line in wrap(kept, width_em, most)]


def _filled(wrapped: _Column, height: int) -> list[_Column]:
    columns: list[_Column] = [[]]
    for item in wrapped:
        if columns[-1] and sum(len(lines) for _paragraph, lines in columns[-1]) + len(item[1]) > height:
            columns.append([])
        columns[-1].append(item)
    return columns


def _height(columns: list[_Column]) -> int:
    return max(sum(len(lines) for _paragraph, lines in column) for column in columns)


def _cut(columns: list[_Column], setting: _Setting) -> bool:
    return any(len(lines) == setting.most_lines for column in columns for _paragraph, lines in column)
