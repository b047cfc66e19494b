"""Two traces of what should be the same program, side by side: which task of the one is which of the other, and what changed.

Tasks are matched by what they are and do, never by id: those with the same name and call first, then those of the same function in the
order of their creation. Names that a runtime gives (``Task-7``) say nothing, as they go on counting. Imports ``model`` and ``stats``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from ..model import Task, Trace
from .stats import NO_WORK, stats
from .task_times import TaskTime

_GIVEN: Final = re.compile(r"(Task|Thread|Process|Greenlet|ForkPoolWorker|SpawnPoolWorker|Dummy)-\d.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Where the time of a task went in both traces; ``None`` where it is in one only."""

    label: str
    before: TaskTime | None
    after: TaskTime | None

    @property
    def change_ns(self) -> int:
        """How much longer it lived in the second trace; all its life where it is in one only."""
        return (self.after.life_ns if self.after else 0) - (self.before.life_ns if self.before else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two traces side by side.

    Attributes:
        before_ns, after_ns: their wall times.
        pairs: the tasks of both, in the order of their creation; those of one only come last.
    """

    before_ns: int
    after_ns: int
    pairs: tuple[Pair, ...]


def difference(before: Trace, after: Trace) -> Difference:
    """Return two traces side by side."""
    sides = [stats(before).per_task, stats(after).per_task]
    matches = _matches(_works(before), _works(after))
    pairs = [
        Pair(label=label_of(before.tasks[a]), before=sides[0][a], after=sides[1][b]) for a, b in sorted(matches.items())
    ]  # fmt: skip
    taken = set(matches.values())
    pairs += [Pair(label=label_of(task), before=sides[0][task.id], after=None) for task in _works(before) if task.id not in matches]
    pairs += [Pair(label=label_of(task), before=None, after=sides[1][task.id]) for task in _works(after) if task.id not in taken]
    return Difference(before_ns=before.end_ns, after_ns=after.end_ns, pairs=tuple(pairs))


def label_of(task: Task) -> str:
    """Return what a task is called here: the name that its author gave it, else its call."""
    if task.call and (not task.name or _GIVEN.fullmatch(task.name) or task.name == task.function):
        return task.call
    return f"{task.name} {task.call}".strip()


def _works(trace: Trace) -> list[Task]:
    return [task for task in trace.tasks if task.kind not in NO_WORK]


def _matches(before: list[Task], after: list[Task]) -> dict[int, int]:
    """Return the id in the second trace for each id in the first that has one: the surest matches first."""
    found: dict[int, int] = {}
    left_before, left_after = before, after
    for key in _KEYS:
        found |= _matched(left_before, left_after, key)
        taken = set(found.values())
        left_before = [task for task in left_before if task.id not in found]
        left_after = [task for task in left_after if task.id not in taken]
    return found


def _matched(before: Iterable[Task], after: Iterable[Task], key: Callable[[Task], Hashable]) -> dict[int, int]:
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for task in after:
        waiting[key(task)].append(task.id)
    found = {}
    for task in before:
        ids = waiting.get(key(task))
        if key(task) is not None and ids:
            found[task.id] = ids.pop(0)
    return found


def _own_name(task: Task) -> str | None:
    return None if not task.name or _GIVEN.fullmatch(task.name) else task.name


def _named_and_called(task: Task) -> Hashable:
    return (task.kind, _own_name(task), task.call)


def _named(task: Task) -> Hashable:
    name = _own_name(task)
    return None if name is None else (task.kind, name)


def _same_function(task: Task) -> Hashable:
    return (task.kind, task.function) if task.function else None


_KEYS: Final = (_named_and_called, _named, _same_function)
