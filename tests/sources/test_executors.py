"""Executors: jobs from ``submit`` to the result, whoever submits and whoever waits."""

from __future__ import annotations

import asyncio
import concurrent.futures
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from async_magics.api import Recording
from async_magics.events import Verb

from .ledger import Ledger, Work, record
from .pool_programs import add, boom, leave, nap, square
from .waiting import main_waits

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
METHODS = ("fork", "spawn")


def jobs(told: Ledger) -> list[Work]:
    return told.of(("job", "batch"))


def pools(told: Ledger) -> list[Work]:
    return told.of(("pool",))


def data(work: Work, verb: Verb) -> list[dict[str, Any]]:
    return [row[5] for row in work.rows if row[0] == verb]


def calls_of(told: Ledger, work: Work) -> list[tuple[Any, ...]]:
    """Return the calls that other processes, or threads of a pool, say belong to a work: arguments and error."""
    ends = {row[4]: row[5].get("error") for row in told.log.works if row[0] == Verb.END}
    return sorted((row[5]["arguments"], ends[row[4]]) for row in told.log.works if row[0] == Verb.BEGIN and row[5].get("of") == work.id)


def is_in_order(work: Work, *verbs: Verb) -> bool:
    """Tell whether a work's rows of these verbs came in this order."""
    found = [row[0] for row in sorted(work.rows, key=lambda row: row[1]) if row[0] in verbs]
    return found == list(verbs)


# ---------------------------------------------------------------------- threads
def test_submit() -> None:
    """A job is submitted at a line, begins and ends in a thread of the executor, and is back; the executor is made and shut down."""
    idents: list[int] = []

    def cell() -> None:
        with ThreadPoolExecutor(2) as executor:
            idents.append(executor.submit(threading.get_ident).result())
            assert executor.submit(add, 1, right=2).result() == 3

    told = record(cell)
    (pool,) = pools(told)
    assert (pool.spawn["name"], pool.spawn["by"], pool.spawn["site"][0].co_name) == ("ThreadPoolExecutor(2)", told.marker, "cell")
    assert data(pool, Verb.CLOSED) == [{"how": "shutdown"}]
    first, second = jobs(told)
    assert second.call == "add(1, right=2)"
    for job in (first, second):
        assert {key: job.spawn[key] for key in ("by", "owner", "pool", "method")} == {
            "by": told.marker, "owner": told.marker, "pool": pool.id, "method": "submit",
        }  # fmt: skip
        assert job.spawn["site"][0].co_name == "cell"
        assert is_in_order(job, Verb.SPAWN, Verb.BEGIN, Verb.END, Verb.BACK)
    assert [row[3] for row in first.rows if row[0] == Verb.BEGIN] == idents
    assert data(first, Verb.BEGIN)[0]["thread_name"].startswith("ThreadPoolExecutor-")


def test_a_job_fails() -> None:
    """Its end has the error; no frame of the recorder is in its traceback."""
    frames: list[str] = []

    def cell() -> None:
        with ThreadPoolExecutor(1) as executor:
            error = executor.submit(boom, 1).exception()
            place = error.__traceback__ if error is not None else None
            while place is not None:
                frames.append(place.tb_frame.f_code.co_name)
                place = place.tb_next

    (job,) = jobs(record(cell))
    assert data(job, Verb.END)[0]["error"] == "ZeroDivisionError"
    assert frames[-1] == "boom"
    assert set(frames) <= {"run", "boom"}


def test_map_and_its_iterator() -> None:
    """Each call of ``map`` is a job; the iterator waits for those that are not done."""

    def cell() -> None:
        with ThreadPoolExecutor(1) as executor:
            assert list(executor.map(lambda number: main_waits("_base.py", "result", number), range(3))) == [0, 1, 2]

    told = record(cell)
    assert [(job.spawn["method"], job.spawn["arguments"]) for job in jobs(told)] == [("map", "0"), ("map", "1"), ("map", "2")]
    assert data(jobs(told)[0], Verb.WAIT) == [{"how": "result"}]
    assert len(data(jobs(told)[0], Verb.WAITED)) == 1


