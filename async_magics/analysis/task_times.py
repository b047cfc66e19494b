"""Where the time of each task went, one pass over the columns of ``Trace.slices``. Imports ``model`` and this folder; never numpy."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ..model import Cause, Location, State, Task, Trace, WaitKind
from ..model.slices import NONE
from .blocking import LOOPED

_RUNNING: Final = State.RUNNING.value
_WAITING: Final = State.WAITING.value


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTime:
    """Where the time of one task went.

    Attributes:
        task: its id.
        busy_ns: sum of its ``RUNNING`` slices. Counts all wall time between resume and suspend, also time in which the
            thread waited for a core or for the GIL.
        ready_ns: sum of its ``RUNNABLE`` slices: it could have run, the loop was busy elsewhere; of a job, its time in the queue; of a
            process or thread, its start-up.
        waiting_ns: sum of its ``WAITING`` slices. What a thread waited for inside a step of its own code does not count.
        steps: number of ``RUNNING`` slices.
        life_ns: from its creation, or the beginning of the recording, until it ended, or the end of the recording.
        waits: the waiting time by what it waited for; the values sum up to ``waiting_ns``.
        wakes: how often a wait of it was over, by what ended it. ``Cause.UNKNOWN`` where that was not seen, as with threads.
        longest_ns: length of its longest step.
        longest_at: the line seen most often in that step, where it took long enough to be looked at.
        cpu_ns: CPU time of a thread, process, program or job; ``None`` where it was not measured, and for all that a loop runs.
    """

    task: int
    busy_ns: int
    ready_ns: int
    waiting_ns: int
    steps: int
    life_ns: int = 0
    waits: Mapping[WaitKind, int] = field(default_factory=lambda: MappingProxyType({}))
    wakes: Mapping[Cause, int] = field(default_factory=lambda: MappingProxyType({}))
    longest_ns: int = 0
    longest_at: Location | None = None
    cpu_ns: int | None = None

    @property
    def woken(self) -> int:
        """How often it was woken."""
        return sum(self.wakes.values())


def task_times(trace: Trace) -> tuple[TaskTime, ...]:
    """Return one entry per task of the trace, by id."""
    return tuple(_times(trace))


def _times(trace: Trace) -> Iterator[TaskTime]:
    owner, last = trace.slices.task, 0
    kinds = [wait.kind for wait in trace.slices.waits]
    for task in trace.tasks:
        first, last = last, bisect_left(owner, task.id + 1, last)
        yield _time(trace, task, first, last, kinds)


def _time(trace: Trace, task: Task, first: int, last: int, kinds: list[WaitKind]) -> TaskTime:
    """Return the entry of a task whose slices are those rows."""
    table = trace.slices
    busy = ready = waiting = steps = longest = cpu = 0
    longest_row, before, measured = NONE, NONE, False
    waits: dict[WaitKind, int] = {}
    wakes: dict[int, int] = {}
    columns = (table.start_ns, table.end_ns, table.state, table.wait, table.cause, table.cpu_ns)
    rows = zip(*(column[first:last] for column in columns), strict=True)
    for row, (start, end, state, wait, cause, used) in enumerate(rows, start=first):
        took = end - start
        if before == _WAITING:
            wakes[cause] = wakes.get(cause, 0) + 1
        if state == _RUNNING:
            busy += took
            steps += 1
            if took > longest:
                longest, longest_row = took, row
            if used >= 0:
                cpu, measured = cpu + used, True
        elif state == _WAITING:
            kind = WaitKind.UNKNOWN if wait == NONE else kinds[wait]
            waits[kind] = waits.get(kind, 0) + took
            waiting += took
        else:
            ready += took
        before = state
    place = NONE if longest_row == NONE else table.location[longest_row]
    known = task.kind not in LOOPED
    return TaskTime(
        task=task.id, busy_ns=busy, ready_ns=ready, waiting_ns=waiting, steps=steps,
        life_ns=max(0, trace.end_ns_of(task.id) - task.created_ns),
        waits=MappingProxyType(waits), wakes=MappingProxyType({Cause(cause): count for cause, count in wakes.items()}),
        longest_ns=longest, longest_at=None if place == NONE else table.locations[place],
        cpu_ns=(cpu if measured else task.cpu_ns) if known else None,
    )  # fmt: skip
