"""Facts -> ``Trace``: who belongs to the recording, and what each of its tasks did when.

A pure function of the log. Imports ``clock``, ``errors``, ``events`` and this folder.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..clock import ClockAnchor
from ..events import EventLog, Kind
from .lives import INTERNAL, Life, Lives
from .places import Places
from .remarks import Remarks
from .slices import SliceTable
from .stretches import Stretches
from .trace import Instant, Task, Trace, Track, Wait
from .words import Cause, InstantKind, Outcome, TaskKind, TrackKind
from .work_slices import STAYING, WorkSlices
from .work_tracks import WorkTracks
from .works import Works

CELL = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which part of a log makes one recording's trace.

    Attributes:
        marker: its id in the log.
        anchor: when it began, on both clocks.
        now_ns: when the log was read, on the monotonic clock.
        name, title, source: for the trace.
        rename: what a source file is called in it.
        threshold_ns: a step longer than this holds up its loop.
        pid: of the process that recorded.
        cpu_ns: CPU time that this process used meanwhile; ``None``: unknown.
        cores: how many cores it may use.
    """

    marker: int
    anchor: ClockAnchor
    now_ns: int
    name: str
    title: str = ""
    source: str = ""
    rename: Callable[[str], str] | None = None
    threshold_ns: int = 50_000_000
    pid: int = 0
    cpu_ns: int | None = None
    cores: int | None = None


def fold(log: EventLog, frame: Frame) -> Trace:
    """Return the trace of one recording; the log is only read."""
    return _Folding(log, frame).trace()


