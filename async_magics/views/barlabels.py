"""The texts on the bars, the most telling that fits. Imports ``lang``, ``model`` and this folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from ..lang import Catalogue
from ..lang.plain import ems, fit
from ..model import Location, TaskKind, Trace, Wait
from ..model.slices import NONE
from .bars import Content
from .labels import call_texts, step_texts, wait_texts
from .layout import LETTERS
from .scene import BarKind, End, Frame, Label, Lane

MOST_LABELS: Final = 160
NARROWEST_LABEL: Final = 3.2
"""In units of the letters' size: what is narrower says nothing even when cut."""
NARROWEST_CALL: Final = 1.6
"""The same for a call, of which the argument alone may fit."""
_MUTE: Final = frozenset((BarKind.READY, BarKind.STARTING, BarKind.OPEN))
"""Bars that their shape tells everything about."""


def place_labels(
    words: Catalogue, trace: Trace, lanes: Sequence[Lane], found: Content, ends: Sequence[End], frame: Frame
) -> tuple[Label, ...]:
    """Return a text for every bar that is wide enough, the widest first where there are too many; none where an end's text stands."""
    wide = sorted(_wide(trace, lanes, found, frame), key=lambda item: -item[0])
    taken: defaultdict[int, list[int]] = defaultdict(list)
    for mark in ends:
        if mark.text:
            taken[mark.lane].append(mark.t_ns)
    labels = []
    for room, kind, lane, start, end, row in wide[: MOST_LABELS * 2]:
        if any(start <= t_ns < end for t_ns in taken.get(lane, ())):
            continue
        text = _first_that_fits(_texts(words, trace, kind, row), room)
        if text:
            labels.append(Label(lane=lane, start_ns=start, end_ns=end, text=text, on=kind))
    return tuple(sorted(labels[:MOST_LABELS], key=lambda label: (label.lane, label.start_ns)))


def _wide(trace: Trace, lanes: Sequence[Lane], found: Content, frame: Frame) -> Iterator[tuple[float, BarKind, int, int, int, int]]:
    """Yield room, kind, lane, start, end and row of the bars that have room for a text."""
    size = LETTERS.label * frame.scale
    for bars, rows in zip(found.bars, found.rows, strict=True):
        if bars.kind in _MUTE:
            continue
        for lane, start, end, row in zip(bars.lane, bars.start_ns, bars.end_ns, rows, strict=True):
            room = ((end - start) * frame.px_per_ns) / size - 0.9
            is_job = trace.tasks[trace.slices.task[row]].kind is TaskKind.JOB
            if room >= (NARROWEST_CALL if is_job else NARROWEST_LABEL) and not lanes[lane].many:
                yield room, bars.kind, lane, start, end, row


def _texts(words: Catalogue, trace: Trace, kind: BarKind, row: int) -> tuple[str, ...]:
    table = trace.slices
    if kind is BarKind.WAITING:
        wait: Wait | None = None if table.wait[row] == NONE else table.waits[table.wait[row]]
        return wait_texts(words, wait, trace.tasks)
    task = trace.tasks[table.task[row]]
    if task.kind is TaskKind.JOB:
        return call_texts(task)
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
