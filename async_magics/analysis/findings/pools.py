"""Rules about what pools and executors cost. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ...lang import marked
from ...model import Location, Trace
from ..intervals import length, merged
from ..phrases import At, Duration, Phrase, counted
from ..pool_use import PoolUse, begun, ended, pool_uses
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
    floor_ns: int = 3_000_000
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
                "{pool}{at} took {wall} for {n} call that takes {own} by itself: start {start}, hand-over {between}",
                "{pool}{at} took {wall} for {n} calls that take {own} one after another: start {start}, hand-over {between}",
                n=len(use.jobs),
                pool=use.pool.name,
                at=At(use.pool.created_at),
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
    if use.start_ns >= use.between_ns or not use.apart:
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
    floor_ns: int = 15_000_000

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each line that makes them."""
        for group in made_again(pool_uses(trace)):
            lives = sum(_end(use) - use.pool.created_ns for use in group)
            idle = lives - sum(length(merged((begun(job), ended(job)) for job in use.jobs)) for use in group)
            if idle >= self.floor_ns and idle >= self.share * lives:
                yield self._finding(group, lives, idle)

    def _finding(self, group: Sequence[PoolUse], lives: int, idle: int) -> Finding:
        pool = group[0].pool
        return Finding(
            code=self.code,
            what=counted(
                "{pool}{at} was made {n} time, one after the other: {idle} of {lives} went into starting and ending them",
                "{pool}{at} was made {n} times, one after the other: {idle} of {lives} went into starting and ending them",
                n=len(group),
                pool=pool.name,
                at=At(pool.created_at),
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
