"""Paints what people said about a chart: discs with numbers, brackets with names, ticks for prints.

Imports matplotlib by way of the painter that calls it, and ``scene`` of this folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from .annotations import Bracket
from .below import TONES
from .layout import LEGEND_SIGN, LETTERS
from .scene import Scene, Tone

TICK: Final = 4.5
"""Height of a tick for a print, in pixels at scale 1."""
_DISC: Final = 144.0
"""Area of the disc's marker, in square points at scale 1: 16 pixels wide."""
_LISTED: Final = 0.75
"""Area of a disc in the list against one in the field."""
_DIGITS: Final = (11.0, 9.0)
"""Sizes of one digit and of two."""
_FOOT: Final = 4.0
"""Height of a bracket's ends."""


class Pen(NamedTuple):
    """What the painter of the chart does for this module: writes on a base line, draws lines, draws markers."""

    text: Callable[..., None]
    strokes: Callable[..., None]
    markers: Callable[..., None]


def paint(scene: Scene, pen: Pen, signs: Mapping[str, tuple[float, float]]) -> None:
    """Put the annotations of a scene on the picture; ``signs`` are the places of the legend's."""
    _prints(scene, pen, signs)
    _brackets(scene, pen)
    _discs(scene, pen)
    _list(scene, pen)


def _prints(scene: Scene, pen: Pen, signs: Mapping[str, tuple[float, float]]) -> None:
    scale = scene.frame.scale
    places = [(tick.x, tick.y) for tick in scene.annotations.ticks]
    if "printed" in signs:
        x, y = signs["printed"]
        places += [(x + at * scale, y - 7 * scale) for at in (6, LEGEND_SIGN / 2, LEGEND_SIGN - 6)]
    if places:
        pen.strokes([[(x, y), (x, y + TICK * scale)] for x, y in places], scene.theme.ink, 1.4, 7.5, capstyle="butt")


def _brackets(scene: Scene, pen: Pen) -> None:
    scale, color = scene.frame.scale, scene.theme.remark.face
    lines = [stroke for bracket in scene.annotations.brackets for stroke in _bracket(bracket, scale)]
    if lines:
        pen.strokes(lines, color, 1.3, 5, capstyle="butt")
    heads = [(bracket.right - 2 * scale, bracket.y) for bracket in scene.annotations.brackets if bracket.open_end]
    if heads:
        pen.markers(heads, ">", 22.0, color, color, 5.1)
    for bracket in scene.annotations.brackets:
        y = bracket.y + 0.36 * LETTERS.bracket * scale
        pen.text(bracket.text_x, y, bracket.text, LETTERS.bracket, color, ha="center", on=scene.theme.paper)


def _bracket(bracket: Bracket, scale: float) -> list[list[tuple[float, float]]]:
    """Return the line, with a foot at its beginning, and one at its end if it has one."""
    low, y = bracket.y + _FOOT * scale, bracket.y
    line = [(bracket.left, low), (bracket.left, y), (bracket.right, y)]
    return [line if bracket.open_end else [*line, (bracket.right, low)]]


def _discs(scene: Scene, pen: Pen) -> None:
    theme, found = scene.theme, scene.annotations.discs
    across = [[(disc.at_x, disc.y), (disc.at_x, disc.at_y)] for disc in found if disc.lane is None]
    stems = [[(disc.x, disc.y), (disc.at_x, disc.at_y)] for disc in found if disc.lane is not None]
    if across:
        pen.strokes(across, theme.remark.face, 1.0, 5.5)
    if stems:
        pen.strokes(stems, theme.remark.face, 1.3, 5.6)
    if found:
        pen.markers([(disc.x, disc.y) for disc in found], "o", _DISC, theme.remark.face, theme.paper, 8.5)
    for disc in found:
        _digits(scene, pen, disc.x, disc.y, str(disc.number), 1.0)


def _list(scene: Scene, pen: Pen) -> None:
    """Draw the discs of the list below the picture; its texts are written with all the others."""
    theme, scale = scene.theme, scene.frame.scale
    size = TONES[Tone.REMARK] * scale
    marks = [line for line in scene.frame.below if line.tone is Tone.REMARK and line.bold]
    places = [(line.x + 7 * scale, line.y - 0.36 * size) for line in marks]
    if places:
        pen.markers(places, "o", _DISC * _LISTED, theme.remark.face, theme.paper, 8.5)
    for line, (x, y) in zip(marks, places, strict=True):
        _digits(scene, pen, x, y, line.text, _LISTED**0.5)


def _digits(scene: Scene, pen: Pen, x: float, y: float, number: str, factor: float) -> None:
    size = _DIGITS[len(number) > 1] * factor
    pen.text(x, y + 0.365 * size * scene.frame.scale, number, size, scene.theme.remark.text, bold=True, ha="center")
