"""What works did when: start-up, running, waiting, idle. Imports this folder only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from .drafts import WORKER, Draft
from .slices import NONE, SliceTable
from .trace import Wait
from .words import Cause, State, TaskKind, WaitKind
from .work_ends import used

if TYPE_CHECKING:
    from .works import Works

Piece: TypeAlias = tuple[int, int, State, Wait | None, int | None]
"""Begin and end on the recorder's clock, the state, what was waited for, and the CPU time used."""


STAYING: Final = frozenset({TaskKind.POOL, TaskKind.WORKER, TaskKind.GENERATOR, TaskKind.GREENLET})
"""What may stay for good without doing anything."""


class WorkSlices:
    """Appends the slices of works to a trace's table.

    Args:
        works: of the recording.
        begin_ns, now_ns: of the recording, on the recorder's clock.
        quiet_ns: when the last of those that do something was over; ``now_ns`` while one goes on. What merely stays, an idle worker or a
            generator that nobody asks, is drawn no further.
    """

    def __init__(self, works: Works, begin_ns: int, now_ns: int, quiet_ns: int) -> None:
        self._works, self._begin_ns, self._now_ns, self._quiet_ns = works, begin_ns, now_ns, quiet_ns

    def add(self, draft: Draft, table: SliceTable) -> None:
        """Append what a work did when."""
        pieces: Iterator[Piece]
        until = self._works.ends.of(draft).t_ns
        end_ns = until if until is not None else self._quiet_ns if draft.kind in STAYING else self._now_ns
        if draft.steps:
            pieces = self._stepwise(draft, end_ns)
        elif draft.kind == WORKER:
            pieces = self._of_worker(draft, end_ns)
        elif draft.kind == TaskKind.POOL:
            pieces = self._of_pool(draft, end_ns)
        else:
            pieces = self._straight(draft, end_ns)
        self._append(draft, pieces, table)

    def _append(self, draft: Draft, pieces: Iterator[Piece], table: SliceTable) -> None:
        last, number, zero = self._works.created(draft), draft.number or 0, self._begin_ns
        spawned = Cause.SPAWN
        for begin, end, state, wait, cpu_ns in pieces:
            begin, end = max(begin, last), min(end, self._now_ns)
            if begin >= end:
                continue
            cause = spawned if state is State.RUNNABLE else Cause.UNKNOWN
            cpu = NONE if cpu_ns is None else cpu_ns
            table.add(number, begin - zero, end - zero, state, wait=table.wait_id(wait), cause=cause, cpu_ns=cpu)
            last = end

    def _straight(self, draft: Draft, end_ns: int) -> Iterator[Piece]:
        """Start-up or queue, then running but for what its thread waits for."""
        created = self._works.created(draft)
        begun = draft.begun[0] if draft.begun else draft.started_ns if draft.kind == TaskKind.SUBPROCESS else None
        yield created, end_ns if begun is None else begun, State.RUNNABLE, None, None
        if begun is None:
            return
        waits = [] if draft.kind == TaskKind.CALL else self._works.waits_in(draft.thread, begun, end_ns)
        yield from carved(begun, end_ns, waits, used(draft))

    def _stepwise(self, draft: Draft, end_ns: int) -> Iterator[Piece]:
        kind = WaitKind.YIELD if draft.kind in (TaskKind.GENERATOR, TaskKind.GREENLET) else WaitKind.UNKNOWN
        suspended, last = Wait(kind=kind), self._works.created(draft)
        for begin, end, *_rest in draft.steps:
            yield last, begin, State.WAITING, suspended, None
            yield begin, end, State.RUNNING, None, None
            last = end
        yield last, end_ns, State.WAITING, suspended, None

    def _of_worker(self, draft: Draft, end_ns: int) -> Iterator[Piece]:
        idle, last = Wait(kind=WaitKind.IDLE), self._works.created(draft)
        begun = end_ns if draft.first_ns is None else draft.first_ns
        if not draft.given.get("older"):
            yield last, begun, State.RUNNABLE, None, None
        last = max(last, begun) if not draft.given.get("older") else last
        for job in sorted(draft.jobs, key=lambda job: job.begun or (0,)):
            begin = job.begun[0] if job.begun else last
            end = job.ended[0] if job.ended else end_ns
            yield last, begin, State.WAITING, idle, None
            yield begin, end, State.RUNNING, None, used(job)
            last = max(last, end)
        yield last, end_ns, State.WAITING, idle, None

    def _of_pool(self, draft: Draft, end_ns: int) -> Iterator[Piece]:
        created = self._works.created(draft)
        made = draft.started_ns if draft.started_ns is not None and not draft.given.get("older") else created
        yield created, made, State.RUNNABLE, None, None
        yield made, end_ns, State.WAITING, Wait(kind=WaitKind.IDLE), None


def carved(begin_ns: int, end_ns: int, waits: list[tuple[int, int, Wait]], cpu_ns: int | None) -> Iterator[Piece]:
    """Yield a running stretch with waits cut out of it; its CPU time is shared out by length."""
    runs, last = [], begin_ns
    for begin, end, _wait in waits:
        runs.append((last, max(last, begin)))
        last = max(last, end)
    runs.append((last, max(last, end_ns)))
    total = sum(end - begin for begin, end in runs) or 1
    for number, (begin, end) in enumerate(runs):
        share = None if cpu_ns is None else cpu_ns * (end - begin) // total
        yield begin, end, State.RUNNING, None, share
        if number < len(waits):
            yield max(waits[number][0], begin), waits[number][1], State.WAITING, waits[number][2], None
