"""What a live chart counts. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Counts:
    """How many tasks are in which state now.

    Attributes:
        running, waiting, ready, done: all tasks but the cell itself, pools, their workers and the calls handed to them; ready is also
            what starts up.
        calls_running, calls_done, calls_queued: calls handed to pools and executors.
    """

    running: int = 0
    waiting: int = 0
    ready: int = 0
    done: int = 0
    calls_running: int = 0
    calls_done: int = 0
    calls_queued: int = 0

    @property
    def calls(self) -> int:
        """How many calls there are."""
        return self.calls_running + self.calls_done + self.calls_queued

    @property
    def all(self) -> int:
        """How many tasks and calls there are."""
        return self.running + self.waiting + self.ready + self.done + self.calls
