"""Works of one recording -> tasks with slices: who belongs, where each ran, how it ended, who killed whom.

Imports ``events`` and this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ..events import LOOP_RUNS
from .drafts import BATCH, WORKER, Draft, Drafts
from .remarks import REMARKS
from .trace import Instant, Location, Task, Wait
from .words import InstantKind, Outcome, TaskKind, WaitKind
from .work_ends import Ends, spent, used
from .work_tracks import WorkTracks

if TYPE_CHECKING:
    from .fold import _Folding

JOINS: Final = frozenset({"join", "wait", "communicate", "shutdown"})
KINDS: Final = frozenset(TaskKind) - {TaskKind.CELL, TaskKind.ASYNCIO}
_NO_CODE: Final = frozenset({TaskKind.POOL, TaskKind.SUBPROCESS})
"""What has begun when it is there: it runs no code that could say so."""


class Works:
    """The works that belong to one recording, in the order of their numbers."""

    def __init__(self, folding: _Folding, rows: list[Any]) -> None:
        self._folding = folding
        self.drafts = Drafts([row for row in rows if row[0] not in REMARKS])
        self.ends = Ends(self.drafts)
        self._workers: dict[tuple[int, int], Draft] = {}
        self.members = self._members()

    # ------------------------------------------------------------------ who belongs
    def _members(self) -> list[Draft]:
        marker = self._folding.frame.marker
        found = [draft for draft in self.drafts if draft.owner == marker and draft.kind in KINDS]
        jobs = [draft for draft in found if draft.kind == TaskKind.JOB and draft.begun is not None]
        for job in jobs:
            self._find_worker(job)
        known = {id(draft) for draft in found}
        workers = [*(job.worker for job in jobs if job.worker is not None), *self._idle(found)]
        for draft in [*workers, *filter(None, map(self.pool_of, [*found, *workers]))]:
            if id(draft) not in known:
                known.add(id(draft))
                found.append(draft)
        found.sort(key=self._place_in_time)
        return found

    def pool_of(self, draft: Draft) -> Draft | None:
        """Return the pool that a job or worker belongs to."""
        pool = self.drafts.get(draft.given.get("pool"))
        return pool if pool is not None and pool.kind == TaskKind.POOL else None

    def _place_in_time(self, draft: Draft) -> tuple[int, bool]:
        """Return what orders works: by creation, but a pool before its workers."""
        pool = self.pool_of(draft) if draft.kind == WORKER else None
        return max(self.created(draft), self.created(pool) if pool is not None else 0), draft.kind != TaskKind.POOL

    def _find_worker(self, job: Draft) -> None:
        assert job.begun is not None
        _t_ns, pid, thread, _data = job.begun
        worker = self.drafts.of_pid(pid) if pid != self._folding.frame.pid else None
        if worker is None or worker.kind != WORKER:
            key = (pid, 0 if pid != self._folding.frame.pid else thread)
            worker = self._workers.get(key) or self._made_up(key, job)
        pool = job.given.get("pool")
        if pool is not None:
            worker.given.setdefault("pool", pool)
        worker.jobs.append(job)
        job.worker = worker

    def _made_up(self, key: tuple[int, int], job: Draft) -> Draft:
        """Return a worker of which no row tells: a pool's thread, or a process older than the recording."""
        assert job.begun is not None
        pid, thread = key
        here = pid == self._folding.frame.pid
        pool = job.given.get("pool")
        beside = sum(other.given.get("pool") == pool for other in self._workers.values())
        name = str(job.begun[3].get("thread_name") or f"worker {beside + 1}") if here else ""
        given = {"by": job.given.get("by"), "name": name, "older": not here}
        worker = Draft(f"worker {pid} {thread}", WORKER, given=given, pid=None if here else pid)
        worker.begun = (job.begun[0] if here else self._folding.begin_ns, pid, job.begun[2], {})
        worker.spawned_ns = worker.begun[0]
        self._workers[key] = worker
        return self.drafts.add(worker)

    def _idle(self, found: list[Draft]) -> Iterator[Draft]:
        """Give workers their pools; yield those of the recording's pools, also where they are older and had no job in it."""
        used = {draft.ident for draft in found if draft.kind == TaskKind.POOL} | {str(draft.given.get("pool")) for draft in found}
        for pid, pool in self.drafts.pools_of.items():
            worker = self.drafts.of_pid(pid) or self._workers.get((pid, 0))
            if worker is None and pool in used:
                worker = Draft(f"worker {pid} 0", WORKER, given={"older": True}, pid=pid, spawned_ns=self._folding.begin_ns)
                self._workers[pid, 0] = self.drafts.add(worker)
            if worker is not None and worker.kind == WORKER:
                worker.given.setdefault("pool", pool)
                if pool in used and not self._gone(worker):
                    yield worker

    def _gone(self, worker: Draft) -> bool:
        """Tell whether a worker was dead before the recording began."""
        return worker.died is not None and worker.died[0] < self._folding.begin_ns

    def number_of(self, ident: object) -> int | None:
        """Return the id in the trace of a work."""
        draft = self.drafts.get(ident)
        if draft is not None and draft.kind == BATCH:
            draft = self.pool_of(draft)
        return None if draft is None else draft.number

    def of_future(self, raw: int, t_ns: int) -> int | None:
        """Return the job for which an asyncio future stood at a time."""
        known = [work for since, work in self.drafts.futures.get(raw, ()) if since <= t_ns]
        return self.number_of(known[-1]) if known else None

    # ------------------------------------------------------------------ tasks
    def task(self, draft: Draft, tracks: WorkTracks) -> Task:
        """Return the task of a member; it is numbered already."""
        folding, given, end = self._folding, draft.given, self.ends.of(draft)
        older = bool(given.get("older")) or draft.spawned_ns is None or draft.spawned_ns < folding.begin_ns
        pool = self.pool_of(draft) if draft.kind in (WORKER, TaskKind.JOB) else None
        begun = draft.started_ns if draft.kind in _NO_CODE else draft.first_ns
        created = self.created(draft)
        return Task(
            id=draft.number or 0,
            kind=TaskKind(draft.kind),
            name=str(given.get("name") or "") or self._name(draft),
            function=str(given.get("function") or ""),
            arguments=given.get("arguments"),
            track=tracks.of(draft),
            parent=self._parent(draft, older),
            created_ns=0 if older else folding.at(created),
            created_at=self._place(given.get("site")),
            defined_at=self._place(given.get("defined")),
            begun_ns=None if begun is None else max(folding.at(begun), 0 if older else folding.at(created)),
            ended_ns=None if end.t_ns is None else folding.at(max(end.t_ns, begun or 0, created)),
            outcome=end.outcome,
            exception=end.exception,
            message=end.message,
            result=draft.ended[1].get("result") if draft.ended else None,
            older=older,
            pool=None if pool is None else pool.number,
            method=str(given.get("method") or ""),
            daemon=bool(given.get("daemon")),
            exit_code=draft.died[1].get("code") if draft.died else None,
            cpu_ns=used(draft),
            no_core_ns=draft.ended[1].get("no_core") if draft.ended else None,
            switches=draft.ended[1].get("switches") if draft.ended else None,
            delivered_ns=self._delivered_ns(draft),
            chunk=_chunk(draft),
        )

    def _delivered_ns(self, draft: Draft) -> int | None:
        """Return when a result was back: those of a map come all at once."""
        if draft.ended is None:
            return None
        back = draft.back_ns or (draft.batch.back_ns if draft.batch is not None else None)
        return None if back is None or back < draft.ended[0] else self._folding.at(back)

    def _name(self, draft: Draft) -> str:
        if draft.kind == WORKER:
            return f"worker {draft.pid}" if draft.pid else "worker"
        return str(draft.given.get("function") or "").rpartition("<locals>.")[2] or draft.kind

    def _parent(self, draft: Draft, older: bool) -> int | None:
        """Return the id of the creator, of a worker's pool; creators come before what they create, whatever a child wrote."""
        pool = self.pool_of(draft) if draft.kind == WORKER else None
        if pool is None and older:
            return None
        found = self.creator(draft) if pool is None else pool.number
        return found if found is not None and found < (draft.number or 0) else 0

    def creator(self, draft: Draft) -> int | None:
        """Return the id in the trace of what created a work."""
        return self._whose(draft.given.get("by"), draft.spawned_ns or 0)

    def _whose(self, by: Any, t_ns: int) -> int | None:
        return self._folding.number_of(by, t_ns) if isinstance(by, int | str) else None

    def _place(self, site: Any) -> Location | None:
        if site is None:
            return None
        places = self._folding.places
        with suppress(TypeError, ValueError):
            if len(site) == 2:
                return places.at(*site)
            return places.known(str(site[0]), int(site[1]), str(site[2]))
        return None

    def created(self, draft: Draft) -> int:
        """Return when a work was created or submitted, not before the recording began."""
        first = draft.spawned_ns if draft.spawned_ns is not None else draft.begun[0] if draft.begun else 0
        return max(first, self._folding.begin_ns)

    def cpu_of_children(self) -> int:
        """Return the CPU time of other processes, in ns, as far as it is known."""
        return sum(
            spent(draft) for draft in self.members if draft.pid not in (None, self._folding.frame.pid) and not draft.given.get("older")
        )

    # ------------------------------------------------------------------ waits
    def waits_in(self, place: tuple[int, int] | None, begin_ns: int, end_ns: int) -> list[tuple[int, int, Wait]]:
        """Return what a thread waited for in a stretch of time, in order: begin, end and the wait."""
        found = []
        for begin, end, work, how, delay in self.drafts.waits.get(place, ()) if place is not None else ():
            begin, end = max(begin, begin_ns), min(end_ns if end is None else end, end_ns)
            if begin < end:
                found.append((begin, end, self._wait(work, how) if delay is None else Wait(kind=WaitKind.SLEEP, name=how, delay_ns=delay)))
        return found

    def _wait(self, work: str, how: str) -> Wait:
        if how == LOOP_RUNS:
            return Wait(kind=WaitKind.LOOP, name=how)
        draft = self.drafts.get(work)
        number = self.number_of(work)
        kind = WaitKind.JOIN if how in JOINS else WaitKind.RESULT
        name, count = how, None
        if draft is not None and draft.kind == BATCH:
            name, count = f"{how}({draft.given.get('function', '')})", draft.given.get("items")
        elif draft is not None and number is None and kind is WaitKind.JOIN:  # of an earlier cell
            name = f"{how}({draft.given.get('name', '')})"
        return Wait(kind=kind, targets=() if number is None else (number,), name=name, count=count)

    # ------------------------------------------------------------------ instants
    def instants(self) -> Iterator[Instant]:
        """Yield who was killed by whom, which calls were never begun or of what workers do not know, and which pools were left open."""
        at = self._folding.at
        for draft in self.members:
            for t_ns, data in [] if self._went_with_its_pool(draft) else draft.kills:
                by, site = self._whose(data.get("by"), t_ns), self._place(data.get("site"))
                text = str(data.get("how", ""))
                yield Instant(kind=InstantKind.KILLED, t_ns=at(t_ns), task=draft.number, by=by, location=site, text=text)
        yield from self._stale()
        if self._folding.ended_ns is None:
            return
        for draft in self.drafts:
            if draft.kind == BATCH and draft.owner == self._folding.frame.marker:
                yield from self._never_begun(draft)
        for draft in self.members:
            if (
                draft.kind == TaskKind.POOL
                and draft.closed is None
                and not draft.given.get("older")
                and draft.given.get("method") != "default"
            ):
                yield Instant(kind=InstantKind.NOT_CLOSED, t_ns=at(self._folding.ended_ns), task=draft.number)

    def _stale(self) -> Iterator[Instant]:
        for t_ns, data in self.drafts.stale:
            if data.get("owner") == self._folding.frame.marker:
                kind = InstantKind.OLD_IN_WORKERS if data.get("how") == "old" else InstantKind.UNKNOWN_IN_WORKERS
                task, site = self._whose(data.get("by"), t_ns), self._place(data.get("site"))
                yield Instant(kind=kind, t_ns=self._folding.at(t_ns), task=task, location=site, text=str(data.get("function", "")))

    def _went_with_its_pool(self, draft: Draft) -> bool:
        pool = self.pool_of(draft) if draft.kind == WORKER else None
        return pool is not None and pool.closed is not None

    def _never_begun(self, batch: Draft) -> Iterator[Instant]:
        missing = int(batch.given.get("items") or 0) - len(batch.jobs)
        if missing > 0 and (batch.back_ns is None or self.ends.of(batch).outcome is Outcome.RAISED):
            text = f"{missing} × {batch.given.get('function', '')}"
            pool = self.pool_of(batch)
            task = None if pool is None else pool.number
            yield Instant(kind=InstantKind.NEVER_BEGUN, t_ns=self._folding.at(self._folding.ended_ns or 0), task=task, text=text)


def _chunk(draft: Draft) -> int | None:
    """Return how many calls travel together with this one, if several do; what the user's code asked for may be anything."""
    size = draft.given.get("chunk")
    return size if type(size) is int and size > 1 else None
