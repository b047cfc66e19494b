"""AM201 to AM205 on traces written by hand: who was forgotten, and who was not."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.analysis.findings.gathers import GatherFailed
from async_magics.analysis.findings.tasks import Dropped, NeverAwaited, NeverRetrieved, Outlived
from async_magics.model import InstantKind, Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, line

from .scripted import chain, said


# ---------------------------------------------------------------------- never awaited
@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = 1\nfetch(1)", "line 2"),
        ("plan = api.fetch(1)", "line 1"),
        ("fetch(1)\nfetch(2)", "times: 1"),
        ("await fetch(1)", "times: 1"),
        ("", "times: 1"),
    ],
)
def test_never_awaited(source: str, place: str) -> None:
    script = TraceScript(source=source)
    script.instant(InstantKind.NEVER_AWAITED, 0.1, task=0, text="Client.fetch")
    found = script.trace(1.0)
    assert said(NeverAwaited(), found) == [f"fetch(…) made a coroutine that nobody awaited, so nothing of it ran ({place})"]
    assert next(NeverAwaited().check(found)).error


def test_never_awaited_is_counted() -> None:
    script = TraceScript()
    for at, name in ((0.1, "f"), (0.2, "g"), (0.3, "f")):
        script.instant(InstantKind.NEVER_AWAITED, at, text=name)
    first, second = said(NeverAwaited(), script.trace(1.0))
    assert "f(…)" in first and "times: 2" in first and "g(…)" in second


# ---------------------------------------------------------------------- never retrieved
@pytest.mark.parametrize(
    ("place", "message", "text"),
    [
        (line(4), "disk full", "save(), started in line 4, failed and nobody noticed: OSError: disk full"),
        (None, None, "save() failed and nobody noticed: OSError"),
    ],
)
def test_never_retrieved(place: Any, message: str | None, text: str) -> None:
    script = TraceScript()
    task = script.task("Task-7", "main.<locals>.save", "", created_at=place)
    script.end(task, 0.5, Outcome.RAISED, "OSError", message)
    script.instant(InstantKind.NEVER_RETRIEVED, 0.6, task=task, text="OSError")
    assert said(NeverRetrieved(), script.trace(1.0)) == [text]


# ---------------------------------------------------------------------- dropped
def started(source: str, number: int = 2, *, function: str = "main", text: str = "", ends: float | None = 2.0, **fields: Any) -> Trace:
    """``main`` ends at 1 s, the cell at 1.1 s, the task that ``main`` created in a line at ``ends``."""
    script = TraceScript(source=source)
    main = script.task("main")
    script.running(main, 0, 1)
    script.end(main, 1)
    script.end(0, 1.1)
    task = script.task("log", "log", "1", at=0.5, **{"parent": main, "created_at": line(number, text, function), **fields})
    script.running(task, 0.5, ends or 3.0)
    if ends is not None:
        script.end(task, ends)
    return script.trace(1.1)


BARE = "async def main():\n    asyncio.create_task(log(1))\n    await asyncio.sleep(1)\n"


def test_dropped() -> None:
    assert said(Dropped(), started(BARE)) == ["nobody kept log, started in line 2 and still at work when that code was over"]
    assert said(Dropped(), started(BARE, ends=None)) == said(Dropped(), started(BARE))
    assert said(Outlived(), started(BARE)) == []


@pytest.mark.parametrize(
    ("text", "count"), [("asyncio.create_task(log(1))", 1), ("task = asyncio.create_task(log(1))", 0), ("asyncio.create_task(", 0), ("", 0)]
)
def test_dropped_in_a_file_whose_line_is_all_we_have(text: str, count: int) -> None:
    place = line(9, text, "main", file="server.py")
    assert len(said(Dropped(), started("", created_at=place))) == count


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("it is kept", started("async def main():\n    task = asyncio.create_task(log(1))\n    await asyncio.sleep(1)")),
        ("it ended before", started(BARE, ends=0.9)),
        ("it ended together with it", started(BARE, ends=1.005)),
        ("a TaskGroup keeps it", started(BARE, group=1)),
        ("it is older", started(BARE, older=True)),
        ("it is the notebook's Out", started("x = 1\nasyncio.create_task(log(1))", function="<module>", parent=0)),
        ("unknown line", started(BARE, created_at=None)),
        ("a thread", started(BARE, kind=TaskKind.THREAD)),
    ],
)
def test_not_dropped(why: str, found: Trace) -> None:
    assert said(Dropped(), found) == [], why


def test_a_semicolon_drops_what_the_notebook_would_keep() -> None:
    assert len(said(Dropped(), started("x = 1\nasyncio.create_task(log(1));", function="<module>", parent=0))) == 1


@pytest.mark.parametrize(("place", "begin"), [(line(2), "log, started in line 2, vanished"), (None, "log vanished")])
def test_destroyed(place: Any, begin: str) -> None:
    script = TraceScript(source="task = asyncio.create_task(log())")
    task = script.task("log", created_at=place)
    script.instant(InstantKind.DESTROYED, 0.5, task=task)
    found = script.trace(1.0)
    assert said(Dropped(), found) == [f"{begin} in the middle of the work: destroyed while pending"]
    assert next(Dropped().check(found)).error


# ---------------------------------------------------------------------- outlived
KEPT = "async def main():\n    task = asyncio.create_task(log(1))\n    {}\n"


@pytest.mark.parametrize(
    "rest", ["pass", "print(task)", "task.done()", "await asyncio.wait([task], timeout=1)", "if task.done():\n        await task"]
)
def test_outlived(rest: str) -> None:
    found = started(KEPT.format(rest))
    assert said(Outlived(), found) == ["log, started in line 2, went on for 900 ms after the cell, out of everybody's reach"]
    assert next(Outlived().check(found)).cost_ns == 0


@pytest.mark.parametrize(
    "source",
    [
        KEPT.format("return task"),
        KEPT.format("keep(task)"),
        KEPT.format("tasks.append(task)"),
        KEPT.format("return [task]"),
        KEPT.format("self.task = task"),
        KEPT.format("def later(): return task"),
        "async def main():\n    global task; task = asyncio.create_task(log(1))",
        "async def main():\n    self.task = asyncio.create_task(log(1))",
        "async def main():\n    return asyncio.create_task(log(1))",
        "async def main():\n    await asyncio.gather(log(1), log(2))",
        "x = 1\ntask = asyncio.create_task(log(1))",
        "",
    ],
)
def test_somebody_may_still_get_at_it(source: str) -> None:
    assert said(Outlived(), started(source)) == []


def test_nothing_outlives_a_cell_that_goes_on() -> None:
    script = TraceScript(source=KEPT.format("pass"))
    script.task("log", created_at=line(2))
    assert said(Outlived(), script.trace()) == []


# ---------------------------------------------------------------------- gather
def gathered(*, ends: float | None = 2.0, outcome: Outcome = Outcome.RAISED, cancel: bool = False, later: bool = False) -> Trace:
    script = TraceScript()
    bad, good = script.task("bad", created_at=line(3)), script.task("good", created_at=line(3))
    script.waiting(0, 0, 0.5, WaitKind.GATHER, targets=(bad, good), count=2, chain=chain(3))
    script.end(bad, 0.5, outcome, "OSError" if outcome is Outcome.RAISED else None)
    if later:
        script.waiting(0, 0.6, 2.0, WaitKind.WAIT, targets=(good,), count=1)
    if cancel:
        script.instant(InstantKind.CANCEL_REQUESTED, 0.55, task=good, by=0)
    if ends is not None:
        script.end(good, ends)
    return script.trace(1.0)


def test_gather_that_failed() -> None:
    (finding,) = GatherFailed().check(gathered())
    assert said(GatherFailed(), gathered()) == ["gather (line 3) ended with OSError of bad; good ran on, up to 1.50 s longer"]
    assert finding.tasks == (1, 2) and finding.location == line(3, function="main")
    assert said(Outlived(), gathered()) == []
    assert len(said(GatherFailed(), gathered(ends=None))) == 1


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("the other was over", gathered(ends=0.4)),
        ("nobody failed", gathered(outcome=Outcome.RETURNED)),
        ("the gather was cancelled", gathered(outcome=Outcome.CANCELLED)),
        ("the other was cancelled", gathered(cancel=True)),
        ("somebody waited for the other", gathered(later=True)),
    ],
)
def test_gather_that_left_nobody_behind(why: str, found: Trace) -> None:
    assert said(GatherFailed(), found) == [], why


# ---------------------------------------------------------------------- the stop button
def test_what_lies_about_after_an_interrupt_is_nobodys_mistake() -> None:
    script = TraceScript(source=BARE)
    main = script.task("main")
    task = script.task("log", at=0.1, parent=main, created_at=line(2))
    script.end(main, 1.0, Outcome.CANCELLED)
    script.instant(InstantKind.CANCEL_REQUESTED, 1.0, task=0)
    for kind in (InstantKind.NEVER_AWAITED, InstantKind.NEVER_RETRIEVED, InstantKind.DESTROYED):
        script.instant(kind, 1.1, task=task, text="log")
    script.running(task, 0.1, 2.0)
    script.end(0, 1.2, Outcome.RAISED, "CancelledError")
    rules = (NeverAwaited(), NeverRetrieved(), Dropped(), Outlived())
    assert [said(rule, script.trace(1.2)) for rule in rules] == [[], [], [], []]
    script.instant(InstantKind.NEVER_AWAITED, 0.5, text="log")
    assert len(said(NeverAwaited(), script.trace(1.2))) == 1
