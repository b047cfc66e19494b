"""ProcessGuard: a notebook's function that is sent where nobody knows it is named before the call hangs.

Under ``spawn`` and ``forkserver`` a child cannot import what a cell defined; a pool that was forked earlier knows only what was defined
then. ``multiprocessing`` notices neither: ``Pool.map`` waits for ever, a ``Process`` fails out of sight. The guard stands where calls
enter: private methods of ``Pool`` through which no exception of the user's passes, so that tracebacks stay as they are. It is put into
``multiprocessing`` when somebody imports that, never before. Standard library only.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any, Final
from weakref import WeakKeyDictionary

from ..errors import AsyncMagicsWarning, NotebookFunctionError
from ..events import Verb
from . import by_value
from .fork_knowledge import ForkKnowledge
from .late_imports import OnImport
from .notebook_code import in_notebook, notebook_objects
from .patching import UndoStack, dressed_as
from .pool_deaths import Interrupts, Watch, WatchedCondition, WatchedEvent, Workers
from .process_words import FATES, Voice, changed, label, name_of, stale, unknown

_FRESH: Final = ("spawn", "forkserver")
_INTERNAL: Final = ("multiprocessing.", "concurrent.")


class _Start:
    """What is found out before a process starts, for after it.

    Attributes:
        around: what the start is done in.
        known: what a forked child knows.
        worker_of: the queue that a worker of a pool reads, and whether it reads until the pool ends.
    """

    __slots__ = ("around", "known", "worker_of")

    def __init__(self) -> None:
        self.around: AbstractContextManager[None] = nullcontext()
        self.known: dict[str, int] | None = None
        self.worker_of: tuple[Any, bool] | None = None


class ProcessGuard:
    """The guard.

    Args:
        problem: is told what did not work here; the user's call goes on.

    Attributes:
        undo: takes everything back.
    """

    def __init__(self, problem: Callable[[str], None]) -> None:
        self.undo = UndoStack()
        self._problem = problem
        self._by_value = UndoStack()
        self._knowledge = ForkKnowledge()
        self._pools: WeakKeyDictionary[Any, Workers] = WeakKeyDictionary()
        self._calling = threading.local()
        self._voice = Voice()
        self._interrupts = Interrupts()

    # ------------------------------------------------------------------ on and off
    def install(self) -> None:
        """Stand guard, now or as soon as there is something to guard."""
        self.undo.then(self._by_value.undo)
        OnImport(
            {
                "multiprocessing.process": self._safely(self._guard_processes),
                "multiprocessing.pool": self._safely(self._guard_pools),
                "concurrent.futures.process": self._safely(self._guard_executors),
            }
        ).install(self.undo)

    def send_by_value(self, on: bool) -> None:
        """Send what the notebook defines by value, or by name again.

        Raises:
            AsyncMagicsError: cloudpickle is missing.
        """
        if not on:
            self._by_value.undo()
        elif not by_value.is_on():
            by_value.switch_on(self._by_value)
            self._knowledge.forget()  # from here on workers learn from what they are sent

    def cell_begins(self, *_: Any) -> None:
        """Say things again that were said about an earlier cell."""
        self._voice.forget()

    def cell_ended(self, error: BaseException | None) -> None:
        """Note whether a cell was interrupted."""
        if isinstance(error, KeyboardInterrupt):
            self._interrupts.note()

    def _safely(self, function: Callable[..., None]) -> Callable[..., None]:
        """Make a function of ours harmless: what goes wrong in it is told, and only what is meant to be raised is raised."""

        def called(*args: Any) -> None:
            try:
                function(*args)
            except (NotebookFunctionError, AsyncMagicsWarning):  # the latter where the user made errors of warnings
                raise
            except Exception as error:
                self._problem(f"processes are not guarded: {type(error).__name__}: {error}")

        return called

    # ------------------------------------------------------------------ what is patched
    def _guard_processes(self, module: ModuleType) -> None:
        stock = vars(module.BaseProcess)["start"]
        before, after = self._safely(self._process_starts), self._safely(self._process_started)

        def start(process: Any) -> Any:
            begun = _Start()
            before(process, begun)
            try:
                with begun.around:
                    stock(process)
            except BaseException as error:
                _unframed(error)
                raise
            after(process, begun)

        self.undo.patch(module.BaseProcess, "start", dressed_as(start, stock))

    def _guard_pools(self, module: ModuleType) -> None:
        for name in ("_map_async", "apply_async", "imap", "imap_unordered"):
            self._guard_call(module, name)
        self._guard_initializer(module)
        self._guard_wait(module, module.ApplyResult, self._watch_event)
        self._guard_wait(module, module.IMapIterator, self._watch_condition)

    def _guard_call(self, module: ModuleType, name: str) -> None:
        stock = vars(module.Pool)[name]
        check = self._safely(self._pool_called)

        def call(self: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(self, module.ThreadPool):
                check(self, func, args, kwargs)
            calling.name = name_of(func)
            try:
                return stock(self, func, *args, **kwargs)
            except BaseException as error:
                _unframed(error)
                raise
            finally:
                calling.name = ""

        calling = self._calling
        self.undo.patch(module.Pool, name, dressed_as(call, stock))

    def _guard_initializer(self, module: ModuleType) -> None:
        stock = vars(module.Pool)["_repopulate_pool"]
        check = self._safely(self._refuse)

        def _repopulate_pool(pool: Any) -> Any:  # only a new pool calls it
            if not isinstance(pool, module.ThreadPool):
                check("Pool", _method(pool._ctx), (pool._initializer, pool._initargs))
            try:
                return stock(pool)
            except BaseException as error:
                _unframed(error)
                raise

        self.undo.patch(module.Pool, "_repopulate_pool", dressed_as(_repopulate_pool, stock))

    def _guard_wait(self, module: ModuleType, results: Any, watch: Callable[[Any, Any], None]) -> None:
        stock = vars(results)["__init__"]
        watching = self._safely(watch)

        def __init__(result: Any, pool: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 -- it stands in for one
            stock(result, pool, *args, **kwargs)
            if not isinstance(pool, module.ThreadPool):
                watching(result, pool)

        self.undo.patch(results, "__init__", dressed_as(__init__, stock))

    def _guard_executors(self, module: ModuleType) -> None:
        stock = vars(module.ProcessPoolExecutor)["submit"]
        check = self._safely(self._submitted)

        def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            check(self, fn, args, kwargs)
            try:
                return stock(self, fn, *args, **kwargs)
            except BaseException as error:
                _unframed(error)
                raise

        self.undo.patch(module.ProcessPoolExecutor, "submit", dressed_as(submit, stock))

    # ------------------------------------------------------------------ calls
    def _pool_called(self, pool: Any, func: Any, args: Any, kwargs: Any) -> None:
        if type(pool)._setup_queues is not sys.modules["multiprocessing.pool"].Pool._setup_queues:
            return  # joblib's, torch's: they pickle in their own way
        workers = tuple(pool._pool)
        self._judge("Pool", _method(pool._ctx), workers, (func, args, kwargs), complete=len(workers) == pool._processes)

    def _submitted(self, executor: Any, fn: Any, args: Any, kwargs: Any) -> None:
        workers = tuple((executor._processes or {}).values())
        sent = (fn, args, kwargs, executor._initializer, executor._initargs)
        complete = len(workers) == executor._max_workers
        self._judge("ProcessPoolExecutor", _method(executor._mp_context), workers, sent, complete=complete)

    def _judge(self, what: str, method: str, workers: tuple[Any, ...], sent: tuple[Any, ...], *, complete: bool) -> None:
        """Refuse what cannot work, warn of what may not."""
        self._refuse(what, method, sent)
        if method != "fork" or by_value.is_on() or not in_notebook():
            return
        for item in notebook_objects(*sent):
            missing, old, count = self._knowledge.ignorant(item, workers)
            if missing or old:
                _record(item, "unknown" if missing else "old")
            if missing and missing == count and complete:
                raise NotebookFunctionError(stale(item, what, missing, count))
            if missing:
                self._voice.warn(stale(item, what, missing, count))
            elif old:
                self._voice.warn(changed(item, what, old, count))

    def _refuse(self, what: str, method: str, sent: tuple[Any, ...]) -> None:
        if method in _FRESH and in_notebook() and not by_value.is_on():
            for item in notebook_objects(*sent):
                raise NotebookFunctionError(unknown(item, method, FATES[what]))

    # ------------------------------------------------------------------ processes
    def _process_starts(self, process: Any, begun: _Start) -> None:
        target, method = getattr(process, "_target", None), _method(process)
        pools = sys.modules.get("multiprocessing.pool")
        if pools is not None and target is pools.worker:
            begun.worker_of = (process._args[0], process._args[4] is None)
        if not in_notebook():
            return
        if method == "fork" and by_value.is_on():
            begun.around = by_value.forking()
        elif method == "fork":
            begun.known = self._knowledge.now()
        elif method in _FRESH and not by_value.is_on() and not getattr(target, "__module__", "").startswith(_INTERNAL):
            for item in notebook_objects(type(process), target, process._args, process._kwargs):
                self._voice.warn(unknown(item, method, "the process will fail with AttributeError and exit code 1"))
                return

    def _process_started(self, process: Any, begun: _Start) -> None:
        if begun.known is not None and not by_value.is_on():
            self._knowledge.learn(process, begun.known)
        if begun.worker_of is not None:
            queue, one_life = begun.worker_of
            self._workers(queue, one_life=one_life).add(process)

    # ------------------------------------------------------------------ waits
    def _watch_event(self, result: Any, pool: Any) -> None:
        event = result._event = WatchedEvent()
        event.watch = self._watch(pool, result)

    def _watch_condition(self, result: Any, pool: Any) -> None:
        result._cond = WatchedCondition(self._watch(pool, result))

    def _watch(self, pool: Any, result: Any) -> Watch:
        workers = self._workers(pool._inqueue, one_life=pool._maxtasksperchild is None)
        if not workers.started:  # the pool is older than the guard
            for worker in tuple(pool._pool):
                workers.add(worker)
        name = getattr(self._calling, "name", "") or "a function"
        return Watch(workers, pool, result, name, self._voice.warn, self._interrupts)

    def _workers(self, queue: Any, *, one_life: bool) -> Workers:
        """Return the book of a pool's workers, by the queue that they read: worker and pool have nothing else in common."""
        found = self._pools.get(queue)
        if found is None:
            found = self._pools[queue] = Workers(one_life=one_life)
        return found


def _record(item: Any, how: str) -> None:
    """Tell a recording, if one is made of what runs here, of a function that workers do not know as it is now."""
    works = getattr(sys.modules["multiprocessing.process"].BaseProcess.start, "works", None)
    if works is not None and works.owner() is not None:
        from .callers import caller  # the recording has it already

        site, _names = caller(sys._getframe(1))
        works.emit(Verb.STALE, works.new("stale"), by=works.by(), owner=works.owner(), function=label(item), how=how, site=site)


def _unframed(error: BaseException) -> None:
    """Take the frame of the calling wrapper off a traceback: it is as without us."""
    from .child import unframed  # only when a call failed: loading the extension needs nothing of it

    unframed(error)


def _method(owner: Any) -> str:
    """Return the start method of a process or a context, without settling the default for good, as asking would."""
    module: Any = sys.modules["multiprocessing"]
    own = getattr(owner, "_start_method", None)
    if own is None and hasattr(owner, "get_start_method"):
        own = owner.get_start_method(allow_none=True)
    return str(own or module.get_start_method(allow_none=True) or module.get_all_start_methods()[0])
