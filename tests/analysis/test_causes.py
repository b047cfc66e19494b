"""The chain of what brought a task about."""

from __future__ import annotations

from itertools import pairwise

from async_magics.analysis.causes import MOST, Step, causes
from async_magics.model import Cause, EdgeKind, Trace, WaitKind
from async_magics.testing import TraceScript, ns


def handed_on() -> Trace:
    """The cell creates a consumer and a producer; the producer wakes the consumer."""
    script = TraceScript("In [1]")
    script.running(0, 0, 0.1)
    consumer = script.task("consumer", "consume", "", at=0.05)
    producer = script.task("producer", "produce", "", at=0.06)
    script.running(consumer, 0.1, 0.2)
    script.waiting(consumer, 0.2, 0.5, WaitKind.QUEUE_GET)
    script.running(producer, 0.2, 0.3)
    script.waiting(producer, 0.3, 0.4, WaitKind.SLEEP, delay_ns=1)
    script.ready(producer, 0.4, 0.41, cause=Cause.TIMER)
    script.running(producer, 0.41, 0.6)
    script.ready(consumer, 0.5, 0.6, cause=Cause.TASK, waker=producer)
    script.running(consumer, 0.6, 0.7)
    return script.trace(cell_end=1)


def test_the_waker_then_its_creator_back_to_the_cell() -> None:
    assert causes(handed_on(), 1, ns(0.65)) == (
        Step(EdgeKind.WAKE, 2, 1, ns(0.5)),
        Step(EdgeKind.SPAWN, 0, 2, ns(0.06)),
    )


def test_before_it_was_woken_only_its_creator_counts() -> None:
    assert causes(handed_on(), 1, ns(0.3)) == (Step(EdgeKind.SPAWN, 0, 1, ns(0.05)),)


def test_a_first_step_is_its_creators_doing() -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 0.1)
    task = script.task("Task-1", "f", "", at=0.05)
    script.ready(task, 0.05, 0.1, cause=Cause.SPAWN, waker=0)
    script.running(task, 0.1, 0.2, cause=Cause.SPAWN, waker=0)
    assert causes(script.trace(cell_end=1), 1, ns(0.15)) == (Step(EdgeKind.SPAWN, 0, 1, ns(0.05)),)


def test_the_cell_has_no_cause() -> None:
    assert causes(handed_on(), 0, ns(0.05)) == ()


def test_two_that_wake_each_other_for_ever_come_to_an_end() -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 0.001)
    pair = [script.task(name, name, "", at=0.0005) for name in ("ping", "pong")]
    for turn in range(2 * MOST):
        for number, task in enumerate(pair):
            start = 0.01 * (2 * turn + number + 1)
            script.running(task, start, start + 0.01, cause=Cause.TASK, waker=pair[1 - number])
            script.waiting(task, start + 0.01, start + 0.02, WaitKind.EVENT)
    trace = script.trace(cell_end=1)
    chain = causes(trace, 1, trace.end_ns)
    assert len(chain) == MOST + 1 and chain[-1].kind is EdgeKind.SPAWN
    assert all(later.t_ns >= earlier.t_ns for later, earlier in pairwise(chain))
