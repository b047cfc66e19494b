"""AM102–AM104: what keeps the loop from others: long steps, questions without end, too much to do.

Imports ``lang``, ``model``, ``analysis`` and this folder.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from statistics import median_low
from typing import Final

from ...lang import marked
from ...model import Cause, Location, State, Trace, WaitKind
from ...model.slices import NONE
from ..blocking import LOOPED, blocking_rows
from ..code import Code
from ..intervals import Covered, Interval, length
from ..phrases import Duration, Phrase, Share, Value
from ..stats import loop_times
from .finding import Finding
from .rows import names, steps_of, waits, who

_OUTSIDE: Final = frozenset((
    WaitKind.STREAM_READ, WaitKind.STREAM_WRITE, WaitKind.CONNECT, WaitKind.SOCKET, WaitKind.EXECUTOR, WaitKind.SUBPROCESS,
))  # fmt: skip
"""Waits whose end only the loop's own look at the outside tells: what came while it was held up is seen right after."""
_AT_ONCE_NS: Final = 3_000_000
_MOST: Final = 100
"""Lines that are looked at, the longest first: nobody reads more."""


@dataclass(slots=True)
class _Held:
    """All long steps at one line.

    Attributes:
        tasks: those that took them; and, in ``others``, how long each other task was held up.
        spans: when, by track.
    """

    location: Location | None
    tasks: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    spans: defaultdict[int, list[Interval]] = field(default_factory=lambda: defaultdict(list))
    cpu_ns: int = 0
    measured_ns: int = 0

    @property
    def ns(self) -> int:
        return sum(map(length, self.spans.values()))


@dataclass(frozen=True, slots=True)
class Blocking:
    """A blocking call in the loop.

    Attributes:
        least_ns: nobody was held up who lost less.
        busy, idle: a step that used this share of its time on a core computed, or slept.
    """

    least_ns: int = 15_000_000
    busy: float = 0.5
    idle: float = 0.2
    code: str = "AM102"
    summary: str = marked("a blocking call in the loop")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each line that held somebody up."""
        rows = [row for row in sorted(blocking_rows(trace)) if not _starts_program(trace, row)]
        for held in _by_line(trace, rows):
            others = [task for task, ns in held.others.most_common() if ns >= self.least_ns]
            if others:
                yield self._finding(trace, held, others)

    def _finding(self, trace: Trace, held: _Held, others: list[int]) -> Finding:
        culprits = [task for task, _ in held.tasks.most_common()]
        values: dict[str, Value] = {"took": Duration(held.ns), "held": names(trace, others), "who": who(trace.tasks[culprits[0]])}
        what = Phrase(marked("{who} blocked the loop for {took}; held up meanwhile: {held}"), values)
        if held.location is not None:
            text = marked("{code} ({line}) blocked the loop for {took}; held up meanwhile: {held}")
            what = Phrase(text, {**values, "code": held.location.text[:40], "line": held.location})
        used = held.cpu_ns / held.measured_ns if held.measured_ns else None
        why, instead = self._advice(used)
        return Finding(
            code=self.code, what=what, why=why, instead=instead, tasks=(*culprits, *(task for task in others if task not in held.tasks)),
            start_ns=min(min(spans)[0] for spans in held.spans.values()), end_ns=max(max(spans)[1] for spans in held.spans.values()),
            location=held.location, cost_ns=max(held.others.values()),
        )  # fmt: skip

    def _advice(self, used: float | None) -> tuple[Phrase, Phrase]:
        """Say why it matters and what to write instead, by whether it computed."""
        if used is not None and used >= self.busy:
            return (
                Phrase(marked("It computed all the while, and the loop has one thread only: nobody else could take a step.")),
                Phrase(marked("Let a process compute: `await loop.run_in_executor(ProcessPoolExecutor(), f, x)`.")),
            )
        if used is not None and used <= self.idle:
            return (
                Phrase(marked("It did not compute, it slept or waited, and the loop's only thread with it.")),
                Phrase(marked("Write `await asyncio.sleep(…)`; what cannot be awaited: `await asyncio.to_thread(f, x)`.")),
            )
        return (
            Phrase(marked("The loop has one thread only: until this call returns nobody else can take a step.")),
            Phrase(marked("Hand the call to a thread: `await asyncio.to_thread(f, x)`; much computing, to a process.")),
        )


def _starts_program(trace: Trace, row: int) -> bool:
    """Whether a step ends in waiting for a program: asyncio itself starts one without giving way, and nothing can be done about it."""
    table, after = trace.slices, row + 1
    known = after < len(table) and table.task[after] == table.task[row] and table.wait[after] != NONE
    return known and table.waits[table.wait[after]].kind is WaitKind.SUBPROCESS


def _by_line(trace: Trace, rows: list[int]) -> list[_Held]:
    """Gather the long steps by line, and find out whom each held up."""
    if not rows:
        return []
    table = trace.slices
    found: dict[object, _Held] = {}
    for row in rows:
        task, start, end, line = table.task[row], table.start_ns[row], table.end_ns[row], table.location[row]
        location = None if line == NONE else table.locations[line]
        held = found.setdefault(location or task, _Held(location))
        held.tasks[task] += end - start
        held.spans[trace.tasks[task].track].append((start, end))
        if table.cpu_ns[row] != NONE:
            held.cpu_ns += table.cpu_ns[row]
            held.measured_ns += end - start
    dearest = sorted(found.values(), key=lambda held: -held.ns)[:_MOST]
    by_track: defaultdict[int, list[tuple[_Held, Covered]]] = defaultdict(list)
    for held in dearest:
        for track, spans in held.spans.items():
            by_track[track].append((held, Covered(spans)))
    for task, start, end in chain(_ready(trace), _heard_late(trace, dearest)):
        for held, covered in by_track.get(trace.tasks[task].track, ()):
            if lost := covered.ns(start, end):
                held.others[task] += lost
    return dearest


def _ready(trace: Trace) -> Iterator[tuple[int, int, int]]:
    """Yield task, start and end wherever a loop's task was ready and did not run."""
    table, ready = trace.slices, State.RUNNABLE.value
    looped = [task.kind in LOOPED for task in trace.tasks]
    for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
        if state == ready and looped[task]:
            yield task, start, end


