"""What happened in one recording: tasks, tracks, slices, edges, instants.

All times are integer nanoseconds since the recording began (``_ns``). A task's ``id`` is its position in ``Trace.tasks``;
the cell itself is task 0. Imports ``words`` and ``slices`` of this folder, and ``clock``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..clock import ClockAnchor
from .slices import SliceTable
from .words import Cause, EdgeKind, InstantKind, Outcome, State, TaskKind, TrackKind, WaitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of somebody's code.

    Attributes:
        file: what a traceback would show; ``"cell"`` for the traced cell itself.
        line: 1-based; in a cell, counted as Jupyter counts (the magic's line is line 1).
        function: the code object's qualified name.
        text: the source line, stripped and bounded, or ``""`` where it could not be had.
    """

    file: str
    line: int
    function: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a suspended task waits for.

    Attributes:
        kind: the kind of thing.
        delay_ns: the length asked for (``sleep``) or the time-out (``wait``, ``wait_for``).
        deadline_ns: the moment, on the trace's clock, at which a time-out around this wait fires.
        count: of how many things (``gather``, ``wait``, ``TaskGroup``).
        targets: ids of the tasks waited for, as far as they are in the trace; of a lock, the task that held it when the wait began.
        name: the object (``"Lock#2"``), function (``"slow"`` in an executor) or option (``"FIRST_COMPLETED"``).
        chain: the await chain, the task's own coroutine first, the innermost last.
    """

    kind: WaitKind
    delay_ns: int | None = None
    deadline_ns: int | None = None
    count: int | None = None
    targets: tuple[int, ...] = ()
    name: str = ""
    chain: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """An interval of a task in one state. A task's slices never overlap and tile its life.

    Attributes:
        task: id of the task.
        start_ns, end_ns: half-open interval.
        state: what the task did.
        wait: what it waited for; only for ``WAITING``.
        cause: why it became runnable; for ``RUNNABLE`` and for the ``RUNNING`` slice that follows.
        waker: id of the task that made it runnable.
        location: ``RUNNABLE``: the waker's line; ``RUNNING``: the line that held it longest, when sampled.
        cpu_ns: CPU time used in a ``RUNNING`` slice, where known. Does not include waiting for a core or the GIL.
    """

    task: int
    start_ns: int
    end_ns: int
    state: State
    wait: Wait | None = None
    cause: Cause = Cause.UNKNOWN
    waker: int | None = None
    location: Location | None = None
    cpu_ns: int | None = None

    @property
    def duration_ns(self) -> int:
        """Length, in nanoseconds."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A process, thread or loop on which tasks run. ``id`` is its position in ``Trace.tracks``."""

    id: int
    kind: TrackKind
    name: str
    parent: int | None = None
    pid: int | None = None
    tid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A unit of work that a runtime schedules.

    Attributes:
        id: position in ``Trace.tasks``.
        kind: the runtime.
        name: what the runtime or the user calls it last (``Task-3``).
        function: qualified name of its coroutine or callable.
        arguments: bounded text of the call's arguments, ``None`` when not recorded.
        track: id of the loop or thread it runs on.
        parent: id of the task that created it; ``None`` for the cell and for tasks older than the recording.
        created_ns: when it was created; 0 for tasks older than the recording.
        created_at: line of the creating code.
        defined_at: where its coroutine is defined.
        begun_ns: start of its first step; ``None`` if it never ran.
        ended_ns: when it finished; ``None`` while it is pending.
        outcome: how it ended.
        exception, message: type name and bounded text of what it raised.
        result: bounded repr of what it returned; only when asked for.
        group: ordinal of the ``TaskGroup`` it belongs to.
        eager: its first step ran inside its creation.
        older: it was alive before the recording began, or belongs to an earlier cell.
        pool: id of the pool that a worker or job belongs to.
        method: start method of a process: ``fork``, ``spawn``, ``forkserver``; of a job: the call that submitted it (``map``).
        daemon: a daemon thread or process.
        exit_code: of a process; negative: the signal that ended it.
        cpu_ns: CPU time used by its thread while it ran; of a process, by all its threads. Does not include its children's.
        no_core_ns: how long its thread could have run but had no core, where the system tells. Not to be mistaken for waiting for the GIL.
        switches: how often its thread gave its core away of its own accord: for a lock, the GIL, I/O or a sleep.
        delivered_ns: when its result was back in the process that had submitted it.
        chunk: of a job: how many calls of its pool's call travel to a worker together, where that is more than one.
    """

    id: int
    kind: TaskKind
    name: str
    function: str = ""
    arguments: str | None = None
    track: int = 0
    parent: int | None = None
    created_ns: int = 0
    created_at: Location | None = None
    defined_at: Location | None = None
    begun_ns: int | None = None
    ended_ns: int | None = None
    outcome: Outcome = Outcome.UNFINISHED
    exception: str | None = None
    message: str | None = None
    result: str | None = None
    group: int | None = None
    eager: bool = False
    older: bool = False
    pool: int | None = None
    method: str = ""
    daemon: bool = False
    exit_code: int | None = None
    cpu_ns: int | None = None
    no_core_ns: int | None = None
    switches: int | None = None
    delivered_ns: int | None = None
    chunk: int | None = None

    @property
    def call(self) -> str:
        """The call that makes the task: ``connect(1)``; without brackets where arguments were not recorded."""
        return self.function if self.arguments is None else f"{self.function}({self.arguments})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A cause between two tasks, from ``source`` at ``start_ns`` to ``target`` at ``end_ns``."""

    kind: EdgeKind
    source: int
    start_ns: int
    target: int
    end_ns: int
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A point in time.

    Attributes:
        kind: what happened.
        t_ns: when.
        task: id of the task it happened to.
        by: id of the task that did it.
        cause: who did it where it was not a task.
        location: the line that did it.
        text: a name, a message or a remark.
    """

    kind: InstantKind
    t_ns: int
    task: int | None = None
    by: int | None = None
    cause: Cause = Cause.UNKNOWN
    location: Location | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The author's own remark on a moment, added with ``--note``, ``%tasknote`` or ``note()``.

    Attributes:
        text: what it says.
        t_ns: the moment.
        task: id of the task it is about; ``None``: the chart as a whole.
    """

    text: str
    t_ns: int
    task: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An operation that the user's code named: ``with span("load"):``.

    Attributes:
        name: what the code calls it.
        task: id of the task it ran in; it may have been suspended meanwhile.
        start_ns, end_ns: from when to when; there is no end while it goes on, or where the process died inside it.
        location: the line of the ``with``.
    """

    name: str
    task: int | None
    start_ns: int
    end_ns: int | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything from one recording.

    Attributes:
        name: what the user calls it; unique in a session (``"In [25]"`` where nothing was given).
        title: the chart's heading, ``""`` where none was given.
        source: the traced code.
        anchor: the moment the recording began, on both clocks; time 0 of the trace.
        end_ns: the last moment recorded.
        cell_end_ns: when the traced code ended; ``None`` while it runs.
        tracks, tasks, slices, instants, spans: what was seen.
        notes: what the author said about it.
        dropped: how many facts did not fit into the recording's limit.
        problems: one line each for what could not be seen.
        python: version of the interpreter.
        threshold_ns: a step longer than this holds up its loop.
        cpu_ns: CPU time used meanwhile by the recording process, all threads, and by the children that are over; ``None``: unknown.
        cores: how many cores those processes may use; ``None``: unknown.
        runs_ns: ``end_ns`` of every run of the same code that came to its end, in order of the runs; empty where it ran once.
    """

    name: str
    title: str = ""
    source: str = ""
    anchor: ClockAnchor = field(default=ClockAnchor(mono_ns=0, wall_ns=0))
    end_ns: int = 0
    cell_end_ns: int | None = None
    tracks: tuple[Track, ...] = ()
    tasks: tuple[Task, ...] = ()
    slices: SliceTable = field(default_factory=SliceTable)
    instants: tuple[Instant, ...] = ()
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()
    dropped: int = 0
    problems: tuple[str, ...] = ()
    python: str = ""
    threshold_ns: int = 50_000_000
    cpu_ns: int | None = None
    cores: int | None = None
    runs_ns: tuple[int, ...] = ()

    @property
    def pending(self) -> tuple[Task, ...]:
        """The tasks that had not finished when the trace was made."""
        return tuple(task for task in self.tasks if task.outcome is Outcome.UNFINISHED)

    @property
    def code_ns(self) -> int:
        """How long the traced code took; while it runs, how long it has taken."""
        return self.end_ns if self.cell_end_ns is None else self.cell_end_ns

    def end_ns_of(self, task: int) -> int:
        """Return when a task ended; of one that is pending, when the trace was made."""
        ended = self.tasks[task].ended_ns
        return self.end_ns if ended is None else ended

    def children(self, task: int) -> tuple[Task, ...]:
        """The tasks that the given one created, in order of creation."""
        return tuple(child for child in self.tasks if child.parent == task)

    def edges(self, *, wakes: bool = True) -> Iterator[Edge]:
        """Yield every cause in the trace, derived from tasks, slices and instants, in no particular order.

        Args:
            wakes: also who woke and who awaited whom, of which every slice may have one.
        """
        from .edges import edges_of

        return edges_of(self, wakes=wakes)
