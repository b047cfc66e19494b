"""The critical path: the chain of slices that determined how long it all took, and what that proves.

Imports ``lang``, ``model`` and this folder only; never numpy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ..lang import detect, translation
from ..model import Trace
from .path_steps import PathRow, PathStep, step_of
from .path_text import phrases
from .path_walk import walk


@dataclass(frozen=True)
class CriticalPath:
    """What could not have been left out for the whole to end sooner; shows itself as text.

    Attributes:
        trace: what happened.
        rows: the path as plain tuples, see ``path_steps.PathRow``: a busy trace gives a million.
    """

    trace: Trace = field(repr=False)
    rows: tuple[PathRow, ...] = field(repr=False)

    @cached_property
    def steps(self) -> tuple[PathStep, ...]:
        """The path as objects, in order of time: they tile the time from 0 to ``end_ns`` without a gap."""
        return tuple(step_of(self.trace, row) for row in self.rows)

    @property
    def end_ns(self) -> int:
        """When the path ends: at the end of the cell, or of the last task that outlived it; not of one still pending, or cancelled."""
        return self.rows[-1][2] if self.rows else 0

    @cached_property
    def tasks(self) -> tuple[int, ...]:
        """Ids of the tasks that it goes through, each once, in order of time."""
        return tuple(dict.fromkeys(row[0] for row in self.rows))

    def text(self, lang: str) -> str:
        """Return what took how long, and how fast it could be at most without a change to that."""
        words = translation(lang)
        return " ".join(phrase.say(words) for phrase in phrases(self.trace, self.rows))

    def __str__(self) -> str:
        return self.text(detect())

    __repr__ = __str__


def critical_path(trace: Trace) -> CriticalPath:
    """Return the critical path of a trace."""
    return CriticalPath(trace, tuple(walk(trace)))
