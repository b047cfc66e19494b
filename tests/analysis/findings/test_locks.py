"""AM401 on traces written by hand: when a queue for a lock is worth a remark."""

from __future__ import annotations

import pytest

from async_magics.analysis.findings.locks import Queued
from async_magics.model import Cause, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

from .scripted import chain, said


def queue(count: int = 4, hold: float = 0.2, *, through: int = 1, kind: WaitKind = WaitKind.LOCK, name: str = "Lock#2",
          wall: float | None = None, before: float = 0.0) -> Trace:  # fmt: skip
    """``count`` tasks, of which ``through`` at a time hold something for ``hold`` seconds; ``before`` that each does something else."""
    script = TraceScript()
    tasks = [script.task(f"t{number}") for number in range(count)]
    for number, task in enumerate(tasks):
        if before:
            script.waiting(task, 0, before, WaitKind.SLEEP)
        begin = before + number // through * hold
        if begin > before:
            script.waiting(task, before, begin, kind, name=name, chain=chain(6, inside="acquire"))
            script.ready(task, begin, begin + 0.0001, Cause.TASK, waker=tasks[number - through])
        script.waiting(task, begin + 0.0001, begin + hold, WaitKind.SLEEP)
        script.end(task, begin + hold)
    return script.trace(wall or before + (count + through - 1) // through * hold)


def test_a_queue_for_a_lock() -> None:
    (finding,) = Queued().check(queue())
    assert said(Queued(), queue()) == ["3 tasks queued for Lock#2 (line 6): somebody waited 75 % of the time, all together 1.20 s"]
    assert said(Queued(), queue(), "ru") == ["задач в очереди к Lock#2 (строка 6): 3; кто-нибудь ждал 75 % времени, все вместе — 1,20 с"]
    assert (finding.tasks, finding.cost_ns, finding.location) == ((2, 3, 4), ns(0.6), line(6, function="main"))


@pytest.mark.parametrize(("through", "count"), [(1, 1), (2, 0), (3, 0)])
def test_a_semaphore_that_lets_several_through_is_a_limit(through: int, count: int) -> None:
    assert len(said(Queued(), queue(9, through=through, kind=WaitKind.SEMAPHORE, name=""))) == count


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("one task waited", queue(2)),
        ("for a moment", queue(hold=0.005)),
        ("a small part of the time", queue(wall=5.0)),
        ("a small part of their lives", queue(hold=0.1, before=2.0, wall=0.5)),
        ("an event is no lock", queue(kind=WaitKind.EVENT)),
    ],
)
def test_no_queue(why: str, found: Trace) -> None:
    assert said(Queued(), found) == [], why


def test_different_locks_are_different_queues() -> None:
    script = TraceScript()
    for number in range(4):
        task = script.task(f"t{number}")
        script.waiting(task, 0, 1, WaitKind.LOCK, name=f"Lock#{number % 2 + 1}")
        script.end(task, 1)
    assert [text.partition(":")[0] for text in said(Queued(), script.trace(1.0))] == [
        "2 tasks queued for Lock#1", "2 tasks queued for Lock#2",
    ]  # fmt: skip
