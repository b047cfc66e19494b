"""AM301–AM303: cancellations that are ignored, that take long, that throw work away.

Imports ``lang``, ``model``, ``analysis`` and this folder.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import Instant, InstantKind, Location, Outcome, TaskKind, Trace, WaitKind
from ..code import Code
from ..phrases import At, Duration, Phrase, Value
from .finding import Finding
from .rows import Piece, in_cell, pieces, waits, who

_AT_ONCE_NS: Final = 20_000_000
_NO_WORK: Final = frozenset((
    WaitKind.QUEUE_GET, WaitKind.QUEUE_PUT, WaitKind.QUEUE_JOIN, WaitKind.EVENT, WaitKind.CONDITION, WaitKind.LOCK,
    WaitKind.SEMAPHORE, WaitKind.BARRIER, WaitKind.UNKNOWN,
))  # fmt: skip
"""Waits during which nothing is got that could be lost."""


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A task took no notice of its cancellation."""

    code: str = "AM301"
    summary: str = marked("a cancellation that was swallowed")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each task that returned although it was cancelled."""
        seen: dict[int, Instant] = {}
        for instant in trace.instants:
            if instant.kind is InstantKind.CANCEL_SWALLOWED and instant.task is not None:
                seen.setdefault(instant.task, instant)
        code = Code(trace.source) if seen else None
        for task, told in seen.items():
            after = trace.end_ns_of(task) - told.t_ns
            handler = _catches(code, trace.tasks[task].function) if code else None
            values: dict[str, Value] = {"who": who(trace.tasks[task]), "after": Duration(after)}
            if after > _AT_ONCE_NS:
                what = Phrase(marked("{who} was cancelled, went on for {after} all the same and returned"), values)
            else:
                what = Phrase(marked("{who} was cancelled and returned as if nothing had happened"), values)
            if handler is not None:
                values["line"] = handler
                if after > _AT_ONCE_NS:
                    what = Phrase(marked("{who} was cancelled, caught that ({line}), went on for {after} and returned"), values)
                else:
                    what = Phrase(marked("{who} was cancelled, caught that ({line}) and returned as if nothing had happened"), values)
            yield Finding(
                code=self.code,
                what=what,
                why=Phrase(marked("Whoever cancels it, a time-out or a TaskGroup too, relies on the task's ending as cancelled.")),
                instead=Phrase(marked("Tidy up in `finally:`, or end `except asyncio.CancelledError:` with `raise`.")),
                tasks=(task,) if told.by is None else (task, told.by),
                start_ns=told.t_ns,
                end_ns=trace.end_ns_of(task),
                location=handler or told.location,
                cost_ns=after,
                error=after > _AT_ONCE_NS,
            )


def _catches(code: Code, function: str) -> Location | None:
    """Return the ``except`` in a function that catches a cancellation and does not pass it on, if there is one only."""
    found = [
        node
        for definition in code.functions(function.rpartition(".")[2])
        for node in ast.walk(definition)
        if isinstance(node, ast.ExceptHandler) and _takes_cancellations(node.type) and not _raises(node)
    ]
    if len(found) != 1:
        return None
    place = code.place(found[0].body[0])
    line = found[0].lineno
    return Location(file=place.file, line=line, function=place.function, text=code.text(line))


def _takes_cancellations(kind: ast.expr | None) -> bool:
    return kind is None or any(name in ast.unparse(kind) for name in ("CancelledError", "BaseException"))


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler))


@dataclass(frozen=True, slots=True)
class Delayed:
    """A cancelled task took long to stop, and somebody had to wait for that.

    Attributes:
        least_ns, share: so long, and for this part of the wall time.
    """

    least_ns: int = 150_000_000
    share: float = 0.5
    code: str = "AM302"
    summary: str = marked("a cancellation that took long to come into effect")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each task that made others wait for its end."""
        asked: dict[int, Instant] = {}
        for instant in trace.instants:
            if instant.kind is InstantKind.CANCEL_REQUESTED and instant.task is not None:
                asked.setdefault(instant.task, instant)
        slow = {task: instant for task, instant in asked.items() if self._is_slow(trace, task, instant.t_ns)}
        if slow:
            waiters, waited = _waiters(trace, slow.keys()), pieces(trace, lambda wait: bool(wait.chain))
            for task, instant in slow.items():
                if _somebody_waits(trace, task, instant.t_ns, waiters[task]):
                    yield self._finding(trace, task, instant, waited.get(task, []))

    def _is_slow(self, trace: Trace, task: int, asked_ns: int) -> bool:
        stopped = trace.tasks[task].kind is TaskKind.ASYNCIO and trace.tasks[task].outcome is Outcome.CANCELLED
        return stopped and trace.end_ns_of(task) - asked_ns >= max(self.least_ns, self.share * trace.code_ns)

    def _finding(self, trace: Trace, task: int, instant: Instant, own: list[Piece]) -> Finding:
        took = trace.end_ns_of(task) - instant.t_ns
        late = [piece for piece in own if piece[0] >= instant.t_ns]
        line = in_cell(max(late, key=lambda piece: piece[1] - piece[0])[2].chain) if late else None
        values: dict[str, Value] = {"who": who(trace.tasks[task]), "took": Duration(took), "at": At(line)}
        return Finding(
            code=self.code,
            what=Phrase(marked("{who} took {took} to end after it had been cancelled{at}"), values),
            why=Phrase(marked("Cancelling is a request: `except` and `finally` run first, and whoever waits for the end waits for them.")),
            instead=Phrase(marked("Tidy up quickly, or set a limit: `async with asyncio.timeout(1):` inside the `finally:`.")),
            tasks=(task,) if instant.by is None else (task, instant.by),
            start_ns=instant.t_ns,
            end_ns=trace.end_ns_of(task),
            location=line or instant.location,
            cost_ns=took,
        )


