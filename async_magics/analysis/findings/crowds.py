"""AM105: too many tasks at once on one resource. Imports ``lang``, ``model``, ``analysis`` and this folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import Location, Task, Trace, WaitKind
from ..intervals import most_at_once
from ..phrases import Duration, Phrase, Value
from .finding import Finding
from .rows import in_cell, waits

_SCARCE: Final = frozenset((WaitKind.CONNECT, WaitKind.EXECUTOR))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Too many tasks at once on one resource.

    Attributes:
        most: more connections than these made at once from one line, or calls waiting for a thread, are too many.
        queued: calls must have waited for a thread so many times as long as they ran.
    """

    most: int = 100
    queued: float = 3.0
    code: str = "AM105"
    summary: str = marked("too many tasks at once on one resource")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each line at which a crowd waits."""
        found: defaultdict[tuple[WaitKind, Location], list[int]] = defaultdict(list)
        lines: dict[int, Location | None] = {}
        for row, wait in waits(trace, lambda wait: wait.kind in _SCARCE):
            number = trace.slices.wait[row]
            if number not in lines:
                lines[number] = in_cell(wait.chain)
            place = lines[number] or trace.tasks[trace.slices.task[row]].created_at
            if place is not None:
                found[wait.kind, place].append(row)
        for (kind, place), rows in found.items():
            spans = [(trace.slices.start_ns[row], trace.slices.end_ns[row]) for row in rows]
            if len(rows) > self.most and (crowd := most_at_once(spans)) > self.most:
                tasks = tuple(dict.fromkeys(trace.slices.task[row] for row in rows))
                common = {"tasks": tasks, "start_ns": min(spans)[0], "end_ns": max(end for _, end in spans), "location": place}
                if kind is WaitKind.CONNECT:
                    yield self._connections(crowd, place, common)
                else:
                    yield from self._calls(trace, rows, crowd, place, common)

    def _connections(self, crowd: int, place: Location, common: dict[str, object]) -> Finding:
        return Finding(
            code=self.code,
            what=Phrase(marked("{n} connections were being made at once ({line})"), {"n": crowd, "line": place}),
            why=Phrase(marked("Servers refuse such a crowd, and a process may have only so many sockets open.")),
            instead=Phrase(marked("Let a few through at a time: `limit = asyncio.Semaphore(20)`, then `async with limit:` around it.")),
            **common,  # type: ignore[arg-type]
        )

    def _calls(self, trace: Trace, rows: list[int], crowd: int, place: Location, common: dict[str, object]) -> Iterator[Finding]:
        jobs = [trace.tasks[target] for row in rows for target in trace.slices.waits[trace.slices.wait[row]].targets]
        ran = [job for job in jobs if job.begun_ns is not None and job.ended_ns is not None]
        queued, worked = sum(map(_queued_ns, ran)), sum((job.ended_ns or 0) - (job.begun_ns or 0) for job in ran)
        if not ran or queued < self.queued * worked:
            return
        threads = len({job.track for job in ran})
        longest = max(map(_queued_ns, ran))
        values: dict[str, Value] = {"n": crowd, "line": place, "threads": threads, "longest": Duration(longest)}
        yield Finding(
            code=self.code,
            what=Phrase(marked("{n} calls waited at once for {threads} threads ({line}), the last of them {longest}"), values),
            why=Phrase(marked("They only stand in a queue that nobody sees; it takes memory, and time-outs run meanwhile.")),
            instead=Phrase(marked("Begin as many as can run: `async with limit:` with `limit = asyncio.Semaphore({threads})`."), values),
            **common,  # type: ignore[arg-type]
        )


def _queued_ns(job: Task) -> int:
    return (job.begun_ns or 0) - job.created_ns
