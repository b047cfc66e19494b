"""A replay as a few dozen still pictures: which steps are shown, for how long, and what stands on each. No painter is imported here.

Imports ``analysis``, ``lang``, ``model`` and this folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ..analysis.phrases import CELL_FILE
from ..analysis.replay import NONE, Did, Moment, Phase, PoolState, Replay, Situation, TaskState, replay
from ..lang import Catalogue, translation
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Location, TaskKind, Trace, WaitKind
from . import labels
from .replay_words import PHASES, TASK_COLORS, TASK_COLORS_DARK, Sentences, cut_text
from .spec import ChartOptions
from .window import Window

MOST_STILLS: Final = 60
SHORTEST_S: Final = 0.6
LONGEST_S: Final = 3.0
"""A step is shown as long as it lasted, within these bounds: each change can be seen, and nobody waits."""
MOST_NAMED: Final = 6
"""Tasks, timers, calls and lines printed that are listed; the rest is counted."""
SIGNS: Final = {Phase.RUNNING: "▶", Phase.READY: "●", Phase.WAITING: "◌", Phase.STARTING: "…", Phase.QUEUED: "≡"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A task's name on its colour, with the sign of what it does."""

    text: str
    color: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of code, and the tasks that stand there; a heading where there is no number."""

    number: int | None
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list beside the code: marks and a text, which stands first where it ``leads``; a heading where ``bold``."""

    text: str
    marks: tuple[Mark, ...] = ()
    bold: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One picture of the film.

    Attributes:
        t_ns: where the cursor stands.
        seconds: how long it is shown.
        count: which step it is, of how many, and when.
        sentence: what happens.
        code: the code with the tasks that stand there.
        beside: what stands beside the code.
        note: what was left out.
    """

    t_ns: int
    seconds: float
    count: str
    sentence: str
    code: tuple[CodeLine, ...]
    beside: tuple[Listed, ...]
    note: str = ""


def stills(trace: Trace, options: ChartOptions, most: int = MOST_STILLS) -> Iterator[Still]:
    """Yield the pictures of a trace's replay, ``most`` at the most; none of a trace in which nothing happened."""
    found = replay(trace)
    shown = chosen(found, most, Window.asked(options.window, trace.end_ns))
    writer = _Writer(translation(options.lang), found, TASK_COLORS_DARK if options.theme == "dark" else TASK_COLORS)
    for step, after in pairwise([*shown, NONE]):
        yield writer.still(step, after)


def chosen(found: Replay, most: int, window: Window) -> list[int]:
    """Return the steps that are shown: all of a window, or those that say most, or of these one in every so many."""
    steps = _within(found, window)
    if len(steps) <= most:
        return list(steps)
    for dull in (1, 2):
        telling = sorted({steps[0], steps[-1], *(step for step in steps if _dull(found, found.moments[step]) < 3 - dull)})
        if len(telling) <= most:
            return telling
    return sorted({telling[round(number * (len(telling) - 1) / (most - 1))] for number in range(most)})


def _within(found: Replay, window: Window) -> range:
    """Return the steps of a window; where there is none, the last one before it, which says how all stands meanwhile."""
    first = found.step_at(window.start_ns - 1) + 1
    after = len(found) if window.end_ns == window.of_ns else found.step_at(window.end_ns) + 1
    return range(first, after) if first < after else range(max(0, after - 1), after)


def _dull(found: Replay, moment: Moment) -> int:
    """Return 0 for what everybody wants to see, 2 for what only leads to it."""
    kind = found.trace.tasks[moment.task].kind if moment.task != NONE else None
    if moment.did in (Did.PRINTED, Did.ENDED, Did.ASKED, Did.RUNNING) and kind not in (TaskKind.WORKER, TaskKind.POOL):
        return 0
    return 1 if moment.did in (Did.WAITING, Did.CREATED, Did.BACK, Did.SAID) and kind is not TaskKind.WORKER else 2


