"""When tasks were at work, and which task somebody means. Imports ``errors``, ``model``, ``analysis`` and ``views.labels``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Final

from ..analysis.phrases import Number, Phrase, listed
from ..analysis.stats import works_of
from ..errors import GradingError
from ..lang import detect, marked, translation
from ..model import SliceTable, State, Task, TaskKind, Trace, WaitKind
from ..views.labels import call_of, function_of, task_name

QUEUES: Final = frozenset((WaitKind.SEMAPHORE, WaitKind.LOCK))
"""Who waits for one of these has not got its turn yet."""
_SHOWN: Final = 12


def found(trace: Trace, asked: str) -> list[Task]:
    """Return the tasks that somebody means: by name; where none is called so, by function or by call (``fetch``, ``fetch(1)``)."""
    works = works_of(trace)
    named = [task for task in works if task.name == asked]
    meant = named or [
        task for task in works if asked in (function_of(task), function_of(task).rpartition(".")[2], call_of(task), task.function)
    ]
    return [task for task in meant if task.kind is not TaskKind.CALL] or meant


def one(trace: Trace, asked: str, nth: int | None) -> Task:
    """Return the one task that somebody means.

    Raises:
        GradingError: there is none, or there are several; with what there is.
    """
    __tracebackhide__ = True
    tasks = found(trace, asked)
    words = translation(detect())
    if not tasks:
        there = [f"{task_name(task)} {call_of(task)}".strip() for task in works_of(trace)]
        text = words.gettext("there is no task {name!r}; there are: {tasks}")
        raise GradingError(text.format(name=asked, tasks=listed(words, tuple(there), _SHOWN) or "—"))
    if nth is not None and -len(tasks) <= nth < len(tasks):
        return tasks[nth]
    if nth is None and len(tasks) == 1:
        return tasks[0]
    calls = listed(words, tuple(call_of(task) or task_name(task) for task in tasks), _SHOWN)
    text = words.ngettext("there is {n} task {name!r}: {tasks}", "there are {n} tasks {name!r}: {tasks}", len(tasks))
    hint = words.gettext("say which, as in task({call!r}) or task({name!r}, 0)")
    told = text.format(n=len(tasks), name=asked, tasks=calls)
    raise GradingError(f"{told}; {hint.format(call=call_of(tasks[0]) or asked, name=asked)}")


def begin(task: Task) -> int:
    """Return when the task began to run; where that is not known, when it was created."""
    return task.created_ns if task.begun_ns is None else task.begun_ns


def at_work(trace: Trace, tasks: Sequence[Task]) -> list[tuple[int, int]]:
    """Return when each of the tasks was at work: from its first step to its end, but for the time in which it queued for its turn."""
    table = trace.slices
    queues = {number for number, wait in enumerate(table.waits) if wait.kind in QUEUES}
    rows: dict[int, list[int]] = {task.id: [] for task in tasks}
    for row, owner in enumerate(table.task):
        if owner in rows:
            rows[owner].append(row)
    spans: list[tuple[int, int]] = []
    for task in tasks:
        spans += [(table.start_ns[row], table.end_ns[row]) for row in _with_turn(table, rows[task.id], queues)]
    return spans + [(begin(task), trace.end_ns_of(task.id)) for task in tasks if not rows[task.id] and task.begun_ns is not None]


def _with_turn(table: SliceTable, rows: Sequence[int], queues: Set[int]) -> Iterator[int]:
    """Yield the slices in which a task is neither waiting for its first step, nor queueing, nor asking for its first turn."""
    away, asked = True, False
    for position, row in enumerate(rows):
        queues_next = position + 1 < len(rows) and table.wait[rows[position + 1]] in queues
        if table.state[row] != State.RUNNABLE:
            away = table.wait[row] in queues or (queues_next and not asked and table.state[row] == State.RUNNING)
            asked = True
        if not away:
            yield row


def moment(trace: Trace, t_ns: int) -> Number:
    """Return a moment in seconds, with the decimals that the length of the trace calls for."""
    decimals = 2 if trace.end_ns >= 1_000_000_000 else 3 if trace.end_ns >= 100_000_000 else 5
    return Number(t_ns / 1e9, decimals)


def never_began(task: Task) -> Phrase:
    """Say that a task never began."""
    return Phrase(marked("{task} never began"), {"task": said(task)})


def said(task: Task) -> str:
    """Return what a task is called in a sentence: its name, or its call where the name says nothing."""
    call = call_of(task)
    generic = task.name.startswith(("Task-", "Thread-", "Process-")) or task.name == task.function
    return call if call and generic else task_name(task)