def _heard_late(trace: Trace, places: Iterable[_Held]) -> Iterator[tuple[int, int, int]]:
    """Yield task, start and end of long steps right after which something came from outside that a task waited for."""
    steps: defaultdict[int, list[Interval]] = defaultdict(list)  # by their ends
    for track, spans in chain.from_iterable(held.spans.items() for held in places):
        steps[track] += [(end, start) for start, end in spans]
    for ends in steps.values():
        ends.sort()
    table = trace.slices
    for row, _wait in waits(trace, lambda wait: wait.kind in _OUTSIDE):
        task, end = table.task[row], table.end_ns[row]
        ends = steps.get(trace.tasks[task].track, [])
        at = bisect_left(ends, (end - _AT_ONCE_NS,))
        if at < len(ends) and ends[at][0] <= end and table.start_ns[row] <= ends[at][1]:
            yield task, ends[at][1], ends[at][0]


@dataclass(frozen=True, slots=True)
class Polling:
    """Busy polling with ``sleep(0)``.

    Attributes:
        yields: fewer are no polling.
        step_ns: a step that only asks takes no longer, on average.
        least_ns, share: it must have gone on for so long, and for this part of the wall time.
    """

    yields: int = 300
    step_ns: int = 200_000
    least_ns: int = 40_000_000
    share: float = 0.2
    code: str = "AM103"
    summary: str = marked("busy polling with sleep(0)")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each task that asks again and again."""
        table, itself = trace.slices, Cause.ITSELF.value
        if table.cause.count(itself) < self.yields:
            return
        yields = Counter(table.task[row] for row, cause in enumerate(table.cause) if cause == itself and table.state[row] == State.RUNNABLE)
        code, lines = Code(trace.source), dict[str, Location | None]()
        for task, count in yields.items():
            function = trace.tasks[task].function
            if count >= self.yields and function not in lines:
                lines[function] = _polling_loop(code, function)
            line = lines.get(function) if count >= self.yields else None
            steps = steps_of(trace, task) if line is not None else []
            if line is not None and self._goes_round(steps, trace.code_ns):
                yield self._finding(trace, task, count, line, (steps[0][0], steps[-1][1]))

    def _goes_round(self, steps: list[Interval], wall: int) -> bool:
        """Whether steps only ask, and that for long."""
        took = steps[-1][1] - steps[0][0] if steps else 0
        return length(steps) <= self.step_ns * len(steps) and took >= max(self.least_ns, self.share * wall)

    def _finding(self, trace: Trace, task: int, count: int, line: Location, span: tuple[int, int]) -> Finding:
        values = {"who": who(trace.tasks[task]), "n": count, "line": line, "took": Duration(span[1] - span[0])}
        return Finding(
            code=self.code,
            what=Phrase(marked("{who} went round its waiting loop {n} times in {took} ({line}): busy polling with sleep(0)"), values),
            why=Phrase(marked("The processor is kept busy with a question whose answer does not change.")),
            instead=Phrase(marked("Let the other side tell: `await event.wait()` here, `event.set()` there; or an asyncio.Queue.")),
            tasks=(task,),
            start_ns=span[0],
            end_ns=span[1],
            location=line,
        )


def _polling_loop(code: Code, function: str) -> Location | None:
    """Return the line of a ``while`` that does nothing but ask and give way; one of the given function where there are several."""
    found = [node for node in ast.walk(code.tree) if isinstance(node, ast.While) and all(map(_only_asks, node.body))]
    found = [loop for loop in found if any(map(_gives_way, loop.body))]
    loop = next((loop for loop in found if code.scope(loop) == function), found[0] if found else None)
    return None if loop is None else code.place(loop)


def _only_asks(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return not statement.orelse and all(isinstance(inner, (ast.Break, ast.Return, ast.Pass)) for inner in statement.body)
    return isinstance(statement, (ast.Pass, ast.AugAssign)) or _gives_way(statement)


def _gives_way(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement) in ("await asyncio.sleep(0)", "await sleep(0)")


@dataclass(frozen=True, slots=True)
class Overload:
    """Long ready times: the loop has more to do than it can.

    Attributes:
        wakes: fewer say nothing.
        late_ns: so long must half of them have waited for their turn.
        busy: the loop must have been busy for this part of the time.
        blocked: AM102 tells it better where so much of the lateness is due to single long steps.
    """

    wakes: int = 20
    late_ns: int = 30_000_000
    busy: float = 0.8
    blocked: float = 0.4
    code: str = "AM104"
    summary: str = marked("long ready times: the loop is overloaded")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each loop."""
        woken = {Cause.TIMER.value, Cause.IO.value, Cause.TASK.value, Cause.THREAD.value}
        table, ready = trace.slices, State.RUNNABLE.value
        looped = [task.kind in LOOPED for task in trace.tasks]
        late: defaultdict[int, list[int]] = defaultdict(list)
        for row, (state, cause) in enumerate(zip(table.state, table.cause, strict=True)):
            if state == ready and cause in woken and looped[table.task[row]]:
                late[trace.tasks[table.task[row]].track].append(row)
        for track, rows in late.items():
            waited = median_low(table.end_ns[row] - table.start_ns[row] for row in rows)
            if len(rows) >= self.wakes and waited >= self.late_ns:
                yield from self._judge(trace, track, rows, waited)

    def _judge(self, trace: Trace, track: int, rows: list[int], waited: int) -> Iterator[Finding]:
        table = trace.slices
        blocks = Covered((table.start_ns[row], table.end_ns[row]) for row in blocking_rows(trace))
        spans = [(table.start_ns[row], table.end_ns[row]) for row in rows]
        total = length(spans)
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        busy = next(loop.busy_ns for loop in loop_times(trace) if loop.track == track) / max(1, trace.code_ns)
        if busy < self.busy or sum(blocks.ns(*span) for span in spans) > self.blocked * total:
            return
        lost: Counter[int] = Counter()
        for row in rows:
            lost[table.task[row]] += table.end_ns[row] - table.start_ns[row]
        tasks = tuple(task for task, _ in lost.most_common())
        values: dict[str, Value] = {
            "busy": Share(min(1.0, busy)),
            "late": Duration(waited),
            "n": len(rows),
            "tasks": names(trace, tasks, 2),
        }
        yield Finding(
            code=self.code,
            what=Phrase(marked("the loop was {busy} busy: half of {n} wakes waited {late} or longer for their turn ({tasks})"), values),
            why=Phrase(marked("There is more to compute than one thread can do, so every answer comes late.")),
            instead=Phrase(marked("Move the computing into processes (`ProcessPoolExecutor`), or do less between two awaits.")),
            tasks=tasks,
            start_ns=start,
            end_ns=end,
            cost_ns=waited,
        )
