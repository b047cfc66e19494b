"""Source ``asyncio``: births and ends of tasks; adopts the loops that the traced code uses.

The steps themselves are noted by ``asyncio_loop``, what a task waits for is read by ``asyncio_waits``, and who cancels, renames or
complains is noted by ``asyncio_patches``.
"""

from __future__ import annotations

import _thread
import itertools
import sys
import threading
from asyncio import base_events, events, runners, taskgroups, tasks
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from types import CoroutineType, FrameType
from typing import Any, Final

from ..events import FIRST_PLACEHOLDER, IO, LOOP_RUNS, Kind, Verb
from ..recorder import OWNER, Recorder, Window
from .asyncio_internals import INSIDE, outside
from .asyncio_locks import watch_locks
from .asyncio_loop import Tap
from .asyncio_patches import patch_complaints, patch_never_awaited, patch_tasks, patch_timeouts
from .asyncio_waits import WaitReader, name_of
from .patching import dressed_as, leave_no_frames, unshare
from .reprs import arguments, message, short
from .sampler import Sampler
from .web_loop import stock_class, tap_for

BaseLoop: Any = base_events.BaseEventLoop
MOST_ARGUMENTS: Final = 5_000
KERNEL: Final = frozenset({"ipykernel", "IPython", "tornado", "zmq", "jupyter_client", "ipywidgets", "comm", "debugpy", "nbclient"})
_GROUP_CODE: Final = taskgroups.TaskGroup.create_task.__code__


