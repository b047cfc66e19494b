"""The chart for a terminal: block characters, no colour needed. Imports ``lang.plain`` and ``scene``; needs no matplotlib."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from ..lang.plain import columns, cut, pad
from . import text_remarks
from .annotations import sign
from .scene import INDENTED, Band, BarKind, Label, Lane, Panel, Role, Scene, Tone

NARROWEST: Final = 60
WIDEST: Final = 200
NAMES_AT_MOST: Final = 0.34

_INK: Final = {
    BarKind.OPEN: "─",
    BarKind.WAITING: "░",
    BarKind.READY: "·",
    BarKind.STARTING: "╱",
    BarKind.RUNNING: "█",
    BarKind.BLOCKING: "▓",
}
"""Later ones cover earlier ones."""
_ROOMY: Final = (BarKind.READY, BarKind.STARTING)
"""Drawn only where they take a whole column."""
_ENDS: Final = {"returned": "●", "raised": "✕", "cancelled": "■", "unfinished": "▸"}
_SIGNS: Final = {**{str(kind): ink for kind, ink in _INK.items()}, **_ENDS, "path": "┃"}
_LEVELS: Final = " ▁▂▃▄▅▆▇█"
_BUSY: Final = 0.5
"""A column of a band with more running than this is drawn as running."""


def draw(scene: Scene, width: int = 100) -> str:
    """Return the chart as lines of at most ``width`` columns; widths outside 60 to 200 are taken as the nearest of these."""
    page = _Page(scene, max(NARROWEST, min(WIDEST, width)))
    return "\n".join(line.rstrip() for line in page.lines())


class _Page:
    """Lays one scene out in columns."""

    def __init__(self, scene: Scene, width: int) -> None:
        self._scene = scene
        self._width = width
        names = [_name(lane) for lane in scene.lanes]
        self._left = min(max(map(columns, names), default=0), int(width * NAMES_AT_MOST))
        self._names = [pad(name, self._left, right=not scene.frame.tree) for name in names]
        self._cells = self._room(width - self._left - 3)

    def _room(self, most: int) -> int:
        """Return how many columns the time axis gets: as many as leave room for the text beside every end."""
        span = max(self._scene.end_ns - self._scene.start_ns, 1)
        room = most
        for end in self._scene.ends:
            if end.text and not end.small:
                room = min(room, int((most - columns(end.text) - 2) * span / max(end.t_ns - self._scene.start_ns, 1)))
        return max(room, int(most * 0.6), 10)

    def _at(self, t_ns: float) -> int:
        return min(
            self._cells - 1, max(0, int((t_ns - self._scene.start_ns) * self._cells / max(self._scene.end_ns - self._scene.start_ns, 1)))
        )

    def lines(self) -> Iterator[str]:
        """Yield the whole page."""
        scene = self._scene
        yield from self._head()
        bands = {band.lane: band for band in scene.bands}
        panels = {panel.lane: panel for panel in scene.panels}
        critical = {part.lane for part in scene.path}
        for number, lane in enumerate(scene.lanes):
            if number in panels:
                yield from self._panel(panels[number])
            for row in text_remarks.rows(scene.annotations, number, self._at, self._cells):
                yield f"{' ' * self._left} │{row}"
            yield f"{self._names[number]} {_SIGNS['path'] if number in critical else '│'}{self._lane(number, lane, bands.get(number))}"
        yield from self._axis()
        signs = [f"{_SIGNS[item.kind]} {item.text}" for item in scene.legend if item.kind in _SIGNS]
        many = [band.text for band in scene.bands if scene.lanes[band.lane].many]
        if many:
            signs.append("▁▄█ " + " · ".join(dict.fromkeys(many)))
        yield from _wrapped(signs, self._width, "   ")
        for paragraph in scene.below:
            indent = "  " if paragraph.mark == INDENTED else ""
            shown = sign(int(paragraph.mark)) if paragraph.tone is Tone.REMARK and paragraph.mark else paragraph.mark
            mark = [shown] if shown and not indent else []
            for line in _wrapped([*mark, *paragraph.text.split(" ")], self._width - len(indent), " "):
                yield indent + line

    def _head(self) -> Iterator[str]:
        title, figures = self._scene.title, self._scene.figures
        if not title and not figures:
            return
        space = self._width - columns(title) - columns(figures)
        if title and space < 2:
            yield cut(title, self._width)
            yield pad(figures, self._width, right=True)
        else:
            yield cut(title + " " * space + figures, self._width)
        if self._scene.runs:
            yield pad(self._scene.runs, self._width, right=True)
        yield ""

    def _panel(self, panel: Panel) -> Iterator[str]:
        """Yield the heading of one of several charts."""
        left = "   ".join(filter(None, (panel.name, panel.headline)))
        if panel.lane:
            yield ""
        space = self._width - columns(left) - columns(panel.figures)
        yield left + " " * space + panel.figures if space > 2 else cut(left, self._width)
        if panel.runs_text:
            yield pad(panel.runs_text, self._width, right=True)

    def _lane(self, number: int, lane: Lane, band: Band | None) -> str:
        cells = [" "] * self._cells
        if band is not None:
            self._fill_band(cells, lane, band)
        for kind in _INK:
            self._fill_bars(cells, number, kind)
        if self._scene.cell_end_ns is not None:
            at = self._at(self._scene.cell_end_ns)
            cells[at] = "┆" if cells[at] == " " else cells[at]
        for panel in self._scene.panels:
            at = self._at(panel.end_ns)
            if panel.lane <= number and cells[at] == " ":
                cells[at] = "┆"
        ends = sorted((end for end in self._scene.ends if end.lane == number), key=lambda end: end.t_ns)
        signs = text_remarks.numbers(self._scene.annotations, number, self._at, self._cells, {self._at(end.t_ns) for end in ends})
        for label in self._scene.labels:
            if label.lane == number:
                self._write(cells, label, signs)
        text_remarks.put(cells, signs)
        for end in ends:
            cells[self._at(end.t_ns)] = _ENDS[end.outcome]
        beside = ends[-1].text if ends and not ends[-1].small else ""
        if not beside:
            return "".join(cells)
        after = self._at(ends[-1].t_ns) + 1
        if columns(beside) + 3 < sum(cell != " " for cell in cells[after:]):  # the lane goes on: a worker has more to do, or idles
            cells[after : after + columns(beside) + 2] = [f" {beside} "] + [""] * (columns(beside) + 1)
            return "".join(cells)
        return "".join(cells[:after]) + " " + cut(beside, self._width - self._left - after - 3)

    def _fill_bars(self, cells: list[str], number: int, kind: BarKind) -> None:
        bars = self._scene.bars_of(kind)
        for lane, start, end in zip(bars.lane, bars.start_ns, bars.end_ns, strict=True):
            if lane == number and (kind not in _ROOMY or self._at(end) > self._at(start)):
                first = self._at(start)
                last = max(first, self._at(end) - 1)
                cells[first : last + 1] = _INK[kind] * (last - first + 1)

    def _fill_band(self, cells: list[str], lane: Lane, band: Band) -> None:
        count, first = len(band.running), self._at(band.start_ns)
        wide = self._at(band.end_ns) + 1 - first
        for cell in range(first, first + wide):
            low = (cell - first) * count // wide
            high = max(low + 1, (cell - first + 1) * count // wide)
            running, ready, waiting = (sum(column[low:high]) / (high - low) for column in (band.running, band.ready, band.waiting))
            alive = running + ready + waiting
            if lane.many:
                cells[cell] = _LEVELS[min(8, -int(-8 * alive // band.peak))] if alive > 0 else " "
            elif alive > 0:
                cells[cell] = "█" if running >= _BUSY * alive else "·" if ready >= waiting else "░"

    def _write(self, cells: list[str], label: Label, signs: Collection[int]) -> None:
        """Write a label into its bar where there is room for all of it beside the remarks' signs."""
        first, last = text_remarks.longest_free(self._at(label.start_ns) + 1, self._at(label.end_ns) - 2, signs)
        wide = columns(label.text) + 2
        if last - first + 1 < wide:
            return
        start = first + (last - first + 1 - wide) // 2
        cells[start : start + wide] = [f" {label.text} "] + [""] * (wide - 1)

    def _axis(self) -> Iterator[str]:
        line, under = ["─"] * self._cells, [" "] * (self._cells + 12)
        free = 0
        for tick in self._scene.ticks:
            at = self._at(tick.t_ns)
            line[at] = "┬"
            start = max(0, at - len(tick.text) // 2)
            if start >= free:
                under[start : start + len(tick.text)] = tick.text
                free = start + len(tick.text) + 1
        text_remarks.put(line, text_remarks.numbers(self._scene.annotations, None, self._at, self._cells, ()))
        margin = " " * (self._left + 1)
        yield f"{margin}└{''.join(line)}"
        yield f"{margin} {''.join(under)}"
        yield f"{margin} {pad('', max(0, (self._cells - columns(self._scene.axis_label)) // 2))}{self._scene.axis_label}"
        yield ""


def _name(lane: Lane) -> str:
    indent = "  " * (lane.depth - 1)
    return f"{indent}{lane.name}" + (f"  {lane.detail}" if lane.detail and lane.role is not Role.REST else "")


def _wrapped(parts: Sequence[str], width: int, gap: str) -> Iterator[str]:
    line = ""
    for part in parts:
        if line and columns(line) + len(gap) + columns(part) > width:
            yield line
            line = ""
        line = f"{line}{gap}{part}" if line else cut(part, width)
    if line:
        yield line
