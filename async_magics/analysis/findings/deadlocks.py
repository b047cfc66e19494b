"""AM402 and AM403: what a cell that was interrupted had been waiting for, when nothing could have ended that wait.

Imports ``lang``, ``model``, ``analysis`` and this folder.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Final, TypeAlias

from ...lang import marked
from ...model import State, Task, TaskKind, Trace, Wait, WaitKind
from ...model.slices import NONE
from ..code import Code
from ..phrases import At, Names, Phrase, Value
from .finding import Finding
from .rows import called, in_cell, interrupted_ns, waits

_FOR_TASKS: Final = frozenset((
    WaitKind.TASK, WaitKind.GATHER, WaitKind.WAIT, WaitKind.WAIT_FOR, WaitKind.TASK_GROUP, WaitKind.SHIELD, WaitKind.AS_COMPLETED,
))  # fmt: skip
_MADE_BY: Final[Mapping[WaitKind, frozenset[str]]] = {
    WaitKind.QUEUE_GET: frozenset(("Queue", "LifoQueue", "PriorityQueue")),
    WaitKind.QUEUE_PUT: frozenset(("Queue", "LifoQueue", "PriorityQueue")),
    WaitKind.QUEUE_JOIN: frozenset(("Queue", "LifoQueue", "PriorityQueue")),
    WaitKind.EVENT: frozenset(("Event",)),
    WaitKind.FUTURE: frozenset(("Future", "create_future")),
    WaitKind.LOCK: frozenset(("Lock",)),
    WaitKind.SEMAPHORE: frozenset(("Semaphore", "BoundedSemaphore")),
    WaitKind.CONDITION: frozenset(("Condition",)),
    WaitKind.BARRIER: frozenset(("Barrier",)),
}
"""Waits that only other code of the same loop can end, and what makes the thing that is waited for."""
_MOST: Final = 16
"""Names of tasks and locks of a circle that are said."""
_OTHERS: Final = frozenset((TaskKind.THREAD, TaskKind.JOB, TaskKind.PROCESS, TaskKind.SUBPROCESS, TaskKind.CALL))


_Taken: TypeAlias = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class _Stuck:
    """A task at the moment of the interrupt.

    Attributes:
        wait: what it waited for; ``None``: it ran, or was ready.
        since_ns: since when.
    """

    task: Task
    wait: Wait | None
    since_ns: int


@dataclass(frozen=True, slots=True)
class Circle:
    """Tasks that waited for each other.

    Attributes:
        share: they must have done so for this part of the wall time.
    """

    share: float = 0.3
    code: str = "AM402"
    summary: str = marked("tasks that wait for each other in a circle")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for the circle that an interrupted cell was caught in."""
        moment = interrupted_ns(trace)
        circle = circle_at(trace, moment) if moment is not None else []
        if moment is None or not circle or moment - max(stuck.since_ns for stuck in circle) < self.share * trace.code_ns:
            return
        last = max(circle, key=lambda stuck: stuck.since_ns)
        line = in_cell(last.wait.chain) if last.wait is not None else None
        way = _way(circle)
        values: dict[str, Value] = {"circle": Names(way, _MOST, " → ")}
        yield Finding(
            code=self.code,
            what=Phrase(marked("deadlock, each waits for the next: {circle}"), values),
            why=Phrase(marked("Each keeps what the one before it waits for, so none of them can go on.")),
            instead=Phrase(marked("Take locks in the same order everywhere, and never await a task that awaits you.")),
            tasks=tuple(stuck.task.id for stuck in circle),
            start_ns=last.since_ns,
            end_ns=moment,
            location=line,
            cost_ns=moment - last.since_ns,
            error=True,
        )


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody waited for what nobody was left to do.

    Attributes:
        share: for this part of the wall time.
    """

    share: float = 0.3
    code: str = "AM403"
    summary: str = marked("a wait that nobody was left to end")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each thing that tasks of an interrupted cell waited for, when none of them could bring it about."""
        moment = interrupted_ns(trace)
        if moment is None or circle_at(trace, moment):
            return
        code, world = Code(trace.source), _world(trace, moment)
        made = {_last_name(node.func) for node in ast.walk(code.tree) if isinstance(node, ast.Call)}
        if not world or not all(_is_helpless(made, stuck, world) for stuck in world.values()):
            return
        by_line: defaultdict[object, list[_Stuck]] = defaultdict(list)
        for stuck in world.values():
            if stuck.wait is not None and stuck.wait.kind in _MADE_BY and moment - stuck.since_ns >= self.share * trace.code_ns:
                by_line[in_cell(stuck.wait.chain)].append(stuck)
        for mine in by_line.values():
            yield self._finding(mine, moment)

    def _finding(self, mine: list[_Stuck], moment: int) -> Finding:
        wait = mine[0].wait
        assert wait is not None
        line = in_cell(wait.chain)
        values: dict[str, Value] = {
            "who": Names(called([stuck.task for stuck in mine])),
            "what": wait.name or str(wait.kind),
            "at": At(line),
        }
        return Finding(
            code=self.code,
            what=Phrase(marked("{who} waited for {what}{at}, and no task of the cell was left that could have ended that"), values),
            why=Phrase(marked("All others were over, or waited in the same way: without the interrupt it would have hung for ever.")),
            instead=Phrase(_INSTEAD.get(wait.kind, _ANYTHING)),
            tasks=tuple(stuck.task.id for stuck in mine),
            start_ns=max(stuck.since_ns for stuck in mine),
            end_ns=moment,
            location=line,
            cost_ns=moment - max(stuck.since_ns for stuck in mine),
            error=True,
        )


