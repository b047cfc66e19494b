"""For tests, ours and users': a fake clock, and traces written by hand.

Times are seconds here, since people write them; the trace holds nanoseconds. Imports ``model`` only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .model import Cause, Instant, InstantKind, Location, Outcome, Slice, SliceTable, State, Task, TaskKind, Trace, Track
from .model import TrackKind, Wait, WaitKind


def ns(seconds: float) -> int:
    """Return whole nanoseconds."""
    return round(seconds * 1_000_000_000)


class FakeClock:
    """A clock that stands still until it is told to go on.

    Attributes:
        now_ns: what it shows.
    """

    def __init__(self, now_ns: int = 1_000_000_000) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        """Return the time shown, in nanoseconds."""
        return self.now_ns

    def advance(self, seconds: float) -> None:
        """Let the time pass."""
        self.now_ns += ns(seconds)


class TraceScript:
    """Builds a ``Trace`` line by line, the way a test describes it.

    >>> script = TraceScript("demo")
    >>> a = script.task("Task-1", "fetch", "1")
    >>> script.running(a, 0, 0.1)
    >>> script.waiting(a, 0.1, 1.1, WaitKind.SLEEP, delay_ns=ns(1))
    >>> script.end(a, 1.1)
    >>> script.trace().tasks[a].call
    'fetch(1)'
    """

    def __init__(self, name: str = "demo", title: str = "", source: str = "") -> None:
        self._trace = Trace(name=name, title=title, source=source, python="3.13.0")
        self._tasks: list[Task] = [Task(id=0, kind=TaskKind.CELL, name="cell", begun_ns=0, track=2)]
        self._slices: list[Slice] = []
        self._instants: list[Instant] = []
        self._tracks: list[Track] = [
            Track(id=0, kind=TrackKind.PROCESS, name="python", pid=1),
            Track(id=1, kind=TrackKind.THREAD, name="MainThread", parent=0, pid=1, tid=1),
            Track(id=2, kind=TrackKind.LOOP, name="asyncio", parent=1, pid=1, tid=1),
        ]

    def task(
        self, name: str, function: str = "", arguments: str | None = None, *, at: float = 0.0, parent: int | None = 0,
        kind: TaskKind = TaskKind.ASYNCIO, **fields: Any,
    ) -> int:  # fmt: skip
        """Add a task created at a time by its parent; return its id."""
        task = Task(
            id=len(self._tasks), kind=kind, name=name, function=function, arguments=arguments, parent=parent,
            created_ns=ns(at), track=fields.pop("track", 2), **fields,
        )  # fmt: skip
        self._tasks.append(task)
        return task.id

    def running(self, task: int, start: float, end: float, **fields: Any) -> None:
        """Add a step."""
        self._add(task, start, end, State.RUNNING, **fields)

    def ready(self, task: int, start: float, end: float, cause: Cause = Cause.SPAWN, **fields: Any) -> None:
        """Add time between wake and step."""
        self._add(task, start, end, State.RUNNABLE, cause=cause, **fields)

    def waiting(self, task: int, start: float, end: float, kind: WaitKind, **fields: Any) -> None:
        """Add time spent waiting; ``fields`` are those of ``Wait``."""
        self._add(task, start, end, State.WAITING, wait=Wait(kind=kind, **fields))

    def _add(self, task: int, start: float, end: float, state: State, **fields: Any) -> None:
        self._slices.append(Slice(task=task, start_ns=ns(start), end_ns=ns(end), state=state, **fields))

    def end(
        self, task: int, at: float, outcome: Outcome = Outcome.RETURNED, exception: str | None = None, message: str | None = None,
    ) -> None:  # fmt: skip
        """Say when and how a task ended."""
        self._tasks[task] = replace(self._tasks[task], ended_ns=ns(at), outcome=outcome, exception=exception, message=message)

    def instant(self, kind: InstantKind, at: float, **fields: Any) -> None:
        """Add a point in time."""
        self._instants.append(Instant(kind=kind, t_ns=ns(at), **fields))

    def trace(self, cell_end: float | None = None, **fields: Any) -> Trace:
        """Return the trace; it ends with the last thing in it, the cell with ``cell_end``."""
        slices = SliceTable()
        for item in sorted(self._slices, key=lambda s: (s.task, s.start_ns)):
            slices.append(item)
        first = {item.task: item.start_ns for item in reversed(slices) if item.state is State.RUNNING}
        tasks = tuple(replace(task, begun_ns=first.get(task.id, task.begun_ns)) for task in self._tasks)
        ends = [item.end_ns for item in slices] + [task.ended_ns or 0 for task in tasks] + [ns(cell_end or 0)]
        fields.setdefault("end_ns", max(ends))
        return replace(
            self._trace, slices=slices, tasks=tasks, tracks=tuple(self._tracks), instants=tuple(self._instants),
            cell_end_ns=None if cell_end is None else ns(cell_end), **fields,
        )  # fmt: skip


def line(number: int, text: str = "", function: str = "main", file: str = "cell") -> Location:
    """Return a line of the cell, for tests."""
    return Location(file=file, line=number, function=function, text=text)
