"""Rules about what pools cost and how evenly they work, on traces written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from async_magics.analysis.findings import Finding, Lint
from async_magics.analysis.findings.pool_balance import Unbalanced
from async_magics.analysis.findings.pools import CostMoreThanItSaved, MadeForEveryCall
from async_magics.lang import translation
from async_magics.model import Trace
from async_magics.testing import TraceScript, line, ns

ENGLISH, RUSSIAN = translation("en"), translation("ru")


def found(lint: Lint, trace: Trace) -> list[Finding]:
    return list(lint.check(trace))


def pool_of(
    script: TraceScript, calls: Sequence[tuple[int, float, float]], *, at: float = 0.0, ready: float = 0.05, name: str = "Pool(2)",
    submitted: float | None = None, method: str = "map", pid: int | None = 50, workers: int = 2, **job: Any,
) -> int:  # fmt: skip
    """Add a pool that is made from ``at`` until ``ready``; calls are worker, begin and end."""
    pool = script.pool(name, at=at, begin=ready, created_at=line(4, "with Pool(2) as pool:"), method="fork")
    crew = [script.worker(pool, f"w{n}", at=at, begin=ready, pid=None if pid is None else pid + n) for n in range(workers)]
    for number, (worker, begin, end) in enumerate(calls):
        sent = ready if submitted is None else submitted
        script.job(pool, crew[worker], "square", str(number), sent, begin, end, method=method, created_at=line(5), **job)
    script.end(pool, max(end for _, _, end in calls) + 0.001)
    return pool


# ---------------------------------------------------------------------- cost more than it saved
SHORT = [(n % 2, 0.06 + 0.001 * n, 0.0601 + 0.001 * n) for n in range(8)]


def test_a_pool_for_a_trifle() -> None:
    script = TraceScript()
    pool = pool_of(script, SHORT)
    (finding,) = found(CostMoreThanItSaved(), script.trace(cell_end=0.1))
    assert (finding.code, finding.tasks, finding.location, finding.error) == ("AM511", (pool,), line(5), False)
    assert finding.cost_ns == ns(0.0671) - ns(0.0008)
    assert finding.what.say(ENGLISH) == (
        "Pool(2) (line 4) took 67.1 ms for 8 calls that take 800 µs one after another: start 60.0 ms, hand-over 6.30 ms"
    )
    assert finding.what.say(RUSSIAN) == (
        "Pool(2) (строка 4): 67,1 мс на 8 вызовов, подряд они заняли бы 800 мкс: запуск 60,0 мс, пересылка 6,30 мс"
    )
    assert "[square(x) for x in items]" in finding.instead.say(ENGLISH)


@pytest.mark.parametrize(
    ("chunk", "method", "pid", "says"),
    [
        (None, "submit", 50, "chunksize=100"), (None, "map", 50, "chunksize=100"), (100, "map", 50, "less to send"),
        (None, "map", None, "[square(x) for x in items]"),
    ],
)  # fmt: skip
def test_the_way_out_depends_on_where_the_time_went(chunk: int | None, method: str, pid: int | None, says: str) -> None:
    """Here it went into handing over; threads gain nothing by chunks."""
    calls = [(n % 2, 0.01 + 0.01 * n, 0.0101 + 0.01 * n) for n in range(30)]
    script = TraceScript()
    pool_of(script, calls, ready=0.005, method=method, pid=pid, chunk=chunk)
    (finding,) = found(CostMoreThanItSaved(), script.trace(cell_end=1))
    assert says in finding.instead.say(ENGLISH)


@pytest.mark.parametrize(
    "program",
    [
        {"calls": [(0, 0.1, 0.4), (1, 0.1, 0.4)]},
        {"calls": [(0, 0.06, 0.09), (1, 0.06, 0.09)]},
        {"calls": SHORT[:1]},
        {"calls": SHORT, "method": "imap"},
        {"calls": SHORT, "method": "run_in_executor"},
        {"calls": SHORT, "method": "loky"},
        {"calls": SHORT, "pid": None},
        {"calls": [(0, 0.0011, 0.0012), (1, 0.0021, 0.0022)], "ready": 0.001},
    ],
    ids=["long calls", "little lost", "one call", "imap", "asyncio", "joblib", "threads", "a few milliseconds"],
)
def test_a_pool_that_pays_or_cannot_be_judged(program: dict[str, Any]) -> None:
    script = TraceScript()
    pool_of(script, **program)
    assert found(CostMoreThanItSaved(), script.trace(cell_end=1)) == []


# ---------------------------------------------------------------------- made for every call
def again(count: int = 4, every: float = 0.2, run: float = 0.001, **pool: Any) -> Trace:
    script = TraceScript()
    for number in range(count):
        at = number * every
        pool_of(script, [(0, at + 0.06, at + 0.06 + run), (1, at + 0.06, at + 0.06 + run)], at=at, ready=at + 0.05, **pool)
    return script.trace(cell_end=5)


def test_a_pool_made_for_every_call() -> None:
    trace = again()
    (finding,) = found(MadeForEveryCall(), trace)
    assert (finding.code, len(finding.tasks), finding.location) == ("AM512", 4, line(4, "with Pool(2) as pool:"))
    assert finding.what.say(ENGLISH) == (
        "Pool(2) (line 4) was made 4 times, one after the other: 244 ms of 248 ms went into starting and ending them"
    )
    assert finding.cost_ns == ns(0.244) * 3 // 4, "one of them is needed"
    assert "with Pool(…) as pool:" in finding.instead.say(ENGLISH)
    assert found(CostMoreThanItSaved(), trace) == [], "said once"


@pytest.mark.parametrize(
    "program",
    [{"count": 2}, {"run": 0.5, "every": 1}, {"every": 0.01}, {"pid": None}, {"method": "fork"}],
    ids=["twice", "worth it", "at the same time", "threads", "joblib's, which keeps its workers"],
)
def test_pools_that_are_made_for_good_reason(program: dict[str, Any]) -> None:
    assert found(MadeForEveryCall(), again(**program)) == []


# ---------------------------------------------------------------------- unbalanced
LAST_IS_LONG = [*((n % 2, 0.1 + 0.1 * (n // 2), 0.2 + 0.1 * (n // 2)) for n in range(8)), (0, 0.5, 1.3)]


def test_the_longest_call_last() -> None:
    script = TraceScript()
    pool = pool_of(script, LAST_IS_LONG)
    (finding,) = found(Unbalanced(), script.trace(cell_end=2))
    assert (finding.code, finding.tasks[1], finding.cost_ns) == ("AM513", pool, ns(0.4))
    assert (finding.start_ns, finding.end_ns) == (ns(0.5), ns(1.3))
    assert finding.what.say(ENGLISH) == (
        "Pool(2) (line 4) was unbalanced: square(8) came last, and the other workers idled for 800 ms of 1.20 s"
    )
    assert finding.why.say(ENGLISH) == "In the best order the same calls would have been done 400 ms earlier."
    assert "imap_unordered" in finding.instead.say(ENGLISH)


def test_one_chunk_for_one_worker() -> None:
    """The other had nothing at all to do."""
    script = TraceScript()
    pool_of(script, [(0, 0.1 * n, 0.1 * n + 0.1) for n in range(1, 9)], chunk=8, submitted=0.09)
    (finding,) = found(Unbalanced(), script.trace(cell_end=2))
    assert "8 calls travel together" in finding.instead.say(ENGLISH) and finding.cost_ns == ns(0.4)


def test_an_executor_has_other_words() -> None:
    script = TraceScript()
    pool_of(script, LAST_IS_LONG, name="ThreadPoolExecutor(2)", pid=None)
    assert "as_completed" in found(Unbalanced(), script.trace(cell_end=2))[0].instead.say(ENGLISH)


@pytest.mark.parametrize(
    "calls",
    [
        [(n % 2, 0.1 + 0.2 * (n // 2), 0.3 + 0.2 * (n // 2)) for n in range(8)],
        [(0, 0.1, 0.9), *((1, 0.1 * n, 0.1 * n + 0.1) for n in range(1, 9))],
        [(0, 0.1, 1.3), (1, 0.1, 0.2)],
        [(0, 0.1, 0.3), (1, 0.7, 0.9), (0, 1.3, 1.8)],
        [(n % 2, 0.01 * n, 0.01 * n + 0.02) for n in range(5, 10)],
        [(0, 0.1, 0.9)],
        [(0, 0.1, 0.4), (1, 0.5, 0.8)],
        [(0, 0.1, 0.6), (1, 0.1, 0.6), (0, 0.6, 1.1)],
    ],
    ids=[
        "even",
        "longest first",
        "all begin at once",
        "a slow iterator",
        "short",
        "one call",
        "the second comes late",
        "three calls for two",
    ],
)
def test_what_no_order_would_help(calls: list[tuple[int, float, float]]) -> None:
    script = TraceScript()
    pool_of(script, calls)
    assert found(Unbalanced(), script.trace(cell_end=2)) == []


def test_a_worker_that_starts_late_could_not_have_begun_sooner() -> None:
    script = TraceScript()
    pool = script.pool("Pool(2)", at=0, begin=0.05)
    first, late = (script.worker(pool, name, begin=at, pid=pid) for name, at, pid in (("a", 0.05, 50), ("b", 0.6, 51)))
    for number in range(6):
        script.job(pool, first, "f", str(number), 0.05, 0.1 * (number + 1), 0.1 * (number + 2))
    script.job(pool, late, "f", "6", 0.05, 0.61, 1.4)
    assert found(Unbalanced(), script.trace(cell_end=2)) == []


def test_workers_that_were_replaced_are_not_idle() -> None:
    """Each leaves after two calls, and its successor takes a while to come."""
    script = TraceScript()
    pool = script.pool("Pool(2)", at=0, begin=0.05)
    for number in range(4):
        at = 0.05 + 0.4 * (number // 2)
        worker = script.worker(pool, f"w{number}", at=at, begin=at, pid=50 + number)
        for call in range(2):
            script.job(pool, worker, "f", "", 0.05, at + 0.01 + 0.11 * call, at + 0.11 + 0.11 * call)
        script.end(worker, at + 0.23)
    assert found(Unbalanced(), script.trace(cell_end=2)) == []


def test_what_is_submitted_late_could_not_have_begun_sooner() -> None:
    script = TraceScript()
    pool = script.pool("Pool(2)", at=0, begin=0.05)
    crew = [script.worker(pool, f"w{n}", begin=0.05, pid=50 + n) for n in range(2)]
    for number in range(8):
        script.job(pool, crew[number % 2], "f", str(number), 0.05, 0.1 + 0.1 * (number // 2), 0.2 + 0.1 * (number // 2), method="submit")
    script.job(pool, crew[0], "f", "8", 0.45, 0.5, 1.3, method="submit")
    assert found(Unbalanced(), script.trace(cell_end=2)) == []


def test_every_round_of_a_pool_is_looked_at() -> None:
    script = TraceScript()
    pool = script.pool("Pool(2)", at=0, begin=0.05)
    crew = [script.worker(pool, f"w{n}", begin=0.05, pid=50 + n) for n in range(2)]
    for at in (0.0, 2.0):
        for worker, begin, end in LAST_IS_LONG if at else LAST_IS_LONG[:8]:
            script.job(pool, crew[worker], "f", "", at + 0.05, at + begin, at + end)
    (finding,) = found(Unbalanced(), script.trace(cell_end=4))
    assert finding.end_ns == ns(3.3)
