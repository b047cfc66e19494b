"""Where everything stands: margins, lanes, legend and footnotes, in pixels. Imports ``lang.plain``, ``scene`` and ``spec``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..lang.plain import ems, fit
from .below import lines_below
from .scene import End, Frame, Lane, LegendItem, Paragraph, Role
from .spec import ChartOptions, SizeName
from .window import View, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Sizes of the letters, in pixels at scale 1."""

    title: float = 18.0
    figures: float = 13.0
    name: float = 13.5
    detail: float = 10.8
    label: float = 12.0
    end: float = 12.0
    tick: float = 12.0
    axis: float = 12.5
    legend: float = 11.8
    bracket: float = 11.0


LETTERS: Final = Letters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a size stands for: width of the chart, size of letters, and how much height the lanes may take.

    Where the ``height`` of the whole is given, they share ``lanes_height`` with what stands above their bars and below the picture.
    """

    width: float
    scale: float
    lanes_height: float
    height: float | None = None


SHEETS: Final[Mapping[SizeName, Sheet]] = {
    "notebook": Sheet(width=960, scale=1.0, lanes_height=640),
    "wide": Sheet(width=1400, scale=1.0, lanes_height=760),
    "slide": Sheet(width=1280, scale=1.55, lanes_height=510, height=720),
    "print": Sheet(width=643, scale=0.86, lanes_height=600),
}

WIDEST_PITCH: Final = 54.0
TWO_LINE_PITCH: Final = 36.0
"""Lanes nearer to each other than this have room for one line of text only."""
ONE_LINE_PITCH: Final = (20.0, 28.0)
BAND_HEIGHT: Final = 1.55
"""A group's lane against a task's."""
POOL_HEIGHT: Final = 0.72
STRIP: Final = 0.26
"""The share of a group's lane in which running is drawn."""
INDENT: Final = 16.0
NAMES_AT_MOST: Final = 0.27
ENDS_AT_MOST: Final = 0.3
MARK: Final = 13.0
"""Distance from an end to its text."""
LEGEND_SIGN: Final = 24.0
LEGEND_GAP: Final = 26.0
TICK_DISTANCE: Final = 80.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """How the chart's width is shared out, which decides what fits, and so how high it becomes.

    Attributes:
        pitch: distance from lane to lane.
        left, right, scale, px_per_ns, one_line, tree, start_ns: as in ``Frame``.
    """

    pitch: float
    left: float
    right: float
    scale: float
    px_per_ns: float
    one_line: bool
    tree: bool
    start_ns: int

    def x(self, t_ns: float) -> float:
        """Return where a moment stands."""
        return self.left + (t_ns - self.start_ns) * self.px_per_ns


def across(
    options: ChartOptions, lanes: Sequence[Lane], ends: Sequence[End], window: Window, taken: float = 0.0, *, beside: float = 0.0
) -> Across:
    """Share out the width; ``taken`` is the height that is not the lanes', ``beside`` the width that is left free right of the axis."""
    sheet = SHEETS[options.size]
    pitch, one_line = _pitch(lanes, sheet, taken)
    tree = any(lane.depth > 1 for lane in lanes)
    left, right = _left(lanes, sheet, one_line, tree), sheet.width - 20 * sheet.scale
    px_per_ns = _px_per_ns(ends, window, right - left - beside, sheet.scale)
    return Across(
        pitch=pitch, left=left, right=right, scale=sheet.scale, px_per_ns=px_per_ns, one_line=one_line, tree=tree, start_ns=window.start_ns
    )


def beside(options: ChartOptions, lanes: Sequence[Lane], ends: Sequence[End], window: Window) -> float:
    """Return how much shorter the axis is for the texts beside the ends."""
    without, with_texts = across(options, lanes, (), window), across(options, lanes, ends, window)
    return (without.px_per_ns - with_texts.px_per_ns) * window.span_ns


