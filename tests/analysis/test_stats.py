"""Figures: exact sums on traces written by hand, and what they promise about any trace."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings

from async_magics.analysis import stats
from async_magics.model import Cause, TaskKind, Trace, Track, TrackKind, WaitKind
from async_magics.testing import TraceScript, line, ns
from tests.strategies import traces


def two_tasks() -> TraceScript:
    script = TraceScript()
    script.running(0, 0, 0.5)
    first, second = script.task("a", at=0.5), script.task("b", at=1)
    script.running(first, 0.5, 1)
    script.waiting(first, 1, 2, WaitKind.SLEEP)
    script.ready(first, 2, 2.25, cause=Cause.TIMER)
    script.running(first, 2.25, 2.5)
    script.end(first, 2.5)
    script.ready(second, 1, 2)
    script.running(second, 2, 2.25)
    script.end(second, 2.25)
    return script


def test_time_of_every_task() -> None:
    found = stats(two_tasks().trace(cell_end=4)).per_task
    assert [(t.task, t.busy_ns, t.ready_ns, t.waiting_ns, t.steps) for t in found] == [
        (0, ns(0.5), 0, 0, 1),
        (1, ns(0.75), ns(0.25), ns(1), 2),
        (2, ns(0.25), ns(1), 0, 1),
    ]


def test_figures_of_the_whole() -> None:
    found = stats(two_tasks().trace(cell_end=4))
    assert (found.wall_ns, found.cell_ns, found.tasks, found.steps) == (ns(4), ns(4), 2, 4)
    assert found.utilisation == pytest.approx(1.5 / 4)
    assert found.mean_concurrency == pytest.approx((2 + 1.25) / 4)
    assert found.max_concurrency == 2


def test_the_cell_does_not_count_as_a_task() -> None:
    script = TraceScript()
    script.running(0, 0, 5)
    found = stats(script.trace(cell_end=5))
    assert (found.tasks, found.mean_concurrency, found.max_concurrency, found.utilisation) == (0, 0.0, 0, 1.0)


def test_a_task_that_ends_when_another_begins_is_not_at_once_with_it() -> None:
    script = TraceScript()
    script.end(script.task("a", at=0), 1)
    script.end(script.task("b", at=1), 2)
    assert stats(script.trace(cell_end=2)).max_concurrency == 1


def test_a_pending_task_lives_to_the_end() -> None:
    script = TraceScript()
    script.task("a", at=1)
    assert stats(script.trace(cell_end=4)).mean_concurrency == pytest.approx(0.75)


def test_overlapping_steps_count_once_for_the_loop() -> None:
    script = TraceScript()
    script.running(0, 0, 4)
    script.running(script.task("inner", at=1), 1, 3)
    assert stats(script.trace(cell_end=8)).utilisation == pytest.approx(0.5)


def test_every_loop_has_its_own_time_and_the_busiest_counts() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.running(script.task("elsewhere", track=1), 0, 3)
    trace = script.trace(cell_end=4)
    assert [(loop.track, loop.busy_ns) for loop in stats(trace).loops] == [(1, ns(3)), (2, ns(1))]
    assert stats(trace).utilisation == pytest.approx(0.75)
    assert trace.tracks[1] == Track(id=1, kind=TrackKind.THREAD, name="MainThread", parent=0, pid=1, tid=1)


def test_an_empty_trace_has_figures_too() -> None:
    found = stats(Trace(name="nothing"))
    assert (found.wall_ns, found.tasks, found.utilisation, found.mean_concurrency, found.per_task) == (0, 0, 0.0, 0.0, ())


def test_analysis_does_not_import_numpy() -> None:
    code = "import sys, async_magics.analysis; sys.exit('numpy' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_kinds_other_than_the_cell_count() -> None:
    script = TraceScript()
    script.end(script.task("job", kind=TaskKind.JOB), 1)
    assert stats(script.trace(cell_end=1)).tasks == 1


def test_pools_and_workers_are_no_tasks_and_count_nowhere() -> None:
    """Their jobs do, while they run."""
    script = TraceScript()
    made = script.pool("Pool(2)")
    crew = [script.worker(made, f"w{n}", pid=90 + n) for n in range(3)]
    for worker in crew[:2]:
        script.job(made, worker, "f", "1", 0, 1, 3)
    found = stats(script.trace(cell_end=4))
    assert (found.tasks, found.counts, found.workers) == (2, {TaskKind.JOB: 2}, 2)
    assert (found.mean_concurrency, found.max_concurrency, found.steps) == (pytest.approx(1.0), 2, 2)


def test_threads_and_processes_count_while_they_run() -> None:
    """Not while they start up or wait."""
    script = TraceScript()
    process = script.process("P", begin=1)
    script.running(process, 1, 2)
    script.waiting(process, 2, 3, WaitKind.JOIN)
    script.end(process, 4)
    script.running(script.thread("T"), 0, 2)
    found = stats(script.trace(cell_end=4))
    assert (found.mean_concurrency, found.max_concurrency) == (pytest.approx(3 / 4), 2)


def test_what_runs_inside_something_that_counts_is_not_counted_twice() -> None:
    """A call in a thread, a call in a call, a generator in the cell's call."""
    script = TraceScript()
    thread = script.thread("T")
    script.running(thread, 0, 2)
    track = script.trace().tasks[thread].track
    script.running(script.task("f", "f", kind=TaskKind.CALL, parent=thread, track=track), 0, 2)
    outer = script.task("g", "g", kind=TaskKind.CALL, track=1)
    script.running(outer, 2, 4)
    script.running(script.task("h", "h", kind=TaskKind.CALL, parent=outer, track=1), 2, 3)
    script.running(script.task("i", "i", kind=TaskKind.GENERATOR, parent=0, track=1), 3, 4)
    found = stats(script.trace(cell_end=4))
    assert (found.tasks, found.mean_concurrency, found.max_concurrency) == (5, pytest.approx(1.0), 1)


