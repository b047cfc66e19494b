"""Which installed font can show a text: families for matplotlib's fallback, and a visible substitute where none has the letter.

Every chart's letters are looked up before they are drawn, so that matplotlib has nothing to warn about and nothing vanishes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

BASE: Final = "DejaVu Sans"
"""Comes with matplotlib, so a chart looks the same everywhere; covers Latin, Greek, Cyrillic, Arabic and much more."""
SUBSTITUTE: Final = "□"
MOST_OTHERS: Final = 60
_NO_WIDTH: Final = dict.fromkeys((0x200C, 0x200D, 0xFE0E, 0xFE0F))
_LIKELY: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR", "Source Han Sans SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei", "Yu Gothic", "Meiryo", "Malgun Gothic", "PingFang SC",
    "Hiragino Sans GB", "Heiti TC", "Apple SD Gothic Neo", "Arial Unicode MS", "Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Symbola",
    "Noto Sans Symbols2", "Noto Sans Symbols",
)  # fmt: skip
_UNUSABLE: Final = ("LastResort", ".LastResort", "Last Resort", "Noto Color Emoji", "Apple Color Emoji")
"""Beginnings of names: fonts that show a box for everything, and those that hold pictures instead of outlines."""


@dataclass(frozen=True, slots=True)
class Face:
    """How to draw one text.

    Attributes:
        text: what can be drawn of it, substitutes included.
        families: for matplotlib's ``fontfamily``.
        bold: whether the letters are there in bold.
        lost: how many letters had to be substituted.
    """

    text: str
    families: tuple[str, ...]
    bold: bool
    lost: int = 0


def face(text: str, bold: bool = False) -> Face:
    """Return the fonts for a text; a text that only the regular fonts can show is not drawn bold."""
    if text.isascii():
        return Face(text, (BASE,), bold)
    letters = text.translate(_NO_WIDTH)
    found = _faced(letters, bold)
    if bold and found.lost:
        regular = _faced(letters, False)
        return regular if regular.lost < found.lost else found
    return found


def _faced(text: str, bold: bool) -> Face:
    families = {BASE: None}
    out = []
    lost = 0
    for letter in text:
        family = BASE if letter.isascii() else _family(letter, bold)
        if family is None and unicodedata.category(letter).startswith("M"):
            continue  # an accent that no font has: the letter under it tells enough
        if family is None:
            lost += 1
            out.append(SUBSTITUTE)
        else:
            families[family] = None
            out.append(letter)
    return Face("".join(out), tuple(families), bold, lost)


def family_of(letter: str, bold: bool) -> str:
    """Return the family that draws a letter of a ``Face``."""
    return BASE if letter.isascii() else _family(letter, bold) or BASE


@lru_cache(maxsize=4096)
def _family(letter: str, bold: bool) -> str | None:
    """Return the first family that has the letter; the likely ones are asked first."""
    code = ord(letter)
    if code in _letters(BASE, bold):
        return BASE
    return next((family for family in _families() if code in _letters(family, bold)), None)


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    installed = {entry.name for entry in font_manager.fontManager.ttflist if not entry.name.startswith(_UNUSABLE)}
    likely = [family for family in _LIKELY if family in installed]
    others = sorted(installed - {BASE, *_LIKELY})
    return (*likely, *others[:MOST_OTHERS])


@lru_cache(maxsize=256)
def _letters(family: str, bold: bool) -> frozenset[int]:
    """Return the code points that a family has; none for a font that cannot be opened (colour bitmaps)."""
    weight = 700 if bold else 400
    entries = [entry for entry in font_manager.fontManager.ttflist if entry.name == family and entry.style == "normal"]
    if not any(_weight(entry.weight) == weight for entry in entries):
        return frozenset()
    try:
        font = FT2Font(font_manager.findfont(font_manager.FontProperties(family=[family], weight=weight), fallback_to_default=False))
        font.set_size(10, 72)
        return frozenset(font.get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()


def _weight(weight: int | str) -> int:
    return weight if isinstance(weight, int) else font_manager.weight_dict.get(weight, 400)
