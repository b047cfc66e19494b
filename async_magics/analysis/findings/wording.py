"""What the rules about threads, pools and processes call things. Imports ``model`` and this folder only."""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Outcome, Task, Trace
from .rows import INTERRUPTS


def function_of(task: Task, otherwise: str = "f") -> str:
    """Return the name of a task's function as its author wrote it."""
    return task.function.rpartition("<locals>.")[2] or otherwise


def names_of(tasks: Iterable[Task]) -> tuple[str, ...]:
    """Return the tasks' names, each once."""
    return tuple(dict.fromkeys(task.name.strip() or "—" for task in tasks))


def endless(task: Task) -> bool:
    """Whether a task runs what is meant to run for ever, by its name: ``serve_forever``, ``run_forever``."""
    return function_of(task).rpartition(".")[2].endswith("_forever")


def outlives_cell(trace: Trace, task: Task, slack_ns: int) -> bool:
    """Whether a task went on for more than that after the cell, though nothing says that it is meant to run for ever."""
    if task.older or trace.cell_end_ns is None or endless(task):
        return False
    return task.ended_ns is None or task.ended_ns > trace.cell_end_ns + slack_ns


def kind_of(pool: Task) -> str:
    """Return the name of a pool's class: ``Pool`` for ``Pool(5)``."""
    return pool.name.partition("(")[0]


def interrupted(trace: Trace) -> bool:
    """Whether somebody stopped the cell, so that nothing that comes late in it was reached."""
    return any(cell.outcome is Outcome.CANCELLED or cell.exception in INTERRUPTS for cell in trace.tasks[:1])
