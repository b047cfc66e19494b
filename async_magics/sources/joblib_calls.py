"""Source ``joblib``: each call of a ``Parallel``, whatever backend runs it. Does nothing unless joblib is imported.

Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import ModuleType
from typing import Any

from ..events import Verb
from ..recorder import Recorder, Window
from .child import Timed, unframed
from .late_imports import OnImport
from .patching import dressed_as
from .running import Waiting
from .sampler import users_line


class Joblib:
    """Watches ``joblib.Parallel``."""

    name = "joblib"
    in_children = False

    def unavailable(self) -> str | None:
        """Quiet where joblib is not there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch it now, or when it is imported."""
        self._recorder, self._works = recorder, recorder.works
        OnImport({"joblib.parallel": self._patch}).install(recorder.undo)

    def opened(self, window: Window) -> None:
        """Nothing to note."""

    def closing(self, window: Window) -> None:
        """Nothing to note."""

    def snapshot(self) -> None:
        """Everything is written as it happens."""

    def _patch(self, module: ModuleType) -> None:
        self._recorder.undo.patch(module.Parallel, "__call__", self._calling(module.Parallel.__call__))

    def _calling(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def __call__(self: Any, iterable: Any) -> Any:  # noqa: N807  # it stands in for one
            owner = works.owner()
            pool = source._pool(self, owner) if owner is not None else None
            given = iterable if pool is None else source._dressed(iterable, pool, owner or 0)
            try:
                with Waiting(works, pool, "Parallel") if pool is not None else nullcontext():
                    return stock(self, given)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                if pool is not None:
                    works.emit(Verb.CLOSED, pool, how="close")

        return dressed_as(__call__, stock)

    def _pool(self, parallel: Any, owner: int) -> str | None:
        """Write that a ``Parallel`` begins: a pool for as long as the call takes."""
        try:
            pool = self._works.new("pool")
            name, site = f"Parallel({parallel.n_jobs})", users_line(sys._getframe(2))
            self._works.emit(Verb.SPAWN, pool, kind="pool", by=self._works.by(), owner=owner, name=name, site=site)
            self._works.emit(
                Verb.SPAWN, f"{pool}/jobs", kind="batch", by=self._works.by(), owner=owner, pool=pool, method="Parallel", site=site
            )
        except Exception as error:
            self._recorder.log.problem(f"joblib could not be followed: {type(error).__name__}: {error}")
            return None
        return pool

    def _dressed(self, iterable: Any, pool: str, owner: int) -> Iterator[Any]:
        recorder = self._recorder
        folder = self._works.folder()
        for function, args, kwargs in iterable:
            yield Timed(function, f"{pool}/jobs", owner, folder, recorder.arguments, recorder.results), args, kwargs
