"""The replay as the page wants it: one column for each fact about a step, everything said in the reader's language.

A page works the situation out of the steps up to now; a test compares it with ``Replay.at``. -1 stands for "none". Imports
``analysis``, ``lang``, ``model`` and ``views``; never matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...analysis.blocking import LOOPED
from ...analysis.replay import NONE, Did, How, Phase, Replay, replay
from ...lang import Catalogue, marked
from ...lang.plain import clean
from ...model import Location, TaskKind, Trace
from .. import labels
from ..replay_words import HOWS, PHASES, TASK_COLORS, TASK_COLORS_DARK, Sentences, cut_text

MOST_STEPS: Final = 10_000
"""A page steps through no more of a trace."""
MOST_QUESTIONS: Final = 2_000
LATEST_NS: Final = 2**53
"""The largest whole number that a page can hold; no timer is later."""

TEXTS: Final[Mapping[str, str]] = {
    "replay": marked("replay"),
    "play": marked("play"),
    "pause": marked("pause"),
    "back": marked("step back"),
    "forward": marked("step forward"),
    "first": marked("to the beginning"),
    "last": marked("to the end"),
    "speed": marked("speed"),
    "task": marked("task"),
    "any": marked("any task"),
    "next": marked("next event of the task"),
    "previous": marked("previous event of the task"),
    "predict": marked("predict first"),
    "step": marked("step {step} of {steps} · {time}"),
    "source": marked("Code"),
    "elsewhere": marked("code of earlier cells"),
    "tasks": marked("tasks"),
    "ready": marked("ready, in the order in which they go on"),
    "hidden": marked("ready (the order is the answer)"),
    "nobody": marked("nobody"),
    "runs": marked("has the loop: {who}"),
    "free": marked("the loop is free"),
    "timers": marked("timers"),
    "printed": marked("printed so far"),
    "nothing": marked("nothing"),
    "pool": marked("pool {who}"),
    "queue": marked("queue of calls"),
    "workers": marked("workers"),
    "idle": marked("idle"),
    "results": marked("results"),
    "on its way": marked("on its way back"),
    "question": marked("Who runs next?"),
    "right": marked("Right: {who} runs next."),
    "wrong": marked("No: {who} runs next."),
    "score": marked("{right} of {asked} were right."),
    "no questions": marked("nothing to predict: there was never a choice"),
    "keys": marked("space: play or pause · arrow keys: steps · n, p: next and previous event of the chosen task"),
    "in": marked("in {time}"),
    "more": marked("and {n} more"),
}
"""What the page's program calls a text, and the text in English."""
_HOWS: Final = tuple(How)


def replay_payload(words: Catalogue, trace: Trace) -> dict[str, Any] | None:
    """Return the replay of a trace for a page, ``None`` where there is nothing to step through."""
    found = replay(trace, MOST_STEPS)
    if not len(found):
        return None
    texts, places = _Numbered(), _Numbered()
    sentences = Sentences(words, found)
    steps = _steps(found, sentences, texts, places, words)
    seen = [[step, task, places(place)] for step, task, place in found.lines.seen()]
    return {
        "steps": steps,
        "seen": seen,
        "prints": list(_prints(found)),
        "questions": [[*question[:3], list(question.candidates)] for question in found.questions[:MOST_QUESTIONS]],
        "tasks": {
            "name": [sentences.name(task.id) for task in trace.tasks],
            "track": [task.track if task.kind in LOOPED else NONE for task in trace.tasks],
            "pool": [NONE if task.pool is None else task.pool for task in trace.tasks],
            "job": [int(task.kind is TaskKind.JOB) for task in trace.tasks],
            "worker": [found.worker.get(task.id, NONE) for task in trace.tasks],
            "back_ns": [NONE if task.delivered_ns is None else task.delivered_ns for task in trace.tasks],
        },
        "texts": list(texts.known),
        "places": [_place(place) for place in places.known],
        "phases": [words.gettext(PHASES[phase]) for phase in Phase],
        "hows": [words.gettext(HOWS[how]) for how in How],
        "colors": {"light": list(TASK_COLORS), "dark": list(TASK_COLORS_DARK), "print": ["#000000"]},
        "cut": cut_text(words, found),
        "words": {key: words.gettext(text) for key, text in TEXTS.items()},
    }


class _Numbered:
    """Gives each different value a number.

    Attributes:
        known: the values, in the order of their numbers.
    """

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.known.setdefault(value, len(self.known))


def _steps(found: Replay, sentences: Sentences, texts: _Numbered, places: _Numbered, words: Catalogue) -> dict[str, list[int]]:
    """Return the columns: when, what and who, the sentence; of a change of state what begins, until when, for what, and in which line."""
    table, trace, last_ns = found.trace.slices, found.trace, 0
    columns: dict[str, list[int]] = {
        name: [] for name in ("after_ns", "did", "task", "say", "phase", "wait", "place", "how", "due_ns", "turn_ns")
    }
    for step, moment in enumerate(found.moments):
        row = [moment.t_ns - last_ns, moment.did, moment.task, texts(sentences.of(moment)), NONE, NONE, NONE, NONE, NONE, NONE]
        last_ns = moment.t_ns
        if moment.did >= Did.CREATED:
            state = found.state(moment.task, step, step)
            row[4] = state.phase
            said = labels.wait_texts(words, state.wait, trace.tasks) if state.wait is not None else ()
            row[5] = texts(clean(said[0], 120)) if said else NONE
            if state.stand is not None:
                row[6], row[7] = places(state.stand.place), _HOWS.index(state.stand.how)
            if state.row is not None and table.state[state.row] and (times := _times(found, state.row, state.phase)):
                row[8], row[9] = times
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    return columns


def _times(found: Replay, row: int, phase: Phase) -> tuple[int, int]:
    """Return when a waiting task's timer fires, and when a ready one goes on."""
    task = found.trace.tasks[found.trace.slices.task[row]]
    if phase is Phase.WAITING and task.kind in LOOPED:
        due_ns = found.due_ns(row)
        return (NONE if due_ns is None else min(due_ns, LATEST_NS)), NONE
    if phase is Phase.QUEUED:
        return NONE, LATEST_NS if task.begun_ns is None else task.begun_ns
    return NONE, found.turn_ns(row) if phase is Phase.READY else NONE


def _prints(found: Replay) -> Iterator[list[Any]]:
    for step, moment in enumerate(found.moments):
        if moment.did == Did.PRINTED:
            yield [step, moment.task, found.trace.instants[moment.item].text[:2000]]


def _place(place: Location) -> dict[str, Any]:
    return {"file": clean(place.file, 60), "line": place.line, "text": clean(place.text, 160)}
