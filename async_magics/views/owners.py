"""Which tasks have a lane of their own, and which are drawn on another's: a job stands on the lane of the worker that ran it.

Imports ``analysis`` and ``model`` only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..analysis.tracks import home, process_of
from ..model import Task, TaskKind, Trace

_RUN_ONE_CALL: Final = frozenset((TaskKind.JOB, TaskKind.PROCESS, TaskKind.THREAD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The forest of lanes to be.

    Attributes:
        order: ids of the tasks with a lane of their own, as a chart lists them: pools of this process and what belongs to
            them come last.
        above: for each of them the one above it in the tree, ``None`` for a root.
        inner: for some of them the tasks that are drawn on their lanes.
    """

    order: tuple[int, ...]
    above: Mapping[int, int | None]
    inner: Mapping[int, tuple[int, ...]]


def owners(trace: Trace) -> Owners:
    """Return who has a lane, under whom."""
    tasks = trace.tasks
    of = _lane_owners(tasks)
    above = {task.id: _above(task, tasks, of) for task in tasks if of[task.id] == task.id}
    _place_pools(trace, of, above)
    inner: defaultdict[int, list[int]] = defaultdict(list)
    for task, owner in enumerate(of):
        if owner != task:
            inner[owner].append(task)
    below = _below_pools(tasks, above)
    order = sorted(above, key=lambda task: (below[task], task))
    return Owners(order=tuple(order), above=above, inner={owner: tuple(found) for owner, found in inner.items()})


def kept_of(found: Owners, kept: Collection[int], order: Iterable[int]) -> Owners:
    """Return the forest of some of the lanes, in an order of one's own; what stood under one that is left out moves up."""
    above = {task: _nearest(task, found, kept) for task in order}
    return Owners(order=tuple(above), above=above, inner={task: some for task, some in found.inner.items() if task in above})


def _nearest(task: int, found: Owners, kept: Collection[int]) -> int | None:
    """Return the nearest lane above that is kept."""
    above = found.above[task]
    while above is not None and above not in kept:
        above = found.above[above]
    return above


def _lane_owners(tasks: tuple[Task, ...]) -> list[int]:
    """Return for every task whose lane it is drawn on."""
    workers: defaultdict[tuple[int | None, int], list[Task]] = defaultdict(list)
    for task in tasks:
        if task.kind is TaskKind.WORKER:
            workers[task.pool, task.track].append(task)
    of = [_host(task, tasks, workers) if task.kind is TaskKind.JOB else task.id for task in tasks]
    for task in tasks:
        if task.kind is TaskKind.CALL and task.parent is not None and _is_all_of(task, tasks[task.parent]):
            of[task.id] = of[task.parent]
    return of


def _host(job: Task, tasks: tuple[Task, ...], workers: Mapping[tuple[int | None, int], list[Task]]) -> int:
    """Return the worker that ran a job, the pool where nobody did, the job itself where its worker is not known."""
    begun = job.begun_ns
    if begun is None:
        pool = _pool(job, tasks)
        return job.id if pool is None else pool
    found = workers.get((job.pool, job.track), ())
    return next((worker.id for worker in reversed(found) if worker.created_ns <= begun), found[0].id if found else job.id)


def _pool(task: Task, tasks: tuple[Task, ...]) -> int | None:
    return task.pool if task.pool is not None and tasks[task.pool].kind is TaskKind.POOL else None


def _is_all_of(call: Task, runner: Task) -> bool:
    """Whether a call is what its runner was made for, so that a second bar would say nothing new."""
    return runner.kind in _RUN_ONE_CALL and call.function.rpartition(".")[2] == runner.function.rpartition(".")[2]


def _above(task: Task, tasks: tuple[Task, ...], of: list[int]) -> int | None:
    pool = _pool(task, tasks) if task.kind in (TaskKind.WORKER, TaskKind.JOB) else None
    if pool is not None:
        return pool
    return None if task.kind is TaskKind.POOL or task.parent is None else of[task.parent]


def _place_pools(trace: Trace, of: list[int], above: dict[int, int | None]) -> None:
    """Put the pools of other processes under their creators; those of this process are roots."""
    here = home(trace)
    for pool in [task for task in trace.tasks if task.kind is TaskKind.POOL and task.parent is not None]:
        assert pool.parent is not None
        creator = of[pool.parent]
        if process_of(trace, trace.tasks[creator].track) != here and not _reaches(above, creator, pool.id):
            above[pool.id] = creator


def _reaches(above: Mapping[int, int | None], start: int, wanted: int) -> bool:
    """Whether one stands somewhere above the other; a damaged file could say that of a pool and its own job."""
    now: int | None = start
    while now is not None and now != wanted:
        now = above[now]
    return now is not None


def _below_pools(tasks: tuple[Task, ...], above: Mapping[int, int | None]) -> dict[int, bool]:
    """Return whether the root above each task is a pool."""
    known: dict[int, bool] = {}
    for start in above:
        path, now = [start], above[start]
        while now is not None and path[-1] not in known:
            path.append(now)
            now = above[now]
        top = path[-1]
        answer = known.get(top, tasks[top].kind is TaskKind.POOL)
        known.update(dict.fromkeys(path, answer))
    return known
