"""The operations that the code named, ``with span("load"):``, as brackets above the bars. Imports ``lang``, ``model`` and this folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ..lang.plain import clean, ems
from ..model import Span, Trace
from . import pins
from .annotations import Bracket
from .layout import LETTERS, Across
from .scene import Frame, Lane
from .window import Window

NARROWEST: Final = 4.0
"""Pixels: a shorter span is told by its number only."""
CLEAR: Final = 1.5
"""Pixels between the lowest name and the bars."""
MOST: Final = 200
LONGEST: Final = 60
BESIDE: Final = 26.0
"""Pixels of line that a bracket needs besides its name."""


class _Drawn(NamedTuple):
    span: Span
    lane: int
    level: int
    start_ns: int
    end_ns: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brackets:
    """The spans of a chart.

    Attributes:
        drawn: those that are long enough, on lanes that stand for one task at a time.
        unnamed: those whose names have no room, with their lanes and where they begin to show: remarks tell them.
        scale: of the chart.
    """

    drawn: tuple[_Drawn, ...]
    unnamed: tuple[tuple[Span, int, int], ...]
    scale: float

    @classmethod
    def of(cls, trace: Trace, lanes: Sequence[Lane], at: Mapping[int, int], across: Across, window: Window) -> Brackets:
        """Tell which spans of a trace have room, and for what."""
        found = sorted(_spans(trace, at, window), key=lambda item: (item.lane, item.start_ns, -item.end_ns))
        drawn: list[_Drawn] = []
        unnamed: list[tuple[Span, int, int]] = []
        for item in _levelled(found):
            room = (item.end_ns - item.start_ns) * across.px_per_ns
            fits = ems(item.text) * LETTERS.bracket * across.scale + BESIDE * across.scale <= room
            shown = not lanes[item.lane].many and item.level < pins.LEVELS and room >= NARROWEST and len(drawn) < MOST
            if shown:
                drawn.append(item if fits else item._replace(text=""))
            if not (shown and fits):
                unnamed.append((item.span, item.lane, item.start_ns))
        return cls(drawn=tuple(drawn), unnamed=tuple(unnamed), scale=across.scale)

    def levels(self, lane: int) -> int:
        """Return how many rows of brackets stand above the bars of a lane."""
        return max((item.level + 1 for item in self.drawn if item.lane == lane), default=0)

    def placed(self, frame: Frame, lanes: Sequence[Lane], stems: Sequence[tuple[int | None, float]]) -> tuple[Bracket, ...]:
        """Return the brackets in the chart's pixels, the outermost on top; their names stand between the stems of discs."""
        return tuple(self._placed(frame, lanes, item, [x for lane, x in stems if lane in (None, item.lane)]) for item in self.drawn)

    def _placed(self, frame: Frame, lanes: Sequence[Lane], item: _Drawn, stems: Sequence[float]) -> Bracket:
        rows = self.levels(item.lane) - item.level
        left, right = frame.x(item.start_ns), frame.x(item.end_ns)
        wide = ems(item.text) * LETTERS.bracket * self.scale + 8 * self.scale
        return Bracket(
            lane=item.lane, level=item.level, start_ns=item.start_ns, end_ns=item.end_ns, open_end=_goes_on(item),
            left=left, right=right, y=lanes[item.lane].top - ((rows - 0.5) * pins.SPAN_ROW + CLEAR) * self.scale,
            text=item.text, text_x=pins.between(stems, wide, left + 6 * self.scale, right - 6 * self.scale),
        )  # fmt: skip


def _spans(trace: Trace, at: Mapping[int, int], window: Window) -> Iterator[_Drawn]:
    """Yield the spans of the lanes that are drawn; one without an end goes on until its task ends."""
    for span in trace.spans:
        task = 0 if span.task is None else span.task
        if task in at and span.start_ns <= window.end_ns:
            over = trace.tasks[task].ended_ns if span.end_ns is None else span.end_ns
            end = max(span.start_ns, min(trace.end_ns, trace.end_ns if over is None else over))
            if end < window.start_ns:
                continue
            start, end = window.clipped(span.start_ns, end)
            yield _Drawn(span, at[task], 0, start, end, clean(span.name.strip(), LONGEST) or "…")


def _goes_on(item: _Drawn) -> bool:
    """Whether it had not ended where its bracket does."""
    return item.span.end_ns is None or item.span.end_ns > item.end_ns


def _levelled(found: Sequence[_Drawn]) -> Iterator[_Drawn]:
    lanes: defaultdict[int, list[_Drawn]] = defaultdict(list)
    for item in found:
        lanes[item.lane].append(item)
    for items in lanes.values():
        for item, level in zip(items, pins.levels([(item.start_ns, item.end_ns) for item in items]), strict=True):
            yield item._replace(level=level)
