"""AM301 to AM303 on traces written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.analysis.findings.cancels import Delayed, Swallowed, WorkLost
from async_magics.model import InstantKind, Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

from .scripted import chain, said

CATCHES = """async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("no")
"""


def swallowed(source: str = CATCHES, ends: float = 0.9) -> Trace:
    script = TraceScript(source=source)
    task = script.task("Task-1", "stubborn", "")
    script.instant(InstantKind.CANCEL_SWALLOWED, 0.5, task=task, by=0, location=line(9))
    script.instant(InstantKind.CANCEL_SWALLOWED, 0.6, task=task, by=0, location=line(9))
    script.end(task, ends)
    return script.trace(1.0)


@pytest.mark.parametrize(
    ("source", "ends", "text", "place"),
    [
        (CATCHES, 0.9, "stubborn() was cancelled, caught that (line 4), went on for 400 ms and returned", 4),
        (CATCHES, 0.51, "stubborn() was cancelled, caught that (line 4) and returned as if nothing had happened", 4),
        ("", 0.9, "stubborn() was cancelled, went on for 400 ms all the same and returned", 9),
        ("", 0.51, "stubborn() was cancelled and returned as if nothing had happened", 9),
        (CATCHES.replace("asyncio.CancelledError", "OSError"), 0.51, "stubborn() was cancelled and returned as if nothing had happened", 9),
        (CATCHES + "        raise", 0.51, "stubborn() was cancelled and returned as if nothing had happened", 9),
    ],
)
def test_swallowed(source: str, ends: float, text: str, place: int) -> None:
    (finding,) = Swallowed().check(swallowed(source, ends))
    assert said(Swallowed(), swallowed(source, ends)) == [text]
    assert finding.location is not None and finding.location.line == place
    assert (finding.tasks, finding.error) == ((1, 0), ends == 0.9)


@pytest.mark.parametrize("kind", ["", " BaseException", " (OSError, CancelledError)"])
def test_ways_to_catch_a_cancellation(kind: str) -> None:
    (finding,) = Swallowed().check(swallowed(CATCHES.replace(" asyncio.CancelledError", kind)))
    assert finding.location is not None and finding.location.line == 4


# ---------------------------------------------------------------------- delayed
def delayed(*, took: float = 0.6, outcome: Outcome = Outcome.CANCELLED, waited: float = 0.6, kind: TaskKind = TaskKind.ASYNCIO) -> Trace:
    script = TraceScript()
    task = script.task("slow", kind=kind)
    script.waiting(0, 0.4, 0.4 + waited, WaitKind.WAIT, targets=(task,), count=1)
    script.waiting(task, 0, 0.4, WaitKind.SLEEP, chain=chain(3))
    script.waiting(task, 0.4, 0.4 + took, WaitKind.SLEEP, chain=chain(5))
    script.instant(InstantKind.CANCEL_REQUESTED, 0.4, task=task, by=0, location=line(9))
    script.instant(InstantKind.CANCEL_REQUESTED, 0.5, task=task, by=0, location=line(9))
    script.end(task, 0.4 + took, outcome)
    return script.trace(1.0)


def test_delayed() -> None:
    (finding,) = Delayed().check(delayed())
    assert said(Delayed(), delayed()) == ["slow took 600 ms to end after it had been cancelled (line 5)"]
    assert (finding.cost_ns, finding.tasks) == (ns(0.6), (1, 0))


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("it was quick enough", delayed(took=0.4)),
        ("it returned: that is another rule's", delayed(outcome=Outcome.RETURNED)),
        ("nobody waited for it", delayed(waited=0.1)),
        ("no task of asyncio", delayed(kind=TaskKind.GREENLET)),
    ],
)
def test_not_delayed(why: str, found: Trace) -> None:
    assert said(Delayed(), found) == [], why


# ---------------------------------------------------------------------- work lost
def cut(*waits: tuple[float, float, int, WaitKind], cell: bool = True, at: float = 1.0, reason: str = "timeout", **fields: Any) -> Trace:
    """A task, or the cell, that a time-out stops at 1 s."""
    script = TraceScript()
    task = 0 if cell else script.task("Task-1", "report", "")
    for start, end, number, kind in waits:
        script.waiting(task, start, end, kind, chain=chain(2, number, function="report"), **fields)
    script.instant(InstantKind.CANCEL_REQUESTED, at, task=task, text=reason)
    return script.trace(1.5)


SLEEP, QUEUE = WaitKind.SLEEP, WaitKind.QUEUE_GET


def test_work_lost() -> None:
    (finding,) = WorkLost().check(cut((0, 0.7, 4, SLEEP), (0.7, 1, 5, SLEEP), deadline_ns=ns(1)))
    text = "a time-out stopped report() after 1.00 s (line 5); 700 ms of work was done by then, and is lost"
    assert said(WorkLost(), cut((0, 0.7, 4, SLEEP), (0.7, 1, 5, SLEEP), deadline_ns=ns(1))) == [text]
    assert said(WorkLost(), cut((0, 0.7, 4, SLEEP), (0.7, 1, 5, SLEEP), cell=False)) == [text]
    assert finding.cost_ns == ns(0.7) and finding.location == line(5, function="report")


def test_only_what_happened_under_the_limit_counts() -> None:
    script = TraceScript()
    script.waiting(0, 0, 0.8, SLEEP, chain=chain(3))
    script.waiting(0, 0.8, 1, SLEEP, chain=chain(4), deadline_ns=ns(1))
    script.instant(InstantKind.CANCEL_REQUESTED, 1.0, task=0, text="timeout")
    assert said(WorkLost(), script.trace(1.5)) == []


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("nothing came yet", cut((0, 1, 4, SLEEP))),
        ("little was done", cut((0, 0.3, 4, SLEEP), (0.3, 1, 5, SLEEP))),
        ("it asks again and again", cut((0, 0.3, 4, SLEEP), (0.3, 0.6, 4, SLEEP), (0.6, 1, 4, SLEEP))),
        ("it serves whoever comes", cut((0, 0.4, 4, QUEUE), (0.4, 0.8, 5, SLEEP), (0.8, 1, 4, QUEUE))),
        ("it goes round", cut(*((n * 0.16, n * 0.16 + 0.16, 4 + n % 2, SLEEP) for n in range(6)))),
        ("somebody cancelled it", cut((0, 0.7, 4, SLEEP), (0.7, 1, 5, SLEEP), reason="")),
        ("nothing is known of it", cut()),
    ],
)
def test_no_work_lost(why: str, found: Trace) -> None:
    assert said(WorkLost(), found) == [], why
