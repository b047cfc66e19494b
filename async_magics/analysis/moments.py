"""Every moment of a trace at which something changed, in one order: what a replay steps through.

A moment is four whole numbers, ``(t_ns, did, item, task)``: 100,000 of them sort in a fraction of a second. Imports ``model`` and
``blocking`` of this folder; never numpy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

from ..model import Instant, InstantKind, State, Task, TaskKind, Trace
from .blocking import LOOPED


class Did(IntEnum):
    """What happened. Of what happened in the same nanosecond, the lower number comes first: who stops, before who goes on."""

    PRINTED = 0
    SAID = 1  #: a line with a ``#:`` comment is about to run, or the code said ``mark()``
    ASKED = 2  #: somebody asked it to stop
    BACK = 3  #: its result reached the one who had submitted it
    CREATED = 4  #: with its first state, where that begins at once
    ENDED = 5
    LOST = 6  #: what it did from here on is not known
    WAITING = 7
    READY = 8
    RUNNING = 9


class Phase(IntEnum):
    """What a task does at a moment. The first three are those of ``State``."""

    RUNNING = 0
    READY = 1  #: it could go on, its loop is busy
    WAITING = 2
    STARTING = 3  #: its process or thread starts up
    QUEUED = 4  #: a call that no worker has begun
    ENDED = 5
    UNKNOWN = 6  #: not recorded


class Moment(NamedTuple):
    """One step of a replay.

    Attributes:
        t_ns: when.
        did: what happened.
        item: the slice's row that begins here, of what was printed, said or asked the instant's number; ``NONE`` for neither.
        task: whom it happened to; ``NONE`` where that is not known.
    """

    t_ns: int
    did: int
    item: int
    task: int


NONE: Final = -1
_OF_STATE: Final = {State.RUNNING.value: Did.RUNNING.value, State.RUNNABLE.value: Did.READY.value, State.WAITING.value: Did.WAITING.value}
_OF_INSTANT: Final[Mapping[InstantKind, Did]] = {
    InstantKind.PRINTED: Did.PRINTED,
    InstantKind.CALLOUT: Did.SAID,
    InstantKind.MARK: Did.SAID,
    InstantKind.CANCEL_REQUESTED: Did.ASKED,
    InstantKind.KILLED: Did.ASKED,
}


def phase_of(kind: TaskKind, state: int) -> Phase:
    """Return what a slice of a task in some state means for a reader."""
    if state != State.RUNNABLE:
        return Phase(state)
    if kind is TaskKind.JOB:
        return Phase.QUEUED
    return Phase.READY if kind in LOOPED else Phase.STARTING


def who(instant: Instant) -> int:
    """Return whose doing something printed, said or asked was; ``NONE`` where nobody knows."""
    known = instant.by if instant.task is None else instant.task
    return NONE if known is None else known


def moments(trace: Trace, most: int) -> tuple[list[Moment], bool]:
    """Return the moments of a trace in order, ``most`` at the most, and whether these are all."""
    starts = trace.slices.start_ns
    cut_ns = sorted(starts)[most] if len(starts) > most else None
    found = [*_of_tasks(trace, cut_ns), *_of_instants(trace, cut_ns)]
    found.sort()
    return found[:most], cut_ns is None and len(found) <= most


def _of_instants(trace: Trace, cut_ns: int | None) -> Iterator[Moment]:
    for number, instant in enumerate(trace.instants):
        did = _OF_INSTANT.get(instant.kind)
        if did is not None and (cut_ns is None or instant.t_ns < cut_ns):
            yield Moment(instant.t_ns, did.value, number, who(instant))


def _of_tasks(trace: Trace, cut_ns: int | None) -> Iterator[Moment]:
    owner, starts, last = trace.slices.task, trace.slices.start_ns, 0
    for task in trace.tasks:
        first, last = last, bisect_left(owner, task.id + 1, last)
        until = last if cut_ns is None else min(last, bisect_left(starts, cut_ns, first, last) + 1)
        for moment in _of_task(trace, task, first, until):
            if cut_ns is None or moment.t_ns < cut_ns:
                yield moment


def _of_task(trace: Trace, task: Task, first: int, last: int) -> Iterator[Moment]:
    """Yield a task's beginning, its slices, the gaps between them, its end, and when its result was back."""
    table, number = trace.slices, task.id
    rows = [row for row in range(first, last) if table.start_ns[row] < table.end_ns[row]]
    born_ns = min(task.created_ns, table.start_ns[rows[0]]) if rows else task.created_ns
    at_once = bool(rows) and table.start_ns[rows[0]] == born_ns
    yield Moment(born_ns, Did.CREATED.value, rows[0] if at_once else NONE, number)
    for row in rows[at_once:]:
        yield Moment(table.start_ns[row], _OF_STATE[table.state[row]], row, number)
    for row, after in pairwise(rows):
        if table.end_ns[row] < table.start_ns[after]:
            yield Moment(table.end_ns[row], Did.LOST.value, NONE, number)
    over_ns = table.end_ns[rows[-1]] if rows else born_ns
    if task.ended_ns is not None:
        end_ns = max(task.ended_ns, over_ns)
        if rows and over_ns < end_ns:
            yield Moment(over_ns, Did.LOST.value, NONE, number)
        yield Moment(end_ns, Did.ENDED.value, NONE, number)
    elif rows and over_ns < trace.end_ns:
        yield Moment(over_ns, Did.LOST.value, NONE, number)
    if task.delivered_ns is not None and task.kind is TaskKind.JOB:
        yield Moment(max(task.delivered_ns, task.ended_ns or 0), Did.BACK.value, NONE, number)
