"""Threads of ours that neither a program nor a warning can notice.

They are started below ``threading``, which does not list them, and they are gone at every ``fork``: Python warns of threads that
live then, and their locks would stay locked in the child. Standard library only.
"""

from __future__ import annotations

import _thread
import os
import sys
import weakref
from functools import cache
from pathlib import Path


class Aside:
    """A thread that can step aside; a subclass says in ``_work`` what it does until it is asked to stop."""

    def __init__(self) -> None:
        self._pid = 0
        self._on = False
        self._native = 0

    def start(self) -> None:
        """Begin, unless it has begun."""
        with self._turn():
            if not self._on:
                self._stop, self._gone = _thread.allocate_lock(), _thread.allocate_lock()
                self._stop.acquire()
                self._gone.acquire()
                self._on = True
                _asides().add(self)
                _thread.start_new_thread(self._run, ())

    def stop(self) -> bool:
        """Return when the thread has ended; tell whether there was one."""
        with self._turn():
            running, self._on = self._on, False
            if running:
                self._stop.release()
                self._wake()
                self._gone.acquire()
                _wait_for_end(self._native)
            return running

    def _turn(self) -> _thread.LockType:
        """Return the lock of those who start and stop; a new one in a forked child, where there is no thread."""
        if self._pid != os.getpid():
            self._pid, self._on, self._lock = os.getpid(), False, _thread.allocate_lock()
        return self._lock

    # ------------------------------------------------------------------ the thread
    def _work(self) -> None:
        """Do what there is to do; return soon after ``_asked``."""
        raise NotImplementedError

    def _wake(self) -> None:
        """Make the thread ask, if it can be held up by anything but ``_asked``."""

    def _failed(self, error: Exception) -> None:
        """The thread ends with an exception."""
        raise NotImplementedError

    def _asked(self, wait_s: float = 0.0) -> bool:
        """Wait until the thread is asked to stop, or for so long."""
        asked = self._stop.acquire(timeout=wait_s)
        if asked:
            self._stop.release()
        return asked

    def _run(self) -> None:
        try:
            self._native = _thread.get_native_id()
            self._work()
        except Exception as error:
            self._failed(error)
        finally:
            self._gone.release()


def _wait_for_end(native: int) -> None:
    """Wait, at most some milliseconds, until Linux counts a thread no longer: Python counts the threads it sees there after a fork."""
    if sys.platform == "linux" and sys.version_info >= (3, 12):
        path, pause = Path(f"/proc/self/task/{native}"), _thread.allocate_lock()
        pause.acquire()
        for _ in range(100):
            if not path.exists():
                break
            pause.acquire(timeout=0.00005)


@cache
def _asides() -> weakref.WeakSet[Aside]:
    """Return the threads of this process; the first call makes them step aside at every fork."""
    alive: weakref.WeakSet[Aside] = weakref.WeakSet()
    aside: list[Aside] = []

    def before() -> None:
        aside.extend(each for each in tuple(alive) if each.stop())

    def after_in_parent() -> None:
        while aside:
            aside.pop().start()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before, after_in_parent=after_in_parent, after_in_child=aside.clear)
    return alive
