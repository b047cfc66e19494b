"""The clock: integer nanoseconds, monotonic, one anchor to wall time per process.

Everything that measures takes the clock as a constructor argument, so that tests can pass a fake one.
Imports nothing of ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Returns nanoseconds since an arbitrary moment; never runs backwards; the same in every process of a machine."""

MONOTONIC: Final[Clock] = time.perf_counter_ns
"""The clock used unless a test passes another one (CLOCK_MONOTONIC on Linux, mach_absolute_time, QPC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAnchor:
    """One pair of readings of the monotonic and the wall clock, taken at the same moment.

    Attributes:
        mono_ns: what the monotonic clock showed.
        wall_ns: nanoseconds since 1970-01-01 UTC at that moment.
    """

    mono_ns: int
    wall_ns: int

    @classmethod
    def now(cls, clock: Clock = MONOTONIC, wall: Clock = time.time_ns) -> ClockAnchor:
        """Read both clocks, the monotonic one first."""
        return cls(mono_ns=clock(), wall_ns=wall())

    def wall_at(self, mono_ns: int) -> int:
        """Return the wall time (ns since 1970 UTC) of a moment on the monotonic clock."""
        return self.wall_ns + (mono_ns - self.mono_ns)
