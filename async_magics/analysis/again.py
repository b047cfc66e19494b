"""A task, found again: ids are places in a trace, and are given anew whenever more was recorded. Imports ``errors`` and ``model``."""

from __future__ import annotations

from ..errors import OptionError
from ..model import Task, Trace


def numbered(trace: Trace, number: int) -> Task:
    """Return the task that has an id.

    Raises:
        OptionError: none has.
    """
    if not 0 <= number < len(trace.tasks):
        raise OptionError(f"there is no task number {number}: ids go from 0 to {len(trace.tasks) - 1}")
    return trace.tasks[number]


def again(trace: Trace, task: Task) -> int | None:
    """Return the id of a task in a later trace of the same recording, ``None`` where it is not there."""
    alike = [one for one in trace.tasks if (one.kind, one.function) == (task.kind, task.function)]
    found = [one for one in alike if one.created_ns == task.created_ns] or [one for one in alike if one.name == task.name]
    return max(found, key=lambda one: _likeness(one, task)).id if found else None


def _likeness(one: Task, task: Task) -> tuple[bool, bool, bool, int]:
    """Return what tells tasks apart that were created at once, as the calls of a map are; any of it may have been learnt since."""
    return one.name == task.name, one.arguments == task.arguments, one.begun_ns == task.begun_ns, -abs(one.id - task.id)
