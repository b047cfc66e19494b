"""Event scripts -> traces; and what must hold for the trace of any schedule."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from async_magics.clock import ClockAnchor
from async_magics.events import IO, TIMER, EventLog, Kind
from async_magics.model import Cause, InstantKind, Outcome, State, TaskKind, Trace, WaitKind
from async_magics.model.fold import Frame, fold
from async_magics.sources.asyncio_loop import DONE

MARKER = -1001
BEGIN = 1_000_000


@dataclass
class Script:
    """Writes the log of one loop as the asyncio source would."""

    log: EventLog = field(default_factory=EventLog)
    now: int = BEGIN

    def __post_init__(self) -> None:
        self.steps = self.log.table()
        self.log.add(Kind.RECORDING_BEGAN, self.now, MARKER, 0, 1)
        self.log.add(Kind.ROOT, self.now, MARKER, 0, None)
        self.log.add(Kind.LOOP_SEEN, self.now, 0, 0, ("Loop", 1, "MainThread"))
        self.log.chains.append(())

    def born(self, ident: int, creator: int = MARKER, owner: int | None = MARKER, name: str = "") -> None:
        self.log.born((ident, creator, self.now, self.now, name or f"t{ident}", "f", None, None, None, 0, 0, 0, 0, owner))

    def step(self, ident: int, begin: int, end: int, ending: Any, *, cause: Any = IO, wake: int = 0) -> None:
        self.steps.rows.extend((ident, cause, wake, BEGIN + begin, BEGIN + end, ending))
        self.now = BEGIN + end

    def died(self, ident: int, outcome: str = "returned") -> None:
        self.log.died((ident, self.now, f"t{ident}", outcome, None, None, None))

    def sleep(self, delay: int = 10) -> tuple[Any, ...]:
        return (0, "sleep", delay, None, (), "", 0)

    def trace(self, ended: bool = True) -> Trace:
        if ended:
            self.log.add(Kind.RECORDING_ENDED, self.now, MARKER)
        return fold(self.log, Frame(marker=MARKER, anchor=ClockAnchor(mono_ns=BEGIN, wall_ns=0), now_ns=self.now + 5, name="x"))


def rows(trace: Trace, task: int) -> list[tuple[int, int, State]]:
    return [(piece.start_ns, piece.end_ns, piece.state) for piece in trace.slices.of(task)]


def test_one_sleeper() -> None:
    """Ready, running, waiting, ready, running: in whole nanoseconds."""
    script = Script()
    script.born(7)
    script.step(7, 100, 200, script.sleep())
    script.step(7, 500, 600, DONE, cause=TIMER, wake=BEGIN + 400)
    script.died(7)
    trace = script.trace()
    assert rows(trace, 1) == [
        (0, 100, State.RUNNABLE),
        (100, 200, State.RUNNING),
        (200, 400, State.WAITING),
        (400, 500, State.RUNNABLE),
        (500, 600, State.RUNNING),
    ]
    assert trace.tasks[1].outcome is Outcome.RETURNED
    assert [piece.cause for piece in trace.slices.of(1) if piece.state is State.RUNNABLE] == [Cause.SPAWN, Cause.TIMER]


def test_a_timer_overdue_is_ready_since_it_was_due() -> None:
    """While the loop was busy the sleeper was ready, although nobody could say so then."""
    script = Script()
    script.born(7)
    script.step(7, 0, 1000, script.sleep(5_000_000))
    script.step(7, 90_000_000, 90_000_100, DONE, cause=TIMER, wake=BEGIN + 89_000_000)
    script.died(7)
    assert rows(script.trace(), 1)[1:3] == [(1000, 5_001_000, State.WAITING), (5_001_000, 90_000_000, State.RUNNABLE)]


def test_ids_are_used_again() -> None:
    """Two tasks that had the same id one after another are two tasks."""
    script = Script()
    script.born(7, name="first")
    script.step(7, 10, 20, DONE)
    script.died(7)
    script.born(7, name="second")
    script.step(7, 30, 40, DONE)
    script.died(7, "cancelled")
    trace = script.trace()
    assert [task.outcome for task in trace.tasks[1:]] == [Outcome.RETURNED, Outcome.CANCELLED]
    assert rows(trace, 2) == [(20, 30, State.RUNNABLE), (30, 40, State.RUNNING)]


def test_strangers_do_not_appear() -> None:
    """A task of nobody's, or of another recording, is not in the trace, nor named as a waker."""
    script = Script()
    script.born(5, creator=IO, owner=None)
    script.born(6, owner=-1002)
    script.born(7)
    script.step(7, 10, 20, script.sleep())
    script.step(5, 30, 40, DONE)
    script.step(7, 50, 60, DONE, cause=5, wake=BEGIN + 35)
    script.died(7)
    trace = script.trace()
    assert [task.kind for task in trace.tasks] == [TaskKind.CELL, TaskKind.ASYNCIO]
    assert trace.slices.of(1)[3].waker is None


