"""Crews: which pools and executors the recordings know, what is still to come back to each, and who works for it.

Imports ``recorder``, ``events`` and ``tags``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any, Final, TypeAlias

from ..events import Verb
from ..recorder import Recorder
from .callers import caller
from .tags import Tags

Describe: TypeAlias = Callable[[Any], tuple[str, str]]
"""Returns the name of a pool, ``Pool(5)``, and its start method."""

KEPT: Final = "default"
"""``method`` of the executor that a loop made for itself: it closes it itself too."""


class Crew:
    """One pool or executor.

    Attributes:
        ids: its id in each recording: to a later recording it is an older pool.
        pending: ids of jobs and batches that are not back.
        pids: of its worker processes, as last told.
    """

    __slots__ = ("ids", "pending", "pids")

    def __init__(self) -> None:
        self.ids: dict[int, str] = {}
        self.pending: set[str] = set()
        self.pids: tuple[int, ...] = ()


class Crews:
    """The pools or executors of one source.

    Args:
        recorder: whose recordings.
        describe: what a pool is called.
        pids: returns its worker processes.
    """

    def __init__(self, recorder: Recorder, describe: Describe, pids: Callable[[Any], Iterable[int]]) -> None:
        self._recorder, self._works = recorder, recorder.works
        self._describe, self._pids = describe, pids
        self._crews: Tags[Crew] = Tags()

    def made(self, pool: Any, owner: int, begin_ns: int, frame: FrameType | None) -> None:
        """Traced code has made a pool."""
        crew = self._crews.get(pool) or self._crews.put(pool, Crew())
        kept = {"method": KEPT} if frame is not None and frame.f_code.co_name == "run_in_executor" else {}
        self._spawn(pool, crew, owner, t_ns=begin_ns, by=self._works.by(), site=caller(frame)[0], **kept)
        self.look(pool)

    def of(self, pool: Any, owner: int) -> Crew:
        """Return a pool that traced code uses; one that a recording has not met yet is older than it."""
        crew = self._crews.get(pool) or self._crews.put(pool, Crew())
        if owner not in crew.ids:
            crew.pids = ()
            self._spawn(pool, crew, owner, older=1)
            self.look(pool)
        return crew

    def __iter__(self) -> Iterator[tuple[Any, Crew]]:
        """Yield every pool that is alive and that some recording has met."""
        return iter(self._crews)

    def known(self, pool: Any) -> Crew | None:
        """Return a pool that some recording has met."""
        return self._crews.get(pool)

    def of_workers(self, workers: list[Any]) -> tuple[Any, str, int] | None:
        """Return the pool that keeps its workers in this very list, its id in the newest recording that goes on, and whose that is."""
        for pool, crew in self._crews:
            if getattr(pool, "_pool", None) is workers:
                owners = [owner for owner in crew.ids if owner in self._recorder.windows]
                return (pool, crew.ids[owners[-1]], owners[-1]) if owners else None
        return None

    def _spawn(self, pool: Any, crew: Crew, owner: int, t_ns: int | None = None, **data: Any) -> None:
        name, method = self._describe(pool)
        crew.ids[owner] = self._works.new("pool")
        self._works.emit(Verb.SPAWN, crew.ids[owner], t_ns, kind="pool", owner=owner, **{"name": name, "method": method, **data})

    def look(self, pool: Any) -> None:
        """Write who works for a pool, if that is new."""
        crew = self._crews.get(pool)
        if crew is None:
            return
        pids = tuple(sorted(self._pids(pool)))
        if not pids or pids == crew.pids:
            return
        crew.pids = pids
        for work in crew.ids.values():
            self._works.emit(Verb.WORKERS, work, pids=list(pids))

    def look_at_all(self) -> None:
        """Look at every pool that is alive."""
        for pool, _crew in self._crews:
            self.look(pool)

    def closed(self, pool: Any, how: str) -> None:
        """A pool takes no more work, whoever said so."""
        crew = self._crews.get(pool)
        if crew is not None:
            for work in crew.ids.values():
                self._works.emit(Verb.CLOSED, work, how=how)

    def lost(self, pool: Any) -> None:
        """What has not come back to a pool never will."""
        crew = self._crews.get(pool)
        if crew is not None:
            for work in tuple(crew.pending):
                self.back(crew, work)

    def sent(self, crew: Crew, work: str, owner: int) -> None:
        """A job or batch was submitted."""
        crew.pending.add(work)
        self._recorder.pending(work, owner)

    def back(self, crew: Crew, work: str) -> None:
        """It is back, or never will be."""
        crew.pending.discard(work)
        self._works.over(work)
