"""How frames are watched: ``sys.monitoring`` from Python 3.12 on, ``sys.setprofile`` before.

A watcher disturbs nobody: a profiler or a tool that is there stays, and all of ours is gone afterwards. An error of ours switches the
watcher off and never reaches the user's code. Imports ``recorder`` and ``frames_works``.
"""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Callable
from functools import cache
from inspect import CO_GENERATOR
from types import CodeType, FrameType
from typing import Any, Final, Protocol

from ..recorder import Recorder
from .frames_hand import callee
from .frames_works import FrameWorks

_TOOLS: Final = (4, 3, 5, 2)  #: the ids that nobody is meant to have come first; never a debugger's or coverage's
_NAME: Final = "async_magics"
_MONITORING: Final[Any] = getattr(sys, "monitoring", None)
_traceback_of: Final = vars(BaseException)["__traceback__"].__get__  # whatever an exception's class makes of the name
_RESUME: Final = dis.opmap.get("RESUME")
_YIELD: Final = dis.opmap["YIELD_VALUE"]
_RETURN: Final = dis.opmap["RETURN_VALUE"]


@cache
def _used() -> set[int]:
    """Return the tools that were ours before: code remembers what a tool of that number found foreign."""
    return set()


class Watcher(Protocol):
    """What tells ``FrameWorks`` of frames."""

    def start(self) -> None:
        """Begin to watch, in this thread at least."""

    def renewed(self) -> None:
        """Other code is wanted than before."""

    def code_ended(self) -> None:
        """The traced code ended in this thread."""


def watcher_of(recorder: Recorder) -> tuple[FrameWorks, Watcher]:
    """Return the one for this Python."""
    if _MONITORING is not None:
        frames = FrameWorks(recorder, dict.clear)
        return frames, Monitoring(recorder, frames)
    copies: dict[int, dict[str, Any]] = {}
    frames = FrameWorks(recorder, lambda local: copies.update({threading.get_ident(): local}))
    return frames, Profiling(recorder, frames, copies)


class Monitoring:
    """From Python 3.12 on: all threads; foreign code is asked about once and runs at full speed afterwards."""

    def __init__(self, recorder: Recorder, frames: FrameWorks) -> None:
        self._recorder, self._frames = recorder, frames
        self._tool: int | None = None

    def start(self) -> None:
        if self._tool is not None:
            return
        self._tool = next((number for number in _TOOLS if _MONITORING.get_tool(number) is None), None)
        if self._tool is None:
            self._recorder.log.problem("generators and calls cannot be seen: other tools have taken every place in sys.monitoring")
            return
        _MONITORING.use_tool_id(self._tool, _NAME)
        if self._tool in _used():
            self.renewed()
        _used().add(self._tool)
        self._recorder.undo.then(self._stop)
        events, callbacks = 0, self._callbacks()
        for event, callback in callbacks.items():
            _MONITORING.register_callback(self._tool, event, callback)
            events |= event
        _MONITORING.set_events(self._tool, events)

    def renewed(self) -> None:
        """Ask again about code that was foreign: to an earlier recording, or before a name was added. Other tools have to as well."""
        if self._tool is not None:
            _MONITORING.restart_events()

    def code_ended(self) -> None:
        """Nothing to do: what outlives the code is watched at no cost to others."""

    def _stop(self) -> None:
        tool, self._tool = self._tool, None
        if tool is not None and _MONITORING.get_tool(tool) == _NAME:
            _MONITORING.set_events(tool, 0)
            for event in self._callbacks():
                _MONITORING.register_callback(tool, event, None)
            _MONITORING.free_tool_id(tool)

    def _failed(self, error: Exception) -> None:
        self._recorder.log.problem(f"generators and calls were switched off: {type(error).__name__}: {error}")
        if self._tool is not None:
            _MONITORING.set_events(self._tool, 0)

    def _callbacks(self) -> dict[int, Callable[..., Any]]:
        events = _MONITORING.events
        return {
            events.PY_START: self._begins(fresh=True, foreign=_MONITORING.DISABLE),
            events.PY_RESUME: self._begins(fresh=False, foreign=_MONITORING.DISABLE),
            events.PY_THROW: self._begins(fresh=False, foreign=None),  # cannot be disabled for one piece of code
            events.PY_YIELD: self._stops("yield", foreign=_MONITORING.DISABLE),
            events.PY_RETURN: self._stops("return", foreign=_MONITORING.DISABLE),
            events.PY_UNWIND: self._stops("", foreign=None),
        }

    def _begins(self, *, fresh: bool, foreign: Any) -> Callable[..., Any]:
        wants, begins, failed = self._frames.wants, self._frames.begins, self._failed

        def runs(code: CodeType, offset: int, error: object = None) -> Any:
            if not wants(code):
                return foreign
            try:
                begins(sys._getframe(1), fresh)
            except Exception as problem:
                failed(problem)
            return None

        return runs

    def _stops(self, how: str, *, foreign: Any) -> Callable[..., Any]:
        wants, stops, failed = self._frames.wants, self._frames.stops, self._failed

        def stands(code: CodeType, offset: int, value: object) -> Any:
            if not wants(code):
                return foreign
            try:
                frame = sys._getframe(1)
                if how:
                    stops(frame, how, offset)
                else:
                    stops(frame, *_raised(value, frame, offset))
            except Exception as problem:
                failed(problem)
            return None

        return stands


