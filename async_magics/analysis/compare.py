"""Figures of several traces side by side, and of repeated runs of the same code. Imports ``model`` and this folder only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..model import Outcome, Trace
from .stats import ALIVE, Stats, stats

SAME: Final = 0.05
"""Times that differ by less than this share are said to be the same: a run differs by as much from the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long repeated runs of the same code took, each from the beginning of its recording to the last moment recorded.

    Runs that failed do not count.

    Attributes:
        count: how many runs came to their end.
        least_ns, most_ns: the shortest and the longest.
        median_ns: the one in the middle; of an even number, the shorter of the two there.
    """

    count: int
    least_ns: int
    median_ns: int
    most_ns: int

    @property
    def width_ns(self) -> int:
        """From the shortest to the longest."""
        return self.most_ns - self.least_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The figures of one of several traces.

    Attributes:
        name, title: as in the trace.
        wall_ns: from the beginning of the recording to the last moment recorded, so to the end of the last task.
        cell_ns: from the beginning of the recording to the end of the traced code; ``None`` while it runs.
        speed_up: ``wall_ns`` of the first trace divided by this one's: 2.0 is twice as fast. ``None`` where one of them is 0, or
            either failed, since work was left undone.
        tasks: number of tasks; the cell itself, pools and their workers not counted.
        mean_concurrency, max_concurrency: how many tasks were at work at once, as in ``Stats``.
        cpu_ns: CPU time used meanwhile by this process and those of its children that are over; ``None``: not measured.
        cores_busy: ``cpu_ns`` divided by ``wall_ns``.
        loop_busy: share of ``wall_ns``, 0 to 1, in which some task ran on the busiest loop; ``None`` where no loop ran tasks.
        stats: all figures.
        failed: the traced code raised an exception.
        spread: of repeated runs, this trace's among them; ``None`` where it ran once.
    """

    name: str
    title: str
    wall_ns: int
    cell_ns: int | None
    speed_up: float | None
    tasks: int
    mean_concurrency: float
    max_concurrency: int
    cpu_ns: int | None
    cores_busy: float | None
    loop_busy: float | None
    stats: Stats = field(repr=False)
    failed: bool = False
    spread: Spread | None = None


def compared(traces: Sequence[Trace]) -> tuple[Compared, ...]:
    """Return the figures of each trace, and how much faster it was than the first."""
    return tuple(_compared(trace, traces[0]) for trace in traces)


def _compared(trace: Trace, first: Trace) -> Compared:
    found = stats(trace)
    return Compared(
        name=trace.name,
        title=trace.title,
        wall_ns=found.wall_ns,
        cell_ns=found.cell_ns,
        speed_up=_speed_up(trace, first),
        tasks=found.tasks,
        mean_concurrency=found.mean_concurrency,
        max_concurrency=found.max_concurrency,
        cpu_ns=trace.cpu_ns,
        cores_busy=found.cores_busy,
        loop_busy=found.utilisation if any(found.counts.get(kind) for kind in ALIVE) else None,
        stats=found,
        failed=failed(trace),
        spread=spread(trace),
    )


def _speed_up(trace: Trace, first: Trace) -> float | None:
    if not trace.end_ns or not first.end_ns or failed(trace) or failed(first):
        return None
    return first.end_ns / trace.end_ns


def failed(trace: Trace) -> bool:
    """Whether the traced code raised an exception, so that work was left undone."""
    return bool(trace.tasks) and trace.tasks[0].outcome is Outcome.RAISED


def spread(trace: Trace) -> Spread | None:
    """Return how far the runs of the same code differ; ``None`` where it ran once, or none came to its end."""
    if not trace.runs_ns:
        return None
    runs = sorted(trace.runs_ns)
    return Spread(count=len(runs), least_ns=runs[0], median_ns=runs[(len(runs) - 1) // 2], most_ns=runs[-1])


def typical(runs: Sequence[Trace]) -> int:
    """Return the number of the run of middle length, of the shorter one where two are in the middle.

    The last run, if it failed: it is the one that the user's traceback is about.
    """
    complete = [number for number, run in enumerate(runs) if not failed(run)]
    if not complete or failed(runs[-1]):
        return len(runs) - 1
    return sorted(complete, key=lambda number: runs[number].end_ns)[(len(complete) - 1) // 2]


def among(trace: Trace, runs: Sequence[Trace]) -> Trace:
    """Return a run that knows how long all runs took."""
    return replace(trace, runs_ns=tuple(run.end_ns for run in runs if not failed(run))) if len(runs) > 1 else trace