_ANYTHING: Final = marked("See to it that whoever is to end the wait does so in every case, errors too: `try: … finally: event.set()`.")
_QUEUE: Final = marked("Tell the reader that nothing more will come: `await queue.put(None)`, or cancel it when `queue.join()` is over.")
_RELEASE: Final = marked("Write `async with lock:`, which lets go in every case; a lock cannot be taken twice by the same task.")
_DONE: Final = marked("Call `queue.task_done()` once for each `get()`, and read until the queue is empty.")
_INSTEAD: Final[Mapping[WaitKind, str]] = {
    WaitKind.QUEUE_GET: _QUEUE,
    WaitKind.QUEUE_JOIN: _DONE,
    WaitKind.QUEUE_PUT: _DONE,
    WaitKind.LOCK: _RELEASE,
    WaitKind.SEMAPHORE: _RELEASE,
}


# ---------------------------------------------------------------------- the moment of the interrupt
def _world(trace: Trace, moment: int) -> dict[int, _Stuck]:
    """Return what everything that was alive at a moment did."""
    found: dict[int, _Stuck] = {}
    alive = {
        task.id
        for task in trace.tasks
        if (task.kind in (TaskKind.ASYNCIO, TaskKind.CELL) or task.kind in _OTHERS) and task.created_ns < moment <= trace.end_ns_of(task.id)
    }
    table = trace.slices
    for row, task in enumerate(table.task):
        if task in alive and table.start_ns[row] < moment <= table.end_ns[row]:
            waiting = table.state[row] == State.WAITING and table.wait[row] != NONE
            found[task] = _Stuck(trace.tasks[task], table.waits[table.wait[row]] if waiting else None, table.start_ns[row])
    return {
        task: found.get(task, _Stuck(trace.tasks[task], None, moment))
        for task in sorted(alive)
        if task not in found or found[task].wait is None or found[task].wait.kind is not WaitKind.LOOP  # type: ignore[union-attr]
    }


def _is_helpless(made: Set[str], stuck: _Stuck, world: Mapping[int, _Stuck]) -> bool:
    """Whether a task waits, without a limit, for what only other tasks of this very source, which calls ``made``, can bring about."""
    wait = stuck.wait
    if wait is None or wait.deadline_ns is not None or wait.delay_ns is not None:
        return False
    if any("site-packages" in place.file for place in wait.chain if "IPython" not in place.file and "ipykernel" not in place.file):
        return False  # a library may wait for the world outside in any disguise
    if wait.kind in _FOR_TASKS:
        known = wait.count is None or wait.count == len(wait.targets)  # else one may be of a library, or of an earlier cell
        return known and any(target in world for target in wait.targets)
    return bool(_MADE_BY.get(wait.kind, frozenset()) & made)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


# ---------------------------------------------------------------------- circles
def circle_at(trace: Trace, moment: int) -> list[_Stuck]:
    """Return tasks each of which waits, without a limit, for the next, the last for the first; an empty list if there are none."""
    world = _world(trace, moment)
    got = _taken(trace)
    onward = {task: _waits_for(stuck, got, moment) for task, stuck in world.items()}
    return [world[task] for task in _cycle({task: targets for task, targets in onward.items() if targets})]


def _cycle(onward: Mapping[int, tuple[int, ...]]) -> list[int]:
    """Return the nodes of one circle of a graph, in order."""
    done: set[int] = set()
    for start in onward:
        path: dict[int, None] = {}
        branches = [iter((start,))]
        while branches:
            step = next(branches[-1], None)
            if step is None:
                branches.pop()
                if path:
                    done.add(path.popitem()[0])
            elif step in path:
                way = list(path)
                return way[way.index(step) :]
            elif step in onward and step not in done:
                path[step] = None
                branches.append(iter(onward[step]))
    return []


def _waits_for(stuck: _Stuck, got: _Taken, moment: int) -> tuple[int, ...]:
    wait = stuck.wait
    if wait is None or wait.deadline_ns is not None or wait.delay_ns is not None or wait.name in ("FIRST_COMPLETED", "FIRST_EXCEPTION"):
        return ()
    if wait.kind is WaitKind.LOCK:
        holder = _holder(got, wait, stuck.since_ns, moment)
        return () if holder is None else (holder,)
    return wait.targets if wait.kind in _FOR_TASKS else ()


def _taken(trace: Trace) -> _Taken:
    """Return for each lock, by its name, when a wait for it was over and whose, in order of time."""
    table, found = trace.slices, defaultdict[str, list[tuple[int, int]]](list)
    for row, wait in waits(trace, lambda wait: wait.kind is WaitKind.LOCK):
        found[wait.name].append((table.end_ns[row], table.task[row]))
    for got in found.values():
        got.sort()
    return found


def _holder(got: _Taken, wait: Wait, since_ns: int, moment: int) -> int | None:
    """Return who holds a lock at a moment: who held it when the wait began, or the last who got it since then."""
    mine = got.get(wait.name, ())
    at = bisect_left(mine, (moment,)) - 1
    return mine[at][1] if at >= 0 and mine[at][0] > since_ns else next(iter(wait.targets), None)


def _way(circle: list[_Stuck]) -> tuple[str | Phrase, ...]:
    """Return the names of a circle, back to the first; between two of them the lock that the one waits for and the other holds."""
    names = called([stuck.task for stuck in circle])
    way: list[str | Phrase] = []
    for name, stuck in zip(names, circle, strict=True):
        way.append(name)
        if stuck.wait is not None and stuck.wait.kind is WaitKind.LOCK:
            way.append(stuck.wait.name or str(stuck.wait.kind))
    return (*way, names[0])
