"""The rule about pools whose workers stand idle at the end. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapreplace

from ...lang import marked
from ...model import Task, Trace
from ..phrases import At, Duration, Phrase, Value
from ..pool_use import PoolUse, begun, ended, pool_uses
from ..tracks import process_of
from .finding import Finding
from .wording import function_of


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A pool whose workers stood idle at the end, while one of them had a long call that could have begun earlier.

    Attributes:
        share: of the time that the calls took in all; what a better order or smaller chunks would have saved.
        floor_ns: the same as a time.
        busy: how busy the workers must have been until the first of them had nothing more to do: otherwise it was work that came late.
    """

    code: str = "AM513"
    summary: str = marked("an unbalanced pool: one worker is busy at the end")
    share: float = 0.2
    floor_ns: int = 100_000_000
    busy: float = 0.7

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each pool."""
        for use in pool_uses(trace):
            for burst in _bursts(use.jobs):
                tail = _tail(trace, use, burst)
                if tail is not None and tail.busy >= self.busy and tail.lost_ns >= max(self.floor_ns, self.share * tail.window_ns):
                    yield self._finding(use, tail)
                    break

    def _finding(self, use: PoolUse, tail: _Tail) -> Finding:
        last = tail.last
        return Finding(
            code=self.code,
            what=Phrase(
                marked("{pool}{at} was unbalanced: {call} came last, and the other workers idled for {idle} of {window}"),
                {
                    "pool": use.pool.name,
                    "at": At(use.pool.created_at),
                    "call": f"{function_of(last)}({last.arguments or '…'})",
                    "idle": Duration(tail.idle_ns),
                    "window": Duration(tail.window_ns),
                },
            ),
            why=Phrase(marked("In the best order the same calls would have been done {lost} earlier."), {"lost": Duration(tail.lost_ns)}),
            instead=_fairer(use, last),
            tasks=(last.id, use.pool.id),
            start_ns=ended(last) - tail.idle_ns,
            end_ns=ended(last),
            location=last.created_at or use.pool.created_at,
            cost_ns=tail.lost_ns,
        )


def _fairer(use: PoolUse, last: Task) -> Phrase:
    values: dict[str, Value] = {"function": function_of(last), "chunk": last.chunk or 1}
    if last.chunk is not None:
        return Phrase(marked("{chunk} calls travel together: use smaller chunks, `pool.map({function}, items, chunksize=1)`."), values)
    if "Executor" in use.pool.name:
        return Phrase(marked("Begin with the longest: `sorted(items, key=…, reverse=True)`; `as_completed` gives each result early."))
    return Phrase(marked("Begin with the longest: `sorted(items, key=…, reverse=True)`; `imap_unordered` gives each result early."))


@dataclass(frozen=True, slots=True)
class _Tail:
    """The end of a burst of calls.

    Attributes:
        last: the call that ended last.
        window_ns: from the first call's begin to its end.
        idle_ns: how long the other workers had nothing to do at the end, on average.
        lost_ns: how much earlier it could all have been done, one by one and the longest first.
        busy: share of the workers' time in which they had a call before the first of them had no more.
    """

    last: Task
    window_ns: int
    idle_ns: int
    lost_ns: int
    busy: float


def _bursts(jobs: Sequence[Task]) -> Iterator[list[Task]]:
    """Yield calls that were there together: a call submitted when all before it were over begins a new burst."""
    burst: list[Task] = []
    until = 0
    for job in jobs:
        if burst and job.created_ns >= until:
            yield burst
            burst = []
        burst.append(job)
        until = max(until, ended(job))
    if burst:
        yield burst


def _tail(trace: Trace, use: PoolUse, burst: Sequence[Task]) -> _Tail | None:
    """Return the end of a burst; ``None`` where at most one worker could have worked."""
    start, last = begun(burst[0]), max(burst, key=ended)
    end = ended(last)
    free = _workers(trace, use, burst, start, end)
    done = dict(free)
    stayed = [job for job in burst if _place(trace, use, job) in free]
    for job in stayed:
        place = _place(trace, use, job)
        done[place] = max(done[place], ended(job))
    needed = sorted(end - time for time in done.values())[: len(burst)]  # more workers than calls: the idlest were never wanted
    if len(needed) < 2 or last not in stayed:
        return None
    best = _longest_first([ended(job) - begun(job) for job in burst], len(needed))
    waited = begun(last) - max(last.created_ns, free[_place(trace, use, last)])
    lost = min(end - start - best, sum(needed) // len(needed), waited)
    return _Tail(last, end - start, sum(needed) // (len(needed) - 1), lost, _busy(stayed, free.values(), end - needed[-1]))


def _longest_first(durations: list[int], workers: int) -> int:
    """Return how long so many workers take for calls of these lengths, if they begin with the longest."""
    loads = [0] * workers
    for duration in sorted(durations, reverse=True):
        heapreplace(loads, loads[0] + duration)
    return max(loads)


def _place(trace: Trace, use: PoolUse, task: Task) -> int:
    """Return where a worker or a call of it runs: its process, or its thread."""
    return process_of(trace, task.track) if use.apart else task.track


def _workers(trace: Trace, use: PoolUse, burst: Sequence[Task], start: int, end: int) -> dict[int, int]:
    """Return the places of the workers that were there to the end, and since when each could work; not of those that were replaced."""
    there = {_place(trace, use, worker): max(start, begun(worker)) for worker in use.workers if begun(worker) < end}
    gone = {_place(trace, use, worker) for worker in use.workers if worker.ended_ns is not None and worker.ended_ns < end}
    unseen = {_place(trace, use, job): start for job in burst}
    return {place: since for place, since in {**unseen, **there}.items() if place not in gone}


def _busy(jobs: Sequence[Task], since: Iterable[int], until: int) -> float:
    """Return the share of their time in which workers had a call until a moment; 1 where there was no time before."""
    room = sum(max(0, until - begin) for begin in since)
    used = sum(max(0, min(ended(job), until) - begun(job)) for job in jobs)
    return used / room if room else 1.0
