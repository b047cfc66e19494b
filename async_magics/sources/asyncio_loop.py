"""One event loop, watched: every step of every task, when it became ready and who woke it.

``call_soon`` and a few of its neighbours are replaced on the loop *instance*, so loops that belong to others cost nothing and need
no test. Steps get private subclasses of ``asyncio.Handle`` whose ``_run`` notes them with one ``list.extend``. The closure
variable ``current`` holds the id of the task, or the cause, that is running now. Imports ``events`` only.

The order of statements in the ``_run`` methods matters: whatever the user's code could notice (who holds a reference, which
exception passes) must be as in ``asyncio.events.Handle._run``.
"""
# mypy: disable-error-code="misc, attr-defined, union-attr"
# (typeshed knows neither the slots nor the private attributes of asyncio's handles)

from __future__ import annotations

import contextvars
import sys
import weakref
from asyncio import base_events, events, format_helpers
from collections.abc import Callable
from threading import get_ident
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, TypeAlias

from ..clock import Clock
from ..events import IO, THREAD, TIMER, StepTable
from .asyncio_internals import PY_STEPS, STEP, WAKES_SLEEPER, CTask, outside
from .asyncio_waits import WaitReader
from .code_places import like_stock
from .patching import UndoStack

BaseLoop: Any = base_events.BaseEventLoop
Handle: TypeAlias = events.Handle


