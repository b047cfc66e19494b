"""Rules about what pools and executors cost. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ...lang import marked
from ...model import Location, Task, Trace
from ..phrases import Duration, Phrase, counted
from ..pool_use import PoolUse, begun, ended, length, pool_uses, union
from ..tracks import process_of
from .finding import Finding
from .wording import function_of, kind_of

GIVEN_AT_ONCE: Final = frozenset({"map", "starmap", "apply", "apply_async", "submit"})
"""How calls are submitted that are there when they are; ``imap`` and joblib may wait for a slow iterator, asyncio wants its loop free."""
MANY_TOGETHER: Final = frozenset({"map", "starmap"})


@dataclass(frozen=True, slots=True)
class CostMoreThanItSaved:
    """A pool that took longer than its calls would have taken one after another.

    Attributes:
        times: so many times as long at least: on a busy machine a good pool may be late.
        floor_ns: what a pool of processes must have wasted.
        threads_floor_ns: the same for threads, whose start costs next to nothing.
        least: so many calls at least; with one there is nothing to save.
    """

    code: str = "AM511"
    summary: str = marked("a pool that cost more than it saved")
    times: float = 2.0
    floor_ns: int = 10_000_000
    threads_floor_ns: int = 100_000_000
    least: int = 2

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each pool."""
        uses = pool_uses(trace)
        again = {use.pool.id for group in made_again(uses) for use in group}
        yield from (self._finding(use) for use in uses if self._judged(use) and use.pool.id not in again)

    def _judged(self, use: PoolUse) -> bool:
        if len(use.jobs) < self.least or any(job.method not in GIVEN_AT_ONCE for job in use.jobs):
            return False
        wasted = use.wall_ns - use.own_ns
        return wasted >= (self.floor_ns if use.apart else self.threads_floor_ns) and use.wall_ns >= self.times * use.own_ns

    def _finding(self, use: PoolUse) -> Finding:
        return Finding(
            code=self.code,
            what=counted(
                "{pool} took {wall} for {n} call that takes {own} by itself: {start} to start, {between} to hand over",
                "{pool} took {wall} for {n} calls that take {own} one after another: {start} to start, {between} to hand over",
                n=len(use.jobs),
                pool=use.pool.name,
                wall=Duration(use.wall_ns),
                own=Duration(use.own_ns),
                start=Duration(use.start_ns),
                between=Duration(use.between_ns),
            ),
            why=Phrase(marked("Starting workers and sending each call and its result has a price, which calls so short do not pay back.")),
            instead=_cheaper(use),
            tasks=(use.pool.id,),
            start_ns=use.pool.created_ns,
            end_ns=max(map(ended, use.jobs)),
            location=use.jobs[0].created_at or use.pool.created_at,
            cost_ns=use.wall_ns - use.own_ns,
        )


def _cheaper(use: PoolUse) -> Phrase:
    """Say what to write instead, by where most of the time went."""
    job = use.jobs[0]
    values = {"function": function_of(job)}
    if use.start_ns >= use.between_ns:
        return Phrase(marked("For so little work call it directly: `[{function}(x) for x in items]`; a pool pays for long calls."), values)
    if job.method in MANY_TOGETHER and job.chunk is not None:
        return Phrase(marked("Call it directly: `[{function}(x) for x in items]`, or give each call more to do and less to send."), values)
    return Phrase(marked("Hand over many calls at once: `pool.map({function}, items, chunksize=100)`, or call it directly."), values)


@dataclass(frozen=True, slots=True)
class MadeForEveryCall:
    """A pool of processes made anew again and again.

    Attributes:
        least: so many pools made in one line, one after the other.
        share: of their lives, in which none of their calls ran.
        floor_ns: the same as a time.
    """

    code: str = "AM512"
    summary: str = marked("a pool made anew for every call")
    share: float = 0.3
    floor_ns: int = 40_000_000

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each line that makes them."""
        for group in made_again(pool_uses(trace)):
            lives = sum(_end(use) - use.pool.created_ns for use in group)
            idle = lives - sum(length(union((begun(job), ended(job)) for job in use.jobs)) for use in group)
            if idle >= self.floor_ns and idle >= self.share * lives:
                yield self._finding(group, lives, idle)

    def _finding(self, group: Sequence[PoolUse], lives: int, idle: int) -> Finding:
        pool = group[0].pool
        return Finding(
            code=self.code,
            what=counted(
                "{pool} was made {n} time, one after the other: {idle} of {lives} went into starting and ending them",
                "{pool} was made {n} times, one after the other: {idle} of {lives} went into starting and ending them",
                n=len(group),
                pool=pool.name,
                idle=Duration(idle),
                lives=Duration(lives),
            ),
            why=Phrase(marked("Each of them starts its own worker processes and ends them again.")),
            instead=Phrase(
                marked("Make it once, around the loop: `with {kind}(…) as pool:`, and call `pool.map(…)` inside."), {"kind": kind_of(pool)}
            ),
            tasks=tuple(use.pool.id for use in group),
            start_ns=pool.created_ns,
            end_ns=_end(group[-1]),
            location=pool.created_at,
            cost_ns=idle * (len(group) - 1) // len(group),
        )


def made_again(uses: Sequence[PoolUse], least: int = 3) -> Iterator[list[PoolUse]]:
    """Yield pools of processes that one line made one after the other, each when the one before was over; joblib's keep their workers."""
    lines: defaultdict[tuple[Location | None, str], list[PoolUse]] = defaultdict(list)
    for use in uses:
        if use.apart and not use.pool.older and use.pool.ended_ns is not None and use.jobs[0].method != use.pool.method:
            lines[use.pool.created_at, use.pool.name].append(use)
    for group in lines.values():
        if len(group) >= least and all(_end(one) <= other.pool.created_ns for one, other in pairwise(group)):
            yield group


