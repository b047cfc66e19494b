"""A trace step by step: scripts, and any trace at all."""

from __future__ import annotations

import pytest
from hypothesis import given

from async_magics.analysis.replay import Did, How, Phase, Replay, replay
from async_magics.model import Cause, InstantKind, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

from ..strategies import traces
from ..views.samples import steps
from .replayed import checked


def two() -> Trace:
    """The cell starts two tasks and waits for both; b was created last and wakes first."""
    script = TraceScript("two", source="%%tasktrace\nasync def f(s):\n    await asyncio.sleep(s)\nawait asyncio.gather(f(2), f(1))\n")
    a = script.task("a", "f", "2", at=0.1, created_at=line(4), defined_at=line(2, "async def f(s):"))
    b = script.task("b", "f", "1", at=0.2, created_at=line(4), defined_at=line(2, "async def f(s):"))
    inside = (line(3, "await asyncio.sleep(s)"), line(649, "return await future", file="tasks.py"))
    script.running(0, 0, 0.3)
    script.waiting(0, 0.3, 2.6, WaitKind.GATHER, count=2, targets=(a, b), chain=(line(9, file="shell.py"), line(4)))
    for task, since, woken, now, over, delay in ((a, 0.3, 2.4, 2.4, 2.6, 2.0), (b, 0.4, 1.5, 1.6, 1.7, 1.1)):
        script.ready(task, 0.1 if task == a else 0.2, since)
        script.running(task, since, since + 0.1)
        script.waiting(task, since + 0.1, woken, WaitKind.SLEEP, delay_ns=ns(delay), chain=inside)
        if woken < now:
            script.ready(task, woken, now, Cause.TIMER)
        script.running(task, now, over)
        script.end(task, over)
    script.running(0, 2.6, 2.7)
    script.end(0, 2.7)
    script.instant(InstantKind.PRINTED, 1.65, task=b, text="b is back")
    script.instant(InstantKind.PRINTED, 2.5, task=a, text="a is back")
    return script.trace(cell_end=2.7)


def when(found: Replay, seconds: float) -> int:
    return found.step_at(ns(seconds))


def test_two_tasks() -> None:
    found = checked(two())
    early = found.at(when(found, 0.25))
    assert early.running == {2: 0} and early.ready == {2: (1, 2)}, "in the order in which they ran"
    assert [state.phase for state in early.tasks.values()] == [Phase.RUNNING, Phase.READY, Phase.READY]
    both = found.at(when(found, 1.0))
    assert [(timer.task, timer.due_ns, timer.sleep) for timer in both.timers] == [(2, ns(1.6), True), (1, ns(2.4), True)]
    assert [instant.text for instant in found.at(when(found, 2.0)).printed] == ["b is back"]
    assert found.at(len(found) - 1) == found.at(-1)
    with pytest.raises(IndexError):
        found.at(len(found))


def test_where_tasks_stand() -> None:
    found = checked(two())

    def stands(seconds: float) -> list[tuple[int, How] | None]:
        states = found.at(when(found, seconds)).tasks.values()
        return [None if state.stand is None else (state.stand.place.line, state.stand.how) for state in states]

    assert stands(0.0) == [None], "nothing tells in which line a cell is before it has done anything"
    assert stands(0.25) == [(4, How.SEEN), (2, How.BEGINS), (2, How.BEGINS)]
    assert stands(1.0) == [(4, How.WAITS), (3, How.WAITS), (3, How.WAITS)]
    assert stands(1.65) == [(4, How.WAITS), (3, How.WAITS), (3, How.RESUMED)]
    assert stands(2.65) == [(4, How.RESUMED), None, None]


def test_who_runs_next() -> None:
    found = checked(two())
    asked = [(question.answer, question.candidates) for question in found.questions]
    assert asked == [(1, (0, 1, 2)), (2, (0, 1, 2)), (2, (0, 1, 2)), (1, (0, 1))], "no question where nobody else is left"


def test_a_line_seen_while_it_ran_for_long_is_where_it_stands() -> None:
    script = TraceScript("long")
    task = script.task("a", "f", "", defined_at=line(2))
    script.running(task, 0, 1, location=line(5, "sum(range(10**9))"))
    script.end(task, 1)
    found = checked(script.trace(cell_end=1))
    stand = found.at(0 if found.moments[0].task == task else 1).tasks[task].stand
    assert stand is not None and (stand.place.line, stand.how) == (5, How.SEEN)


