"""The vocabulary of the critical path: one part of it, and why it stands there. Imports ``model`` only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from ..model import Location, State, Trace, Wait
from ..model.slices import NONE


class Why(StrEnum):
    """Why a stretch of time belongs to the path."""

    RAN = "ran"  #: its own code ran, and what comes next had to wait for it
    LOOP_BUSY = "loop busy"  #: it ran on the loop while the task that the path goes on with was ready
    WORKER_BUSY = "worker busy"  #: it ran on the worker that the next job had to wait for
    READY = "ready"  #: the task was ready, or about to be told, and nobody was seen to run on its loop: the loop's own work
    STARTED = "started"  #: a process, thread or worker started up
    QUEUED = "queued"  #: handed to a pool, and no worker had begun it
    RESULT = "result"  #: it was over, and whoever waited for it did not know yet
    TIMER = "timer"  #: it waited for a time to pass
    TIMEOUT = "timeout"  #: it waited for something else until the time was up
    IO = "io"  #: it waited for a file descriptor
    THREAD = "thread"  #: it waited for another thread, which is not in the trace
    UNKNOWN = "unknown"  #: the trace does not tell


PathRow: TypeAlias = tuple[int, int, int, int, Why]
"""``(task, start_ns, end_ns, row of Trace.slices or NONE, why)``: a step while there may be a million of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One stretch of the path, on one task.

    Attributes:
        task: id of the task.
        start_ns, end_ns: half-open interval; the next step begins where this one ends.
        state: what the task did; ``None`` where no slice tells.
        wait: what it waited for, while it waited.
        location: its line: where it ran longest, when sampled; where it waited, the innermost line of the user's.
        why: why it is on the path.
    """

    task: int
    start_ns: int
    end_ns: int
    state: State | None
    wait: Wait | None
    location: Location | None
    why: Why

    @property
    def duration_ns(self) -> int:
        """Length, in nanoseconds."""
        return self.end_ns - self.start_ns


def step_of(trace: Trace, found: PathRow) -> PathStep:
    """Return a row of the path as an object."""
    task, start_ns, end_ns, row, why = found
    state, wait, location = what_of(trace, row)
    return PathStep(task=task, start_ns=start_ns, end_ns=end_ns, state=state, wait=wait, location=location, why=why)


def what_of(trace: Trace, row: int) -> tuple[State | None, Wait | None, Location | None]:
    """Return state, wait and line of a row of ``Trace.slices``; nothing for ``NONE``."""
    if row == NONE:
        return None, None, None
    table = trace.slices
    state = State(table.state[row])
    if state is State.WAITING:
        wait = None if table.wait[row] == NONE else table.waits[table.wait[row]]
        return state, wait, None if wait is None else own_line(wait.chain)
    place = table.location[row] if state is State.RUNNING else NONE
    return state, None, None if place == NONE else table.locations[place]


_LIBRARY: Final = ("/asyncio/", "\\asyncio\\")


def own_line(chain: tuple[Location, ...]) -> Location | None:
    """Return the innermost line of an await chain that is not asyncio's own."""
    for place in reversed(chain):
        if not any(part in place.file for part in _LIBRARY) and not place.file.startswith("asyncio/"):
            return place
    return None