def test_steps_that_were_not_kept() -> None:
    """A life whose later steps did not fit still ends when it ended, with a wait of unknown kind."""
    script = Script()
    script.born(7)
    script.step(7, 10, 20, None)
    script.now = BEGIN + 500
    script.died(7)
    last = script.trace().slices.of(1)[-1]
    assert (last.start_ns, last.end_ns, last.state) == (20, 500, State.WAITING)
    assert last.wait is not None and last.wait.kind is WaitKind.UNKNOWN


def test_cancellation_by_name() -> None:
    """Who asked, when it was told, that it was not obeyed."""
    script = Script()
    script.born(7)
    script.born(8)
    script.step(7, 10, 20, script.sleep())
    script.step(8, 30, 40, DONE)
    script.log.add(Kind.CANCEL_REQUESTED, BEGIN + 35, 7, 8, ((test_cancellation_by_name.__code__, 0), ""))
    script.step(7, 50, 60, DONE, cause=8, wake=BEGIN + 35)
    script.died(7)
    trace = script.trace()
    assert [(item.kind, item.t_ns, item.task, item.by) for item in trace.instants] == [
        (InstantKind.CANCEL_REQUESTED, 35, 1, 2),
        (InstantKind.CANCEL_DELIVERED, 50, 1, 2),
        (InstantKind.CANCEL_SWALLOWED, 50, 1, 2),
    ]


@st.composite
def schedules(draw: st.DrawFn) -> Trace:
    """Any schedule of one loop: who is created when, who runs when, how each step ends."""
    script = Script()
    alive: dict[int, bool] = {}
    t = 0
    for _ in range(draw(st.integers(0, 40))):
        t += draw(st.integers(1, 50))
        if not alive or draw(st.booleans()):
            ident = draw(st.integers(1, 12))
            if ident not in alive:
                script.now = BEGIN + t
                script.born(ident, creator=draw(st.sampled_from([MARKER, IO, *alive])))
                alive[ident] = True
            continue
        ident = draw(st.sampled_from(sorted(alive)))
        begin, t = t, t + draw(st.integers(1, 50))
        ending = draw(st.sampled_from([None, DONE, script.sleep(), (0, "task", None, None, (draw(st.integers(1, 12)),), "", 0)]))
        wake = draw(st.sampled_from([0, BEGIN + draw(st.integers(0, begin))]))
        script.step(ident, begin, t, ending, cause=draw(st.sampled_from([IO, TIMER, MARKER, *alive])), wake=wake)
        if ending is DONE:
            script.died(ident, draw(st.sampled_from(["returned", "raised", "cancelled"])))
            del alive[ident]
    script.now = BEGIN + t
    return script.trace(ended=draw(st.booleans()))


@given(schedules())
def test_slices_tile_each_life(trace: Trace) -> None:
    """From creation to end without a gap or an overlap, never empty."""
    for task in trace.tasks[1:]:
        pieces = trace.slices.of(task.id)
        assert all(piece.start_ns < piece.end_ns for piece in pieces)
        assert all(before.end_ns == after.start_ns for before, after in pairwise(pieces))
        if pieces:
            assert pieces[0].start_ns == task.created_ns
            assert pieces[-1].end_ns == (trace.end_ns if task.ended_ns is None else task.ended_ns)


@given(schedules())
def test_one_task_runs_at_a_time(trace: Trace) -> None:
    """Running slices of tasks on one loop never overlap."""
    running = sorted((piece.start_ns, piece.end_ns) for piece in trace.slices if piece.state is State.RUNNING and piece.task)
    assert all(before[1] <= after[0] for before, after in pairwise(running))


@given(schedules())
def test_references_stay_inside(trace: Trace) -> None:
    """Every id that the trace mentions is one of its tasks or tracks."""
    count = len(trace.tasks)
    assert [task.id for task in trace.tasks] == list(range(count))
    for task in trace.tasks:
        assert task.parent is None or task.parent < count
        assert task.track < len(trace.tracks)
    for piece in trace.slices:
        assert piece.waker is None or 0 <= piece.waker < count
        assert piece.wait is None or all(0 <= target < count for target in piece.wait.targets)
        assert (piece.wait is not None) == (piece.state is State.WAITING)
    for edge in trace.edges():
        assert 0 <= edge.source < count and 0 <= edge.target < count and edge.start_ns <= edge.end_ns
