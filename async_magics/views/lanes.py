"""Rows become lanes with names, and the ends of the tasks in them. Imports ``lang``, ``model`` and this folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ..lang import Catalogue
from ..model import Instant, InstantKind, Outcome, Task, TaskKind, TrackKind, Trace
from . import labels
from .folding import Row
from .plain import clean
from .scene import Arrow, End, Lane, Role

MARKS_PER_BAND: Final = 120
"""Failures closer together than this part of the axis share a mark in a group's lane; the lane's text counts them all."""


def lanes(words: Catalogue, trace: Trace, rows: Sequence[Row]) -> tuple[Lane, ...]:
    """Return one lane per row, its place not yet filled in."""
    return tuple(_lane(words, trace, row) for row in rows)


def _lane(words: Catalogue, trace: Trace, row: Row) -> Lane:
    first = trace.tasks[row.tasks[0]]
    if len(row.tasks) > 1:
        role, name, detail = _many(words, trace, row)
    elif first.kind is TaskKind.CELL:
        own = labels.is_cell(trace)
        role, name, detail = Role.CELL, words.gettext("cell") if own else labels.task_name(first), clean(trace.name, 60) if own else ""
    else:
        role, name, detail = Role.TASK, labels.task_name(first), _origin(words, trace, first)
    return Lane(role=role, tasks=row.tasks, name=name, detail=detail, depth=row.depth, parent=row.parent)


def _many(words: Catalogue, trace: Trace, row: Row) -> tuple[Role, str, str]:
    """Name a group by what its tasks have in common, and count how they ended."""
    members = [trace.tasks[task] for task in row.tasks]
    ended = labels.outcomes(words, Counter(task.outcome for task in members))
    count = words.number(len(members))
    if row.rest:
        functions = len({task.function for task in members})
        text = words.ngettext("{count} others, {n} function", "{count} others, {n} functions", functions)
        return Role.REST, text.format(count=count, n=words.number(functions)), ended
    name = labels.function_of(members[0]) or words.gettext("tasks")
    return Role.GROUP, f"{name} × {count}", ended


def _origin(words: Catalogue, trace: Trace, task: Task) -> str:
    """Return the grey text: the call, and where the task runs when that is not where the cell runs."""
    parts = [labels.call_of(task)] if task.function else []
    if task.track != trace.tasks[0].track and task.track < len(trace.tracks):
        parts.append(_thread(trace, task.track))
    if task.older:
        parts.append(words.gettext("from before"))
    return " · ".join(filter(None, parts))


def _thread(trace: Trace, number: int) -> str:
    track = trace.tracks[number]
    if track.kind is TrackKind.LOOP and track.parent is not None:
        track = trace.tracks[track.parent]
    return clean(track.name, 40)


def lane_of(found: Sequence[Lane]) -> dict[int, int]:
    """Return the number of the lane of every task."""
    return {task: number for number, lane in enumerate(found) for task in lane.tasks}


def ends(words: Catalogue, trace: Trace, found: Sequence[Lane]) -> tuple[End, ...]:
    """Return how the task of every lane ended; of a group, when its members failed or were cancelled."""
    asked = {instant.task: instant for instant in trace.instants if instant.kind is InstantKind.CANCEL_REQUESTED}
    out: list[End] = []
    for number, lane in enumerate(found):
        if len(lane.tasks) == 1:
            out.append(_end(words, trace, number, trace.tasks[lane.tasks[0]], asked))
        else:
            out += _small_ends(trace, number, lane)
    return tuple(out)


def _end(words: Catalogue, trace: Trace, lane: int, task: Task, asked: Mapping[int | None, Instant]) -> End:
    text = ""
    if task.outcome is Outcome.RAISED:
        text = clean(task.exception or "", 40)
    elif task.outcome is Outcome.CANCELLED and task.id in asked:
        text = clean(labels.canceller(words, trace, asked[task.id]), 40)
    t_ns = trace.end_ns if task.ended_ns is None else task.ended_ns
    return End(lane=lane, t_ns=t_ns, outcome=task.outcome, text=text)


def _small_ends(trace: Trace, number: int, lane: Lane) -> list[End]:
    bucket = max(1, trace.end_ns // MARKS_PER_BAND)
    marks: dict[tuple[str, int], End] = {}
    for task_id in lane.tasks:
        task = trace.tasks[task_id]
        if task.ended_ns is not None and task.outcome in (Outcome.RAISED, Outcome.CANCELLED):
            key = (task.outcome, task.ended_ns // bucket)
            marks.setdefault(key, End(lane=number, t_ns=task.ended_ns, outcome=task.outcome, small=True))
    return sorted(marks.values(), key=lambda end: (end.t_ns, end.outcome))


def arrows(trace: Trace, found: Sequence[Lane]) -> tuple[Arrow, ...]:
    """Return who asked whom to stop, where the two have different lanes."""
    at = lane_of(found)
    out = []
    for instant in trace.instants:
        if instant.kind is InstantKind.CANCEL_REQUESTED and instant.by is not None and instant.task is not None:
            source, target = at[instant.by], at[instant.task]
            aside = instant.text == "timeout" or (instant.text == "TaskGroup" and trace.tasks[instant.by].parent == instant.task)
            if source != target and not aside:  # nobody's line asked: a timer did, or a group stopped its owner's own waiting
                out.append(Arrow(t_ns=instant.t_ns, source=source, target=target))
    return tuple(out)
