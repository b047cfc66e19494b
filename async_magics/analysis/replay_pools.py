"""Pools in a replay: whose call is whose, and which worker ran it. Imports ``model`` and ``moments`` of this folder; never numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Task, TaskKind, Trace
from .moments import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolState:
    """A pool at a moment. All numbers are ids of tasks.

    Attributes:
        pool: itself.
        queue: calls that no worker has begun, in the order in which they were begun; those that never were come last.
        workers: its workers, each with the call that it runs, ``None`` for an idle one.
        done: calls that are over, in that order.
        back: those of them whose result has reached the one who submitted them.
    """

    pool: int
    queue: tuple[int, ...]
    workers: tuple[tuple[int, int | None], ...]
    done: tuple[int, ...]
    back: tuple[int, ...]


class Pools:
    """The pools of a trace with their workers and calls."""

    def __init__(self, trace: Trace) -> None:
        self._tasks = trace.tasks
        self._crews: defaultdict[int, list[Task]] = defaultdict(list)
        for task in trace.tasks:
            if task.pool is not None and task.kind in (TaskKind.WORKER, TaskKind.JOB):
                self._crews[task.pool].append(task)
        self.worker = {job: worker for crew in self._crews.values() for job, worker in _ran_by(crew)}

    def at(self, phases: Mapping[int, Phase], t_ns: int) -> tuple[PoolState, ...]:
        """Return every pool that is there, by id.

        Args:
            phases: what every task that exists does.
            t_ns: the moment.
        """
        return tuple(self._pool(pool, phases, t_ns) for pool in sorted(self._crews) if pool in phases)

    def _pool(self, pool: int, phases: Mapping[int, Phase], t_ns: int) -> PoolState:
        crew = [task for task in self._crews[pool] if task.id in phases]
        jobs = [task for task in crew if task.kind is TaskKind.JOB]
        alive = [task.id for task in crew if task.kind is TaskKind.WORKER and phases[task.id] is not Phase.ENDED]
        runs = {self.worker.get(job.id): job.id for job in jobs if phases[job.id] in (Phase.RUNNING, Phase.WAITING)}
        done = sorted((job for job in jobs if phases[job.id] is Phase.ENDED), key=lambda job: (job.ended_ns or 0, job.id))
        return PoolState(
            pool=pool,
            queue=tuple(job.id for job in sorted(jobs, key=_order) if phases[job.id] is Phase.QUEUED),
            workers=tuple((worker, runs.get(worker)) for worker in alive),
            done=tuple(job.id for job in done),
            back=tuple(job.id for job in done if job.delivered_ns is not None and job.delivered_ns <= t_ns),
        )


def _order(job: Task) -> tuple[bool, int, int]:
    return job.begun_ns is None, job.begun_ns or 0, job.id


def _ran_by(crew: list[Task]) -> list[tuple[int, int]]:
    """Return pairs of a call and the worker that ran it: the one on its track that was there last when it began."""
    workers: defaultdict[int, list[Task]] = defaultdict(list)
    for task in crew:
        if task.kind is TaskKind.WORKER:
            workers[task.track].append(task)
    pairs = []
    for job in crew:
        found = workers[job.track] if job.kind is TaskKind.JOB and job.begun_ns is not None else []
        if found:
            begun = job.begun_ns or 0
            pairs.append((job.id, next((one.id for one in reversed(found) if one.created_ns <= begun), found[0].id)))
    return pairs
