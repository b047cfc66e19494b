"""A thread waits for futures of ``concurrent.futures``: ``result``, ``exception``, ``wait``, ``as_completed``, the iterator of ``map``.

Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from types import ModuleType
from typing import Any, Protocol

from ..recorder import Recorder
from ..works import Works
from .child import unframed
from .crews import Crew
from .patching import dressed_as
from .running import Waiting
from .tags import Tags


class Submitted(Protocol):
    """What is known of a future's job: its id, its recording, its executor."""

    work: str
    owner: int
    crew: Crew


def patch_waits(recorder: Recorder, jobs: Tags[Any], module: ModuleType) -> None:
    """Patch what waits, in ``concurrent.futures._base``."""
    for name in ("result", "exception"):
        recorder.undo.patch(module.Future, name, _asking(getattr(module.Future, name), recorder.works, jobs))
    stock = module._create_and_install_waiters
    recorder.undo.patch(module, "_create_and_install_waiters", _installing(stock, recorder.works, jobs))


def _asking(stock: Callable[..., Any], works: Works, jobs: Tags[Submitted]) -> Callable[..., Any]:
    def result(self: Any, timeout: float | None = None) -> Any:
        job = jobs.get(self)
        waits = job is not None and not self.done() and works.owner() is not None
        with Waiting(works, job.work, "result") if waits and job is not None else nullcontext():
            try:
                return stock(self, timeout)
            except BaseException as error:
                unframed(error)
                raise

    return dressed_as(result, stock)


def _installing(stock: Callable[..., Any], works: Works, jobs: Tags[Submitted]) -> Callable[..., Any]:
    def _create_and_install_waiters(fs: Iterable[Any], return_when: Any) -> Any:
        waiter = stock(fs, return_when)
        owner = works.owner()
        work = None if owner is None else _waited_for(fs, jobs, owner)
        if work is not None:  # the futures are locked: nobody has seen the event yet
            waiter.event = _Event(works, work, sys._getframe(1).f_code.co_name)
        return waiter

    return dressed_as(_create_and_install_waiters, stock)


def _waited_for(futures: Iterable[Any], jobs: Tags[Submitted], owner: int) -> str | None:
    """Return the one job that is waited for, or the pool to which several belong, the first if there are more."""
    waited = [job for future in futures if (job := jobs.get(future)) is not None and job.work in job.crew.pending]
    if len(waited) == 1:
        return waited[0].work
    return waited[0].crew.ids.get(owner, waited[0].work) if waited else None


class _Event(threading.Event):
    """What ``wait`` and ``as_completed`` wait for, for as long as they do."""

    def __init__(self, works: Works, work: str, how: str) -> None:
        super().__init__()
        self._works, self._work, self._how = works, work, how

    def wait(self, timeout: float | None = None) -> bool:
        waits = not self.is_set() and self._works.owner() is not None
        with Waiting(self._works, self._work, self._how) if waits else nullcontext():
            try:
                return super().wait(timeout)
            except BaseException as error:
                unframed(error)
                raise
