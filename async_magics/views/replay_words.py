"""What happens in each step of a replay, as a sentence; what its tasks are called, and in which colour their lines are marked.

The page and the film say the same. Imports ``analysis``, ``lang``, ``model`` and ``labels`` of this folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..analysis.moments import phase_of
from ..analysis.replay import NONE, Did, How, Moment, Phase, Replay
from ..lang import Catalogue, marked
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Cause, InstantKind, Outcome, Task, TaskKind, WaitKind
from . import labels

LONGEST: Final = 160
TASK_COLORS: Final = ("#0072b2", "#c04a00", "#007a59", "#a0206f", "#6a51a3", "#7a5c00", "#2b6f77", "#8c3b3b")
"""Colours of tasks on light paper: white letters on them, and they on white, have a contrast of 4.5:1 or more."""
TASK_COLORS_DARK: Final = ("#56b4e9", "#ff9a5c", "#1fc796", "#f58ccb", "#b9a6f2", "#e6c34a", "#7fd0d8", "#f2a3a3")
"""The same on dark paper, with black letters."""

PHASES: Final[Mapping[Phase, str]] = {
    Phase.RUNNING: marked("is running"),
    Phase.READY: marked("is ready"),
    Phase.WAITING: marked("waits"),
    Phase.STARTING: marked("starts up"),
    Phase.QUEUED: marked("in the queue"),
    Phase.ENDED: marked("is over"),
    Phase.UNKNOWN: marked("not recorded"),
}
"""What a task does."""
HOWS: Final[Mapping[How, str]] = {
    How.WAITS: marked("waits in this line"),
    How.RESUMED: marked("somewhere after this line"),
    How.SEEN: marked("was seen in this line"),
    How.BEGINS: marked("its code begins here"),
}
"""What is known about a task's line."""
_READY: Final[Mapping[Cause, str]] = {
    Cause.TIMER: marked("{task} is ready: its timer fired"),
    Cause.ITSELF: marked("{task} gives way to others"),
    Cause.IO: marked("{task} is ready: data or a connection arrived"),
    Cause.THREAD: marked("{task} is ready: another thread woke it"),
}


def name_of(words: Catalogue, replay: Replay, task: int) -> str:
    """Return what a task is called in a replay: a call of a pool by its call, everything else as in the chart."""
    found = replay.trace.tasks[task]
    if found.kind is TaskKind.CELL and labels.is_cell(replay.trace):
        return words.gettext("cell")
    if found.kind in (TaskKind.JOB, TaskKind.CALL, TaskKind.GENERATOR) and found.function:
        return labels.call_of(found)
    return labels.task_name(found)


def cut_text(words: Catalogue, replay: Replay) -> str:
    """Say that only the first part is replayed, ``""`` where all is."""
    if replay.complete:
        return ""
    steps = words.ngettext("{} step", "{} steps", len(replay)).format(words.number(len(replay)))
    text = words.gettext("only the beginning is replayed: {steps}, up to {time}")
    return text.format(steps=steps, time=duration(words, replay.until_ns))


