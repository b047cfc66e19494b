"""Source ``joblib``: what ``joblib.Parallel`` runs, whatever its backend; silent where joblib is not imported.

The functions are wrapped where the tasks enter, so joblib's own calls to pools and executors are left alone. Each call of a ``Parallel`` is
shown as a pool of its own. Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any

from ..events import Verb
from ..recorder import Recorder
from .callers import caller, described
from .child import Timed, unframed
from .late_imports import OnImport
from .patching import dressed_as
from .running import Waiting


class Joblib:
    """Watches ``Parallel``."""

    name = "joblib"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there: where joblib is not installed, nobody imports it."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch ``Parallel``, now or as soon as there is one."""
        self._recorder, self._works = recorder, recorder.works
        OnImport({"joblib.parallel": self._patch}).install(recorder.undo)

    def _patch(self, module: ModuleType) -> None:
        kind = module.Parallel
        self._recorder.undo.patch(kind, "__call__", self._calling(kind.__call__))

    def _calling(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source = self

        def __call__(self: Any, iterable: Any) -> Any:  # noqa: N807 -- it stands in for one
            call = source._announced(self, iterable, sys._getframe(1))
            try:
                if call is None:
                    return stock(self, iterable)
                with Waiting(source._works, call.pool, "Parallel"):
                    return stock(self, call.tasks)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                if call is not None:
                    call.over(lazy=bool(self.return_generator))

        return dressed_as(__call__, stock)

    def _announced(self, parallel: Any, iterable: Any, frame: FrameType | None) -> _Call | None:
        owner = self._works.owner()
        if owner is None:
            return None
        try:
            return _Call(self._recorder, parallel, owner, iterable, frame)
        except Exception as error:
            self._recorder.log.problem(f"a call of joblib could not be followed: {type(error).__name__}: {error}")
            return None


class _Call:
    """One call of a ``Parallel``.

    Attributes:
        pool: id of the pool that the call is shown as.
        tasks: what joblib gets: the user's tasks, with functions that write down their calls.
    """

    def __init__(self, recorder: Recorder, parallel: Any, owner: int, iterable: Any, frame: FrameType | None) -> None:
        works = self._works = recorder.works
        self._recorder, self._owner = recorder, owner
        self.pool, self._batch = works.new("pool"), works.new("batch")
        self._wrapped: dict[int, Timed] = {}
        self._told = False
        backend = type(parallel._backend).__name__.removesuffix("Backend").lower()
        known: dict[str, Any] = {"by": works.by(), "owner": owner, "site": caller(frame)[0], "method": backend}
        works.emit(Verb.SPAWN, self.pool, None, kind="pool", name=f"Parallel({parallel.n_jobs})", **known)
        self._row = {**known, "kind": "batch", "pool": self.pool}
        self.tasks = self._tasks(iterable)

    def _tasks(self, iterable: Any) -> Any:
        """Return the tasks; ``map`` has no frame that an error of the user's own iterator could show."""
        count = len(iterable) if hasattr(iterable, "__len__") else None
        try:
            tasks = map(self._task, iterable)
        except TypeError:  # joblib will say so itself
            return iterable
        if count is None:
            return tasks
        self._row["items"] = count
        return _Counted(tasks, count)

    def _task(self, task: Any) -> Any:
        if type(task) is not tuple or len(task) != 3:
            return task
        function, args, kwargs = task
        wrapped = self._wrapped.get(id(function)) or self._wrap(function)
        return wrapped, args, kwargs

    def _wrap(self, function: Any) -> Timed:
        if not self._told:
            self._told = True
            self._works.emit(Verb.SPAWN, self._batch, **{**self._row, **described(function, (), {}, arguments=False)})
        recorder = self._recorder
        options = (self._batch, self._owner, self._works.folder(), recorder.arguments, recorder.results, True)
        self._wrapped[id(function)] = wrapped = Timed(function, *options)
        return wrapped

    def over(self, *, lazy: bool) -> None:
        """The call returned; what it returned may be lazy, and then the results are still to come."""
        self._wrapped = {} if not lazy else self._wrapped
        if not lazy:
            self._works.emit(Verb.BACK, self._batch)
        self._works.emit(Verb.CLOSED, self.pool, how="shutdown")


class _Counted:
    """Tasks whose number joblib may ask for."""

    def __init__(self, tasks: Iterator[Any], count: int) -> None:
        self._tasks, self._count = tasks, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return self._tasks
