"""Learns when processes die, from outside and without reaping them: ``multiprocessing`` and ``subprocess`` must find them unreaped.

On Linux a descriptor stands for each process (``pidfd_open``), elsewhere on POSIX the sentinel of ``multiprocessing``; where there is
neither, a death is known when somebody waits for it. Imports ``works`` and ``aside`` only.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from ..works import Works, unwatched
from .aside import Aside
from .child import high

GRACE_NS: Final = 20_000_000
"""Who reaped a process before it could be looked at knows its exit code soon after."""
_READABLE: Final = getattr(select, "POLLIN", 0) | getattr(select, "POLLHUP", 0)


@dataclass(slots=True)
class Watched:
    """A process.

    Attributes:
        pid, work: its own.
        code: returns its exit code, where somebody else has learnt it.
        died_ns: when it was seen to be dead.
        cpu: how much CPU time it had used then.
        open: its death was told without an exit code, which somebody may still learn: that of the fork server's children comes to who asks.
    """

    pid: int
    work: str
    code: Callable[[], int | None] | None
    died_ns: int = 0
    cpu: int | None = None
    open: bool = False


class Watcher(Aside):
    """Writes ``DIED`` rows for the processes that it is told of, each once.

    Args:
        works: the ledger; its ``watch`` and ``gone`` are methods of this object until ``close``.
        problem: takes one line about what could not be seen.
    """

    def __init__(self, works: Works, problem: Callable[[str], None]) -> None:
        super().__init__()
        self._works, self._problem = works, problem
        self._watched: dict[int, Watched] = {}
        self._works_by_pid: dict[int, str] = {}
        self._lost: list[Watched] = []
        self._told: dict[str, Watched] = {}
        self._wake_up: tuple[int, int] | None = None
        works.watch, works.gone = self.add, self.gone

    def add(self, pid: int, work: str, code: Callable[[], int | None] | None = None, sentinel: int | None = None) -> None:
        """Watch a process, unless it is watched already."""
        if pid in self._works_by_pid:
            return
        watched = Watched(pid, work, code)
        try:
            descriptor = _descriptor(pid, sentinel)
        except ProcessLookupError:
            watched.died_ns = self._works.clock()
            self._lost.append(watched)
        except OSError as error:
            self._problem(f"the end of process {pid} could not be watched: {error}")
            return
        else:
            if descriptor < 0:
                return
            self._works_by_pid[pid] = work
            self._watched[descriptor] = watched
        if self._wake_up is None:
            self._wake_up = _pipe()
        self.start()
        self._wake()

    def gone(self, pid: int, work: str, code: int | None = None, cpu: int | None = None) -> None:
        """Somebody waited for a process and knows that it is dead."""
        self._tell(Watched(pid, work, None, self._works.clock(), cpu), code)

    def look(self) -> None:
        """Learn of every death up to now, in this thread."""
        if self._wake_up is None:
            return
        stopped = self.stop()
        try:
            self._look(0)
            self._find(0)
        finally:
            if stopped:
                self.start()

    def close(self) -> None:
        """Stop, and leave no descriptor behind; in a forked child, let go of the parent's."""
        self._works.watch, self._works.gone = unwatched, self._works.died
        self.stop()
        descriptors = [*self._watched, *(self._wake_up or ())]
        self._watched.clear()
        self._wake_up = None
        for descriptor in descriptors:
            with suppress(OSError):
                os.close(descriptor)

    # ------------------------------------------------------------------ the thread
    def _work(self) -> None:
        while not self._asked():
            self._look(GRACE_NS // 4_000_000 if self._lost else None)
            self._find(GRACE_NS)

    def _wake(self) -> None:
        if self._wake_up is not None:
            with suppress(OSError):  # the pipe is full: it will wake
                os.write(self._wake_up[1], b"!")

    def _failed(self, error: Exception) -> None:
        self._problem(f"the ends of processes are no longer seen: {type(error).__name__}: {error}")

    def _look(self, wait_ms: int | None) -> None:
        wake = self._wake_up[0] if self._wake_up is not None else -1
        poll = select.poll()
        for descriptor in (wake, *tuple(self._watched)):
            poll.register(descriptor, _READABLE)
        for descriptor, _ in poll.poll(wait_ms):
            if descriptor == wake:
                with suppress(BlockingIOError):
                    os.read(wake, 4096)
            else:
                self._dead(descriptor)

    def _dead(self, descriptor: int) -> None:
        """Ask the system about a dead process, as long as nobody has reaped it."""
        watched = self._watched.pop(descriptor, None)
        if watched is None:
            return
        watched.died_ns = self._works.clock()
        code, watched.cpu = _exit_code(watched.pid, descriptor), _cpu_ns(watched.pid)
        os.close(descriptor)
        if code is None:
            self._lost.append(watched)
        else:
            self._tell(watched, code)

    def _find(self, grace_ns: int) -> None:
        """Ask those who reaped the others, for a while."""
        now = self._works.clock()
        for watched in tuple(self._lost):
            code = watched.code() if watched.code is not None else None
            if code is not None or watched.code is None or now - watched.died_ns >= grace_ns or watched.work in self._told:
                self._lost.remove(watched)
                self._tell(watched, code)

    def _tell(self, watched: Watched, code: int | None) -> None:
        if self._works_by_pid.get(watched.pid) == watched.work:
            del self._works_by_pid[watched.pid]
        watched.open = code is None
        told = self._told.setdefault(watched.work, watched)
        if told is watched:
            self._works.died(watched.pid, watched.work, code, watched.cpu, watched.died_ns)
        elif told.open and code is not None:
            told.open = False
            self._works.died(watched.pid, watched.work, code, t_ns=told.died_ns)


def _pipe() -> tuple[int, int]:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    return high(read), high(write)


def _descriptor(pid: int, sentinel: int | None) -> int:
    """Return a descriptor that becomes readable when a process dies, -1 where there is none."""
    if sys.platform == "win32":
        return -1
    if hasattr(os, "pidfd_open"):
        try:
            return high(os.pidfd_open(pid))
        except ProcessLookupError:
            raise
        except OSError:
            if sentinel is None:
                raise
    return -1 if sentinel is None else high(os.dup(sentinel))


def _exit_code(pid: int, descriptor: int) -> int | None:
    """Return how a child that nobody has reaped ended, and leave it unreaped; ``None`` where it is not ours, or gone."""
    if sys.platform == "win32" or not hasattr(os, "waitid"):
        return None
    whose = (os.P_PIDFD, descriptor) if hasattr(os, "pidfd_open") else (os.P_PID, pid)
    try:
        found = os.waitid(*whose, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    except OSError:
        return None
    if found is None:
        return None
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def _cpu_ns(pid: int) -> int | None:
    """Return the CPU time of a process that is dead and not reaped, where Linux tells."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        if fields[0] != b"Z":
            return None
        return (int(fields[11]) + int(fields[12])) * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError):
        return None