class _Writer:
    """Writes stills.

    Args:
        words: the language.
        found: the replay.
        colors: of the tasks, one after the other.
    """

    def __init__(self, words: Catalogue, found: Replay, colors: Sequence[str]) -> None:
        self._words, self._found, self._trace, self._colors = words, found, found.trace, colors
        self._sentences = Sentences(words, found)
        self._source = found.trace.source.rstrip("\n").split("\n") if found.trace.source else []
        self._looped = any(task.kind is TaskKind.ASYNCIO for task in found.trace.tasks)

    def still(self, step: int, after: int) -> Still:
        """Return the picture of a step that is followed by another, or by none."""
        words, now = self._words, self._found.at(step)
        lasts_ns = self._found.moments[after].t_ns - now.moment.t_ns if after != NONE else 0
        count = words.gettext("step {step} of {steps} · {time}")
        return Still(
            t_ns=now.moment.t_ns,
            seconds=LONGEST_S if after == NONE else min(max(lasts_ns / 1e9, SHORTEST_S), LONGEST_S),
            count=count.format(step=step + 1, steps=len(self._found), time=duration(words, now.moment.t_ns)),
            sentence=self._sentences.of(now.moment),
            code=tuple(self._code(now)),
            beside=tuple(self._beside(now)),
            note=cut_text(words, self._found),
        )

    def _mark(self, task: int, sign: str = "") -> Mark:
        text = clean(f"{sign} {self._sentences.name(task)}".strip(), 26)
        return Mark(text, self._colors[task % len(self._colors)])

    # ------------------------------------------------------------------ code
    def _code(self, now: Situation) -> Iterator[CodeLine]:
        standing: dict[Location, list[TaskState]] = {}
        for state in now.tasks.values():
            if state.stand is not None:
                standing.setdefault(state.stand.place, []).append(state)
        cell = {place.line: states for place, states in standing.items() if place.file == CELL_FILE}
        for number, text in enumerate(self._source, 1):
            yield CodeLine(number, text, self._standing(cell.get(number, ())))
        others = sorted((place for place in standing if place.file != CELL_FILE), key=lambda place: (place.file, place.line))
        file = None
        for place in others:
            if place.file != file:
                yield CodeLine(None, clean(place.file, 60))
            file = place.file
            yield CodeLine(place.line, place.text, self._standing(standing[place]))

    def _standing(self, states: Sequence[TaskState]) -> tuple[Mark, ...]:
        ordered = sorted(states, key=lambda state: (state.phase, state.task))
        marks = [self._mark(state.task, SIGNS.get(state.phase, "")) for state in ordered[:MOST_NAMED]]
        more = len(ordered) - len(marks)
        return (*marks, Mark(f"+{more}", marks[-1].color)) if more else tuple(marks)

    # ------------------------------------------------------------------ beside the code
    def _beside(self, now: Situation) -> Iterator[Listed]:
        words = self._words
        if self._looped:
            yield from self._loops(now)
            timers = [(timer.task, duration(words, max(0, timer.due_ns - now.moment.t_ns))) for timer in now.timers]
            if timers:
                yield Listed(words.gettext("timers"), bold=True)
                text = words.gettext("in {time}")
                yield from self._cut([Listed(text.format(time=time), (self._mark(task),)) for task, time in timers], 4)
        else:
            yield Listed(words.gettext("tasks"), bold=True)
            yield from self._cut([self._doing(state) for state in now.tasks.values() if self._shown(state)], MOST_NAMED)
        for pool in now.pools:
            yield from self._pool(pool)
        if now.printed:
            yield Listed(words.gettext("printed so far"), bold=True)
            yield from [Listed(clean(instant.text.strip(), 70)) for instant in now.printed[-MOST_NAMED:]]

    def _loops(self, now: Situation) -> Iterator[Listed]:
        words = self._words
        yield Listed(words.gettext("ready, in the order in which they go on"), bold=True)
        for track in sorted({*now.ready, *now.running}):
            if track in now.running:
                yield Listed(words.gettext("runs now"), (self._mark(now.running[track], SIGNS[Phase.RUNNING]),), leads=True)
            queue = now.ready.get(track, ())
            more = words.gettext("and {n} more").format(n=len(queue) - MOST_NAMED) if len(queue) > MOST_NAMED else ""
            if queue:
                yield Listed(more, tuple(self._mark(task, str(place)) for place, task in enumerate(queue[:MOST_NAMED], 1)))
        if not now.running and not now.ready:
            yield Listed(words.gettext("the loop is free"))

    def _shown(self, state: TaskState) -> bool:
        return self._trace.tasks[state.task].kind not in (TaskKind.POOL, TaskKind.WORKER, TaskKind.JOB)

    def _doing(self, state: TaskState) -> Listed:
        waits = state.wait is not None and state.wait.kind is not WaitKind.IDLE
        texts = labels.wait_texts(self._words, state.wait, self._trace.tasks) if waits else ()
        said = self._words.gettext(PHASES[state.phase])
        return Listed(f"{said}: {texts[0]}" if texts else said, (self._mark(state.task, SIGNS.get(state.phase, "")),))

    def _pool(self, pool: PoolState) -> Iterator[Listed]:
        words = self._words
        heading = words.gettext("pool {who}").format(who=self._sentences.name(pool.pool))
        yield Listed(f"{heading} · {words.gettext('results')}: {words.number(len(pool.back))}", bold=True)
        queue = tuple(self._mark(job) for job in pool.queue[:3])
        more = words.gettext("and {n} more").format(n=len(pool.queue) - 3) if len(pool.queue) > 3 else ""
        yield Listed(more if queue else f"{words.gettext('queue of calls')}: –", queue)
        idle = words.gettext("idle")
        workers = [
            Listed(
                f"{self._sentences.name(worker)}{f': {idle}' if job is None else ''}",
                () if job is None else (self._mark(job, "▶"),),
                leads=True,
            )
            for worker, job in pool.workers
        ]
        yield from self._cut(workers, MOST_NAMED)

    def _cut(self, items: list[Listed], most: int) -> Iterator[Listed]:
        yield from items[:most]
        if len(items) > most:
            yield Listed(self._words.gettext("and {n} more").format(n=len(items) - most))