def _waiters(trace: Trace, wanted: Set[int]) -> dict[int, list[tuple[int, int]]]:
    """Return for each of those tasks from when to when somebody waited for it."""
    found: dict[int, list[tuple[int, int]]] = {task: [] for task in wanted}
    for row, wait in waits(trace, lambda wait: not wanted.isdisjoint(wait.targets)):
        for target in wanted & set(wait.targets):
            found[target].append((trace.slices.start_ns[row], trace.slices.end_ns[row]))
    return found


def _somebody_waits(trace: Trace, task: int, asked_ns: int, waiters: list[tuple[int, int]]) -> bool:
    end = trace.end_ns_of(task)
    return sum(max(0, min(stop, end) - max(start, asked_ns)) for start, stop in waiters) >= (end - asked_ns) // 2


@dataclass(frozen=True, slots=True)
class WorkLost:
    """A time-out cancelled something that had got somewhere.

    Attributes:
        least_ns: so much must have been done.
        share: and for this part of the time that it had.
    """

    least_ns: int = 50_000_000
    share: float = 0.5
    code: str = "AM303"
    summary: str = marked("a time-out threw finished work away")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each time-out that did."""
        cuts = [instant for instant in trace.instants if instant.kind is InstantKind.CANCEL_REQUESTED and instant.text == "timeout"]
        waited = pieces(trace, lambda wait: in_cell(wait.chain) is not None) if cuts else {}
        for cut in cuts:
            if cut.task is not None:
                yield from self._judge(trace, cut, cut.task, waited.get(cut.task, []))

    def _judge(self, trace: Trace, cut: Instant, task: int, mine: list[Piece]) -> Iterator[Finding]:
        inside = _under_limit(mine, cut.t_ns)
        if len(inside) < 2:
            return
        begin, last = inside[0][0], inside[-1]
        places = Counter(place for _, _, wait in inside if (place := in_cell(wait.chain)) is not None)
        kinds = {wait.kind for _, _, wait in inside}
        lost = last[0] - begin
        if max(places.values()) > 2 or len(places) < 2 or kinds & _NO_WORK or in_cell(last[2].chain) == in_cell(inside[0][2].chain):
            return  # it asks again and again, or serves whoever comes: nothing is lost but time
        if lost < max(self.least_ns, self.share * (cut.t_ns - begin)):
            return
        line = in_cell(last[2].chain)
        assert line is not None
        function = line.function.rpartition("<locals>.")[2]
        values: dict[str, Value] = {
            "who": f"{function}()" if trace.tasks[task].kind is TaskKind.CELL else who(trace.tasks[task]),
            "took": Duration(cut.t_ns - begin), "lost": Duration(lost), "line": line,
        }  # fmt: skip
        yield Finding(
            code=self.code,
            what=Phrase(marked("a time-out stopped {who} after {took} ({line}); {lost} of work was done by then, and is lost"), values),
            why=Phrase(marked("What a cancelled coroutine has got so far goes with it; another attempt begins from the start.")),
            instead=Phrase(marked("Limit single steps, keep what is done, or let it go on: `wait_for(asyncio.shield(task), …)`.")),
            tasks=(task,),
            start_ns=begin,
            end_ns=cut.t_ns,
            location=line,
            cost_ns=lost,
        )


def _under_limit(mine: list[Piece], cut_ns: int) -> list[Piece]:
    """Return the waits of a task under the limit that has run out: all that led to it without a break."""
    end = bisect_left(mine, cut_ns, key=lambda piece: piece[0])
    if not end:
        return []
    deadline = mine[end - 1][2].deadline_ns
    if deadline is None:  # ``wait_for`` made a task of its own for the work, up to Python 3.11
        return mine[:end]
    at = end
    while at and mine[at - 1][2].deadline_ns == deadline:
        at -= 1
    return mine[at:end]
