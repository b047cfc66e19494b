"""What a reader may ask of a chart: theme, language, size, folding. Imports ``errors`` and ``lang`` only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias

from ..errors import OptionError
from ..lang import LANGUAGES, detect

ThemeName: TypeAlias = Literal["light", "dark", "print"]
SizeName: TypeAlias = Literal["notebook", "wide", "slide", "print"]
SvgMode: TypeAlias = Literal["auto", "on", "off"]
CalloutMode: TypeAlias = Literal["first", "all", "off"]
FindingsMode: TypeAlias = Literal["top", "all", "off"]

FEWEST_LANES: Final = 2
MOST_LANES: Final = 400
"""A lane takes 18 pixels at the least; a picture of more lanes than this is too tall to be of use, or to be stored."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("light", "dark", "print"),
    "lang": tuple(LANGUAGES),
    "size": ("notebook", "wide", "slide", "print"),
    "svg": ("auto", "on", "off"),
    "callouts": ("first", "all", "off"),
    "findings": ("top", "all", "off"),
}
"""The values of every option that is a choice; the magics' help is made from this too."""


COLORS: Final = {
    "black": "#000000", "grey": "#7f7f7f", "gray": "#7f7f7f", "orange": "#e69f00", "skyblue": "#56b4e9", "green": "#009e73",
    "yellow": "#f0e442", "blue": "#0072b2", "red": "#d55e00", "vermilion": "#d55e00", "purple": "#cc79a7", "pink": "#cc79a7",
    "brown": "#8c564b",
}  # fmt: skip
"""Names of colours, mostly the Okabe–Ito palette."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOptions:
    """How a chart is to look.

    Attributes:
        theme: colours; ``print`` can be told apart in grey.
        lang: language of the chart's own words; the reader's locale decides where nothing is given.
        size: ``notebook`` 960 pixels wide, ``wide`` 1400, ``slide`` 1280 × 720 in large letters, ``print`` 170 mm.
        title: heading; ``None`` takes the trace's own, ``""`` leaves it out.
        svg: whether a notebook shows the chart as SVG, else as PNG; ``auto``: where the SVG stays small.
        fold: collapse groups of like tasks where there are more lanes than ``lanes``.
        caption: a sentence or two below the chart.
        callouts: which runs of a line with a ``#:`` comment are marked: each task's ``first``, ``all``, ``off``.
        prints: list what each task printed.
        only, hide, order: lanes by names of tasks or functions, ``*`` for any letters: the only ones drawn, those left out, those first.
        label, color: pairs of such a name and what its lane is called, or its colour.
        palette: pairs of a part of the chart (see ``theme.PAINTED``) and its colour, in place of the theme's.
        critical_path: mark what determined the wall time, and say it.
        findings: how many stand below the chart: ``top`` three, ``all``, ``off``.
        ignore: codes of findings that are not wanted.
        embed: a notebook output carries the trace itself.
        window: from when to when, in nanoseconds since the recording began: the part of the time axis that is drawn; ``None``: all of it.
        lanes: how many lanes are drawn at the most, the cell's among them. With ``fold`` off only ``MOST_LANES`` bounds them.

    Raises:
        OptionError: for a value that makes no sense.
    """

    theme: ThemeName = "light"
    lang: str = field(default_factory=detect)
    size: SizeName = "notebook"
    title: str | None = None
    svg: SvgMode = "auto"
    fold: bool = True
    lanes: int = 24
    caption: str = ""
    callouts: CalloutMode = "first"
    prints: bool = False
    only: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    label: tuple[tuple[str, str], ...] = ()
    color: tuple[tuple[str, str], ...] = ()
    palette: tuple[tuple[str, str], ...] = ()
    critical_path: bool = False
    findings: FindingsMode = "top"
    ignore: tuple[str, ...] = ()
    embed: bool = True
    window: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense, naming the nearest value that does."""
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                raise OptionError(_wrong_choice(name, getattr(self, name), values))
        for name in ("fold", "prints", "critical_path", "embed"):
            if not isinstance(getattr(self, name), bool):
                raise OptionError(f"{name} is True or False, not {getattr(self, name)!r}")
        for name in ("only", "hide", "order", "ignore"):
            if not isinstance(value := getattr(self, name), tuple) or not all(isinstance(item, str) for item in value):
                raise OptionError(f"{name} is a tuple of names, not {value!r}")
        for name in ("label", "color", "palette"):
            if not isinstance(value := getattr(self, name), tuple) or not all(isinstance(item, tuple) and len(item) == 2 for item in value):
                raise OptionError(f"{name} is a tuple of pairs (name, {name}), not {value!r}")
        for _, color in (*self.color, *self.palette):
            hex_color(color)
        self._check_single()

    def _check_single(self) -> None:
        if not isinstance(self.title, str | None):
            raise OptionError(f"title is a text or None, not {type(self.title).__name__}")
        if self.window is not None and not is_window(self.window):
            raise OptionError(f"window is two whole numbers of nanoseconds from 0 on, the first the smaller, or None, not {self.window!r}")
        if type(self.lanes) is not int or not FEWEST_LANES <= self.lanes <= MOST_LANES:
            raise OptionError(f"lanes is a whole number from {FEWEST_LANES} to {MOST_LANES}, not {self.lanes!r}")


def is_window(value: object) -> bool:
    """Whether a value says from when to when."""
    return isinstance(value, tuple) and [type(t_ns) for t_ns in value] == [int, int] and 0 <= value[0] < value[1]


def hex_color(text: str) -> str:
    """Return ``#rrggbb`` of a colour.

    Raises:
        OptionError: it is none, with what to write instead.
    """
    name = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", name):
        return "#" + "".join(2 * digit for digit in name[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", name):
        return name
    if name in COLORS:
        return COLORS[name]
    near = get_close_matches(name, COLORS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise OptionError(f"{text!r} is no colour: {hint}use #rrggbb or one of {', '.join(COLORS)}")


def _wrong_choice(name: str, value: object, values: Iterable[str]) -> str:
    listed = ", ".join(values)
    near = get_close_matches(str(value), list(values), n=1, cutoff=0.4)
    return f"{name} is one of {listed}, not {value!r}" + (f"; did you mean {near[0]!r}?" if near else "")
