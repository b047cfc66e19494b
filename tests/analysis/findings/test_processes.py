"""Rules about processes, on traces written by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from async_magics.analysis.findings.processes import DaemonCutOff, FailedUnseen, NotJoined, StartDominates
from async_magics.lang import translation
from async_magics.model import InstantKind, Outcome, Trace
from async_magics.testing import TraceScript, line, ns

ENGLISH, RUSSIAN = translation("en"), translation("ru")


# ---------------------------------------------------------------------- start
def started(count: int = 4, start: float = 0.02, work: float = 0.001, outcome: Outcome = Outcome.RETURNED, **fields: Any) -> Trace:
    script = TraceScript()
    for number in range(count):
        at = 0.01 * number
        found = script.process(
            f"Process-{number}", "square", str(number), at=at, begin=at + start, pid=50 + number, created_at=line(7), **fields
        )
        script.running(found, at + start, at + start + work)
        script.end(found, at + start + work, outcome)
    return script.trace(cell_end=5)


def test_start_dominates() -> None:
    (finding,) = StartDominates().check(started())
    assert (finding.code, finding.tasks, finding.location) == ("AM521", (1, 2, 3, 4), line(7))
    assert finding.what.say(ENGLISH) == "4 processes of square() (line 7) took 80.0 ms to start and 4.00 ms to work"
    assert finding.what.say(RUSSIAN) == "4 процесса square() (строка 7): запуск занял 80,0 мс, работа — 4,00 мс"
    assert finding.cost_ns == ns(0.05), "they started side by side"


@pytest.mark.parametrize(
    "program",
    [{"work": 0.1}, {"count": 1, "start": 0.5}, {"start": 0.002}, {"older": True}, {"outcome": Outcome.RAISED}],
    ids=["work enough", "only one", "milliseconds", "of an earlier cell", "killed early"],
)
def test_start_that_does_not_matter(program: dict[str, Any]) -> None:
    assert list(StartDominates().check(started(**program))) == []


# ---------------------------------------------------------------------- join
def left(end: float | None = None, error: str | None = None, function: str = "save", **fields: Any) -> Trace:
    script = TraceScript()
    found = script.process("Process-1", function, "", begin=0.05, created_at=line(4), **fields)
    script.running(found, 0.05, end or 2)
    if end is not None:
        script.end(found, end)
    script.end(0, 1, Outcome.RAISED if error else Outcome.RETURNED, error)
    return script.trace(cell_end=1)


@pytest.mark.parametrize("end", [None, 1.5])
def test_a_process_left_at_work(end: float | None) -> None:
    (finding,) = NotJoined().check(left(end))
    assert (finding.code, finding.tasks, finding.location) == ("AM522", (1,), line(4))
    assert finding.what.say(ENGLISH) == "Process-1 (line 4) was still at work when the cell ended: nobody joined it"
    assert "Python waits" in finding.why.say(ENGLISH)


def test_a_daemon_left_at_work_will_be_killed() -> None:
    (finding,) = NotJoined().check(left(daemon=True))
    assert "a daemon process is killed" in finding.why.say(ENGLISH)


@pytest.mark.parametrize(
    "program",
    [{"end": 0.9}, {"end": 1.01}, {"older": True}, {"error": "KeyboardInterrupt"}, {"function": "Server.serve_forever"}],
    ids=["over", "about to end", "of an earlier cell", "interrupted", "a server"],
)
def test_processes_that_need_no_join(program: dict[str, Any]) -> None:
    assert list(NotJoined().check(left(**program))) == []


def test_nobody_joins_while_the_cell_runs() -> None:
    assert list(NotJoined().check(dataclasses.replace(left(), cell_end_ns=None))) == []


# ---------------------------------------------------------------------- daemons
def hosted(
    host_end: float | None = 1.0, end: tuple[float, Outcome, int] | None = (1.01, Outcome.RAISED, -15), kind: str = "process",
    daemon: bool = True, killed: bool = False,
) -> Trace:  # fmt: skip
    """A process that starts a daemon, and ends."""
    script = TraceScript()
    host = script.process("Process-1", "main", "", begin=0.1, pid=50)
    script.running(host, 0.1, host_end or 2)
    made: Any = {"parent": host, "daemon": daemon, "created_at": line(9)}
    if kind == "process":
        child = script.process("Process-1:1", "save", "", at=0.2, begin=0.3, pid=51, **made)
    else:
        child = script.thread("Thread-1", "save", "", at=0.2, begin=0.3, **made)
    script.running(child, 0.3, end[0] if end else 2)
    if host_end is not None:
        script.end(host, host_end)
    if end is not None:
        script.end(child, end[0], end[1], "SIGTERM" if end[1] is Outcome.RAISED else None, exit_code=end[2])
    if killed:
        script.instant(InstantKind.KILLED, 1, task=child, by=host, text="terminate")
    return script.trace(cell_end=2)


@pytest.mark.parametrize("trace", [hosted(), hosted(end=None), hosted(end=None, kind="thread")], ids=["killed", "unseen", "thread"])
def test_a_daemon_that_its_process_took_with_it(trace: Trace) -> None:
    (finding,) = DaemonCutOff().check(trace)
    assert (finding.code, finding.tasks, finding.location) == ("AM523", (2, 1), line(9))
    assert finding.what.say(ENGLISH).startswith("Process-1 ended and took its daemon ")
    assert f"`{trace.tasks[2].kind}.join()`" in finding.instead.say(ENGLISH)


@pytest.mark.parametrize(
    "trace",
    [
        hosted(end=(0.9, Outcome.RETURNED, 0)), hosted(host_end=None, end=None), hosted(daemon=False, end=None), hosted(killed=True),
        left(daemon=True),
    ],
    ids=["done", "goes on", "no daemon", "killed on purpose", "of the kernel itself"],
)  # fmt: skip
def test_daemons_that_nothing_happened_to(trace: Trace) -> None:
    assert list(DaemonCutOff().check(trace)) == []


# ---------------------------------------------------------------------- failed
def failed(exception: str, code: int, *, killed: bool = False, outcome: Outcome = Outcome.RAISED, message: str | None = None) -> Trace:
    script = TraceScript()
    found = script.process("Process-1", "load", "", begin=0.1, created_at=line(6))
    script.running(found, 0.1, 0.5)
    script.end(found, 0.5, outcome, exception, message, exit_code=code)
    if killed:
        script.instant(InstantKind.KILLED, 0.4, task=found, by=0, text="kill")
    return script.trace(cell_end=1)


def never_started() -> Trace:
    """``start()`` raised, as for a function that cannot be pickled."""
    script = TraceScript()
    script.end(script.process("Process-1", "load", ""), 0.1, Outcome.RAISED, "PicklingError")
    return script.trace(cell_end=1)


@pytest.mark.parametrize(
    ("trace", "how"),
    [(failed("ValueError", 1, message="no such file"), "ValueError: no such file"), (failed("SIGSEGV", -11), "SIGSEGV")],
)
def test_a_process_that_failed(trace: Trace, how: str) -> None:
    (finding,) = FailedUnseen().check(trace)
    assert (finding.code, finding.tasks, finding.location, finding.error) == ("AM524", (1,), line(6), True)
    assert finding.what.say(ENGLISH) == f"Process-1 (line 6) failed and nobody was told: {how}"


@pytest.mark.parametrize(
    "trace",
    [
        failed("exit code 3", 3), failed("SystemExit", 3), failed("SIGKILL", -9, killed=True),
        failed("", 0, outcome=Outcome.RETURNED), failed("", -15, outcome=Outcome.CANCELLED), never_started(),
    ],
    ids=["exit code", "sys.exit", "killed", "well", "cancelled", "could not be started"],
)  # fmt: skip
def test_processes_that_may_have_meant_it(trace: Trace) -> None:
    assert list(FailedUnseen().check(trace)) == []
