"""What becomes of calls that no worker can begin, of workers that are replaced, and of timers: programs and their traces."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.pool
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any

import pytest

from async_magics.analysis import unfinished
from async_magics.api import trace
from async_magics.model import InstantKind, Outcome, State, Task, TaskKind, Trace, WaitKind

try:  # here, since it patches multiprocessing for good when it is imported
    joblib: Any = import_module("joblib")
    import_module("joblib.externals.loky")
except ImportError:
    joblib = None

FORK = multiprocessing.get_context("fork")


def same(value: Any) -> Any:
    return value


def every(found: Trace, kind: TaskKind) -> list[Task]:
    return [task for task in found.tasks if task.kind is kind]


def test_a_job_that_cannot_be_sent() -> None:
    """A call of an executor whose arguments pickle refuses has failed; it is not pending."""
    with trace() as recording, ProcessPoolExecutor(1, mp_context=FORK) as executor:
        error = executor.submit(same, threading.Lock()).exception(30)
        assert executor.submit(same, 1).result(30) == 1
    found = recording.trace
    assert "pickle" in str(error)
    assert [(job.outcome, job.exception) for job in every(found, TaskKind.JOB)] == [
        (Outcome.RAISED, "TypeError"),
        (Outcome.RETURNED, None),
    ]
    assert unfinished(found) == []


def test_calls_of_a_pool_that_cannot_be_sent() -> None:
    """A call that a pool cannot send has failed, and the items of a map are counted as never begun."""
    with trace() as recording, FORK.Pool(1) as pool:
        with pytest.raises(TypeError, match="pickle"):
            pool.apply(same, (threading.Lock(),))
        with pytest.raises(Exception, match="lambda"):
            pool.map(lambda value: value, [1, 2, 3])
    found = recording.trace
    assert [(job.outcome, job.exception) for job in every(found, TaskKind.JOB)] == [(Outcome.RAISED, "TypeError")]
    (instant,) = [instant for instant in found.instants if instant.kind is InstantKind.NEVER_BEGUN]
    assert instant.text.startswith("3 × ")
    assert unfinished(found) == []


def test_workers_that_are_replaced() -> None:
    """Workers that a pool starts itself, in place of those that have done their share, have names and a start like the first."""
    with trace() as recording, FORK.Pool(1, maxtasksperchild=1) as pool:
        assert pool.map(same, range(3), chunksize=1) == [0, 1, 2]
    workers = every(recording.trace, TaskKind.WORKER)
    jobs = every(recording.trace, TaskKind.JOB)
    assert len({job.track for job in jobs}) == 3
    assert all(worker.name.startswith("ForkPoolWorker-") and not worker.older for worker in workers)
    starts = [worker.created_ns for worker in workers]
    assert starts == sorted(starts) and len(set(starts)) == len(starts) >= 3


def test_a_replaced_worker_of_an_older_pool() -> None:
    """A pool from before the recording has its new workers shown from their start on."""
    with FORK.Pool(1, maxtasksperchild=1) as pool:
        assert pool.apply(same, (1,)) == 1
        with trace() as recording:
            assert pool.map(same, range(2), chunksize=1) == [0, 1]
    assert any(not worker.older and worker.name.startswith("ForkPoolWorker-") for worker in every(recording.trace, TaskKind.WORKER))


def test_a_timer_waits_and_then_runs() -> None:
    """Until its time has come a timer waits; its function, its arguments and what it holds are as ever."""
    called = threading.Event()
    timer = threading.Timer(0.01, called.set)
    function = timer.function
    with trace() as recording:
        timer.start()
        timer.join(30)
    assert called.is_set()
    assert timer.function == function and "run" not in vars(timer)
    (task,) = every(recording.trace, TaskKind.THREAD)
    pieces = [piece for piece in recording.trace.slices.of(task.id) if piece.wait is not None]
    assert [(piece.wait.kind, piece.wait.delay_ns) for piece in pieces if piece.wait] == [(WaitKind.SLEEP, 10_000_000)]
    assert task.outcome is Outcome.RETURNED


def test_a_timer_that_is_cancelled() -> None:
    """A timer that is cancelled has only waited, and has its function back."""
    timer = threading.Timer(60, same, (1,))
    with trace() as recording:
        timer.start()
        timer.cancel()
        timer.join(30)
    assert timer.function is same
    (task,) = every(recording.trace, TaskKind.THREAD)
    waited = sum(piece.end_ns - piece.start_ns for piece in recording.trace.slices.of(task.id) if piece.state is State.WAITING)
    assert waited > 0


def test_an_error_in_a_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in a timer's function is reported without a frame of ours."""
    heard: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: heard.append(args.exc_traceback))

    def boom() -> None:
        raise ValueError("no")

    with trace():
        timer = threading.Timer(0, boom)
        timer.start()
        timer.join(30)
    frames, at = [], heard[0]
    while at is not None:
        frames.append(at.tb_frame.f_code.co_filename)
        at = at.tb_next
    assert not [name for name in frames if "async_magics/sources" in name]


@pytest.mark.skipif(joblib is None, reason="joblib is optional")
def test_a_pool_that_joblib_makes_for_itself() -> None:
    """joblib's call is shown as one pool; what it runs it in is its own business."""
    with trace() as recording:
        assert joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(same)(number) for number in range(3)) == [0, 1, 2]
    assert [pool.name for pool in every(recording.trace, TaskKind.POOL)] == ["Parallel(2)"]
    with trace() as recording, multiprocessing.pool.ThreadPool(1) as pool:
        assert pool.map(same, [1]) == [1]
    assert [found.name for found in every(recording.trace, TaskKind.POOL)] == ["ThreadPool(1)"]


def leave(value: int) -> int:
    os._exit(9) if value else None
    return value


def test_a_worker_that_leaves_is_not_said_to_be_stopped() -> None:
    """An executor stops all workers when one is gone; the one that left has its exit code, and the calls that were lost have failed."""
    with trace() as recording, ProcessPoolExecutor(1, mp_context=FORK) as executor:
        futures = [executor.submit(leave, number) for number in range(3)]
        assert [type(future.exception(30)) for future in futures] == [type(None), BrokenProcessPool, BrokenProcessPool]
    (worker,) = every(recording.trace, TaskKind.WORKER)
    assert (worker.outcome, worker.exception, worker.exit_code) == (Outcome.RAISED, "exit code 9", 9)
    assert [job.outcome for job in every(recording.trace, TaskKind.JOB)] == [Outcome.RETURNED, Outcome.RAISED, Outcome.RAISED]
    assert unfinished(recording.trace) == []


def test_a_join_while_another_thread_runs_a_loop() -> None:
    """The cell waits for the thread: tasks of a loop elsewhere are not held up by that."""
    with trace() as recording:
        thread = threading.Thread(target=lambda: asyncio.run(asyncio.sleep(0.01)))
        thread.start()
        thread.join(30)
    found = recording.trace
    assert [task.kind for task in found.tasks[1:]] == [TaskKind.ASYNCIO, TaskKind.THREAD]
    assert WaitKind.JOIN in [piece.wait.kind for piece in found.slices.of(0) if piece.wait]
