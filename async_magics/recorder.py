"""The recorder: runs the sources and keeps their facts while at least one window is open.

A window is one recording's view of the log: the cell that runs now, or an earlier one whose tasks are still followed. Sources
are installed with the first window and everything they patched is restored with the last. Imports ``clock``, ``events``
and ``sources.patching``; knows no runtime by name.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any, Protocol

from .clock import MONOTONIC, Clock, ClockAnchor
from .events import FIRST_MARKER, EventLog, Kind, WorkRow
from .sources.patching import UndoStack
from .works import OWNER, Works

__all__ = ["OWNER", "Recorder", "Source", "Window"]


@dataclass(slots=True, kw_only=True, eq=False)
class Window:
    """One recording's view of the log.

    Attributes:
        marker: its id among the facts' subjects; stands for the cell itself.
        anchor: the moment it was opened.
        first: position in the log of its first fact.
        source: text of its code, as far as that is known.
        alive: how many of its asyncio tasks have not finished.
        works: ids of its threads, processes and jobs that have not finished.
        root: id of the task that runs its code, if a task does.
        code_ended_ns: when the code ended, where that is known before ``end`` is called.
        ended_ns: when the traced code ended.
        settled: called, in the thread of the loop, when the last task has finished after the code ended.
        soon: runs a function in that thread; set together with ``settled``.
        cpu_ns: CPU time that this process had used when it was opened; then, how much it used until the code ended.
        token: resets ``OWNER``.
    """

    marker: int
    anchor: ClockAnchor
    first: int
    source: str = ""
    alive: int = 0
    works: set[str] = field(default_factory=set)
    root: int = 0
    code_ended_ns: int | None = None
    ended_ns: int | None = None
    settled: Callable[[], None] | None = None
    soon: Callable[[Callable[[], None]], None] | None = None
    cpu_ns: int = 0
    token: contextvars.Token[int] | None = None


class Source(Protocol):
    """What is watched: one runtime.

    Made without arguments, for a first window; and once more in each forked child if it has a true attribute ``in_children``: there it
    is installed again, with ``works.in_child`` set, after everything that the parent had patched was restored.

    A source has more methods where it needs them:

    * ``opened(window)``: a window was opened in the calling thread and context, whose code is about to run.
    * ``closing(window)``: the code of a window ended, in the same thread as it began. Called before the fact is logged.
    * ``snapshot()``: report what only a look can tell (names of live tasks), before the log is read.

    Attributes:
        name: as users write it.
    """

    name: str

    def unavailable(self) -> str | None:
        """Say why this source cannot work here, or ``None``."""

    def install(self, recorder: Recorder) -> None:
        """Begin to watch. Patches go through ``recorder.undo`` only, so that there is no uninstall to forget."""


class Recorder:
    """Keeps one log for all windows.

    Attributes:
        clock: read by every source.
        log: the facts.
        undo: what to restore.
        works: rows about threads, processes, jobs and generators, and to which window what runs here belongs.
        members: id of a live task -> marker of the window it belongs to.
        windows: open windows by marker.
        arguments, results, threshold_ns: what sources go by, as in ``RecordingOptions``.
        calls: names of functions whose every call is recorded, of all its windows.
        look: returns for each loop what it is busy with, the task's id first, or ``None``; set by the source that knows.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        limit: int,
        clock: Clock = MONOTONIC,
        arguments: bool = True,
        results: bool = False,
        threshold_ns: int = 50_000_000,
    ) -> None:
        self.clock = clock
        self.log = EventLog(limit)
        self.undo = UndoStack()
        self.arguments = arguments
        self.results = results
        self.threshold_ns = threshold_ns
        self.calls: frozenset[str] = frozenset()
        self.members: dict[int, int] = {}
        self.windows: dict[int, Window] = {}
        self.look: Callable[[], Iterable[tuple[tuple[int, int] | None, int]]] = tuple
        self.works = Works(self.log, clock, self.marker_of, self._work_over)
        self._candidates = sources
        self._sources: list[Source] = []
        self._next = FIRST_MARKER

    def open(self, source: str = "") -> Window:
        """Begin a window in this thread and context, for code of that text; the first one installs the sources."""
        if not self.windows:
            self._install()
        self._next -= 1
        anchor, used = ClockAnchor.now(self.clock), time.process_time_ns()
        window = Window(marker=self._next, anchor=anchor, first=len(self.log.events), source=source, cpu_ns=used)
        self.windows[window.marker] = window
        window.token = OWNER.set(window.marker)
        self.log.add(Kind.RECORDING_BEGAN, window.anchor.mono_ns, window.marker, 0, get_ident())
        self._each("opened", window)
        return window

    def end(self, window: Window, data: Any = None) -> None:
        """Say that the window's code ended; its tasks go on being followed until ``close``."""
        if window.ended_ns is not None:
            return
        self._each("closing", window)
        window.ended_ns = window.code_ended_ns or self.clock()
        window.cpu_ns = time.process_time_ns() - window.cpu_ns
        self.log.add(Kind.RECORDING_ENDED, window.ended_ns, window.marker, 0, data)
        if window.token is not None:
            with suppress(ValueError):  # the code ran in a context of its own, which is gone
                OWNER.reset(window.token)
            window.token = None

    def close(self, window: Window) -> None:
        """Forget a window; the last one takes the sources' patches away."""
        if self.windows.pop(window.marker, None) is None:
            return
        self.end(window)
        for task in [task for task, marker in self.members.items() if marker == window.marker]:
            del self.members[task]
        if not self.windows:
            self._sources.clear()
            self.undo.undo()
            self.works.close()

    def forked(self, write: Callable[[str, WorkRow], bool]) -> None:
        """In a forked child: the recording is the parent's; here only works are watched, and written into this process's own file.

        Args:
            write: as for ``Works.forked``.
        """
        again = [type(source)() for source in self._sources if getattr(source, "in_children", False)]
        self._sources.clear()
        with suppress(Exception):
            self.undo.undo()
        for window in self.windows.values():
            window.alive = 0
            window.works.clear()
        self.windows.clear()
        self.members.clear()
        self.works.forked(write)
        self._candidates = again
        self._install()

    def snapshot(self) -> None:
        """Complete the log before it is read."""
        self._each("snapshot")
        self.works.collect()

    def running(self) -> set[int]:
        """Return the ids of the asyncio tasks that are in a step at this moment; safe in every thread."""
        return {busy[0] for busy, _thread in self.look() if busy is not None}

    @staticmethod
    def cpu_of(window: Window) -> int:
        """Return the CPU time (ns) that this process has used from the window's begin to its code's end, or to now."""
        return window.cpu_ns if window.ended_ns is not None else time.process_time_ns() - window.cpu_ns

    def marker_of(self, raw: int) -> int | None:
        """Return the marker of the window to which an asyncio task, or a window's own code, belongs; ``None`` for others'."""
        return self.members.get(raw) or (raw if raw in self.windows else None)

    def pending(self, work: str, marker: int) -> None:
        """Note that a work keeps its window open until ``works.over`` is told of its end."""
        window = self.windows.get(marker)
        if window is not None:
            window.works.add(work)

    def _work_over(self, work: str) -> None:
        for window in tuple(self.windows.values()):
            window.works.discard(work)
            if window.soon is not None and window.settled is not None and not window.works:
                with suppress(RuntimeError):  # the loop was closed meanwhile
                    window.soon(lambda window=window: self._tell(window))  # type: ignore[misc]

    def _tell(self, window: Window) -> None:
        """Tell a window that everything it waited for is over, once."""
        if not window.alive and not window.works and window.ended_ns is not None and window.settled is not None:
            tell, window.settled = window.settled, None
            tell()

    def finished(self, task: int, t_ns: int | None = None) -> None:
        """Note that a member finished; tell its window when it was the last."""
        window = self.windows.get(self.members.pop(task, 0))
        if window is None:
            return
        if task == window.root and window.code_ended_ns is None:
            window.code_ended_ns = t_ns
        window.alive -= 1
        self._tell(window)

    def joined(self, task: int, marker: int | None) -> None:
        """Note that a task just created belongs to a window, or to none; its id may have been another's before."""
        before = self.windows.get(self.members.pop(task, 0))
        if before is not None:
            before.alive -= 1
        window = self.windows.get(marker or 0)
        if window is not None:
            self.members[task] = window.marker
            window.alive += 1

    def noting(self, what: str) -> Callable[..., Any]:
        """Return what calls a source's notes, ``noting("a pool")(note, *args)``: one that fails is named, the user's code goes on."""

        def safely(note: Callable[..., Any], *args: Any) -> Any:
            try:
                return note(*args)
            except Exception as error:
                self.log.problem(f"{what} could not be followed: {type(error).__name__}: {error}")
                return None

        return safely

    def _install(self) -> None:
        for source in self._candidates:
            reason = source.unavailable()
            if reason is None:
                self._sources.append(source)
                self._guard(source, "install", self)
            else:
                self.log.problem(f"{source.name}: {reason}")

    def _each(self, call: str, *args: Any) -> None:
        for source in tuple(self._sources):
            if hasattr(source, call):
                self._guard(source, call, *args)

    def _guard(self, source: Source, call: str, *args: Any) -> None:
        """Call a source; one that raises is switched off and named, and the user's code goes on."""
        try:
            getattr(source, call)(*args)
        except Exception as error:
            self._sources.remove(source)
            self.log.problem(f"{source.name} was switched off: {type(error).__name__}: {error}")