def frame(
    options: ChartOptions,
    across: Across,
    lanes: Sequence[Lane],
    *,
    title: str,
    figures: str,
    cell_ends: bool,
    legend: Sequence[LegendItem],
    below: Sequence[Paragraph],
    above: float = 0.0,
    headroom: Sequence[float] | None = None,
    ledge: float = 0.0,
    runs: bool = False,
) -> tuple[Frame, tuple[Lane, ...]]:
    """Return the frame, and the lanes with their places filled in.

    ``above`` is the room that remarks on the chart as a whole need above the field, ``headroom`` what each lane needs above its bars,
    ``ledge`` what is left free between the last lane and the axis; ``runs``: there is a second line of figures.
    """
    sheet = SHEETS[options.size]
    scale, width, left, right = sheet.scale, sheet.width, across.left, across.right
    headroom = [0.0] * len(lanes) if headroom is None else headroom
    title_y, figures_y, top = _head(title, figures, width - 28 * scale, scale)
    top += 17 * scale if runs else 0
    cell_end_y = top + 10 * scale
    top += (18 if cell_ends else 4) * scale + above
    lines, depth = lines_below(below, width, scale)
    signs, legend_height = _legend(legend, left, right, scale)
    foot = 96 * scale + legend_height + (depth + 8 * scale if lines else 0.0)
    pitch = across.pitch if sheet.height is None else _narrowed(across, lanes, headroom, sheet.height - top - foot - ledge)
    placed, bottom = _place(lanes, top, pitch, scale, headroom)
    bottom += ledge
    tick_y = bottom + 19 * scale
    axis_y = tick_y + 21 * scale
    first_y = axis_y + 26 * scale
    signs, legend_y = tuple((x, y + first_y) for x, y in signs), first_y + legend_height
    lines = tuple(replace(line, y=line.y + legend_y + 8 * scale) for line in lines)
    return Frame(
        width=width,
        height=round(legend_y + (depth + 8 * scale if lines else 0.0) + 20 * scale),  # room for the painter's own line
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        scale=scale,
        px_per_ns=across.px_per_ns,
        title_y=title_y,
        figures_y=figures_y,
        runs_y=figures_y + 17 * scale,
        cell_end_y=cell_end_y,
        tick_y=tick_y,
        axis_y=axis_y,
        legend=signs,
        below=lines,
        one_line=across.one_line,
        tree=across.tree,
        start_ns=across.start_ns,
    ), placed


def _pitch(lanes: Sequence[Lane], sheet: Sheet, taken: float) -> tuple[float, bool]:
    """Return the distance from lane to lane, and whether it leaves room for one line of text only."""
    units = sum(map(_units, lanes)) or 1.0
    pitch = (sheet.lanes_height - taken) / units / sheet.scale
    if pitch < TWO_LINE_PITCH:
        least, most = ONE_LINE_PITCH
        return min(most, max(least, pitch)) * sheet.scale, True
    return min(WIDEST_PITCH, pitch) * sheet.scale, False


def _narrowed(across: Across, lanes: Sequence[Lane], headroom: Sequence[float], room: float) -> float:
    """Return the distance from lane to lane that leaves room for all the rest on a sheet of given height, within reason."""
    least = (ONE_LINE_PITCH[0] if across.one_line else TWO_LINE_PITCH) * across.scale
    units = sum(map(_units, lanes)) or 1.0
    return min(across.pitch, max(least, (room - sum(headroom)) / units))


def _units(lane: Lane) -> float:
    """Return a lane's height against a task's."""
    return BAND_HEIGHT if lane.many else POOL_HEIGHT if lane.role is Role.POOL else 1.0


def _strip(lane: Lane) -> float:
    """Return the share of a lane's height in which running is drawn."""
    return STRIP if lane.many and not lane.parallel else 1.0


def _left(lanes: Sequence[Lane], sheet: Sheet, one_line: bool, tree: bool) -> float:
    widest = (
        max((name_width(lane, sheet.scale, one_line) + (lane.depth * INDENT * sheet.scale if tree else 0) for lane in lanes), default=0.0)
        * 1.02
    )
    return min(max(widest, 60 * sheet.scale), NAMES_AT_MOST * sheet.width * (1.3 if one_line else 1.0)) + 27 * sheet.scale


