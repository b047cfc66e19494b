"""``joblib.Parallel`` with every backend."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.api import trace
from async_magics.events import Verb

from . import marking
from .ledger import record
from .pool_programs import boom, square
from .test_executors import calls_of, data, jobs, pools
from .test_marks import holds, job_of

joblib = pytest.importorskip("joblib", reason="joblib is not installed")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
BACKENDS = ("loky", "threading", "multiprocessing", "sequential")


@pytest.mark.parametrize("backend", BACKENDS)
def test_calls(backend: str) -> None:
    """A call is a pool of its own and one batch, whose jobs are the user's functions, each once."""

    def cell() -> None:
        for many in (list, iter):
            tasks = many([joblib.delayed(square)(number) for number in range(3)])
            assert joblib.Parallel(2, backend=backend)(tasks) == [0, 1, 4]

    told = record(cell)
    assert [(pool.spawn["name"], pool.spawn["method"]) for pool in pools(told)] == [("Parallel(2)", backend)] * 2
    assert [data(pool, Verb.CLOSED) for pool in pools(told)] == [[{"how": "shutdown"}]] * 2
    assert [batch.spawn.get("items") for batch in jobs(told)] == [3, None]
    for pool, batch in zip(pools(told), jobs(told), strict=True):
        assert batch.spawn["pool"] == pool.id
        assert batch.spawn["site"][0].co_name == "cell"
        assert calls_of(told, batch) == [("0", None), ("1", None), ("2", None)]
        assert [row["how"] for row in data(pool, Verb.WAIT)] == ["Parallel"]
        assert len(data(batch, Verb.BACK)) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors(backend: str) -> None:
    """What is not a list of tasks is for joblib to refuse; a failing task has its error."""
    errors: list[str] = []

    def cell() -> None:
        for tasks in (3, [1], [joblib.delayed(boom)(1)]):
            try:
                joblib.Parallel(2, backend=backend)(tasks)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")

    cell()
    plain, told = list(errors), record(cell)
    assert errors == plain * 2
    assert [calls_of(told, batch) for batch in jobs(told)] == [[("1", "ZeroDivisionError")]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_marks_and_prints_of_calls(backend: str) -> None:
    """In its own processes and in threads."""
    with trace() as recording:
        times = joblib.Parallel(2, backend=backend)([joblib.delayed(marking.job)(number) for number in (1, 2)])
    for number, taken in zip((1, 2), times, strict=True):
        holds(recording.trace, number, taken, job_of(recording.trace, str(number)))


def test_lazy_results() -> None:
    """Results that come one by one are the user's to take."""

    def cell() -> None:
        tasks: Any = (joblib.delayed(square)(number) for number in range(3))
        assert list(joblib.Parallel(2, backend="threading", return_as="generator")(tasks)) == [0, 1, 4]

    told = record(cell)
    assert calls_of(told, jobs(told)[0]) == [("0", None), ("1", None), ("2", None)]
