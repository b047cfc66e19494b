"""What happens to a recording when its process forks: the child writes down what it does itself, the parent watches for its end.

The hooks of ``os.register_at_fork`` cannot be taken back, so there is one set of them per process, which does nothing unless a recorder
is at work. Imports ``recorder``, ``events`` and ``child``.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import get_ident
from types import FrameType
from typing import Any, Final

from ..events import Verb
from ..recorder import Recorder
from ..works import Raw
from . import child
from .patching import dressed_as

SPEAK_FOR_THEMSELVES: Final = ("multiprocessing.", "concurrent.", "subprocess", "joblib.", "loky.")
"""Modules whose forks are processes of which there is a row anyway."""
_CHILDREN: Final = Path("/proc/thread-self/children")


@dataclass(frozen=True, slots=True)
class Fork:
    """A plain fork that is about to happen: ``os.fork()``, ``pty.fork()``.

    Attributes:
        work, by, owner: of the child.
        children: processes that this thread has forked before.
    """

    work: str
    by: Raw | None
    owner: int
    children: frozenset[int]


class Forks:
    """The forks of a process while a recorder is at work."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._coming: dict[int, Fork] = {}
        self._begun: dict[int, str] = {}

    def before(self, frame: FrameType | None) -> None:
        """A thread is about to fork."""
        works = self._recorder.works
        owner = works.owner()
        if owner is None or (frame is not None and str(frame.f_globals.get("__name__", "")).startswith(SPEAK_FOR_THEMSELVES)):
            return
        works.folder()
        self._coming[get_ident()] = Fork(works.new("fork"), works.by(), owner, _children())

    def in_parent(self) -> None:
        """It has forked; which process is new is only to be seen from outside."""
        fork = self._coming.pop(get_ident(), None)
        if fork is not None:
            for pid in sorted(_children() - fork.children)[:1]:
                self._begun[pid] = fork.work
                self._recorder.pending(fork.work, fork.owner)
                self._recorder.works.watch(pid, fork.work)

    def in_child(self) -> None:
        """This is the new process."""
        fork = self._coming.pop(get_ident(), None)
        self._coming.clear()
        self._begun.clear()
        self._recorder.forked(child.write)
        if fork is not None:
            works = self._recorder.works
            now = works.clock()
            works.emit(Verb.FORKED, fork.work, now, by=fork.by, owner=fork.owner)
            works.emit(Verb.BEGIN, fork.work, now, cpu=time.thread_time_ns())
            works.enter(fork.work, fork.owner)

    def telling(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        """Stand in for ``os.wait`` or ``os.waitpid``: who reaps a process takes its exit code from the watcher."""

        def wait(*args: Any) -> Any:
            try:
                found = stock(*args)
            except BaseException as error:
                child.unframed(error)
                raise
            work = self._begun.get(found[0])
            if work is not None and (os.WIFEXITED(found[1]) or os.WIFSIGNALED(found[1])):
                del self._begun[found[0]]
                self._recorder.works.gone(found[0], work, os.waitstatus_to_exitcode(found[1]))
            return found

        return dressed_as(wait, stock)


def follow(recorder: Recorder) -> None:
    """Follow a recorder into forked children until its patches are undone."""
    forks = Forks(recorder)
    for name in ("wait", "waitpid"):
        if hasattr(os, "fork"):
            recorder.undo.patch(os, name, forks.telling(getattr(os, name)))
    _followed().add(forks)
    recorder.undo.then(lambda: _followed().discard(forks))


def _children() -> frozenset[int]:
    """Return the children that this thread has forked, where Linux tells."""
    try:
        return frozenset(map(int, _CHILDREN.read_bytes().split()))
    except (OSError, ValueError):
        return frozenset()


@cache
def _followed() -> weakref.WeakSet[Forks]:
    """Return what is told of forks in this process; the first call sets the hooks, which never raise: Python would print it."""
    followed: weakref.WeakSet[Forks] = weakref.WeakSet()

    def before() -> None:
        for forks in tuple(followed):
            with suppress(Exception):
                forks.before(sys._getframe(1))

    def in_parent() -> None:
        for forks in tuple(followed):
            with suppress(Exception):
                forks.in_parent()

    def in_child() -> None:
        for forks in tuple(followed):
            with suppress(Exception):
                forks.in_child()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before, after_in_parent=in_parent, after_in_child=in_child)
    return followed
