"""Several recordings of the same code in the user's hands: they show themselves as the run of middle length.

Imports ``recorded``; ``analysis`` when a trace is asked for. Does not import ``api``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .recorded import Recorded

if TYPE_CHECKING:
    from .analysis.noting import Asked
    from .model import Note, Trace


class Runs(Recorded):
    """Repeated runs of one piece of code.

    Args:
        runs: what was recorded, in order; recordings whose tasks are still followed, or anything with a ``trace``.
    """

    def __init__(self, runs: Iterable[Any]) -> None:
        self._runs = tuple(runs)
        self._told: Callable[[], None] | None = None

    @property
    def trace(self) -> Trace:
        """The run of middle length, which knows how long all of them took; the last run, if it failed."""
        from .analysis.compare import among, typical

        traces = [run.trace for run in self._runs]
        return among(traces[typical(traces)], traces)

    @property
    def drawn(self) -> Recorded:
        """The run that is shown."""
        from .analysis.compare import typical

        found: Recorded = self._runs[typical([run.trace for run in self._runs])]
        return found

    @property
    def runs(self) -> tuple[Recorded, ...]:
        """Every run, in order."""
        return self._runs

    def add_notes(self, asked: Iterable[Asked]) -> None:
        """Add notes to the run that is shown."""
        self.drawn.add_notes(asked)

    def remove_note(self, number: int) -> Note:
        """Take a note of the run that is shown away, and return it; see ``Recorded.remove_note``."""
        return self.drawn.remove_note(number)

    @property
    def _goes_on(self) -> bool:
        return bool(getattr(self.drawn, "pending", False))

    @property
    def pending(self) -> bool:
        """Whether tasks of some run are still followed."""
        return any(getattr(run, "pending", False) for run in self._runs)

    @property
    def on_settled(self) -> Callable[[], None] | None:
        """Called when no task of any run is followed any more."""
        return self._told

    @on_settled.setter
    def on_settled(self, tell: Callable[[], None] | None) -> None:
        self._told = tell
        for run in self._runs:
            if getattr(run, "pending", False):
                run.on_settled = self._one_settled

    def _one_settled(self) -> None:
        if not self.pending and self._told is not None:
            tell, self._told = self._told, None
            tell()

    def discard(self) -> None:
        """Follow no run any longer."""
        self._told = None
        for run in self._runs:
            if getattr(run, "pending", False):
                run.discard()

    def __repr__(self) -> str:
        trace = self.trace
        return f"<Runs {trace.name!r}: {len(self._runs)} runs, {len(trace.tasks) - 1} tasks, {trace.end_ns / 1e9:.3f} s>"
