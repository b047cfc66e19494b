"""Tells what a trace says about a task as a list of short lines, so that a program's schedule can be compared with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

from async_magics.api import Recording, trace
from async_magics.model import Cause, InstantKind, Slice, State, TaskKind, Task, Trace, Wait


def record(main: Callable[[], Coroutine[Any, Any, Any]], *, raises: type[BaseException] | None = None, **options: Any) -> Recording:
    """Run a coroutine function with ``asyncio.run`` and return its recording."""
    recording = trace("program", **options)
    with recording:
        try:
            asyncio.run(main())
        except BaseException as error:
            if raises is None or not isinstance(error, raises):
                raise
    return recording


def named(found: Trace, name: str) -> Task:
    """Return the one task of that name."""
    (task,) = [task for task in found.tasks if task.name == name]
    return task


def story(found: Trace, name: str) -> list[str]:
    """Return what a task did, in order: ``ready: spawn by main``, ``run``, ``wait: sleep``, …, ``returned``."""
    task = named(found, name)
    lines = [_line(found, piece) for piece in found.slices.of(task.id)]
    return [*lines, task.outcome.value if task.exception is None else f"{task.outcome.value} {task.exception}"]


def _line(found: Trace, piece: Slice) -> str:
    if piece.state is State.RUNNING:
        return "run"
    if piece.state is State.WAITING:
        assert piece.wait is not None
        return f"wait: {wait(found, piece.wait)}"
    by = "" if piece.waker is None or piece.cause in (Cause.ITSELF,) else f" by {found.tasks[piece.waker].name}"
    where = "" if piece.location is None else f" ({piece.location.text})"
    return f"ready: {piece.cause.name.lower()}{by}{where}"


def wait(found: Trace, what: Wait) -> str:
    """Return a wait in short: ``sleep 10 ms``, ``gather 2 [a, b]``, ``Lock``."""
    parts: list[str] = [what.kind.value]
    if what.delay_ns is not None:
        parts.append(f"{what.delay_ns / 1e6:g} ms")
    if what.count is not None:
        parts.append(str(what.count))
    if what.name:
        parts.append(what.name)
    if what.targets:
        parts.append("[" + ", ".join(sorted(found.tasks[target].name for target in what.targets)) + "]")
    return " ".join(parts)


def instants(found: Trace, kind: InstantKind) -> list[tuple[str, str, str]]:
    """Return ``(task, by whom or what, line)`` of every instant of a kind."""
    return [
        (
            "" if item.task is None else found.tasks[item.task].name,
            found.tasks[item.by].name if item.by is not None else item.text or item.cause.name.lower(),
            item.location.text if item.location is not None else "",
        )
        for item in found.instants
        if item.kind is kind
    ]


def check(found: Trace) -> None:
    """Assert what holds for every trace: slices tile each life and never overlap; one task runs at a time on a thread."""
    assert found.problems == ()
    for task in found.tasks:
        pieces = found.slices.of(task.id)
        assert all(piece.start_ns < piece.end_ns for piece in pieces), task
        for before, after in pairwise(pieces):
            assert before.end_ns == after.start_ns, (task, before, after)
        if pieces and task.id:
            assert pieces[0].start_ns == task.created_ns, task
            assert pieces[-1].end_ns == (found.end_ns if task.ended_ns is None else task.ended_ns), task
    by_thread: dict[int | None, list[tuple[int, int]]] = {}
    for piece in found.slices:
        if piece.state is State.RUNNING and found.tasks[piece.task].kind is not TaskKind.WORKER:  # which runs while its job does
            thread = found.tracks[found.tasks[piece.task].track].tid
            by_thread.setdefault(thread, []).append((piece.start_ns, piece.end_ns))
    for intervals in by_thread.values():
        intervals.sort()
        for first, second in pairwise(intervals):
            assert first[1] <= second[0], (first, second)
