"""What one can ask at every switch of a loop, "who runs next?", and the answer. Imports ``model`` and this folder; never numpy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, NamedTuple

from ..model import State, Trace
from .blocking import LOOPED
from .moments import NONE, Did, Moment

MOST_CANDIDATES: Final = 6
_OF_STATE: Final = {State.RUNNING.value: Did.RUNNING, State.RUNNABLE.value: Did.READY, State.WAITING.value: Did.WAITING}


class Question(NamedTuple):
    """A switch of a loop.

    Attributes:
        step: the one at which a task stopped: the loop is free.
        until: the one in which the next task runs.
        answer: which that is.
        candidates: tasks to choose from, by id: of those that were ready, then of those that waited; the answer among them.
    """

    step: int
    until: int
    answer: int
    candidates: tuple[int, ...]


@dataclass(slots=True)
class _Loop:
    """One loop while the steps go by; dictionaries stand for ordered sets.

    Attributes:
        ready, waiting: tasks.
        runs: the one that has the loop.
        free: the step since which nobody has it.
        choice: who could go on then.
        fresh: who was created since.
    """

    ready: dict[int, None] = field(default_factory=dict)
    waiting: dict[int, None] = field(default_factory=dict)
    runs: int | None = None
    free: int | None = None
    choice: tuple[int, ...] = ()
    fresh: set[int] = field(default_factory=set)


def questions(trace: Trace, steps: Sequence[Moment]) -> Iterator[Question]:
    """Yield a question for every switch at which more than one task could have gone on."""
    loops: defaultdict[int, _Loop] = defaultdict(_Loop)
    for step, moment in enumerate(steps):
        if moment.did < Did.CREATED or trace.tasks[moment.task].kind not in LOOPED:
            continue
        loop, did = loops[trace.tasks[moment.task].track], _now(trace, moment)
        if did is Did.RUNNING:
            found = _asked(loop, step, moment.task)
            if found is not None:
                yield found
        _move(loop, step, moment, did)


def _now(trace: Trace, moment: Moment) -> Did:
    """Return the state that a moment begins; a creation may begin any."""
    if moment.did != Did.CREATED or moment.item == NONE:
        return Did(moment.did)
    return _OF_STATE[trace.slices.state[moment.item]]


def _move(loop: _Loop, step: int, moment: Moment, did: Did) -> None:
    task = moment.task
    loop.ready.pop(task, None)
    loop.waiting.pop(task, None)
    if moment.did == Did.CREATED:
        loop.fresh.add(task)
    if did is Did.READY:
        loop.ready[task] = None
    elif did is Did.WAITING:
        loop.waiting[task] = None
    if did is Did.RUNNING:
        loop.runs, loop.free = task, None
    elif loop.runs == task:
        loop.runs, loop.free, loop.fresh = None, step, set()
        loop.choice = tuple(islice(chain(loop.ready, loop.waiting), MOST_CANDIDATES))


def _asked(loop: _Loop, step: int, answer: int) -> Question | None:
    if loop.free is None or answer in loop.fresh:
        return None
    others = [task for task in loop.choice if task != answer][: MOST_CANDIDATES - 1]
    return Question(loop.free, step, answer, tuple(sorted([answer, *others]))) if others else None
