"""Which thread and which process a track belongs to. Imports ``model`` only; never numpy."""

from __future__ import annotations

from ..model import TrackKind, Trace


def thread_of(trace: Trace, track: int) -> int:
    """Return the thread's track of a loop's; other tracks stand for themselves."""
    above = trace.tracks[track].parent if track < len(trace.tracks) else None
    return above if above is not None and trace.tracks[track].kind is TrackKind.LOOP else track


def process_of(trace: Trace, track: int) -> int:
    """Return the track of the process that a track belongs to; a track outside any process stands for itself."""
    while track < len(trace.tracks) and trace.tracks[track].kind is not TrackKind.PROCESS:
        above = trace.tracks[track].parent
        if above is None:
            break
        track = above
    return track


def home(trace: Trace) -> int:
    """Return the track of the process in which the recording was made."""
    return process_of(trace, trace.tasks[0].track) if trace.tasks else 0
