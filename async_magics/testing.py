"""For tests, ours and users': a fake clock, and traces written by hand.

Times are seconds here, since people write them; the trace holds nanoseconds. Imports ``model`` only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from .model import Cause, Instant, InstantKind, Location, Note, Outcome, Slice, SliceTable, Span, State, Task, TaskKind, Trace
from .model import Track, TrackKind, Wait, WaitKind


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
        self._spans: list[Span] = []
        self._notes: list[Note] = []
        self._tracks: list[Track] = [
            Track(id=0, kind=TrackKind.PROCESS, name="python", pid=1),
            Track(id=1, kind=TrackKind.THREAD, name="MainThread", parent=0, pid=1, tid=1),
            Track(id=2, kind=TrackKind.LOOP, name="asyncio", parent=1, pid=1, tid=1),
        ]
        self._ready: dict[int, float] = {}
        self._ran: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)

    def track(self, kind: TrackKind, name: str, parent: int | None = 0, pid: int | None = None, tid: int | None = None) -> int:
        """Add a track; return its id."""
        number = len(self._tracks)
        self._tracks.append(Track(id=number, kind=kind, name=name, parent=parent, pid=pid, tid=tid))
        return number

    def place(self, name: str, pid: int | None = None, beside: int = 0) -> int:
        """Add the track of a new thread: of a new process where a pid is given, else of the process that a track belongs to."""
        if pid is not None:
            process = self.track(TrackKind.PROCESS, name, pid=pid)
            return self.track(TrackKind.THREAD, "MainThread", process, pid=pid, tid=pid)
        while (above := self._tracks[beside].parent) is not None and self._tracks[beside].kind is not TrackKind.PROCESS:
            beside = above
        number = len(self._tracks)
        return self.track(TrackKind.THREAD, name, beside, pid=self._tracks[beside].pid, tid=number)

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

    def process(self, name: str, function: str = "", arguments: str | None = None, *, at: float = 0.0, begin: float | None = None,
                pid: int = 4711, parent: int | None = 0, method: str = "fork", **fields: Any) -> int:  # fmt: skip
        """Add a process on a track of its own, starting up from ``at`` until ``begin``; return its id."""
        return self._started(TaskKind.PROCESS, name, function, arguments, at, begin, parent=parent, method=method,
                             track=self.place(name, pid), **fields)  # fmt: skip

    def thread(self, name: str, function: str = "", arguments: str | None = None, *, at: float = 0.0, begin: float | None = None,
               parent: int = 0, **fields: Any) -> int:  # fmt: skip
        """Add a thread of its creator's process, on a track of its own; return its id."""
        fields.setdefault("track", self.place(name, beside=self._tasks[parent].track))
        return self._started(TaskKind.THREAD, name, function, arguments, at, begin, parent=parent, **fields)

    def pool(self, name: str, *, at: float = 0.0, begin: float | None = None, parent: int | None = 0, **fields: Any) -> int:
        """Add a pool or executor that is made from ``at`` until ``begin``; return its id."""
        fields = {"track": 1, "begun_ns": None if begin is None else ns(begin), **fields}
        found = self._started(TaskKind.POOL, name, "", None, at, begin, parent=parent, **fields)
        self._ready[found] = at if begin is None else begin
        return found

    def worker(self, pool: int, name: str, *, at: float = 0.0, begin: float | None = None, pid: int | None = None,
               **fields: Any) -> int:  # fmt: skip
        """Add a worker of a pool: a process where a pid is given, else a thread; return its id. It is idle but for its jobs."""
        track = self.place(name, pid, beside=self._tasks[pool].track)
        found = self._started(TaskKind.WORKER, name, "", None, at, begin, parent=pool, pool=pool, track=track, **fields)
        self._ready[found] = at if begin is None else begin
        return found

    def job(self, pool: int, worker: int | None, function: str, arguments: str | None, submitted: float, begin: float = 0.0,
            end: float | None = None, *, cpu: float | None = None, parent: int | None = 0, method: str = "map",
            outcome: Outcome = Outcome.RETURNED, exception: str | None = None, **fields: Any) -> int:  # fmt: skip
        """Add a call that a worker ran, or that nobody began (``worker`` and ``end`` ``None``); return its id."""
        track = 0 if worker is None else self._tasks[worker].track
        found = self.task(function, function, arguments, at=submitted, parent=parent, kind=TaskKind.JOB, pool=pool, method=method,
                          track=track, **fields)  # fmt: skip
        if worker is not None and end is not None:
            self.ready(found, submitted, begin)
            self.running(found, begin, end, cpu_ns=None if cpu is None else ns(cpu))
            self._ran[worker].append((begin, end))
            self.end(found, end, outcome, exception)
        return found

    def _started(self, kind: TaskKind, name: str, function: str, arguments: str | None, at: float, begin: float | None,
                 **fields: Any) -> int:  # fmt: skip
        found = self.task(name, function, arguments, at=at, kind=kind, **fields)
        if begin is not None and begin > at:
            self.ready(found, at, begin)
        return found

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
        **fields: Any,
    ) -> None:  # fmt: skip
        """Say when and how a task ended."""
        self._tasks[task] = replace(self._tasks[task], ended_ns=ns(at), outcome=outcome, exception=exception, message=message, **fields)

    def instant(self, kind: InstantKind, at: float, **fields: Any) -> None:
        """Add a point in time."""
        self._instants.append(Instant(kind=kind, t_ns=ns(at), **fields))

    def span(self, name: str, task: int, start: float, end: float | None = None, **fields: Any) -> None:
        """Add an operation that the code named."""
        self._spans.append(Span(name=name, task=task, start_ns=ns(start), end_ns=None if end is None else ns(end), **fields))

    def note(self, text: str, at: float, task: int | None = None) -> None:
        """Add a remark of the author's."""
        self._notes.append(Note(text=text, t_ns=ns(at), task=task))

    def trace(self, cell_end: float | None = None, **fields: Any) -> Trace:
        """Return the trace; it ends with the last thing in it, the cell with ``cell_end``."""
        slices = SliceTable()
        self._idle(cell_end)
        for item in sorted(self._slices, key=lambda s: (s.task, s.start_ns)):
            slices.append(item)
        first = {item.task: item.start_ns for item in reversed(slices) if item.state is State.RUNNING}
        tasks = tuple(replace(task, begun_ns=first.get(task.id, task.begun_ns)) for task in self._tasks)
        ends = [item.end_ns for item in slices] + [task.ended_ns or 0 for task in tasks] + [ns(cell_end or 0)]
        fields.setdefault("end_ns", max(ends))
        return replace(
            self._trace, slices=slices, tasks=tasks, tracks=tuple(self._tracks), instants=tuple(self._instants),
            spans=tuple(self._spans), notes=tuple(self._notes),
            cell_end_ns=None if cell_end is None else ns(cell_end), **fields,
        )  # fmt: skip

    def _idle(self, cell_end: float | None) -> None:
        """Fill the lives of pools and workers, which nobody wants to write down."""
        last = max([ns(cell_end or 0), *(item.end_ns for item in self._slices), *(task.ended_ns or 0 for task in self._tasks)]) / 1e9
        for host, now in self._ready.items():
            ended = self._tasks[host].ended_ns
            for begin, end in sorted(self._ran[host]):
                if begin > now:
                    self.waiting(host, now, begin, WaitKind.IDLE)
                self.running(host, max(now, begin), end)
                now = end
            if (stop := last if ended is None else ended / 1e9) > now:
                self.waiting(host, now, stop, WaitKind.IDLE)
        self._ready.clear()


def line(number: int, text: str = "", function: str = "main", file: str = "cell") -> Location:
    """Return a line of the cell, for tests."""
    return Location(file=file, line=number, function=function, text=text)
