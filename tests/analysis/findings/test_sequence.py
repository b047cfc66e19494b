"""AM101 on traces written by hand: when independent calls did cost time."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.analysis.findings.sequence import OneAfterAnother
from async_magics.model import Location, Trace, WaitKind
from async_magics.testing import TraceScript, line

from .scripted import ASYNCIO, said

TWO = "await fetch(1)\nawait fetch(2)"
LOOP = "for n in range(3):\n    await fetch(n)"
LINT = OneAfterAnother()


def through(number: int, *below: int) -> tuple[Location, ...]:
    """Return a chain from a line of the cell into ``fetch``."""
    own = line(number, function="<module>")
    return (own, *(line(at, function="fetch", file="lib.py") for at in below), Location(file=ASYNCIO, line=1, function="sleep"))


def trace(source: str, *waits: tuple[float, float, int], kind: WaitKind = WaitKind.SLEEP, cell_end: float = 1.0, **fields: Any) -> Trace:
    script = TraceScript(source=source)
    for start, end, number in waits:
        script.waiting(0, start, end, kind, chain=through(number, 7), **fields)
    return script.trace(cell_end)


def test_two_calls() -> None:
    found = trace(TWO, (0, 0.4, 1), (0.4, 1, 2))
    (finding,) = LINT.check(found)
    assert said(LINT, found) == ["fetch(1), fetch(2) ran one after the other (line 1): 1.00 s; at once about 600 ms"]
    assert said(LINT, found, "ru") == [
        "fetch(1), fetch(2) выполнялись друг за другом (строка 1): 1,00 с; одновременно вышло бы около 600 мс"
    ]
    assert (finding.cost_ns, finding.start_ns, finding.end_ns) == (400_000_000, 0, 1_000_000_000)
    assert finding.location == line(1, "await fetch(1)", "<module>")
    assert finding.tasks == (0,) and not finding.error


def test_rounds_of_a_loop_are_told_by_the_first_wait_of_the_call() -> None:
    script = TraceScript(source=LOOP)
    for number in range(3):
        script.waiting(0, number * 0.3, number * 0.3 + 0.1, WaitKind.CONNECT, chain=through(2, 7))
        script.waiting(0, number * 0.3 + 0.1, number * 0.3 + 0.2, WaitKind.STREAM_READ, chain=through(2, 8))
        script.waiting(0, number * 0.3 + 0.2, number * 0.3 + 0.3, WaitKind.STREAM_READ, chain=through(2, 8))
    (finding,) = LINT.check(script.trace(1.0))
    assert said(LINT, script.trace(1.0)) == ["fetch(n) ran 3 times, one after the other (line 2): 900 ms; at once about 300 ms"]
    assert finding.instead.values["code"] == "`await asyncio.gather(*(fetch(n) for n in range(3)))`"


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("the source is unknown", trace("", (0, 0.4, 1), (0.4, 1, 2))),
        ("only one of them waited", trace(TWO, (0, 0.9, 1), (0.9, 0.91, 2))),
        ("it took a small part of the time", trace(TWO, (0, 0.1, 1), (0.1, 0.2, 2), cell_end=2.0)),
        ("a single round", trace(LOOP, (0, 0.9, 2))),
        ("they waited for a queue", trace(TWO, (0, 0.4, 1), (0.4, 1, 2), kind=WaitKind.QUEUE_GET)),
        ("they read from one stream", trace(TWO, (0, 0.4, 1), (0.4, 1, 2), kind=WaitKind.STREAM_READ)),
        ("they queued for a lock", trace(TWO, (0, 0.4, 1), (0.4, 1, 2), kind=WaitKind.LOCK)),
        ("other lines waited", trace(TWO, (0, 0.4, 5), (0.4, 1, 6))),
    ],
)
def test_silent(why: str, found: Trace) -> None:
    assert said(LINT, found) == [], why


def test_silent_where_several_tasks_go_through_at_once() -> None:
    script = TraceScript(source="async def work():\n    await fetch(1)\n    await fetch(2)")
    for begin in (0.0, 0.1):
        task = script.task("Task-1")
        for start, number in ((begin, 2), (begin + 0.4, 3)):
            script.waiting(task, start, start + 0.4, WaitKind.SLEEP, chain=(line(number, function="work"),))
        script.end(task, begin + 0.8)
    assert said(LINT, script.trace(1.0)) == []


@pytest.mark.parametrize(("created", "count"), [(0.1, 0), (0.3, 0), (0.4, 1)])
def test_tasks_that_were_there_before_the_second_call_overlap_already(created: float, count: int) -> None:
    script = TraceScript(source=TWO)
    target = script.task("target", at=created)
    script.waiting(0, 0, 0.4, WaitKind.SLEEP, chain=through(1, 7))
    script.waiting(0, 0.4, 1, WaitKind.TASK, chain=through(2, 7), targets=(target,))
    assert len(said(LINT, script.trace(1.0))) == count