def test_timers() -> None:
    """A time-out around a wait counts where it comes first; one that has fired does not; a thread's is no timer of the loop."""
    script = TraceScript("timers")
    a, b = script.task("a"), script.task("b")
    script.waiting(a, 0, 1, WaitKind.SLEEP, delay_ns=ns(60), deadline_ns=ns(1))
    script.ready(a, 1, 1.1, Cause.TIMER)
    script.running(a, 1.1, 1.2)
    script.waiting(b, 0, 2, WaitKind.WAIT_FOR, delay_ns=ns(2), targets=(a,))
    script.ready(b, 2, 2.1, Cause.TIMER)
    script.running(b, 2.1, 2.2)
    script.waiting(b, 2.2, 3, WaitKind.WAIT_FOR, delay_ns=ns(2), targets=(a,))
    thread = script.thread("t", at=0)
    script.waiting(thread, 0, 3, WaitKind.SLEEP, delay_ns=ns(3))
    found = checked(script.trace(cell_end=3))
    first, later = found.at(when(found, 0.5)), found.at(when(found, 2.5))
    assert [(timer.task, timer.due_ns, timer.sleep) for timer in first.timers] == [(a, ns(1), False), (b, ns(2), False)]
    assert later.timers == ()


def test_a_pool() -> None:
    script = TraceScript("pool")
    pool = script.pool("pool", at=0, begin=0.1)
    worker = script.worker(pool, "W-1", at=0.1, begin=0.3, pid=9)
    jobs = [script.job(pool, worker, "f", str(n), 0.2, 0.3 + n, 1.2 + n, delivered_ns=ns(1.25 + n)) for n in range(2)]
    never = script.job(pool, None, "f", "9", 0.2)
    script.ready(never, 0.2, 3)
    found = checked(script.trace(cell_end=3))
    (early,) = found.at(when(found, 0.5)).pools
    assert early.queue == (jobs[1], never) and early.workers == ((worker, jobs[0]),) and early.done == ()
    (late,) = found.at(when(found, 1.22)).pools
    assert late.workers == ((worker, None),) and late.done == (jobs[0],) and late.back == ()
    (last,) = found.at(-1).pools
    assert last.back == tuple(jobs) and last.queue == (never,)
    assert found.worker == dict.fromkeys(jobs, worker)


def test_what_was_not_recorded_is_unknown() -> None:
    script = TraceScript("gaps")
    task = script.task("a", at=0.5)
    script.running(task, 1, 2)
    script.running(task, 3, 4)
    script.end(task, 5)
    found = checked(script.trace(cell_end=5))
    phases = [found.at(when(found, t)).tasks[task].phase for t in (0.7, 1.5, 2.5, 3.5, 4.5, 5)]
    assert phases == [Phase.UNKNOWN, Phase.RUNNING, Phase.UNKNOWN, Phase.RUNNING, Phase.UNKNOWN, Phase.ENDED]


def test_of_one_moment_the_one_who_stops_comes_first() -> None:
    script = TraceScript("switch")
    a, b = script.task("a"), script.task("b")
    script.running(a, 1, 2)
    script.running(b, 2, 3)
    script.end(a, 2)
    script.end(b, 3)
    found = checked(script.trace(cell_end=3))
    assert [(moment.did, moment.task) for moment in found.moments if moment.t_ns == ns(2)] == [(Did.ENDED, a), (Did.RUNNING, b)]
    assert all(len(found.at(step).running) < 2 for step in range(len(found)))


def test_a_long_trace_is_replayed_up_to_a_point() -> None:
    trace = steps(10, 20)
    whole, part = replay(trace), replay(trace, most=50)
    assert whole.complete and whole.until_ns == trace.end_ns
    assert not part.complete and len(part) == 50 and part.moments == whole.moments[:50]
    assert part.until_ns == part.moments[-1].t_ns < trace.end_ns


def test_nothing_happened() -> None:
    found = replay(Trace(name="empty"))
    assert len(found) == 0 and found.questions == () and found.step_at(5) == -1
    with pytest.raises(IndexError):
        found.at(0)


@given(traces())
def test_any_trace(trace: Trace) -> None:
    checked(trace, possible=False)
