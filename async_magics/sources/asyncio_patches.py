"""Who cancels a task, renames it, sets it a deadline, or complains about it: noted where asyncio itself does these things.

Each function patches through ``recorder.undo`` and passes everything on unchanged. Imports ``events`` and ``recorder``.
"""

from __future__ import annotations

import sys
import types
import warnings
from asyncio import base_events, taskgroups, tasks, timeouts
from collections.abc import Callable
from threading import get_ident
from types import CodeType
from typing import Any, Final

from ..events import THREAD, Kind
from ..recorder import OWNER, Recorder
from .asyncio_internals import CTask, outside
from .asyncio_loop import Tap
from .asyncio_waits import name_of
from .patching import dressed_as

_ON_TIMEOUT: Final = vars(timeouts.Timeout)["_on_timeout"].__code__
_CANCEL_AND_WAIT: Final = tasks._cancel_and_wait.__code__  # type: ignore[attr-defined]
_GROUP_CODES: Final = frozenset(getattr(taskgroups.TaskGroup, name).__code__ for name in ("_abort", "_on_task_done"))
BaseLoop: Any = base_events.BaseEventLoop
COMPLAINTS: Final = {
    "Task exception was never retrieved": Kind.NEVER_RETRIEVED,
    "Task was destroyed but it is pending!": Kind.DESTROYED,
}
"""What asyncio tells a loop's exception handler when a task is thrown away."""


def patch_tasks(recorder: Recorder, tap_of: Callable[[Any], Tap | None]) -> None:
    """Note cancellations and new names of tasks, of both kinds: written in C and in Python."""
    for kind in {CTask, getattr(tasks, "_PyTask", CTask)}:
        for name, patched in (
            ("cancel", _cancelling(kind.__dict__["cancel"], recorder, tap_of)),
            ("set_name", _naming(kind.__dict__["set_name"], recorder)),
        ):
            if kind.__module__ != "_asyncio":
                recorder.undo.patch(kind, name, patched)
            elif not recorder.undo.patch_builtin(kind, name, patched):
                recorder.log.problem("who cancelled or renamed a task cannot be seen on this Python")


def _cancelling(stock: Callable[..., Any], recorder: Recorder, tap_of: Callable[[Any], Tap | None]) -> Callable[..., Any]:
    log, clock = recorder.log, recorder.clock

    def cancel(self: Any, msg: Any = None) -> Any:
        now = clock()
        done = stock(self, msg)
        tap = tap_of(self) if done else None
        if tap is not None:
            here = tap.loop._thread_id in (None, get_ident())
            caller = sys._getframe(1)
            reason = _reason(caller.f_code)
            site = None if reason else outside(caller, tap.running)
            log.add(Kind.CANCEL_REQUESTED, now, id(self), tap.current() if here else THREAD, (site, reason))
        return done

    return dressed_as(cancel, stock)


def _reason(code: CodeType) -> str:
    """Return what asked for a cancellation where it was not somebody's own line: a time-out or a task group."""
    if code is _ON_TIMEOUT:
        return "timeout"
    if code is _CANCEL_AND_WAIT:  # ``wait_for`` up to Python 3.11; not when the waiting task has itself been cancelled
        waiting = tasks.current_task()
        return "timeout" if waiting is not None and not waiting.cancelling() else ""
    return "TaskGroup" if code in _GROUP_CODES else ""


def _naming(stock: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def set_name(self: Any, value: Any, /) -> Any:
        result = stock(self, value)
        if id(self) in recorder.members:
            recorder.log.add(Kind.TASK_NAMED, recorder.clock(), id(self), 0, self.get_name())
        return result

    return dressed_as(set_name, stock)


def patch_timeouts(recorder: Recorder) -> None:
    """Note when ``asyncio.timeout`` sets a task a deadline, moves it, and lets it go."""
    kind, log, clock = timeouts.Timeout, recorder.log, recorder.clock
    stock_reschedule, stock_exit = kind.reschedule, kind.__aexit__

    def reschedule(self: Any, when: float | None) -> None:
        stock_reschedule(self, when)
        if self._task is not None:
            now = clock()
            due = None if when is None else now + round((when - self._task.get_loop().time()) * 1e9)
            log.add(Kind.DEADLINE_SET, now, id(self._task), id(self), due)

    def leaves(self: Any, *exc: Any) -> Any:
        if self._task is not None:
            log.add(Kind.DEADLINE_OVER, clock(), id(self._task), id(self))
        return stock_exit(self, *exc)

    recorder.undo.patch(kind, "reschedule", dressed_as(reschedule, stock_reschedule))
    recorder.undo.patch(kind, "__aexit__", dressed_as(leaves, stock_exit))


def patch_complaints(recorder: Recorder) -> None:
    """Note the tasks that are thrown away while pending, or with an exception that nobody asked about."""
    stock = BaseLoop.call_exception_handler

    def call_exception_handler(self: Any, context: dict[str, Any]) -> Any:
        kind = COMPLAINTS.get(context.get("message", ""))
        task = context.get("task") or context.get("future")
        if kind is not None and task is not None:
            error = context.get("exception")
            recorder.log.add(kind, recorder.clock(), id(task), 0, type(error).__qualname__ if error is not None else "")
            recorder.finished(id(task))
        task = error = None
        return stock(self, context)

    recorder.undo.patch(BaseLoop, "call_exception_handler", dressed_as(call_exception_handler, stock))


def patch_never_awaited(recorder: Recorder, running_now: Callable[[], int]) -> None:
    """Note coroutines that were made and thrown away.

    ``warnings._warn_unawaited_coroutine`` is replaced by itself, over globals in which ``warn`` is ours: so no frame is added between
    the warning and the line to which it points.
    """
    stock: Any = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]

    def warn(text: Any, category: Any = None, stacklevel: int = 1, source: Any = None) -> None:
        owner = OWNER.get(None)
        if owner is not None:
            recorder.log.add(Kind.NEVER_AWAITED, recorder.clock(), owner, running_now(), name_of(source))
        warnings.warn(text, category, stacklevel=stacklevel + 1, source=source)

    namespace = {**stock.__globals__, "warn": warn}
    if "_wm" in namespace:  # Python 3.14 reaches ``warn`` through the module
        namespace["_wm"] = types.SimpleNamespace(**{**vars(namespace["_wm"]), "warn": warn})
    copy = types.FunctionType(stock.__code__, namespace, stock.__name__, stock.__defaults__, stock.__closure__)
    copy.__module__, copy.__qualname__ = stock.__module__, stock.__qualname__
    recorder.undo.patch(warnings, "_warn_unawaited_coroutine", copy)
