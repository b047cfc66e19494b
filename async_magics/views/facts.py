"""What is known of a trace whatever its chart looks like, each thing worked out once, when it is first asked for.

A chart that is drawn once asks for each of them once; a widget draws the same trace a hundred times. Imports ``analysis``,
``model`` and this folder; ``density`` only for a band.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..analysis import Stats, blocking_rows, stats
from ..analysis.critical_path import CriticalPath, critical_path
from ..analysis.findings import Finding, findings
from ..analysis.spells import longest, waited
from ..model import Instant, InstantKind, Trace
from .owners import Owners, owners

if TYPE_CHECKING:
    from .density import Density

STOPS: Final = frozenset((InstantKind.CANCEL_REQUESTED, InstantKind.KILLED))


class Facts:
    """What of a trace charts are made of."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._densities: dict[tuple[int, ...], Density] = {}
        self._findings: dict[tuple[str, ...], tuple[Finding, ...]] = {}

    def with_notes(self, trace: Trace) -> Facts:
        """Return the facts of the same recording with other notes; all that is known already holds for it too."""
        fresh = Facts(trace)
        fresh.__dict__ |= {name: value for name, value in self.__dict__.items() if name != "trace"}
        return fresh

    @cached_property
    def numbers(self) -> Stats:
        """The figures."""
        return stats(self.trace)

    @cached_property
    def blocking(self) -> frozenset[int]:
        """The rows that hold up a loop."""
        return blocking_rows(self.trace)

    @cached_property
    def owners(self) -> Owners:
        """Who has a lane."""
        return owners(self.trace)

    @cached_property
    def path(self) -> CriticalPath:
        """The critical path."""
        return critical_path(self.trace)

    @cached_property
    def asked(self) -> Mapping[int | None, Instant]:
        """Who was asked to stop, and how."""
        return {instant.task: instant for instant in self.trace.instants if instant.kind in STOPS}

    @cached_property
    def printed(self) -> tuple[Instant, ...]:
        """What was printed, in order of time."""
        found = (item for item in self.trace.instants if item.kind is InstantKind.PRINTED and item.t_ns <= self.trace.end_ns)
        return tuple(sorted(found, key=lambda item: item.t_ns))

    @cached_property
    def said(self) -> tuple[Instant, ...]:
        """Callouts and marks."""
        return tuple(item for item in self.trace.instants if item.kind in (InstantKind.MARK, InstantKind.CALLOUT))

    @cached_property
    def longest(self) -> Mapping[tuple[int, int], int]:
        """The longest time of every task in every state."""
        return longest(self.trace)

    @cached_property
    def waited(self) -> list[int]:
        """How long every task did not run."""
        return waited(self.trace)

    @cached_property
    def held_up(self) -> Mapping[int, tuple[int, ...]]:
        """How long the steps of every task took that held up a loop."""
        table = self.trace.slices
        found: defaultdict[int, list[int]] = defaultdict(list)
        for row in sorted(self.blocking):
            found[table.task[row]].append(table.end_ns[row] - table.start_ns[row])
        return {task: tuple(took) for task, took in found.items()}

    def findings(self, ignore: tuple[str, ...] = ()) -> tuple[Finding, ...]:
        """What the rules noticed, but for those that are not wanted."""
        if ignore not in self._findings:
            self._findings[ignore] = findings(self.trace, ignore)
        return self._findings[ignore]

    def rows(self, task: int) -> range:
        """Return the rows of one task: the table is ordered by task."""
        owner = self.trace.slices.task
        return range(bisect_left(owner, task), bisect_left(owner, task + 1))

    def density(self, tasks: tuple[int, ...]) -> Density:
        """Return how many of some tasks were in which state."""
        from .density import Density

        if tasks not in self._densities:
            self._densities[tasks] = Density(self.trace.slices, tasks)
        return self._densities[tasks]