class Profiling:
    """Python 3.11: the thread of the traced code, and, for named functions, threads that are started meanwhile.

    A profiler hook does not learn which exception ends a frame, so an error's name is just ``"exception"`` here. It slows down every
    call in its thread, hence it is gone with the end of the traced code where no function was named.

    Args:
        recorder: where problems go.
        frames: who is told.
        copies: of frames' variables, by thread. When a hook returns, Python writes such a copy back into the variables: it must not be
            emptied before the thread's next event.
    """

    def __init__(self, recorder: Recorder, frames: FrameWorks, copies: dict[int, dict[str, Any]]) -> None:
        self._recorder, self._frames, self._copies = recorder, frames, copies
        self._hook = self._made()
        self._on = False
        self._here: set[int] = set()
        self._thrown: dict[int, int] = {}

    def start(self) -> None:
        if sys.getprofile() not in (None, self._hook):
            self._recorder.log.problem("generators and calls cannot be seen: another profiler is at work")
            return
        if not self._on:
            self._on = True  # first: the hook lets go of a thread when it is not on
            self._recorder.undo.then(self._stop)
        self._here.add(threading.get_ident())
        self.renewed()
        sys.setprofile(self._hook)

    def renewed(self) -> None:
        """Watch new threads as well once a function was named."""
        if self._on and self._frames.names and threading.getprofile() is None:
            threading.setprofile(self._hook)

    def code_ended(self) -> None:
        """Take the hook off this thread where nothing but generators is watched; say so if it got lost."""
        here = threading.get_ident()
        if not self._on or here not in self._here:
            return
        if sys.getprofile() is not self._hook:
            self._recorder.log.problem("another profiler took over: generators and calls after that were not seen")
            self._here.discard(here)
        elif not self._frames.names:
            sys.setprofile(None)
            self._here.discard(here)

    def _stop(self) -> None:
        self._on = False
        if sys.getprofile() is self._hook:
            sys.setprofile(None)
        if threading.getprofile() is self._hook:
            threading.setprofile(None)

    def _failed(self, error: Exception) -> None:
        self._recorder.log.problem(f"generators and calls were switched off: {type(error).__name__}: {error}")
        self._on = False

    def _made(self) -> Callable[[FrameType, str, Any], None]:
        wants, copies = self._frames.wants, self._copies

        def hook(frame: FrameType, event: str, value: Any) -> None:
            if copies and (copy := copies.pop(threading.get_ident(), None)):
                copy.clear()
            if (event == "call" or event == "return") and wants(frame.f_code):
                if not self._on:
                    return
                try:
                    self._tell(frame, event, value)
                except Exception as error:
                    self._failed(error)
            elif not self._on and sys.getprofile() is hook:
                sys.setprofile(None)  # a thread that outlived the recording

        return hook

    def _tell(self, frame: FrameType, event: str, value: Any) -> None:
        code, offset = frame.f_code.co_code, frame.f_lasti
        if event == "call":
            resumed = code[offset] == _RESUME
            if not resumed:
                self._thrown[id(frame)] = offset
            self._frames.begins(frame, resumed and code[offset + 1] == 0)
            return
        thrown = self._thrown.pop(id(frame), -1) if self._thrown else -1
        if code[offset] == _RETURN:
            how = "return"
        elif code[offset] == _YIELD and (thrown != offset or value is not None):
            how = "yield"
        elif thrown >= 0 and frame.f_code.co_flags & CO_GENERATOR and callee(frame.f_back) != "throw":
            how = "return"  # closed, or thrown away
        else:
            how = "exception"
        self._frames.stops(frame, how, offset)


def _raised(error: Any, frame: FrameType, offset: int) -> tuple[str, int]:
    """Return how and where a frame ends that an exception leaves; a generator that is closed, or thrown away, is no error."""
    how = "return" if type(error) is GeneratorExit else type(error).__qualname__
    place = _traceback_of(error)
    return how, place.tb_lasti if place is not None and place.tb_frame is frame else offset
