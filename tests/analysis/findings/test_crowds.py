"""AM105 on traces written by hand: when a crowd is too large."""

from __future__ import annotations

from dataclasses import replace

import pytest

from async_magics.analysis.findings.crowds import Crowd
from async_magics.model import Trace, WaitKind
from async_magics.testing import TraceScript, line

from .scripted import chain, said


def connecting(count: int, apart: float = 0.0) -> Trace:
    script = TraceScript()
    for number in range(count):
        task = script.task(f"t{number}")
        script.waiting(task, number * apart, number * apart + 0.1, WaitKind.CONNECT, chain=chain(3, inside="open_connection"))
    return script.trace(1.0)


@pytest.mark.parametrize(("count", "apart", "texts"), [(101, 0.0, ["101 connections were being made at once (line 3)"]),
                                                       (100, 0.0, []), (150, 0.01, [])])  # fmt: skip
def test_connections(count: int, apart: float, texts: list[str]) -> None:
    assert said(Crowd(), connecting(count, apart)) == texts


def calls(count: int, took: float, threads: int = 4) -> Trace:
    script = TraceScript()
    pool = script.pool("ThreadPoolExecutor(4)")
    workers = [script.worker(pool, f"w{number}") for number in range(threads)]
    for number in range(count):
        task = script.task(f"t{number}", created_at=line(5, function="<module>"))
        begin = number // threads * took
        job = script.job(pool, workers[number % threads], "read", "", 0.0, begin, begin + took, parent=task, method="to_thread")
        script.waiting(task, 0.0, begin + took, WaitKind.EXECUTOR, targets=(job,))
    return script.trace(cell_end=count * took)


def test_calls_for_a_few_threads() -> None:
    assert said(Crowd(), calls(120, 0.01)) == ["120 calls waited at once for 4 threads (line 5), the last of them 290 ms"]
    (finding,) = Crowd().check(calls(120, 0.01))
    assert finding.location == line(5, function="<module>") and len(finding.tasks) == 120


@pytest.mark.parametrize(("count", "threads"), [(100, 4), (120, 60)])
def test_no_crowd_of_calls(count: int, threads: int) -> None:
    assert said(Crowd(), calls(count, 0.01, threads)) == []


def test_calls_that_nobody_ran_say_nothing() -> None:
    found = calls(120, 0.01)
    assert said(Crowd(), replace(found, tasks=tuple(replace(task, begun_ns=None) for task in found.tasks))) == []
