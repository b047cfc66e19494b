"""What a reader looks for: which tasks keep their lanes, and in which order. Imports ``analysis``, ``model`` and this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from ..lang import marked
from ..model import State, Task, TaskKind
from . import labels
from .facts import Facts
from .owners import Owners, kept_of

Order: TypeAlias = Literal["created", "name", "duration", "wait"]
ORDERS: Final[dict[Order, str]] = {
    "created": marked("by creation"), "name": marked("by name"), "duration": marked("by duration"), "wait": marked("by time waiting"),
}  # fmt: skip
STATES: Final[dict[str, State]] = {"running": State.RUNNING, "ready": State.RUNNABLE, "waiting": State.WAITING}
BLOCKING: Final = "blocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """A filter. Everything that is given has to fit.

    Attributes:
        text: a part of the name, the function or the call; small and capital letters are alike.
        state: the task was ever in that state, ``"running"``, ``"ready"``, ``"waiting"``, or held up the loop: ``"blocking"``.
        kind: a ``TaskKind``.
        outcome: an ``Outcome``.
        longer_ns: with a state: some time in it took at least so long; without: the task's whole life did.
        order: of the lanes under one creator.
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    outcome: str = ""
    longer_ns: int = 0
    order: Order = "created"

    @property
    def is_open(self) -> bool:
        """Whether everything passes, in the usual order."""
        return self == Sieve()

    def owners(self, facts: Facts, found: Owners) -> Owners:
        """Return those of some lanes that are left, in the order that is wanted; none where nothing fits."""
        kept = {task for task in found.order if any(self._fits(facts, inside) for inside in (task, *found.inner.get(task, ())))}
        return kept_of(found, kept, sorted(kept, key=self._rank(facts, found)))

    def _fits(self, facts: Facts, number: int) -> bool:
        task = facts.trace.tasks[number]
        if (self.kind and task.kind != self.kind) or (self.outcome and task.outcome != self.outcome):
            return False
        return self._is_called(task) and self._took(facts, task)

    def _is_called(self, task: Task) -> bool:
        wanted = self.text.strip().casefold()
        return not wanted or any(wanted in text.casefold() for text in (labels.task_name(task), labels.call_of(task)))

    def _took(self, facts: Facts, task: Task) -> bool:
        if self.state == BLOCKING:
            return any(took >= self.longer_ns for took in facts.held_up.get(task.id, ()))
        if self.state:
            return facts.longest.get((task.id, STATES[self.state]), -1) >= self.longer_ns
        return facts.trace.end_ns_of(task.id) - task.created_ns >= self.longer_ns

    def _rank(self, facts: Facts, found: Owners) -> Callable[[int], Any]:
        place = {task: number for number, task in enumerate(found.order)}
        trace = facts.trace
        ranks: dict[str, Callable[[int], Any]] = {
            "name": lambda task: (labels.task_name(trace.tasks[task]).casefold(), place[task]),
            "duration": lambda task: (trace.tasks[task].created_ns - trace.end_ns_of(task), place[task]),
            "wait": lambda task: (-facts.waited[task], place[task]),
        }
        rank = ranks.get(self.order)
        if rank is None:
            return place.__getitem__
        return lambda task: (trace.tasks[task].kind is not TaskKind.CELL, rank(task))
