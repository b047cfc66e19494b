"""What the pools of a trace did: how long their calls ran, how long they took in all, and where the rest of the time went.

A pool is looked at only where all of its calls are known and over: a sum that lacks some would be wrong. Imports ``model`` and this
folder only; never numpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..model import InstantKind, Task, TaskKind, Trace
from .intervals import length, merged
from .tracks import home, process_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolUse:
    """One pool or executor, with all of its calls.

    Attributes:
        pool: itself.
        workers: its processes or threads, by their creation.
        jobs: its calls, by their begin.
        apart: its workers are processes.
        own_ns: sum of the calls' run times: what they would have taken one after another. Start, queue and way back do not count.
        wall_ns: how long the pool was at it: its making, then the time in which at least one call was submitted and not back.
        start_ns: how much of that had gone by when the first call began; 0 for a pool made in an earlier cell.
        between_ns: in how much of the rest no call ran at all.
    """

    pool: Task
    workers: tuple[Task, ...]
    jobs: tuple[Task, ...]
    apart: bool
    own_ns: int
    wall_ns: int
    start_ns: int
    between_ns: int


def pool_uses(trace: Trace) -> tuple[PoolUse, ...]:
    """Return the pools of a trace that ran at least one call and of whose calls nothing is missing; in the order of their making."""
    if trace.dropped:
        return ()
    unsure = {instant.task for instant in trace.instants if instant.kind is InstantKind.NEVER_BEGUN}
    crews: defaultdict[int | None, list[Task]] = defaultdict(list)
    for task in trace.tasks:
        if task.kind in (TaskKind.JOB, TaskKind.WORKER):
            crews[task.pool].append(task)
    pools = [task for task in trace.tasks if task.kind is TaskKind.POOL and task.id not in unsure]
    return tuple(use for pool in pools if (use := _use(trace, pool, crews[pool.id])) is not None)


def _use(trace: Trace, pool: Task, crew: Iterable[Task]) -> PoolUse | None:
    jobs = sorted((task for task in crew if task.kind is TaskKind.JOB), key=begun)
    if not jobs or any(job.begun_ns is None or job.ended_ns is None for job in jobs):
        return None
    workers = tuple(task for task in crew if task.kind is TaskKind.WORKER)
    ran = merged((begun(job), ended(job)) for job in jobs)
    first = min(job.created_ns for job in jobs)
    made = pool.created_ns if pool.older or pool.begun_ns is None or pool.begun_ns > first else pool.begun_ns
    making = (pool.created_ns, made)
    at_it = merged([making, *((job.created_ns, max(ended(job), job.delivered_ns or 0)) for job in jobs)])
    wall = length(at_it)
    start = 0 if pool.older else sum(max(0, min(end, begun(jobs[0])) - begin) for begin, end in at_it)
    return PoolUse(
        pool=pool,
        workers=workers,
        jobs=tuple(jobs),
        apart=any(process_of(trace, worker.track) != home(trace) for worker in workers),
        own_ns=sum(ended(job) - begun(job) for job in jobs),
        wall_ns=wall,
        start_ns=start,
        between_ns=max(0, wall - start - length(ran)),
    )


def begun(task: Task) -> int:
    """Return when a task began; when it was created, if it never did."""
    return task.created_ns if task.begun_ns is None else task.begun_ns


def ended(task: Task) -> int:
    """Return when a task ended; when it began, if it is not over."""
    return begun(task) if task.ended_ns is None else task.ended_ns
