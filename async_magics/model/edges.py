"""The causes in a trace, read off its tasks, slices and instants. Imports ``trace`` and ``words`` of this folder."""

from __future__ import annotations

from collections.abc import Iterator

from .slices import NONE
from .trace import Edge, Location, Trace
from .words import EdgeKind, InstantKind, State


def edges_of(trace: Trace) -> Iterator[Edge]:
    """Yield SPAWN, WAKE, AWAIT and CANCEL edges."""
    yield from _spawns(trace)
    yield from _slice_edges(trace)
    for instant in trace.instants:
        if instant.kind is InstantKind.CANCEL_REQUESTED and instant.by is not None and instant.task is not None:
            yield _at(EdgeKind.CANCEL, instant.by, instant.task, instant.t_ns, instant.location)


def _spawns(trace: Trace) -> Iterator[Edge]:
    for task in trace.tasks:
        if task.parent is not None and not task.older:
            yield _at(EdgeKind.SPAWN, task.parent, task.id, task.created_ns, task.created_at)


def _slice_edges(trace: Trace) -> Iterator[Edge]:
    table = trace.slices
    for row, state in enumerate(table.state):
        task, start_ns = table.task[row], table.start_ns[row]
        if state == State.RUNNABLE and table.waker[row] not in (NONE, task):
            place = table.location[row]
            yield _at(EdgeKind.WAKE, table.waker[row], task, start_ns, None if place == NONE else table.locations[place])
        elif state == State.WAITING and table.wait[row] != NONE:
            for target in table.waits[table.wait[row]].targets:
                yield Edge(kind=EdgeKind.AWAIT, source=task, start_ns=start_ns, target=target, end_ns=table.end_ns[row])


def _at(kind: EdgeKind, source: int, target: int, t_ns: int, location: Location | None) -> Edge:
    return Edge(kind=kind, source=source, start_ns=t_ns, target=target, end_ns=t_ns, location=location)