def name_width(lane: Lane, scale: float, one_line: bool) -> float:
    """Return how wide the lane's name and detail are."""
    name, detail = ems(lane.name, bold=True) * LETTERS.name * scale, ems(lane.detail) * LETTERS.detail * scale
    return name + detail + 10 * scale if one_line and detail else max(name, detail)


def _head(title: str, figures: str, room: float, scale: float) -> tuple[float, float, float]:
    """Return the base lines of title and figures, and where the field may begin; two lines where one is too short."""
    first = 24 * scale
    if not title and not figures:
        return first, first, 4 * scale
    wanted = ems(title, bold=True) * LETTERS.title * scale + ems(figures) * LETTERS.figures * scale + 30 * scale
    if title and figures and wanted > room:
        return first, first + 21 * scale, first + 34 * scale
    return first, first, first + 12 * scale


def figures_room(options: ChartOptions) -> float:
    """Return how wide the line of figures may be, in units of its letters' size."""
    sheet = SHEETS[options.size]
    return (sheet.width - 28 * sheet.scale) / (LETTERS.figures * sheet.scale)


def _place(lanes: Sequence[Lane], top: float, pitch: float, scale: float, headroom: Sequence[float]) -> tuple[tuple[Lane, ...], float]:
    """Stack the lanes; return them and the bottom of the field. Where there are remarks, a lane gets as much higher as they need."""
    placed = []
    y = top + 4 * scale
    for lane, wanted in zip(lanes, headroom, strict=True):
        slot = pitch * _units(lane)
        height = slot * (0.8 if lane.many else 0.64)
        gap = (slot - height) / 2
        head = max(gap, wanted)
        placed.append(replace(lane, top=y + head, height=height, strip=_strip(lane) * height))
        y += head + height + gap
    return tuple(placed), y + 6 * scale


def _px_per_ns(ends: Sequence[End], window: Window, room: float, scale: float) -> float:
    """Return the largest scale of the axis at which the text beside every end still fits, within reason."""
    span = max(window.span_ns, 1)
    most = (room - 12 * scale) / span
    least = most * (1 - ENDS_AT_MOST)
    for end in ends:
        if end.t_ns > window.start_ns:
            text = MARK * scale + ems(end.text, bold=True) * LETTERS.end * scale if end.text else 0.0
            most = min(most, (room - text) / (end.t_ns - window.start_ns))
    return max(most, least)


def _legend(items: Sequence[LegendItem], left: float, right: float, scale: float) -> tuple[tuple[tuple[float, float], ...], float]:
    """Centre the items under the axis, in as many rows as they need; return their places and the last base line, from the first on."""
    rows: list[list[float]] = [[]]
    for item in items:
        width = (LEGEND_SIGN + LEGEND_GAP + 8 + ems(item.text) * LETTERS.legend) * scale
        if rows[-1] and sum(rows[-1]) + width > right - 10 * scale:
            rows.append([])
        rows[-1].append(width)
    places = []
    for number, row in enumerate(rows):
        x = max(10 * scale, (left + right - sum(row) + LEGEND_GAP * scale) / 2)
        x = max(10 * scale, min(x, right - sum(row)))
        for width in row:
            places.append((x, number * 20 * scale))
            x += width
    return tuple(places), (len(rows) - 1) * 20 * scale if items else -20 * scale


def cut_ends(ends: Sequence[End], frame: Frame) -> tuple[End, ...]:
    """Return the ends with their texts cut where they would leave the chart."""
    size = LETTERS.end * frame.scale
    edge = frame.width - 6 * frame.scale
    return tuple(replace(end, text=fit(end.text, (edge - frame.x(end.t_ns) - MARK * frame.scale) / size, bold=True)) for end in ends)


def tick_count(frame: Frame) -> int:
    """Return how many ticks the axis has room for."""
    return max(2, int((frame.right - frame.left) / (TICK_DISTANCE * frame.scale)))


def columns(options: ChartOptions) -> int:
    """Return how many columns a lane is told apart into at the most: about one to the pixel."""
    return int(SHEETS[options.size].width * 0.75)


def view(options: ChartOptions, window: Window) -> View:
    """Return a window over the whole width of a chart."""
    return View(window, columns(options), SHEETS[options.size].scale)