class Mark:
    """A value of its own for the end of a step."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


DONE: Final = Mark("DONE")


class Tap:
    """The hooks of one loop.

    Attributes:
        table: where its steps go.
        undo: gives the loop its own methods back.
        current: returns the id of what is running: a task, a cause, or 0.
        set_current: sets it, and returns what it was.
        steps: ids of the codes that run a step, by which a frame of ours is known.
        running: those, and the code that runs any handle.
    """

    def __init__(
        self,
        loop: Any,
        table: StepTable,
        clock: Clock,
        waiting: WaitReader,
        finished: Callable[[Any], None],
    ) -> None:
        self.loop = loop
        self.table = table
        self.attached = True
        self.undo = UndoStack()
        self._make(loop, table, clock, waiting, finished)

    current: Callable[[], int]
    set_current: Callable[[int], int]
    add_step: Callable[..., None]
    steps: frozenset[int]
    running: frozenset[int]
    end_of: Callable[[Any], Any]
    hooks: dict[str, Any]

    def _make(  # the closure is one idea: every function shares ``current``
        self,
        loop: Any,
        table: StepTable,
        clock: Clock,
        waiting: WaitReader,
        finished: Callable[[Any], None],
    ) -> None:
        current = IO
        active: Any = None  # the task in whose step the loop is; ``True`` as soon as that has asked for its next step
        rows, yields, pack = table.rows, table.yields, table.pack
        extend, extend_yields = rows.extend, yields.extend
        full = table.FULL
        copy_context, getframe = contextvars.copy_context, sys._getframe
        ready = loop._ready
        stock_call_soon = BaseLoop.call_soon

        def end_of(task: Any) -> Any:
            if task._fut_waiter is not None:
                return waiting(task)
            return DONE if task.done() else None

        class StepHandle(Handle):
            __slots__ = ("_cause", "_ident", "_task")
            __init__ = object.__init__  # ``call_soon`` fills it in, which saves a frame

            def cancel(self) -> None:
                self._task = None
                Handle.cancel(self)

            def _run(self) -> None:
                nonlocal current, active
                task, ident = self._task, self._ident
                before = current
                current, active = ident, task
                begin = clock()
                try:
                    self._context.run(self._callback)
                except (SystemExit, KeyboardInterrupt):
                    current, active = before, None
                    extend((ident, self._cause, 0, begin, clock(), end_of(task)))
                    finished(task)
                    self = task = None  # type: ignore[assignment]
                    raise
                except BaseException as error:
                    _report(self, error)
                end = clock()
                current = before
                if active is True and self._cause is ident:
                    active = None
                    extend_yields((ident, begin, end))
                    if len(yields) >= full:
                        pack()
                else:
                    ending = None if active is True else end_of(task)
                    active = None
                    extend((ident, self._cause, 0, begin, end, ending))
                    if ending is DONE:
                        finished(task)
                    if len(rows) >= full:
                        pack()
                self = task = None  # type: ignore[assignment]

        class WakeHandle(Handle):
            __slots__ = ("_cause", "_ident", "_task", "_wake")
            __init__ = object.__init__
            cancel = StepHandle.cancel

            def _run(self) -> None:  # as in StepHandle, but for the argument: a call more would cost a tenth of a step
                nonlocal current, active
                task, ident = self._task, self._ident
                before = current
                current, active = ident, task
                begin = clock()
                try:
                    (future,) = self._args
                    self._context.run(self._callback, future)
                except (SystemExit, KeyboardInterrupt):
                    current, active = before, None
                    extend((ident, self._cause, self._wake, begin, clock(), end_of(task)))
                    finished(task)
                    self = task = future = None  # type: ignore[assignment]
                    raise
                except BaseException as error:
                    _report(self, error)
                end = clock()
                current = before
                ending = None if active is True else end_of(task)
                active = None
                extend((ident, self._cause, self._wake, begin, end, ending))
                if ending is DONE:
                    finished(task)
                if len(rows) >= full:
                    pack()
                self = task = future = None  # type: ignore[assignment]

        class CallbackHandle(Handle):
            __slots__ = ("_cause",)
            __init__ = object.__init__

            def _run(self) -> None:
                nonlocal current
                before, current = current, self._cause
                try:
                    Handle._run(self)
                finally:
                    current = before

        class ThreadHandle(Handle):
            __slots__ = ()

            def _run(self) -> None:
                nonlocal current
                before, current = current, THREAD
                try:
                    Handle._run(self)
                finally:
                    current = before

        class TimerHandle(events.TimerHandle):
            __slots__ = ()

            def _run(self) -> None:
                nonlocal current
                before, current = current, TIMER
                try:
                    Handle._run(self)
                finally:
                    current = before

        for mine in (StepHandle, WakeHandle):
            like_stock(mine._run, Handle._run, "self._context.run(")
        steps = frozenset({id(StepHandle._run.__code__), id(WakeHandle._run.__code__)})
        running = steps | {id(Handle._run.__code__)}
        kinds: list[tuple[type, type]] = [(Handle, ThreadHandle), (events.TimerHandle, TimerHandle)]
        for other in (StepHandle, WakeHandle, CallbackHandle, ThreadHandle):
            _disguise(other, Handle)
        _disguise(TimerHandle, events.TimerHandle)
        safe = getattr(events, "_ThreadSafeHandle", None)
        if safe is not None:

            class SafeHandle(safe):  # type: ignore[valid-type]
                __slots__ = ()

                def _run(self) -> None:
                    nonlocal current
                    before, current = current, THREAD
                    try:
                        safe._run(self)
                    finally:
                        current = before

            _disguise(SafeHandle, safe)
            kinds.append((safe, SafeHandle))
        switch = dict(kinds)

        def call_soon(callback: Any, *args: Any, context: Any = None) -> Any:
            nonlocal active
            if loop._debug or loop._closed:
                handle = stock_call_soon(loop, callback, *args, context=context)
                if handle._source_traceback:
                    del handle._source_traceback[-1]
                return handle
            kind = type(callback)
            if kind is STEP:
                handle = StepHandle()
                task = callback.__self__
                if task is active:
                    active = True
                    handle._ident = handle._cause = current
                else:
                    handle._ident = id(task)
                    handle._cause = current
            elif (
                kind is BuiltinFunctionType
                and len(args) == 1
                and isinstance(task := callback.__self__, CTask)
                and task._fut_waiter is args[0]
            ):
                handle = WakeHandle()
                handle._wake = clock()
                handle._ident = ident = id(task)
                handle._cause = current if current <= 0 or current == ident else waker(getframe(1))
            else:
                handle = None if current == IO and kind is FunctionType else handle_for(callback, args)
                if handle is None:
                    handle = Handle(callback, args, loop, context)
                else:
                    Handle.__init__(handle, callback, args, loop, context)
                ready.append(handle)
                return handle
            handle._task = task
            handle._context = copy_context() if context is None else context
            handle._loop = loop
            handle._callback = callback
            handle._args = args
            handle._cancelled = False
            handle._repr = handle._source_traceback = None
            ready.append(handle)
            return handle

        def waker(frame: Any) -> Any:
            """Return the task that runs now, with the place in its code that wakes another."""
            place = outside(frame, running)
            return current if place is None else (current, *place)

        def handle_for(callback: Any, args: tuple[Any, ...]) -> Any:
            """Make a handle of ours, its own slots filled in, for any callback; ``None`` where one of asyncio's will do."""
            kind = type(callback)
            own = callback.__func__ if kind is MethodType and callback.__func__ in PY_STEPS else None
            handle: Any
            if kind is STEP or (own is not None and own is not PY_STEPS[-1]):
                handle = StepHandle()
            elif own is not None or (kind is BuiltinFunctionType and wakes(callback, args)):
                handle = WakeHandle()
                handle._wake = clock()
            elif current == IO:
                return None
            else:
                handle = CallbackHandle()
                handle._cause = current
                return handle
            handle._task = task = callback.__self__
            handle._ident = id(task)
            woken = type(handle) is WakeHandle and current > 0 and current != id(task)
            handle._cause = waker(getframe(1)) if woken else current
            return handle

        def wakes(callback: Any, args: tuple[Any, ...]) -> bool:
            """Tell whether a built-in method is the wake-up of a C task: it is called with the future that it waits for."""
            task = callback.__self__
            return len(args) == 1 and isinstance(task, CTask) and task._fut_waiter is args[0]

        def _call_soon(callback: Any, args: tuple[Any, ...], context: Any) -> Any:
            """Stand in for the method below ``call_soon`` in debug mode, and for other threads up to Python 3.13."""
            handle: Any
            if get_ident() != (loop._thread_id or get_ident()):
                handle = ThreadHandle(callback, args, loop, context)
            elif (handle := handle_for(callback, args)) is None:
                handle = Handle(callback, args, loop, context)
            else:
                Handle.__init__(handle, callback, args, loop, context)
            if handle._source_traceback:
                del handle._source_traceback[-1]
            ready.append(handle)
            return handle

        def call_later(delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
            if loop._debug or delay is None:
                timer = BaseLoop.call_later(loop, delay, callback, *args, context=context)
                if timer._source_traceback:
                    del timer._source_traceback[-1]
                return timer
            if callback is WAKES_SLEEPER:
                waiting.asleep(args[0], delay)
            timer = BaseLoop.call_at(loop, loop.time() + delay, callback, *args, context=context)
            if type(timer) is events.TimerHandle:
                timer.__class__ = TimerHandle
            return timer

        def call_at(when: float, callback: Any, *args: Any, context: Any = None) -> Any:
            timer = BaseLoop.call_at(loop, when, callback, *args, context=context)
            if type(timer) is events.TimerHandle:
                timer.__class__ = switch[events.TimerHandle]
            if timer._source_traceback:
                del timer._source_traceback[-1]
            return timer

        def call_soon_threadsafe(callback: Any, *args: Any, context: Any = None) -> Any:
            """Stand in for the method that, from Python 3.14 on, makes its handle itself: once queued, it may run at any moment."""
            if loop._closed or get_ident() == loop._thread_id:
                handle = BaseLoop.call_soon_threadsafe(loop, callback, *args, context=context)
                if handle._source_traceback:
                    del handle._source_traceback[-1]
                return handle
            if loop._debug:
                loop._check_callback(callback, "call_soon_threadsafe")
            handle = switch[safe](callback, args, loop, context)  # type: ignore[index]  # installed only where there is such a class
            if handle._source_traceback:
                del handle._source_traceback[-2:]
            ready.append(handle)
            loop._write_to_self()
            return handle

        def set_current(value: int) -> int:
            nonlocal current, active
            before, current, active = current, value, None
            return before

        def add_step(task: int, cause: Any, begin: int, end: int, outcome: Any, wake: int = 0) -> None:
            extend((task, cause, wake, begin, end, outcome))

        self.end_of = end_of
        self.current, self.set_current, self.add_step = lambda: current, set_current, add_step
        self.steps, self.running = steps, running
        self.hooks = {"call_soon": call_soon, "_call_soon": _call_soon, "call_at": call_at, "call_later": call_later}
        if safe is not None:
            self.hooks["call_soon_threadsafe"] = call_soon_threadsafe

    def detach(self) -> None:
        """Give the loop its own methods back; what it has noted stays."""
        self.attached = False
        self.undo.undo()
        self.table.pack()

    def watch_running_handle(self, handle: Any, then: Callable[[], None]) -> None:
        """Call a function as soon as the loop has let go of a handle that was made before the tap."""
        self._last = weakref.ref(handle, lambda _ref: then())


def _disguise(mine: type, stock: type) -> None:
    """Make a private subclass look like the class it stands in for."""
    mine.__name__, mine.__qualname__, mine.__module__ = stock.__name__, stock.__qualname__, stock.__module__


def _report(handle: Any, error: BaseException) -> None:
    """Do what ``Handle._run`` does with an exception that is not a task's."""
    describe: Any = format_helpers._format_callback_source
    debug = {"debug": handle._loop.get_debug()} if "debug" in describe.__code__.co_varnames else {}
    text = describe(handle._callback, handle._args, **debug)
    context = {"message": f"Exception in callback {text}", "exception": error, "handle": handle}
    if handle._source_traceback:
        context["source_traceback"] = handle._source_traceback
    handle._loop.call_exception_handler(context)
