"""Figures of several traces: who was faster, and how far runs differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from async_magics.analysis.compare import Spread, among, compared, failed, spread, typical
from async_magics.model import Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, ns


def run(seconds: float, *, error: str | None = None, name: str = "cell") -> Trace:
    """A cell that waits for so long for two tasks, the one twice as long as the other."""
    script = TraceScript(name)
    script.running(0, 0, 0.1)
    script.waiting(0, 0.1, seconds, WaitKind.GATHER)
    script.end(0, seconds, Outcome.RAISED if error else Outcome.RETURNED, error)
    for number, end in enumerate((seconds, seconds / 2)):
        task = script.task(f"Task-{number}", "f")
        script.waiting(task, 0, end, WaitKind.SLEEP)
        script.end(task, end)
    return script.trace(cell_end=seconds, cpu_ns=ns(0.2))


def test_figures_against_the_first() -> None:
    slow, fast = compared([run(3), run(1.5, name="gather")])
    assert (slow.speed_up, fast.speed_up) == (1.0, 2.0)
    assert (fast.name, fast.wall_ns, fast.cell_ns, fast.tasks, fast.max_concurrency) == ("gather", ns(1.5), ns(1.5), 2, 2)
    assert fast.mean_concurrency == pytest.approx(1.5)
    assert (fast.cpu_ns, fast.cores_busy) == (ns(0.2), pytest.approx(0.2 / 1.5))
    assert fast.loop_busy == pytest.approx(0.1 / 1.5)
    assert fast.spread is None


def test_the_wall_time_goes_to_the_last_task_and_the_cells_own_time_does_not() -> None:
    trace = replace(run(2), cell_end_ns=ns(0.5))
    assert [(row.wall_ns, row.cell_ns) for row in compared([trace])] == [(ns(2), ns(0.5))]


def test_a_failed_one_is_neither_faster_nor_slower() -> None:
    assert [row.speed_up for row in compared([run(3), run(1, error="OSError")])] == [1.0, None]
    assert [row.speed_up for row in compared([run(3, error="OSError"), run(1)])] == [None, None]
    assert [row.speed_up for row in compared([run(3), TraceScript().trace()])] == [1.0, None]


def test_no_loop_no_busy_loop() -> None:
    script = TraceScript()
    thread = script.thread("Thread-1", "f", at=0, begin=0)
    script.running(thread, 0, 1)
    assert [row.loop_busy for row in compared([script.trace(cell_end=1)])] == [None]
    assert script.trace(cell_end=1).tasks[thread].kind is TaskKind.THREAD


def drawn(runs: list[Trace]) -> Trace:
    return among(runs[typical(runs)], runs)


def test_the_run_in_the_middle_knows_all_of_them() -> None:
    runs = [run(seconds) for seconds in (1.2, 1.0, 1.4, 1.1)]
    chosen = drawn(runs)
    assert (chosen.end_ns, chosen.runs_ns) == (ns(1.1), (ns(1.2), ns(1.0), ns(1.4), ns(1.1)))
    found = spread(chosen)
    assert found == Spread(count=4, least_ns=ns(1.0), median_ns=ns(1.1), most_ns=ns(1.4))
    assert found is not None and found.width_ns == ns(0.4)


def test_a_failed_run_is_drawn_when_it_is_the_last_and_never_counts() -> None:
    runs = [run(1.2), run(1.0), run(0.3, error="OSError")]
    assert (drawn(runs).end_ns, drawn(runs).runs_ns) == (ns(0.3), (ns(1.2), ns(1.0)))
    assert failed(drawn(runs))
    assert drawn(runs[::-1]).end_ns == ns(1.0)


def test_one_run_is_left_as_it_is() -> None:
    alone = run(1)
    assert drawn([alone]) is alone
    assert spread(alone) is None
