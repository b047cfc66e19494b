"""What people said about a chart, as plain data: numbered discs, brackets with names, ticks for prints. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_CIRCLED: Final = 20
"""Unicode has numbers in circles up to this one."""


def sign(number: int) -> str:
    """Return a remark's number for a text: ``①``, from 21 on ``(21)``."""
    return chr(0x2460 + number - 1) if 1 <= number <= _CIRCLED else f"({number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A remark's number at a moment.

    Attributes:
        number: of the remark.
        text: what it says.
        lane: where it belongs; ``None``: the chart as a whole, with a line through all lanes.
        t_ns: the moment.
        x, y: the disc's middle, in pixels.
        at_x, at_y: where its stem ends: the moment, on the upper edge of the lane's bars, or at the bottom of the field.
    """

    number: int
    text: str
    lane: int | None
    t_ns: int
    x: float
    y: float
    at_x: float
    at_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """An operation that the code named, above the bars of its task.

    Attributes:
        lane: its number.
        level: how many others it stands within.
        start_ns, end_ns: when; the end of the chart where it went on.
        open_end: it had not ended.
        left, right, y: its line, in pixels.
        text: its name where there is room for all of it; else a remark tells it.
        text_x: the name's middle.
    """

    lane: int
    level: int
    start_ns: int
    end_ns: int
    open_end: bool
    left: float
    right: float
    y: float
    text: str
    text_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTick:
    """Something was printed: a tick on the lower edge of the lane's bars."""

    lane: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """All of it.

    Attributes:
        discs: lane by lane, in order of time.
        brackets: the same.
        ticks: at most one for each pixel of a lane.
        radius: of the discs, in pixels.
    """

    discs: tuple[Disc, ...] = ()
    brackets: tuple[Bracket, ...] = ()
    ticks: tuple[PrintTick, ...] = ()
    radius: float = 8.0