def test_cancelled() -> None:
    """A job that is cancelled before it begins never begins, and says so."""
    gate = threading.Event()

    def cell() -> None:
        with ThreadPoolExecutor(1) as executor:
            executor.submit(gate.wait, 30)
            assert executor.submit(square, 1).cancel()
            gate.set()

    blocked, cancelled = jobs(record(cell))
    assert cancelled.verbs == [Verb.SPAWN, Verb.BACK]
    assert data(cancelled, Verb.BACK) == [{"cancelled": 1}]
    assert data(blocked, Verb.BACK) == [{}]


def test_waits() -> None:
    """Who waits for several futures waits for their executor; for a single one, or for ``shutdown``, too; never for what is done."""

    def cell() -> None:
        with ThreadPoolExecutor(1) as executor:
            futures = [executor.submit(main_waits, "thread.py", "shutdown", True) for _ in range(2)]
            concurrent.futures.wait(futures, 0.001)
            with pytest.raises(concurrent.futures.TimeoutError):
                list(concurrent.futures.as_completed(futures[:1], 0.001))
            with pytest.raises(concurrent.futures.TimeoutError):
                futures[0].result(0.001)
        concurrent.futures.wait(futures)
        assert futures[0].result()

    told = record(cell)
    (pool,), (first, second) = pools(told), jobs(told)
    assert [row["how"] for row in data(pool, Verb.WAIT)] == ["wait", "shutdown"]
    assert [row["how"] for row in data(first, Verb.WAIT)] == ["as_completed", "result"]
    assert data(second, Verb.WAIT) == []
    assert [len(data(work, Verb.WAITED)) for work in (pool, first)] == [2, 2]


def test_refused() -> None:
    """A job that the executor does not take has failed."""

    def cell() -> None:
        executor = ThreadPoolExecutor(1)
        executor.shutdown()
        with pytest.raises(RuntimeError, match="after shutdown"):
            executor.submit(square, 1)

    (job,) = jobs(record(cell))
    assert job.verbs == [Verb.SPAWN, Verb.FAILED]
    assert data(job, Verb.FAILED)[0]["error"] == "RuntimeError"


def test_older() -> None:
    """An executor from before is met when it is first used, in each recording anew; elsewhere nobody is watched."""
    with ThreadPoolExecutor(1) as executor:
        executor.submit(square, 1).result()
        tellings = [record(lambda: executor.submit(square, 2).result()) for _ in range(2)]
        executor.submit(square, 3).result()
    for told in tellings:
        (pool,), (job,) = pools(told), jobs(told)
        assert (pool.spawn["name"], pool.spawn["older"]) == ("ThreadPoolExecutor(1)", 1)
        assert job.spawn["pool"] == pool.id
        assert "site" not in pool.spawn


def test_what_a_job_submits_is_its() -> None:
    """A job that submits a job is its creator."""

    def outer() -> int:
        with ThreadPoolExecutor(1) as inner:
            return inner.submit(square, 2).result()

    def cell() -> None:
        with ThreadPoolExecutor(1) as executor:
            assert executor.submit(outer).result() == 4

    first, second = jobs(record(cell))
    assert second.spawn["by"] == first.id


