"""Pools: calls from the caller's line to the worker and back, in processes and threads, in new pools and old."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.pool
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from async_magics.api import Recording
from async_magics.events import Verb

from .ledger import record
from .pool_programs import add, boom, square
from .test_executors import calls_of, data, is_in_order, jobs, pools
from .waiting import main_waits

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
METHODS = ("fork", "spawn", "threads")
KINDS = {"fork": "Pool(2)", "spawn": "Pool(2)", "threads": "ThreadPool(2)"}


def pool_of(method: str) -> Any:
    if method == "threads":
        return multiprocessing.pool.ThreadPool(2)
    return multiprocessing.get_context(method).Pool(2)


def nested(number: int) -> int:
    """Start a thread."""
    thread = threading.Thread(target=square, args=(number,))
    thread.start()
    thread.join()
    return number


def begins(told: int) -> None:
    """Tell through a pipe, and sleep."""
    os.write(told, b".")
    time.sleep(20)


def waits_for_ever() -> None:
    threading.Event().wait(60)


# ---------------------------------------------------------------------- calls
@pytest.mark.parametrize("method", METHODS)
def test_every_method(method: str) -> None:
    """Each public method is one batch or job, with its function, its size and the calls that belong to it."""

    def cell() -> None:
        with pool_of(method) as pool:
            assert pool.map(square, range(5), 2) == [0, 1, 4, 9, 16]
            assert pool.starmap(add, [(1, 2)]) == [3]
            assert list(pool.imap(square, [1, 2])) == [1, 4]
            assert sorted(pool.imap_unordered(square, (number for number in (1, 2)), 2)) == [1, 4]
            assert pool.apply(square, (3,)) == 9
            assert pool.apply_async(add, (3,), {"right": 4}).get(30) == 7
            assert pool.map_async(square, [6]).get(30) == [36]
            assert pool.starmap_async(add, [(7, 7)]).get(30) == [14]
            assert pool.map(square, []) == []

    told = record(cell)
    assert [(job.spawn["kind"], job.spawn["method"]) for job in jobs(told)] == [
        ("batch", "map"), ("batch", "starmap"), ("batch", "imap"), ("batch", "imap_unordered"), ("job", "apply"), ("job", "apply_async"),
        ("batch", "map"), ("batch", "starmap"), ("batch", "map"),
    ]  # fmt: skip
    assert [(job.spawn.get("items"), job.spawn.get("chunk")) for job in jobs(told)] == [
        (5, 2), (1, 1), (2, 1), (None, 2), (None, None), (None, None), (1, 1), (1, 1), (0, 0),
    ]  # fmt: skip
    (pool,) = pools(told)
    assert {job.spawn["pool"] for job in jobs(told)} == {pool.id}
    assert {job.spawn["site"][0].co_name for job in jobs(told)} == {"cell"}
    assert {job.spawn["by"] for job in jobs(told)} == {told.marker}
    assert [len(calls_of(told, job)) for job in jobs(told) if job.spawn["kind"] == "batch"] == [5, 1, 2, 2, 1, 1, 0]
    assert calls_of(told, jobs(told)[0]) == [(str(number), None) for number in range(5)]
    assert [jobs(told)[number].call for number in (4, 5)] == ["square(3)", "add(3, right=4)"]


@pytest.mark.parametrize("method", METHODS)
def test_the_pool(method: str) -> None:
    """A pool is made at a line, has workers, and is left; its chunks come back one by one, then the batch."""

    def cell() -> None:
        with pool_of(method) as pool:
            pool.map(square, range(4), 2)

    told = record(cell)
    (pool,), (batch,) = pools(told), jobs(told)
    assert (pool.spawn["name"], pool.spawn["by"]) == (KINDS[method], told.marker)
    assert pool.spawn.get("method", "threads") == method
    assert pool.spawn["site"][0].co_name == "pool_of"
    assert data(pool, Verb.CLOSED) == [{"how": "exit"}]
    assert sorted(row.get("chunk", 9) for row in data(batch, Verb.BACK)) == [0, 1, 9]
    assert data(batch, Verb.BACK)[-1] == {}
    pids = {pid for row in data(pool, Verb.WORKERS) for pid in row["pids"]}
    began = {row[2] for row in told.log.works if row[0] == Verb.BEGIN and row[5].get("of") == batch.id}
    assert len(pids) == (0 if method == "threads" else 2)
    assert began <= (pids or {os.getpid()})


@pytest.mark.parametrize("method", METHODS)
def test_errors(method: str) -> None:
    """A call that fails ends with its error; those after it in its chunk never begin."""

    def cell() -> None:
        with pool_of(method) as pool:
            with pytest.raises(ZeroDivisionError):
                pool.map(boom, range(4), 2)
            with pytest.raises(ZeroDivisionError):
                pool.apply(boom, (7,))

    told = record(cell)
    batch, job = jobs(told)
    assert calls_of(told, batch) == [("0", "ZeroDivisionError"), ("2", "ZeroDivisionError")]
    ends = [row[5].get("error") for row in told.log.works if row[0] == Verb.END and row[4].startswith(job.id)]
    assert ends == ["ZeroDivisionError"]


def test_a_pool_that_takes_nothing() -> None:
    """A call that the pool refuses is not a call."""

    def cell() -> None:
        with pool_of("threads") as pool:
            pool.close()
            for call in (lambda: pool.map(square, [1]), lambda: pool.apply_async(square, (1,))):
                with pytest.raises(ValueError, match="not running"):
                    call()
            pool.join()

    told = record(cell)
    assert jobs(told) == []
    assert [row["how"] for row in data(pools(told)[0], Verb.CLOSED)] == ["close", "exit"]


# ---------------------------------------------------------------------- waits
def test_waits() -> None:
    """Who waits, and through which call; what is there already is not waited for."""

    def held(place: str) -> None:
        main_waits("pool.py", place)

    def cell() -> None:
        pool = pool_of("threads")
        pool.map(held, ["wait"])
        pool.starmap(held, [("wait",)])
        pool.apply(held, ("wait",))
        list(pool.imap(held, ["next"]))
        pool.apply_async(held, ("wait",)).get()
        pool.map_async(held, ["wait"]).wait()
        done = threading.Event()
        result = pool.apply_async(square, (1,), callback=lambda _: done.set())
        assert done.wait(30)
        while not result.ready():
            pass
        result.wait()
        result.get()
        pool.apply_async(held, ("join",))
        pool.close()
        pool.join()

    told = record(cell)
    hows = [[row["how"] for row in data(job, Verb.WAIT)] for job in jobs(told)]
    assert hows == [["map"], ["starmap"], ["apply"], ["next"], ["get"], ["wait"], [], []]
    assert [row["how"] for row in data(pools(told)[0], Verb.WAIT)] == ["join"]
    waits = [row[0] for row in told.log.works if row[0] in (Verb.WAIT, Verb.WAITED)]
    assert waits.count(Verb.WAIT) == waits.count(Verb.WAITED)


def test_a_wait_that_ends_early() -> None:
    """A timeout ends a wait; the job goes on and is back later."""
    gate = threading.Event()

    def held() -> bool:
        return gate.wait(30) and main_waits("pool.py", "wait", True)

    def cell() -> None:
        with pool_of("threads") as pool:
            result = pool.apply_async(held)
            with pytest.raises(multiprocessing.TimeoutError):
                result.get(0.001)
            gate.set()
            assert result.get(30)

    (job,) = jobs(record(cell))
    waits = [verb for verb in job.verbs if verb in (Verb.WAIT, Verb.WAITED)]
    assert waits == [Verb.WAIT, Verb.WAITED] * 2
    assert is_in_order(job, Verb.SPAWN, Verb.END, Verb.BACK)


# ---------------------------------------------------------------------- older, left open, interrupted
@contextlib.contextmanager
def open_pool(method: str) -> Iterator[Any]:
    pool = pool_of(method)
    try:
        yield pool
    finally:
        pool.close()
        pool.join()


@pytest.mark.parametrize("method", METHODS)
def test_older(method: str) -> None:
    """A pool from before is met when it is first used; its workers write down their calls, and are silent again afterwards."""
    with open_pool(method) as pool:
        assert pool.map(square, [1]) == [1]
        tellings = [record(lambda: pool.map(square, [2, 3])) for _ in range(2)]
        assert pool.map(square, [4]) == [16]
    for told in tellings:
        (old,), (batch,) = pools(told), jobs(told)
        assert (old.spawn["name"], old.spawn["older"]) == (KINDS[method], 1)
        assert calls_of(told, batch) == [("2", None), ("3", None)]
        assert "site" not in old.spawn


def test_a_pool_from_a_recording() -> None:
    """A pool made in a recording is well and silent afterwards, and older to the next recording."""
    made: list[Any] = []

    def cell() -> None:
        made.append(pool_of("fork"))
        assert made[0].map(nested, [1, 2]) == [1, 2]

    told = record(cell)
    pool = made[0]
    try:
        assert pool.map(nested, [3, 4]) == [3, 4]
        assert pools(record(lambda: pool.map(square, [5])))[0].spawn["older"] == 1
    finally:
        pool.close()
        pool.join()
    threads = told.of(("thread",))
    assert sorted(thread.spawn["arguments"] for thread in threads) == ["1", "2"]
    assert {thread.spawn["by"].partition("/")[0] for thread in threads} == {jobs(told)[0].id}


def test_left_open() -> None:
    """A pool that nobody closed has no row about that; what it warns of is its own."""
    made: list[Any] = []
    told = record(lambda: made.append(pool_of("threads")))
    assert data(pools(told)[0], Verb.CLOSED) == []
    with pytest.warns(ResourceWarning, match=r"unclosed running multiprocessing pool <multiprocessing\.pool\.ThreadPool"):
        made[0].__del__()
    made[0].terminate()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt, also where the shell has started the tests in the background and had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Return the two ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.usefixtures("interruptible")
def test_interrupted(pipe: tuple[int, int]) -> None:
    """An interrupt ends the wait; what never began is the difference between a batch's items and its calls."""
    reader, writer = pipe

    def press() -> None:
        select.select([reader], [], [], 30)
        main_waits("pool.py", "wait")
        time.sleep(0.5)  # the wait is deep in Python code when it begins
        os.kill(os.getpid(), signal.SIGINT)

    with open_pool("fork") as pool:
        recording = Recording()

        def cell() -> None:
            threading.Thread(target=press).start()
            pool.map(begins, [writer] * 6, 1)

        with pytest.raises(KeyboardInterrupt), recording:
            cell()
        trace = recording.trace
        pool.terminate()
    begun = [task for task in trace.tasks if task.function == "begins"]
    (never,) = [item.text for item in trace.instants if item.kind == "never begun"]
    assert never == f"{6 - len(begun)} × begins"
    assert any(task.outcome == "unfinished" for task in begun)


