"""AM101: awaits that could have overlapped. The source says that they are independent, the trace that it cost time.

Imports ``lang``, ``model``, ``analysis.code`` and this folder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ...lang import marked
from ...model import Location, Trace, Wait, WaitKind
from ..code import Code
from ..phrases import CELL_FILE, Duration, Phrase, Value
from . import calls
from .calls import Row
from .finding import Finding
from .rows import Piece, pieces

_TIED: Final = frozenset((
    WaitKind.LOCK, WaitKind.SEMAPHORE, WaitKind.EVENT, WaitKind.CONDITION, WaitKind.BARRIER, WaitKind.QUEUE_GET,
    WaitKind.QUEUE_PUT, WaitKind.QUEUE_JOIN, WaitKind.STREAM_WRITE,
))  # fmt: skip
"""Waits that put things in order: what is awaited through them may depend on what else happens."""
_CONNECTED: Final = frozenset((WaitKind.STREAM_READ, WaitKind.SOCKET))
"""Independent only where the call opened the connection itself."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of a row as it ran: which call, from when to when."""

    call: int
    start_ns: int
    end_ns: int

    @property
    def ns(self) -> int:
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class OneAfterAnother:
    """Awaited one after another though independent.

    Attributes:
        least_ns: a call that took less does not count.
        share: they must have taken this part of the wall time together.
    """

    least_ns: int = 50_000_000
    share: float = 0.3
    code: str = "AM101"
    summary: str = marked("awaited one after another though independent")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each row of calls that cost time."""
        code = Code(trace.source)
        found = list(calls.rows(code))
        if not found:
            return
        by_scope: defaultdict[str, list[Row]] = defaultdict(list)
        for row in found:
            by_scope[row.scope].append(row)
        waited = pieces(trace, lambda wait: any(place.function in by_scope and place.file == CELL_FILE for place in wait.chain))
        for row in found:
            yield from self._judge(trace, code, row, waited)

    def _judge(self, trace: Trace, code: Code, row: Row, waited: dict[int, list[Piece]]) -> Iterator[Finding]:
        places: dict[int, _Place | None] = {}
        ran = {task: steps for task, mine in waited.items() if (steps := _steps(trace, row, mine, places))}
        spans = sorted((steps[0].start_ns, steps[-1].end_ns) for steps in ran.values())
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            return  # several tasks go through here at once: the program waits for many things already
        long = [step for steps in ran.values() for step in steps if step.ns >= self.least_ns]
        total = sum(step.ns for step in long)
        if len(long) < 2 or total < self.share * trace.code_ns:
            return
        used = [row.calls[number] for number in sorted({step.call for step in long})]
        if not row.loop and len(used) < 2:
            return
        values: dict[str, Value] = {
            "calls": ", ".join(call.text for call in used), "n": len(long), "line": code.place(row.calls[0].statement),
            "took": Duration(total), "best": Duration(max(step.ns for step in long)),
        }  # fmt: skip
        once = marked("{calls} ran one after the other ({line}): {took}; at once about {best}")
        loop = marked("{calls} ran {n} times, one after the other ({line}): {took}; at once about {best}")
        yield Finding(
            code=self.code,
            what=Phrase(loop if row.loop else once, values),
            why=Phrase(marked("None of them needs what another returns, so they could wait at the same time.")),
            instead=Phrase(marked("Write {code}, or create the tasks first and await them afterwards."), {"code": f"`{row.code}`"}),
            tasks=tuple(ran),
            start_ns=long[0].start_ns,
            end_ns=max(step.end_ns for step in long),
            location=code.place(row.calls[0].statement),
            cost_ns=total - max(step.ns for step in long),
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a wait stands: under which call of a row, and by which lines below it."""

    call: int
    below: tuple[Location, ...]
    tied: bool
    needs_connection: bool
    connects: bool


def _steps(trace: Trace, row: Row, waited: list[Piece], places: dict[int, _Place | None]) -> list[_Step]:
    """Return when each call of a row waited in one task; none where its waits tell that something else is in play."""
    steps: list[_Step] = []
    first: tuple[Location, ...] | None = None
    connected = False
    for start, end, wait in waited:
        if id(wait) not in places:  # the trace holds each different wait once
            places[id(wait)] = _place(row, wait)
        place = places[id(wait)]
        if place is None:
            continue
        new = not steps or steps[-1].call != place.call or (bool(row.loop) and place.below == first)
        before_ns = 0 if not steps else steps[-1].end_ns if new else steps[-1].start_ns
        if place.tied or (place.needs_connection and not connected) or (wait.targets and _began_before(trace, wait, before_ns)):
            return []
        connected = connected or place.connects
        if new:
            first = place.below if row.loop and first is None else first
            steps.append(_Step(place.call, start, end))
        else:
            steps[-1] = _Step(place.call, steps[-1].start_ns, end)
    return steps


def _place(row: Row, wait: Wait) -> _Place | None:
    """Return where a wait stands; ``None``: under no call of the row."""
    for depth, place in enumerate(wait.chain):
        if place.file == CELL_FILE and place.function == row.scope:
            for number, call in enumerate(row.calls):
                if call.statement.lineno <= place.line <= (call.statement.end_lineno or call.statement.lineno):
                    below, kind = wait.chain[depth + 1 :], wait.kind
                    return _Place(number, below, kind in _TIED, kind in _CONNECTED, kind is WaitKind.CONNECT)
    return None


def _began_before(trace: Trace, wait: Wait, t_ns: int) -> bool:
    """Whether a wait is for tasks that were there before the call: they overlap already."""
    return any(trace.tasks[target].created_ns < t_ns for target in wait.targets)
