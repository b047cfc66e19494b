"""Figures of a window: exact by hand, equal to the whole's where it is the whole, and sums where it is cut in two."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics.analysis import stats
from async_magics.analysis.stats import HOSTS
from async_magics.analysis.window import WindowTime, window_times
from async_magics.model import Trace, WaitKind
from async_magics.testing import TraceScript, ns
from tests.strategies import NS, traces


def sums(found: list[WindowTime]) -> Counter[tuple[int, str]]:
    return Counter({(times.task, name): getattr(times, name) for times in found for name in ("busy_ns", "ready_ns", "waiting_ns")})


def test_slices_count_with_what_lies_inside() -> None:
    script = TraceScript()
    task = script.task("a")
    script.ready(task, 0, 1)
    script.running(task, 1, 2)
    script.waiting(task, 2, 3, WaitKind.SLEEP)
    script.running(task, 3, 4)
    found = window_times(script.trace(), ns(0.5), ns(2.25))
    assert found == [WindowTime(task=task, ready_ns=ns(0.5), busy_ns=ns(1), waiting_ns=ns(0.25), steps=1)]


def test_what_only_touches_the_window_is_outside() -> None:
    script = TraceScript()
    task = script.task("a")
    script.running(task, 1, 2)
    assert window_times(script.trace(end_ns=ns(3)), ns(2), ns(3)) == []


def test_pools_and_workers_are_left_out_and_their_jobs_are_not() -> None:
    script = TraceScript()
    pool = script.pool("pool")
    worker = script.worker(pool, "worker", at=0, begin=0.5)
    job = script.job(pool, worker, "f", "1", 0, 1, 2)
    assert window_times(script.trace(), 0, ns(2)) == [WindowTime(task=job, ready_ns=ns(1), busy_ns=ns(1), steps=1)]


@given(traces())
@settings(max_examples=60, deadline=None)
def test_the_window_of_all_says_what_the_figures_say(trace: Trace) -> None:
    found = {times.task: times for times in window_times(trace, 0, 10**14)}
    for times in stats(trace).per_task:
        if trace.tasks[times.task].kind not in HOSTS:
            own = found.get(times.task, WindowTime(task=times.task))
            assert (own.busy_ns, own.ready_ns, own.waiting_ns, own.steps) == (
                times.busy_ns, times.ready_ns, times.waiting_ns, times.steps,
            )  # fmt: skip


@given(traces(), st.tuples(NS, NS, NS))
@settings(max_examples=60, deadline=None)
def test_two_halves_are_the_whole(trace: Trace, moments: tuple[int, int, int]) -> None:
    start, middle, end = sorted(moments)
    halves = sums(window_times(trace, start, middle)) + sums(window_times(trace, middle, end))
    assert +halves == +sums(window_times(trace, start, end))
