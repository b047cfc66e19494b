"""Facts: the one row shape in which every source reports, and the log that keeps them while a recording runs.

A fact is a plain tuple ``(kind, t_ns, subject, other, data)``; a tuple costs a quarter of a named one to make. Steps of tasks,
which come by the million, have a packed table of their own. Ids are ``id(task)`` together with the facts of birth and end,
never references: nothing of the user's is kept alive, but for code objects. Imports ``clock`` only.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum, StrEnum
from itertools import chain
from struct import calcsize, pack
from types import CodeType
from typing import Any, Final, TypeAlias

Site: TypeAlias = tuple[CodeType, int]
"""A place in code: the code object and the offset of the instruction. Turned into a line only when a chart is drawn."""

Event: TypeAlias = tuple[int, int, int, int, Any]
"""``(kind, t_ns, subject, other, data)``; ``subject`` and ``other`` are ids of tasks or causes (see below)."""

IO: Final = 0  #: cause: no task was running, so the selector reported something
TIMER: Final = -1  #: cause: a timer of the loop
THREAD: Final = -2  #: cause: another thread, through ``call_soon_threadsafe``
FIRST_MARKER: Final = -1000  #: ids from here down stand for the code of a recording itself ("the cell")
FIRST_PLACEHOLDER: Final = -(1 << 40)  #: ids from here down stand for tasks whose first step runs before they have an id


class Kind(IntEnum):
    """What a fact says. ``data`` is given in brackets."""

    RECORDING_BEGAN = 1  #: subject: marker [thread id]
    RECORDING_ENDED = 2  #: subject: marker [exception type name or None, message]
    TASK_NAMED = 5  #: [name]
    TASK_ALIVE = 6  #: seen alive when a snapshot was made [name, coroutine's code or None]
    CANCEL_REQUESTED = 8  #: other: who [(site or None, "timeout" or "TaskGroup" or "")]
    DEADLINE_SET = 9  #: subject: the task, other: id of the ``Timeout`` [deadline_ns or None]
    DEADLINE_OVER = 10  #: subject: the task, other: id of the ``Timeout``
    NEVER_RETRIEVED = 11  #: [text]
    DESTROYED = 12  #: [text]
    NEVER_AWAITED = 13  #: other: who ran then [qualified name of the coroutine]
    LOOP_RAN = 14  #: subject: marker, other: 1 begins, 0 ends [name of the call]
    LOOP_SEEN = 15  #: subject: loop number [class name, thread id, thread name]
    ROOT = 16  #: subject: marker, other: id of the task that runs the cell's code, or 0 [loop number or None]


WorkRow: TypeAlias = tuple[str, int, int, int, str, dict[str, Any]]
"""``(verb, t_ns, pid, thread, work, data)``: a fact about a *work*, a task of a runtime other than asyncio (a thread, a process, a
pool and its jobs, a generator, a plain call). ``thread`` is Python's thread identifier in that process; ``work`` is the work's id,
a text that no other work of the recording has, in whatever process it was made. A child process writes the same rows as lines of JSON,
so ``data`` holds texts, whole numbers, lists and ``None``; only in the recording process may a place in code be a ``Site``."""


LOOP_RUNS: Final = "asyncio.run"
"""``how`` of a ``WAIT`` row of a thread that runs an event loop; what happens meanwhile is told by the loop's tasks."""


