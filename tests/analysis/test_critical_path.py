"""The critical path: known answers for traces written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.analysis.critical_path import critical_path
from async_magics.analysis.path_steps import Why, own_line
from async_magics.analysis.path_text import wait_name
from async_magics.lang import detect
from async_magics.model import Cause, Outcome, State, Task, TaskKind, Trace, Wait, WaitKind
from async_magics.testing import TraceScript, line, ns

Told = list[tuple[int, float, float, str]]


def told(trace: Trace) -> Told:
    """Return the path as task, seconds and reason."""
    return [(step.task, step.start_ns / 1e9, step.end_ns / 1e9, str(step.why)) for step in critical_path(trace).steps]


def sleeps(script: TraceScript, task: int, start: float, end: float, *, function: str = "slow", number: int = 7) -> None:
    chain = (line(number, f"await asyncio.sleep({end - start:g})", function), line(649, "", "sleep", "/usr/lib/asyncio/tasks.py"))
    script.waiting(task, start, end, WaitKind.SLEEP, delay_ns=ns(end - start), chain=chain)


def gather() -> TraceScript:
    """Two sleepers of one and two seconds; the cell computes for half a second afterwards."""
    script = TraceScript()
    script.running(0, 0, 0.5)
    short, long = script.task("a", "quick", at=0.25), script.task("b", "slow", at=0.25)
    for task, begin, length in ((short, 0.5, 1), (long, 0.625, 2)):
        script.ready(task, 0.25, begin, waker=0)
        script.running(task, begin, begin + 0.125)
        sleeps(script, task, begin + 0.125, begin + 0.125 + length)
        script.ready(task, begin + 0.125 + length, begin + 0.125 + length, cause=Cause.TIMER)
        script.running(task, begin + 0.125 + length, begin + 0.25 + length)
        script.end(task, begin + 0.25 + length)
    script.waiting(0, 0.5, 2.875, WaitKind.GATHER, count=2, targets=(short, long))
    script.ready(0, 2.875, 3, cause=Cause.TASK, waker=long)
    script.running(0, 3, 3.5)
    script.end(0, 3.5)
    return script


def test_nothing_but_the_cell() -> None:
    script = TraceScript()
    script.running(0, 0, 2, location=line(3))
    script.end(0, 2)
    path = critical_path(script.trace(cell_end=2))
    assert told(path.trace) == [(0, 0, 2, "ran")]
    assert path.steps[0].state is State.RUNNING and path.steps[0].location == line(3)
    assert str(path) == repr(path) == path.text(detect())
    assert path.text("en") == (
        "What determined the 2.00 s: own code of the cell, line 3 (2.00 s). It cannot be faster than 2.00 s unless this gets shorter."
    )


def test_one_after_the_other() -> None:
    script = TraceScript()
    script.running(0, 0, 0.5)
    for number in range(2):
        sleeps(script, 0, 0.5 + 2 * number, 1.5 + 2 * number, function="<module>", number=3 + number)
        script.ready(0, 1.5 + 2 * number, 1.75 + 2 * number, cause=Cause.TIMER)
        script.running(0, 1.75 + 2 * number, 2.5 + 2 * number)
    script.end(0, 4.5)
    trace = script.trace(cell_end=4.5)
    assert [(why, end) for _task, _start, end, why in told(trace)] == [
        ("ran", 0.5), ("timer", 1.5), ("ready", 1.75), ("ran", 2.5), ("timer", 3.5), ("ready", 3.75), ("ran", 4.5),
    ]  # fmt: skip
    assert "sleep(1), line 3 (1.00 s); sleep(1), line 4 (1.00 s)" in critical_path(trace).text("en")


def test_gather_goes_through_the_slow_one_only() -> None:
    trace = gather().trace(cell_end=3.5)
    assert told(trace) == [
        (0, 0, 0.25, "ran"),
        (0, 0.25, 0.5, "loop busy"),
        (1, 0.5, 0.625, "loop busy"),
        (2, 0.625, 0.75, "ran"),
        (2, 0.75, 2.75, "timer"),
        (2, 2.75, 2.875, "ran"),
        (0, 2.875, 3, "ready"),
        (0, 3, 3.5, "ran"),
    ]
    assert critical_path(trace).tasks == (0, 1, 2)
    assert critical_path(trace).end_ns == ns(3.5)


def test_the_text_names_the_dearest_and_what_follows_from_them() -> None:
    path = critical_path(gather().trace(cell_end=3.5))
    assert path.text("en") == (
        "What determined the 3.50 s: sleep(2) in slow(), line 7 (2.00 s); own code of the cell (1.00 s); 2 × slow() runs (250 ms). "
        "It cannot be faster than 3.25 s unless these get shorter or run side by side."
    )
    assert path.text("ru") == (
        "Из чего складываются 3,50 с: sleep(2) в slow(), строка 7 (2,00 с); код самой ячейки (1,00 с); работает 2 × slow() (250 мс). "
        "Быстрее чем за 3,25 с не получится, пока всё это не станет короче или не пойдёт одновременно."
    )


def test_a_blocked_loop_is_the_blockers_time() -> None:
    """A sleeper is due at 1, and runs at 3, since another task keeps the loop."""
    script = TraceScript()
    script.running(0, 0, 0.5)
    sleeper, blocker = script.task("a", "sleeper"), script.task("b", "blocker")
    script.ready(sleeper, 0, 0.5)
    sleeps(script, sleeper, 0.5, 1)
    script.ready(sleeper, 1, 3, cause=Cause.TIMER)
    script.running(sleeper, 3, 3.5)
    script.end(sleeper, 3.5)
    script.ready(blocker, 0, 0.5)
    script.running(blocker, 0.5, 3, location=line(9, "time.sleep(2.5)"))
    script.end(blocker, 3)
    script.waiting(0, 0.5, 3.5, WaitKind.GATHER, targets=(sleeper, blocker))
    script.ready(0, 3.5, 4, cause=Cause.TASK, waker=sleeper)
    script.running(0, 4, 4.5)
    trace = script.trace(cell_end=4.5)
    assert (blocker, 1, 3, "loop busy") in told(trace)
    assert "blocker() runs, line 9 (2.00 s)" in critical_path(trace).text("en")


def test_a_lock_leads_to_whoever_held_it() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    first, second = script.task("a", "f"), script.task("b", "f")
    script.ready(first, 0, 1)
    sleeps(script, first, 1, 3)
    script.running(first, 3, 3.5)
    script.end(first, 3.5)
    script.ready(second, 0, 1)
    script.waiting(second, 1, 3.25, WaitKind.LOCK, name="Lock")
    script.ready(second, 3.25, 3.5, cause=Cause.TASK, waker=first)
    sleeps(script, second, 3.5, 5.5)
    script.running(second, 5.5, 6)
    script.end(second, 6)
    script.waiting(0, 1, 6, WaitKind.GATHER, targets=(first, second))
    script.end(0, 6)
    assert told(script.trace(cell_end=6)) == [
        (0, 0, 1, "loop busy"), (first, 1, 3, "timer"), (first, 3, 3.25, "ran"), (first, 3.25, 3.5, "loop busy"),
        (second, 3.5, 5.5, "timer"), (second, 5.5, 6, "ran"),
    ]  # fmt: skip


def test_a_task_that_was_awaited_without_a_waker_counts_by_its_end() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    child = script.task("a", "f", at=0.5)
    script.running(child, 1, 3)
    script.end(child, 3)
    script.waiting(0, 1, 3, WaitKind.TASK, targets=(child,))
    script.running(0, 3, 4)
    assert told(script.trace(cell_end=4)) == [
        (0, 0, 0.5, "ran"), (child, 0.5, 1, "unknown"), (child, 1, 3, "ran"), (0, 3, 4, "ran"),
    ]  # fmt: skip


def test_a_job_in_a_thread_with_its_ways() -> None:
    script = TraceScript()
    made = script.pool("ThreadPoolExecutor(1)")
    worker = script.worker(made, "w")
    job = script.job(made, worker, "read", "1", 1, 1.5, 3, method="to_thread", delivered_ns=ns(3.25))
    script.running(0, 0, 1)
    script.waiting(0, 1, 3.5, WaitKind.EXECUTOR, name="read", targets=(job,))
    script.ready(0, 3.5, 3.75, cause=Cause.THREAD, waker=job)
    script.running(0, 3.75, 4)
    assert told(script.trace(cell_end=4)) == [
        (0, 0, 1, "ran"), (job, 1, 1.5, "queued"), (job, 1.5, 3, "ran"), (0, 3, 3.5, "result"), (0, 3.5, 3.75, "ready"),
        (0, 3.75, 4, "ran"),
    ]  # fmt: skip


def long_chunk() -> tuple[Trace, int, list[int]]:
    """Two workers; one gets a long job after a short one."""
    script = TraceScript()
    made = script.pool("Pool(2)", at=0.5, begin=1)
    first, second = (script.worker(made, f"w{n}", at=0.5, begin=1.5, pid=90 + n) for n in range(2))
    jobs = [
        script.job(made, first, "work", "1", 1, 1.75, 2.75, delivered_ns=ns(5.5)),
        script.job(made, second, "work", "2", 1, 1.75, 2.25, delivered_ns=ns(5.5)),
        script.job(made, first, "work", "9", 1, 2.75, 5.25, delivered_ns=ns(5.5)),
    ]
    script.running(0, 0, 1)
    script.waiting(0, 1, 5.5, WaitKind.RESULT, name="map(work)", targets=(made,))
    script.running(0, 5.5, 6)
    return script.trace(cell_end=6), first, jobs


def test_a_pool_with_one_long_chunk() -> None:
    trace, worker, jobs = long_chunk()
    assert told(trace) == [
        (0, 0, 0.5, "ran"),
        (worker - 1, 0.5, 1, "started"),
        (worker, 1, 1.5, "started"),
        (jobs[2], 1.5, 1.75, "queued"),
        (jobs[0], 1.75, 2.75, "worker busy"),
        (jobs[2], 2.75, 5.25, "ran"),
        (0, 5.25, 5.5, "result"),
        (0, 5.5, 6, "ran"),
    ]
    assert "2 × work() runs (3.50 s)" in critical_path(trace).text("en")


def test_making_a_pool_is_told_by_its_name() -> None:
    script = TraceScript()
    made = script.pool("Pool(2)", at=0.5, begin=2)
    script.running(0, 0, 3)
    trace = script.trace(cell_end=3)
    assert told(trace) == [(0, 0, 0.5, "ran"), (made, 0.5, 2, "started"), (0, 2, 3, "ran")]
    assert "Pool(2) starts up (1.50 s)" in critical_path(trace).text("en")


def test_a_line_that_several_tasks_wait_at_is_told_once() -> None:
    """The cell awaits ``slow()`` itself, and a task of it."""
    script = TraceScript()
    sleeps(script, 0, 0, 1)
    script.running(0, 1, 1.5)
    task = script.task("a", "load", at=1.25)
    script.ready(task, 1.25, 1.5)
    sleeps(script, task, 1.5, 2.5)
    script.running(task, 2.5, 3)
    script.end(task, 3)
    script.waiting(0, 1.5, 3, WaitKind.TASK, targets=(task,))
    assert "2 × sleep(1) in slow(), line 7 (2.00 s)" in critical_path(script.trace(cell_end=3)).text("en")


def test_a_process_that_is_joined() -> None:
    script = TraceScript()
    process = script.process("Process-1", "work", at=0.5, begin=1)
    script.running(process, 1, 3)
    script.end(process, 3)
    script.running(0, 0, 0.75)
    script.waiting(0, 0.75, 3.25, WaitKind.JOIN, targets=(process,))
    script.running(0, 3.25, 3.5)
    assert told(script.trace(cell_end=3.5)) == [
        (0, 0, 0.5, "ran"), (process, 0.5, 1, "started"), (process, 1, 3, "ran"), (0, 3, 3.25, "result"), (0, 3.25, 3.5, "ran"),
    ]  # fmt: skip


def test_a_process_that_was_over_before_it_was_joined_does_not_explain_the_join() -> None:
    script = TraceScript()
    process = script.process("Process-1", "work", begin=0.25)
    script.running(process, 0.25, 0.5)
    script.end(process, 0.5)
    script.running(0, 0, 1)
    script.waiting(0, 1, 2, WaitKind.JOIN, name="join", targets=(process,))
    script.running(0, 2, 3)
    assert told(script.trace(cell_end=3)) == [(0, 0, 1, "ran"), (0, 1, 2, "unknown"), (0, 2, 3, "ran")]


def test_asyncio_run_leads_into_its_loop() -> None:
    script = TraceScript()
    script.running(0, 0, 0.5)
    main = script.task("Task-1", "main", at=0.25)
    script.ready(main, 0.25, 0.5)
    script.running(main, 0.5, 1)
    sleeps(script, main, 1, 3)
    script.running(main, 3, 3.5)
    script.end(main, 3.5)
    script.waiting(0, 0.5, 3.5, WaitKind.LOOP, name="asyncio.run")
    script.running(0, 3.5, 4)
    found = told(script.trace(cell_end=4))
    assert found[-4:] == [(main, 0.5, 1, "ran"), (main, 1, 3, "timer"), (main, 3, 3.5, "ran"), (0, 3.5, 4, "ran")]


def test_a_time_out_is_a_wait_of_its_own() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.waiting(0, 1, 3, WaitKind.SLEEP, delay_ns=ns(9), deadline_ns=ns(3), chain=(line(4, "", "<module>"),))
    script.ready(0, 3, 3.5, cause=Cause.TIMER)
    script.running(0, 3.5, 4)
    trace = script.trace(cell_end=4)
    assert (0, 1, 3, "timeout") in told(trace)
    assert "a time-out, line 4 (2.00 s)" in critical_path(trace).text("en")


def test_a_task_that_outlives_the_cell_is_where_the_path_ends() -> None:
    script = gather()
    late = script.task("late", "late", at=3.25)
    script.ready(late, 3.25, 3.5, waker=0)
    sleeps(script, late, 3.5, 6)
    script.running(late, 6, 6.5)
    script.end(late, 6.5)
    found = told(script.trace(cell_end=3.5))
    assert found[-4:] == [(0, 3, 3.25, "ran"), (0, 3.25, 3.5, "loop busy"), (late, 3.5, 6, "timer"), (late, 6, 6.5, "ran")]


def test_a_pending_task_does_not_count() -> None:
    script = gather()
    sleeps(script, script.task("pending", at=0.25), 0.5, 9)
    assert told(script.trace(cell_end=3.5)) == told(gather().trace(cell_end=3.5))


def test_a_task_that_was_told_to_stop_after_the_cell_does_not_count() -> None:
    script = gather()
    late = script.task("late", at=0.25)
    sleeps(script, late, 0.5, 9)
    script.end(late, 9, Outcome.CANCELLED)
    assert told(script.trace(cell_end=3.5)) == told(gather().trace(cell_end=3.5))


def test_a_timer_that_somebody_set_is_no_time_out() -> None:
    """``loop.call_later`` sets a future."""
    script = TraceScript()
    script.running(0, 0, 1)
    script.waiting(0, 1, 3, WaitKind.FUTURE, chain=(line(4, "", "<module>"),))
    script.ready(0, 3, 3.5, cause=Cause.TIMER)
    script.running(0, 3.5, 4)
    assert (0, 1, 3, "timer") in told(script.trace(cell_end=4))
    assert "future, line 4 (2.00 s)" in critical_path(script.trace(cell_end=4)).text("en")


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (WaitKind.STREAM_READ, {"name": "readline"}, "readline()"),
        (WaitKind.JOIN, {"name": "join", "targets": (1,)}, "join(Process-1)"),
        (WaitKind.RESULT, {"name": "map(work)"}, "map(work)"),
        (WaitKind.LOCK, {"name": "Lock#2"}, "Lock#2"),
        (WaitKind.QUEUE_GET, {}, "queue.get"),
        (WaitKind.SLEEP, {"delay_ns": ns(0.25)}, "sleep(0.25)"),
        (WaitKind.UNKNOWN, {"chain": (line(1, function="main"), line(2, function="main.<locals>.Own.__await__"))}, "Own.__await__()"),
        (WaitKind.UNKNOWN, {}, ""),
    ],
)
def test_a_wait_goes_by_its_call(kind: WaitKind, fields: dict[str, Any], said: str) -> None:
    script = TraceScript()
    script.process("Process-1")
    assert wait_name(script.trace(), Wait(kind=kind, **fields)) == said


def test_an_interrupted_cell_shows_what_it_was_waiting_for() -> None:
    """Nothing woke it, and what it waited for never ended."""
    script = TraceScript()
    script.running(0, 0, 1)
    stuck = script.task("stuck", "f", at=0.5)
    script.ready(stuck, 0.5, 1)
    script.waiting(stuck, 1, 5, WaitKind.EVENT, name="Event")
    script.waiting(0, 1, 5, WaitKind.TASK, targets=(stuck,))
    script.end(0, 5, Outcome.CANCELLED)
    found = told(script.trace(cell_end=5))
    assert found[-1] == (stuck, 1, 5, "unknown")
    assert "Event in f() (4.00 s)" in critical_path(script.trace(cell_end=5)).text("en")


def test_tasks_that_wait_in_a_circle_end_as_unknown() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    first, second = script.task("a"), script.task("b")
    script.waiting(first, 1, 5, WaitKind.TASK, targets=(second,))
    script.waiting(second, 1, 5, WaitKind.TASK, targets=(first,))
    script.waiting(0, 1, 5, WaitKind.TASK, targets=(first,))
    script.end(0, 5, Outcome.CANCELLED)
    assert told(script.trace(cell_end=5))[-1][1:] == (1, 5, "unknown")


def test_an_exception_is_no_different() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    child = script.task("a", "f", at=0.5)
    script.ready(child, 0.5, 1)
    script.running(child, 1, 2)
    script.end(child, 2, Outcome.RAISED, "OSError")
    script.waiting(0, 1, 2, WaitKind.GATHER, targets=(child,))
    script.ready(0, 2, 2.5, cause=Cause.TASK, waker=child)
    script.running(0, 2.5, 3)
    script.end(0, 3, Outcome.RAISED, "OSError")
    assert [step[0] for step in told(script.trace(cell_end=3))] == [0, 0, child, 0, 0]


def test_steps_that_were_dropped_leave_an_honest_gap() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.running(0, 3, 4)
    trace = script.trace(cell_end=4)
    assert told(trace) == [(0, 0, 1, "ran"), (0, 1, 3, "unknown"), (0, 3, 4, "ran")]
    assert critical_path(trace).steps[1].state is None
    assert critical_path(trace).text("en") == (
        "What determined the 4.00 s: own code of the cell (2.00 s); not known, for it was not recorded (2.00 s). "
        "It cannot be faster than 2.00 s unless these get shorter or run side by side."
    )


def test_a_task_whose_creator_is_not_known() -> None:
    script = TraceScript()
    script.end(0, 1)
    orphan = script.task("a", at=2, parent=None)
    script.running(orphan, 2, 3)
    script.end(orphan, 3)
    assert told(script.trace(cell_end=1)) == [(orphan, 0, 2, "unknown"), (orphan, 2, 3, "ran")]


def test_a_call_inside_a_step_stands_for_it() -> None:
    script = TraceScript()
    for number in range(2):
        call = script.task("slow_square", "slow_square", str(number), at=1 + number, kind=TaskKind.CALL, track=1)
        script.running(call, 1 + number, 1.75 + number)
        script.end(call, 1.75 + number)
    script.running(0, 0, 3)
    trace = script.trace(cell_end=3)
    assert told(trace) == [(0, 0, 1, "ran"), (1, 1, 1.75, "ran"), (0, 1.75, 2, "ran"), (2, 2, 2.75, "ran"), (0, 2.75, 3, "ran")]
    assert "2 × slow_square() runs (1.50 s)" in critical_path(trace).text("en")


def test_a_trace_without_tasks_has_no_path() -> None:
    path = critical_path(Trace(name="nothing"))
    assert (path.steps, path.tasks, path.end_ns, path.text("en")) == ((), (), 0, "")


def test_a_trace_that_took_no_time_has_none_either() -> None:
    assert critical_path(Trace(name="n", tasks=(Task(id=0, kind=TaskKind.CELL, name="cell"),), cell_end_ns=0)).steps == ()


@pytest.mark.parametrize("folder", ["/usr/lib/python3.13/asyncio/tasks.py", r"C:\Python\Lib\asyncio\locks.py"])
def test_asyncios_own_lines_are_nobodys(folder: str) -> None:
    own = line(3, "", "f")
    assert own_line((line(1), own, line(9, "", "sleep", folder))) == own
    assert own_line((line(9, "", "sleep", folder),)) is None


def test_reasons_are_words() -> None:
    assert all(str(why) == why.value and why.value.islower() for why in Why)


def test_a_wait_for_nobody_knows_what() -> None:
    script = TraceScript()
    script.waiting(0, 0, 2, WaitKind.UNKNOWN)
    assert "a wait (2.00 s)" in critical_path(script.trace(cell_end=2)).text("en")


def test_different_waits_at_one_place_are_told_without_their_aims() -> None:
    script = TraceScript()
    first, second = script.process("Process-1"), script.process("Process-2", pid=4712)
    for process in (first, second):
        script.end(process, 0)
    script.waiting(0, 0, 1, WaitKind.JOIN, name="join", targets=(first,))
    script.waiting(0, 1, 2, WaitKind.JOIN, name="join", targets=(second,))
    assert "2 × join (2.00 s)" in critical_path(script.trace(cell_end=2)).text("en")
