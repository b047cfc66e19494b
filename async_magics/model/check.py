"""What every trace keeps to: ids that exist, parents without circles, slices in order that never overlap.

Used on every file that is opened, and by tests on every trace that is made. Imports ``errors`` and this folder only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .columns import fail
from .slices import NONE, SliceTable
from .trace import Span, Task, Trace, Track
from .words import State


def check(trace: Trace) -> None:
    """Raise ``TraceFormatError`` where the trace contradicts itself.

    A gap between two slices of a task is allowed: a recording that had to drop facts has some.
    """
    tasks = len(trace.tasks)
    _ids((task.track for task in trace.tasks), max(len(trace.tracks), 1), "tasks.track")
    _tree(trace.tasks, "tasks")
    _ids((task.pool for task in trace.tasks), tasks, "tasks.pool")
    _tree(trace.tracks, "tracks")
    for name in ("task", "by"):
        _ids((getattr(instant, name) for instant in trace.instants), tasks, f"instants.{name}")
    _ids((span.task for span in trace.spans), tasks, "spans.task")
    _ids((note.task for note in trace.notes), tasks, "notes.task")
    for wait in trace.slices.waits:
        _ids(wait.targets, tasks, "waits.targets")
    _slices(trace.slices, tasks, trace.end_ns)
    _lives(trace.tasks)
    _spans(trace.spans)


def _ids(ids: Iterable[int | None], count: int, where: str) -> None:
    for found in ids:
        if found is not None and not 0 <= found < count:
            fail(where, f"points to number {found}, which does not exist")


def _tree(nodes: Sequence[Task] | Sequence[Track], where: str) -> None:
    """Every parent exists and no node is its own ancestor."""
    parents = [node.parent for node in nodes]
    _ids(parents, len(nodes), f"{where}.parent")
    safe = [False] * len(nodes)
    for start in range(len(nodes)):
        path: set[int] = set()
        node: int | None = start
        while node is not None and not safe[node]:
            if node in path:
                fail(f"{where}.parent", f"goes in a circle at number {node}")
            path.add(node)
            node = parents[node]
        for node in path:
            safe[node] = True


def _lives(tasks: Sequence[Task]) -> None:
    for position, task in enumerate(tasks):
        if task.id != position:
            fail("tasks.id", f"is {task.id} at position {position}")
        times = [time for time in (task.created_ns, task.begun_ns, task.ended_ns) if time is not None]
        if times != sorted(times):
            fail("tasks", f"has number {position} begin or end before it was created")


def _spans(spans: Sequence[Span]) -> None:
    for position, span in enumerate(spans):
        if span.start_ns < 0 or (span.end_ns is not None and span.end_ns < span.start_ns):
            fail("spans", f"has number {position} end before it began")


def _slices(table: SliceTable, tasks: int, end_ns: int) -> None:
    for name in ("task", "waker"):
        column = getattr(table, name)
        if column and max(column) >= tasks:
            fail(f"slices.{name}", f"points to number {max(column)}, which does not exist")
    if table.start_ns and (min(table.start_ns) < 0 or max(table.end_ns) > end_ns):
        fail("slices", "lie outside the recording")
    last_task, last_end = -1, 0
    for row, (task, start, end) in enumerate(zip(table.task, table.start_ns, table.end_ns, strict=True)):
        if task < last_task or end < start or (task == last_task and start < last_end):
            fail("slices", f"overlap or are out of order at row {row}")
        last_task, last_end = task, end
    for row, (state, wait) in enumerate(zip(table.state, table.wait, strict=True)):
        if wait != NONE and state != State.WAITING:
            fail("slices.wait", f"is set at row {row}, which does not wait")
