"""The figures of each task as plain rows, for tables, data frames and files. Imports ``model`` and this folder only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from ..model import Location, Trace
from .stats import HOSTS, Stats


class StatsRow(TypedDict):
    """One task: who it is, and its ``TaskTime``. Times are nanoseconds.

    ``waits`` and ``wakes`` go by the words of ``WaitKind`` (``"sleep"``) and ``Cause`` (``"timer"``); ``longest_line`` is
    ``(file, line)``.
    """

    task: int
    name: str
    kind: str
    function: str
    arguments: str | None
    outcome: str
    created_ns: int
    ended_ns: int | None
    life_ns: int
    busy_ns: int
    ready_ns: int
    waiting_ns: int
    steps: int
    woken: int
    longest_ns: int
    longest_line: tuple[str, int] | None
    cpu_ns: int | None
    waits: dict[str, int]
    wakes: dict[str, int]


def stats_rows(trace: Trace, found: Stats) -> list[StatsRow]:
    """Return a row for the cell and for each task, by id; pools and workers, which only carry work, have none."""
    return list(_rows(trace, found))


def _rows(trace: Trace, found: Stats) -> Iterator[StatsRow]:
    for times in found.per_task:
        task = trace.tasks[times.task]
        if task.kind in HOSTS:
            continue
        yield StatsRow(
            task=task.id, name=task.name, kind=task.kind.value, function=task.function, arguments=task.arguments,
            outcome=task.outcome.value, created_ns=task.created_ns, ended_ns=task.ended_ns, life_ns=times.life_ns,
            busy_ns=times.busy_ns, ready_ns=times.ready_ns, waiting_ns=times.waiting_ns, steps=times.steps, woken=times.woken,
            longest_ns=times.longest_ns, longest_line=_line(times.longest_at), cpu_ns=times.cpu_ns,
            waits={kind.value: ns for kind, ns in times.waits.items()},
            wakes={cause.name.lower(): count for cause, count in times.wakes.items()},
        )  # fmt: skip


def _line(place: Location | None) -> tuple[str, int] | None:
    return None if place is None else (place.file, place.line)