def test_only_what_a_loop_runs_makes_it_busy() -> None:
    """A job on a loop's track, or a thread elsewhere, does not."""
    script = TraceScript()
    script.running(script.task("a"), 0, 1)
    script.running(script.thread("T"), 0, 4)
    script.running(script.task("j", kind=TaskKind.JOB), 1, 4)
    found = stats(script.trace(cell_end=4))
    assert [loop.track for loop in found.loops] == [2] and found.utilisation == pytest.approx(0.25)


def test_cores_busy_is_the_cpu_time_over_the_wall_time() -> None:
    """Where it was measured."""
    script = TraceScript()
    found = stats(script.trace(cell_end=2, cpu_ns=ns(3), cores=4))
    assert (found.cores_busy, found.cores) == (pytest.approx(1.5), 4)
    assert stats(script.trace(cell_end=2)).cores_busy is None


def test_a_task_that_awaits_a_job_gives_its_place_to_it() -> None:
    """Together they are one piece of work."""
    script = TraceScript()
    task = script.task("a")
    job = script.task("j", kind=TaskKind.JOB, track=1, parent=task)
    script.running(task, 0, 1)
    script.waiting(task, 1, 3, WaitKind.EXECUTOR, targets=(job,))
    script.running(job, 1, 3)
    script.end(job, 3)
    script.end(task, 4)
    found = stats(script.trace(cell_end=4))
    assert (found.mean_concurrency, found.max_concurrency) == (pytest.approx(1.0), 1)


def test_waits_and_wakes_of_a_task_by_their_causes() -> None:
    script = TraceScript()
    task = script.task("a", "f", at=1)
    script.ready(task, 1, 1.5)
    script.running(task, 1.5, 2)
    script.ready(task, 2, 2.5, cause=Cause.ITSELF)
    script.running(task, 2.5, 3.5, location=line(7))
    script.waiting(task, 3.5, 4, WaitKind.SLEEP)
    script.ready(task, 4, 4.5, cause=Cause.TIMER)
    script.running(task, 4.5, 5)
    script.waiting(task, 5, 7, WaitKind.QUEUE_GET)
    script.running(task, 7, 7.5)
    script.waiting(task, 7.5, 8, WaitKind.SLEEP)
    found = stats(script.trace(cell_end=8)).per_task[task]
    assert found.waits == {WaitKind.SLEEP: ns(1), WaitKind.QUEUE_GET: ns(2)}
    assert found.wakes == {Cause.TIMER: 1, Cause.UNKNOWN: 1} and found.woken == 2
    assert (found.longest_ns, found.longest_at, found.life_ns) == (ns(1), line(7), ns(7))


def test_waits_of_the_whole_leave_out_idle_workers() -> None:
    script = TraceScript()
    made = script.pool("Pool(1)")
    script.job(made, script.worker(made, "w"), "f", "1", 0, 1, 2)
    script.waiting(0, 0, 2, WaitKind.RESULT)
    assert stats(script.trace(cell_end=2)).waits == {WaitKind.RESULT: ns(2)}


def test_the_longest_step_is_one_on_a_loop() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    script.running(script.thread("T"), 0, 5)
    task = script.task("a")
    script.running(task, 1, 3)
    found = stats(script.trace(cell_end=5))
    assert found.longest is not None and (found.longest.task, found.longest.longest_ns) == (task, ns(2))


def test_cpu_time_is_told_of_works_only() -> None:
    """What is sampled of a long step on a loop is no sum."""
    script = TraceScript()
    script.running(0, 0, 1, cpu_ns=ns(0.5))
    thread = script.thread("T", cpu_ns=ns(3))
    script.running(thread, 0, 1, cpu_ns=ns(0.25))
    script.running(thread, 1, 2, cpu_ns=ns(0.25))
    process = script.process("P", cpu_ns=ns(2))
    script.running(process, 0, 2)
    assert [times.cpu_ns for times in stats(script.trace(cell_end=2)).per_task] == [None, ns(0.5), ns(2)]


@settings(max_examples=60)
@given(traces())
def test_figures_of_any_trace_add_up(trace: Trace) -> None:
    found = stats(trace)
    for times in found.per_task:
        own = trace.slices.of(times.task)
        assert sum(item.duration_ns for item in own) == times.busy_ns + times.ready_ns + times.waiting_ns
        assert sum(times.waits.values()) == times.waiting_ns
        assert times.woken < max(1, len(own)) and times.longest_ns <= times.busy_ns
        assert times.life_ns >= 0
    assert found.max_concurrency >= 0 and 0 <= found.utilisation <= 1
