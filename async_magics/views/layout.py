"""Where everything stands: margins, lanes, legend and footnotes, in pixels. Imports ``lang.plain``, ``scene`` and ``spec``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..lang.plain import ems, fit, wrap
from .scene import INDENTED, End, Frame, Lane, LegendItem, Line, Paragraph, Role, Tone
from .spec import ChartOptions, SizeName


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


LETTERS: Final = Letters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a size stands for: width of the chart, size of letters, and how much height the lanes may take."""

    width: float
    scale: float
    lanes_height: float


SHEETS: Final[Mapping[SizeName, Sheet]] = {
    "notebook": Sheet(width=960, scale=1.0, lanes_height=640),
    "wide": Sheet(width=1400, scale=1.0, lanes_height=760),
    "slide": Sheet(width=1280, scale=1.55, lanes_height=510),
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
EDGE: Final = 14.0
"""Free pixels at the chart's edge."""
TONES: Final[Mapping[Tone, float]] = {
    Tone.CAPTION: 12.5, Tone.REMARK: 11.8, Tone.FINDING: 11.8, Tone.ADVICE: 10.8, Tone.FOOTNOTE: 10.8,
}  # fmt: skip
"""Sizes of the letters below the picture."""
MOST_LINES: Final[Mapping[Tone, int]] = {Tone.CAPTION: 4, Tone.REMARK: 4, Tone.FINDING: 3, Tone.ADVICE: 3, Tone.FOOTNOTE: 2}


def frame(
    options: ChartOptions,
    lanes: Sequence[Lane],
    ends: Sequence[End],
    end_ns: int,
    *,
    title: str,
    figures: str,
    cell_ends: bool,
    legend: Sequence[LegendItem],
    below: Sequence[Paragraph],
    runs: bool = False,
    headroom: Sequence[float] = (),
    foot: float = 0.0,
) -> tuple[Frame, tuple[Lane, ...]]:
    """Return the frame, and the lanes with their places filled in.

    Args:
        options: the chart's size.
        lanes: without places.
        ends: whose texts must fit.
        end_ns: the length of the axis.
        title: the heading, ``""`` for none.
        figures: the line beside it.
        cell_ends: whether there is a text above the end of the cell.
        legend: the signs below the axis.
        below: the paragraphs under them.
        runs: whether there is a second line of figures.
        headroom: room above the bars of every lane, in pixels; none where it is empty.
        foot: room below the last lane.
    """
    sheet = SHEETS[options.size]
    scale, width = sheet.scale, sheet.width
    pitch, one_line = _pitch(lanes, sheet, sum(headroom) + foot)
    tree = any(lane.depth > 1 for lane in lanes)
    left = _left(lanes, sheet, one_line, tree)
    right = width - 20 * scale
    title_y, figures_y, top = _head(title, figures, width - 28 * scale, scale)
    top += 17 * scale if runs else 0
    cell_end_y = top + 10 * scale
    top += (18 if cell_ends else 4) * scale
    placed, bottom = _place(lanes, top, pitch, scale, headroom or [0.0] * len(lanes))
    bottom += foot
    tick_y = bottom + 19 * scale
    axis_y = tick_y + 21 * scale
    signs, legend_y = _legend(legend, left, right, axis_y + 26 * scale, scale)
    lines = tuple(_below(below, width - 2 * EDGE * scale, legend_y + 8 * scale, scale))
    return Frame(
        width=width,
        height=round((lines[-1].y if lines else legend_y) + 20 * scale),  # room for the painter's own line
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        scale=scale,
        px_per_ns=_px_per_ns(ends, end_ns, right - left, scale),
        title_y=title_y,
        figures_y=figures_y,
        runs_y=figures_y + 17 * scale,
        cell_end_y=cell_end_y,
        tick_y=tick_y,
        axis_y=axis_y,
        legend=signs,
        below=lines,
        one_line=one_line,
        tree=tree,
    ), placed


def _pitch(lanes: Sequence[Lane], sheet: Sheet, taken: float) -> tuple[float, bool]:
    """Return the distance from lane to lane, and whether it leaves room for one line of text only."""
    units = sum(map(_units, lanes)) or 1.0
    pitch = (sheet.lanes_height - taken) / units / sheet.scale
    if pitch < TWO_LINE_PITCH:
        least, most = ONE_LINE_PITCH
        return min(most, max(least, pitch)) * sheet.scale, True
    return min(WIDEST_PITCH, pitch) * sheet.scale, False


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
    """Stack the lanes; return them and the bottom of the field."""
    placed = []
    y = top + 4 * scale
    for lane, wanted in zip(lanes, headroom, strict=True):
        slot = pitch * _units(lane)
        height = slot * (0.8 if lane.many else 0.64)
        gap = (slot - height) / 2
        head = max(gap, wanted + 2 * scale) if wanted else gap
        placed.append(replace(lane, top=y + head, height=height, strip=_strip(lane) * height))
        y += head + height + gap
    return tuple(placed), y + 6 * scale


def _px_per_ns(ends: Sequence[End], end_ns: int, room: float, scale: float) -> float:
    """Return the largest scale of the axis at which the text beside every end still fits, within reason."""
    span = max(end_ns, 1)
    most = (room - 12 * scale) / span
    least = most * (1 - ENDS_AT_MOST)
    for end in ends:
        if end.t_ns > 0:
            text = MARK * scale + ems(end.text, bold=True) * LETTERS.end * scale if end.text else 0.0
            most = min(most, (room - text) / end.t_ns)
    return max(most, least)


def _legend(
    items: Sequence[LegendItem], left: float, right: float, y: float, scale: float
) -> tuple[tuple[tuple[float, float], ...], float]:
    """Centre the items under the axis, in as many rows as they need; return their places and the last base line."""
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
            places.append((x, y + number * 20 * scale))
            x += width
    return tuple(places), y + (len(rows) - 1) * 20 * scale if items else y - 20 * scale


def _below(paragraphs: Sequence[Paragraph], room: float, y: float, scale: float) -> Iterator[Line]:
    """Break the paragraphs below the picture into lines, and place them."""
    indent, before = 0.0, None
    for paragraph in paragraphs:
        tone = paragraph.tone
        size = TONES[tone] * scale
        if paragraph.mark != INDENTED:
            indent = ems(paragraph.mark, bold=True) * size + 8 * scale if paragraph.mark else 0.0
        y += 0.0 if before is tone or paragraph.mark == INDENTED else 5 * scale
        before = tone
        lines = wrap(paragraph.text, (room - indent) / size, MOST_LINES[tone])
        for number, text in enumerate(lines):
            y += 1.4 * size
            if paragraph.mark and paragraph.mark != INDENTED and not number:
                yield Line(x=EDGE * scale, y=y, text=paragraph.mark, tone=tone, bold=True)
            yield Line(x=EDGE * scale + indent, y=y, text=text, tone=tone)


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
