"""Works while a recording goes on: how many run, wait, are queued and are done, row by row, in whatever order the rows come.

What children write is read a little later than what was written here. Each work is forgotten when it is over, but for its id.
Imports ``events`` and this folder.
"""

from __future__ import annotations

from typing import Any, Final

from ..events import Verb, WorkRow
from .live_counts import Counts
from .live_lanes import Lane, Lanes
from .words import Outcome, TaskKind

BATCH: Final = "batch"
_ASIDE: Final = frozenset({TaskKind.POOL, TaskKind.WORKER})
_KINDS: Final = frozenset(TaskKind) - {TaskKind.CELL, TaskKind.ASYNCIO}
_PLAIN: Final = frozenset({TaskKind.THREAD, TaskKind.PROCESS, TaskKind.JOB})
"""What a thread's waits are the waits of."""


class Work:
    """One that is not over.

    Attributes:
        ident, kind, owner: as in its ``SPAWN`` row; the kind is ``""`` until that is known.
        place: process and thread of its code.
        pid: of its process, where it is one.
        begun, stepped: its code has begun; it goes in steps.
        items, begun_of: of a batch, how many calls it has and how many of them have begun.
        lane: where it is shown.
        title: its name, and what it calls.
    """

    __slots__ = ("begun", "begun_of", "ident", "items", "kind", "lane", "owner", "pid", "place", "stepped", "title")

    def __init__(self, ident: str) -> None:
        self.ident, self.kind = ident, ""
        self.owner: int | None = None
        self.place: tuple[int, int] | None = None
        self.pid: int | None = None
        self.begun = self.stepped = False
        self.items = self.begun_of = 0
        self.lane: Lane | None = None
        self.title = ("", "")


