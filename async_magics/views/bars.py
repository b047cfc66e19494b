"""Slices become bars and bands. Imports ``lang``, ``model`` and this folder; ``density`` only for a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from ..lang import Catalogue
from ..model import State, TaskKind, Trace
from ..model.slices import NONE
from .facts import Facts
from .lane_rows import LaneRows, is_job, lane_rows
from .scene import Band, BarKind, Bars, CpuShares, Lane, Role
from .window import View, Window

MOST_BARS: Final = 40_000
SHARES_OVER: Final = 3
"""Pixels over which the shares of one busy task are averaged, so that its band is calm enough to be read."""
NARROWEST_READY: Final = 3
"""Pixels: shorter dotted lines are specks beside the step that follows, which shows anyway."""
NARROWEST_CPU: Final = 16
"""Pixels: in a shorter bar the share of a core cannot be read."""
_KINDS: Final = {State.RUNNING.value: BarKind.RUNNING, State.RUNNABLE.value: BarKind.READY, State.WAITING.value: BarKind.WAITING}
_STARTED: Final = frozenset((TaskKind.PROCESS, TaskKind.THREAD, TaskKind.SUBPROCESS, TaskKind.POOL, TaskKind.WORKER))
"""What takes time to start up, before any code of the user's runs."""
_MEASURED: Final = frozenset(
    (TaskKind.PROCESS, TaskKind.THREAD, TaskKind.SUBPROCESS, TaskKind.WORKER, TaskKind.JOB, TaskKind.CALL)
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What stands in the lanes.

    Attributes:
        bars: the bars, by kind.
        cpu: the shares of a core in them.
        bands: what stands in lanes with too many slices, or tasks, for bars.
        rows: for every bar, kind by kind, the row of ``Trace.slices`` that it shows.
    """

    bars: tuple[Bars, ...]
    cpu: CpuShares
    bands: tuple[Band, ...]
    rows: tuple[tuple[int, ...], ...]


class LaneIndex:
    """The rows of every lane, each looked for once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[int, tuple[int, ...]], LaneRows] = {}

    def of(self, lane: Lane) -> LaneRows:
        """Return the rows of a lane that stands for one task at a time."""
        key = (lane.tasks[0], lane.inner)
        if key not in self._known:
            self._known[key] = lane_rows(self._facts, lane)
        return self._known[key]


