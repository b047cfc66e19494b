"""What stands under the pointer, and what there is to say of it. Imports ``lang``, ``model`` and this folder, but no painter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import Final

from ..analysis.phrases import line_of
from ..lang import Catalogue, marked
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Cause, Location, State, TaskKind, Trace
from ..model.slices import NONE
from . import labels
from .axis import exactly, moment
from .basis import Basis
from .scene import Lane, Scene
from .window import Window

NEAR: Final = 3.0
"""Pixels to a slice that is too short to be met."""
_CAUSES: Final = {
    Cause.SPAWN: marked("it had just been created"),
    Cause.ITSELF: marked("it had only yielded"),
    Cause.TIMER: marked("woken by a timer"),
    Cause.IO: marked("woken by input or output"),
    Cause.THREAD: marked("woken by another thread"),
}
_STATES: Final = {State.RUNNING: marked("running"), State.WAITING: marked("waiting"), State.RUNNABLE: marked("ready, not yet run")}
BLOCKS: Final = marked("blocks the loop")


@dataclass(frozen=True, slots=True)
class Hit:
    """What stands somewhere on a chart.

    Attributes:
        lane: its number, ``None`` outside all lanes.
        t_ns: the moment.
        row: of ``Trace.slices``; ``None`` between slices, and on a lane that stands for many tasks.
        task: whose slice it is, or the lane's task where it stands for one.
        remark: number and text of the remark whose disc stands there.
    """

    lane: int | None
    t_ns: int
    row: int | None = None
    task: int | None = None
    remark: str = ""


def hit(basis: Basis, scene: Scene, x: float, y: float) -> Hit | None:
    """Return what stands at a place, in pixels from the upper left corner; ``None`` outside the field and the names beside it."""
    said = scene.annotations
    disc = next((disc for disc in said.discs if hypot(disc.x - x, disc.y - y) <= said.radius + 1), None)
    found = _below(basis, scene, x, y)
    if disc is None:
        return found
    return replace(found or Hit(disc.lane, disc.t_ns), remark=f"{disc.number}  {disc.text}")


def _below(basis: Basis, scene: Scene, x: float, y: float) -> Hit | None:
    frame = scene.frame
    if not (0 <= x <= frame.right and frame.top <= y <= frame.bottom):
        return None
    t_ns = min(max(frame.t_ns(x), scene.start_ns), scene.end_ns)
    number = next((at for at, lane in enumerate(scene.lanes) if lane.top - 2 <= y <= lane.top + lane.height + 2), None)
    if number is None:
        return Hit(None, t_ns)
    lane = scene.lanes[number]
    row = None if lane.many or x < frame.left else _row(basis, lane, t_ns, round(NEAR / frame.px_per_ns))
    return Hit(number, t_ns, row, _whose(basis, lane, row))


def _whose(basis: Basis, lane: Lane, row: int | None) -> int | None:
    if row is not None:
        return basis.trace.slices.task[row]
    return None if lane.many else lane.tasks[0]


def _row(basis: Basis, lane: Lane, t_ns: int, near_ns: int) -> int | None:
    """Return the slice at a moment; else the nearest that is too short to be met."""
    table = basis.trace.slices
    of_ns = basis.trace.end_ns
    around = basis.rows.of(lane).within(Window(max(0, t_ns - near_ns), min(of_ns, t_ns + near_ns + 1), of_ns))
    if len(around) > 10 * NEAR:  # a band: what happened just there cannot be seen anyway
        around = basis.rows.of(lane).within(Window(max(0, t_ns), min(of_ns, t_ns + 1), of_ns))
    short = [row for row in around if table.end_ns[row] - table.start_ns[row] < near_ns]
    nearest = min(short, key=lambda row: _distance(table.start_ns[row], table.end_ns[row], t_ns), default=None)
    exact = (row for row in reversed(around) if table.start_ns[row] <= t_ns < max(table.end_ns[row], table.start_ns[row] + 1))
    return nearest if nearest is not None else next(exact, None)


def _distance(start: int, end: int, t_ns: int) -> int:
    return max(start - t_ns, t_ns - end, 0)


def at(basis: Basis, number: int, t_ns: int) -> Hit:
    """Return what stands on a lane at a moment."""
    lane = basis.lanes[number]
    row = None if lane.many else _row(basis, lane, t_ns, 0)
    return Hit(number, t_ns, row, _whose(basis, lane, row))


def beside(basis: Basis, found: Hit, by: int) -> Hit | None:
    """Return the slice after another on its lane, or before it; ``None`` where there is none."""
    lane = None if found.lane is None else basis.lanes[found.lane]
    if lane is None or lane.many:
        return None
    table, of_ns = basis.trace.slices, basis.trace.end_ns
    start, end = (found.t_ns, found.t_ns) if found.row is None else (table.start_ns[found.row], table.end_ns[found.row])
    window = Window(max(0, end), of_ns, of_ns) if by > 0 else Window(0, start, of_ns)
    rows = [row for row in basis.rows.of(lane).within(window) if row != found.row]
    if not rows:
        return None
    row = rows[0] if by > 0 else rows[-1]
    return Hit(found.lane, (table.start_ns[row] + table.end_ns[row]) // 2, row, table.task[row])


def told(basis: Basis, lanes: Sequence[Lane], found: Hit) -> tuple[str, ...]:
    """Return the lines of text: lane, state and for what, when and how long, which line of code, who woke it."""
    words, trace = basis.words, basis.trace
    at = moment(words, found.t_ns, trace.end_ns)
    if found.remark:
        return (found.remark, *told(basis, lanes, replace(found, remark="")))
    if found.lane is None:
        return (at,)
    lane = lanes[found.lane]
    head = _called(trace, lane, found.task)
    if found.row is None:
        return (head, *_between(basis, lane, found.t_ns), at)
    return (head, *_slice(basis, found.row))


def _called(trace: Trace, lane: Lane, task: int | None) -> str:
    if task is not None and task not in lane.tasks:  # a job on its worker's lane
        return f"{labels.call_of(trace.tasks[task]) or labels.task_name(trace.tasks[task])} · {lane.name}"
    return " · ".join(filter(None, (lane.name, lane.detail)))


def _between(basis: Basis, lane: Lane, t_ns: int) -> Iterator[str]:
    """Say how many tasks of a lane were in which state; nothing where it stands for one, which was not alive."""
    if not lane.many:
        return
    words, of_ns = basis.words, basis.trace.end_ns
    at = min(t_ns, of_ns - 1)
    found = basis.facts.density(lane.tasks).band(Window(at, at + 1, of_ns), lane=0, count=1)
    for count, state in ((found.running, State.RUNNING), (found.ready, State.RUNNABLE), (found.waiting, State.WAITING)):
        if round(count[0]):
            yield f"{words.gettext(_STATES[state])}: {words.number(round(count[0]))}"


def _slice(basis: Basis, row: int) -> Iterator[str]:
    words, trace, table = basis.words, basis.trace, basis.trace.slices
    state, start, end = State(table.state[row]), table.start_ns[row], table.end_ns[row]
    wait = None if table.wait[row] == NONE else table.waits[table.wait[row]]
    what = next(iter(labels.wait_texts(words, wait, trace.tasks)), "")
    said = words.gettext(BLOCKS if row in basis.facts.blocking else _STATES[state])
    yield f"{said}: {what}" if what else said
    times = [exactly(words, t_ns, trace.end_ns, end - start) for t_ns in (start, end)]
    yield words.gettext("{start} to {end}, {took}").format(start=times[0], end=times[1], took=duration(words, end - start))
    place = None if table.location[row] == NONE else table.locations[table.location[row]]
    waits_at = wait.chain[0] if wait is not None and wait.chain else None
    if state is not State.RUNNABLE and (place or waits_at) is not None:
        yield _line(words, place or waits_at)
    yield from _waker(basis, row, place if state is State.RUNNABLE else None)


def _waker(basis: Basis, row: int, place: Location | None) -> Iterator[str]:
    words, trace, table = basis.words, basis.trace, basis.trace.slices
    if trace.tasks[table.task[row]].kind is TaskKind.POOL:
        return
    if table.state[row] == State.WAITING:  # what ended it stands at what follows
        row += 1
        if row == len(table) or table.task[row] != table.task[row - 1]:
            return
        number = table.location[row] if table.state[row] == State.RUNNABLE else NONE
        place = None if number == NONE else table.locations[number]
    waker = table.waker[row]
    text = words.gettext(_CAUSES[Cause(table.cause[row])]) if table.cause[row] in _CAUSES else ""
    if waker != NONE and table.cause[row] == Cause.TASK:
        text = words.gettext("woken by {}").format(labels.named(words, trace, waker))
    if text:
        yield f"{text}, {_line(words, place)}" if place is not None else text


def _line(words: Catalogue, place: Location | None) -> str:
    if place is None:
        return ""
    text = clean(place.text, 60)
    return f"{line_of(words, place)}: {text}" if text else line_of(words, place)
