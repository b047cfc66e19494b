"""Which task of one trace is which of another, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from async_magics.analysis.diff import difference
from async_magics.model import TaskKind, Trace
from async_magics.testing import TraceScript, ns


def trace(tasks: Sequence[tuple[str, str, str, float]], pool: bool = False) -> Trace:
    """Return a trace of tasks: name, function, argument, end."""
    script = TraceScript("t")
    if pool:
        script.pool("Pool(2)")
    for name, function, argument, end in tasks:
        task = script.task(name, function, argument)
        script.running(task, 0.0, end)
        script.end(task, end)
    return script.trace(cell_end=max((end for *_, end in tasks), default=0.0))


def matched(before: Trace, after: Trace) -> list[tuple[int | None, int | None]]:
    return [
        (None if pair.before is None else pair.before.task, None if pair.after is None else pair.after.task)
        for pair in difference(before, after).pairs
    ]


def test_names_that_a_runtime_gives_say_nothing() -> None:
    before = trace([("Task-2", "f", "1", 1.0), ("Task-3", "f", "2", 1.0)])
    after = trace([("Task-3", "f", "1", 1.0), ("Task-4", "f", "2", 1.0)])
    assert matched(before, after) == [(1, 1), (2, 2)]


def test_own_names_win_whatever_the_order() -> None:
    before = trace([("slow", "f", "1", 1.0), ("quick", "f", "1", 1.0)])
    after = trace([("quick", "f", "1", 1.0), ("slow", "g", "9", 1.0)])
    assert matched(before, after) == [(1, 2), (2, 1)]


def test_calls_are_told_apart_by_their_arguments_first() -> None:
    before = trace([("Task-1", "f", "1", 1.0), ("Task-2", "f", "2", 1.0)])
    after = trace([("Task-1", "f", "2", 1.0), ("Task-2", "f", "3", 1.0)])
    assert matched(before, after) == [(1, 2), (2, 1)]


def test_the_same_call_several_times_is_matched_in_order() -> None:
    before = trace([("Task-1", "f", "1", 1.0)] * 2)
    after = trace([("Task-9", "f", "1", 2.0)] * 3)
    assert matched(before, after) == [(1, 1), (2, 2), (None, 3)]


def test_other_functions_and_other_kinds_do_not_match() -> None:
    assert matched(trace([("Task-1", "f", "1", 1.0)]), trace([("Task-1", "g", "1", 1.0)])) == [(1, None), (None, 1)]
    thread = TraceScript("t")
    number = thread.thread("Thread-1", "f", "1")
    thread.end(number, 1.0)
    assert thread.trace().tasks[number].kind is TaskKind.THREAD
    assert matched(trace([("Task-1", "f", "1", 1.0)]), thread.trace()) == [(1, None), (None, number)]


def test_pools_are_no_tasks() -> None:
    assert matched(trace([("a", "f", "1", 1.0)], pool=True), trace([("a", "f", "1", 1.0)])) == [(2, 1)]


def test_what_changed() -> None:
    found = difference(trace([("a", "f", "1", 1.0), ("b", "f", "2", 1.0)]), trace([("a", "f", "1", 3.0)]))
    assert (found.before_ns, found.after_ns) == (ns(1), ns(3))
    assert [pair.change_ns for pair in found.pairs] == [ns(2), -ns(1)]
    assert found.pairs[0].label == "a f(1)" and found.pairs[0].after is not None and found.pairs[0].after.busy_ns == ns(3)


def test_a_trace_is_the_same_as_itself() -> None:
    one = trace([("Task-1", "f", "1", 1.0), ("", "g", "2", 2.0), ("x", "", "", 1.0)])
    assert matched(one, one) == [(1, 1), (2, 2), (3, 3)]
    assert not any(pair.change_ns for pair in difference(one, one).pairs)
