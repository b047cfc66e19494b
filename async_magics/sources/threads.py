"""Source ``threads``: what ``threading.Thread`` and ``Timer`` run.

A thread that traced code starts gets a ``run`` of ours, as an attribute of the object, which takes itself off before anything else: no
class is subclassed and nothing stays on the object. Threads that libraries keep for themselves are left alone. Imports ``recorder`` and
siblings.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from types import FrameType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder
from ..works import Works
from .callers import caller, described, is_internal
from .child import unframed
from .gauge import gauge
from .patching import dressed_as
from .running import Running, Waiting, failure
from .tags import Tags

_ABSENT: Final = object()


class Threads:
    """Watches the threads that traced code starts."""

    name = "threads"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what starts a thread and what waits for one."""
        self._recorder, self._works = recorder, recorder.works
        self._threads: Tags[str] = Tags()
        kind: Any = threading.Thread
        recorder.undo.patch(kind, "start", self._starting(kind.start))
        recorder.undo.patch(kind, "join", self._joining(kind.join))

    # ------------------------------------------------------------------ start
    def _starting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def start(self: Any) -> None:
            run = source._announced(self, sys._getframe(1))
            try:
                stock(self)
            except BaseException as error:
                if run is not None:
                    run.could_not_start(self, error)
                unframed(error)
                raise

        return dressed_as(start, stock)

    def _announced(self, thread: Any, frame: FrameType | None) -> _Run | None:
        """Write that a thread is about to start and prepare it; ``None`` for one that is not ours to watch."""
        owner = self._works.owner()
        if owner is None:
            return None
        try:
            return self._spawn(thread, owner, frame)
        except Exception as error:
            self._recorder.log.problem(f"a thread could not be followed: {type(error).__name__}: {error}")
            return None

    def _spawn(self, thread: Any, owner: int, frame: FrameType | None) -> _Run | None:
        state = vars(thread)
        function, args, kwargs = _what(thread, state)
        started = state.get("_started")
        if started is None or started.is_set() or is_internal(frame):
            return None
        works = self._works
        work = works.new("thread")
        works.emit(
            Verb.SPAWN,
            work,
            kind="thread",
            by=works.by(),
            owner=owner,
            name=str(state["_name"])[:80],
            site=caller(frame)[0],
            daemon=1 if state["_daemonic"] else None,
            **described(function, args, kwargs, arguments=self._recorder.arguments),
        )
        self._recorder.pending(work, owner)
        run = _Run(self._recorder, self._threads.put(thread, work), owner, thread)
        state["run"] = run
        return run

    # ------------------------------------------------------------------ join
    def _joining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        works, threads = self._works, self._threads

        def join(self: Any, timeout: float | None = None) -> None:
            work = threads.get(self)
            waits = work is not None and works.owner() is not None and self.is_alive() and self is not threading.current_thread()
            with Waiting(works, work, "join") if waits and work is not None else nullcontext():
                try:
                    stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(join, stock)


class _Run:
    """Stands in for ``run`` on one thread until it begins."""

    __slots__ = ("_before", "_owner", "_recorder", "_thread", "_work")

    def __init__(self, recorder: Recorder, work: str, owner: int, thread: Any) -> None:
        self._recorder, self._work, self._owner = recorder, work, owner
        self._thread = weakref.ref(thread)
        self._before = vars(thread).get("run", _ABSENT)

    def __call__(self) -> None:
        run, timer = self._stock(), self._timer()
        works = self._recorder.works
        gauge().new_thread(works.clock())
        running = Running(works, self._work, self._owner)
        failed: BaseException | None = None
        try:
            with nullcontext() if timer is None else _Delay(self._recorder.works, self._work, timer):
                run()
        except BaseException as error:
            failed = error
            unframed(error)
            raise
        finally:
            running.end(failed)
            failed = None
            self._recorder.works.over(self._work)

    def _timer(self) -> Any:
        """Return the thread if it is a timer that does what timers do: wait, then call."""
        thread = self._thread()
        return thread if isinstance(thread, threading.Timer) and type(thread).run is threading.Timer.run else None

    def could_not_start(self, thread: Any, error: BaseException) -> None:
        """Take it off, and write why."""
        self._take_off(thread)
        self._recorder.works.emit(Verb.FAILED, self._work, **failure(error))
        self._recorder.works.over(self._work)

    def _stock(self) -> Callable[[], None]:
        thread = self._thread()
        assert thread is not None  # it is running
        self._take_off(thread)
        run: Callable[[], None] = thread.run
        return run

    def _take_off(self, thread: Any) -> None:
        if self._before is _ABSENT:
            vars(thread).pop("run", None)
        else:
            vars(thread)["run"] = self._before


class _Delay:
    """A timer waits first: until it calls its function, or is cancelled."""

    __slots__ = ("_before", "_timer", "_waits", "_work", "_works")

    def __init__(self, works: Works, work: str, timer: Any) -> None:
        self._works, self._work, self._timer, self._waits = works, work, timer, True
        self._before = vars(timer)["function"]

    def __enter__(self) -> None:
        interval = self._timer.interval
        delay = round(interval * 1e9) if type(interval) in (int, float) and 0 <= interval < 1e9 else 0
        self._works.emit(Verb.WAIT, self._work, how="timer", delay=delay)
        vars(self._timer)["function"] = self

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        function = self._over()
        try:
            function(*args, **kwargs)
        except BaseException as error:
            unframed(error)
            raise

    def __exit__(self, *_failure: object) -> None:
        self._over()

    def _over(self) -> Any:
        """Write that the wait is over and give the timer its function back, once; return that."""
        if self._waits:
            self._waits = False
            self._works.emit(Verb.WAITED, self._work)
            if vars(self._timer).get("function") is self:
                vars(self._timer)["function"] = self._before
        return self._before


def _what(thread: Any, state: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return what a thread is going to call: a timer's function, its target, or its class where that has a ``run`` of its own."""
    if isinstance(thread, threading.Timer):
        return state.get("function"), state.get("args") or (), state.get("kwargs") or {}
    target = state.get("_target")
    if target is None:
        return type(thread), (), {}
    return target, state.get("_args") or (), state.get("_kwargs") or {}
