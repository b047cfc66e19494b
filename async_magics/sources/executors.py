"""Source ``executors``: ``concurrent.futures``, and through it ``asyncio.to_thread`` and ``run_in_executor``.

A thread's job is noted around its work item, so that no frame of ours is in its traceback; a process's job travels as ``Timed``.
Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import asyncio.futures
import functools
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import _base
from threading import current_thread, get_ident
from types import FrameType, ModuleType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder, Window
from .child import Timed, unframed
from .here import Known, Run, Waiting
from .late_imports import OnImport
from .patching import dressed_as
from .reprs import called, function_name, message
from .sampler import users_line

CALLS: Final = ("to_thread", "run_in_executor", "map", "submit")
"""What a job may have been submitted with, the outermost first."""


class Executors:
    """Watches executors and their jobs."""

    name = "executors"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what submits a job, runs it, and waits for it."""
        self._recorder, self._works = recorder, recorder.works
        self._pools, self._jobs = Known(), Known()
        self._submitting: dict[int, tuple[str, int]] = {}
        self._used: dict[str, Any] = {}
        undo = recorder.undo
        OnImport({"concurrent.futures.thread": self._patch_threads, "concurrent.futures.process": self._patch_processes}).install(undo)
        for name in ("result", "exception"):
            undo.patch(_base.Future, name, self._waiting(getattr(_base.Future, name), name))
        undo.patch(_base, "_create_and_install_waiters", self._several(_base._create_and_install_waiters))  # type: ignore[attr-defined]
        for module in (asyncio.futures, asyncio):
            undo.patch(module, "wrap_future", self._wrapping(asyncio.futures.wrap_future))

    def opened(self, window: Window) -> None:
        """Nothing to note."""

    def closing(self, window: Window) -> None:
        """Nothing to note."""

    def snapshot(self) -> None:
        """Say which processes work for which executor now."""
        for pool, executor in tuple(self._used.items()):
            if (found := executor()) is not None:
                self._workers(pool, found)

    def _patch_threads(self, module: ModuleType) -> None:
        kind, item, undo = module.ThreadPoolExecutor, module._WorkItem, self._recorder.undo
        self._patch_common(kind, self._submitting_thread(kind.submit))
        undo.patch(item, "__init__", self._making_item(item.__init__))
        undo.patch(item, "run", self._running_item(item.run))

    def _patch_processes(self, module: ModuleType) -> None:
        kind = module.ProcessPoolExecutor
        self._patch_common(kind, self._submitting_process(kind.submit, module._process_chunk))

    def _patch_common(self, kind: Any, submit: Callable[..., Any]) -> None:
        undo = self._recorder.undo
        undo.patch(kind, "__init__", self._making(kind.__init__))
        undo.patch(kind, "submit", submit)
        undo.patch(kind, "shutdown", self._shutting(kind.shutdown))

    # ------------------------------------------------------------------ executors
    def _making(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  # it stands in for one
            began = works.clock()
            try:
                stock(self, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            owner = works.owner()
            if owner is not None:
                source._safely(source._pool, self, owner, sys._getframe(1), began)

        return dressed_as(__init__, stock)

    def _pool(self, executor: Any, owner: int, caller: FrameType, began_ns: int | None = None) -> str:
        """Return the id of an executor; one that was not made in a recording is older."""
        known = self._pools.get(executor)
        if known is not None:
            return known
        pool = self._pools[executor] = self._works.new("pool")
        default = caller.f_code.co_name == "run_in_executor" and began_ns is not None
        processes = hasattr(executor, "_processes")
        self._works.emit(
            Verb.SPAWN,
            pool,
            began_ns,
            kind="pool",
            by=self._works.by(),
            owner=owner,
            name=f"{type(executor).__name__}({executor._max_workers})",
            site=users_line(caller),
            method="default" if default else _method(executor) if processes else None,
            older=1 if began_ns is None else None,
        )
        self._workers(pool, executor)
        return pool

    def _workers(self, pool: str, executor: Any) -> None:
        self._works.emit(Verb.WORKERS, pool, pids=sorted(getattr(executor, "_processes", None) or {}))

    def _shutting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def shutdown(self: Any, wait: bool = True, **kwargs: Any) -> None:
            pool = source._pools.get(self)
            if pool is not None:
                source._safely(source._workers, pool, self)
                works.emit(Verb.CLOSED, pool, how="shutdown")
            with Waiting(works, pool if wait else None, "shutdown"):
                try:
                    stock(self, wait, **kwargs)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(shutdown, stock)

    # ------------------------------------------------------------------ jobs
    def _submitting_thread(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            owner = works.owner()
            job = source._safely(source._job, self, fn, args, kwargs, owner, sys._getframe(1)) if owner is not None else None
            if job is not None:
                source._submitting[get_ident()] = (job, owner or 0)
            try:
                future = stock(self, fn, *args, **kwargs)
            except BaseException as error:
                source._refused(job, error)
                unframed(error)
                raise
            finally:
                source._submitting.pop(get_ident(), None)
            source._submitted(job, future, owner)
            return future

        return dressed_as(submit, stock)

    def _submitting_process(self, stock: Callable[..., Any], chunk: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            owner = works.owner()
            job, sent = None, fn
            if owner is not None and type(fn) is not Timed:
                inner = fn.args[0] if type(fn) is functools.partial and fn.func is chunk else None
                job = source._safely(source._job, self, inner or fn, args, kwargs, owner, sys._getframe(1), inner is not None)
                if job is not None:
                    timed = source._timed(inner or fn, job, owner)
                    sent = timed if inner is None else functools.partial(chunk, timed, *fn.args[1:])
            try:
                future = stock(self, sent, *args, **kwargs)
            except BaseException as error:
                source._refused(job, error)
                unframed(error)
                raise
            source._submitted(job, future, owner)
            return future

        return dressed_as(submit, stock)

    def _timed(self, fn: Any, job: str, owner: int) -> Timed:
        return Timed(fn, job, owner, self._works.folder(), self._recorder.arguments, self._recorder.results)

    def _job(
        self, executor: Any, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any], owner: int, caller: FrameType, chunk: bool = False
    ) -> str:
        """Write that a job is being submitted; a chunk of a map is a batch of jobs."""
        pool = self._pool(executor, owner, caller)
        self._used[pool] = weakref.ref(executor)
        job = self._works.new("job")
        self._works.emit(
            Verb.SPAWN,
            job,
            kind="batch" if chunk else "job",
            by=self._works.by(),
            owner=owner,
            pool=pool,
            function=function_name(fn),
            arguments=called(fn, args, kwargs) if self._recorder.arguments and not chunk else None,
            method=_call(caller),
            site=users_line(caller),
            items=len(args[0]) if chunk else None,
            chunk=len(args[0]) if chunk else None,
        )
        return job

    def _submitted(self, job: str | None, future: Any, owner: int | None) -> None:
        """Follow a job's future; the callback is the first, and holds nothing of the user's."""
        if job is None:
            return
        works = self._works
        self._jobs[future] = job
        self._recorder.pending(job, owner or 0)

        def back(done: Any) -> None:
            works.emit(Verb.BACK, job, cancelled=1 if done.cancelled() else None)
            works.over(job)

        future.add_done_callback(back)

    def _refused(self, job: str | None, error: BaseException) -> None:
        if job is not None:
            self._works.emit(Verb.FAILED, job, error=type(error).__qualname__, message=message(error))

    def _making_item(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        submitting = self._submitting

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807  # it stands in for one
            stock(self, *args, **kwargs)
            job = submitting.get(get_ident())
            if job is not None:
                self.job_of_recording = job

        return dressed_as(__init__, stock)

    def _running_item(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        works = self._works

        def run(self: Any, *args: Any) -> None:
            job = vars(self).pop("job_of_recording", None)
            future = self.future
            if job is None or future.cancelled():
                return stock(self, *args)  # type: ignore[no-any-return]
            with Run(works, *job, thread_name=current_thread().name) as noted:
                stock(self, *args)
                if future._exception is not None:
                    noted.failed(future._exception)
                future = self = None  # as stock: the exception must not find itself in this frame
            return None

        return dressed_as(run, stock)

    # ------------------------------------------------------------------ waits
    def _waiting(self, stock: Callable[..., Any], name: str) -> Callable[..., Any]:
        works, jobs = self._works, self._jobs

        def wait(self: Any, timeout: float | None = None) -> Any:
            with Waiting(works, None if self.done() else jobs.get(self), name):
                try:
                    return stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise
                finally:
                    self = None  # as stock: the exception must not find itself in this frame

        return dressed_as(wait, stock)

    def _several(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        """``wait`` and ``as_completed`` wait for the event of what this returns."""
        works, jobs = self._works, self._jobs

        def _create_and_install_waiters(fs: Any, return_when: Any) -> Any:
            waiter = stock(fs, return_when)
            job = next((found for future in fs if (found := jobs.get(future)) is not None and not future.done()), None)
            if job is not None:
                stock_wait = waiter.event.wait

                def wait(timeout: float | None = None) -> bool:
                    with Waiting(works, job, "wait"):
                        done: bool = stock_wait(timeout)
                        return done

                waiter.event.wait = wait
            return waiter

        return dressed_as(_create_and_install_waiters, stock)

    def _wrapping(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        works, jobs = self._works, self._jobs

        def wrap_future(future: Any, *, loop: Any = None) -> Any:
            wrapped = stock(future, loop=loop)
            job = jobs.get(future)
            if job is not None:
                works.emit(Verb.FUTURE, job, future=id(wrapped))
            return wrapped

        return dressed_as(wrap_future, stock)

    def _safely(self, note: Callable[..., Any], *args: Any) -> Any:
        """Make a note; one that fails is named, and the user's code goes on."""
        try:
            return note(*args)
        except Exception as error:
            self._recorder.log.problem(f"a job could not be followed: {type(error).__name__}: {error}")
            return None


def _method(executor: Any) -> str:
    context = executor._mp_context
    return str(context._name or context.get_start_method())


def _call(frame: FrameType | None) -> str:
    """Return what the user called to submit a job."""
    found = "submit"
    for _ in range(3):
        if frame is None or frame.f_code.co_name not in CALLS:
            break
        found = frame.f_code.co_name
        frame = frame.f_back
    return found