class AsyncioTasks:
    """Watches asyncio on the loops that traced code runs on."""

    name = "asyncio"

    def __init__(self) -> None:
        self._taps: dict[int, Tap] = {}
        self._named = 0

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what is common to all loops."""
        self._recorder = recorder
        self._log, self._clock = recorder.log, recorder.clock
        self._waits = WaitReader(recorder.log)
        self._most_arguments = MOST_ARGUMENTS if recorder.arguments else 0
        self._threads = {thread.ident for thread in threading.enumerate()}
        self._stock_create = BaseLoop.create_task
        undo = recorder.undo
        self._sampler = Sampler(self._clock, self._log, self._look, recorder.threshold_ns / 1e9)
        undo.then(self._detach)
        recorder.works.asyncio_here, recorder.look = self._running_here, self._look
        undo.patch(BaseLoop, "create_task", self._adopting(BaseLoop.create_task))
        undo.patch(BaseLoop, "run_forever", self._running(BaseLoop.run_forever))
        undo.patch(BaseLoop, "close", self._closing(BaseLoop.close))
        undo.patch(runners.Runner, "_lazy_init", self._making(vars(runners.Runner)["_lazy_init"]))
        patch_complaints(recorder)
        patch_tasks(recorder, self._tap_of)
        patch_timeouts(recorder)
        patch_never_awaited(recorder, self._running_now)
        watch_locks(undo, self._waits.holders, self._running_here)

    # ------------------------------------------------------------------ windows
    def opened(self, window: Window) -> None:
        """Find the loop and the task that run the traced code."""
        loop = events._get_running_loop()
        if loop is None:
            self._log.add(Kind.ROOT, window.anchor.mono_ns, window.marker, 0, None)
            return
        root = tasks.current_task()
        if self._is_foreign(loop):
            return
        tap = self._taps.get(id(loop))
        fresh = tap is None
        tap = self._attach(loop)
        self._log.add(Kind.ROOT, window.anchor.mono_ns, window.marker, id(root) if root is not None else 0, tap.table.loop)
        if root is not None:
            window.root = id(root)
            self._recorder.joined(id(root), window.marker)
        if fresh or tap.current() == IO:
            tap.set_current(id(root) if root is not None else window.marker)
        self._watch_first_step(tap, root, window)

    def _watch_first_step(self, tap: Tap, root: Any, window: Window) -> None:
        """The step in which the cell began is run by a handle older than the tap: learn when the loop lets go of it."""
        handle = _running_handle()
        if handle is None or id(type(handle)._run.__code__) in tap.steps:
            return
        begin, ident = window.anchor.mono_ns, id(root)

        def let_go() -> None:
            if not tap.attached or tap.current() != ident or window.ended_ns is not None:
                return
            tap.set_current(IO)
            found = next((one for one in tasks.all_tasks(tap.loop) if id(one) == ident), None)
            tap.add_step(ident, IO, begin, self._clock(), tap.end_of(found) if found is not None else None)

        def uninterrupted() -> None:
            try:
                let_go()
            except KeyboardInterrupt:  # one that arrives in here would be lost: Python ignores what a weak reference's callback raises
                _thread.interrupt_main()

        tap.watch_running_handle(handle, uninterrupted)

    def closing(self, window: Window) -> None:
        """Note the step in progress: its row would come only after the cell's end."""
        root = window.root
        for tap in self._taps.values():
            frame = _frame_of(tap.steps)
            local = frame.f_locals if frame is not None else {}
            if root and local.get("ident") == root:
                handle = local["self"]
                tap.add_step(root, handle._cause, local["begin"], self._clock(), None, getattr(handle, "_wake", 0))
            if tap.current() in (root, window.marker):
                tap.set_current(IO)
        if root:
            self._recorder.finished(root)

    def snapshot(self) -> None:
        """Report the names of the tasks that are alive."""
        now = self._clock()
        for tap in self._taps.values():
            with suppress(RuntimeError):  # the set changed while another thread's loop ran
                for task in tasks.all_tasks(tap.loop):
                    self._log.add(Kind.TASK_ALIVE, now, id(task), 0, (task.get_name(), name_of(task.get_coro())))

    # ------------------------------------------------------------------ loops
    def _is_foreign(self, loop: Any) -> bool:
        """Tell whether a loop is not one of asyncio's (uvloop's, say), and say so on the chart."""
        if isinstance(loop, stock_class(loop)):
            return False
        kind = type(loop)
        self._log.problem(f"{kind.__module__}.{kind.__qualname__} is not asyncio's own event loop: its tasks cannot be seen")
        return True

    def _making(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def _lazy_init(self: Any) -> None:
            stock(self)
            if OWNER.get(None) is not None:
                source._is_foreign(self._loop)

        return dressed_as(_lazy_init, stock)

    def _attach(self, loop: Any) -> Tap:
        tap = self._taps.get(id(loop))
        if tap is not None and tap.loop is loop:
            return tap
        tap = self._taps[id(loop)] = tap_for(loop)(loop, self._log.table(), self._clock, self._waits, self._finished)
        self._sampler.start()
        name = threading.current_thread().name
        self._log.add(Kind.LOOP_SEEN, self._clock(), tap.table.loop, 0, (type(loop).__qualname__, get_ident(), name))
        if all(_is_stock(loop, name) for name in tap.hooks):
            for name, hook in tap.hooks.items():
                tap.undo.patch(loop, name, hook)
            if sys.version_info < (3, 13):
                unshare(loop)
        else:
            self._log.problem(f"{type(loop).__qualname__} schedules in its own way: its tasks' steps cannot be seen")
        own = vars(loop).get("create_task") or vars(type(loop)).get("create_task")
        stock = self._stock_create if own is None or own is BaseLoop.create_task else own
        if "create_task" not in vars(loop):
            tap.undo.patch(loop, "create_task", self._creating(tap, stock))
        return tap

    def _look(self) -> list[tuple[tuple[int, int] | None, int]]:
        return [
            ((current, len(tap.table)) if (current := tap.current()) else None, tap.loop._thread_id or 0)
            for tap in tuple(self._taps.values())
        ]

    def _detach(self) -> None:
        self._sampler.stop()
        while self._taps:
            self._taps.popitem()[1].detach()

    def _ours(self) -> bool:
        """Tell whether the code that runs here belongs to traced code."""
        if OWNER.get(None) is not None:
            return True
        thread = threading.current_thread()
        return thread.ident not in self._threads and not thread.name.startswith("subshell-")

    def _adopting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def create_task(self: Any, coro: Any, **kwargs: Any) -> Any:
            if id(self) in source._taps or not source._ours():
                return _without_our_frame(stock(self, coro, **kwargs))
            source._attach(self)
            return _without_our_frame(self.create_task(coro, **kwargs))

        create_task.recorder = self._recorder  # type: ignore[attr-defined]  # how a second recording finds the recorder at work
        return dressed_as(create_task, stock)

    def _closing(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def close(self: Any) -> None:
            stock(self)
            if self.is_closed() and id(self) in source._taps:
                source._taps.pop(id(self)).detach()

        return dressed_as(close, stock)

    def _running(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def run_forever(self: Any) -> None:
            if source._ours():
                source._attach(self)
            try:
                return source._run_loop(stock, self)  # type: ignore[no-any-return]
            except BaseException as error:  # an interrupt goes through here
                leave_no_frames(error, __file__)
                raise

        return dressed_as(run_forever, stock)

    def _run_loop(self, stock: Callable[..., Any], loop: Any) -> Any:
        marker = OWNER.get(None)
        if isinstance(work := self._recorder.works.by(), str):
            return self._run_in(work, stock, loop)
        if marker is None or self._recorder.windows.get(marker) is None:
            return stock(loop)
        self._log.add(Kind.LOOP_RAN, self._clock(), marker, 1, get_ident())
        try:
            return stock(loop)
        finally:
            self._log.add(Kind.LOOP_RAN, self._clock(), marker, 0, get_ident())

    def _run_in(self, work: str, stock: Callable[..., Any], loop: Any) -> Any:
        """Run a loop in a thread, or job, that waits for it meanwhile."""
        works = self._recorder.works
        works.emit(Verb.WAIT, work, how=LOOP_RUNS)
        try:
            return stock(loop)
        finally:
            works.emit(Verb.WAITED, work)

    # ------------------------------------------------------------------ births
    def _creating(self, tap: Tap, stock: Callable[..., Any]) -> Callable[..., Any]:
        loop, running, loop_number = tap.loop, tap.running, tap.table.loop
        clock, current, arguments_of = self._clock, tap.current, self._arguments
        recorder, placeholders = self._recorder, itertools.count(FIRST_PLACEHOLDER - (loop_number << 30), -1)
        members = recorder.members

        def in_work() -> Any:
            """Return the work in whose thread the loop runs, where no task of the loop runs now."""
            found = recorder.works.by()
            return found if isinstance(found, str) else IO

        def create_task(coro: Any, **kwargs: Any) -> Any:
            creator, placeholder = current() or in_work(), 0
            text = arguments_of(coro)
            begin = clock()
            if loop._task_factory is not None or "eager_start" in kwargs:
                placeholder = next(placeholders)
                tap.set_current(placeholder)
                try:
                    task = stock(loop, coro, **kwargs)
                finally:
                    tap.set_current(creator if isinstance(creator, int) else IO)
            else:
                task = stock(loop, coro, **kwargs)
            end = clock()
            if loop._debug:
                _without_our_frame(task)
            try:
                frame = sys._getframe(1)
                site: Any = (frame.f_code, frame.f_lasti)
                group = id(frame.f_locals["self"]) if frame.f_code is _GROUP_CODE else 0
                if frame.f_code.co_filename in INSIDE:
                    site = outside(frame, running) or (None, 0)
                owner = members.get(creator) or self._owner(creator, coro, kwargs.get("context"))
                ident = id(task)
                recorder.joined(ident, owner)
                function = coro.__qualname__ if type(coro) is CoroutineType else name_of(coro)
                code = coro.cr_code if type(coro) is CoroutineType else getattr(coro, "gi_code", None)
                row = (ident, creator, begin, end, kwargs.get("name"), function, code, text, *site, group, loop_number, placeholder, owner)
                self._log.born(row)
                if placeholder and _began(task):
                    tap.add_step(ident, creator if isinstance(creator, int) else IO, begin, end, tap.end_of(task))
                    if task.done():
                        self._finished(task)
            except Exception as error:  # a factory's task that is not like asyncio's
                self._log.problem(f"a task of type {type(task).__qualname__} could not be followed: {error}")
            return task

        return create_task

    def _owner(self, creator: Any, coro: Any, context: Any) -> int | None:
        if isinstance(creator, str):
            return self._recorder.works.owner()
        owner = self._recorder.members.get(creator)
        if owner is None and creator in self._recorder.windows:
            owner = creator
        if owner is None:
            owner = OWNER.get(None) if context is None else context.get(OWNER)
            if owner is None and get_ident() not in self._threads and self._recorder.windows:
                owner = min(self._recorder.windows)  # the newest
            frame = getattr(coro, "cr_frame", None)
            if owner is not None and frame is not None and _kernels(frame):
                return None
        return owner if owner in self._recorder.windows else None

    def _arguments(self, coro: Any) -> str | None:
        """Read the arguments off the coroutine's frame before its first step."""
        if self._named >= self._most_arguments or type(coro) is not CoroutineType or coro.cr_suspended:
            return None
        frame = coro.cr_frame
        if frame is None:
            return None
        self._named += 1
        local = frame.f_locals
        text = arguments(frame.f_code, local)
        if type(local) is dict:  # up to Python 3.12 the frame would keep this copy, and with it the arguments, alive
            local.clear()
        return text

    # ------------------------------------------------------------------ ends
    def _finished(self, task: Any) -> None:
        """Note how a task ended, and what it was called."""
        outcome, kind, text, result = "returned", None, None, None
        if task.cancelled():
            outcome = "cancelled"
        elif (error := task._exception) is not None:
            outcome, kind, text = "raised", type(error).__qualname__, message(error)
            error = None
        elif self._recorder.results:
            result = short(task._result)
        ident, now = id(task), self._clock()
        self._log.died((ident, now, task.get_name(), outcome, kind, text, result))
        if ident in self._recorder.members:
            self._recorder.finished(ident, now)

    def _tap_of(self, task: Any) -> Tap | None:
        return self._taps.get(id(task.get_loop()))

    def _running_here(self) -> int:
        """Return the id of the task that runs in this thread, 0 if none does."""
        tap = self._taps.get(id(events._get_running_loop()))
        return max(0, tap.current()) if tap is not None else 0

    def _running_now(self) -> int:
        return next((now for tap in self._taps.values() if (now := tap.current())), IO)


def _is_stock(loop: Any, name: str) -> bool:
    """Tell whether a loop's method is asyncio's own, neither overridden by its class nor replaced on the object."""
    return name not in vars(loop) and getattr(type(loop), name, None) is getattr(stock_class(loop), name)


def _began(task: Any) -> bool:
    """Tell whether a task's first step has already run."""
    if task.done():  # asked first: Python 3.12.1 crashes when such a task is asked for its coroutine
        return True
    coro = task.get_coro()
    return coro is None or bool(getattr(coro, "cr_suspended", False))


def _kernels(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in KERNEL


def _without_our_frame(task: Any) -> Any:
    """Take our frame off the creation traceback that debug mode keeps."""
    place = getattr(task, "_source_traceback", None)
    if place:
        del place[-1]
    return task


def _frame_of(codes: frozenset[int]) -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and id(frame.f_code) not in codes:
        frame = frame.f_back
    return frame


def _running_handle() -> Any:
    """Return the handle that the loop of this thread is running, found on the stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "_run" and isinstance(handle := frame.f_locals.get("self"), events.Handle):
            return handle
        frame = frame.f_back
    return None
