"""What happened: facts folded into a ``Trace``, and its file format. Imports ``errors``, ``clock``, ``events`` only."""

from .slices import SliceTable
from .trace import Edge, Instant, Location, Note, Slice, Span, Task, Trace, Track, Wait
from .words import Cause, EdgeKind, InstantKind, Outcome, State, TaskKind, TrackKind, WaitKind

__all__ = [
    "Cause", "Edge", "EdgeKind", "Instant", "InstantKind", "Location", "Note", "Outcome", "Slice", "SliceTable", "Span", "State", "Task",
    "TaskKind", "Trace", "Track", "TrackKind", "Wait", "WaitKind",
]  # fmt: skip
