"""Tornado's ``@gen.coroutine``: generators that tornado drives; native coroutines are asyncio tasks, or run inside one.

The first step runs in the decorator's wrapper, which finds ``next`` among its module's names; the others in ``Runner.run``. Where tornado
is not imported, nothing happens. Imports ``recorder``.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from types import FrameType, GeneratorType
from typing import Any

from ..events import Verb
from ..recorder import Recorder
from .child import unframed
from .late_imports import OnImport
from .patching import dressed_as
from .reprs import arguments
from .sampler import is_library


class TornadoCoroutines:
    """Generators that tornado drives."""

    name = "tornado's coroutines"

    def __init__(self) -> None:
        self._recorder: Recorder
        self._live: dict[int, tuple[str, int, weakref.ref[Any]]] = {}

    def unavailable(self) -> str | None:
        """Where there is no tornado, there is nothing to miss."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch tornado if it is there, or as soon as it is imported."""
        self._recorder = recorder
        OnImport({"tornado.gen": self._patch}).install(recorder.undo)

    def _patch(self, module: Any) -> None:
        try:
            first, run = self._first(module), self._running(module.Runner.run)
        except AttributeError as error:
            self._recorder.log.problem(f"coroutines of this tornado cannot be seen: {error}")
            return
        self._recorder.undo.patch(module, "next", first)
        self._recorder.undo.patch(module.Runner, "run", run)

    # ------------------------------------------------------------------ steps
    def _first(self, module: Any) -> Callable[..., Any]:
        works, clock = self._recorder.works, self._recorder.clock
        finished = (StopIteration, module.Return)

        def first(generator: Any, *default: Any) -> Any:
            work = None if default else self._begun(generator)
            if work is None:
                return next(generator, *default)
            how, begin = "yield", clock()
            try:
                return next(generator)
            except BaseException as error:
                how = "return" if isinstance(error, finished) else type(error).__qualname__
                unframed(error)
                raise
            finally:
                end = clock()
                works.leave(work)
                self._stepped(generator, work, begin, end, how)

        return dressed_as(first, next)

    def _running(self, stock: Callable[..., None]) -> Callable[..., None]:
        works, clock, live = self._recorder.works, self._recorder.clock, self._live

        def run(self: Any) -> None:
            generator = self.gen
            known = live.get(id(generator))
            future = self.future
            if known is None or known[2]() is not generator or self.running or self.finished or future is None or not future.done():
                return stock(self)
            work, owner, _ = known
            result = self.result_future
            works.enter(work, owner)
            begin = clock()
            try:
                return stock(self)
            finally:
                end = clock()
                works.leave(work)
                stepped(generator, work, begin, end, _ending(result) if self.finished else "yield")

        stepped = self._stepped
        return dressed_as(run, stock)

    # ------------------------------------------------------------------ rows
    def _begun(self, generator: Any) -> str | None:
        """Return the id of a coroutine that begins, if it belongs to a recording; an error of ours never reaches the user's code."""
        try:
            return self._born(generator)
        except Exception as error:
            self._recorder.log.problem(f"a coroutine of tornado could not be followed: {type(error).__name__}: {error}")
            return None

    def _born(self, generator: Any) -> str | None:
        works = self._recorder.works
        owner = works.owner()
        if owner is None or type(generator) is not GeneratorType or generator.gi_frame is None:
            return None
        work = works.new("coroutine")
        code = generator.gi_code
        works.emit(
            Verb.SPAWN,
            work,
            kind="generator",
            by=works.by(),
            owner=owner,
            name=generator.__name__,
            function=generator.__qualname__,
            arguments=self._arguments(generator.gi_frame),
            site=_caller(),
            defined=(code, 0),
        )
        self._live[id(generator)] = (work, owner, weakref.ref(generator))
        self._recorder.pending(work, owner)
        works.enter(work, owner)
        return work

    def _arguments(self, frame: FrameType) -> str | None:
        if not self._recorder.arguments:
            return None
        local = frame.f_locals
        text = arguments(frame.f_code, local)
        if type(local) is dict:  # up to Python 3.12 the frame would keep this copy, and with it the arguments, alive
            local.clear()
        return text

    def _stepped(self, generator: Any, work: str, begin: int, end: int, how: str) -> None:
        frame = generator.gi_frame
        site = None if frame is None else (frame.f_code, frame.f_lasti)
        self._recorder.works.emit(Verb.STEP, work, begin, end=end, how=how, site=site)
        if how != "yield":
            self._live.pop(id(generator), None)
            self._recorder.works.over(work)


def _ending(result: Any) -> str:
    """Return how a coroutine ended; ``exception()`` would count as having asked for it."""
    if result.cancelled():
        return "CancelledError"
    error = getattr(result, "_exception", None)
    return "return" if error is None else type(error).__qualname__


def _caller() -> tuple[Any, int] | None:
    """Return the user's place that called the coroutine function."""
    frame: FrameType | None = sys._getframe(4)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)
