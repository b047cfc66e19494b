"""Which steps hold up the loop: long ones, and only where somebody else could have gone on."""

from __future__ import annotations

from async_magics.analysis import blocking_rows
from async_magics.model import State, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript


def blocked(trace: Trace) -> list[tuple[int, int]]:
    """Return task and start of every step found, in milliseconds."""
    table = trace.slices
    assert all(table.state[row] == State.RUNNING for row in blocking_rows(trace))
    return [(table.task[row], table.start_ns[row] // 1_000_000) for row in sorted(blocking_rows(trace))]


def test_a_long_step_beside_another_task() -> None:
    script = TraceScript()
    script.running(0, 0, 0.01)
    hog, other = script.task("hog"), script.task("other")
    script.running(hog, 0.01, 0.5)
    script.end(hog, 0.5)
    script.ready(other, 0, 0.5)
    script.end(other, 0.6)
    assert blocked(script.trace(cell_end=1)) == [(hog, 10)]


def test_a_sync_cell_alone_blocks_nobody() -> None:
    script = TraceScript()
    script.running(0, 0, 5)
    script.end(0, 5)
    assert blocked(script.trace(cell_end=5)) == []


def test_a_sync_cell_beside_a_task_of_an_earlier_cell_blocks_it() -> None:
    script = TraceScript()
    script.running(0, 0, 5)
    script.end(0, 5)
    script.task("watcher", older=True)
    assert blocked(script.trace(cell_end=5)) == [(0, 0)]


def test_short_steps_do_not_block() -> None:
    script = TraceScript()
    hog = script.task("hog")
    script.running(hog, 0, 0.049)
    assert blocked(script.trace(cell_end=1)) == []
    script.running(hog, 0.1, 0.15)
    assert blocked(script.trace(cell_end=1)) == [(hog, 100)]


def test_who_only_waits_for_the_long_one_is_not_held_up() -> None:
    script = TraceScript()
    script.running(0, 0, 0.001)
    outer, hog = script.task("outer"), script.task("hog", parent=1)
    script.waiting(0, 0.001, 1.0, WaitKind.TASK, targets=(outer,))
    script.running(outer, 0.001, 0.002)
    script.waiting(outer, 0.002, 0.9999, WaitKind.TASK, targets=(hog,))  # woken inside the step that ends the wait
    script.running(hog, 0.002, 1.0)
    assert blocked(script.trace(cell_end=1)) == []


def test_who_waits_for_several_of_which_one_lives_is_held_up_with_it() -> None:
    script = TraceScript()
    hog, other = script.task("hog"), script.task("other")
    script.waiting(0, 0, 1, WaitKind.GATHER, targets=(hog, other))
    script.running(hog, 0, 1)
    script.end(hog, 1)
    script.ready(other, 0, 1)
    assert blocked(script.trace(cell_end=1)) == [(hog, 0)]


def test_a_task_made_at_the_end_of_the_long_step_was_not_held_up() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.end(script.task("late", at=0.999), 1.5)
    assert blocked(script.trace(cell_end=1)) == []


def test_another_loop_is_not_held_up() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.task("elsewhere", track=1)
    assert blocked(script.trace(cell_end=1)) == []


def test_a_cell_that_joins_and_what_runs_meanwhile_hold_up_no_loop() -> None:
    """Threads, jobs and calls belong to no loop, also on a loop's track."""
    script = TraceScript()
    thread = script.thread("T")
    script.running(thread, 0, 1)
    script.waiting(0, 0, 1, WaitKind.JOIN, targets=(thread,))
    for kind in (TaskKind.JOB, TaskKind.CALL, TaskKind.GENERATOR):
        script.running(script.task(kind, kind=kind), 0, 1)
    assert blocked(script.trace(cell_end=1)) == []


def test_a_running_cell_holds_up_nobody_by_having_threads() -> None:
    """Only tasks of its loop could have gone on."""
    script = TraceScript()
    script.running(0, 0, 1)
    script.task("j", kind=TaskKind.JOB)
    script.task("c", kind=TaskKind.CALL)
    assert blocked(script.trace(cell_end=1)) == []
