"""A million slices in nine columns: the store behind ``Trace.slices``.

A ``Slice`` object is made when one is asked for; views read the columns themselves. Only the standard library here.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, overload

from .words import Cause, State

if TYPE_CHECKING:
    from .trace import Location, Slice, Wait

NONE = -1
"""Stands for "no task", "no wait", "no line", "CPU time unknown" in the columns."""


class SliceTable(Sequence["Slice"]):
    """Slices as columns, ordered by task and then by start.

    Attributes:
        task, start_ns, end_ns, state, wait, cause, waker, location, cpu_ns: arrays of equal length
            (``q`` or ``b`` or ``i``); ``wait`` and ``location`` are positions in ``waits`` and ``locations``.
        waits: the different waits, each once.
        locations: the different lines, each once.
    """

    COLUMNS: Final = ("task", "start_ns", "end_ns", "state", "wait", "cause", "waker", "location", "cpu_ns")
    """In the order in which ``add_rows`` takes them."""
    __slots__ = (
        "_location_ids", "_wait_ids", "cause", "cpu_ns", "end_ns", "location", "locations", "start_ns", "state", "task",
        "wait", "waits", "waker",
    )  # fmt: skip

    def __init__(self) -> None:
        self.task = array("q")
        self.start_ns = array("q")
        self.end_ns = array("q")
        self.state = array("b")
        self.wait = array("i")
        self.cause = array("b")
        self.waker = array("q")
        self.location = array("i")
        self.cpu_ns = array("q")
        self.waits: list[Wait] = []
        self.locations: list[Location] = []
        self._wait_ids: dict[Wait, int] = {}
        self._location_ids: dict[Location, int] = {}

    def wait_id(self, wait: Wait | None) -> int:
        """Return the position of a wait in ``waits``, adding it if it is new."""
        if wait is None:
            return NONE
        found = self._wait_ids.setdefault(wait, len(self.waits))
        if found == len(self.waits):
            self.waits.append(wait)
        return found

    def location_id(self, location: Location | None) -> int:
        """Return the position of a line in ``locations``, adding it if it is new."""
        if location is None:
            return NONE
        found = self._location_ids.setdefault(location, len(self.locations))
        if found == len(self.locations):
            self.locations.append(location)
        return found

    def add(
        self,
        task: int,
        start_ns: int,
        end_ns: int,
        state: State,
        *,
        wait: int = NONE,
        cause: int = Cause.UNKNOWN,
        waker: int = NONE,
        location: int = NONE,
        cpu_ns: int = NONE,
    ) -> None:
        """Append one row. Rows of a task must come in order of time."""
        self.task.append(task)
        self.start_ns.append(start_ns)
        self.end_ns.append(end_ns)
        self.state.append(state)
        self.wait.append(wait)
        self.cause.append(cause)
        self.waker.append(waker)
        self.location.append(location)
        self.cpu_ns.append(cpu_ns)

    def add_rows(self, flat: list[int]) -> None:
        """Append many rows at once: nine numbers each, in the order of the columns."""
        for position, name in enumerate(self.COLUMNS):
            getattr(self, name).extend(flat[position :: len(self.COLUMNS)])

    def append(self, item: Slice) -> None:
        """Append a ``Slice`` object."""
        self.add(
            item.task,
            item.start_ns,
            item.end_ns,
            item.state,
            wait=self.wait_id(item.wait),
            cause=item.cause,
            waker=NONE if item.waker is None else item.waker,
            location=self.location_id(item.location),
            cpu_ns=NONE if item.cpu_ns is None else item.cpu_ns,
        )

    def __len__(self) -> int:
        return len(self.task)

    @overload
    def __getitem__(self, index: int) -> Slice: ...
    @overload
    def __getitem__(self, index: slice) -> list[Slice]: ...
    def __getitem__(self, index: int | slice) -> Slice | list[Slice]:
        """Return one slice, or a list for a Python slice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        from .trace import Slice

        wait, location, waker, cpu_ns = self.wait[index], self.location[index], self.waker[index], self.cpu_ns[index]
        return Slice(
            task=self.task[index],
            start_ns=self.start_ns[index],
            end_ns=self.end_ns[index],
            state=State(self.state[index]),
            wait=None if wait == NONE else self.waits[wait],
            cause=Cause(self.cause[index]),
            waker=None if waker == NONE else waker,
            location=None if location == NONE else self.locations[location],
            cpu_ns=None if cpu_ns == NONE else cpu_ns,
        )

    def __iter__(self) -> Iterator[Slice]:
        return (self[i] for i in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Equal when every slice is equal; the order of ``waits`` and ``locations`` does not count."""
        if not isinstance(other, SliceTable):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # mutable

    def of(self, task: int) -> list[Slice]:
        """Return the slices of one task, in order of time."""
        return self[bisect_left(self.task, task) : bisect_right(self.task, task)]
