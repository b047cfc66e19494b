"""The causes in a trace, read off its tasks, slices and instants. Imports ``trace`` and ``words`` of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .slices import NONE
from .trace import Edge, Instant, Location, Task, Trace
from .words import EdgeKind, InstantKind, State, TaskKind

SUBMITTED: Final = frozenset((TaskKind.JOB, TaskKind.PROCESS, TaskKind.THREAD, TaskKind.SUBPROCESS))
"""What is handed to somebody else and begins when that one gets to it."""
_ASKED: Final = frozenset((InstantKind.CANCEL_REQUESTED, InstantKind.KILLED))


def edges_of(trace: Trace, *, wakes: bool = True) -> Iterator[Edge]:
    """Yield SPAWN, SUBMIT, RESULT, WAKE, AWAIT and CANCEL edges; without ``wakes`` none of those that every slice may have."""
    for task in trace.tasks:
        yield from _births(task)
        yield from _results(task)
    if wakes:
        yield from _slice_edges(trace)
    for instant in trace.instants:
        yield from _stops(instant)


def _births(task: Task) -> Iterator[Edge]:
    """Yield what made the task: a moment, or for submitted work the time until it began; none where it never did."""
    if task.parent is None or task.older:
        return
    if task.kind not in SUBMITTED:
        yield _at(EdgeKind.SPAWN, task.parent, task.id, task.created_ns, task.created_at)
    elif task.begun_ns is not None:
        yield Edge(
            kind=EdgeKind.SUBMIT, source=task.parent, start_ns=task.created_ns, target=task.id, end_ns=task.begun_ns,
            location=task.created_at,
        )  # fmt: skip


def _results(task: Task) -> Iterator[Edge]:
    """Yield the way of a result back to who had submitted the work."""
    if task.kind in SUBMITTED and task.parent is not None and task.ended_ns is not None and task.delivered_ns is not None:
        yield Edge(
            kind=EdgeKind.RESULT, source=task.id, start_ns=task.ended_ns, target=task.parent,
            end_ns=max(task.ended_ns, task.delivered_ns),
        )  # fmt: skip


def _stops(instant: Instant) -> Iterator[Edge]:
    if instant.kind in _ASKED and instant.by is not None and instant.task is not None:
        yield _at(EdgeKind.CANCEL, instant.by, instant.task, instant.t_ns, instant.location)


def _slice_edges(trace: Trace) -> Iterator[Edge]:
    table = trace.slices
    for row, state in enumerate(table.state):
        task, start_ns = table.task[row], table.start_ns[row]
        if state == State.RUNNABLE and table.waker[row] not in (NONE, task):
            place = table.location[row]
            yield _at(EdgeKind.WAKE, table.waker[row], task, start_ns, None if place == NONE else table.locations[place])
        elif state == State.WAITING and table.wait[row] != NONE:
            for target in table.waits[table.wait[row]].targets:
                if target != task:
                    yield Edge(kind=EdgeKind.AWAIT, source=task, start_ns=start_ns, target=target, end_ns=table.end_ns[row])


def _at(kind: EdgeKind, source: int, target: int, t_ns: int, location: Location | None) -> Edge:
    return Edge(kind=kind, source=source, start_ns=t_ns, target=target, end_ns=t_ns, location=location)