def content(words: Catalogue, facts: Facts, lanes: Sequence[Lane], rows: LaneIndex, blocking: Set[int], view: View) -> Content:
    """Return bars for lanes where they can be told apart on so many pixels, bands for the others."""
    trace, window = facts.trace, view.window
    most = min(view.columns // 2, MOST_BARS // max(1, len(lanes)))
    pairs: dict[BarKind, list[tuple[int, int]]] = {kind: [] for kind in BarKind}
    bands = []
    table = trace.slices
    for number, lane in enumerate(lanes):
        shown: Sequence[int] = () if lane.many else rows.of(lane).within(window)
        if lane.many or len(shown) > most:
            bands.append(_band(words, facts, number, lane, shown, view))
            shown = [row for row in shown if lane.role is Role.WORKER and bar_kind(trace, row) is BarKind.STARTING]
        for row in shown:
            kind = BarKind.BLOCKING if row in blocking else bar_kind(trace, row)
            if kind in (BarKind.READY, BarKind.STARTING) and _is_speck(trace, row, view):
                continue
            pairs[kind].append((number, row))
    banded = {band.lane for band in bands}
    at = {task: number for number in banded for task in (*lanes[number].tasks, *lanes[number].inner)} if blocking else {}
    pairs[BarKind.BLOCKING] += [(at[table.task[row]], row) for row in blocking
                                if table.task[row] in at and window.meets(table.start_ns[row], table.end_ns[row])]  # fmt: skip
    found = [(kind, sorted(some, key=lambda pair: (pair[0], table.start_ns[pair[1]]))) for kind, some in pairs.items() if some]
    return Content(
        bars=tuple(_bars(trace, kind, some, window) for kind, some in found),
        cpu=_shares(trace, pairs[BarKind.RUNNING], {number: rows.of(lanes[number]) for number in banded
                                                    if lanes[number].role is Role.WORKER}, view),
        bands=tuple(bands),
        rows=tuple(tuple(row for _lane, row in some) for _kind, some in found),
    )  # fmt: skip


def bar_kind(trace: Trace, row: int) -> BarKind:
    """Return how a row of ``Trace.slices`` is drawn where it does not block its loop."""
    return kind_of(trace.slices.state[row], trace.tasks[trace.slices.task[row]].kind)


def kind_of(state: int, owner: TaskKind) -> BarKind:
    """Return how a state of a task of some kind is drawn."""
    kind = _KINDS[state]
    if kind is BarKind.READY and owner in _STARTED:
        return BarKind.STARTING
    return BarKind.OPEN if kind is BarKind.WAITING and owner is TaskKind.POOL else kind


def _is_speck(trace: Trace, row: int, view: View) -> bool:
    return _took(trace, row) * view.columns < NARROWEST_READY * view.window.span_ns


def _bars(trace: Trace, kind: BarKind, pairs: list[tuple[int, int]], window: Window) -> Bars:
    table = trace.slices
    times = [window.clipped(table.start_ns[row], table.end_ns[row]) for _lane, row in pairs]
    return Bars(
        kind=kind,
        lane=tuple(lane for lane, _row in pairs),
        start_ns=tuple(start for start, _end in times),
        end_ns=tuple(end for _start, end in times),
    )


def _shares(trace: Trace, pairs: list[tuple[int, int]], banded: Mapping[int, LaneRows], view: View) -> CpuShares:
    """Return the share of a core in every running bar that is wide enough, and in a band of jobs as a whole, where it was measured."""
    table, window = trace.slices, view.window
    found = [(lane, *window.clipped(table.start_ns[row], table.end_ns[row]), table.cpu_ns[row] / _took(trace, row)) for lane, row in pairs
             if is_measured(trace, row)]  # fmt: skip
    for number, inside in banded.items():
        rows = [row for row in inside.within(window) if is_job(trace, table.task[row]) and is_measured(trace, row)]
        if rows:
            share = sum(table.cpu_ns[row] for row in rows) / sum(_took(trace, row) for row in rows)
            span = window.clipped(min(table.start_ns[row] for row in rows), max(table.end_ns[row] for row in rows))
            found.append((number, *span, share))
    wide = [item for item in sorted(found) if (item[2] - item[1]) * view.columns >= NARROWEST_CPU * window.span_ns]
    return CpuShares(
        lane=tuple(lane for lane, _start, _end, _share in wide),
        start_ns=tuple(start for _lane, start, _end, _share in wide),
        end_ns=tuple(end for _lane, _start, end, _share in wide),
        share=tuple(min(1.0, share) for _lane, _start, _end, share in wide),
    )


def _took(trace: Trace, row: int) -> int:
    return trace.slices.end_ns[row] - trace.slices.start_ns[row]


def is_measured(trace: Trace, row: int) -> bool:
    """Whether the CPU time of a slice is known, and is its own."""
    table = trace.slices
    return table.cpu_ns[row] != NONE and table.end_ns[row] > table.start_ns[row] and trace.tasks[table.task[row]].kind in _MEASURED


def _band(words: Catalogue, facts: Facts, number: int, lane: Lane, shown: Sequence[int], view: View) -> Band:
    trace = facts.trace
    count = view.columns if lane.many else view.columns // SHARES_OVER
    found = facts.density(lane.tasks).band(view.window, lane=number, count=count)
    if lane.role is Role.WORKER:  # its start-up has a bar
        found = replace(found, ready=(0.0,) * count)
    starting = all(trace.tasks[task].kind in _STARTED for task in lane.tasks)
    return replace(found, text=_band_text(words, trace, lane, found, shown), starting=starting)


def _band_text(words: Catalogue, trace: Trace, lane: Lane, found: Band, shown: Sequence[int]) -> str:
    if lane.many and lane.parallel and round(found.peak) == 1:
        return words.gettext("one at a time")
    if lane.many:
        return words.gettext("up to {} at once").format(words.number(round(found.peak)))
    table = trace.slices
    if lane.role is Role.WORKER:
        calls = len({table.task[row] for row in shown if is_job(trace, table.task[row])})
        return words.ngettext("{} call", "{} calls", calls).format(words.number(calls))
    if isinstance(shown, range):
        steps = table.state[shown.start : shown.stop].count(State.RUNNING)
    else:
        steps = sum(table.state[row] == State.RUNNING for row in shown)
    return words.ngettext("{} step", "{} steps", steps).format(words.number(steps))
