"""What of a chart does not depend on the part of the time axis that is drawn: lanes, their rows, ends and arrows, what is said of all.

Imports ``analysis``, ``lang``, ``model`` and this folder, but no painter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ..analysis.compare import failed, spread
from ..lang import translation
from ..lang.plain import clean
from . import figures, layout
from .advice import Advice, advice
from .bars import LaneIndex
from .choice import Choice
from .ends import LaneEnds, arrows, ends, lane_ends
from .facts import Facts
from .folding import fold
from .lanes import lane_of, lanes
from .owners import Owners
from .path import LanePath
from .scene import Arrow, Lane
from .spec import MOST_LANES, ChartOptions
from .window import Window

FEW_LANES: Final = 8
"""Arrows are drawn up to this many lanes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about the whole: heading, figures, how far runs differ, who computed side by side, findings."""

    title: str
    figures: str
    runs: str
    computed: Sequence[str]
    advised: Advice


class Basis:
    """One trace with one set of options.

    Attributes:
        facts, trace: what happened.
        options: how it is to look; their window does not count here.
        words: in which language.
        lanes: their places not yet filled in.
        left_out: what is to be said of the lanes that the author did not want.
        rows: the rows of every lane.
    """

    def __init__(self, facts: Facts, options: ChartOptions, lanes: tuple[Lane, ...], left_out: tuple[str, ...], rows: LaneIndex) -> None:
        self.facts = facts
        self.trace = facts.trace
        self.options = options
        self.words = translation(options.lang)
        self.lanes = lanes
        self.left_out = left_out
        self.rows = rows

    @classmethod
    def of(cls, facts: Facts, options: ChartOptions, most: int | None = None, found: Owners | None = None) -> Basis:
        """Choose the lanes.

        Args:
            facts: of the trace.
            options: how it is to look.
            most: how many lanes there may be, those of the options where it is not given.
            found: which tasks have lanes, and in which order, where a reader chose among those that the options leave; it may be none.
        """
        trace, words, choice = facts.trace, translation(options.lang), Choice(facts.trace, options)
        kept = choice.among(facts.owners) if found is None else found
        special = {trace.slices.task[row] for row in facts.blocking}
        rows = fold(trace, most_lanes(options) if most is None else most, special, kept)
        left_out = tuple(choice.remarks(words, len(facts.owners.order) - len(kept.order)))
        return cls(facts, options, lanes(words, trace, rows, choice), left_out, LaneIndex(facts))

    def part(self, first: int, count: int) -> Basis:
        """Return the chart with some of the lanes only; a lane whose creator's is not there stands alone."""
        if first == 0 and count >= len(self.lanes):
            return self
        numbers = range(first, min(first + count, len(self.lanes)))
        shown = (self.lanes[number] for number in numbers)
        moved = tuple(
            replace(lane, parent=lane.parent - first if lane.parent in numbers and lane.parent is not None else None) for lane in shown
        )
        return Basis(self.facts, self.options, moved, self.left_out, self.rows)

    @cached_property
    def at(self) -> Mapping[int, int]:
        """The number of the lane of every task."""
        return lane_of(self.lanes)

    @cached_property
    def blocking(self) -> frozenset[int]:
        """The rows of ``Trace.slices`` that stand on some lane and hold up a loop."""
        return frozenset(row for row in self.facts.blocking if self.trace.slices.task[row] in self.at)

    @cached_property
    def ends(self) -> tuple[LaneEnds, ...]:
        """How the tasks of every lane ended."""
        return lane_ends(self.words, self.facts, self.lanes)

    @cached_property
    def beside(self) -> float:
        """How much room right of the axis the texts beside the ends need where all of it is shown."""
        window = Window.all(self.trace.end_ns)
        found = ends(self.ends, set(), layout.view(self.options, window))
        return layout.beside(self.options, self.lanes, found, window)

    @cached_property
    def arrows(self) -> tuple[Arrow, ...]:
        """What went from lane to lane, where they are few."""
        return arrows(self.trace, self.lanes) if len(self.lanes) <= FEW_LANES else ()

    @cached_property
    def path(self) -> LanePath | None:
        """The critical path, if the reader wants it."""
        if not self.options.critical_path:
            return None
        return LanePath(self.facts.path, self.lanes, self.trace.end_ns, layout.columns(self.options))

    @cached_property
    def told(self) -> Told:
        """What is said about the whole."""
        words, trace, options = self.words, self.trace, self.options
        return Told(
            title=clean(trace.title if options.title is None else options.title, 160),
            figures=figures.figures(words, self.facts.numbers, layout.figures_room(options)),
            runs=figures.runs(words, spread(trace), failed=failed(trace)),
            computed=figures.computed(words, trace),
            advised=advice(words, self.facts, options),
        )


def most_lanes(options: ChartOptions) -> int:
    """Return how many lanes a chart may have."""
    return options.lanes if options.fold else MOST_LANES
