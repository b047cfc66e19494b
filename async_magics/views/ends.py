"""How the tasks of every lane ended, and what went from lane to lane. Imports ``lang``, ``model`` and this folder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from ..lang import Catalogue
from ..lang.plain import clean, ems
from ..model import Instant, InstantKind, Outcome, Task, TaskKind, Trace
from . import labels
from .facts import STOPS, Facts
from .lanes import lane_of
from .layout import LETTERS, MARK
from .scene import Arrow, End, Lane, Role
from .window import View

MARKS_PER_BAND: Final = 120
"""Failures closer together than this part of the axis share a mark in a group's lane; the lane's text counts them all."""
MOST_HANDED: Final = 24
"""More arrows than these, and none is drawn: they would hide what they join."""
_BAD: Final = (Outcome.RAISED, Outcome.CANCELLED)


@dataclass(frozen=True, slots=True)
class LaneEnds:
    """The ends that a lane may show, whatever part of the axis does.

    Attributes:
        own: those with a text, in order of time.
        following: for each of them when the next begins on the same lane, ``None`` where nothing does.
        small: failures and cancellations without a text, for a lane that shows shares; the same.
        last: the end of a worker itself, which may have come with its last job's.
        thins: it stands for many tasks or calls, of which only ``small`` shows where they are too many for bars.
    """

    own: tuple[End, ...] = ()
    following: tuple[int | None, ...] = ()
    small: tuple[End, ...] = ()
    last: End | None = None
    thins: bool = False


def lane_ends(words: Catalogue, facts: Facts, found: Sequence[Lane]) -> tuple[LaneEnds, ...]:
    """Return how the task of every lane ended; of a group, and of jobs, when they failed or were cancelled."""
    return tuple(_of_lane(words, facts, number, lane) for number, lane in enumerate(found))


def _of_lane(words: Catalogue, facts: Facts, number: int, lane: Lane) -> LaneEnds:
    trace = facts.trace
    if lane.many:
        return LaneEnds(small=_small_ends(trace, number, (*lane.tasks, *lane.inner)), thins=True)
    first = trace.tasks[lane.tasks[0]]
    if lane.role is Role.WORKER:
        own = next(_of_worker(words, trace, number, first, facts.asked), None)
        jobs = list(_of_jobs(words, trace, number, lane))
        small = _small_ends(trace, number, lane.inner)
        if own is not None:  # what ended with its worker needs no mark of its own
            jobs = [(end, following) for end, following in jobs if end.t_ns < own.t_ns]
            small = tuple(end for end in small if end.t_ns < own.t_ns)
        return LaneEnds(tuple(end for end, _ in jobs), tuple(following for _, following in jobs), small, own, thins=True)
    ends = tuple(_of_pool(words, trace, number, first)) if lane.role is Role.POOL else (_end(words, trace, number, first, facts.asked),)
    return LaneEnds(ends, (None,) * len(ends))


def ends(known: Sequence[LaneEnds], banded: Set[int], view: View) -> tuple[End, ...]:
    """Return the ends that show.

    ``banded`` lanes show shares instead of bars, and no texts of jobs; a text between two bars that has no room is left out.
    """
    out: list[End] = []
    for number, lane in enumerate(known):
        if lane.thins and number in banded:
            jobs = _thinned(lane.small, view)
        else:
            jobs = [_told(end, following, view) for end, following in zip(lane.own, lane.following, strict=True)]
        if lane.last is not None:
            killing = jobs and not _fits(jobs[-1].text, view.width(lane.last.t_ns - jobs[-1].t_ns))
            jobs = jobs if killing else [*jobs, lane.last]  # an error that ended the worker too is told once
        out += (end for end in jobs if view.window.holds(end.t_ns))
    return tuple(out)


def _told(end: End, following: int | None, view: View) -> End:
    """Leave a text out that would stand on the next bar."""
    if following is None or _fits(end.text, view.width(following - end.t_ns)):
        return end
    return replace(end, text="")


def _end(words: Catalogue, trace: Trace, lane: int, task: Task, asked: Mapping[int | None, Instant]) -> End:
    text = ""
    if task.outcome is Outcome.RAISED:
        text = labels.failure(words, task)
    elif task.outcome is Outcome.CANCELLED:
        text = stopped(words, trace, task, asked.get(task.id))
    t_ns = trace.end_ns_of(task.id)
    return End(lane=lane, t_ns=t_ns, outcome=task.outcome, text=text)


def stopped(words: Catalogue, trace: Trace, task: Task, asked: Instant | None) -> str:
    """Say who ended a task that was cancelled or killed, and how; ``""`` where nobody knows."""
    if asked is not None and asked.kind is InstantKind.KILLED:
        return clean(labels.killer(words, trace, asked), 40)
    if asked is not None:
        return clean(labels.canceller(words, trace, asked), 40)
    return labels.exit_text(words, task.exit_code) if task.exit_code else ""


def _of_worker(words: Catalogue, trace: Trace, lane: int, worker: Task, asked: Mapping[int | None, Instant]) -> Iterator[End]:
    """Yield a worker's end where it is worth a mark: not where it simply had no more to do, or went with its pool."""
    pool = None if worker.pool is None else trace.tasks[worker.pool]
    dismissed = worker.outcome is Outcome.CANCELLED and pool is not None and pool.ended_ns is not None
    if worker.outcome in _BAD and not dismissed:
        yield _end(words, trace, lane, worker, asked)


