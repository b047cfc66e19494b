"""Causes: read off tasks, slices and instants."""

from __future__ import annotations

from hypothesis import given, settings

from async_magics.model import Cause, Edge, EdgeKind, InstantKind, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from tests.strategies import traces


def found(trace: Trace, kind: EdgeKind) -> list[Edge]:
    """Return the edges of one kind."""
    return [edge for edge in trace.edges() if edge.kind is kind]


def test_a_spawn_is_an_edge_from_the_parent_at_its_line() -> None:
    script = TraceScript()
    a = script.task("a", at=0.5, created_at=line(3))
    script.task("orphan", parent=None)
    script.task("older", parent=a, older=True)
    edge = Edge(kind=EdgeKind.SPAWN, source=0, start_ns=ns(0.5), target=a, end_ns=ns(0.5), location=line(3))
    assert found(script.trace(), EdgeKind.SPAWN) == [edge]


def test_a_wake_by_another_task_is_an_edge_and_one_by_nobody_or_itself_is_not() -> None:
    script = TraceScript()
    a, b = script.task("a"), script.task("b")
    script.ready(a, 1.0, 1.5, Cause.TASK, waker=b, location=line(7))
    script.ready(a, 2.0, 2.5, Cause.ITSELF, waker=a)
    script.ready(b, 1.0, 1.5, Cause.TIMER)
    script.running(b, 1.5, 2.0, cause=Cause.TASK, waker=a)
    edge = Edge(kind=EdgeKind.WAKE, source=b, start_ns=ns(1.0), target=a, end_ns=ns(1.0), location=line(7))
    assert found(script.trace(), EdgeKind.WAKE) == [edge]


def test_an_await_is_an_edge_to_each_target_for_as_long_as_it_lasts() -> None:
    script = TraceScript()
    a, b, c = script.task("a"), script.task("b"), script.task("c")
    script.waiting(a, 1.0, 3.0, WaitKind.GATHER, count=2, targets=(b, c))
    script.waiting(b, 1.0, 3.0, WaitKind.SLEEP)
    expected = [Edge(kind=EdgeKind.AWAIT, source=a, start_ns=ns(1.0), target=target, end_ns=ns(3.0)) for target in (b, c)]
    assert found(script.trace(), EdgeKind.AWAIT) == expected


def test_a_cancellation_is_an_edge_where_both_sides_are_known() -> None:
    script = TraceScript()
    a, b = script.task("a"), script.task("b")
    script.instant(InstantKind.CANCEL_REQUESTED, 1.0, task=b, by=a, location=line(9))
    script.instant(InstantKind.CANCEL_REQUESTED, 2.0, task=b, cause=Cause.TIMER)
    script.instant(InstantKind.CANCEL_DELIVERED, 1.5, task=b, by=a)
    edge = Edge(kind=EdgeKind.CANCEL, source=a, start_ns=ns(1.0), target=b, end_ns=ns(1.0), location=line(9))
    assert found(script.trace(), EdgeKind.CANCEL) == [edge]


@given(traces())
@settings(max_examples=50, deadline=None)
def test_edges_join_tasks_of_the_trace_forwards_in_time(trace: Trace) -> None:
    for edge in trace.edges():
        assert 0 <= edge.source < len(trace.tasks) and 0 <= edge.target < len(trace.tasks)
        assert edge.start_ns <= edge.end_ns
