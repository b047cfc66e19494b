"""Rows become lanes with names. Imports ``analysis``, ``lang``, ``model`` and this folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ..analysis.blocking import LOOPED
from ..analysis.tracks import process_of, thread_of
from ..lang import Catalogue, marked
from ..lang.plain import clean
from ..model import Task, TaskKind, TrackKind, Trace
from . import labels
from .choice import Choice
from .folding import Row
from .scene import Lane, Role

MOST_CALLS_NAMED: Final = 2
"""A pool that was given more kinds of calls is described by the most frequent ones."""
_ROLES: Final[Mapping[TaskKind, Role]] = {TaskKind.CELL: Role.CELL, TaskKind.POOL: Role.POOL, TaskKind.WORKER: Role.WORKER}
_GROUPS: Final[Mapping[TaskKind, str]] = {
    TaskKind.PROCESS: marked("processes"),
    TaskKind.THREAD: marked("threads"),
    TaskKind.POOL: marked("pools"),
    TaskKind.WORKER: marked("workers"),
    TaskKind.JOB: marked("calls"),
    TaskKind.CALL: marked("calls"),
    TaskKind.GENERATOR: marked("generators"),
}
"""What like tasks are called where no function names them."""
CALLED: Final = frozenset((TaskKind.JOB, TaskKind.CALL, TaskKind.GENERATOR))
"""Kinds whose call says more than any name."""


def lanes(words: Catalogue, trace: Trace, rows: Sequence[Row], choice: Choice) -> tuple[Lane, ...]:
    """Return one lane per row, its place not yet filled in."""
    return tuple(_called(_lane(words, trace, row), row, choice) for row in rows)


def _called(lane: Lane, row: Row, choice: Choice) -> Lane:
    """Give a lane the name and the colour that its author chose; what it was called stays in grey."""
    if row.rest:
        return lane
    label, color = choice.label(row.tasks), choice.color(row.tasks)
    if not label:
        return replace(lane, color=color)
    if lane.role is Role.GROUP:
        return replace(lane, name=f"{label}{lane.name[lane.name.rindex(' × ') :]}", color=color)
    return replace(lane, name=label, detail=" · ".join(filter(None, (lane.name, lane.detail))), color=color)


def _lane(words: Catalogue, trace: Trace, row: Row) -> Lane:
    first = trace.tasks[row.tasks[0]]
    role = _ROLES.get(first.kind, Role.TASK)
    if len(row.tasks) > 1:
        role, name, detail = _many(words, trace, row)
    elif role is Role.CELL:
        own = labels.is_cell(trace)
        name, detail = words.gettext("cell") if own else labels.task_name(first), clean(trace.name, 60) if own else ""
    elif role is Role.POOL:
        name, detail = labels.task_name(first), _pool(words, trace, first)
    else:
        name = labels.call_of(first) if first.kind in CALLED and first.function else labels.task_name(first)
        detail = _origin(words, trace, first, name)
    parallel = all(trace.tasks[task].kind not in LOOPED for task in row.tasks)
    return Lane(
        role=role, tasks=row.tasks, inner=row.inner, name=name, detail=detail, depth=row.depth, parent=row.parent, parallel=parallel
    )


def _many(words: Catalogue, trace: Trace, row: Row) -> tuple[Role, str, str]:
    """Name a group by what its tasks have in common, and count how they, or the jobs of workers, ended."""
    members = [trace.tasks[task] for task in row.tasks]
    count = words.number(len(members))
    ended = labels.outcomes(words, Counter(task.outcome for task in members))
    if row.rest:
        functions = len({task.function for task in members})
        text = words.ngettext("{count} others, {n} function", "{count} others, {n} functions", functions)
        return Role.REST, text.format(count=count, n=words.number(functions)), ended
    first = members[0]
    if first.kind is TaskKind.WORKER:
        ended = _jobs(words, trace, row.inner)
    name = labels.task_name(first) if first.kind is TaskKind.POOL else labels.function_of(first)
    return Role.GROUP, f"{name or words.gettext(_GROUPS.get(first.kind, marked('tasks')))} × {count}", ended


def _jobs(words: Catalogue, trace: Trace, inner: Sequence[int]) -> str:
    jobs = [trace.tasks[task] for task in inner if trace.tasks[task].kind is TaskKind.JOB]
    text = words.ngettext("{} call", "{} calls", len(jobs)).format(words.number(len(jobs)))
    ended = labels.outcomes(words, Counter(job.outcome for job in jobs))
    return f"{text}: {ended}" if ended else text


def _pool(words: Catalogue, trace: Trace, pool: Task) -> str:
    """Describe a pool: how its processes are started, and what it was given to do."""
    members = [task for task in trace.tasks if task.pool == pool.id]
    method = pool.method or next((task.method for task in members if task.kind is TaskKind.WORKER and task.method), "")
    given = Counter((job.method, labels.function_of(job), job.chunk) for job in members if job.kind is TaskKind.JOB)
    parts = [clean(method, 20)]
    for (how, function, chunk), count in given.most_common(MOST_CALLS_NAMED):
        parts.append(f"{words.number(count)} × {clean(how, 20)}({function})" if how else f"{words.number(count)} × {function}")
        if chunk is not None:
            parts.append(words.gettext("chunks of {}").format(words.number(chunk)))
    if len(given) > MOST_CALLS_NAMED:
        parts.append("…")
    if pool.older:
        parts.append(words.gettext("from before"))
    return " · ".join(filter(None, parts))


def _origin(words: Catalogue, trace: Trace, task: Task, name: str) -> str:
    """Return the grey text: the call, and where the task runs when that is not where the cell or its creator runs."""
    call = labels.call_of(task) if task.function and task.kind is not TaskKind.WORKER else ""  # a worker's is the pool's own
    if task.kind is TaskKind.SUBPROCESS:
        call = clean(task.arguments or task.function, 80)
    parts = [call if call != name else "", _place(words, trace, task)]
    if task.older and task.pool is None:
        parts.append(words.gettext("from before"))
    return " · ".join(filter(None, parts))


def _place(words: Catalogue, trace: Trace, task: Task) -> str:
    """Return where a task runs, as far as its place in the tree does not say so."""
    if task.track >= len(trace.tracks) or task.kind is TaskKind.THREAD:
        return ""
    cell = trace.tasks[0]
    if task.kind is TaskKind.ASYNCIO:
        return "" if thread_of(trace, task.track) == thread_of(trace, cell.track) else _thread(trace, task.track)
    if task.kind in (TaskKind.PROCESS, TaskKind.SUBPROCESS, TaskKind.WORKER):
        away = process_of(trace, task.track) != process_of(trace, cell.track)
        pid = trace.tracks[task.track].pid
        return words.gettext("pid {}").format(pid) if away and pid is not None and str(pid) not in task.name else ""
    known = {thread_of(trace, cell.track)} | ({thread_of(trace, trace.tasks[task.parent].track)} if task.parent is not None else set())
    return "" if thread_of(trace, task.track) in known else _thread(trace, task.track)


def _thread(trace: Trace, number: int) -> str:
    track = trace.tracks[number]
    if track.kind is TrackKind.LOOP and track.parent is not None:
        track = trace.tracks[track.parent]
    return clean(track.name, 40)


def lane_of(found: Sequence[Lane]) -> dict[int, int]:
    """Return the number of the lane of every task."""
    return {task: number for number, lane in enumerate(found) for task in (*lane.tasks, *lane.inner)}
