"""Looks at a thread's stack while one step takes long, to learn which line holds up the loop, and whether it computes.

A thread of its own wakes once per threshold, so that a step as long as that is seen at least once; each wake takes the interpreter
lock from a busy loop for about a millisecond on a small machine, hence not more often. Imports ``clock``, ``events`` and
``aside`` only.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from types import FrameType
from typing import Final

from ..clock import Clock
from ..events import EventLog, Site
from .aside import Aside

MOST_LOOKS: Final = 40  #: of one step at full pace; then ever more rarely
MOST_SAMPLES: Final = 50_000

Look = Callable[[], Iterable[tuple[object, int]]]
"""Returns, per thread that runs a loop, what it is busy with (``None``: nothing) and the thread's id."""


class Sampler(Aside):
    """Samples busy threads until it is stopped."""

    def __init__(self, clock: Clock, log: EventLog, look: Look, period_s: float) -> None:
        super().__init__()
        self._clock, self._log, self._look, self._period_s = clock, log, look, period_s

    def _work(self) -> None:
        seen: dict[int, tuple[object, int]] = {}
        wait_s = self._period_s
        while not self._asked(wait_s):
            longest = 0
            for busy, thread in self._look():
                if busy is None:
                    continue
                self._sample(thread)
                before, count = seen.get(thread, (None, 0))
                seen[thread] = (busy, count + 1 if busy == before else 0)
                longest = max(longest, seen[thread][1])
            wait_s = self._period_s if longest < MOST_LOOKS else min(1.0, wait_s * 1.2)

    def _failed(self, error: Exception) -> None:
        self._log.problem(f"long steps could not be looked into: {type(error).__name__}: {error}")

    def _sample(self, thread: int) -> None:
        frame = sys._current_frames().get(thread)
        if frame is not None and len(self._log.samples) < MOST_SAMPLES:
            self._log.samples.append((self._clock(), thread, cpu_ns(thread), users_line(frame)))


def cpu_ns(thread: int) -> int:
    """Return the CPU time (ns) that a thread has used, or -1 where the system does not tell."""
    with suppress(AttributeError, OSError, OverflowError):
        return time.clock_gettime_ns(time.pthread_getcpuclockid(thread))
    return -1


def users_line(frame: FrameType) -> Site:
    """Return the innermost place in code that is not a library's; the innermost of all where there is none."""
    leaf: Site = (frame.f_code, frame.f_lasti)
    walk: FrameType | None = frame
    for _ in range(200):
        if walk is None:
            break
        if not is_library(walk.f_code.co_filename):
            return (walk.f_code, walk.f_lasti)
        walk = walk.f_back
    return leaf


@cache
def is_library(filename: str) -> bool:
    """Tell whether a file belongs to Python or to an installed package, rather than to the user."""
    return filename.startswith(("<frozen", *_libraries()))


@cache
def _libraries() -> tuple[str, ...]:
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    with suppress(AttributeError):
        paths |= {*site.getsitepackages(), site.getusersitepackages()}
    paths |= {os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}  # the first may be an archive
    return tuple(path.rstrip(os.sep) + os.sep for path in paths if path)