class _Folding:
    """One pass over a log; its attributes are the intermediate results."""

    def __init__(self, log: EventLog, frame: Frame) -> None:
        self.log, self.frame = log, frame
        self.begin_ns = frame.anchor.mono_ns
        self.places = Places(frame.rename)
        self.lives = Lives(log)
        self.root, self.root_loop = self._root()
        self.thread = next((event[4] for event in self._facts(Kind.RECORDING_BEGAN)), None)
        self.ended_ns, self.error = self._ended()
        self.members = self._members()
        self.cell = self._cell()
        for number, life in enumerate([self.cell, *self.members]):
            life.number = number
        self.works = Works(self, self.log.works)
        for number, draft in enumerate(self.works.members, len(self.members) + 1):
            draft.number = number

    def trace(self) -> Trace:
        frame = self.frame
        slices = SliceTable()
        stretches = Stretches(self, slices)
        stretches.of_cell(self.cell, self._loop_runs())
        ends: dict[int, int | None] = {CELL: self.ended_ns}
        for life in self.members:
            ends[life.number or 0] = stretches.of_task(life)
        added = WorkSlices(self.works, self.begin_ns, frame.now_ns, self._quiet_ns(ends))
        for draft in self.works.members:
            added.add(draft, slices)
        tracks = self._tracks()
        tasks = (
            self._cell_task(),
            *(self._task(life, ends[life.number or 0]) for life in self.members),
            *(self.works.task(draft, self.work_tracks) for draft in self.works.members),
        )
        remarks = Remarks(self)
        last = max(slices.end_ns, default=0)
        return Trace(
            name=frame.name,
            title=frame.title,
            source=frame.source,
            anchor=frame.anchor,
            end_ns=max(last, self.at(self.ended_ns or frame.now_ns)),
            cell_end_ns=None if self.ended_ns is None else self.at(self.ended_ns),
            tracks=tracks,
            tasks=tasks,
            slices=slices,
            instants=tuple(sorted([*self._instants(stretches), *remarks.instants], key=lambda instant: instant.t_ns)),
            spans=remarks.spans,
            dropped=self.log.dropped + sum(table.dropped for table in self.log.steps),
            problems=(*self.log.problems, *remarks.problems),
            python=platform.python_version(),
            threshold_ns=frame.threshold_ns,
            cpu_ns=None if frame.cpu_ns is None else frame.cpu_ns + self.works.cpu_of_children(),
            cores=frame.cores,
        )

    def _quiet_ns(self, ends: dict[int, int | None]) -> int:
        """Return when the last of those that do something was over; now, while one of them goes on."""
        moving = [*ends.values(), *(self.works.ends.of(draft).t_ns for draft in self.works.members if draft.kind not in STAYING)]
        known = [end for end in moving if end is not None]
        return max(known) if len(known) == len(moving) else self.frame.now_ns

    def at(self, t_ns: int) -> int:
        """Return a moment on the trace's clock, never before its beginning."""
        return max(0, t_ns - self.begin_ns)

    # ------------------------------------------------------------------ who belongs
    def _facts(self, kind: Kind) -> list[Any]:
        return [event for event in tuple(self.log.events) if event[0] == kind and event[2] == self.frame.marker]

    def _root(self) -> tuple[int, int | None]:
        facts = self._facts(Kind.ROOT)
        return (facts[0][3], facts[0][4]) if facts else (0, None)

    def _ended(self) -> tuple[int | None, Any]:
        facts = self._facts(Kind.RECORDING_ENDED)
        return (facts[0][1], facts[0][4]) if facts else (None, None)

    def _members(self) -> list[Life]:
        marker = self.frame.marker
        members = [life for life in self.lives if life.owner == marker and life.function not in INTERNAL]
        known = {id(life) for life in members}
        guests = []
        for raw, t_ns in self._awaited(members):
            life = self.lives.at(raw, t_ns)
            if id(life) not in known and raw != self.root and (life.created is not None or life.seen or life.done):
                known.add(id(life))
                guests.append(life)
        guests.sort(key=lambda life: life.created_ns or 0)
        return [*guests, *sorted(members, key=lambda life: life.created_ns or 0)]

    def _awaited(self, members: list[Life]) -> list[tuple[int, int]]:
        """Return what members and the cell wait for: a task of an earlier cell belongs on the chart as well."""
        rows = [row for life in members for row in life.rows]
        rows += self._root_rows()
        return [(target, row[4]) for row in rows if type(row[5]) is tuple for target in row[5][4]]

    def _root_rows(self) -> list[tuple[int, Any, int, int, int, Any]]:
        if not self.root:
            return []
        until = self.ended_ns or self.frame.now_ns
        rows, seen = [], set()
        for row in self.lives.at(self.root, self.begin_ns).rows:
            if row[4] > self.begin_ns and row[3] < until and row[3] not in seen:
                seen.add(row[3])
                rows.append(row)
        return rows

    def _cell(self) -> Life:
        cell = Life(self.frame.marker, created_ns=self.begin_ns)
        until = self.ended_ns or self.frame.now_ns
        cell.rows = [(*row[:3], max(row[3], self.begin_ns), min(row[4], until), row[5]) for row in self._root_rows()]
        cell.deadlines = self.lives.at(self.root, self.begin_ns).deadlines if self.root else {}
        cancels = self.lives.at(self.root, self.begin_ns).cancels if self.root else []
        cell.cancels = [cancel for cancel in cancels if self.begin_ns <= cancel[0] <= until]
        return cell

    def number_of(self, raw: int | str, t_ns: int) -> int | None:
        """Return the id in the trace of whatever had a raw id at a time; ``None`` for causes and strangers."""
        if isinstance(raw, str):
            return self.works.number_of(raw)
        if raw == self.frame.marker:
            return CELL
        if raw == self.root and raw and self.begin_ns <= t_ns <= (self.ended_ns or self.frame.now_ns):
            return CELL
        if raw in (0, -1, -2):
            return None
        number = self.lives.at(raw, t_ns).number
        return self.works.of_future(raw, t_ns) if number is None else number

    def creator_of(self, life: Life) -> int | None:
        """Return the id in the trace of the task that created another."""
        return None if life.created is None else self.number_of(life.created[1], life.created[2])

    def waits_of_cell(self, begin_ns: int, end_ns: int) -> list[tuple[int, int, Wait]]:
        """Return what the cell's thread waited for; not where that held up tasks of its loop, for then it ran as far as they can tell."""
        found = self.works.waits_in((self.frame.pid, self.thread or 0), begin_ns, end_ns)
        elsewhere = {event[2] for event in tuple(self.log.events) if event[0] == Kind.LOOP_SEEN and event[4][1] != self.thread}
        beside = [life for life in self.members if life.created is None or life.created[11] not in elsewhere]
        return [wait for wait in found if not any(self._alive(life, *wait[:2]) for life in beside)]

    @staticmethod
    def _alive(life: Life, begin_ns: int, end_ns: int) -> bool:
        return (life.created_ns or 0) < end_ns and (life.done is None or life.done[1] > begin_ns)

    def _loop_runs(self) -> list[tuple[int, int]]:
        """Return the intervals in which the traced code itself ran a loop, in its own thread."""
        runs: list[tuple[int, int]] = []
        depth = 0
        for event in self._facts(Kind.LOOP_RAN):
            if event[4] != self.thread:
                continue
            depth += 1 if event[3] else -1
            if event[3] and depth == 1:
                runs.append((event[1], self.frame.now_ns))
            elif not event[3] and depth == 0 and runs:
                runs[-1] = (runs[-1][0], event[1])
        return runs

    # ------------------------------------------------------------------ tasks and tracks
    def _tracks(self) -> tuple[Track, ...]:
        pid = self.frame.pid
        tracks = [Track(id=0, kind=TrackKind.PROCESS, name="python", pid=pid)]
        threads: dict[int, int] = {}
        self.track_of_loop: dict[int, int] = {}
        for event in tuple(self.log.events):
            if event[0] != Kind.LOOP_SEEN:
                continue
            loop_name, ident, thread_name = event[4]
            if ident not in threads:
                threads[ident] = len(tracks)
                tracks.append(Track(id=len(tracks), kind=TrackKind.THREAD, name=thread_name, parent=0, pid=pid, tid=ident))
            self.track_of_loop[event[2]] = len(tracks)
            tracks.append(Track(id=len(tracks), kind=TrackKind.LOOP, name=loop_name, parent=threads[ident], pid=pid, tid=ident))
        if self.thread is not None and self.thread not in threads:
            threads[self.thread] = len(tracks)
            tracks.append(Track(id=len(tracks), kind=TrackKind.THREAD, name="MainThread", parent=0, pid=pid, tid=self.thread))
        self.own_track = threads.get(self.thread or 0, 0)
        self.work_tracks = WorkTracks(pid, self.works.members, tracks)
        return tuple(tracks)

    def _cell_task(self) -> Task:
        name, message = self.error if self.error else (None, None)
        outcome = Outcome.UNFINISHED if self.ended_ns is None else Outcome.RAISED if name else Outcome.RETURNED
        loop = self.track_of_loop.get(self.root_loop) if self.root_loop is not None else None
        return Task(
            id=CELL,
            kind=TaskKind.CELL,
            name="cell",
            track=loop if loop is not None else self.own_track,
            begun_ns=0,
            ended_ns=None if self.ended_ns is None else self.at(self.ended_ns),
            outcome=outcome,
            exception=name,
            message=message,
        )

    def _task(self, life: Life, ended_ns: int | None) -> Task:
        created = life.created or (0, 0, 0, 0, None, life.function, None, None, None, 0, 0, None, 0, None)
        _ident, _creator, _begin, _until, _name, function, code, text, *site, group, loop, placeholder, owner = created
        older = owner != self.frame.marker
        rows = [row for row in life.rows if row[4] > self.begin_ns]
        done = life.done if ended_ns is not None else None
        return Task(
            id=life.number or 0,
            kind=TaskKind.ASYNCIO,
            name=self._name_of(life),
            function=function,
            arguments=text,
            track=self.track_of_loop.get(loop, 0) if loop is not None else next(iter(self.track_of_loop.values()), 0),
            parent=None if older else self.creator_of(life) or CELL,
            created_ns=0 if older else self.at(life.created_ns or 0),
            created_at=None if site[0] is None else self.places.at(*site),
            defined_at=None if code is None else self.places.definition(code),
            begun_ns=self.at(rows[0][3]) if rows else None,
            ended_ns=None if ended_ns is None else self.at(ended_ns),
            outcome=Outcome(done[3]) if done else Outcome.UNFINISHED,
            exception=done[4] if done else None,
            message=(done[5] or None) if done else None,
            result=done[6] if done else None,
            group=self._group(group) if group else None,
            eager=bool(placeholder and rows and rows[0][3] == life.created_ns),
            older=older,
        )

    def _name_of(self, life: Life) -> str:
        if life.done is not None:
            return str(life.done[2])
        if life.seen is not None:
            return life.seen[0]
        if life.names:
            return life.names[-1][1]
        return str((life.created and life.created[4]) or "Task")

    def _group(self, ident: int) -> int:
        groups = self.__dict__.setdefault("_groups", {})
        return int(groups.setdefault(ident, len(groups) + 1))

    # ------------------------------------------------------------------ instants
    def _instants(self, stretches: Stretches) -> list[Instant]:
        found: list[Instant] = []
        for life in (self.cell, *self.members):
            found += stretches.cancellations(life)
            found += [
                Instant(kind=InstantKind.RENAMED, t_ns=self.at(t_ns), task=life.number, text=name)
                for t_ns, name in life.names
                if life.rows and t_ns > life.rows[0][3]
            ]
            found += [
                Instant(
                    kind=InstantKind.NEVER_RETRIEVED if kind == Kind.NEVER_RETRIEVED else InstantKind.DESTROYED,
                    t_ns=self.at(t_ns),
                    task=life.number,
                    text=text,
                )
                for kind, t_ns, text in life.complaints
            ]
        found += self.works.instants()
        for event in self._facts(Kind.NEVER_AWAITED):
            found.append(
                Instant(kind=InstantKind.NEVER_AWAITED, t_ns=self.at(event[1]), task=self.number_of(event[3], event[1]), text=event[4])
            )
        return found

    def cause_of(self, raw: Any, t_ns: int) -> tuple[Cause, int | None, Any]:
        """Return why something became ready: the kind, the task that did it, and the place in its code."""
        ident, site = (raw[0], raw[1:]) if type(raw) is tuple else (raw, None)
        simple = {0: Cause.IO, -1: Cause.TIMER, -2: Cause.THREAD}.get(ident)
        if simple is not None:
            return simple, None, None
        return Cause.TASK, self.number_of(ident, t_ns), site