def test_terminated() -> None:
    """What had not come back when a pool was terminated keeps no recording open."""
    recording = Recording()
    with recording, pool_of("fork") as pool:
        assert recording._window is not None
        pool.apply_async(waits_for_ever)
        (work,) = (work for work in recording._window.works if work.startswith("job"))
        pool.terminate()
        assert work not in recording._window.works


def test_only_when_it_is_imported() -> None:
    """A recording imports neither pools nor executors; those that the traced code imports are watched."""
    program = """
import sys
import async_magics
with async_magics.trace() as first:
    import asyncio
    asyncio.run(asyncio.sleep(0))
absent = [name for name in ("multiprocessing.pool", "concurrent.futures.process", "concurrent.futures.thread") if name not in sys.modules]
with async_magics.trace() as second:
    from multiprocessing.pool import ThreadPool
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPool(1) as pool:
        pool.map(abs, [-1])
    with ThreadPoolExecutor(1) as executor:
        executor.submit(abs, -2).result()
assert vars(ThreadPool.__bases__[0])["_map_async"].__module__ == "multiprocessing.pool"
print(absent, [task.call for task in second.tasks if task.kind == "job"])
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    names = ["multiprocessing.pool", "concurrent.futures.process", "concurrent.futures.thread"]
    assert done.stdout.strip() == f"{names} ['abs(-1)', 'abs(-2)']"
