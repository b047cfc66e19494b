"""A track for every process and thread in which works ran. Imports this folder only."""

from __future__ import annotations

from collections.abc import Sequence

from .drafts import WORKER, Draft
from .trace import Track
from .words import TaskKind, TrackKind


class WorkTracks:
    """Adds what is missing to the tracks of a trace.

    Args:
        pid: of the recording process.
        members: the works of the trace.
        tracks: those of the recording process and its loops; more are appended.
    """

    def __init__(self, pid: int, members: Sequence[Draft], tracks: list[Track]) -> None:
        self._tracks = tracks
        self._processes = {pid: 0}
        self._threads = {
            (track.pid or 0, track.tid): track.id for track in tracks if track.kind is TrackKind.THREAD and track.tid is not None
        }
        for draft in members:
            if draft.pid is not None:
                self._process(draft.pid, str(draft.given.get("name") or ""))
        for draft in members:
            self._thread(draft)

    def _process(self, pid: int, name: str = "") -> int:
        if pid not in self._processes:
            self._processes[pid] = len(self._tracks)
            self._tracks.append(Track(id=len(self._tracks), kind=TrackKind.PROCESS, name=name or f"process {pid}", parent=0, pid=pid))
        return self._processes[pid]

    def _thread(self, draft: Draft) -> None:
        place = draft.thread
        if place is None or place in self._threads:
            return
        pid, thread = place
        own = draft.kind in (TaskKind.THREAD, WORKER) and draft.pid is None
        name = str(draft.given.get("name") or "thread") if own else "MainThread"
        parent = self._process(pid)
        self._threads[place] = len(self._tracks)
        self._tracks.append(Track(id=len(self._tracks), kind=TrackKind.THREAD, name=name, parent=parent, pid=pid, tid=thread))

    def of(self, draft: Draft) -> int:
        """Return the id of the track on which a work ran; of its process where it never began."""
        place = draft.thread
        if place is None:
            return self._processes.get(draft.pid or 0, 0)
        return self._threads.get(place, 0)
