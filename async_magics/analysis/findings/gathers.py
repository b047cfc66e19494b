"""AM205: a ``gather`` that failed and left tasks behind. Imports ``lang``, ``model``, ``analysis`` and this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import InstantKind, Location, Outcome, Trace, WaitKind
from ..phrases import At, Duration, Phrase, Value
from .finding import Finding
from .rows import in_cell, names, waits, who

_ON_NS: Final = 10_000_000
"""Who ends no later than this after the gather did not run on."""


@dataclass(frozen=True, slots=True)
class GatherFailed:
    """``gather`` failed while siblings ran on."""

    code: str = "AM205"
    summary: str = marked("gather failed while its other tasks ran on")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each ``gather`` that left tasks behind."""
        for failure in failed_gathers(trace):
            last = max(trace.end_ns_of(task) for task in failure.siblings)
            failed = trace.tasks[failure.failed]
            values: dict[str, Value] = {
                "failed": who(failed), "error": failed.exception or "", "others": names(trace, failure.siblings),
                "after": Duration(last - failure.t_ns), "at": At(failure.location),
            }  # fmt: skip
            yield Finding(
                code=self.code,
                what=Phrase(marked("gather{at} ended with {error} of {failed}; {others} ran on, up to {after} longer"), values),
                why=Phrase(marked("gather passes the first exception on and stops nobody: what the others return or raise is lost.")),
                instead=Phrase(marked("`async with asyncio.TaskGroup()` stops the others; `return_exceptions=True` waits for all.")),
                tasks=(failure.failed, *failure.siblings),
                start_ns=failure.t_ns,
                end_ns=last,
                location=failure.location,
                cost_ns=last - failure.t_ns,
            )


@dataclass(frozen=True, slots=True)
class Failure:
    """A ``gather`` that ended by an exception, and who went on although nobody waited for it any more."""

    t_ns: int
    failed: int
    siblings: tuple[int, ...]
    location: Location | None


def failed_gathers(trace: Trace) -> list[Failure]:
    """Return them in the order of the slices."""
    table, found = trace.slices, []
    awaited: dict[int, int] | None = None
    stopped = {instant.task for instant in trace.instants if instant.kind is InstantKind.CANCEL_REQUESTED}
    for row, wait in waits(trace, lambda wait: wait.kind is WaitKind.GATHER and len(wait.targets) > 1):
        end = table.end_ns[row]
        failed = [task for task in wait.targets if trace.tasks[task].outcome is Outcome.RAISED and trace.end_ns_of(task) <= end]
        going = [task for task in wait.targets if trace.end_ns_of(task) - end > _ON_NS and task not in stopped]
        if failed and going:
            awaited = _last_awaited(trace) if awaited is None else awaited
            if siblings := tuple(task for task in going if awaited.get(task, -1) < end):
                first = min(failed, key=trace.end_ns_of)
                found.append(Failure(end, first, siblings, in_cell(wait.chain)))
    return found


def _last_awaited(trace: Trace) -> dict[int, int]:
    """Return for each task that somebody waited for when the last such wait began."""
    start_ns, found = trace.slices.start_ns, dict[int, int]()
    for row, wait in waits(trace, lambda wait: bool(wait.targets)):
        for target in wait.targets:
            found[target] = max(found.get(target, 0), start_ns[row])
    return found
