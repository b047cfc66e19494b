"""Rules about threads, on traces written by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.views import works

from async_magics.analysis.findings.threads import DaemonThreadLeft, TookTurns
from async_magics.lang import translation
from async_magics.model import Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

ENGLISH, RUSSIAN = translation("en"), translation("ru")


def test_threads_that_took_turns() -> None:
    trace = works.threads(count=2, share=0.49, no_core=0.01)
    (finding,) = TookTurns().check(trace)
    assert (finding.code, finding.tasks, finding.error) == ("AM501", (1, 2), False)
    assert finding.what.say(ENGLISH) == "2 threads computed one at a time: 0.98 cores between them (the GIL)"
    assert finding.what.say(RUSSIAN) == "2 потока вычисляли по очереди: 0,98 ядра на всех (GIL)"
    assert finding.cost_ns == (finding.end_ns - finding.start_ns) // 2, "two cores could have halved it"
    assert "Process(target=" in finding.instead.say(ENGLISH)


def test_calls_in_a_pool_of_threads_go_to_a_pool_of_processes() -> None:
    script = TraceScript()
    pool = script.pool("ThreadPoolExecutor(2)")
    for number in range(2):
        measured = {"cpu_ns": ns(0.49), "no_core_ns": 0, "switches": 240}
        script.job(pool, script.worker(pool, f"w{number}"), "crunch", "9", 0, 0.01, 1.01, cpu=0.49, **measured)
    (finding,) = TookTurns().check(script.trace(cell_end=1.1, cores=2))
    assert "with ProcessPoolExecutor() as pool: pool.map(crunch, items)" in finding.instead.say(ENGLISH)


def test_threads_that_computed_side_by_side() -> None:
    assert list(TookTurns().check(works.threads(share=0.9, switches=2))) == []


def daemon(*, end: float | None = None, waits: bool = False, error: str | None = None, function: str = "watch", **thread: Any) -> Trace:
    """A daemon thread that runs on when the cell ends after a second, or until it ends."""
    script = TraceScript()
    fields = {"daemon": True, "created_at": line(3), **thread}
    found = script.thread("Thread-1 (watch)", function, "", **fields)
    script.running(found, 0, 0.2)
    if waits:
        script.waiting(found, 0.2, 2, WaitKind.SLEEP, name="timer", delay_ns=ns(60))
    else:
        script.running(found, 0.2, end or 2)
    if end is not None:
        script.end(found, end)
    script.end(0, 1, Outcome.RAISED if error else Outcome.RETURNED, error)
    return script.trace(cell_end=1)


@pytest.mark.parametrize("end", [None, 1.5])
def test_a_daemon_thread_that_goes_on(end: float | None) -> None:
    (finding,) = DaemonThreadLeft().check(daemon(end=end))
    assert (finding.code, finding.tasks, finding.location) == ("AM502", (1,), line(3))
    assert finding.what.say(ENGLISH) == "still running when the cell ended: daemon thread Thread-1 (watch) (line 3)"


@pytest.mark.parametrize(
    "thread",
    [
        {"end": 0.9},
        {"end": 1.01},
        {"daemon": False},
        {"older": True},
        {"waits": True},
        {"error": "KeyboardInterrupt"},
        {"function": "HTTPServer.serve_forever"},
    ],
    ids=["over", "about to end", "no daemon", "of an earlier cell", "a timer", "interrupted", "a server"],
)
def test_threads_that_may_go_on(thread: dict[str, Any]) -> None:
    assert list(DaemonThreadLeft().check(daemon(**thread))) == []


def test_a_daemon_of_a_child_process_is_not_in_this_one() -> None:
    script = TraceScript()
    child = script.process("Process-1", "main", "")
    script.running(child, 0, 0.5)
    script.end(child, 0.5)
    script.running(script.thread("T", "f", "", parent=child, daemon=True), 0.1, 2)
    assert list(DaemonThreadLeft().check(script.trace(cell_end=1))) == []


def test_nothing_is_left_while_the_cell_runs() -> None:
    assert list(DaemonThreadLeft().check(dataclasses.replace(daemon(), cell_end_ns=None))) == []
