"""The names left of the lanes and the heading: cut to the room there is, and placed. Imports ``lang.plain``, ``layout``, ``scene``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..lang.plain import ems, fit
from .below import EDGE
from .layout import INDENT, LETTERS
from .scene import Frame, Lane

GAP: Final = 13.0
"""From the names to the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownName:
    """Name and detail of a lane as they are drawn.

    Attributes:
        name, detail: cut to fit.
        name_x, name_y, detail_x, detail_y: their base lines.
        align: which end of the texts stands at x.
        branch: corners of the line to the creator's lane, empty where there is none.
    """

    name: str
    detail: str
    name_x: float
    name_y: float
    detail_x: float
    detail_y: float
    align: Literal["left", "right"]
    branch: tuple[tuple[float, float], ...] = ()


def shown_names(lanes: Sequence[Lane], frame: Frame) -> list[ShownName]:
    """Return the texts beside every lane."""
    return [_shown(lane, lanes, frame) for lane in lanes]


def _shown(lane: Lane, lanes: Sequence[Lane], frame: Frame) -> ShownName:
    scale = frame.scale
    indent = lane.depth * INDENT * scale if frame.tree else 0.0
    left, right = EDGE * scale + indent, frame.left - GAP * scale
    name_size, detail_size = LETTERS.name * scale, LETTERS.detail * scale
    name = fit(lane.name, (right - left) / name_size, bold=True)
    beside = frame.one_line and bool(lane.detail)
    taken = ems(name, bold=True) * name_size + 9 * scale if beside else 0.0
    detail = fit(lane.detail, (right - left - taken) / detail_size)
    x = left if frame.tree else right
    name_x = detail_x = x
    name_y = detail_y = lane.middle + 0.36 * name_size
    if beside and frame.tree:
        detail_x = x + taken
    elif beside:
        name_x = x - (ems(detail) * detail_size + 9 * scale if detail else 0.0)
    elif detail:
        name_y, detail_y = lane.middle - 0.5 * scale, lane.middle + 12.2 * scale
    return ShownName(
        name=name, detail=detail, name_x=name_x, name_y=name_y, detail_x=detail_x, detail_y=detail_y,
        align="left" if frame.tree else "right", branch=_branch(lane, lanes, frame, left) if frame.tree else (),
    )  # fmt: skip


def _branch(lane: Lane, lanes: Sequence[Lane], frame: Frame, left: float) -> tuple[tuple[float, float], ...]:
    """Return a line from below the creator's name to this one's."""
    if lane.parent is None or lane.depth < 1:
        return ()
    scale = frame.scale
    x = left - (INDENT - 4) * scale
    start = lanes[lane.parent].middle + (7 if frame.one_line else 15) * scale
    return ((x, start), (x, lane.middle), (left - 4 * scale, lane.middle))


def shown_title(title: str, frame: Frame, figures: str) -> tuple[float, str]:
    """Return where the heading stands and how much of it: over the field, or from the margin on where it is long."""
    scale = frame.scale
    size = LETTERS.title * scale
    beside = ems(figures) * LETTERS.figures * scale + 24 * scale if frame.figures_y == frame.title_y else 0.0
    end = frame.width - EDGE * scale - beside
    long = ems(title, bold=True) * size > end - frame.left
    x = EDGE * scale if long else frame.left
    return x, fit(title, (end - x) / size, bold=True)
