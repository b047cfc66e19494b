"""The event loop of a browser's Python (Pyodide, JupyterLite), watched as asyncio's own are.

Such a loop has no queue: each callback is handed to the browser, which calls it back. So what the tap puts into the queue of other loops
is handed on here, and timers are known by the handle that the loop makes for them. Imports ``events`` and siblings; nothing of
Pyodide's, whose classes are known by name.
"""

from __future__ import annotations

from asyncio import base_events, events
from collections.abc import Callable
from threading import get_ident
from typing import Any, Final

from ..clock import Clock
from ..events import TIMER, StepTable
from .asyncio_internals import WAKES_SLEEPER
from .asyncio_loop import Tap
from .asyncio_waits import WaitReader

BaseLoop: Any = base_events.BaseEventLoop
Handle = events.Handle
_WEB_LOOP: Final = ("pyodide.webloop", "WebLoop")


def is_web_loop(loop: Any) -> bool:
    """Tell whether a loop is a browser's."""
    return (type(loop).__module__, type(loop).__qualname__) == _WEB_LOOP


def stock_class(loop: Any) -> Any:
    """Return the class whose methods a tap knows how to stand in for: asyncio's base class, or the browser's loop."""
    return type(loop) if is_web_loop(loop) else BaseLoop


def tap_for(loop: Any) -> type[Tap]:
    """Return the kind of tap that a loop needs."""
    return WebTap if is_web_loop(loop) else Tap


class _Queue:
    """Stands where other loops keep their queue, and hands on what is put into it."""

    def __init__(self, loop: Any) -> None:
        self._later = _bound(type(loop).call_later, loop)

    def append(self, handle: Any) -> None:
        self._later(0, _run, handle)


def _run(handle: Any) -> None:
    if not handle._cancelled:
        handle._run()


def _bound(method: Callable[..., Any], loop: Any) -> Callable[..., Any]:
    """Bind a method of a class, not what may stand in for it on the object."""
    bound: Callable[..., Any] = method.__get__(loop)
    return bound


class WebTap(Tap):
    """The hooks of a browser's loop."""

    def _make(self, loop: Any, table: StepTable, clock: Clock, waiting: WaitReader, finished: Callable[[Any], None]) -> None:
        for name, value in (("_ready", _Queue(loop)), ("_closed", False), ("_thread_id", get_ident())):
            self.undo.patch(loop, name, value)
        super()._make(loop, table, clock, waiting, finished)
        self.hooks = {"call_soon": self.hooks["call_soon"], "call_later": self._timing(loop, waiting)}

    def _timing(self, loop: Any, waiting: WaitReader) -> Callable[..., Any]:
        later, set_current = _bound(type(loop).call_later, loop), self.set_current

        class TickHandle(Handle):
            __slots__ = ()

            def _run(self) -> None:
                before = set_current(TIMER)
                try:
                    Handle._run(self)
                finally:
                    set_current(before)

        TickHandle.__name__, TickHandle.__qualname__, TickHandle.__module__ = Handle.__name__, Handle.__qualname__, Handle.__module__

        def call_later(delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
            if callback is WAKES_SLEEPER:
                waiting.asleep(args[0], delay)
            handle = later(delay, callback, *args, context=context)
            if type(handle) is Handle:
                handle.__class__ = TickHandle
            return handle

        return call_later
