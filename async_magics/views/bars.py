"""Slices become bars, bands and labels. Imports ``lang``, ``model`` and this folder; ``density`` only for a band."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from ..lang import Catalogue
from ..model import Location, State, Trace, Wait
from ..model.slices import NONE
from .labels import step_texts, wait_texts
from .layout import LETTERS
from .plain import ems, fit
from .scene import Band, BarKind, Bars, Frame, Label, Lane

MOST_BARS: Final = 40_000
MOST_LABELS: Final = 160
SHARES_OVER: Final = 3
"""Pixels over which the shares of one busy task are averaged, so that its band is calm enough to be read."""
NARROWEST_LABEL: Final = 3.2
"""In units of the letters' size: what is narrower says nothing even when cut."""
NARROWEST_READY: Final = 3
"""Pixels: shorter dotted lines are specks beside the step that follows, which shows anyway."""
_KINDS: Final = {State.RUNNING.value: BarKind.RUNNING, State.RUNNABLE.value: BarKind.READY, State.WAITING.value: BarKind.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stands in the lanes.

    Attributes:
        bars: the bars, by kind.
        bands: what stands in lanes with too many slices, or tasks, for bars.
        rows: for every bar, kind by kind, the row of ``Trace.slices`` that it shows.
    """

    bars: tuple[Bars, ...]
    bands: tuple[Band, ...]
    rows: tuple[tuple[int, ...], ...]


def content(words: Catalogue, trace: Trace, lanes: Sequence[Lane], blocking: Set[int], columns: int) -> Content:
    """Return bars for lanes where they can be told apart on so many pixels, bands for the others."""
    most = min(columns // 2, MOST_BARS // max(1, len(lanes)))
    rows: dict[BarKind, list[tuple[int, int]]] = {kind: [] for kind in BarKind}
    bands = []
    table = trace.slices
    for number, lane in enumerate(lanes):
        shown = _rows(trace, lane.tasks[0])
        dense = len(lane.tasks) > 1 or len(shown) > most
        if dense:
            bands.append(_band(words, trace, number, lane, shown, columns))
        else:
            for row in shown:
                ready = table.state[row] == State.RUNNABLE
                if ready and (table.end_ns[row] - table.start_ns[row]) * columns < NARROWEST_READY * trace.end_ns:
                    continue
                rows[BarKind.BLOCKING if row in blocking else _KINDS[table.state[row]]].append((number, row))
    at = {task: number for number, lane in enumerate(lanes) for task in lane.tasks}
    banded = {band.lane for band in bands}
    rows[BarKind.BLOCKING] += [(at[table.task[row]], row) for row in blocking if at[table.task[row]] in banded]
    found = [(kind, sorted(pairs)) for kind, pairs in rows.items() if pairs]
    return Content(
        bars=tuple(_bars(trace, kind, pairs) for kind, pairs in found),
        bands=tuple(bands),
        rows=tuple(tuple(row for _lane, row in pairs) for _kind, pairs in found),
    )


def _rows(trace: Trace, task: int) -> range:
    """Return the rows of one task: the table is ordered by task."""
    owner = trace.slices.task
    return range(bisect_left(owner, task), bisect_left(owner, task + 1))


def _bars(trace: Trace, kind: BarKind, pairs: list[tuple[int, int]]) -> Bars:
    table = trace.slices
    return Bars(
        kind=kind,
        lane=tuple(lane for lane, _row in pairs),
        start_ns=tuple(table.start_ns[row] for _lane, row in pairs),
        end_ns=tuple(table.end_ns[row] for _lane, row in pairs),
    )


def _band(words: Catalogue, trace: Trace, number: int, lane: Lane, shown: range, columns: int) -> Band:
    from .density import band

    many = len(lane.tasks) > 1
    count = columns if many else columns // SHARES_OVER
    found = band(trace.slices, lane.tasks, lane=number, end_ns=trace.end_ns, count=count)
    if many:
        text = words.gettext("up to {} at once").format(words.number(round(found.peak)))
    else:
        steps = trace.slices.state[shown.start : shown.stop].count(State.RUNNING)
        text = words.ngettext("{} step", "{} steps", steps).format(words.number(steps))
    return replace(found, text=text)


def place_labels(words: Catalogue, trace: Trace, lanes: Sequence[Lane], found: Content, frame: Frame) -> tuple[Label, ...]:
    """Return a text for every bar that is wide enough, the widest first where there are too many."""
    size = LETTERS.label * frame.scale
    wide = []
    for bars, rows in zip(found.bars, found.rows, strict=True):
        if bars.kind is BarKind.READY:
            continue
        for lane, start, end, row in zip(bars.lane, bars.start_ns, bars.end_ns, rows, strict=True):
            room = ((end - start) * frame.px_per_ns) / size - 0.9
            if room >= NARROWEST_LABEL and len(lanes[lane].tasks) == 1:
                wide.append((room, bars.kind, lane, start, end, row))
    wide.sort(key=lambda item: -item[0])
    labels = []
    for room, kind, lane, start, end, row in wide[: MOST_LABELS * 2]:
        text = _first_that_fits(_texts(words, trace, kind, row), room)
        if text:
            labels.append(Label(lane=lane, start_ns=start, end_ns=end, text=text, on=kind))
    return tuple(sorted(labels[:MOST_LABELS], key=lambda label: (label.lane, label.start_ns)))


def _texts(words: Catalogue, trace: Trace, kind: BarKind, row: int) -> tuple[str, ...]:
    table = trace.slices
    if kind is BarKind.WAITING:
        wait: Wait | None = None if table.wait[row] == NONE else table.waits[table.wait[row]]
        return wait_texts(words, wait, trace.tasks)
    took = table.end_ns[row] - table.start_ns[row]
    place: Location | None = None if table.location[row] == NONE else table.locations[table.location[row]]
    if kind is BarKind.RUNNING and place is None:
        return ()
    return step_texts(words, place, took)


def _first_that_fits(texts: Sequence[str], room: float) -> str:
    """Return the first text that fits, else the first one cut, unless too little of it would be left."""
    for text in texts:
        if ems(text) <= room:
            return text
    cut = fit(texts[0], room) if texts else ""
    return cut if len(cut) >= 5 else ""
