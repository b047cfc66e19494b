"""Source ``executors``: ``concurrent.futures``' thread and process pools; ``asyncio.to_thread`` and ``run_in_executor`` end there too.

A thread's work item gets a stand-in for its future, which hears when the job begins and what comes of it: so no frame of ours is on the
stack while the user's function runs, nor in its traceback. A process's job is wrapped in ``Timed``. The modules are patched when somebody
imports them. Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import functools
import sys
from asyncio import futures as asyncio_futures
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from threading import current_thread, get_ident
from types import FrameType, ModuleType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder
from .callers import LIBRARIES, caller, described, module_of
from .child import Timed, unframed
from .crews import Crew, Crews
from .executor_waits import patch_waits
from .late_imports import OnImport
from .patching import dressed_as
from .pickle_notes import without_wrapper
from .reprs import function_name, short
from .running import Running, Waiting, failure
from .tags import Tags
from .workers import is_older

_METHODS: Final = ("to_thread", "run_in_executor", "map")
"""What submits on somebody's behalf, the outermost first."""


class Job:
    """A job that was submitted.

    Attributes:
        work: its id.
        owner: marker of the recording.
        crew: of the executor.
    """

    __slots__ = ("crew", "owner", "work")

    def __init__(self, work: str, owner: int, crew: Crew) -> None:
        self.work, self.owner, self.crew = work, owner, crew


