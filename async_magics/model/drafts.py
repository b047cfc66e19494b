"""Rows about works, sorted by whom they are about: one ``Draft`` per thread, process, pool, worker, job, generator or call.

Imports ``events`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from ..events import Verb, WorkRow

BATCH: Final = "batch"
WORKER: Final = "worker"


@dataclass(slots=True, eq=False)
class Draft:
    """What the rows say about one work. Times are on the recorder's clock.

    Attributes:
        ident: its id.
        kind: a value of ``TaskKind``, or ``"batch"``.
        given: ``data`` of its ``SPAWN`` row.
        spawned_ns: when it was created or submitted.
        made: process and thread that did so.
        started_ns: when it was there: ``start()`` returned, a pool had its workers.
        pid: of its own process, where it is one.
        begun: ``(t_ns, pid, thread, data)`` of its code.
        ended: ``(t_ns, data)`` of its code.
        died: ``(t_ns, data)`` of its process.
        failed: ``(t_ns, data)`` where it could not be started.
        steps: ``(begin_ns, end_ns, how, site, pid, thread)``.
        kills: ``(t_ns, data)``.
        back_ns, cancelled: when its result was back, and whether it was cancelled instead.
        refused: ``data`` of what came back instead of a result.
        closed: ``(t_ns, how)`` of a pool.
        jobs: of a batch: its calls; of a worker: what it ran.
        worker: of a job: who ran it.
        batch: of a job: the call of a pool that it belongs to, where that has several.
        number: its id in the trace.
    """

    ident: str
    kind: str
    given: dict[str, Any] = field(default_factory=dict)
    spawned_ns: int | None = None
    made: tuple[int, int] = (0, 0)
    started_ns: int | None = None
    pid: int | None = None
    begun: tuple[int, int, int, dict[str, Any]] | None = None
    ended: tuple[int, dict[str, Any]] | None = None
    died: tuple[int, dict[str, Any]] | None = None
    failed: tuple[int, dict[str, Any]] | None = None
    steps: list[tuple[int, int, str, Any, int, int]] = field(default_factory=list)
    kills: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    back_ns: int | None = None
    cancelled: bool = False
    refused: dict[str, Any] | None = None
    closed: tuple[int, str] | None = None
    jobs: list[Draft] = field(default_factory=list)
    worker: Draft | None = None
    batch: Draft | None = None
    number: int | None = None

    @property
    def owner(self) -> int | None:
        """The marker of the recording that it belongs to."""
        return self.given.get("owner")

    @property
    def first_ns(self) -> int | None:
        """When its code first ran, as far as that was seen: of a worker whose own rows are missing, a job of it."""
        if self.begun is not None:
            return self.begun[0]
        return self.steps[0][0] if self.steps else min((job.begun[0] for job in self.jobs if job.begun), default=None)

    @property
    def thread(self) -> tuple[int, int] | None:
        """Process and thread in which its code runs."""
        if self.begun is not None:
            return self.begun[1], self.begun[2]
        return self.steps[0][4:6] if self.steps else None


class Drafts:
    """All works in a log.

    Attributes:
        waits: ``(pid, thread)`` -> ``[begin_ns, end_ns or None, work, how, delay_ns or None]``, the outermost of nested ones, in order.
        futures: id of an asyncio future -> ``(t_ns, work)`` in order.
        pools_of: pid of a worker -> id of its pool.
        stale: ``(t_ns, data)`` of calls with functions that workers do not know as they are now.
    """

    def __init__(self, rows: list[WorkRow]) -> None:
        self._by_ident: dict[str, Draft] = {}
        self._alias: dict[str, Draft] = {}
        self._by_pid: dict[int, Draft] = {}
        self._depth: dict[tuple[int, int], int] = {}
        self.waits: dict[tuple[int, int], list[list[Any]]] = {}
        self.futures: dict[int, list[tuple[int, str]]] = {}
        self.pools_of: dict[int, str] = {}
        self.stale: list[tuple[int, dict[str, Any]]] = []
        for row in sorted(rows, key=itemgetter(1)):
            self._take(row)

    def __iter__(self) -> Iterator[Draft]:
        return iter(tuple(self._by_ident.values()))

    def get(self, ident: object) -> Draft | None:
        """Return the work with an id."""
        return self._alias.get(ident) or self._by_ident.get(ident) if isinstance(ident, str) else None

    def of_pid(self, pid: int) -> Draft | None:
        """Return the process, or worker, that has a process id."""
        return self._by_pid.get(pid)

    def add(self, draft: Draft) -> Draft:
        """Add a work that no row speaks of."""
        return self._by_ident.setdefault(draft.ident, draft)

    def _at(self, ident: str) -> Draft:
        found = self.get(ident)
        return self.add(Draft(ident, "")) if found is None else found

    def _take(self, row: WorkRow) -> None:
        verb, t_ns, pid, thread, ident, data = row
        match verb:
            case Verb.SPAWN:
                draft = self._at(ident)
                draft.kind, draft.given = str(data.get("kind", "")), dict(data)  # the row stays as it is: other recordings read it too
                draft.spawned_ns, draft.made = t_ns, (pid, thread)
            case Verb.BEGIN:
                self._begin(t_ns, pid, thread, ident, data)
            case Verb.STEP:
                step = (t_ns, data.get("end", t_ns), str(data.get("how", "")), data.get("site"), pid, thread)
                self._at(ident).steps.append(step)
            case Verb.WAIT | Verb.WAITED:
                self._wait(verb, t_ns, (pid, thread), ident, data)
            case Verb.FUTURE:
                self.futures.setdefault(data["future"], []).append((t_ns, ident))
            case Verb.WORKERS:
                self._workers(t_ns, ident, data)
            case Verb.STALE:
                self.stale.append((t_ns, data))
            case Verb.FORKED:
                draft = self._at(ident)
                draft.kind, draft.given, draft.spawned_ns, draft.pid = "process", data, t_ns, pid
                self._by_pid.setdefault(pid, draft)
            case _:
                self._note(verb, t_ns, ident, data)

    def _begin(self, t_ns: int, pid: int, thread: int, ident: str, data: dict[str, Any]) -> None:
        batch = self.get(data.get("of"))
        if batch is not None and batch.kind != BATCH:  # a job of one call: the call is the job
            self._alias[ident] = draft = batch
        else:
            draft = self._at(ident)
        if batch is not None and draft is not batch:
            draft.kind, draft.spawned_ns, draft.made = "job", batch.spawned_ns, batch.made
            draft.given = {**batch.given, **{key: data[key] for key in ("function", "arguments") if data.get(key) is not None}}
            batch.jobs.append(draft)
            draft.batch = batch
        elif data.get("arguments") is not None:
            draft.given = {**draft.given, "arguments": data["arguments"]}
        draft.begun = (t_ns, pid, thread, data)
        if draft.kind in ("process", WORKER) and draft.pid is None:
            draft.pid = pid
        if draft.pid is not None:
            self._by_pid.setdefault(draft.pid, draft)

    def _wait(self, verb: str, t_ns: int, thread: tuple[int, int], ident: str, data: dict[str, Any]) -> None:
        depth = self._depth.get(thread, 0)
        found = self.waits.setdefault(thread, [])
        if verb == Verb.WAIT:
            self._depth[thread] = depth + 1
            if not depth:
                found.append([t_ns, None, ident, str(data.get("how", "")), data.get("delay")])
            return
        self._depth[thread] = max(0, depth - 1)
        if depth == 1 and found:
            found[-1][1] = t_ns
        code = data.get("code")
        draft = self.get(ident)
        if code is not None and draft is not None and draft.died is None:
            draft.died = (t_ns, {"code": code})

    def _workers(self, t_ns: int, ident: str, data: dict[str, Any]) -> None:
        pool = self._at(ident)
        if pool.started_ns is None:
            pool.started_ns = t_ns
        for pid in data.get("pids", ()):
            self.pools_of.setdefault(pid, ident)

    def _note(self, verb: str, t_ns: int, ident: str, data: dict[str, Any]) -> None:
        draft = self._at(ident)
        if verb == Verb.STARTED:
            draft.started_ns, draft.pid = t_ns, data.get("pid", draft.pid)
            if draft.pid is not None:
                self._by_pid.setdefault(draft.pid, draft)
        elif verb == Verb.FAILED:
            draft.failed = (t_ns, data)
        elif verb == Verb.END:
            draft.ended = (t_ns, data)
        elif verb == Verb.DIED:
            draft.died = (t_ns, {**(draft.died[1] if draft.died else {}), **data})
        elif verb == Verb.KILL:
            draft.kills.append((t_ns, data))
        elif verb == Verb.BACK and "chunk" not in data:
            draft.back_ns, draft.cancelled = t_ns, bool(data.get("cancelled"))
            draft.refused = data if data.get("error") else None
        elif verb == Verb.CLOSED and draft.closed is None:
            draft.closed = (t_ns, str(data.get("how", "")))