class Verb(StrEnum):
    """What a row about a work says. The keys of ``data`` are given in brackets; all but those marked ! may be missing."""

    SPAWN = "spawn"
    """It was created or submitted [kind!: a value of ``TaskKind``, by: id of the creator (int: asyncio task or marker; str: work),
    owner: marker of the recording, name, function, arguments, site, pool: work id, method: start method, daemon, items: how many
    jobs a batch has, chunk: how many of them travel together, defined: (code object, 0) or a place, older: a pool was made before
    the recording, which learns of it now]. A place is a ``Site`` or ``[file, line, function]``.
    Kind ``"batch"`` is not a task itself: each call of it is a job that names the batch in ``of``."""
    STARTED = "started"  #: ``start()`` returned in the parent [pid: of the new process]
    FAILED = "failed"  #: it could not be started, or submitted [error!, message]
    BEGIN = "begin"
    """Its code begins, in its own process and thread [of: id of the batch, function, arguments, cpu, process_cpu: ns, thread_name]"""
    END = "end"
    """Its code is over [error: type name, message, cpu: ns that its thread used up to now, no_core: ns in which the thread could
    have run but had no core, switches: voluntary context switches (both since BEGIN), process_cpu: ns that its process used,
    result]"""
    STEP = "step"  #: a generator or greenlet went on; t_ns: when [end!: ns, how: "yield", "return" or an error's name, site]
    WAIT = "wait"  #: this thread begins to wait for it [how!: "join", "map", "result", …; delay: ns, of a timer that waits before it runs]
    WAITED = "waited"  #: this thread waits no longer for it [code: of a process, its exit code, if that is known now]
    KILL = "kill"  #: somebody asked it to die [how!: "terminate", "kill", "signal 15", by, site]
    DIED = "died"
    """Its process is gone, as the parent learnt [code: exit code, negative for a signal; cpu: ns that the process used, and, where it was
    learnt by waiting, those of its children that it had waited for; pid]"""
    BACK = "back"
    """The result of a job or batch reached the process that submitted it [cancelled, error: type name, message: what came instead of a
    result, chunk: only this part of a batch, by its number; the row without it follows when all are back]"""
    CLOSED = "closed"  #: a pool or executor takes no more work, or is gone [how!: "close", "terminate", "exit", "shutdown"]
    WORKERS = "workers"  #: the processes of a pool [pids!]
    FUTURE = "future"  #: an asyncio future stands for a job [future!: its id]
    MARK = "mark"  #: the code said ``mark(text)``; ``work`` is ``""`` [text!, by, site]
    CALLOUT = "callout"  #: a line with a ``#:`` comment is about to run; ``work`` is ``""`` [text!, line!: in the file of site, by, site]
    PRINTED = "printed"  #: something was written to stdout or stderr; ``work`` is ``""`` [text!, by, stream: "stderr"]
    SPAN_BEGAN = "span began"  #: ``with span(text):`` was entered; ``work`` is the span's own id [text!, by, site]
    SPAN_ENDED = "span ended"  #: it was left; ``work`` as at its beginning
    LEFT_OUT = "left out"  #: from here on, things of a sort are not kept; ``work`` is ``""`` [text!: what the chart says about it, by]
    STALE = "stale"
    """A pool was called with a function of the notebook that workers cannot know, or know as it was before [function!, how!: "unknown",
    "old", by, owner, site]"""
    FORKED = "forked"  #: a child of a plain ``os.fork()`` begins [by, owner]


Columns: TypeAlias = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[Any]]
"""Steps by column: tasks, begins, ends, and what stands in ``end`` of a row."""
Position: TypeAlias = tuple[int, int, int, int, int]
"""How far a table was read: packs, columns of long and of short rows, long and short rows behind those."""


