"""AM102–AM104: what keeps the loop from others: long steps, questions without end, too much to do.

Imports ``lang``, ``model``, ``analysis`` and this folder.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median_low
from typing import Final

from ...lang import marked
from ...model import Cause, Location, State, Trace, WaitKind
from ...model.slices import NONE
from ..blocking import LOOPED, blocking_rows
from ..code import Code
from ..phrases import Duration, Phrase, Share, Value
from ..stats import merged, stats
from .finding import Finding
from .rows import names, overlap_ns, runs, wall_ns, waits, who

_OUTSIDE: Final = frozenset((
    WaitKind.STREAM_READ, WaitKind.STREAM_WRITE, WaitKind.CONNECT, WaitKind.SOCKET, WaitKind.EXECUTOR, WaitKind.SUBPROCESS,
))  # fmt: skip
"""Waits whose end only the loop's own look at the outside tells: what came while it was held up is seen right after."""
_AT_ONCE_NS: Final = 3_000_000


@dataclass(slots=True)
class _Held:
    """All long steps at one line.

    Attributes:
        tasks: those that took them; and, in ``others``, how long each other task was held up.
    """

    location: Location | None
    tasks: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    spans: list[tuple[int, int]] = field(default_factory=list)
    cpu_ns: int = 0
    measured_ns: int = 0

    @property
    def ns(self) -> int:
        return sum(end - start for start, end in self.spans)


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
            start_ns=held.spans[0][0], end_ns=held.spans[-1][1], location=held.location, cost_ns=max(held.others.values()),
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
    by_track: defaultdict[int, list[tuple[int, int, int, _Held]]] = defaultdict(list)
    for row in rows:
        task, start, end, line = table.task[row], table.start_ns[row], table.end_ns[row], table.location[row]
        location = None if line == NONE else table.locations[line]
        held = found.setdefault(location or task, _Held(location))
        held.tasks[task] += end - start
        held.spans.append((start, end))
        if table.cpu_ns[row] != NONE:
            held.cpu_ns += table.cpu_ns[row]
            held.measured_ns += end - start
        by_track[trace.tasks[task].track].append((start, end, task, held))
    for steps in by_track.values():
        steps.sort(key=lambda step: step[0])
    for held in found.values():
        held.spans.sort()
    for task, start, end in (*_ready(trace), *_heard_late(trace, by_track)):
        steps = by_track.get(trace.tasks[task].track, [])
        for begin, stop, culprit, held in steps[max(0, bisect_right(steps, start, key=lambda step: step[0]) - 1) :]:
            if begin >= end:
                break
            if culprit != task and stop > start:
                held.others[task] += min(stop, end) - max(begin, start)
    return list(found.values())


def _ready(trace: Trace) -> Iterator[tuple[int, int, int]]:
    """Yield task, start and end wherever a loop's task was ready and did not run."""
    table, ready = trace.slices, State.RUNNABLE.value
    for row, state in enumerate(table.state):
        if state == ready and trace.tasks[table.task[row]].kind in LOOPED:
            yield table.task[row], table.start_ns[row], table.end_ns[row]


def _heard_late(trace: Trace, by_track: dict[int, list[tuple[int, int, int, _Held]]]) -> Iterator[tuple[int, int, int]]:
    """Yield task, start and end of long steps right after which something came from outside that a task waited for."""
    ends = {track: sorted(step[1] for step in steps) for track, steps in by_track.items()}
    table = trace.slices
    for row, _wait in waits(trace, lambda wait: wait.kind in _OUTSIDE):
        task, end = table.task[row], table.end_ns[row]
        stops = ends.get(trace.tasks[task].track, [])
        at = bisect_left(stops, end - _AT_ONCE_NS)
        if at < len(stops) and stops[at] <= end:
            begin = next(step[0] for step in by_track[trace.tasks[task].track] if step[1] == stops[at])
            if table.start_ns[row] <= begin:
                yield task, begin, stops[at]


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
        yields = Counter(table.task[row] for row, cause in enumerate(table.cause) if cause == itself and table.state[row] == State.RUNNABLE)
        busy = {task: count for task, count in yields.items() if count >= self.yields}
        code = Code(trace.source) if busy else None
        for task, count in busy.items():
            loop = _polling_loop(code, trace.tasks[task].function) if code else None
            steps = [(start, end) for owner, start, end, _row in runs(trace) if owner == task]
            took = steps[-1][1] - steps[0][0]
            tiny = sum(end - start for start, end in steps) <= self.step_ns * len(steps)
            if code and loop is not None and tiny and took >= max(self.least_ns, self.share * wall_ns(trace)):
                yield self._finding(trace, task, count, code.place(loop), (steps[0][0], steps[-1][1]))

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


def _polling_loop(code: Code, function: str) -> ast.While | None:
    """Return a ``while`` that does nothing but ask and give way; one of the given function where there are several."""
    found = [node for node in ast.walk(code.tree) if isinstance(node, ast.While) and all(map(_only_asks, node.body))]
    found = [loop for loop in found if any(map(_gives_way, loop.body))]
    return next((loop for loop in found if code.scope(loop) == function), found[0] if found else None)


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
        table = trace.slices
        late: defaultdict[int, list[int]] = defaultdict(list)
        for row, state in enumerate(table.state):
            if state == State.RUNNABLE and table.cause[row] in woken and trace.tasks[table.task[row]].kind in LOOPED:
                late[trace.tasks[table.task[row]].track].append(row)
        for track, rows in late.items():
            waited = median_low(table.end_ns[row] - table.start_ns[row] for row in rows)
            if len(rows) >= self.wakes and waited >= self.late_ns:
                yield from self._judge(trace, track, rows, waited)

    def _judge(self, trace: Trace, track: int, rows: list[int], waited: int) -> Iterator[Finding]:
        table = trace.slices
        blocks = merged([(table.start_ns[row], table.end_ns[row]) for row in blocking_rows(trace)])
        spans = [(table.start_ns[row], table.end_ns[row]) for row in rows]
        total = sum(end - start for start, end in spans)
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        busy = next(loop.busy_ns for loop in stats(trace).loops if loop.track == track) / max(1, wall_ns(trace))
        if busy < self.busy or sum(overlap_ns(*span, blocks) for span in spans) > self.blocked * total:
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
