"""What a critical path proves, in words: what it mostly consists of, and the bound that follows.

Imports ``lang``, ``model`` and this folder only; never numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..lang import marked
from ..model import Location, State, Task, TaskKind, Trace, Wait, WaitKind
from ..model.slices import NONE
from .path_steps import PathRow, Why, what_of
from .phrases import Duration, Phrase, Value
from .stats import HOSTS

MOST_NAMED: Final = 3
LEAST_SHARE: Final = 0.05
"""Of the whole: what took less is not worth naming."""
ENOUGH: Final = 0.97
"""Of the whole: when this much is named, the rest does not matter."""


@dataclass(slots=True)
class Part:
    """What the path spends in one place: same function, same line, same doing.

    Attributes:
        ns: all of it.
        times: how often.
        task, row, why: of one of the stretches.
        mixed: they waited for different lengths of time, or for different tasks.
        last: row of the latest of them.
    """

    task: int
    row: int
    why: Why
    ns: int = 0
    times: int = 0
    mixed: bool = False
    last: int = NONE

    @property
    def known(self) -> bool:
        """Whether the trace tells what it was; only then a bound follows."""
        return self.row != NONE


def parts(trace: Trace, rows: Sequence[PathRow]) -> list[Part]:
    """Return what the path consists of, the dearest first."""
    table = trace.slices
    found: dict[object, Part] = {}
    known: dict[object, Part] = {}
    for task, start_ns, end_ns, row, why in rows:
        same = why if row == NONE else (task, table.state[row], table.wait[row], table.location[row], why)
        part = known.get(same)
        if part is None:
            part = known[same] = found.setdefault(_key(trace, task, row, why), Part(task, row, why))
            part.mixed = part.mixed or _aim(trace, row) != _aim(trace, part.row)
        part.ns += end_ns - start_ns
        part.times += row == NONE or row != part.last
        part.last = row
    return sorted(found.values(), key=lambda part: -part.ns)


_SAME: Final = {Why.LOOP_BUSY: Why.RAN, Why.WORKER_BUSY: Why.RAN}
"""It ran, whoever had to wait for it."""


def _key(trace: Trace, task: int, row: int, why: Why) -> object:
    """Return what is alike in stretches that are told together."""
    if row == NONE or why is Why.READY:
        return why
    state, wait, place = what_of(trace, row)
    owner = trace.tasks[task]
    who = owner.function or (owner.name if owner.kind is not TaskKind.ASYNCIO else "")
    if wait is not None and place is not None:  # the line tells enough, whoever waited there
        return wait.kind, wait.name, place, why
    return state, owner.kind, who, None if wait is None else (wait.kind, wait.name), place, _SAME.get(why, why)


def _aim(trace: Trace, row: int) -> tuple[object, ...]:
    """Return in what waits at one line may differ: for how long, and for whom."""
    _state, wait, _place = what_of(trace, row)
    return () if wait is None else (wait.delay_ns, wait.targets)


def named(trace: Trace, rows: Sequence[PathRow]) -> list[Part]:
    """Return the parts worth naming: three at the most, none that is a trifle, none after nearly all is said."""
    whole = rows[-1][2] if rows else 0
    out: list[Part] = []
    said = 0
    for part in parts(trace, rows)[:MOST_NAMED]:
        if out and (part.ns < LEAST_SHARE * whole or said >= ENOUGH * whole):
            break
        out.append(part)
        said += part.ns
    return out


def phrases(trace: Trace, rows: Sequence[PathRow]) -> tuple[Phrase, ...]:
    """Return the sentences; none for a trace in which nothing took any time."""
    if not rows:
        return ()
    return tuple(_phrases(trace, rows, named(trace, rows)))


def _phrases(trace: Trace, rows: Sequence[PathRow], found: list[Part]) -> Iterator[Phrase]:
    whole = Duration(rows[-1][2])
    texts = (
        marked("What determined the {whole}: {a}."),
        marked("What determined the {whole}: {a}; {b}."),
        marked("What determined the {whole}: {a}; {b}; {c}."),
    )
    said: dict[str, Value] = {name: _part(trace, part) for name, part in zip("abc", found, strict=False)}
    yield Phrase(texts[len(found) - 1], {"whole": whole, **said})
    proven = [part for part in found if part.known]
    if not proven:
        return
    bound = Duration(sum(part.ns for part in proven))
    if sum(part.times for part in proven) == 1:
        yield Phrase(marked("It cannot be faster than {bound} unless this gets shorter."), {"bound": bound})
    else:
        yield Phrase(marked("It cannot be faster than {bound} unless these get shorter or run side by side."), {"bound": bound})


def _part(trace: Trace, part: Part) -> Phrase:
    return Phrase(marked("{what} ({time})"), {"time": Duration(part.ns), "what": _what(trace, part)})


def _what(trace: Trace, part: Part) -> Phrase:
    owner = trace.tasks[part.task]
    state, wait, place = what_of(trace, part.row)
    who: Value = _times(part.times, _who(owner))
    match part.why:
        case Why.STARTED:
            return Phrase(marked("{who} starts up"), {"who": who})
        case Why.QUEUED:
            return Phrase(marked("{who} on the way to a worker"), {"who": who})
        case Why.RESULT:
            return Phrase(marked("a result on its way back"))
        case Why.READY:
            return Phrase(marked("the event loop itself"))
    if state is State.RUNNING:
        return _ran(owner, who, place)
    if state is State.WAITING:
        return _waited(trace, owner, part, wait, place)
    return Phrase(marked("not known, for it was not recorded"))


def _ran(owner: Task, who: Value, place: Location | None) -> Phrase:
    if owner.kind is TaskKind.CELL and place is not None:
        return Phrase(marked("own code of the cell, {line}"), {"line": place})
    if owner.kind is TaskKind.CELL:
        return Phrase(marked("own code of the cell"))
    if place is not None:
        return Phrase(marked("{who} runs, {line}"), {"who": who, "line": place})
    return Phrase(marked("{who} runs"), {"who": who})


def _waited(trace: Trace, owner: Task, part: Part, wait: Wait | None, place: Location | None) -> Phrase:
    name = "" if wait is None else wait_name(trace, wait, exact=not part.mixed)
    what: Value = _times(part.times, name) if name else Phrase(marked("a wait"))
    if part.why is Why.TIMEOUT:
        what = Phrase(marked("a time-out"))
    function = _short(place.function) if place is not None else ""
    who = f"{function}()" if function and not function.startswith("<") else "" if owner.kind is TaskKind.CELL else _who(owner)
    if place is not None and who:
        return Phrase(marked("{wait} in {who}, {line}"), {"wait": what, "who": who, "line": place})
    if place is not None:
        return Phrase(marked("{wait}, {line}"), {"wait": what, "line": place})
    return Phrase(marked("{wait} in {who}"), {"wait": what, "who": who}) if who else Phrase("{wait}", {"wait": what})


_CALLS: Final = frozenset(
    (WaitKind.STREAM_READ, WaitKind.STREAM_WRITE, WaitKind.CONNECT, WaitKind.SOCKET, WaitKind.SUBPROCESS, WaitKind.JOIN, WaitKind.RESULT)
)
"""What is waited for by a call whose name the wait has."""


def wait_name(trace: Trace, wait: Wait, *, exact: bool = True) -> str:
    """Return what was waited for, in a word: ``sleep(2)``, ``Lock#2``, ``read()``, ``join(Process-1)``; not exact: ``sleep``, ``join``."""
    if wait.kind is WaitKind.SLEEP and wait.delay_ns is not None and exact:
        return f"sleep({wait.delay_ns / 1e9:.6g})"
    if wait.kind is WaitKind.UNKNOWN and not wait.name:
        return f"{_short(wait.chain[-1].function)}()" if wait.chain else ""
    name = str(wait.kind) if wait.kind in (WaitKind.WAIT, WaitKind.GATHER) else wait.name or str(wait.kind)
    if wait.kind not in _CALLS or name.endswith(")") or not exact:
        return name
    return f"{name}({', '.join(trace.tasks[target].name for target in wait.targets[:3])})"


def _who(task: Task) -> str:
    """Return the function, or the name where there is none that the user wrote."""
    function = "" if task.kind in HOSTS else _short(task.function)
    return f"{function}()" if function and not function.startswith("<") else task.name


def _short(function: str) -> str:
    return function.rpartition("<locals>.")[2]


def _times(count: int, what: str) -> Value:
    return Phrase("{n} × {what}", {"n": count, "what": what}) if count > 1 else what