class StepTable:
    """Steps of the tasks of one loop.

    A row is ``(task, cause, wake_ns, begin_ns, end_ns, end)``. ``cause`` is an id or ``(id, code, offset)``. ``wake_ns`` is 0 where
    the task became ready by its creation or at the end of its own last step. ``end`` is ``None`` (yielded), ``DONE`` or a wait.
    The commonest step by far, of a task that had only yielded and yields again, is kept as ``(task, begin_ns, end_ns)``.

    Attributes:
        rows: the newest rows, flat; sources extend it directly.
        yields: the same for those short rows.
        limit: how many rows are kept, of both kinds.
    """

    WIDTH: Final = 6
    YIELD_WIDTH: Final = 3
    FULL: Final = 1536
    """A source calls ``pack`` when one of its lists is as long as this: what is packed is then still in the processor's cache."""

    def __init__(self, loop: int, limit: int) -> None:
        self.loop = loop
        self.limit = limit
        self.rows: list[Any] = []
        self.yields: list[int] = []
        self._dropped = 0
        self._kept = 0
        self._chunks: list[tuple[Any, ...]] = []
        self._yields: list[bytes] = []
        self._packs = 0

    def pack(self) -> None:
        """Move full rows into columns: a quarter of the memory, and next to nothing for the garbage collector to walk."""
        self._packs |= 1  # odd: another thread that reads now would see rows twice
        rows, width = self.rows, self.WIDTH
        count = len(rows) // width
        if stop := self._room(count) * width:
            task, cause, wake, begin, end, ending = (rows[column:stop:width] for column in range(width))
            self._chunks.append((packed(task), tuple(cause), packed(wake), packed(begin), packed(end), tuple(ending)))
        del rows[: count * width]
        yields, width = self.yields, self.YIELD_WIDTH
        count = len(yields) // width
        if stop := self._room(count) * width:
            self._yields.append(packed(yields[:stop]))
        del yields[: count * width]
        self._packs += 1

    def _room(self, count: int) -> int:
        """Return how many of so many rows are to be kept; count them all."""
        room = max(0, min(count, self.limit - self._kept))
        self._kept += room
        self._dropped += count - room
        return room

    def __iter__(self) -> Iterator[tuple[int, Any, int, int, int, Any]]:
        """Yield every row kept, those of each of the two kinds oldest first."""
        for columns in tuple(self._chunks):
            yield from zip(*(array("q", column) if type(column) is bytes else column for column in columns), strict=True)
        room = max(0, self.limit - self._kept)
        rows = list(self.rows[: room * self.WIDTH])
        yield from zip(*(iter(rows),) * self.WIDTH, strict=False)
        room -= len(rows) // self.WIDTH
        yields = chain(array("q", b"".join(self._yields)), self.yields[: room * self.YIELD_WIDTH])
        for task, begin, end in zip(yields, yields, yields, strict=False):
            yield task, task, 0, begin, end, None

    def since(self, seen: Position = (0, 0, 0, 0, 0)) -> tuple[Position, list[Columns], list[Columns]]:
        """Return the position reached, and what came after an earlier one: rows, and short rows, each kind oldest first.

        For any thread, while the loop runs in its own. While that packs nothing is returned, and the next call returns it all.
        """
        packs = self._packs
        chunks, short = self._chunks[seen[1] :], self._yields[seen[2] :]
        room = max(0, self.limit - self._kept)
        rows, yields = self.rows[: room * self.WIDTH], self.yields[: room * self.YIELD_WIDTH]
        if packs % 2 or packs != self._packs:
            return seen, [], []
        read, skip = ((0, 0), seen[3:]) if packs != seen[0] else (seen[3:], (0, 0))
        long = len(rows) // self.WIDTH
        brief = min(len(yields) // self.YIELD_WIDTH, room - long)
        task, begin, end, ending = (rows[read[0] * self.WIDTH + column :: self.WIDTH] for column in (0, 3, 4, 5))
        found = [*_long(chunks, skip[0]), (task, begin, end, ending)]
        found_short = [*_short(short, skip[1]), _thirds(yields[read[1] * self.YIELD_WIDTH : brief * self.YIELD_WIDTH])]
        position = (packs, seen[1] + len(chunks), seen[2] + len(short), max(read[0], long), max(read[1], brief))
        return position, [columns for columns in found if columns[0]], [columns for columns in found_short if columns[0]]

    @property
    def dropped(self) -> int:
        """How many rows did not fit."""
        return self._dropped + max(0, self._waiting() - (self.limit - self._kept))

    def _waiting(self) -> int:
        return len(self.rows) // self.WIDTH + len(self.yields) // self.YIELD_WIDTH

    def __len__(self) -> int:
        return self._kept + self._waiting()


def _long(chunks: list[tuple[Any, ...]], skip: int) -> Iterator[Columns]:
    """Yield packed columns, the first without the rows that were read before they were packed."""
    for task, _cause, _wake, begin, end, ending in chunks:
        numbers = (array("q", column)[skip:] if type(column) is bytes else column[skip:] for column in (task, begin, end))
        yield (*numbers, ending[skip:])
        skip = 0


def _short(chunks: list[bytes], skip: int) -> Iterator[Columns]:
    for chunk in chunks:
        yield _thirds(array("q", chunk)[skip * StepTable.YIELD_WIDTH :])
        skip = 0


def _thirds(flat: Sequence[int]) -> Columns:
    task, begin, end = (flat[column :: StepTable.YIELD_WIDTH] for column in range(StepTable.YIELD_WIDTH))
    return task, begin, end, (None,) * len(task)


NUMBER: Final = "n" if calcsize("n") == 8 else "q"
"""What ``struct`` calls a whole number of eight bytes. CPython writes ``n`` from the number's digits, ``q`` by a detour through bytes."""


def packed(numbers: list[int]) -> bytes:
    """Pack whole numbers; ``array("q", numbers)`` takes four times as long, since it parses each like an argument of a call."""
    return pack(f"{len(numbers)}{NUMBER}", *numbers)


BIRTH: Final = 14
"""Width of a row of ``EventLog.births``: ``id, creator, created_ns, created_until_ns, name, function, coroutine's code, arguments,
site's code, site's offset, TaskGroup's id, loop, placeholder of an eager task, marker of the owner``."""
DEATH: Final = 7
"""Width of a row of ``EventLog.deaths``: ``id, t_ns, name, outcome, exception, message, result``."""


class EventLog:
    """What a recorder leaves behind.

    Attributes:
        events: facts in the order they were reported.
        births, deaths: one flat row per task, since a list without tuples costs the garbage collector nothing.
        steps: one table per loop.
        chains: await chains, each a tuple of sites, outermost first; waits refer to them by position.
        samples: ``(t_ns, thread id, cpu_ns, site)`` taken while a step took long.
        works: rows about threads, processes, pools, jobs, generators; those of children are added when the log is read.
        problems: one line each for what could not be seen.
        limit: how many facts, and how many steps, are kept at most.
        dropped: how many facts were not kept.
    """

    def __init__(self, limit: int = 2_000_000) -> None:
        self.limit = limit
        self.events: list[Event] = []
        self.births: list[Any] = []
        self.deaths: list[Any] = []
        self.steps: list[StepTable] = []
        self.chains: list[tuple[Site, ...]] = []
        self.samples: list[tuple[int, int, int, Site]] = []
        self.works: list[WorkRow] = []
        self.problems: list[str] = []
        self.dropped = 0

    def born(self, row: tuple[Any, ...]) -> None:
        """Append a row of ``births``, or count it as dropped."""
        if len(self.births) < self.limit * BIRTH:
            self.births.extend(row)
        else:
            self.dropped += 1

    def died(self, row: tuple[Any, ...]) -> None:
        """Append a row of ``deaths``, or count it as dropped."""
        if len(self.deaths) < self.limit * DEATH:
            self.deaths.extend(row)
        else:
            self.dropped += 1

    @staticmethod
    def rows(flat: list[Any], width: int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a flat table, as far as it goes now."""
        return zip(*(iter(list(flat)),) * width, strict=False)

    def add(self, kind: int, t_ns: int, subject: int, other: int = 0, data: Any = None) -> None:
        """Append a fact, or count it as dropped when the log is full."""
        if len(self.events) < self.limit:
            self.events.append((kind, t_ns, subject, other, data))
        else:
            self.dropped += 1

    def worked(self, row: WorkRow) -> None:
        """Append a row about a work, or count it as dropped; safe in every thread."""
        if len(self.works) < self.limit:
            self.works.append(row)
        else:
            self.dropped += 1

    def table(self) -> StepTable:
        """Add and return the table of one more loop."""
        table = StepTable(len(self.steps), self.limit)
        self.steps.append(table)
        return table

    def problem(self, text: str) -> None:
        """Note once what could not be seen."""
        if text not in self.problems:
            self.problems.append(text)
