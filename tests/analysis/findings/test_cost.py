"""How often rules go through the slices must not depend on how many tasks they have something to say about: a trace may hold a million."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from async_magics.analysis.code import Code
from async_magics.analysis.findings import Lint
from async_magics.analysis.findings.cancels import Delayed
from async_magics.analysis.findings.deadlocks import Circle
from async_magics.analysis.findings.gathers import GatherFailed
from async_magics.analysis.findings.loop import Polling
from async_magics.analysis.findings.tasks import Dropped
from async_magics.model import Cause, InstantKind, Outcome, SliceTable, Trace, WaitKind
from async_magics.testing import TraceScript, line

from .scripted import chain, said

POLLS = "async def f():\n    while not done:\n        await asyncio.sleep(0)\n"
DROPS = "async def main():\n    asyncio.create_task(f())\n    await asyncio.sleep(1)\n"


class Column(array):  # type: ignore[type-arg]  # not before Python 3.12
    """Counts how often somebody begins to go through it."""

    begun = 0

    def __iter__(self) -> Iterator[int]:
        type(self).begun += 1
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            type(self).begun += 1
        return super().__getitem__(index)


def polling(script: TraceScript, tasks: int) -> None:
    for task in [script.task(f"t{number}", "f") for number in range(tasks)]:
        for turn in range(310):
            script.running(task, turn / 1000, turn / 1000 + 0.0001)
            script.ready(task, turn / 1000 + 0.0001, (turn + 1) / 1000, Cause.ITSELF)


def slow_ends(script: TraceScript, tasks: int) -> None:
    for task in [script.task(f"t{number}", "f") for number in range(tasks)]:
        script.waiting(task, 0, 1, WaitKind.SLEEP, chain=chain(2))
        script.waiting(0, 0, 1, WaitKind.TASK, targets=(task,))
        script.instant(InstantKind.CANCEL_REQUESTED, 0.1, task=task, by=0)
        script.end(task, 1, Outcome.CANCELLED)


def failed_gathers(script: TraceScript, tasks: int) -> None:
    for number in range(tasks):
        one, other, waiter = (script.task(f"{name}{number}", "f") for name in "abc")
        script.waiting(waiter, 0, 0.1, WaitKind.GATHER, targets=(one, other))
        script.end(one, 0.1, Outcome.RAISED, "ValueError")
        script.end(other, 0.9)


def queue_for_locks(script: TraceScript, tasks: int) -> None:
    found = [script.task(f"t{number}", "f") for number in range(tasks)]
    for number, task in enumerate(found):
        script.waiting(task, 0, 1, WaitKind.LOCK, name=f"lock {number}", targets=(found[(number + 1) % tasks],))
    script.instant(InstantKind.CANCEL_REQUESTED, 1, task=0)
    script.end(0, 1, Outcome.RAISED, "KeyboardInterrupt")


def dropped(script: TraceScript, tasks: int) -> None:
    for number in range(tasks):
        task = script.task(f"t{number}", "f", created_at=line(2, "asyncio.create_task(f())", "main"))
        script.end(task, 0.9)
    script.end(0, 0.1)


def traced(fill: Callable[[TraceScript, int], None], tasks: int, source: str = "") -> Trace:
    script = TraceScript(source=source)
    fill(script, tasks)
    trace = script.trace(1)
    slices = trace.slices
    for name in SliceTable.COLUMNS:
        column = getattr(slices, name)
        setattr(slices, name, Column(column.typecode, column))
    return replace(trace, slices=slices)


def passes(lint: Lint, trace: Trace) -> int:
    before = Column.begun
    list(lint.check(trace))
    return Column.begun - before


@pytest.mark.parametrize(
    ("lint", "fill", "source", "found"),
    [
        (Polling(), polling, POLLS, 20),
        (Delayed(), slow_ends, "", 20),
        (GatherFailed(), failed_gathers, "", 20),
        (Circle(), queue_for_locks, "", 1),
    ],
)
def test_one_more_task_is_no_further_pass(lint: Lint, fill: Callable[[TraceScript, int], None], source: str, found: int) -> None:
    assert len(said(lint, traced(fill, 20, source))) == found
    assert passes(lint, traced(fill, 20, source)) == passes(lint, traced(fill, 2, source))


def test_a_line_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    stock = Code._innermost
    monkeypatch.setattr(Code, "_innermost", lambda code, number: asked.append(number) or stock(code, number))
    assert len(said(Dropped(), traced(dropped, 50, DROPS))) == 1
    assert asked == [2]


def test_a_long_circle_names_some_of_its_tasks() -> None:
    (text,) = said(Circle(), traced(queue_for_locks, 1000))
    assert len(text) < 400 and text.endswith("… (+1,985)")
