"""Source ``threads``: ``threading.Thread`` and what is made of it. Threads that belong to libraries' machinery are left alone.

Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder, Window
from .child import unframed
from .here import Known, Run, Waiting
from .patching import dressed_as
from .reprs import called, function_name, message
from .sampler import users_line

MACHINERY: Final = frozenset(
    {
        "concurrent", "multiprocessing", "asyncio", "ipykernel", "IPython", "zmq", "tornado", "joblib", "loky", "debugpy", "subprocess",
        "socketserver", "async_magics", "jupyter_client", "nbclient", "comm", "gevent", "anyio", "pydevd", "tqdm",
    }
)  # fmt: skip
"""Packages whose threads are not somebody's work: workers, feeders, heartbeats, monitors."""


class Threads:
    """Watches the threads that traced code starts."""

    name = "threads"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch ``start`` and ``join``."""
        self._recorder, self._works, self._known = recorder, recorder.works, Known()
        kind: Any = threading.Thread
        recorder.undo.patch(kind, "start", self._starting(kind.start))
        recorder.undo.patch(kind, "join", self._joining(kind.join))

    def opened(self, window: Window) -> None:
        """Nothing to note."""

    def closing(self, window: Window) -> None:
        """Nothing to note."""

    def snapshot(self) -> None:
        """Everything is written as it happens."""

    def _starting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def start(self: Any) -> None:
            owner = works.owner()
            work = source._spawn(self, owner) if owner is not None else None
            try:
                stock(self)
            except BaseException as error:
                if work is not None:
                    vars(self).pop("run", None)
                    works.emit(Verb.FAILED, work, error=type(error).__qualname__, message=message(error))
                    works.over(work)
                unframed(error)
                raise

        return dressed_as(start, stock)

    def _spawn(self, thread: Any, owner: int) -> str | None:
        """Write that a thread is being started, and dress it; ``None`` if it is to be left alone."""
        try:
            state = vars(thread)
            target = state.get("_target")
            module = target.__module__ if target is not None else type(thread).__module__
            if not isinstance(module, str) or module.partition(".")[0] in MACHINERY or state.get("_initialized") is not True:
                return None
            if state["_started"].is_set():
                return None
            work = self._works.new("thread")
            self._works.emit(
                Verb.SPAWN,
                work,
                kind="thread",
                by=self._works.by(),
                owner=owner,
                name=str(state.get("_name") or ""),
                function=function_name(target if target is not None else type(thread)),
                arguments=called(target, state.get("_args") or (), state.get("_kwargs") or {}) if self._shown(target) else None,
                site=users_line(sys._getframe(2)),
                daemon=1 if state.get("_daemonic") else None,
            )
            self._known[thread] = work
            self._recorder.pending(work, owner)
            self._dress(thread, work, owner)
        except Exception as error:
            self._recorder.log.problem(f"a thread could not be followed: {type(error).__name__}: {error}")
            return None
        return work

    def _shown(self, target: Any) -> bool:
        return self._recorder.arguments and target is not None

    def _dress(self, thread: Any, work: str, owner: int) -> None:
        """Give a thread a ``run`` of ours until it runs."""
        stock, works = thread.run, self._works
        before = vars(thread).get("run")

        def run() -> None:
            if before is None:
                vars(threading.current_thread()).pop("run", None)
            else:
                vars(threading.current_thread())["run"] = before
            with Run(works, work, owner) as noted:
                try:
                    stock()
                except SystemExit as error:  # how a thread may end itself; nobody hears of it
                    unframed(error)
                    noted.end["result"] = "SystemExit"
                    raise
                except BaseException as error:
                    unframed(error)
                    raise
                finally:
                    works.over(work)

        vars(thread)["run"] = run

    def _joining(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        works, known = self._works, self._known

        def join(self: Any, timeout: float | None = None) -> None:
            work = known.get(self)
            with Waiting(works, work if work is not None and self.is_alive() else None, "join"):
                try:
                    stock(self, timeout)
                except BaseException as error:
                    unframed(error)
                    raise

        return dressed_as(join, stock)
