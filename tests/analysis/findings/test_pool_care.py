"""Rules about the care of pools, on traces written by hand."""

from __future__ import annotations

from async_magics.analysis.findings.pool_care import NotClosed, Stale
from async_magics.lang import translation
from async_magics.model import InstantKind
from async_magics.testing import TraceScript, line

ENGLISH = translation("en")


def test_one_finding_for_all_pools_left_open() -> None:
    script = TraceScript()
    pools = [script.pool(f"Pool({n})", created_at=line(n)) for n in (2, 3)]
    for pool in pools:
        script.instant(InstantKind.NOT_CLOSED, 1, task=pool)
    (finding,) = NotClosed().check(script.trace(cell_end=1))
    assert (finding.code, finding.tasks, finding.error) == ("AM514", tuple(pools), True)
    assert finding.what.say(ENGLISH) == "Pool(2), Pool(3) (line 2) were not closed: use `with Pool(…) as pool:`"
    assert "pool.terminate()" in finding.instead.say(ENGLISH)


def test_an_executor_is_shut_down() -> None:
    script = TraceScript()
    script.instant(InstantKind.NOT_CLOSED, 1, task=script.pool("ThreadPoolExecutor(2)"))
    (finding,) = NotClosed().check(script.trace(cell_end=1))
    assert finding.what.say(ENGLISH) == "ThreadPoolExecutor(2) was not closed: use `with ThreadPoolExecutor(…) as pool:`"
    assert "pool.shutdown()" in finding.instead.say(ENGLISH)


def test_a_closed_pool() -> None:
    script = TraceScript()
    script.end(script.pool("Pool(2)"), 1)
    assert list(NotClosed().check(script.trace(cell_end=1))) == []


def test_stale_functions_are_named_once_for_each_line() -> None:
    script = TraceScript()
    for at, kind, place in (
        (0.1, InstantKind.UNKNOWN_IN_WORKERS, 4), (0.2, InstantKind.UNKNOWN_IN_WORKERS, 4), (0.3, InstantKind.OLD_IN_WORKERS, 5),
    ):  # fmt: skip
        script.instant(kind, at, task=0, text="square()", location=line(place))
    found = list(Stale().check(script.trace(cell_end=1)))
    assert [finding.what.say(ENGLISH) for finding in found] == [
        "square() (line 4) was defined after the pool's workers were started: they do not know it",
        "square() (line 5) was changed after the pool's workers were started: they still run the old one",
    ]
    assert all(finding.error and finding.tasks == (0,) for finding in found)
