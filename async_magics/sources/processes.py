"""Source ``processes``: ``multiprocessing.Process`` and plain forks; what runs in them is written down by ``child``.

Every process that traced code starts gets a ``run`` of ours, as an attribute of the object, for as long as it is being started: so it
travels to the child whatever the start method, and never stays. Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import multiprocessing
import sys
import weakref
from collections.abc import Callable
from functools import partial
from multiprocessing import process as stock_process
from types import FrameType, FunctionType, MethodType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder
from . import forks
from .child import Main, unframed
from .joins import Join, Joins
from .patching import dressed_as
from .reprs import called, function_name, message
from .sampler import users_line
from .watcher import Watcher

WORKERS_OF: Final = (
    "multiprocessing.pool", "multiprocessing.managers", "concurrent.futures.process",
    "joblib.externals.loky.process_executor", "loky.process_executor",
)  # fmt: skip
"""Modules whose processes take jobs from elsewhere."""
_ABSENT: Final = object()


class Processes:
    """Watches the processes that traced code starts."""

    name = "processes"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what starts, ends and waits for a process."""
        self._recorder, self._works = recorder, recorder.works
        self._safely = recorder.noting("a process")
        self._joins = Joins(self._works)
        self._started: weakref.WeakKeyDictionary[Any, tuple[str, int]] = weakref.WeakKeyDictionary()
        self._watcher: Watcher | None = None
        if not self._works.in_child:
            self._watcher = Watcher(self._works, recorder.log.problem)
            recorder.undo.then(self._watcher.close)
        forks.follow(recorder)
        kind: Any = stock_process.BaseProcess
        recorder.undo.patch(kind, "start", self._starting(kind.start))
        recorder.undo.patch(kind, "join", self._joining(kind.join))
        recorder.undo.patch(kind, "close", self._closing_one(kind.close))
        for name in ("terminate", "kill"):
            recorder.undo.patch(kind, name, self._killing(getattr(kind, name), name))

    def snapshot(self) -> None:
        """Learn of every death up to now."""
        if self._watcher is not None:
            self._watcher.look()

    # ------------------------------------------------------------------ start
    def _starting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def start(self: Any) -> None:
            owner = works.owner()
            work = source._safely(source._spawn, self, owner, sys._getframe(1)) if owner is not None else None
            if work is not None:
                worker = _pool_of(self) != ""  # not to be told any more once it has started
                undress = _dress(self, Main(work, owner or 0, works.folder(), worker, vars(self).get("run")))
            try:
                stock(self)
            except BaseException as error:
                if work is not None:
                    works.emit(Verb.FAILED, work, error=type(error).__qualname__, message=message(error))
                unframed(error)
                raise
            finally:
                if work is not None:
                    undress()
            if work is not None:
                source._safely(source._has_started, self, work, owner, worker)

        start.works = works  # type: ignore[attr-defined]  # how a job in a forked worker finds the ledger
        return dressed_as(start, stock)

    def _spawn(self, process: Any, owner: int, caller: FrameType) -> str:
        works, state = self._works, vars(process)
        target = state.get("_target")
        worker = bool(_pool_of(process))
        main = target if target is not None else type(process).run
        work = works.new("process")
        shown = self._recorder.arguments and target is not None and not worker
        works.emit(
            Verb.SPAWN,
            work,
            kind="worker" if worker else "process",
            by=works.by(),
            owner=owner,
            name=str(state.get("_name") or ""),
            function=function_name(target if target is not None else type(process)),
            arguments=called(target, state.get("_args") or (), state.get("_kwargs") or {}) if shown else None,
            site=users_line(caller),
            method=_method(process),
            daemon=1 if (state.get("_config") or {}).get("daemon") else None,
            defined=(main.__code__, 0) if type(main) is FunctionType else None,
        )
        return work

    def _has_started(self, process: Any, work: str, owner: int, worker: bool) -> None:
        works, popen = self._works, process._popen
        pid = popen.pid
        works.emit(Verb.STARTED, work, pid=pid)
        self._started[process] = (work, pid)
        if not worker:
            self._recorder.pending(work, owner)
        works.watch(pid, work, code_of(popen), getattr(popen, "sentinel", None))

    # ------------------------------------------------------------------ join, close, terminate
    def _joining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def join(self: Any, timeout: Any = None) -> None:
            known = source._safely(source._running, self)
            try:
                if known is None:
                    return stock(self, timeout)  # type: ignore[no-any-return]
                with Join(source._joins, known[1], known[0], "join", code_of(self._popen)):
                    return stock(self, timeout)  # type: ignore[no-any-return]
            except BaseException as error:
                unframed(error)
                raise

        return dressed_as(join, stock)

    def _closing_one(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def close(self: Any) -> None:
            popen = getattr(self, "_popen", None)  # which is let go of
            try:
                stock(self)
            except BaseException as error:
                unframed(error)
                raise
            source._safely(source._learnt, self, popen)

        return dressed_as(close, stock)

    def _killing(self, stock: Callable[..., Any], name: str) -> Callable[..., Any]:
        source, works = self, self._works

        def kill(self: Any) -> None:
            known = source._safely(source._running, self)
            if known is not None:
                works.emit(Verb.KILL, known[0], how=name, by=works.by(), site=users_line(sys._getframe(1)))
            try:
                stock(self)
            except BaseException as error:
                unframed(error)
                raise

        return dressed_as(kill, stock)

    def _running(self, process: Any) -> tuple[str, int] | None:
        """Return work and pid of a process that the recording started here, unless it is known to be dead."""
        popen = getattr(process, "_popen", None)
        return None if self._learnt(process, popen) else self._started.get(process)

    def _learnt(self, process: Any, popen: Any) -> bool:
        """Note that a process is dead, if somebody has asked the system since the last time; tell whether it is."""
        if getattr(popen, "returncode", None) is None:
            return False
        known = self._started.pop(process, None)
        if known is not None:
            self._works.gone(known[1], known[0], popen.returncode)
        return True


def _dress(process: Any, main: Main) -> Callable[[], None]:
    """Give a process a ``run`` of ours; return what takes it away."""
    namespace = vars(process)
    before = namespace.get("run", _ABSENT)
    namespace["run"] = main

    def undress() -> None:
        if before is _ABSENT:
            namespace.pop("run", None)
        else:
            namespace["run"] = before

    return undress


def _pool_of(process: Any) -> str:
    """Return the module of the pool or executor whose worker a process is, ``""`` for one that the user has made."""
    target = vars(process).get("_target")
    module = target.__module__ if type(target) in (FunctionType, MethodType) else ""
    return module if module in WORKERS_OF else ""


def _method(process: Any) -> str:
    """Return the start method; asking for the default must not settle it."""
    own = getattr(type(process), "_start_method", None)
    return str(own or multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0])


def code_of(popen: Any) -> Callable[[], int | None]:
    """Return what tells the exit code once somebody has asked the system for it."""
    return partial(_returncode, weakref.ref(popen))


def _returncode(popen: Callable[[], Any]) -> int | None:
    code: int | None = getattr(popen(), "returncode", None)
    return code
