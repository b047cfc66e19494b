"""Threads of ours that neither a program nor a warning can notice.

They are started below ``threading``, which does not list them, and they are gone at every ``fork``: Python warns of threads that
live then, and their locks would stay locked in the child. Standard library only.
"""

from __future__ import annotations

import _thread
import os
import sys
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Final


class Aside:
    """A thread that can step aside; a subclass says in ``_work`` what it does until it is asked to stop."""

    def __init__(self) -> None:
        self._pid = 0
        self._on = False
        self._native = 0

    def start(self) -> None:
        """Begin, unless it has begun; where Python runs in a browser there are no threads."""
        if sys.platform == "emscripten":
            return
        later = _later()
        with self._turn():
            if not self._on and not later.takes(self):
                self._stop, self._gone = _thread.allocate_lock(), _thread.allocate_lock()
                self._stop.acquire()
                self._gone.acquire()
                self._on = True
                later.alive.add(self)
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


class _Later:
    """Stops threads before a fork, and starts them again once it has counted those that are left.

    From Python 3.12 to 3.13.9, and in 3.14.0 and 3.14.1, it counts after the hooks (https://github.com/python/cpython/issues/137109): so
    the interpreter is asked to call back between two instructions of the main thread, and to try again while they are those of hooks.

    Attributes:
        alive: the threads.
    """

    LATE: Final = (3, 12) <= sys.version_info < (3, 13, 10) or (3, 14) <= sys.version_info < (3, 14, 2)

    def __init__(self) -> None:
        self.alive: weakref.WeakSet[Aside] = weakref.WeakSet()
        self._aside: list[Aside] = []
        self._forking = (0, 0)
        self._call: Any = None

    def before(self) -> None:
        """A thread is about to fork."""
        self._forking = _place(sys._getframe(1))
        self._aside.extend(each for each in tuple(self.alive) if each.stop())

    def after_in_parent(self) -> None:
        """It has forked."""
        if self._aside and not (self.LATE and self._ask()):
            self._start()

    def after_in_child(self) -> None:
        """There are no such threads here."""
        self._aside.clear()

    def takes(self, aside: Aside) -> bool:
        """Tell whether a thread had better begin later, and see to it: one of the hooks wants it."""
        if self.LATE and self._in_hooks(sys._getframe(1)) and self._ask():
            self._aside.append(aside)
            return True
        return False

    def _start(self) -> None:
        while self._aside:
            self._aside.pop().start()

    def _ask(self) -> bool:
        with suppress(ImportError, AttributeError):
            import ctypes

            self._call = self._call or ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(self._between)
            return bool(ctypes.pythonapi.Py_AddPendingCall(self._call, None) == 0)
        return False

    def _between(self, _: int | None) -> int:
        if self._aside and not (self._in_hooks(sys._getframe(1)) and self._ask()):
            self._start()
        return 0

    def _in_hooks(self, frame: FrameType | None) -> bool:
        """Tell whether the call that forks has not returned yet."""
        while frame is not None and _place(frame) != self._forking:
            frame = frame.f_back
        return frame is not None


@cache
def _later() -> _Later:
    """Return the one of this process; the first call makes it known to ``fork``."""
    later = _Later()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=later.before, after_in_parent=later.after_in_parent, after_in_child=later.after_in_child)
    return later


def _place(frame: FrameType) -> tuple[int, int]:
    return id(frame), frame.f_lasti