# ---------------------------------------------------------------------- asyncio
def test_from_asyncio() -> None:
    """Jobs belong to the task that submits them, are linked to the futures that it awaits, and say by what call they came."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert await asyncio.to_thread(square, 2) == 4
        assert await loop.run_in_executor(None, square, 3) == 9
        with ThreadPoolExecutor(1) as executor:
            assert await asyncio.wrap_future(executor.submit(square, 4)) == 16
            assert await asyncio.create_task(asyncio.to_thread(square, number=5)) == 25

    told = record(lambda: asyncio.run(main()))
    assert [job.call for job in jobs(told)] == ["square(2)", "square(3)", "square(4)", "square(number=5)"]
    assert [job.spawn["method"] for job in jobs(told)] == ["to_thread", "run_in_executor", "submit", "to_thread"]
    assert [len(data(job, Verb.FUTURE)) for job in jobs(told)] == [1, 1, 1, 1]
    creators = [job.spawn["by"] for job in jobs(told)]
    assert len(set(creators[:3])) == 1
    assert creators[3] not in creators[:3]
    assert [job.spawn["site"][0].co_name if "site" in job.spawn else None for job in jobs(told)] == ["main", "main", "main", None]
    default, own = pools(told)
    assert own.spawn["by"] == creators[0]
    assert [job.spawn["pool"] for job in jobs(told)] == [default.id, default.id, own.id, default.id]
    assert data(default, Verb.CLOSED)[0] == {"how": "shutdown"}


def test_awaited_in_the_trace() -> None:
    """A task that awaits jobs has them as targets."""
    recording = Recording()

    async def main() -> None:
        await asyncio.to_thread(nap, 0.01)
        await asyncio.get_running_loop().run_in_executor(None, nap, 0.02)

    with recording:
        asyncio.run(main())
    (task,) = [task for task in recording.tasks if task.kind == "asyncio"]
    waits = [piece.wait for piece in recording.trace.slices.of(task.id) if piece.wait is not None]
    assert [recording.tasks[target].call for wait in waits for target in wait.targets] == ["nap(0.01)", "nap(0.02)"]


# ---------------------------------------------------------------------- processes
@pytest.mark.parametrize("method", METHODS)
def test_processes(method: str) -> None:
    """Jobs run in the executor's processes; ``map`` sends several calls as one batch."""

    def cell() -> None:
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as executor:
            assert executor.submit(square, 3).result() == 9
            assert list(executor.map(add, range(3), range(3), chunksize=2)) == [0, 2, 4]
            assert type(executor.submit(boom, 1).exception()) is ZeroDivisionError

    told = record(cell)
    (pool,) = pools(told)
    assert (pool.spawn["name"], pool.spawn["method"]) == ("ProcessPoolExecutor(2)", method)
    one, many, rest, bad = jobs(told)
    assert [(job.spawn["kind"], job.spawn["method"]) for job in jobs(told)] == [
        ("job", "submit"), ("batch", "map"), ("job", "map"), ("job", "submit"),
    ]  # fmt: skip
    assert (many.spawn["items"], many.spawn["chunk"], rest.call) == (2, 2, "add(2, 2)")
    assert [calls_of(told, job) for job in jobs(told)] == [
        [("3", None)], [("0, 0", None), ("1, 1", None)], [("2, 2", None)], [("1", "ZeroDivisionError")],
    ]  # fmt: skip
    assert all(is_in_order(job, Verb.SPAWN, Verb.BACK) for job in (one, many, rest, bad))
    workers = {pid for row in data(pool, Verb.WORKERS) for pid in row["pids"]}
    assert {row[2] for row in told.log.works if row[0] == Verb.BEGIN and "of" in row[5]} <= workers
    assert len(workers) <= 2


def test_a_broken_executor() -> None:
    """A job whose process dies is back without having ended."""

    def cell() -> None:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as executor:
            future: Future[None] = executor.submit(leave, 3)
            assert "BrokenProcessPool" in type(future.exception()).__name__

    told = record(cell)
    (job,) = jobs(told)
    assert is_in_order(job, Verb.SPAWN, Verb.BACK)
    assert [row[0] for row in told.log.works if row[4].startswith(f"{job.id}/")] == [Verb.BEGIN]


@pytest.mark.parametrize("method", METHODS)
def test_older_processes(method: str) -> None:
    """Workers from before write down their jobs, and are silent and well again afterwards."""

    def make(executor: ProcessPoolExecutor) -> Callable[[], Any]:
        return lambda: executor.submit(square, 2).result()

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as executor:
        make(executor)()
        first, second = record(make(executor)), record(make(executor))
        assert make(executor)() == 4
    for told in (first, second):
        (pool,), (job,) = pools(told), jobs(told)
        assert pool.spawn["older"] == 1
        assert len(data(pool, Verb.WORKERS)[0]["pids"]) == 1
        assert calls_of(told, job) == [("2", None)]
