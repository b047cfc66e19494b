"""Where in its code a task stands, as far as a trace tells. Imports ``model`` and this folder; never numpy.

A wait names its line. Between two waits a task is somewhere after the line at which it was resumed; what it created, printed
callouts of, or was seen at meanwhile tells more. Where nothing tells, there is no line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from ..model import Location, State, Trace, Wait
from .moments import NONE, Did, Moment
from .phrases import CELL_FILE

_EARLIER: Final = "In["
"""How files of earlier cells begin."""


class How(StrEnum):
    """What is known about the line."""

    WAITS = "waits"  #: it waits there
    RESUMED = "resumed"  #: it went on, or will go on, after that line
    SEEN = "seen"  #: it was seen there since then
    BEGINS = "begins"  #: its code begins there


class Stand(NamedTuple):
    """A line, and what is known about it."""

    place: Location
    how: How


class Lines:
    """Finds where tasks stand.

    Args:
        trace: what happened.
        steps: the moments of its replay.
    """

    def __init__(self, trace: Trace, steps: Sequence[Moment]) -> None:
        self._trace = trace
        self._waits: dict[int, Location | None] = {}
        self._seen: defaultdict[int, list[int]] = defaultdict(list)
        self._places: defaultdict[int, list[Location]] = defaultdict(list)
        for step, (_t_ns, did, item, task) in enumerate(steps):
            if did == Did.CREATED:
                parent, place = trace.tasks[task].parent, trace.tasks[task].created_at
                self._note(step, NONE if parent is None else parent, place)
            elif did == Did.SAID:
                self._note(step, task, trace.instants[item].location)

    def _note(self, step: int, task: int, place: Location | None) -> None:
        if task != NONE and place is not None and place.file == CELL_FILE:
            self._seen[task].append(step)
            self._places[task].append(place)

    def seen(self) -> list[tuple[int, int, Location]]:
        """Return ``(step, task, line)`` of every line at which a task was seen to do something."""
        return sorted((step, task, place) for task in self._seen for step, place in zip(self._seen[task], self._places[task], strict=True))

    def at(self, task: int, row: int, since: int, step: int) -> Stand | None:
        """Return where a task stands that is in a slice.

        Args:
            task: its id.
            row: the slice's.
            since: the step at which that slice began.
            step: the step asked for.
        """
        table = self._trace.slices
        if table.state[row] == State.WAITING:
            return self._waiting(row)
        if table.state[row] == State.RUNNING:
            at = table.location[row]
            if at != NONE and _own(table.locations[at]):
                return Stand(table.locations[at], How.SEEN)
            found = bisect_right(self._seen.get(task, ()), step) - 1
            if found >= 0 and self._seen[task][found] > since:
                return Stand(self._places[task][found], How.SEEN)
        return self._before(task, row)

    def _waiting(self, row: int) -> Stand | None:
        place = self.of_wait(self._trace.slices.wait[row])
        return None if place is None else Stand(place, How.WAITS)

    def _before(self, task: int, row: int) -> Stand | None:
        """Return the line of the wait before a step, or where the task's code begins."""
        table = self._trace.slices
        before = row - 1
        while before >= 0 and table.task[before] == task and table.state[before] == State.RUNNABLE:
            before -= 1
        if before < 0 or table.task[before] != task:
            place = self._trace.tasks[task].defined_at
            return None if place is None or not _own(place) else Stand(place, How.BEGINS)
        if table.state[before] != State.WAITING:
            return None
        found = self.of_wait(table.wait[before])
        return None if found is None else Stand(found, How.RESUMED)

    def of_wait(self, number: int) -> Location | None:
        """Return the line of a wait of that number: the innermost in the traced cell, else in an earlier one."""
        if number not in self._waits:
            self._waits[number] = None if number == NONE else _innermost(self._trace.slices.waits[number])
        return self._waits[number]


def _own(place: Location) -> bool:
    return place.file == CELL_FILE or place.file.startswith(_EARLIER)


def _innermost(wait: Wait) -> Location | None:
    inside = [place for place in wait.chain if place.file == CELL_FILE] or [place for place in wait.chain if _own(place)]
    return inside[-1] if inside else None
