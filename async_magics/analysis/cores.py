"""Whether threads and processes that ran at once really computed at once, or only took turns.

A low share of a core proves nothing by itself: a thread may sleep, wait for a file, or find no core free. "They took turns" is
said only where all of this was measured: each of them computed, none got much more than half a core, together they came to about
one, a second core was there, they gave way of their own accord again and again, and it was not cores that they lacked.
Imports ``model`` and this folder only; never numpy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..model import State, Task, TaskKind, Trace
from ..model.slices import NONE
from .tracks import home, process_of

LEAST_WINDOW_NS: Final = 50_000_000
"""What overlaps for less is too short to be judged: clocks of CPU time are coarse."""
LEAST_SHARE: Final = 0.05
"""Of a core: what used less did not compute."""
MOST_EACH: Final = 0.6
ONE_CORE: Final = (0.7, 1.1)
SEVERAL_CORES: Final = 1.3
MOST_WITHOUT_CORE: Final = 0.2
"""Share of the time without a core from which on a busy machine explains what is seen."""
LEAST_BLOCKED: Final = 0.25
SWITCHES: Final = 20.0
"""A second and thread; threads that compute under the GIL give way about 200 times, those that only lack a core never."""
SWITCHES_ALONE: Final = 100.0
"""The same where the system does not tell how long a thread had no core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreUse:
    """How many cores works of one kind used while they ran at once.

    Attributes:
        kind: ``THREAD`` or ``PROCESS``: what ran at once.
        count: how many of them.
        cores: the CPU time that they used divided by the time in which at least two of them ran, as if each had used its CPU time
            evenly; not more than there are.
        turns: they only took turns, since one at a time may run Python code.
        tasks: ids of the works.
    """

    kind: TaskKind
    count: int
    cores: float
    turns: bool
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """One task that ran: where, when, and with how much of a core."""

    task: Task
    place: int
    spans: tuple[tuple[int, int], ...]
    busy_ns: int
    cpu_ns: int

    @property
    def share(self) -> float:
        return self.cpu_ns / self.busy_ns


@dataclass(frozen=True, slots=True)
class _Overlap:
    """The time in which works ran in at least two places."""

    window_ns: int
    cores: float
    works: tuple[_Work, ...]

    @property
    def places(self) -> int:
        return len({work.place for work in self.works})


def core_use(trace: Trace, *, processes: bool = True) -> tuple[CoreUse, ...]:
    """Return what can be said for certain, threads first; nothing where there was one core or where it is not known.

    Args:
        trace: what happened.
        processes: look at them too, not at threads alone.
    """
    if trace.cores is None or trace.cores < 2:
        return ()
    works = [work for work in _works(trace) if work.share >= LEAST_SHARE]
    by_process: defaultdict[int, list[_Work]] = defaultdict(list)
    for work in works:
        if work.task.kind in (TaskKind.THREAD, TaskKind.JOB):
            by_process[process_of(trace, work.task.track)].append(work)
    found = [_judged(TaskKind.THREAD, overlap) for overlap in map(_overlap, by_process.values()) if overlap is not None]
    apart = _overlap(_elsewhere(trace, works)) if processes else None
    if apart is not None:
        found.append(_judged(TaskKind.PROCESS, apart))
    return tuple(replace(use, cores=min(use.cores, float(trace.cores))) for use in found if use is not None)


def _elsewhere(trace: Trace, works: Iterable[_Work]) -> list[_Work]:
    """Return the works of other processes, each with its process as its place."""
    here = home(trace)
    out = []
    for work in works:
        process = process_of(trace, work.task.track)
        if work.task.kind is TaskKind.JOB and process != here:
            out.append(_Work(work.task, process, work.spans, work.busy_ns, work.cpu_ns))
        elif work.task.kind in (TaskKind.PROCESS, TaskKind.SUBPROCESS):
            out.append(_Work(work.task, NONE - work.task.id, work.spans, work.busy_ns, work.cpu_ns))
    return out


def _works(trace: Trace) -> Iterator[_Work]:
    """Yield the tasks of the kinds that are judged, as far as their CPU time is known."""
    kinds = (TaskKind.THREAD, TaskKind.JOB, TaskKind.PROCESS, TaskKind.SUBPROCESS)
    spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    cpu: Counter[int] = Counter()
    table = trace.slices
    judged = [task.kind in kinds for task in trace.tasks]
    for row, (number, state) in enumerate(zip(table.task, table.state, strict=True)):
        if state == State.RUNNING and judged[number]:
            spans[number].append((table.start_ns[row], table.end_ns[row]))
            cpu[number] += max(0, table.cpu_ns[row])
    for number, ran in spans.items():
        task, busy = trace.tasks[number], sum(end - start for start, end in ran)
        used = cpu[number] or task.cpu_ns
        if used and busy:
            yield _Work(task, task.track, tuple(ran), busy, used)


def _overlap(works: Iterable[_Work]) -> _Overlap | None:
    """Return the time in which at least two places ran, with the works that took part; ``None`` where it is too short."""
    found = list(works)
    if len({work.place for work in found}) < 2:
        return None
    changes = sorted(
        (time, way, number) for number, work in enumerate(found) for span in work.spans for time, way in zip(span, (1, -1), strict=True)
    )
    running: Counter[int] = Counter()
    places: Counter[int] = Counter()
    took_part: set[int] = set()
    window = last = 0
    used = rate = 0.0
    for time, way, number in changes:
        if len(places) > 1 and time > last:
            window += time - last
            used += rate * (time - last)
            took_part.update(running)
        last = time
        rate += way * found[number].share
        for counter, key in ((running, number), (places, found[number].place)):
            counter[key] += way
            if not counter[key]:
                del counter[key]
    if window < LEAST_WINDOW_NS:
        return None
    return _Overlap(window, used / window, tuple(found[number] for number in sorted(took_part)))


def _judged(kind: TaskKind, overlap: _Overlap) -> CoreUse | None:
    turns = kind is TaskKind.THREAD and _took_turns(overlap)
    if not turns and overlap.cores < SEVERAL_CORES:
        return None
    tasks = tuple(work.task.id for work in overlap.works)
    return CoreUse(kind=kind, count=overlap.places, cores=overlap.cores, turns=turns, tasks=tasks)


def _took_turns(overlap: _Overlap) -> bool:
    """Whether only one lock that all of them share explains what each got."""
    works, (least, most) = overlap.works, ONE_CORE
    if not least <= overlap.cores <= most or any(work.share > MOST_EACH for work in works):
        return False
    switches = [work.task.switches for work in works]
    without = [work.task.no_core_ns for work in works]
    busy = sum(work.busy_ns for work in works)
    rate = sum(found or 0 for found in switches) / busy * 1e9
    if any(found is None for found in switches):
        return False
    if any(found is None for found in without):
        return rate >= SWITCHES_ALONE
    lacked = sum(found or 0 for found in without) / busy
    blocked = 1 - sum(work.cpu_ns for work in works) / busy - lacked
    return rate >= SWITCHES and lacked <= MOST_WITHOUT_CORE and blocked >= LEAST_BLOCKED and blocked > lacked