def _end(use: PoolUse) -> int:
    return max(ended(use.pool), *map(ended, use.jobs))


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A pool whose workers stood idle at the end, while one of them had a long call that could have begun earlier.

    Attributes:
        share: of the time that the calls took in all; what a better order or smaller chunks would have saved.
        floor_ns: the same as a time.
        busy: how busy the workers must have been until the first of them had nothing more to do: otherwise it was work that came late.
    """

    code: str = "AM513"
    summary: str = marked("an unbalanced pool: one worker busy at the end, the others idle")
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
                marked("{pool} was unbalanced: {call} kept one worker busy to the end, while the others idled for {idle} of {window}"),
                {
                    "pool": use.pool.name, "call": f"{function_of(last)}({last.arguments or '…'})",
                    "idle": Duration(tail.idle_ns), "window": Duration(tail.window_ns),
                },
            ),  # fmt: skip
            why=Phrase(marked("Spread evenly, the same calls would have been done {lost} earlier."), {"lost": Duration(tail.lost_ns)}),
            instead=_fairer(last),
            tasks=(last.id, use.pool.id),
            start_ns=ended(last) - tail.idle_ns,
            end_ns=ended(last),
            location=last.created_at or use.pool.created_at,
            cost_ns=tail.lost_ns,
        )


def _fairer(last: Task) -> Phrase:
    values = {"function": function_of(last), "chunk": last.chunk or 1}
    if last.chunk is not None:
        return Phrase(
            marked("{chunk} calls travel together: use smaller chunks, `pool.map({function}, items, chunksize=1)`."), values
        )
    return Phrase(
        marked("Begin with the longest: `sorted(items, key=…, reverse=True)`; `imap_unordered` gives you each result when it is there."),
        values,
    )


@dataclass(frozen=True, slots=True)
class _Tail:
    """The end of a burst of calls.

    Attributes:
        last: the call that ended last.
        window_ns: from the first call's begin to its end.
        idle_ns: how long the other workers had nothing to do at the end, on average.
        lost_ns: how much earlier it could all have been done.
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
    free = _workers(trace, use, start, end)
    done = dict(free)
    for job in burst:
        place = _place(trace, use, job)
        free.setdefault(place, start)
        done[place] = max(done.get(place, start), ended(job))
    needed = sorted((end - time for time in done.values()))[: len(burst)]  # more workers than calls: the idlest were never wanted
    if len(needed) < 2:
        return None
    total, longest = sum(ended(job) - begun(job) for job in burst), max(ended(job) - begun(job) for job in burst)
    waited = begun(last) - max(start, last.created_ns)
    lost = min(end - start - max(longest, total // len(needed)), sum(needed) // len(needed), waited)
    return _Tail(last, end - start, sum(needed) // (len(needed) - 1), lost, _busy(burst, free.values(), end - needed[-1]))


def _place(trace: Trace, use: PoolUse, task: Task) -> int:
    """Return where a worker or a call of it runs: its process, or its thread."""
    return process_of(trace, task.track) if use.apart else task.track


def _workers(trace: Trace, use: PoolUse, start: int, end: int) -> dict[int, int]:
    """Return the places of the workers that were there to the end, and since when each could work."""
    there = [worker for worker in use.workers if begun(worker) < end and (worker.ended_ns is None or worker.ended_ns >= end)]
    return {_place(trace, use, worker): max(start, begun(worker)) for worker in there}


def _busy(burst: Sequence[Task], since: Iterable[int], until: int) -> float:
    """Return the share of their time in which workers had a call until a moment; 1 where there was no time before."""
    room = sum(max(0, until - begin) for begin in since)
    used = sum(max(0, min(ended(job), until) - begun(job)) for job in burst)
    return used / room if room else 1.0
