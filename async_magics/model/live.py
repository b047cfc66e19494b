"""A recording that still goes on: how many of its tasks run, wait and are done, and when those that are shown ran.

Reads only what the log got since the last time, from a thread of its own if need be, and changes nothing; for the same facts it counts
what ``fold`` finds. Tasks that are older than the log count once they have ended. Imports ``events`` and this folder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeAlias

from ..events import BIRTH, DEATH, Columns, EventLog, Kind, Position
from .live_counts import Counts
from .live_lanes import Lane, Lanes
from .live_works import LiveWorks
from .lives import INTERNAL
from .words import Outcome

CELL: Final = "cell"
"""The key of the lane of the traced code itself."""
FINEST: Final = 500
"""Parts of the time axis that can be told apart."""
Row: TypeAlias = tuple[int, int, int, Any]
"""A step: task, begin, end, and what it ended with."""


_BORN: Final = attrgetter("born_ns")


class _Task:
    """One asyncio task that may still do something, or that a member may wait for."""

    __slots__ = ("born_ns", "done", "ending", "last_ns", "member", "own")

    def __init__(self, born_ns: int, *, own: bool) -> None:
        self.born_ns, self.own, self.member, self.done = born_ns, own, own, False
        self.last_ns = -1
        self.ending: Any = None


class Live:
    """Counts and lanes of one recording, as far as the log was read.

    Args:
        marker: the recording's id in the log.
        begin_ns: when it began.
        pid: of this process.

    Attributes:
        begin_ns, now_ns: when it began, and when it was last looked at.
        cell: the lane of the traced code itself.
        lanes: the others.
    """

    def __init__(self, marker: int, begin_ns: int, pid: int) -> None:
        self.begin_ns = self.now_ns = begin_ns
        self.cell, self.lanes = Lane(CELL, CELL, "", begin_ns), Lanes()
        self.cell.go(begin_ns)
        self._marker, self._pid = marker, pid
        self._works = LiveWorks(marker, pid, self.lanes)
        self._root = 0
        self._thread = (pid, 0)
        self._read = {"events": 0, "births": 0, "deaths": 0, "works": 0}
        self._steps: dict[int, Position] = {}
        self._tasks: dict[int, list[_Task]] = {}
        self._twice: set[int] = set()
        self._awaited: set[int] = set()
        self._old: set[int] = set()
        self._counts = Counts()
        self._running: frozenset[int] = frozenset()

    def feed(self, log: EventLog, clock: Callable[[], int], running: Callable[[], Iterable[int]] = tuple) -> None:
        """Read what is new.

        Args:
            log: what a recorder has written.
            clock: what time it is.
            running: returns the ids of the tasks that are in a step now, which the log does not hold yet.
        """
        steps, short = self._new_steps(log)
        now = frozenset(running())
        self.now_ns = now_ns = clock()
        deaths = self._new(log, "deaths")  # what was noted before it is read after it: a step is of a task that is known
        births, events, works = self._new(log, "births"), self._new(log, "events"), self._new(log, "works")
        self.lanes.next_round()
        for event in events:
            if event[2] == self._marker:
                self._event(event)
        for birth in EventLog.rows(births, BIRTH):
            self._born(birth)
        for kind, t_ns, ident, _other, name in events:
            if kind == Kind.TASK_NAMED and (lane := self.lanes.at(ident, t_ns)) is not None:
                lane.name = name
        grain_ns = (now_ns - self.begin_ns) // FINEST
        self._step_all(steps)
        self._step_all(short)
        rows = [row for columns in (*steps, *short) for row in self._to_draw(*columns, grain_ns)]
        for row in sorted(rows, key=itemgetter(1)):
            self._draw(*row)
        for death in EventLog.rows(deaths, DEATH):
            self._died(death)
        self.lanes.next_round()
        for row in sorted(works, key=itemgetter(1)):
            self._works.take(row)
        self._now(now, now_ns)

    def counts(self) -> Counts:
        """Return how many are in which state."""
        found = self._works.counts()
        found.done += self._counts.done
        running = 0
        for ident in self._running:
            task = self._at(ident, None)
            if task is not None and task.member and not task.done:
                running += 1
                found.waiting -= type(task.ending) is tuple
                found.ready -= type(task.ending) is not tuple
        found.running += running
        found.waiting += self._counts.waiting
        found.ready += self._counts.ready
        return found

    # ------------------------------------------------------------------ what is new
    def _new(self, log: EventLog, name: str) -> list[Any]:
        """Return the part of a list of the log that came since the last time."""
        found: list[Any] = getattr(log, name)[self._read[name] :]
        self._read[name] += len(found)
        return found

    def _new_steps(self, log: EventLog) -> tuple[list[Columns], list[Columns]]:
        long: list[Columns] = []
        short: list[Columns] = []
        for table in tuple(log.steps):
            self._steps[table.loop], new, new_short = table.since(self._steps.get(table.loop, (0, 0, 0, 0, 0)))
            long += new
            short += new_short
        return long, short

    def _now(self, running: frozenset[int], now_ns: int) -> None:
        """Say who is in a step at this moment; one of whom that was known last time, and who has ended none since, is in it still."""
        self._running = running
        for lane in self.lanes.shown:
            if isinstance(lane.key, int) and lane.ended_ns is None:
                if lane.key in running:
                    lane.go(now_ns)
                else:
                    lane.open_ns = None
        if self._root and not self._works.depth.get(self._thread):
            if self._root in running:
                self.cell.go(now_ns)
            elif type(self.cell.ending) is tuple:
                self.cell.open_ns = None

    # ------------------------------------------------------------------ the recording itself
    def _event(self, event: tuple[int, int, int, int, Any]) -> None:
        kind, t_ns, _marker, other, data = event
        if kind == Kind.ROOT:
            self._root = other
        elif kind == Kind.RECORDING_BEGAN:
            self._thread = (self._pid, data)
            self._works.cell_in(self._thread, self.cell)
        elif kind == Kind.RECORDING_ENDED:
            self.cell.end(t_ns, Outcome.RAISED if data else Outcome.RETURNED)
        elif kind == Kind.LOOP_RAN and data == self._thread[1]:
            (self.cell.halt if other else self.cell.go)(t_ns)

    # ------------------------------------------------------------------ tasks
    def _born(self, birth: tuple[Any, ...]) -> None:
        ident, _creator, born_ns, _until, name, function, _code, arguments, *_site = birth
        task = _Task(born_ns, own=birth[13] == self._marker and function not in INTERNAL)
        before = self._tasks.setdefault(ident, [])
        if before:
            self._twice.add(ident)
        before.append(task)
        self._old.discard(ident)
        if task.member:
            self._counts.ready += 1
            self.lanes.offer(ident, name or "", function if arguments is None else f"{function}({arguments})", born_ns)

    def _at(self, ident: int, t_ns: int | None) -> _Task | None:
        """Return the task that had an id at a time, or has it now, if it is known."""
        tasks = self._tasks.get(ident)
        if not tasks:
            return None
        if t_ns is None:
            return tasks[-1]
        if len(tasks) == 1:
            return tasks[0] if tasks[0].born_ns <= t_ns else None
        place = bisect_right(tasks, t_ns, key=_BORN)
        return tasks[place - 1] if place else None

    def _step_all(self, steps: list[Columns]) -> None:
        """Take steps in order: where many are of the same task, the last one tells what it does now."""
        last: dict[int, Any] = {}
        for tasks, begins, ends, endings in steps:
            if self._twice and not self._twice.isdisjoint(tasks):
                for ident, begin, ending in zip(tasks, begins, endings, strict=True):
                    self._step(ident, begin, ending)
            else:
                last.update(zip(tasks, zip(begins, endings, strict=True), strict=True))
            if any(endings):
                self._look_for_guests(zip(tasks, begins, ends, endings, strict=True))
        for ident, (begin, ending) in last.items():
            self._step(ident, begin, ending)

    def _to_draw(self, tasks: Any, begins: Any, ends: Any, endings: Any, grain_ns: int) -> Iterator[Row]:
        """Yield the steps of those that are shown."""
        shown = self.lanes.among(set(tasks))
        if self._root in tasks:
            shown.add(self._root)
        if ends[-1] - begins[0] <= grain_ns:  # a busy loop: all of it is narrower than what can be seen
            last = dict(zip(tasks, endings, strict=True)) if shown else {}
            yield from ((ident, begins[0], ends[-1], last[ident]) for ident in shown)
        elif shown:
            yield from (row for row in zip(tasks, begins, ends, endings, strict=True) if row[0] in shown)

    def _step(self, ident: int, begin_ns: int, ending: Any) -> None:
        task = self._at(ident, begin_ns)
        if task is None or begin_ns < task.last_ns:
            return
        if task.member and not task.done:
            self._leave(task)
            waits = type(ending) is tuple
            self._counts.waiting += waits
            self._counts.ready += not waits
        task.last_ns, task.ending = begin_ns, ending

    def _leave(self, task: _Task) -> None:
        """Count a member no longer in the state that it was in."""
        waited = type(task.ending) is tuple
        self._counts.waiting -= waited
        self._counts.ready -= not waited

    def _draw(self, ident: int, begin_ns: int, end_ns: int, ending: Any) -> None:
        lane = self.lanes.at(ident, end_ns)  # of several steps that are drawn as one, the first may have been before its birth
        if ident == self._root and end_ns > self.begin_ns:
            self.cell.ran(max(begin_ns, self.begin_ns), end_ns)
            self.cell.ending = ending
        elif lane is not None and (lane.ended_ns is None or begin_ns <= lane.ended_ns):
            lane.ran(max(begin_ns, lane.born_ns), end_ns)
            lane.ending = ending

    def _died(self, death: tuple[Any, ...]) -> None:
        ident, t_ns, _name, outcome, *_error = death
        task = self._at(ident, t_ns - 1)
        if task is None:
            self._old.add(ident)
            self._counts.done += ident in self._awaited
            self._awaited.discard(ident)
            return
        if task.member and not task.done:
            self._leave(task)
            self._counts.done += 1
        task.done = True
        lane = self.lanes.at(ident, task.born_ns)
        if lane is not None and lane.born_ns == task.born_ns:
            lane.end(t_ns, Outcome(outcome))
        if task.own:
            self._tasks[ident].remove(task)
            if len(self._tasks[ident]) < 2:
                self._twice.discard(ident)

    # ------------------------------------------------------------------ guests
    def _look_for_guests(self, rows: Iterable[Row]) -> None:
        """Find the tasks of others that members, or the cell itself, wait for: they belong on the chart as well."""
        for ident, begin_ns, end_ns, ending in rows:
            if type(ending) is tuple and ending[4] and self._belongs(ident, begin_ns, end_ns):
                for target in ending[4]:
                    self._await(target, end_ns)

    def _belongs(self, ident: int, begin_ns: int, end_ns: int) -> bool:
        if ident == self._root:
            return end_ns > self.begin_ns
        task = self._at(ident, begin_ns)
        return task is not None and task.own

    def _await(self, ident: int, t_ns: int) -> None:
        task = self._at(ident, t_ns)
        if ident == self._root or (task is not None and task.member):
            return
        if task is None:
            self._counts.done += ident in self._old
            self._old.discard(ident)
            self._awaited.add(ident)
            return
        task.member = True
        if task.done:
            self._counts.done += 1
        else:
            self._counts.waiting += type(task.ending) is tuple
            self._counts.ready += type(task.ending) is not tuple
        self.lanes.offered += 1
