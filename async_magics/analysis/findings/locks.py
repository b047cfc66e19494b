"""AM401: tasks that queue for a lock. Imports ``lang``, ``model``, ``analysis`` and this folder."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import State, Trace, Wait, WaitKind
from ...model.slices import NONE
from ..intervals import length, merged, most_at_once
from ..phrases import At, Duration, Phrase, Share, Value
from .finding import Finding
from .rows import in_cell, waits

_LOCKS: Final = frozenset((WaitKind.LOCK, WaitKind.SEMAPHORE))


@dataclass(frozen=True, slots=True)
class Queued:
    """A lock, or a semaphore that lets one through at a time, on which tasks queued.

    Attributes:
        tasks: so many must have waited for it.
        least_ns: and so long, together.
        share: somebody must have waited for this part of the wall time, and each of them for so much of its life, on average.
    """

    tasks: int = 2
    least_ns: int = 50_000_000
    share: float = 0.5
    code: str = "AM401"
    summary: str = marked("tasks queued for a lock")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each lock that makes tasks run one after the other."""
        found: defaultdict[tuple[WaitKind, str], list[tuple[int, Wait]]] = defaultdict(list)
        for row, wait in waits(trace, lambda wait: wait.kind in _LOCKS):
            found[wait.kind, wait.name].append((row, wait))
        for (kind, name), mine in found.items():
            table = trace.slices
            spans = [(table.start_ns[row], table.end_ns[row]) for row, _ in mine]
            queue = tuple(dict.fromkeys(table.task[row] for row, _ in mine))
            total, union = length(spans), length(merged(spans))
            lives = sum(trace.end_ns_of(task) - trace.tasks[task].created_ns for task in queue)
            long = total >= max(self.least_ns, self.share * lives) and union >= self.share * trace.code_ns
            if len(queue) < self.tasks or not long or (kind is WaitKind.SEMAPHORE and _admitted(trace, [row for row, _ in mine]) > 1):
                continue
            line = in_cell(mine[0][1].chain)
            values: dict[str, Value] = {
                "n": len(queue), "lock": name or str(kind), "share": Share(min(1.0, union / trace.code_ns)), "took": Duration(total),
                "at": At(line),
            }  # fmt: skip
            yield Finding(
                code=self.code,
                what=Phrase(marked("{n} tasks queued for {lock}{at}: somebody waited {share} of the time, all together {took}"), values),
                why=Phrase(marked("Only one at a time gets through, so they run one after the other, as if there were no tasks.")),
                instead=Phrase(marked("Hold it only around what must not overlap; await what takes long before or after.")),
                tasks=queue,
                start_ns=min(spans)[0],
                end_ns=max(end for _, end in spans),
                location=line,
                cost_ns=union,
            )


def _admitted(trace: Trace, rows: list[int]) -> int:
    """Return how many of those that queued for a semaphore were through it at once, at the most.

    One leaves when it wakes another of the queue, or ends.
    """
    table = trace.slices
    came = [row + 1 for row in rows]  # the slice after a wait: ready, by whom
    left: defaultdict[int, list[int]] = defaultdict(list)
    for row in came:
        if row < len(table) and table.state[row] == State.RUNNABLE and table.waker[row] != NONE:
            left[table.waker[row]].append(table.start_ns[row])
    for times in left.values():
        times.sort()
    spans = []
    for row in rows:
        task, begin = table.task[row], table.end_ns[row]
        at = bisect_right(left[task], begin)
        spans.append((begin, left[task][at] if at < len(left[task]) else trace.end_ns_of(task)))
    return most_at_once(spans)
