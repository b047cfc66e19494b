"""Where a reader stands in a chart: the part of the axis, the lanes, the task that was chosen; and the picture of that.

A widget tells it what was done and shows the picture. Imports ``analysis`` and this folder, but no painter and no widget.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from ..analysis.again import again
from ..analysis.causes import Step, causes
from ..model import Trace
from .basis import Basis
from .choice import Choice
from .compose import drawn
from .facts import Facts
from .hover import Hit, at, beside
from .scene import Arrow, Scene
from .sieve import Sieve
from .spec import ChartOptions
from .window import Window

MOST_ROWS: Final = 30
"""Lanes that are shown at once; the others are scrolled to."""
SHORTEST_NS: Final = 1_000
"""What is shown is never less than this."""
AROUND: Final = 0.5
"""Of the length of what one jumps to: how much is shown before and after it."""
LEAST_AROUND: Final = 0.01
"""Of the whole axis: the same for what is very short."""

_Look: TypeAlias = tuple[bool, bool, Sieve]


class Exploring:
    """One reader's place in one trace.

    Args:
        trace: what happened.
        options: how its chart looks.

    Attributes:
        window: what is shown of the time axis.
        sieve: which lanes are.
        top: number of the first lane that is.
        fold, path: whether like tasks share a lane, and whether the critical path is drawn.
        chosen: id of the task that was chosen, and at which moment; ``None``: none was.
        cursor: where a reader stands who uses keys, or pointed last.
    """

    def __init__(self, trace: Trace, options: ChartOptions) -> None:
        self._options = options
        self.facts = Facts(trace)
        self.window = Window.asked(options.window, trace.end_ns)
        self.sieve = Sieve()
        self.top = 0
        self.fold = options.fold
        self.path = options.critical_path
        self.chosen: tuple[int, int] | None = None
        self.cursor: Hit | None = None
        self._wholes: dict[_Look, Basis] = {}
        self._parts: dict[tuple[_Look, int], Basis] = {}
        self._heights: dict[_Look, float] = {}

    @property
    def trace(self) -> Trace:
        """What happened."""
        return self.facts.trace

    def renew(self, trace: Trace) -> None:
        """Show the trace as it is now; where only notes were added, what was worked out of it stays."""
        if trace is self.trace:
            return
        shown_all = self.window.is_all
        before = self.trace
        only_notes = trace.slices is before.slices
        self.facts = self.facts.with_notes(trace) if only_notes else Facts(trace)
        if not only_notes:
            self._stay(before)
        self.window = Window.all(trace.end_ns) if shown_all else replace(self.window, of_ns=trace.end_ns)
        for known in (self._wholes, self._parts, self._heights):
            known.clear()

    def _stay(self, before: Trace) -> None:
        """Stay with the tasks that were chosen: tasks and rows are numbered anew in a trace that went on."""
        if self.chosen is not None:
            task = again(self.trace, before.tasks[self.chosen[0]])
            self.chosen = None if task is None else (task, self.chosen[1])
        if self.cursor is not None:
            task = None if self.cursor.task is None else again(self.trace, before.tasks[self.cursor.task])
            self.cursor = replace(self.cursor, row=None, task=task)

    @property
    def options(self) -> ChartOptions:
        """How a static chart of what is shown looks."""
        window = None if self.window.is_all else (self.window.start_ns, self.window.end_ns)
        return replace(self._options, fold=self.fold, critical_path=self.path, window=window)

    # ------------------------------------------------------------------------------------------------------------ lanes
    @property
    def _look(self) -> _Look:
        return self.fold, self.path, self.sieve

    @property
    def whole(self) -> Basis:
        """The chart with all its lanes."""
        if self._look not in self._wholes:
            options = replace(self.options, window=None)
            wanted = Choice(self.trace, options).among(self.facts.owners)
            found = wanted if self.sieve.is_open else self.sieve.owners(self.facts, wanted)
            self._wholes[self._look] = Basis.of(self.facts, options, found=found)
        return self._wholes[self._look]

    @property
    def basis(self) -> Basis:
        """The chart with the lanes that are shown."""
        self.top = max(0, min(self.top, self.last_top))
        key = (self._look, self.top)
        if key not in self._parts:
            self._parts[key] = self.whole.part(self.top, MOST_ROWS)
        return self._parts[key]

    @property
    def last_top(self) -> int:
        """The largest number that the first lane may have."""
        return max(0, len(self.whole.lanes) - MOST_ROWS)

    # ------------------------------------------------------------------------------------------------------------- moves
    def show(self, start_ns: float, end_ns: float) -> None:
        """Show a part of the axis, as far as there is one."""
        of_ns = self.window.of_ns
        span = min(of_ns, max(round(end_ns - start_ns), SHORTEST_NS))
        start = max(0, min(round(start_ns), of_ns - span))
        self.window = Window(start, start + span, of_ns)

    def zoom(self, factor: float, at_ns: int | None = None) -> None:
        """Show ``factor`` times as much; a moment stays where it is, the middle where none is given."""
        window = self.window
        fixed = (window.start_ns + window.end_ns) / 2 if at_ns is None else at_ns
        self.show(fixed - (fixed - window.start_ns) * factor, fixed + (window.end_ns - fixed) * factor)

    def pan(self, share: float) -> None:
        """Move along by a share of what is shown."""
        by = share * self.window.span_ns
        self.show(self.window.start_ns + by, self.window.end_ns + by)

    def fit(self) -> None:
        """Show the whole axis."""
        self.window = Window.all(self.window.of_ns)

    def jump(self, start_ns: int, end_ns: int, task: int | None = None) -> None:
        """Show something that happened and what was around it, and scroll to its task."""
        around = max(AROUND * (end_ns - start_ns), LEAST_AROUND * self.window.of_ns)
        self.show(start_ns - around, end_ns + around)
        number = None if task is None else self.whole.at.get(task)
        if number is not None and not self.top <= number < self.top + MOST_ROWS:
            self.top = number - MOST_ROWS // 2

    def go_to_lane(self, by: int) -> None:
        """Move the cursor to a lane further down, or up; the lanes are scrolled where it would leave them."""
        self._find_cursor()
        before, last = self.cursor, len(self.basis.lanes) - 1
        number = (-1 if by > 0 else last + 1) if before is None or before.lane is None else before.lane
        number += by
        if not 0 <= number <= last:
            self.top += by if number > 0 else min(by, 0)
            number = max(0, min(number, len(self.basis.lanes) - 1))
        t_ns = (self.window.start_ns + self.window.end_ns) // 2 if before is None else before.t_ns
        self.cursor = at(self.basis, number, t_ns) if self.basis.lanes else None

    def go_to_slice(self, by: int) -> None:
        """Move the cursor to the slice after, or before, on its lane; the window follows."""
        self._find_cursor()
        if self.cursor is None or self.cursor.lane is None:
            self.go_to_lane(1)
            return
        found = beside(self.basis, self.cursor, by)
        if found is not None:
            self.cursor = found
            if not self.window.holds(found.t_ns):
                half = self.window.span_ns / 2
                self.show(found.t_ns - half, found.t_ns + half)

    def _find_cursor(self) -> None:
        """Let the cursor stand where its task stands now: lanes may have been filtered, folded or scrolled since it was put there."""
        found = self.cursor
        if found is None or found.lane is None:
            return
        number = found.lane if found.task is None else self.basis.at.get(found.task)
        if number is None or number >= len(self.basis.lanes):
            self.cursor = Hit(None, found.t_ns)
        elif number != found.lane:
            self.cursor = replace(found, lane=number)

    def choose(self, found: Hit | None) -> None:
        """Choose the task under the pointer; none, where there is none or it was chosen already."""
        task = None if found is None else found.task
        already = self.chosen is not None and self.chosen[0] == task
        self.chosen = None if found is None or task is None or already else (task, found.t_ns)

    @property
    def chain(self) -> tuple[Step, ...]:
        """What brought the chosen task to where it was at that moment, the last cause first."""
        return () if self.chosen is None else causes(self.trace, *self.chosen)

    # ----------------------------------------------------------------------------------------------------------- picture
    def scene(self) -> Scene:
        """Return what is shown as data; as high as it was before with the same lanes, so that the page stays where it is."""
        found = drawn(self.basis, self.window, bare=True)
        height = self._heights[self._look] = max(found.frame.height, self._heights.get(self._look, 0.0))
        found = replace(found, frame=replace(found.frame, height=height))
        if self.chosen is None or self.chosen[0] not in self.basis.at:
            return found
        chain = self.chain
        concerned = {self.chosen[0], *(step.source for step in chain)}
        lit = {self.basis.at[task] for task in concerned if task in self.basis.at}
        return replace(found, arrows=(*found.arrows, *self._causes(chain)), pale=frozenset(range(len(found.lanes))) - lit)

    def _causes(self, chain: tuple[Step, ...]) -> Iterator[Arrow]:
        at = self.basis.at
        for step in chain:
            source, target = at.get(step.source), at.get(step.target)
            if source is not None and target is not None and source != target and self.window.holds(step.t_ns):
                yield Arrow(t_ns=step.t_ns, source=source, target=target, end_ns=step.t_ns, kind="cause")
