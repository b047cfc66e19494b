"""What pools did, from traces written by hand."""

from __future__ import annotations

import dataclasses

from async_magics.analysis.pool_use import pool_uses
from async_magics.model import InstantKind, Outcome, Trace
from async_magics.testing import TraceScript, ns


def two_calls(**pool: object) -> TraceScript:
    """A pool made from 0 to 0.1 s; two calls submitted at 0.2 s, run from 0.3 to 0.5 and from 0.6 to 0.7, back at 0.8."""
    script = TraceScript()
    made = script.pool("Pool(1)", at=0, begin=0.1, **pool)  # type: ignore[arg-type]
    worker = script.worker(made, "w", at=0.05, begin=0.09, pid=50)
    script.job(made, worker, "f", "1", 0.2, 0.3, 0.5, delivered_ns=ns(0.8))
    script.job(made, worker, "f", "2", 0.2, 0.6, 0.7, delivered_ns=ns(0.8))
    return script


def test_time_is_told_apart() -> None:
    (use,) = pool_uses(two_calls().trace(cell_end=1))
    assert (use.own_ns, use.wall_ns) == (ns(0.3), ns(0.1 + 0.6))
    assert (use.start_ns, use.between_ns) == (ns(0.1 + 0.1), ns(0.1 + 0.1))
    assert use.apart and [job.arguments for job in use.jobs] == ["1", "2"] and [worker.name for worker in use.workers] == ["w"]


def test_a_pool_of_an_earlier_cell_has_no_start() -> None:
    (use,) = pool_uses(two_calls(older=True).trace(cell_end=1))
    assert (use.wall_ns, use.start_ns, use.between_ns) == (ns(0.6), 0, ns(0.3))


def test_an_executor_makes_its_workers_when_they_are_wanted() -> None:
    """Time before the first call is nobody's."""
    script = TraceScript()
    made = script.pool("ProcessPoolExecutor(1)", at=0, begin=0.55)
    script.job(made, script.worker(made, "w", at=0.51, begin=0.56, pid=50), "f", "", 0.5, 0.6, 0.8)
    (use,) = pool_uses(script.trace(cell_end=1))
    assert (use.wall_ns, use.start_ns, use.between_ns) == (ns(0.3), ns(0.1), 0)


def test_time_between_two_rounds_does_not_count() -> None:
    script = TraceScript()
    made = script.pool("ThreadPool(1)")
    worker = script.worker(made, "w")
    for at in (0.0, 5.0):
        script.job(made, worker, "f", "", at, at + 0.1, at + 0.2)
    (use,) = pool_uses(script.trace(cell_end=6))
    assert (use.wall_ns, use.start_ns, use.between_ns, use.apart) == (ns(0.4), ns(0.1), ns(0.1), False)


def uncertain() -> list[Trace]:
    whole = two_calls().trace(cell_end=1)
    tasks = (*whole.tasks[:-1], dataclasses.replace(whole.tasks[-1], ended_ns=None, outcome=Outcome.UNFINISHED))
    never = two_calls()
    never.instant(InstantKind.NEVER_BEGUN, 1, task=1, text="3 × f")
    idle = TraceScript()
    idle.worker(idle.pool("Pool(1)"), "w", pid=50)
    return [dataclasses.replace(whole, dropped=1), dataclasses.replace(whole, tasks=tasks), never.trace(cell_end=1), idle.trace(cell_end=1)]


def test_a_sum_that_would_lack_something_is_not_made() -> None:
    assert [pool_uses(trace) for trace in uncertain()] == [()] * 4
