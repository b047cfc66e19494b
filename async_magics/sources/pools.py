"""Source ``pools``: ``multiprocessing.Pool`` and ``ThreadPool``, also those made before the recording, and the jobs given to them.

Nothing is asked of the pool itself, and it is never closed: after an interrupt that could wait for ever. Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from multiprocessing import get_all_start_methods, get_start_method
from multiprocessing import process as stock_process
from threading import current_thread
from types import FrameType, ModuleType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder, Window
from ..works import Works
from .child import Timed, unframed
from .here import Known, Run, Waiting
from .late_imports import OnImport
from .patching import dressed_as
from .reprs import called, function_name, message, short
from .sampler import users_line

BORN: Final = int(repr(stock_process._process_counter)[6:-1])  # type: ignore[attr-defined]
"""Number of the first process of this one that was started after this module was imported: older ones may not find the package."""
SUBMITTING: Final = ("_map_async", "apply_async", "imap", "imap_unordered")
"""The methods in which every job of a pool is handed over."""


class Pools:
    """Watches pools and their jobs."""

    name = "pools"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch pools now, or when the module is imported."""
        self._recorder, self._works = recorder, recorder.works
        self._pools, self._results = Known(), Known()
        self._used: dict[str, Any] = {}
        OnImport({"multiprocessing.pool": self._patch}).install(recorder.undo)

    def opened(self, window: Window) -> None:
        """Nothing to note."""

    def closing(self, window: Window) -> None:
        """Nothing to note."""

    def snapshot(self) -> None:
        """Say which processes work for which pool now: those that died were replaced."""
        for known, pool in tuple(self._used.items()):
            if (found := pool()) is not None:
                self._workers(known, found)

    def _patch(self, module: ModuleType) -> None:
        undo, pool = self._recorder.undo, module.Pool
        undo.patch(pool, "__init__", self._making(pool.__init__))
        for name in SUBMITTING:
            undo.patch(pool, name, self._submitting(getattr(pool, name), module))
        for name in ("close", "terminate"):
            undo.patch(pool, name, self._closing_one(getattr(pool, name), name))
        undo.patch(pool, "join", self._joining(pool.join))
        for result in (module.ApplyResult, module.MapResult):
            undo.patch(result, "_set", self._arriving(vars(result)["_set"]))
        undo.patch(module.ApplyResult, "wait", self._waiting(module.ApplyResult.wait))
        undo.patch(module.IMapIterator, "next", self._nexting(module.IMapIterator.next))
        undo.patch(module.IMapIterator, "__next__", self._nexting(vars(module.IMapIterator)["__next__"]))

    # ------------------------------------------------------------------ pools
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

    def _pool(self, pool: Any, owner: int, caller: FrameType, began_ns: int | None = None) -> str:
        """Return the id of a pool; one that was not made in a recording is older."""
        known = self._pools.get(pool)
        if known is None:
            known = self._pools[pool] = self._works.new("pool")
            self._works.emit(
                Verb.SPAWN,
                known,
                began_ns,
                kind="pool",
                by=self._works.by(),
                owner=owner,
                name=f"{type(pool).__name__}({len(pool._pool)})",
                site=users_line(caller),
                method=None if _threads(pool) else _method(pool),
                older=1 if began_ns is None else None,
            )
            self._workers(known, pool)
        self._used[known] = weakref.ref(pool)
        return known

    def _workers(self, known: str, pool: Any) -> None:
        """Say which processes work for a pool, and watch them: one that dies takes its job along."""
        if _threads(pool):
            self._works.emit(Verb.WORKERS, known, pids=[])
            return
        workers = [worker for worker in tuple(pool._pool) if worker.pid is not None]
        self._works.emit(Verb.WORKERS, known, pids=[worker.pid for worker in workers])

    def _closing_one(self, stock: Callable[..., Any], name: str) -> Callable[..., Any]:
        source, works = self, self._works

        def close(self: Any) -> None:
            known = source._pools.get(self)
            if known is not None:
                source._safely(source._workers, known, self)
                works.emit(Verb.CLOSED, known, how=name)
            try:
                stock(self)
            except BaseException as error:
                unframed(error)
                raise

        return dressed_as(close, stock)

    def _joining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def join(self: Any) -> None:
            with Waiting(works, source._pools.get(self), "join"):
                try:
                    stock(self)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(join, stock)

    # ------------------------------------------------------------------ jobs
    def _submitting(self, stock: Callable[..., Any], module: ModuleType) -> Callable[..., Any]:
        source, works = self, self._works
        name = stock.__name__

        def submit(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
            owner = works.owner()
            sent, job = func, None
            if owner is not None and not _ours(func):
                caller, began = sys._getframe(1), works.clock()
                sent, job = source._safely(source._dress, self, func, owner, caller) or (func, None)
            try:
                result = stock(self, sent, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            if job is not None:
                source._safely(source._submitted, job, self, func, args, kwargs, result, owner, caller, began, name)
            return result

        return dressed_as(submit, stock)

    def _dress(self, pool: Any, func: Any, owner: int, caller: FrameType) -> tuple[Any, str]:
        """Return a function that notes its calls, and the id of the job or batch."""
        self._pool(pool, owner, caller)
        works, recorder = self._works, self._recorder
        job = works.new("job")
        if _threads(pool):
            return Noted(func, job, owner, works, recorder), job
        old = any(worker._identity[-1] < BORN for worker in tuple(pool._pool) if worker._identity)
        return Timed(func, job, owner, works.folder(), recorder.arguments, recorder.results, old), job

    def _submitted(
        self, job: str, pool: Any, func: Any, args: Any, kwargs: Any, result: Any, owner: int, caller: FrameType, began_ns: int, name: str
    ) -> None:
        """Write what was submitted, and follow its result: how many jobs a map has is only known now."""
        single = name == "apply_async"
        known = self._pool(pool, owner, caller)
        self._safely(self._workers, known, pool)
        method, items, chunk = _asked(caller, name), None, None
        if not single:
            items = len(result._value) if isinstance(getattr(result, "_value", None), list) else _length(args)
            chunk = getattr(result, "_chunksize", None) or (args[1] if len(args) > 1 else kwargs.get("chunksize")) or 1
        call = (args[0] if args else kwargs.get("args", ()), (args[1] if len(args) > 1 else kwargs.get("kwds")) or {})
        self._works.emit(
            Verb.SPAWN,
            job,
            began_ns,
            kind="job" if single else "batch",
            by=self._works.by(),
            owner=owner,
            pool=known,
            function=function_name(func),
            arguments=called(func, tuple(call[0]), dict(call[1])) if single and self._recorder.arguments else None,
            method=method,
            site=users_line(caller),
            items=items,
            chunk=chunk,
        )
        if hasattr(result, "_event"):
            self._results[result] = job
            self._recorder.pending(job, owner)
            if result.ready():
                self._back(job)
        elif hasattr(result, "_cond"):
            self._results[result] = job

    def _back(self, job: str) -> None:
        self._works.emit(Verb.BACK, job)
        self._works.over(job)

    def _arriving(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def _set(self: Any, i: Any, obj: Any) -> None:
            job = source._results.get(self)
            before = self._event.is_set()
            stock(self, i, obj)
            if job is not None and not before and self._event.is_set():
                source._safely(source._back, job)

        return dressed_as(_set, stock)

    # ------------------------------------------------------------------ waits
    def _waiting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def wait(self: Any, timeout: float | None = None) -> None:
            with Waiting(works, None if self.ready() else source._results.get(self), _asked(sys._getframe(1), "get")):
                try:
                    stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(wait, stock)

    def _nexting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def next(self: Any, timeout: float | None = None) -> Any:  # noqa: A001  # it stands in for one
            blocks = not self._items and self._index != self._length
            with Waiting(works, source._results.get(self) if blocks else None, "next"):
                try:
                    return stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(next, stock)

    def _safely(self, note: Callable[..., Any], *args: Any) -> Any:
        """Make a note; one that fails is named, and the user's code goes on."""
        try:
            return note(*args)
        except Exception as error:
            self._recorder.log.problem(f"a pool could not be followed: {type(error).__name__}: {error}")
            return None


class Noted:
    """The function of a thread pool's job: notes each of its calls in this process.

    Args:
        func: the user's.
        batch: id of the ``SPAWN`` row of the call that submitted it.
        owner: marker of the recording.
        works: the ledger.
        recorder: whether arguments and results are kept.
    """

    __slots__ = ("_batch", "_owner", "_recorder", "_works", "func")

    def __init__(self, func: Any, batch: str, owner: int, works: Works, recorder: Recorder) -> None:
        self.func, self._batch, self._owner, self._works, self._recorder = func, batch, owner, works, recorder

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        text = called(self.func, args, kwargs) if self._recorder.arguments else None
        job, name = self._works.new("call"), current_thread().name
        with Run(
            self._works, job, self._owner, of=self._batch, function=function_name(self.func), arguments=text, thread_name=name
        ) as noted:
            try:
                result = self.func(*args, **kwargs)
            except BaseException as error:
                unframed(error)
                noted.end |= {"error": type(error).__qualname__, "message": message(error)}
                raise
            if self._recorder.results:
                noted.end["result"] = short(result)
            return result


def _ours(func: Any) -> bool:
    """Tell whether a function was dressed already, or is joblib's machinery, whose calls are noted elsewhere."""
    if type(func) in (Timed, Noted):
        return True
    module = getattr(type(func), "__module__", "")
    return isinstance(module, str) and module.partition(".")[0] == "joblib"


def _threads(pool: Any) -> bool:
    module = sys.modules["multiprocessing.pool"]
    return isinstance(pool, module.ThreadPool)


def _method(pool: Any) -> str:
    """Return the start method; asking for the default must not settle it."""
    return str(getattr(pool._ctx, "_name", None) or get_start_method(allow_none=True) or get_all_start_methods()[0])


def _asked(frame: FrameType | None, name: str) -> str:
    """Return the pool's method that the user called: it hands on to others of the same module."""
    found = name
    while frame is not None and frame.f_globals.get("__name__") == "multiprocessing.pool":
        found = frame.f_code.co_name
        frame = frame.f_back
    return found


def _length(args: tuple[Any, ...]) -> int | None:
    """Return how many items an iterable has, if that can be told without running anything of the user's."""
    return len(args[0]) if args and type(args[0]) in (list, tuple, range, set, frozenset, dict, str) else None
