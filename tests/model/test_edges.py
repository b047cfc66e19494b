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


def test_submitted_work_has_an_edge_from_its_order_to_its_beginning_and_one_back() -> None:
    """Instead of a spawn; none where it never began, or nobody knows when its result was back."""
    script = TraceScript()
    made = script.pool("Pool(1)", at=0.1)
    worker = script.worker(made, "w", at=0.1, pid=5)
    job = script.job(made, worker, "f", "1", 0.2, 0.5, 0.9, delivered_ns=ns(0.95), created_at=line(4))
    script.job(made, None, "f", "2", 0.2)
    process = script.process("Process-1", at=0.3, begin=0.4)
    script.running(process, 0.4, 0.6)
    script.end(process, 0.6)
    trace = script.trace(cell_end=1)
    assert found(trace, EdgeKind.SUBMIT) == [
        Edge(kind=EdgeKind.SUBMIT, source=0, start_ns=ns(0.2), target=job, end_ns=ns(0.5), location=line(4)),
        Edge(kind=EdgeKind.SUBMIT, source=0, start_ns=ns(0.3), target=process, end_ns=ns(0.4)),
    ]
    assert found(trace, EdgeKind.RESULT) == [Edge(kind=EdgeKind.RESULT, source=job, start_ns=ns(0.9), target=0, end_ns=ns(0.95))]
    assert [(edge.source, edge.target) for edge in found(trace, EdgeKind.SPAWN)] == [(0, made), (made, worker)]


def test_a_kill_is_a_cancellation() -> None:
    """Where it is known who did it."""
    script = TraceScript()
    process = script.process("Process-1")
    script.instant(InstantKind.KILLED, 0.5, task=process, by=0, location=line(3), text="terminate")
    edge = Edge(kind=EdgeKind.CANCEL, source=0, start_ns=ns(0.5), target=process, end_ns=ns(0.5), location=line(3))
    assert found(script.trace(cell_end=1), EdgeKind.CANCEL) == [edge]


@given(traces())
@settings(max_examples=50, deadline=None)
def test_edges_join_tasks_of_the_trace_forwards_in_time(trace: Trace) -> None:
    for edge in trace.edges():
        assert 0 <= edge.source < len(trace.tasks) and 0 <= edge.target < len(trace.tasks)
        assert edge.start_ns <= edge.end_ns
