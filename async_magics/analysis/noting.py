"""The author's notes find their task and their moment. Imports ``errors``, ``lang`` and ``model``."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from ..errors import OptionError
from ..lang import LANGUAGES, translation
from ..lang.plain import clean, cut
from ..model import Note, State, Task, Trace
from .again import again, numbered

LONGEST: Final = 1000
"""Characters of a note's text; more of it is cut."""
ROUNDED: Final = 0.01
"""A moment that is so much of the whole too late was read off the chart, and means its end."""
_CELL: Final = frozenset(translation(lang).gettext("cell").casefold() for lang in LANGUAGES)
"""What charts call the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A note as somebody typed it.

    Attributes:
        text: what it says.
        at_ns: the moment.
        task: name, call or function of the task, its id, or the task as it was in an earlier trace of the recording; ``None``: the chart
            as a whole.
    """

    text: str
    at_ns: int
    task: str | int | Task | None = None


def noted(trace: Trace, asked: Asked, *, goes_on: bool = False) -> Note:
    """Return the note for a trace; one that ``goes_on`` may still reach a moment that lies after its end.

    Raises:
        OptionError: there is no such task or moment, or no text; with the nearest name.
    """
    text = cut(str(asked.text).strip(), LONGEST)
    if not text:
        raise OptionError("a note needs a text")
    late = asked.at_ns > trace.end_ns * (1 + ROUNDED)
    if asked.at_ns < 0 or (late and not goes_on):
        raise OptionError(f"the recording lasted {trace.end_ns / 1e9:.4g} s: there is no moment {asked.at_ns / 1e9:.6g} s in it")
    at_ns = asked.at_ns if late else min(asked.at_ns, trace.end_ns)
    return Note(text=text, t_ns=at_ns, task=None if asked.task is None else _task(trace, asked.task, at_ns))


def with_notes(trace: Trace, asked: Iterable[Asked], *, goes_on: bool = False) -> Trace:
    """Return the trace with the notes that were asked for; one that has no place becomes a line under the chart."""
    notes, problems = list(trace.notes), list(trace.problems)
    for item in asked:
        try:
            notes.append(noted(trace, item, goes_on=goes_on))
        except OptionError as error:
            problems.append(f"note {clean(item.text, 40)!r}: {error}")
    return replace(trace, notes=tuple(sorted(notes, key=lambda note: note.t_ns)), problems=tuple(problems))


def without_note(trace: Trace, note: Note) -> Trace:
    """Return the trace without one of its notes."""
    notes = list(trace.notes)
    notes.remove(note)
    return replace(trace, notes=tuple(notes))


def _task(trace: Trace, wanted: str | int | Task, at_ns: int) -> int:
    if isinstance(wanted, int):
        return numbered(trace, wanted).id
    if isinstance(wanted, Task):
        number = again(trace, wanted)
        if number is None:
            raise OptionError(f"the task {clean(wanted.name, 60)!r} is not in the trace")
        return number
    if not isinstance(wanted, str):
        raise OptionError(f"task is a task's name, function or id, not {type(wanted).__name__}")
    name = wanted.strip()
    if name.casefold() in _CELL and trace.tasks:
        return 0
    found = next(filter(None, _matches(trace, name)), [])
    if not found:
        raise OptionError(f"no task or function is called {clean(name, 60)!r}{_nearest(trace, name)}")
    return _at(trace, found, at_ns)


def _matches(trace: Trace, name: str) -> Iterator[list[Task]]:
    """Yield the tasks that may be meant, the likeliest reading first: a name, a call, a function."""
    yield [task for task in trace.tasks if task.name == name]
    yield [task for task in trace.tasks if name in (task.call, task.call.rpartition("<locals>.")[2])]
    yield [task for task in trace.tasks if task.function and name in (task.function, _last(task.function))]
    yield [task for task in trace.tasks if task.name.casefold() == name.casefold()]


def _last(function: str) -> str:
    return function.rpartition(".")[2]


def _at(trace: Trace, found: Sequence[Task], at_ns: int) -> int:
    """Return which of several tasks is meant: the one that ran at the moment, else one that was alive, else the first."""
    alive = [task for task in found if task.created_ns <= at_ns <= trace.end_ns_of(task.id)]
    running = [task for task in alive if _ran(trace, task.id, at_ns)]
    return (running or alive or list(found))[0].id


def _ran(trace: Trace, task: int, at_ns: int) -> bool:
    table = trace.slices
    rows = range(bisect_left(table.task, task), bisect_left(table.task, task + 1))
    return any(table.state[row] == State.RUNNING.value and table.start_ns[row] <= at_ns < table.end_ns[row] for row in rows)


def _nearest(trace: Trace, name: str) -> str:
    known = dict.fromkeys(text for task in trace.tasks for text in (task.name, _last(task.function)) if text)
    folded = {text.casefold(): text for text in reversed(known)}
    near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    if near:
        return f"; did you mean {clean(folded[near[0]], 60)!r}?"
    some = [clean(text, 40) for text in list(known)[:4]]
    return f"; there are {', '.join(some)}{', …' if len(known) > len(some) else ''}"
