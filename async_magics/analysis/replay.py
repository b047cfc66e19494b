"""A trace, step by step: at every moment what each task does and where it stands, who is ready, which timers run, what was printed.

``replay(trace)`` puts the moments in order; ``Replay.at(step)`` says the whole situation, without having to go through the steps
before it. What a trace does not tell is ``None`` or ``Phase.UNKNOWN``, never a guess. Imports ``model`` and this folder; never numpy.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ..model import Cause, Instant, State, TaskKind, Trace, Wait, WaitKind
from .blocking import LOOPED
from .moments import NONE, Did, Moment, Phase, moments, phase_of
from .replay_pools import Pools, PoolState
from .replay_questions import Question, questions
from .standing import How, Lines, Stand

__all__ = [
    "MOST_STEPS",
    "NONE",
    "Did",
    "How",
    "Moment",
    "Phase",
    "PoolState",
    "Question",
    "Replay",
    "Situation",
    "TaskState",
    "Timer",
    "replay",
]

MOST_STEPS: Final = 200_000
"""A replay holds no more; nobody steps through more."""
_TIMED: Final = frozenset((WaitKind.SLEEP, WaitKind.WAIT, WaitKind.WAIT_FOR, WaitKind.AS_COMPLETED))
"""Waits whose ``delay_ns`` is a timer of the loop."""
_OF_DID: Final = {Did.ENDED.value: Phase.ENDED, Did.LOST.value: Phase.UNKNOWN}
_CHANGES: Final = frozenset((Did.CREATED, Did.ENDED, Did.LOST, Did.WAITING, Did.READY, Did.RUNNING))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """One task at a moment.

    Attributes:
        task: its id.
        phase: what it does.
        since_ns: since when.
        row: its slice in ``Trace.slices``, ``None`` where it is in none.
        wait: what it waits for.
        stand: its line, ``None`` where that is unknown.
    """

    task: int
    phase: Phase
    since_ns: int
    row: int | None = None
    wait: Wait | None = None
    stand: Stand | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Somebody waits until ``due_ns`` at the longest; ``sleep``: he wants to, else something may come first."""

    due_ns: int
    task: int
    sleep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything at one moment, after what happened in it.

    Attributes:
        step, moment: the step, and what happened in it.
        tasks: every task that exists, or existed, by id.
        ready: per track of a loop its ready tasks, in the order in which they really went on; those that never did come last.
        timers: the timers of loops, the next one first.
        printed: what was printed so far, in order.
        pools: the pools that are there.
        running: per track of a loop the task that runs on it.
    """

    step: int
    moment: Moment
    tasks: Mapping[int, TaskState]
    ready: Mapping[int, tuple[int, ...]]
    timers: tuple[Timer, ...]
    printed: tuple[Instant, ...]
    pools: tuple[PoolState, ...]
    running: Mapping[int, int]


class Replay:
    """The moments of a trace in order.

    Attributes:
        trace: what is replayed.
        moments: its steps.
        complete: these are all; otherwise only the first part of the trace is replayed.
        lines: where tasks stand.
        worker: by call of a pool, the worker that ran it.
    """

    def __init__(self, trace: Trace, steps: list[Moment], *, complete: bool) -> None:
        self.trace = trace
        self.moments = steps
        self.complete = complete
        self.lines = Lines(trace, steps)
        self._pools = Pools(trace)
        self.worker: Mapping[int, int] = self._pools.worker
        self._changes = [array("q") for _ in trace.tasks]
        self._prints = array("q")
        for step, (_t_ns, did, _item, task) in enumerate(steps):
            if did in _CHANGES:
                self._changes[task].append(step)
            elif did == Did.PRINTED:
                self._prints.append(step)

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def until_ns(self) -> int:
        """Up to when the trace is replayed."""
        return self.trace.end_ns if self.complete or not self.moments else self.moments[-1].t_ns

    def step_at(self, t_ns: int) -> int:
        """Return the last step up to a moment, -1 before the first."""
        return bisect_right(self.moments, t_ns, key=lambda moment: moment.t_ns) - 1

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every switch of a loop at which one can ask who runs next."""
        return tuple(questions(self.trace, self.moments))

    def at(self, step: int) -> Situation:
        """Return the situation after a step.

        Raises:
            IndexError: there is no such step.
        """
        step = range(len(self.moments))[step]
        moment = self.moments[step]
        tasks = {state.task: state for state in self._states(step)}
        phases = {task: state.phase for task, state in tasks.items()}
        loops = [(self.trace.tasks[task].track, task) for task in tasks if self.trace.tasks[task].kind in LOOPED]
        return Situation(
            step=step,
            moment=moment,
            tasks=tasks,
            ready=self._ready([(track, tasks[task]) for track, task in loops if phases[task] is Phase.READY]),
            timers=tuple(sorted(self._timers([tasks[task] for _, task in loops]), key=lambda timer: (timer.due_ns, timer.task))),
            printed=tuple(self.trace.instants[self.moments[at].item] for at in self._prints[: bisect_right(self._prints, step)]),
            pools=self._pools.at(phases, moment.t_ns),
            running={track: task for track, task in loops if phases[task] is Phase.RUNNING},
        )

    def _states(self, step: int) -> Iterator[TaskState]:
        for task, changes in enumerate(self._changes):
            at = bisect_right(changes, step) - 1
            if at >= 0:
                yield self.state(task, changes[at], step)

    def state(self, task: int, since: int, step: int) -> TaskState:
        """Return the state of a task that began at one step, as it is known at another."""
        t_ns, did, row, _ = self.moments[since]
        if row == NONE:
            return TaskState(task=task, phase=_OF_DID.get(did, Phase.UNKNOWN), since_ns=t_ns)
        table = self.trace.slices
        wait = table.wait[row] if table.state[row] == State.WAITING else NONE
        return TaskState(
            task=task,
            phase=phase_of(self.trace.tasks[task].kind, table.state[row]),
            since_ns=t_ns,
            row=row,
            wait=None if wait == NONE else table.waits[wait],
            stand=self.lines.at(task, row, since, step),
        )

    def _ready(self, ready: list[tuple[int, TaskState]]) -> dict[int, tuple[int, ...]]:
        queues: dict[int, list[TaskState]] = {}
        for track, state in ready:
            queues.setdefault(track, []).append(state)
        return {track: tuple(state.task for state in sorted(queue, key=self._turn)) for track, queue in queues.items()}

    def _turn(self, state: TaskState) -> tuple[int, int]:
        return self.turn_ns(state.row if state.row is not None else NONE), state.task

    def turn_ns(self, row: int) -> int:
        """Return when a ready task goes on; the trace's end and one where it never does."""
        table, after = self.trace.slices, row + 1
        follows = after < len(table) and table.task[after] == table.task[row] and table.start_ns[after] == table.end_ns[row]
        goes_on = follows and table.state[after] == State.RUNNING
        return table.end_ns[row] if goes_on else self.trace.end_ns + 1

    def _timers(self, states: list[TaskState]) -> Iterator[Timer]:
        for state in states:
            if state.phase is Phase.WAITING and state.row is not None and state.wait is not None:
                due_ns = self.due_ns(state.row)
                if due_ns is not None:
                    sleep = state.wait.kind is WaitKind.SLEEP and due_ns != state.wait.deadline_ns
                    yield Timer(due_ns=due_ns, task=state.task, sleep=sleep)

    def due_ns(self, row: int) -> int | None:
        """Return when the nearest timer of a waiting slice fires: its own delay, or a time-out around it; ``None`` without one."""
        table = self.trace.slices
        wait = table.waits[table.wait[row]] if table.wait[row] != NONE else None
        if wait is None or self.trace.tasks[table.task[row]].kind is TaskKind.GREENLET:
            return None
        start_ns = table.start_ns[row]
        dues = [] if wait.deadline_ns is None else [wait.deadline_ns]
        if wait.delay_ns is not None and wait.kind in _TIMED and not self._fired(row):
            dues.append(start_ns + wait.delay_ns)
        return min((due for due in dues if due > start_ns), default=None)

    def _fired(self, row: int) -> bool:
        """Whether the time of a ``wait_for`` was up already, and it now waits for what it cancelled."""
        table, before = self.trace.slices, row - 1
        wait = table.waits[table.wait[row]]
        while wait.kind is WaitKind.WAIT_FOR and before > 0 and table.task[before - 1] == table.task[row]:
            if table.state[before - 1] == State.WAITING:
                last = table.waits[table.wait[before - 1]] if table.wait[before - 1] != NONE else None
                same = last is not None and (last.kind, last.delay_ns) == (wait.kind, wait.delay_ns)
                return same and table.cause[before] == Cause.TIMER
            before -= 1
        return False


def replay(trace: Trace, most: int = MOST_STEPS) -> Replay:
    """Return the replay of a trace; of one with more than ``most`` steps its first part."""
    steps, complete = moments(trace, most)
    return Replay(trace, steps, complete=complete)