class Executors:
    """Watches executors that traced code makes or uses."""

    name = "executors"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what is imported, and the rest as soon as it is."""
        self._recorder, self._works = recorder, recorder.works
        self._safely = recorder.noting("an executor")
        self.jobs: Tags[Job] = Tags()
        self._crews = Crews(recorder, _name, _pids)
        self._submitting: dict[int, Job] = {}
        stock: Any = vars(asyncio_futures)["_chain_future"]
        recorder.undo.patch(asyncio_futures, "_chain_future", self._chaining(stock))
        OnImport(
            {
                "concurrent.futures._base": functools.partial(patch_waits, recorder, self.jobs),
                "concurrent.futures.thread": self._patch_threads,
                "concurrent.futures.process": self._patch_processes,
            }
        ).install(recorder.undo)

    def snapshot(self) -> None:
        """See who works for the executors now."""
        self._crews.look_at_all()

    def _patch_threads(self, module: ModuleType) -> None:
        item: Any = module._WorkItem
        self._recorder.undo.patch(item, "__init__", self._making_item(item.__init__))
        self._patch_executor(module.ThreadPoolExecutor, lambda executor, job, fn: fn)

    def _patch_processes(self, module: ModuleType) -> None:
        self._patch_executor(module.ProcessPoolExecutor, functools.partial(self._timed, module._process_chunk))
        queue: Any = module._SafeQueue
        self._recorder.undo.patch(queue, "_on_queue_feeder_error", _refusing(queue._on_queue_feeder_error))

    def _patch_executor(self, kind: Any, send: Callable[[Any, Job, Any], Any]) -> None:
        undo = self._recorder.undo
        undo.patch(kind, "__init__", self._making(kind.__init__))
        undo.patch(kind, "submit", self._submitting_to(kind.submit, send))
        undo.patch(kind, "shutdown", self._shutting_down(kind.shutdown))

    # ------------------------------------------------------------------ the executor
    def _making(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it stands in for one
            owner, begin_ns = source._works.owner(), source._works.clock()
            try:
                stock(self, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            if owner is not None:
                source._safely(source._crews.made, self, owner, begin_ns, sys._getframe(1))

        return dressed_as(__init__, stock)

    def _shutting_down(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def shutdown(self: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
            crew, owner = source._crews.known(self), works.owner()
            source._safely(source._crews.closed, self, "shutdown")
            pool = crew.ids.get(owner) if crew is not None and owner is not None and crew.pending and wait else None
            with nullcontext() if pool is None else Waiting(works, pool, "shutdown"):
                try:
                    stock(self, wait, cancel_futures=cancel_futures)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(shutdown, stock)

    # ------------------------------------------------------------------ jobs
    def _submitting_to(self, stock: Callable[..., Any], send: Callable[[Any, Job, Any], Any]) -> Callable[..., Any]:
        source, submitting = self, self._submitting

        def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            job = source._safely(source._spawn, self, fn, args, kwargs, sys._getframe(1)) if source._works.owner() is not None else None
            ours = None if job is None else source._safely(send, self, job, fn)
            if job is not None:
                submitting[get_ident()] = job
            try:
                future = stock(self, fn if ours is None else ours, *args, **kwargs)
            except BaseException as error:
                if job is not None:
                    source._refused(job, error)
                unframed(error)
                raise
            finally:
                submitting.pop(get_ident(), None)
            if job is not None:
                source._safely(source._submitted, self, job, future)
            return future

        return dressed_as(submit, stock)

    def _spawn(self, executor: Any, fn: Any, args: Any, kwargs: Any, frame: FrameType | None) -> Job | None:
        if module_of(fn).partition(".")[0] in LIBRARIES:
            return None
        works, owner = self._works, self._works.owner()
        assert owner is not None
        crew = self._crews.of(executor, owner)
        job = Job(works.new("job"), owner, crew)
        site, through = caller(frame)
        method = next((name for name in _METHODS if name in through), "submit")
        chunk = _chunk(fn, args)
        what = described(fn, args, kwargs, arguments=self._recorder.arguments) if chunk is None else chunk
        known = {"by": works.by(), "owner": owner, "pool": crew.ids[owner], "site": site, "method": method}
        works.emit(Verb.SPAWN, job.work, **{"kind": "job", **known, **what})
        self._crews.sent(crew, job.work, owner)
        return job

    def _refused(self, job: Job, error: BaseException) -> None:
        self._works.emit(Verb.FAILED, job.work, **failure(error))
        self._crews.back(job.crew, job.work)

    def _submitted(self, executor: Any, job: Job, future: Any) -> None:
        self.jobs.put(future, job)
        self._crews.look(executor)
        future.add_done_callback(functools.partial(self._back, job))

    def _back(self, job: Job, future: Any) -> None:
        cancelled = future.cancelled()
        told = {} if cancelled else failure(future.exception())
        self._works.emit(Verb.BACK, job.work, cancelled=1 if cancelled else None, **told)
        self._crews.back(job.crew, job.work)

    def _timed(self, process_chunk: Any, executor: Any, job: Job, fn: Any) -> Any:
        recorder = self._recorder
        safe = is_older((executor._processes or {}).values())
        options = (job.work, job.owner, self._works.folder(), recorder.arguments, recorder.results, safe)
        if type(fn) is functools.partial and fn.func is process_chunk:
            return functools.partial(process_chunk, Timed(fn.args[0], *options))
        return Timed(fn, *options)

    def _making_item(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, submitting = self, self._submitting

        def __init__(self: Any, future: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it stands in for one
            job = submitting.get(get_ident())
            stock(self, future if job is None else _Heard(source._recorder, job, future), *args, **kwargs)

        return dressed_as(__init__, stock)

    def _chaining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        jobs, works = self.jobs, self._works

        def _chain_future(source: Any, destination: Any) -> None:
            job = jobs.get(source)
            if job is not None:
                works.emit(Verb.FUTURE, job.work, future=id(destination))
            try:
                stock(source, destination)
            except BaseException as error:
                unframed(error)
                raise

        return dressed_as(_chain_future, stock)


class _Heard:
    """Stands in for a future inside a thread pool's work item: hears when the job begins and what comes of it."""

    __slots__ = ("_future", "_job", "_recorder", "_running")

    def __init__(self, recorder: Recorder, job: Job, future: Any) -> None:
        self._recorder, self._job, self._future = recorder, job, future
        self._running: Running | None = None

    def set_running_or_notify_cancel(self) -> bool:
        begins = bool(self._future.set_running_or_notify_cancel())
        if begins:
            self._running = Running(self._recorder.works, self._job.work, self._job.owner, thread_name=current_thread().name)
        return begins

    def set_result(self, result: Any) -> None:
        if self._running is not None:
            self._running.end(None, short(result) if self._recorder.results else None)
        self._future.set_result(result)

    def set_exception(self, error: BaseException | None) -> None:
        if self._running is not None:
            self._running.end(error)
        self._future.set_exception(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._future, name)


def _refusing(stock: Callable[..., Any]) -> Callable[..., Any]:
    def _on_queue_feeder_error(self: Any, e: Any, obj: Any) -> None:
        without_wrapper(e)
        stock(self, e, obj)

    return dressed_as(_on_queue_feeder_error, stock)


def _name(executor: Any) -> tuple[str, str]:
    """Return what an executor is called and the start method of its processes, without settling the default for good."""
    context = getattr(executor, "_mp_context", None)
    method = "" if context is None else context.get_start_method(allow_none=True) or ""
    return f"{function_name(type(executor))}({executor._max_workers})", method


def _pids(executor: Any) -> Iterable[int]:
    return tuple(getattr(executor, "_processes", None) or ())


def _chunk(fn: Any, args: Any) -> dict[str, Any] | None:
    """Return what to write about several calls that ``ProcessPoolExecutor.map`` sends as one job; ``None`` for anything else."""
    if type(fn) is not functools.partial or module_of(fn.func) != "concurrent.futures.process" or len(args) != 1:
        return None
    calls = args[0]
    if len(calls) == 1:
        return described(fn.args[0], calls[0], {}, arguments=True)
    return {**described(fn.args[0], (), {}, arguments=False), "kind": "batch", "items": len(calls), "chunk": len(calls)}
