"""Slices become bars and bands. Imports ``lang``, ``model`` and this folder; ``density`` only for a band."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from ..lang import Catalogue
from ..model import State, TaskKind, Trace
from ..model.slices import NONE
from .scene import Band, BarKind, Bars, CpuShares, Lane, Role

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


def content(words: Catalogue, trace: Trace, lanes: Sequence[Lane], blocking: Set[int], columns: int) -> Content:
    """Return bars for lanes where they can be told apart on so many pixels, bands for the others."""
    most = min(columns // 2, MOST_BARS // max(1, len(lanes)))
    pairs: dict[BarKind, list[tuple[int, int]]] = {kind: [] for kind in BarKind}
    bands = []
    table = trace.slices
    for number, lane in enumerate(lanes):
        shown = [] if lane.many else list(shown_rows(trace, lane))
        if lane.many or len(shown) > most:
            bands.append(_band(words, trace, number, lane, columns))
            shown = [row for row in shown if lane.role is Role.WORKER and bar_kind(trace, row) is BarKind.STARTING]
        for row in shown:
            kind = BarKind.BLOCKING if row in blocking else bar_kind(trace, row)
            if kind in (BarKind.READY, BarKind.STARTING) and _is_speck(trace, row, columns):
                continue
            pairs[kind].append((number, row))
    at = {task: number for number, lane in enumerate(lanes) for task in (*lane.tasks, *lane.inner)}
    banded = {band.lane for band in bands}
    pairs[BarKind.BLOCKING] += [(at[table.task[row]], row) for row in blocking if at.get(table.task[row]) in banded]
    found = [(kind, sorted(some, key=lambda pair: (pair[0], table.start_ns[pair[1]]))) for kind, some in pairs.items() if some]
    return Content(
        bars=tuple(_bars(trace, kind, some) for kind, some in found),
        cpu=_shares(trace, pairs[BarKind.RUNNING], lanes, banded, columns),
        bands=tuple(bands),
        rows=tuple(tuple(row for _lane, row in some) for _kind, some in found),
    )


def shown_rows(trace: Trace, lane: Lane) -> Iterable[int]:
    """Return the rows of ``Trace.slices`` that have a bar in a lane."""
    own = _rows(trace, lane.tasks[0])
    if lane.role is Role.WORKER:
        return _of_worker(trace, lane, own)
    if lane.role is Role.POOL:
        return [*own, *_of_queue(trace, lane)]
    return own


def _of_worker(trace: Trace, lane: Lane, own: range) -> Iterator[int]:
    """Yield what a worker did, its jobs in place of its own running; how long they queued would overlap with other jobs."""
    state = trace.slices.state
    jobs = [task for task in lane.inner if trace.tasks[task].kind is TaskKind.JOB]
    yield from (row for row in own if state[row] != State.RUNNING or not jobs)
    for job in jobs:
        yield from (row for row in _rows(trace, job) if state[row] == State.RUNNING)


def _of_queue(trace: Trace, lane: Lane) -> Iterator[int]:
    """Yield when some job that nobody began was ready, none that lies within another."""
    table = trace.slices
    ready = [row for job in lane.inner for row in _rows(trace, job) if table.state[row] == State.RUNNABLE]
    last = -1
    for row in sorted(ready, key=lambda row: (table.start_ns[row], -table.end_ns[row])):
        if table.end_ns[row] > last:
            last = table.end_ns[row]
            yield row


def bar_kind(trace: Trace, row: int) -> BarKind:
    """Return how a row of ``Trace.slices`` is drawn where it does not block its loop."""
    return kind_of(trace.slices.state[row], trace.tasks[trace.slices.task[row]].kind)


def kind_of(state: int, owner: TaskKind) -> BarKind:
    """Return how a state of a task of some kind is drawn."""
    kind = _KINDS[state]
    if kind is BarKind.READY and owner in _STARTED:
        return BarKind.STARTING
    return BarKind.OPEN if kind is BarKind.WAITING and owner is TaskKind.POOL else kind


def _is_speck(trace: Trace, row: int, columns: int) -> bool:
    return _took(trace, row) * columns < NARROWEST_READY * trace.end_ns


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


def _shares(trace: Trace, pairs: list[tuple[int, int]], lanes: Sequence[Lane], banded: Set[int], columns: int) -> CpuShares:
    """Return the share of a core in every running bar that is wide enough, and in a band of jobs as a whole, where it was measured."""
    table = trace.slices
    found = [(lane, table.start_ns[row], table.end_ns[row], table.cpu_ns[row] / _took(trace, row)) for lane, row in pairs
             if _is_measured(trace, row)]  # fmt: skip
    for number in banded:
        rows = [row for row in _of_worker(trace, lanes[number], range(0)) if _is_measured(trace, row)]
        if rows and lanes[number].role is Role.WORKER:
            share = sum(table.cpu_ns[row] for row in rows) / sum(_took(trace, row) for row in rows)
            found.append((number, min(table.start_ns[row] for row in rows), max(table.end_ns[row] for row in rows), share))
    wide = [item for item in sorted(found) if (item[2] - item[1]) * columns >= NARROWEST_CPU * trace.end_ns]
    return CpuShares(
        lane=tuple(lane for lane, _start, _end, _share in wide),
        start_ns=tuple(start for _lane, start, _end, _share in wide),
        end_ns=tuple(end for _lane, _start, end, _share in wide),
        share=tuple(min(1.0, share) for _lane, _start, _end, share in wide),
    )


def _took(trace: Trace, row: int) -> int:
    return trace.slices.end_ns[row] - trace.slices.start_ns[row]


def _is_measured(trace: Trace, row: int) -> bool:
    table = trace.slices
    return table.cpu_ns[row] != NONE and table.end_ns[row] > table.start_ns[row] and trace.tasks[table.task[row]].kind in _MEASURED


def _band(words: Catalogue, trace: Trace, number: int, lane: Lane, columns: int) -> Band:
    from .density import band

    count = columns if lane.many else columns // SHARES_OVER
    found = band(trace.slices, lane.tasks, lane=number, end_ns=trace.end_ns, count=count)
    if lane.role is Role.WORKER:  # its start-up has a bar
        found = replace(found, ready=(0.0,) * count)
    starting = all(trace.tasks[task].kind in _STARTED for task in lane.tasks)
    return replace(found, text=_band_text(words, trace, lane, found), starting=starting)


def _band_text(words: Catalogue, trace: Trace, lane: Lane, found: Band) -> str:
    if lane.many and lane.parallel and round(found.peak) == 1:
        return words.gettext("one at a time")
    if lane.many:
        return words.gettext("up to {} at once").format(words.number(round(found.peak)))
    if lane.role is Role.WORKER:
        calls = sum(trace.tasks[task].kind is TaskKind.JOB for task in lane.inner)
        return words.ngettext("{} call", "{} calls", calls).format(words.number(calls))
    rows = _rows(trace, lane.tasks[0])
    steps = trace.slices.state[rows.start : rows.stop].count(State.RUNNING)
    return words.ngettext("{} step", "{} steps", steps).format(words.number(steps))
