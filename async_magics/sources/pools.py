"""Source ``pools``: ``multiprocessing.Pool`` and ``ThreadPool``, made in traced code or earlier.

The user's function is wrapped where a call enters the pool: in ``Timed`` for other processes, in ``_Here`` for threads of this one.
What comes back is noticed where the pool itself takes it in. Nothing is ever done to the pool: terminating one that was interrupted
can hang. The module is patched when somebody imports it. Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from threading import current_thread, get_ident
from types import FrameType, ModuleType
from typing import Any, Final

from ..recorder import Recorder
from .callers import LIBRARIES, caller, described, is_for_library, module_of
from .child import Timed, unframed
from .crews import Crew, Crews
from .late_imports import OnImport
from .patching import dressed_as
from .pool_results import PoolResults
from .reprs import function_name, short
from .running import Running, Waiting
from .workers import is_older

_CALLS: Final = ("apply_async", "_map_async", "imap", "imap_unordered")
"""Where calls enter a pool: all of its public methods lead here."""
_METHODS: Final = {"mapstar": "map", "starmapstar": "starmap"}
_KNOW_THEIR_LENGTH: Final = (list, tuple, range, dict, set, frozenset, str, bytes)


class Call:
    """A call of a pool's method that is on its way.

    Attributes:
        work: id of the job or batch.
        owner: marker of the recording.
        crew: of the pool.
        method: the pool's method.
        row: data of its ``SPAWN`` row as far as it is known.
    """

    __slots__ = ("crew", "method", "owner", "row", "work")

    def __init__(self, work: str, owner: int, crew: Crew, method: str, row: dict[str, Any]) -> None:
        self.work, self.owner, self.crew, self.method, self.row = work, owner, crew, method, row


class Pools:
    """Watches pools that traced code makes or uses."""

    name = "pools"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch pools, now or as soon as there are any."""
        self._recorder, self._works = recorder, recorder.works
        self._safely = recorder.noting("a pool")
        self._crews = Crews(recorder, _name, _pids)
        self._calling: dict[int, Call] = {}
        OnImport({"multiprocessing.pool": self._patch}).install(recorder.undo)

    def snapshot(self) -> None:
        """See who works for the pools now."""
        self._crews.look_at_all()

    def _patch(self, module: ModuleType) -> None:
        kind, undo = module.Pool, self._recorder.undo
        undo.patch(kind, "__init__", self._making(kind.__init__))
        for name in _CALLS:
            undo.patch(kind, name, self._calling_to(vars(kind)[name], name))
        for name in ("close", "terminate"):
            undo.patch(kind, name, self._closing_by(vars(kind)[name], name, kind.__exit__.__code__))
        undo.patch(kind, "join", self._joining(kind.join))
        undo.patch(kind, "_repopulate_pool_static", staticmethod(self._repopulating(kind._repopulate_pool_static)))
        PoolResults(self._recorder, self._crews, self._calling).patch(module)

    # ------------------------------------------------------------------ the pool
    def _making(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it stands in for one
            owner, begin_ns = source._works.owner(), source._works.clock()
            try:
                stock(self, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            if owner is not None and not _is_library(self) and not is_for_library(sys._getframe(1)):
                source._safely(source._crews.made, self, owner, begin_ns, sys._getframe(1))

        return dressed_as(__init__, stock)

    def _repopulating(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        """Workers that the pool's own thread starts in place of dead ones are the pool's, as the first were."""
        source, works = self, self._works

        def _repopulate_pool_static(ctx: Any, Process: Any, processes: Any, pool: Any, *rest: Any) -> None:  # noqa: N803 -- its names
            known = source._safely(source._crews.of_workers, pool)
            if known is None:
                stock(ctx, Process, processes, pool, *rest)
                return
            whose, work, owner = known
            works.enter(work, owner)
            try:
                stock(ctx, Process, processes, pool, *rest)
            finally:
                works.leave(work)
            source._safely(source._crews.look, whose)

        return dressed_as(_repopulate_pool_static, stock)

    def _closing_by(self, stock: Callable[..., Any], name: str, leaving: Any) -> Callable[..., Any]:
        source, lost = self, name == "terminate"

        def close(self: Any) -> None:
            how = "exit" if sys._getframe(1).f_code is leaving else name
            source._safely(source._crews.closed, self, how)
            try:
                stock(self)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                if lost:
                    source._safely(source._crews.lost, self)

        return dressed_as(close, stock)

    def _joining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def join(self: Any) -> None:
            crew, owner = source._crews.known(self), works.owner()
            pool = crew.ids.get(owner) if crew is not None and owner is not None and self._worker_handler.is_alive() else None
            with nullcontext() if pool is None else Waiting(works, pool, "join"):
                try:
                    stock(self)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(join, stock)

    # ------------------------------------------------------------------ calls
    def _calling_to(self, stock: Callable[..., Any], name: str) -> Callable[..., Any]:
        source, calling = self, self._calling

        def call(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
            traced = source._works.owner() is not None
            known = source._safely(source._call, self, name, func, args, kwargs, sys._getframe(1)) if traced else None
            ours = None if known is None else source._safely(source._wrapped, self, known, func)
            if known is not None:
                calling[get_ident()] = known
            try:
                result = stock(self, func if ours is None else ours, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                calling.pop(get_ident(), None)
            if known is not None:
                source._safely(source._crews.look, self)
            return result

        return dressed_as(call, stock)

    def _call(self, pool: Any, name: str, func: Any, args: Any, kwargs: Any, frame: FrameType | None) -> Call | None:
        """Return what to write when the pool has accepted the call; ``None`` for a library's own business."""
        works, owner = self._works, self._works.owner()
        if owner is None or _is_library(pool) or module_of(func).partition(".")[0] in LIBRARIES:
            return None
        crew = self._crews.of(pool, owner)
        site, through = caller(frame)
        row = {"by": works.by(), "owner": owner, "pool": crew.ids[owner], "site": site}
        if name == "apply_async":
            given = (*args, (), {}) if not args else (*args, {})
            what = described(func, kwargs.get("args", given[0]), kwargs.get("kwds", given[1]), arguments=self._recorder.arguments)
            method = "apply" if "apply" in through else name
            return Call(works.new("job"), owner, crew, method, {**row, **what, "kind": "job", "method": method})
        method = name if name != "_map_async" else _METHODS.get(getattr(_second(args, kwargs), "__name__", ""), "map")
        row |= {**described(func, (), {}, arguments=False), "kind": "batch", "method": method}
        if name != "_map_async":  # the pool takes the items from an iterator, and learns their number last
            items = args[0] if args else kwargs.get("iterable")
            row |= {"items": len(items)} if type(items) in _KNOW_THEIR_LENGTH else {}
            row["chunk"] = args[1] if len(args) > 1 else kwargs.get("chunksize", 1)
        return Call(works.new("batch"), owner, crew, method, row)

    def _wrapped(self, pool: Any, call: Call, func: Any) -> Any:
        recorder = self._recorder
        if _in_threads(pool):
            return _Here(recorder, func, call)
        safe = is_older(tuple(pool._pool))
        return Timed(func, call.work, call.owner, self._works.folder(), recorder.arguments, recorder.results, safe)


class _Here:
    """A job's function that writes down each of its calls in a thread of this process."""

    __slots__ = ("_call", "_numbers", "_recorder", "func")

    def __init__(self, recorder: Recorder, func: Any, call: Call) -> None:
        self._recorder, self.func, self._call = recorder, func, call
        self._numbers = itertools.count(1)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        running = self._begin(args, kwargs)
        failed: BaseException | None = None
        result = None
        try:
            result = self.func(*args, **kwargs)
            return result
        except BaseException as error:
            failed = error
            unframed(error)
            raise
        finally:
            running.end(failed, short(result) if self._recorder.results and failed is None else None)
            failed = None

    def _begin(self, args: Any, kwargs: Any) -> Running:
        call, works = self._call, self._recorder.works
        if call.row["kind"] == "job":
            return Running(works, call.work, call.owner, thread_name=current_thread().name)
        what = described(self.func, args, kwargs, arguments=self._recorder.arguments)
        work = f"{call.work}/{next(self._numbers)}"
        arguments = what.get("arguments")
        return Running(works, work, call.owner, of=call.work, arguments=arguments, thread_name=current_thread().name)


def _second(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("mapper")


def _is_library(pool: Any) -> bool:
    """Tell whether a pool is of a library's own kind: joblib's tells what it does itself."""
    return module_of(type(pool)).partition(".")[0] in LIBRARIES


def _in_threads(pool: Any) -> bool:
    return isinstance(pool, sys.modules["multiprocessing.pool"].ThreadPool)


def _name(pool: Any) -> tuple[str, str]:
    """Return what a pool is called and the start method of its processes, without settling the default for good."""
    method = "" if _in_threads(pool) else pool._ctx.get_start_method(allow_none=True) or ""
    return f"{function_name(type(pool))}({pool._processes})", method


def _pids(pool: Any) -> Iterable[int]:
    if _in_threads(pool):
        return ()
    return [process.pid for process in tuple(pool._pool) if process.pid is not None]
