"""What a program left behind: tasks, pools, processes, coroutines. Imports ``analysis``, ``model`` and ``lives``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..analysis.phrases import Names, Phrase
from ..analysis.stats import unfinished, works_of
from ..lang import marked
from ..model import Cause, Instant, InstantKind, Outcome, Task, TaskKind, Trace
from ..views.labels import task_name
from .lives import said

_TOLD: Final = {
    InstantKind.NEVER_AWAITED: marked("a coroutine was never awaited: {names}"),
    InstantKind.NEVER_RETRIEVED: marked("an exception was never looked at: {names}"),
    InstantKind.DESTROYED: marked("a task was destroyed while it was pending: {names}"),
    InstantKind.NEVER_BEGUN: marked("no worker began these calls: {names}"),
    InstantKind.NOT_CLOSED: marked("a pool was not closed: {names}"),
}
_CLOSES_GENERATOR: Final = "async_generator_athrow"
"""The loop makes such a task by itself for an asynchronous generator that was left before its end."""
_ON_PURPOSE: Final = frozenset(("timeout", "TaskGroup"))


def leaks(trace: Trace) -> Iterator[Phrase]:
    """Yield a sentence for each kind of thing that was left behind."""
    left = _left(trace)
    if left:
        yield Phrase(marked("still going on when the code had ended: {names}"), {"names": _names(left)})
    ended = [task for task in _cut_off(trace) if task not in left]
    if ended:
        yield Phrase(marked("nobody waited for it, and it was cancelled when its loop ended: {names}"), {"names": _names(ended)})
    for kind, text in _TOLD.items():
        found = dict.fromkeys(_subject(trace, instant) for instant in trace.instants if instant.kind is kind)
        if found:
            yield Phrase(text, {"names": Names(tuple(found))})


def _left(trace: Trace) -> list[Task]:
    """Return what was still to come to an end when the code had, whether it did so later or not."""
    pending = {task.id for task in unfinished(trace)}
    ended = trace.code_ns
    works = [task for task in works_of(trace) if not task.older and task.kind is not TaskKind.GENERATOR]
    return [task for task in works if task.function != _CLOSES_GENERATOR and (task.id in pending or (task.ended_ns or 0) > ended)]


def _cut_off(trace: Trace) -> list[Task]:
    """Return the tasks that ``asyncio.run`` cancelled because they had outlived the one that it ran."""
    asked = (instant for instant in trace.instants if instant.kind is InstantKind.CANCEL_REQUESTED)
    found = {instant.task: None for instant in asked if instant.task is not None and _by_runner(trace, instant)}
    cut = [trace.tasks[task] for task in found]
    return [task for task in cut if task.outcome is Outcome.CANCELLED and task.function != _CLOSES_GENERATOR]


def _by_runner(trace: Trace, asked: Instant) -> bool:
    """Whether nobody in the program asked: no task and no timer, and the task it descends from had ended."""
    if asked.by is not None or asked.text in _ON_PURPOSE or asked.cause is Cause.TIMER or asked.task is None:
        return False
    above = trace.tasks[asked.task].parent
    while above is not None and trace.tasks[above].kind is TaskKind.ASYNCIO:
        ended = trace.tasks[above].ended_ns
        if ended is not None and ended <= asked.t_ns:
            return True
        above = trace.tasks[above].parent
    return False


def _subject(trace: Trace, instant: Instant) -> str:
    if instant.text:
        return instant.text
    return "?" if instant.task is None else task_name(trace.tasks[instant.task])


def _names(tasks: list[Task]) -> Names:
    return Names(tuple(said(task) for task in tasks))