class Sentences:
    """Says what happens in the steps of a replay."""

    def __init__(self, words: Catalogue, replay: Replay) -> None:
        self._words, self._replay, self._trace = words, replay, replay.trace
        self._names: dict[int, str] = {}
        self._say: Mapping[int, Callable[[Moment], str]] = {
            Did.PRINTED: self._printed, Did.SAID: self._said, Did.ASKED: self._asked, Did.CREATED: self._created,
            Did.ENDED: self._ended, Did.WAITING: self._waits, Did.READY: self._ready, Did.RUNNING: self._runs,
            Did.LOST: lambda moment: self._told(words.gettext("{task}: not recorded from here on"), moment.task),
            Did.BACK: lambda moment: self._told(words.gettext("the result of {task} is back"), moment.task),
        }  # fmt: skip

    def of(self, moment: Moment) -> str:
        """Return the sentence of a step."""
        return clean(self._say[moment.did](moment), LONGEST)

    def name(self, task: int) -> str:
        """Return what a task is called."""
        if task not in self._names:
            self._names[task] = name_of(self._words, self._replay, task)
        return self._names[task]

    def _told(self, text: str, task: int, **values: str) -> str:
        return text.format(task=self.name(task) if task != NONE else "…", **values)

    def _task(self, moment: Moment) -> Task:
        return self._trace.tasks[moment.task]

    def _printed(self, moment: Moment) -> str:
        what = self._trace.instants[moment.item].text.strip()
        if moment.task == NONE:
            return self._words.gettext("printed: {what}").format(what=what)
        return self._told(self._words.gettext("{task} prints: {what}"), moment.task, what=what)

    def _said(self, moment: Moment) -> str:
        what = self._trace.instants[moment.item].text
        return what if moment.task == NONE else f"{self.name(moment.task)}: {what}"

    def _asked(self, moment: Moment) -> str:
        instant = self._trace.instants[moment.item]
        by = labels.killer if instant.kind is InstantKind.KILLED else labels.canceller
        what = by(self._words, self._trace, instant)
        if not what:
            return self._told(self._words.gettext("{task} is asked to stop"), moment.task)
        return self._told(self._words.gettext("{task} is asked to stop: {what}"), moment.task, what=what)

    def _created(self, moment: Moment) -> str:
        words, task = self._words, self._task(moment)
        if task.kind is TaskKind.CELL and task.id == 0:
            return self._told(words.gettext("{task} begins"), task.id)
        if task.older or task.parent is None:
            return self._told(words.gettext("{task} is there from before"), task.id)
        submitted = task.kind is TaskKind.JOB
        text = words.gettext("{who} hands {task} to the pool") if submitted else words.gettext("{who} creates {task}")
        return self._told(text, task.id, who=self.name(task.parent))

    def _ended(self, moment: Moment) -> str:
        words, task = self._words, self._task(moment)
        if task.outcome is Outcome.RAISED:
            what = ": ".join(filter(None, (labels.failure(words, task), clean(task.message or "", 80))))
            return self._told(words.gettext("{task} fails: {what}"), task.id, what=what)
        if task.outcome is Outcome.CANCELLED:
            return self._told(words.gettext("{task} ends: it was cancelled"), task.id)
        return self._told(words.gettext("{task} is finished"), task.id)

    def _waits(self, moment: Moment) -> str:
        table = self._trace.slices
        wait = table.waits[table.wait[moment.item]] if table.wait[moment.item] != NONE else None
        if wait is not None and wait.kind is WaitKind.IDLE:
            return self._told(self._words.gettext("{task} has nothing to do"), moment.task)
        texts = labels.wait_texts(self._words, wait, self._trace.tasks)
        if not texts:
            return self._told(self._words.gettext("{task} waits"), moment.task)
        return self._told(self._words.gettext("{task} waits: {what}"), moment.task, what=texts[0])

    def _ready(self, moment: Moment) -> str:
        words, table, row = self._words, self._trace.slices, moment.item
        if phase_of(self._task(moment).kind, table.state[row]) is not Phase.READY:
            return self._told(words.gettext("{task} starts up"), moment.task)
        cause, waker = Cause(table.cause[row]), table.waker[row]
        if waker not in (NONE, moment.task) and cause in (Cause.TASK, Cause.THREAD):
            return self._told(words.gettext("{who} wakes {task}"), moment.task, who=self.name(waker))
        return self._told(words.gettext(_READY[cause]) if cause in _READY else words.gettext("{task} is ready"), moment.task)

    def _runs(self, moment: Moment) -> str:
        words, task = self._words, self._task(moment)
        if task.kind is TaskKind.WORKER:
            return self._told(words.gettext("{task} takes a call"), task.id)
        worker = self._replay.worker.get(task.id)
        if worker is not None:
            return self._told(words.gettext("{who} runs {task}"), task.id, who=self.name(worker))
        return self._told(words.gettext("{task} runs"), task.id)
