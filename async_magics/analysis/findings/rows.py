"""What many rules ask of a trace. Imports ``lang``, ``model`` and ``analysis`` only."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from ...lang import marked
from ...model import InstantKind, Location, State, Task, TaskKind, Trace, Wait
from ..phrases import CELL_FILE, Names, Phrase

_NUMBERED: Final = re.compile(r"Task-\d+|Task")
_BURST_NS: Final = 20_000_000
_LIBRARY: Final = re.compile(r"site-packages|[/\\]asyncio[/\\]\w+\.py$|^<frozen ")
INTERRUPTS: Final = frozenset(("KeyboardInterrupt", "CancelledError"))
"""How a cell ends whose reader has lost patience."""

Piece = tuple[int, int, Wait]
"""Start, end and kind of one wait."""


def who(task: Task) -> str | Phrase:
    """Return what a task is called in a sentence: its name where somebody gave it one, else its call."""
    if task.kind is TaskKind.CELL:
        return Phrase(marked("the cell"))
    if task.function and _NUMBERED.fullmatch(task.name):
        return task.call.rpartition("<locals>.")[2]
    return task.name


def names(trace: Trace, tasks: Iterable[int], most: int = 3) -> Names:
    """Return the names of tasks, for a phrase."""
    return Names(called([trace.tasks[task] for task in tasks]), most)


def called(tasks: Sequence[Task]) -> tuple[str | Phrase, ...]:
    """Return what tasks are called in a sentence; by their names where several make the same call."""
    found = tuple(who(task) for task in tasks)
    if len(set(found)) == len(found):
        return found
    return tuple(who(task) if task.kind is TaskKind.CELL else task.name for task in tasks)


def waits(trace: Trace, wanted: Callable[[Wait], bool]) -> Iterator[tuple[int, Wait]]:
    """Yield row and wait of every slice whose wait is wanted; each different wait is asked about once."""
    table = trace.slices
    numbers = {number: wait for number, wait in enumerate(table.waits) if wanted(wait)}
    if numbers:
        for row, number in enumerate(table.wait):
            if number in numbers:
                yield row, numbers[number]


def pieces(trace: Trace, wanted: Callable[[Wait], bool]) -> dict[int, list[Piece]]:
    """Return the wanted waits of every task, in order of time."""
    found: defaultdict[int, list[Piece]] = defaultdict(list)
    table = trace.slices
    for row, wait in waits(trace, wanted):
        found[table.task[row]].append((table.start_ns[row], table.end_ns[row], wait))
    return found


def steps_of(trace: Trace, task: int) -> list[tuple[int, int]]:
    """Return when a task ran, in order of time."""
    table, running = trace.slices, State.RUNNING.value
    rows = range(bisect_left(table.task, task), bisect_right(table.task, task))
    return [(table.start_ns[row], table.end_ns[row]) for row in rows if table.state[row] == running]


def in_cell(chain: Sequence[Location]) -> Location | None:
    """Return the innermost line of a chain that is the cell's own; else the innermost that is no library's."""
    own = next((place for place in reversed(chain) if place.file == CELL_FILE), None)
    return own or next((place for place in reversed(chain) if not _LIBRARY.search(place.file)), None)


def interrupted_ns(trace: Trace) -> int | None:
    """Return when an interrupted cell was told to stop; ``None`` if it ended in another way."""
    cell = trace.tasks[0] if trace.tasks else None
    if cell is None or cell.exception not in INTERRUPTS or trace.cell_end_ns is None:
        return None
    asked = [
        instant
        for instant in trace.instants
        if instant.kind is InstantKind.CANCEL_REQUESTED and instant.by is None and not instant.text and instant.t_ns <= trace.cell_end_ns
    ]
    of_cell = [instant.t_ns for instant in asked if instant.task == 0]
    moment = trace.cell_end_ns
    for t_ns in sorted(of_cell[-1:] or [instant.t_ns for instant in asked], reverse=True):
        if moment - t_ns > _BURST_NS and moment < trace.cell_end_ns:
            break
        moment = t_ns  # one request makes others: a task passes it on to those for which it waits
    return moment
