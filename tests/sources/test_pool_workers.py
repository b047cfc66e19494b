"""Workers of pools that come and go: who started them, and for whom."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

from async_magics import trace
from async_magics.model import State, TaskKind, Trace


def works(found: Trace, kind: TaskKind) -> list[Any]:
    return [task for task in found.tasks if task.kind is kind]


def test_workers_that_replace_others_belong_to_the_pool() -> None:
    """The pool's own thread starts them; each is there from its start on, not from the recording's."""
    with trace("pool") as recorded, multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        pids = pool.map(_pid, range(4), chunksize=1)
    found = recorded.trace
    workers, jobs = works(found, TaskKind.WORKER), works(found, TaskKind.JOB)
    assert len({*pids}) == 4 and [found.tracks[job.track].pid for job in jobs] == pids
    assert not [worker.name for worker in workers if worker.older or not worker.name.startswith("ForkPoolWorker-")]
    assert {worker.parent for worker in workers} == {task.id for task in works(found, TaskKind.POOL)}
    for job, worker in zip(jobs, workers, strict=False):  # there may be one more, who came when the pool was left
        first = next(iter(found.slices.of(worker.id)))
        assert (first.start_ns, first.state) == (worker.created_ns, State.RUNNABLE)
        assert job.track == worker.track and worker.created_ns < job.begun_ns
    assert [worker.created_ns for worker in workers] == sorted(worker.created_ns for worker in workers)


def _pid(_number: int = 0) -> int:
    return os.getpid()
