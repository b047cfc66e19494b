"""A pool that was never closed and whose call a student interrupts: nothing special, in a real kernel that is really interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from async_magics import load
from async_magics.model import InstantKind, Outcome, State, TaskKind, Trace

from .harness import Kernel
from .test_lecture import works
from .test_real_lecture import FIRST, METHODS

LEAKS = """%%tasktrace --name leak --lang en --no-svg
import time
from multiprocessing import Pool
def slow(number):
    print(f"begun {number}\\n", end="", flush=True)  # in one piece
    time.sleep(60)
leaked = Pool(2)
leaked.map(slow, range(1, 5))"""
LATER = """%%tasktrace --name later --lang en --no-svg
with Pool(2) as pool:
    found = pool.map(abs, [-1, -2, -3])
found"""
TASKS = """%%tasktrace --name tasks --lang en --no-svg
import asyncio
await asyncio.gather(asyncio.sleep(0.02, 4), asyncio.sleep(0.01, 5))"""


@pytest.fixture
def kernel_of(own_kernel: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Kernel]]:
    """Return what starts a kernel whose processes start by some method."""
    started: list[Kernel] = []

    def start(method: str) -> Kernel:
        monkeypatch.delenv("PYTEST_CURRENT_TEST")  # a kernel that sees it does not show what new interpreters print
        started.append(Kernel(traced=False))
        _, reply = started[-1].told(FIRST[method])
        assert reply["status"] == "ok", reply
        return started[-1]

    yield start
    for kernel in started:
        kernel.close()


def shown(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [message["content"] for message in said if message["msg_type"] == kind]


@pytest.mark.parametrize("method", METHODS)
def test_interrupted_pool_is_shown_and_later_cells_work(method: str, kernel_of: Callable[[str], Kernel], tmp_path: Path) -> None:
    """The chart comes with the interrupted cell and advises to close the pool; another pool and tasks run as ever."""
    kernel = kernel_of(method)
    said, reply = kernel.told(LEAKS, interrupt="begun 2")
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    (chart,) = shown(said, "display_data")
    text = chart["data"]["text/plain"]
    for words in (
        "Pool(2)",
        "✕ KeyboardInterrupt",
        "map(slow)",
        "not closed",
        "AM514 Pool(2) (line 7) was not closed: use `with Pool(…) as pool:`",
    ):
        assert words in text, text
    updates = []
    for cell, result in ((LATER, "[1, 2, 3]"), (TASKS, "[4, 5]")):
        said, reply = kernel.told(cell)
        assert reply["status"] == "ok"
        assert [found["data"]["text/plain"] for found in shown(said, "execute_result")] == [result]
        (own,) = shown(said, "display_data")
        assert "image/png" in own["data"] and "not closed" not in own["data"]["text/plain"]
        updates += shown(said, "update_display_data")
    (update,) = updates  # what was text while the pool's other calls went on becomes a picture
    assert update["transient"] == chart["transient"]
    assert "image/png" in update["data"] and "was not closed" in update["data"]["text/plain"]
    _, reply = kernel.told(f"%taskexport --all {tmp_path}/*.json")
    assert reply["status"] == "ok"
    traces = {path.stem: load(path).trace for path in tmp_path.glob("*.json")}
    assert_interrupted(traces["leak"])
    assert [job.outcome for job in works(traces["later"], TaskKind.JOB)] == [Outcome.RETURNED] * 3
    assert len(works(traces["tasks"], TaskKind.ASYNCIO)) == 2
    assert not [trace.problems for trace in traces.values() if trace.problems]


def assert_interrupted(trace: Trace) -> None:
    """The interrupt reached the workers too; those that the pool had instead were there from their start on."""
    (pool,) = works(trace, TaskKind.POOL)
    assert [instant.task for instant in trace.instants if instant.kind is InstantKind.NOT_CLOSED] == [pool.id]
    assert (trace.tasks[0].outcome, trace.tasks[0].exception) == (Outcome.RAISED, "KeyboardInterrupt")
    jobs = {job.arguments: job for job in works(trace, TaskKind.JOB)}
    assert (jobs["2"].outcome, jobs["2"].exception) == (Outcome.RAISED, "KeyboardInterrupt")
    workers = works(trace, TaskKind.WORKER)
    gone = [worker for worker in workers if worker.exit_code == 1]
    assert [worker.name.rpartition("-")[2] for worker in workers] == [str(number) for number in range(1, len(workers) + 1)]
    assert jobs["2"].track in {worker.track for worker in gone}
    for worker in workers:
        first = next(iter(trace.slices.of(worker.id)))
        assert (first.state, first.start_ns, worker.parent, worker.older) == (State.RUNNABLE, worker.created_ns, pool.id, False)
    assert all(worker.created_ns > (jobs["2"].begun_ns or 0) for worker in workers[2:])