def _of_pool(words: Catalogue, trace: Trace, lane: int, pool: Task) -> Iterator[End]:
    if pool.outcome is Outcome.RAISED:
        yield _end(words, trace, lane, pool, {})
    elif pool.outcome is Outcome.UNFINISHED:
        left = any(instant.kind is InstantKind.NOT_CLOSED and instant.task == pool.id for instant in trace.instants)
        yield End(lane=lane, t_ns=trace.end_ns, outcome=pool.outcome, text=words.gettext("not closed") if left else "")


def _of_jobs(words: Catalogue, trace: Trace, number: int, lane: Lane) -> Iterator[tuple[End, int | None]]:
    """Yield the jobs that did not return, on their worker's lane, and when the next one there begins."""
    worker = trace.tasks[lane.tasks[0]]
    gone = trace.end_ns if worker.ended_ns is None else worker.ended_ns
    jobs = sorted((job for job in map(trace.tasks.__getitem__, lane.inner) if job.kind is TaskKind.JOB), key=lambda job: job.begun_ns or 0)
    begins = [job.begun_ns for job in jobs[1:]]
    for job, following in zip_longest(jobs, begins):
        if job.outcome is not Outcome.RETURNED:
            end = gone if job.ended_ns is None else job.ended_ns
            text = labels.failure(words, job) if job.outcome is Outcome.RAISED else ""
            yield End(lane=number, t_ns=end, outcome=job.outcome, text=text), following


def _fits(text: str, room: float) -> bool:
    return ems(text, bold=True) * LETTERS.end + 1.5 * MARK <= room


def _small_ends(trace: Trace, number: int, tasks: Sequence[int]) -> tuple[End, ...]:
    found = (task for task in map(trace.tasks.__getitem__, tasks) if task.ended_ns is not None and task.outcome in _BAD)
    marks = [End(lane=number, t_ns=task.ended_ns or 0, outcome=task.outcome, small=True) for task in found if not _is_part(trace, task)]
    return tuple(sorted(marks, key=lambda end: (end.t_ns, end.outcome)))


def _thinned(small: Sequence[End], view: View) -> list[End]:
    """Return one mark for those of one kind that stand too near to each other."""
    bucket = max(1, view.window.span_ns // MARKS_PER_BAND)
    low = bisect_left(small, view.window.start_ns, key=lambda end: end.t_ns)
    high = bisect_right(small, view.window.end_ns, key=lambda end: end.t_ns)
    marks: dict[tuple[str, int], End] = {}
    for end in small[low:high]:
        marks.setdefault((end.outcome, end.t_ns // bucket), end)
    return list(marks.values())


def _is_part(trace: Trace, worker: Task) -> bool:
    """Whether a worker ended with its pool."""
    return worker.kind is TaskKind.WORKER and worker.pool is not None and trace.tasks[worker.pool].ended_ns is not None


def arrows(trace: Trace, found: Sequence[Lane]) -> tuple[Arrow, ...]:
    """Return who asked whom to stop, and how calls went to workers and results came back, where the two have different lanes."""
    at = lane_of(found)
    handed = list(_handed(trace, found, at))
    return (*_stops(trace, at), *(handed if len(handed) <= MOST_HANDED else ()))


def _stops(trace: Trace, at: Mapping[int, int]) -> Iterator[Arrow]:
    for instant in trace.instants:
        if instant.kind in STOPS and instant.by is not None and instant.task is not None:
            source, target = at.get(instant.by), at.get(instant.task)
            aside = instant.text == "timeout" or (instant.text == "TaskGroup" and trace.tasks[instant.by].parent == instant.task)
            if (
                source is not None and target is not None and source != target and not aside
            ):  # nobody's line asked: a timer did, or a group stopped its owner's own waiting
                yield Arrow(t_ns=instant.t_ns, source=source, target=target, end_ns=instant.t_ns)


def _handed(trace: Trace, found: Sequence[Lane], at: Mapping[int, int]) -> Iterator[Arrow]:
    """Yield, for each worker and submitter, the way of the first call there and of the last result back: all would be a thicket."""
    for number, lane in enumerate(found):
        if lane.role is not Role.WORKER:
            continue
        by: defaultdict[int, list[Task]] = defaultdict(list)
        for job in map(trace.tasks.__getitem__, lane.inner):
            if job.kind is TaskKind.JOB and job.parent is not None and job.parent in at and job.begun_ns is not None:
                by[at[job.parent]].append(job)
        for source, jobs in by.items():
            first = min(jobs, key=lambda job: job.begun_ns or 0)
            yield Arrow(t_ns=first.created_ns, source=source, target=number, end_ns=first.begun_ns or 0, kind="handed")
            if ways := list(_ways_back(trace, jobs)):
                back, ended = max(ways)
                yield Arrow(t_ns=min(ended, back), source=number, target=source, end_ns=back, kind="handed")


def _ways_back(trace: Trace, jobs: Sequence[Task]) -> Iterator[tuple[int, int]]:
    """Yield when results were back and when their calls had ended, where somebody was still there to take them."""
    for job in jobs:
        gone = None if job.parent is None else trace.tasks[job.parent].ended_ns
        if job.delivered_ns is not None and job.ended_ns is not None and (gone is None or job.delivered_ns <= gone):
            yield job.delivered_ns, job.ended_ns