class LiveWorks:
    """Takes rows and counts.

    Args:
        marker: of the recording.
        pid: of the recording process.
        lanes: where works are shown.

    Attributes:
        depth: in how many waits a thread is, by process and thread.
    """

    def __init__(self, marker: int, pid: int, lanes: Lanes) -> None:
        self._marker, self._pid, self._lanes = marker, pid, lanes
        self.depth: dict[tuple[int, int], int] = {}
        self._done = self._calls_done = 0
        self._alive: dict[str, Work] = {}
        self._over: set[str] = set()
        self._alias: dict[str, str] = {}
        self._batches: dict[str, Work] = {}
        self._early: dict[str, list[WorkRow]] = {}
        self._dead: set[int] = set()
        self._workers: dict[tuple[int, int], Lane | None] = {}
        self._in_thread: dict[tuple[int, int], Lane] = {}

    def counts(self) -> Counts:
        """Return how many works run, wait, have not begun and are over; calls of pools apart."""
        found = Counts(done=self._done, calls_done=self._calls_done)
        for work in self._alive.values():
            if work.owner == self._marker and work.kind not in _ASIDE:
                self._count(work, found)
        return found

    def _count(self, work: Work, found: Counts) -> None:
        if work.kind == BATCH:
            found.calls_queued += max(0, work.items - work.begun_of)
        elif work.kind == TaskKind.JOB and not work.begun:
            found.calls_queued += 1
        elif work.kind == TaskKind.JOB and work.place is not None and work.place[0] in self._dead:
            found.calls_done += 1  # its worker died, and took it along
        elif work.kind == TaskKind.JOB:
            found.calls_running += 1
        elif work.stepped or (work.begun and self._waits(work)):
            found.waiting += 1
        elif work.begun:
            found.running += 1
        else:
            found.ready += 1

    def cell_in(self, place: tuple[int, int], lane: Lane) -> None:
        """Show the waits of a thread on a lane."""
        self._in_thread[place] = lane

    # ------------------------------------------------------------------ rows
    def take(self, row: WorkRow) -> None:
        """Take one row."""
        verb, t_ns, _pid, _thread, ident, data = row
        if verb in (Verb.WAIT, Verb.WAITED):
            self._wait(row)
        elif not ident or verb in (Verb.SPAN_BEGAN, Verb.SPAN_ENDED):
            return
        elif verb in (Verb.SPAWN, Verb.FORKED):
            self._spawn(row)
        elif verb == Verb.BEGIN:
            self._begin(row)
        elif (work := self._known(ident, row)) is not None:
            self._note(verb, t_ns, work, data)

    def _known(self, ident: str, row: WorkRow) -> Work | None:
        """Return the work that a row is about; a row of one that nobody has announced yet waits until somebody does."""
        ident = self._alias.get(ident, ident)
        found = self._alive.get(ident)
        if found is None and ident not in self._over:
            self._early.setdefault(ident, []).append(row)
        return found

    def _add(self, work: Work) -> None:
        self._alive[work.ident] = work
        for row in self._early.pop(work.ident, ()):
            self.take(row)

    def _spawn(self, row: WorkRow) -> None:
        verb, t_ns, pid, _thread, ident, data = row
        kind = "process" if verb == Verb.FORKED else str(data.get("kind", ""))
        if ident in self._over or ident in self._alive:
            return
        if kind not in _KINDS and kind != BATCH:
            self._over.add(ident)
            return
        work = Work(ident)
        work.kind, work.owner, work.title = kind, data.get("owner"), (str(data.get("name") or ""), _call(data))
        if verb == Verb.FORKED:
            work.pid = pid
        if kind == BATCH:
            work.items = int(data.get("items") or 0)
            self._batches[ident] = work
        elif work.owner == self._marker and kind not in _ASIDE and kind != TaskKind.JOB:
            work.lane = self._lanes.offer(ident, *work.title, t_ns)
        self._add(work)

    def _begin(self, row: WorkRow) -> None:
        _verb, t_ns, pid, thread, ident, data = row
        of = data.get("of")
        if isinstance(of, str):
            batch = self._batches.get(of)
            if batch is None and self._known(of, row) is None and of not in self._over:
                return
            if batch is None:
                self._alias[ident] = of
            elif ident not in self._alive and ident not in self._over:
                self._add(self._job(batch, ident))
        work = self._known(ident, row)
        if work is None:
            return
        work.begun, work.place = True, (pid, thread)
        if work.kind in (TaskKind.PROCESS, TaskKind.WORKER) and work.pid is None:
            work.pid = pid
        if work.kind == TaskKind.JOB and work.owner == self._marker:
            work.lane = self._worker((pid, thread), t_ns, data)
        if work.lane is not None:
            self._runs(work, work.lane, t_ns)

    @staticmethod
    def _job(batch: Work, ident: str) -> Work:
        """Return the call of a batch that begins: it is a job of its own."""
        batch.begun_of += 1
        job = Work(ident)
        job.kind, job.owner, job.title = TaskKind.JOB, batch.owner, batch.title
        return job

    def _note(self, verb: str, t_ns: int, work: Work, data: dict[str, Any]) -> None:
        if verb == Verb.STARTED:
            self._started(work, t_ns, data)
        elif verb == Verb.STEP:
            self._step(work, t_ns, data)
        elif verb == Verb.END:
            if not work.stepped and work.kind not in _ASIDE:
                self._finish(work, t_ns, Outcome.RAISED if data.get("error") else Outcome.RETURNED)
        elif verb == Verb.DIED:
            self._died(work, t_ns, data)
        elif verb == Verb.FAILED:
            self._finish(work, t_ns, Outcome.RAISED)
        elif verb == Verb.BACK and "chunk" not in data:
            self._back(work, t_ns, data)

    def _started(self, work: Work, t_ns: int, data: dict[str, Any]) -> None:
        work.pid = data.get("pid", work.pid)
        if work.kind == TaskKind.SUBPROCESS:
            work.begun = True
            if work.lane is not None:
                work.lane.go(t_ns)

    def _step(self, work: Work, t_ns: int, data: dict[str, Any]) -> None:
        work.begun = work.stepped = True
        end_ns, how = data.get("end", t_ns), str(data.get("how", ""))
        if work.lane is not None:
            work.lane.ran(t_ns, end_ns)
        if how not in ("yield", ""):
            self._finish(work, end_ns, Outcome.RETURNED if how == "return" else Outcome.RAISED)

    def _died(self, work: Work, t_ns: int, data: dict[str, Any]) -> None:
        outcome = Outcome.RAISED if data.get("code") else Outcome.RETURNED
        pid = work.pid or data.get("pid")
        if work.kind == TaskKind.WORKER and pid is not None:
            self._dead.add(pid)
            lane = self._workers.get((pid, 0))
            if lane is not None:
                lane.end(t_ns, outcome)
        if not work.stepped:
            self._finish(work, t_ns, outcome)

    def _back(self, work: Work, t_ns: int, data: dict[str, Any]) -> None:
        if work.kind == BATCH:
            self._over.add(work.ident)
            del self._alive[work.ident]
        elif work.kind == TaskKind.JOB and (data.get("cancelled") or data.get("error")):
            self._finish(work, t_ns, Outcome.CANCELLED if data.get("cancelled") else Outcome.RAISED)

    def _finish(self, work: Work, t_ns: int, outcome: Outcome) -> None:
        self._over.add(work.ident)
        self._alive.pop(work.ident, None)
        if work.place is not None and work.kind in _PLAIN:
            self._in_thread.pop(work.place, None)
        if work.owner == self._marker and work.kind not in _ASIDE:
            self._calls_done += work.kind == TaskKind.JOB
            self._done += work.kind != TaskKind.JOB
        if work.lane is not None and work.kind == TaskKind.JOB:
            work.lane.halt(t_ns)
        elif work.lane is not None:
            work.lane.end(t_ns, outcome)

    # ------------------------------------------------------------------ lanes and waits
    def _worker(self, place: tuple[int, int], t_ns: int, data: dict[str, Any]) -> Lane | None:
        """Return the lane of the worker that runs there, if it is shown."""
        key = place if place[0] == self._pid else (place[0], 0)
        if key not in self._workers:
            name = str(data.get("thread_name") or "") if place[0] == self._pid else f"pid {place[0]}"
            self._workers[key] = self._lanes.offer(key, name, "", t_ns)
        return self._workers[key]

    def _runs(self, work: Work, lane: Lane, t_ns: int) -> None:
        if work.kind == TaskKind.JOB:
            lane.call = work.title[1]
        lane.go(t_ns)
        if work.kind in _PLAIN and work.place is not None:
            self._in_thread[work.place] = lane

    def _waits(self, work: Work) -> bool:
        return work.kind != TaskKind.CALL and work.place is not None and self.depth.get(work.place, 0) > 0

    def _wait(self, row: WorkRow) -> None:
        verb, t_ns, pid, thread, ident, data = row
        place = (pid, thread)
        depth, lane = self.depth.get(place, 0), self._in_thread.get(place)
        self.depth[place] = depth + 1 if verb == Verb.WAIT else max(0, depth - 1)
        if lane is not None and verb == Verb.WAIT and not depth:
            lane.halt(t_ns)
        elif lane is not None and verb == Verb.WAITED and depth == 1:
            lane.go(t_ns)
        work = self._alive.get(ident)
        if verb == Verb.WAITED and data.get("code") is not None and work is not None:
            self._died(work, t_ns, data)


def _call(data: dict[str, Any]) -> str:
    """Return what a work runs: ``slow_square(3)``."""
    function = str(data.get("function") or "").rpartition("<locals>.")[2]
    return f"{function}({data['arguments']})" if function and data.get("arguments") is not None else function
