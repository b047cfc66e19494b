"""Texts as outlines: every letter looked up once, all texts of one colour one path.

Drawing a hundred texts one by one takes matplotlib a third of a second; as outlines they take a tenth of that. Widths come from
the fonts themselves. Used for pixels; SVG and PDF keep matplotlib's own texts, which name each letter once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from matplotlib import ft2font
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.path import Path
from numpy.typing import NDArray

from .mpl_fonts import Face, family_of

_UNITS: Final = 100.0
"""Outlines are taken at this size, then scaled."""
_FLAGS: Final[Any] = getattr(ft2font, "LoadFlags", None)  # before matplotlib 3.10 the flags were plain numbers of the module
_NO_HINTING: Final[Any] = _FLAGS.NO_HINTING if _FLAGS else vars(ft2font)["LOAD_NO_HINTING"]
_UNFITTED: Final[Any] = vars(ft2font)["Kerning"].UNFITTED if _FLAGS else vars(ft2font)["KERNING_UNFITTED"]

Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text in its place: base line at ``(x, y)`` in pixels, ``size`` in pixels, ``shift`` the share of its width left of x."""

    face: Face
    x: float
    y: float
    size: float
    shift: float


@dataclass(frozen=True, slots=True, eq=False)
class _Glyph:
    points: Points
    codes: NDArray[np.uint8]
    advance: float
    index: int
    family: str


def simple(text: str) -> bool:
    """Whether the letters stand side by side from left to right; Arabic and Hebrew do not."""
    return text.isascii() or not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def width(face: Face, size: float) -> float:
    """Return how wide a text is, in pixels."""
    return _pens(face)[-1] * size / _UNITS


def outline(texts: Sequence[Written]) -> Path:
    """Return all texts as one path, y downwards."""
    points: list[Points] = []
    codes: list[NDArray[np.uint8]] = []
    for text in texts:
        factor = text.size / _UNITS
        pens = _pens(text.face)
        left = text.x - text.shift * pens[-1] * factor
        for letter, pen in zip(text.face.text, pens, strict=False):
            glyph = _glyph(letter, text.face.bold)
            if len(glyph.codes):
                points.append(glyph.points * (factor, -factor) + (left + pen * factor, text.y))
                codes.append(glyph.codes)
    if not points:
        return Path(np.empty((0, 2)))
    return Path(np.concatenate(points), np.concatenate(codes))


def _pens(face: Face) -> list[float]:
    """Return where each letter begins, and where the text ends."""
    pens = [0.0]
    before: _Glyph | None = None
    for letter in face.text:
        glyph = _glyph(letter, face.bold)
        if before is not None and before.family == glyph.family:
            pens[-1] += _kerning(glyph.family, face.bold, before.index, glyph.index)
        pens.append(pens[-1] + glyph.advance)
        before = glyph
    return pens


@lru_cache(maxsize=4)
def _font(family: str, bold: bool) -> ft2font.FT2Font:
    path = findfont(FontProperties(family=[family], weight="bold" if bold else "normal"))
    font = ft2font.FT2Font(path)
    font.set_size(_UNITS, 72)
    return font


@lru_cache(maxsize=4096)
def _glyph(letter: str, bold: bool) -> _Glyph:
    family = family_of(letter, bold)
    font = _font(family, bold)
    loaded = font.load_char(ord(letter), flags=_NO_HINTING)
    points, codes = font.get_path()
    index = font.get_char_index(ord(letter))
    return _Glyph(
        np.array(points, dtype=np.float64).reshape(-1, 2), np.array(codes, dtype=np.uint8), loaded.linearHoriAdvance / 65536, index, family
    )


@lru_cache(maxsize=16384)
def _kerning(family: str, bold: bool, left: int, right: int) -> float:
    font: Any = _font(family, bold)
    return float(font.get_kerning(left, right, _UNFITTED)) / 64
