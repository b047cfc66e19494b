"""What frames of the user's code become: generators driven by hand, and calls of functions that the user named.

A watcher tells when a frame begins, goes on, stops and ends; this module decides which of it is shown, and writes the rows. A generator
is shown once it has been resumed by hand twice: ``next(find())`` and a header taken off before a loop are no turns taken.
Imports ``events`` and ``recorder``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE, CO_OPTIMIZED
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder
from .frames_hand import Hands, in_generator
from .frames_reach import is_generator
from .reprs import arguments
from .sampler import is_library

MOST_STEPS: Final = 5_000  #: of one generator or coroutine
MOST_CALLS: Final = 10_000  #: of all named functions together, in one process
MOST_EARLY: Final = 16  #: steps kept of a generator of which it is not yet known whether it is shown
LOOPED: Final = 1_000  #: after so many steps in loops and none by hand, a function's generators are no longer watched
HANDS_NEEDED: Final = 2
_RESUMED: Final = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR | CO_ITERABLE_COROUTINE
_MACHINERY: Final = frozenset({"async_magics", "concurrent", "joblib", "multiprocessing", "threading"})
"""Packages whose frames call what a thread, a process or a job is for: that is on the chart without us."""
_NEVER: Final = (None, 0)


class Followed:
    """A frame that is followed.

    Attributes:
        work: its id.
        owner: marker of its recording.
        code: of its function.
        spawn: data of its first row, until that is written.
        resumed: it is a generator or a coroutine, which has steps.
        hand: how often it was resumed by hand.
        steps: how many steps it took.
        early: steps from before it was known that it is shown.
        begin_ns: when the step in progress began.
    """

    __slots__ = ("begin_ns", "code", "early", "hand", "owner", "resumed", "spawn", "steps", "work")

    def __init__(self, code: CodeType, owner: int, work: str, spawn: dict[str, Any]) -> None:
        self.code, self.owner, self.work = code, owner, work
        self.spawn: dict[str, Any] | None = spawn
        self.resumed = bool(code.co_flags & _RESUMED)
        self.hand = self.steps = self.begin_ns = 0
        self.early: list[tuple[int, int, int, int, str]] = []


class FrameWorks:
    """Follows frames and writes their rows.

    Args:
        recorder: whose log and ledger to use.
        release: empties the copy of a frame's variables which the frame would keep up to Python 3.12, and the values with it.

    Attributes:
        names: of the functions whose every call is shown.
        generators: whether generators driven by hand are shown.
    """

    def __init__(self, recorder: Recorder, release: Callable[[dict[str, Any]], None]) -> None:
        self.names: frozenset[str] = frozenset()
        self.generators = False
        self._recorder, self._works, self._clock, self._release = recorder, recorder.works, recorder.clock, release
        self._live: dict[int, Followed | None] = {}
        self._hands = Hands()
        self._looped: dict[int, tuple[CodeType, int]] = {}
        self._calls = 0

    def name(self, names: Iterable[str]) -> bool:
        """Add names of functions; return whether any is new."""
        before = self.names
        self.names |= frozenset(names)
        return self.names != before

    def wants(self, code: CodeType) -> bool:
        """Tell whether frames of a code object are of any interest."""
        if code.co_name in self.names:
            return bool(code.co_flags & CO_OPTIMIZED)  # not the body of a class of that name
        return self.generators and is_generator(code) and self._looped.get(id(code), _NEVER)[1] < LOOPED

    # ------------------------------------------------------------------ what a watcher tells
    def begins(self, frame: FrameType, fresh: bool) -> None:
        """A frame runs from here on; ``fresh``: for the first time."""
        key = id(frame)
        followed = self._live.get(key)
        if fresh or key not in self._live or (followed is not None and followed.code is not frame.f_code):
            owner = self._works.owner()
            if owner is None:
                self._live.pop(key, None)
                return
            followed = self._live[key] = self._first(frame, fresh, owner)
        if followed is None:
            return
        if followed.spawn is not None:
            self._count_hand(followed, frame.f_back)
        if followed.spawn is None:
            self._works.enter(followed.work, followed.owner)
        followed.begin_ns = self._clock()

    def stops(self, frame: FrameType, how: str, offset: int) -> None:
        """It runs no longer: ``"yield"``, ``"return"`` or an error's name."""
        now, key = self._clock(), id(frame)
        followed = self._live.get(key)
        if how != "yield":
            self._live.pop(key, None)
        if followed is None:
            return
        if followed.spawn is None:
            self._works.leave(followed.work)
        if followed.resumed:
            self._stepped(followed, now, how, offset)
        else:
            error = None if how == "return" else how
            self._works.emit(Verb.END, followed.work, now, cpu=time.thread_time_ns(), error=error)

    # ------------------------------------------------------------------ which are shown
    def _first(self, frame: FrameType, fresh: bool, owner: int) -> Followed | None:
        """Look at a frame seen for the first time; ``None`` if it is not followed."""
        code = frame.f_code
        named = code.co_name in self.names
        if named and (self._is_body(code, frame.f_back) or not self._has_room(code)):
            return None
        kind = "generator" if code.co_flags & CO_GENERATOR else "call"
        spawn = {
            "kind": kind,
            "by": self._works.by(),
            "owner": owner,
            "name": code.co_name,
            "function": code.co_qualname,
            "arguments": self._arguments(frame) if fresh else None,
            "defined": self._place(code, 0),
        }
        followed = Followed(code, owner, self._works.new(kind), spawn)
        if named:
            self._show(followed, self._clock())
        return followed

    def _is_body(self, code: CodeType, caller: FrameType | None) -> bool:
        """Tell whether a call is what a thread, a job or a task is for, which is shown anyway."""
        if code.co_flags & CO_COROUTINE:
            machine = caller is None or (is_library(caller.f_code.co_filename) and not caller.f_code.co_flags & _RESUMED)
            return machine and self._works.asyncio_here() > 0
        name = "" if caller is None else str(caller.f_globals.get("__name__", ""))
        return isinstance(self._works.by(), str) and name.partition(".")[0] in _MACHINERY

    def _has_room(self, code: CodeType) -> bool:
        self._calls += 1
        if self._calls <= MOST_CALLS:
            return True
        self._recorder.log.dropped += 1
        self._recorder.log.problem(f"of the calls of {', '.join(sorted(self.names))} only the first {MOST_CALLS:,} were kept")
        return False

    def _count_hand(self, followed: Followed, caller: FrameType | None) -> None:
        if self._hands.wrote(caller) and self._counts(caller):
            followed.hand += 1
            self._looped.pop(id(followed.code), None)
            if followed.hand >= HANDS_NEEDED:
                self._show(followed, followed.early[0][0] if followed.early else self._clock())

    def _counts(self, caller: FrameType | None) -> bool:
        """In a pipeline, a stage that takes two items at a time is no scheduler, unless it is itself driven by hand."""
        if not in_generator(caller):
            return True
        driver = self._live.get(id(caller))
        return driver is not None and (driver.hand > 0 or driver.spawn is None)

    def _show(self, followed: Followed, t_ns: int) -> None:
        spawn, followed.spawn = followed.spawn, None
        assert spawn is not None
        works = self._works
        works.emit(Verb.SPAWN, followed.work, t_ns, **spawn)
        if not followed.resumed:
            works.emit(Verb.BEGIN, followed.work, t_ns, cpu=time.thread_time_ns())
        for begin, end, thread, offset, how in followed.early:
            data = {"end": end, "how": how, "site": self._place(followed.code, offset)}
            works.write((Verb.STEP, begin, works.pid, thread, followed.work, data))
        followed.steps = len(followed.early)
        followed.early = []

    # ------------------------------------------------------------------ rows
    def _stepped(self, followed: Followed, now: int, how: str, offset: int) -> None:
        followed.steps += 1
        if followed.spawn is not None:
            self._stepped_unseen(followed, now, how, offset)
        elif followed.steps <= MOST_STEPS or how != "yield":
            site = self._place(followed.code, offset)
            self._works.emit(Verb.STEP, followed.work, followed.begin_ns, end=now, how=how, site=site)
        else:
            self._recorder.log.dropped += 1
            self._recorder.log.problem(f"of the steps of a generator only the first {MOST_STEPS:,} were kept")

    def _stepped_unseen(self, followed: Followed, now: int, how: str, offset: int) -> None:
        """Keep a step in case its generator is shown later; do without functions whose generators run in loops all the time."""
        if followed.hand:
            if len(followed.early) < MOST_EARLY:
                followed.early.append((followed.begin_ns, now, get_ident(), offset, how))
        else:
            code = followed.code
            self._looped[id(code)] = (code, self._looped.get(id(code), _NEVER)[1] + 1)

    def _place(self, code: CodeType, offset: int) -> Any:
        """Return a place in code, as text for what a child process writes."""
        if not self._works.in_child:
            return (code, offset)
        lines = (line for start, end, line in code.co_lines() if start <= offset < end and line)
        return [code.co_filename, next(lines, code.co_firstlineno), code.co_qualname]

    def _arguments(self, frame: FrameType) -> str | None:
        if not self._recorder.arguments:
            return None
        local = frame.f_locals
        text = arguments(frame.f_code, local)
        if type(local) is dict:
            self._release(local)
        return text
