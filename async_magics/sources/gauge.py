"""What one call used: CPU time of its thread, time without a core, how often it gave its core away. Standard library only.

CPU time is read for every call (a microsecond). The other two cost some thirty microseconds, so they are read at the begin of a
call only when the last reading is old, and at the end only of calls that took long: short calls go without.
"""

from __future__ import annotations

import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any, Final

if sys.platform == "linux":
    import resource

STALE_NS: Final = 5_000_000
LONG_NS: Final = 20_000_000
_SCHEDSTAT: Final = Path("/proc/thread-self/schedstat")


class Gauge:
    """The readings of one thread; each thread has its own, see ``gauge``."""

    __slots__ = ("_delay_ns", "_read_ns", "_switches")

    def __init__(self) -> None:
        self._read_ns = -STALE_NS
        self._delay_ns: int | None = None
        self._switches: int | None = None

    def new_thread(self, now_ns: int) -> None:
        """This thread has just begun: its counters stand at nought, and need not be read."""
        self._read_ns = now_ns
        self._delay_ns = self._switches = 0 if sys.platform == "linux" else None

    def begin(self, now_ns: int) -> tuple[int, int | None, int | None]:
        """Return CPU time (ns), time without a core (ns) and voluntary switches of this thread up to now."""
        if now_ns - self._read_ns > STALE_NS:
            self._read(now_ns)
        return time.thread_time_ns(), self._delay_ns, self._switches

    def end(self, begun_ns: int, begun: tuple[int, int | None, int | None], now_ns: int) -> dict[str, int]:
        """Return what the call used since ``begin``, as ``data`` of an ``END`` row; ``cpu`` counts from the thread's start."""
        used = {"cpu": time.thread_time_ns()}
        if now_ns - begun_ns >= LONG_NS:
            self._read(now_ns)
            if begun[1] is not None and self._delay_ns is not None:
                used["no_core"] = max(0, self._delay_ns - begun[1])
            if begun[2] is not None and self._switches is not None:
                used["switches"] = max(0, self._switches - begun[2])
        return used

    def _read(self, now_ns: int) -> None:
        self._read_ns = now_ns
        self._delay_ns, self._switches = _delay_ns(), _switches()


def gauge() -> Gauge:
    """Return the calling thread's own gauge."""
    local = _local()
    found: Gauge | None = getattr(local, "gauge", None)
    if found is None:
        found = local.gauge = Gauge()
    return found


@cache
def _local() -> Any:
    return threading.local()


def _delay_ns() -> int | None:
    """Return how long this thread could have run but had no core, where Linux tells."""
    try:
        return int(_SCHEDSTAT.read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _switches() -> int | None:
    if sys.platform != "linux":
        return None
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
