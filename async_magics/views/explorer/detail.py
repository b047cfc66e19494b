"""What a page's window shows of a trace that is too large to be sent whole, worked out here, in the kernel.

A row whose slices can be told apart on its pixels is answered with these, any other with the mean number of tasks in each state, column by
column, as ``density`` does it for the static chart, and the steps that block their loop for themselves. So an answer costs what the window
shows, not what the trace holds. Built once for a trace; imports numpy, as ``density`` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...lang import Catalogue
from ...model import State, TaskKind, Trace
from ...model.slices import NONE
from .. import labels
from ..bars import SHARES_OVER, kind_of
from ..facts import Facts
from ..lane_rows import every_row
from ..scene import BarKind, Lane
from .columns import KINDS, cpu_percent, place
from .profile import Numbers, Profile

MOST_BARS: Final = 16_000
"""Slices of one answer, all rows together; rows with more than their part of them are answered with columns."""
MOST_NUMBERS: Final = 60_000
"""Numbers in the columns of one answer, all rows together."""
MOST_COLUMNS: Final = 8_000
"""Pixels that a window may have."""
FEWEST: Final = 4
"""Slices that every row may have, however many rows there are."""
_CLASSES: Final = {
    "running": (BarKind.RUNNING, BarKind.BLOCKING),
    "ready": (BarKind.READY, BarKind.STARTING),
    "waiting": (BarKind.WAITING, BarKind.OPEN),
}
_BLOCKING: Final = KINDS[BarKind.BLOCKING]


class Detail:
    """The slices of a trace, lane by lane, ready to be looked at through any window.

    Args:
        words: the language of what is said of them.
        trace: what happened.
        lanes: the lanes that the page knows.
    """

    def __init__(self, words: Catalogue, trace: Trace, lanes: Sequence[Lane]) -> None:
        self._words, self._trace = words, trace
        facts = Facts(trace)
        rows = [np.array(every_row(facts, lane), dtype=np.int64) for lane in lanes]
        self._first = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64)))
        self._row = np.concatenate([np.empty(0, np.int64), *rows])
        self._start = np.frombuffer(trace.slices.start_ns, dtype=np.int64)[self._row]
        self._end = np.frombuffer(trace.slices.end_ns, dtype=np.int64)[self._row]
        self._kind = _kinds(facts)[self._row]
        self._reach = _reach(self._end, self._first)
        self._blocking = np.flatnonzero(self._kind == _BLOCKING)
        self._profiles: dict[tuple[int, ...], _Profiles] = {}

    def __len__(self) -> int:
        """Return how many lanes there are."""
        return len(self._first) - 1

    def window(self, from_ns: int, to_ns: int, rows: Sequence[Sequence[int]], columns: int) -> dict[str, Any]:
        """Return what a window shows.

        Args:
            from_ns: where the window begins.
            to_ns: where it ends, later than that.
            rows: the lanes of every row of the page.
            columns: pixels across the window.

        Returns:
            ``from_ns`` and ``to_ns``; ``rows``, each with its ``lanes`` and either the columns of a payload's ``slices`` (``start`` to
            ``cpu``), or ``running``, ``ready``, ``waiting`` (mean numbers of tasks), ``peak``, and in ``blocking`` such columns for the
            steps that block; ``texts`` and ``places``, which ``text`` and ``line`` point into.
        """
        columns = min(max(1, columns), MOST_COLUMNS)
        most = max(FEWEST, min(columns // 2, MOST_BARS // max(1, len(rows))))
        room = max(1, MOST_NUMBERS // (len(_CLASSES) * max(1, len(rows))))
        said = _Said(self._words, self._trace)
        found = []
        for lanes in rows:
            seen = self._seen(lanes[0], from_ns, to_ns) if len(lanes) == 1 else None
            if seen is not None and len(seen) <= most:
                found.append({"lanes": list(lanes), **self._bars(seen, said)})
            else:
                count = columns if seen is None else -(-columns // SHARES_OVER)
                edges = np.linspace(from_ns, to_ns, min(count, room) + 1).astype(np.int64)
                found.append({"lanes": list(lanes), **self._band(tuple(lanes), edges, said)})
        return {"from_ns": from_ns, "to_ns": to_ns, "rows": found, "texts": said.texts, "places": said.places}

    def _seen(self, lane: int, from_ns: int, to_ns: int) -> Numbers:
        """Return the positions of the slices of a lane that a window shows."""
        low, high = int(self._first[lane]), int(self._first[lane + 1])
        begins = low + int(np.searchsorted(self._reach[low:high], from_ns, "left"))
        return np.arange(begins, low + int(np.searchsorted(self._start[low:high], to_ns, "left")), dtype=np.int64)

    def _bars(self, at: Numbers, said: _Said) -> dict[str, Any]:
        """Return slices as columns."""
        return {
            "start": self._start[at].tolist(),
            "length": (self._end[at] - self._start[at]).tolist(),
            "kind": self._kind[at].tolist(),
            **said.columns(self._row[at].tolist()),
        }

    def _band(self, lanes: tuple[int, ...], edges: Numbers, said: _Said) -> dict[str, Any]:
        """Return the mean numbers of tasks in each state, and the steps that block, at most one for every column."""
        known = self._known(lanes)
        digits = max(0, 3 - len(str(known.peak)) + 1)
        return {
            **{name: np.round(profile.means(edges), digits).tolist() for name, profile in known.classes.items()},
            "peak": known.peak,
            "blocking": self._bars(self._blocking_in(lanes, edges), said),
        }

    def _blocking_in(self, lanes: tuple[int, ...], edges: Numbers) -> Numbers:
        """Return the positions of the steps that block, the longest of those that begin in the same column."""
        bounds = np.searchsorted(self._blocking, [(self._first[lane], self._first[lane + 1]) for lane in lanes])
        at = np.concatenate([self._blocking[low:high] for low, high in bounds.tolist()])
        at = at[(self._start[at] < edges[-1]) & (self._end[at] > edges[0])]
        at = at[np.argsort(self._start[at] - self._end[at], kind="stable")]
        _, longest = np.unique(np.searchsorted(edges, self._start[at], "right"), return_index=True)
        found: Numbers = at[longest]
        return found

    def _known(self, lanes: tuple[int, ...]) -> _Profiles:
        """Return the profiles of some lanes; those of the rows that were asked for last are kept."""
        found = self._profiles.pop(lanes, None)
        if found is None:
            at = np.concatenate([np.arange(self._first[lane], self._first[lane + 1], dtype=np.int64) for lane in lanes])
            found = _Profiles(self._start[at], self._end[at], self._kind[at])
        self._profiles[lanes] = found
        while sum(map(len, self._profiles.values())) > 2 * len(self._row) and len(self._profiles) > 1:
            del self._profiles[next(iter(self._profiles))]
        return found


class _Profiles:
    """How many tasks of some lanes are in each state.

    Attributes:
        classes: by what the page calls the states.
        peak: the largest number of them alive at one moment, at least 1.
    """

    def __init__(self, start: Numbers, end: Numbers, kind: NDArray[np.int8]) -> None:
        self.classes = {}
        for name, kinds in _CLASSES.items():
            chosen = np.isin(kind, [KINDS[one] for one in kinds])
            self.classes[name] = Profile(start[chosen], end[chosen])
        self.peak = max(1, Profile(start, end).peak)

    def __len__(self) -> int:
        return sum(map(len, self.classes.values()))


class _Said:
    """What is said of the slices in one answer.

    Attributes:
        texts, places: what they point into.
    """

    def __init__(self, words: Catalogue, trace: Trace) -> None:
        self._words, self._trace = words, trace
        self._texts: dict[str, int] = {}
        self._waits: dict[int, int] = {NONE: NONE}
        self._places: dict[int, int] = {}

    @property
    def texts(self) -> list[str]:
        """What is waited for."""
        return list(self._texts)

    @property
    def places(self) -> list[dict[str, Any]]:
        """Lines of code."""
        return [place(self._trace.slices.locations[number]) for number in self._places]

    def columns(self, rows: list[int]) -> dict[str, list[int]]:
        """Return what is said of some rows of ``Trace.slices``."""
        table = self._trace.slices
        return {
            "task": [table.task[row] for row in rows],
            "text": [self._text(table.wait[row]) for row in rows],
            "line": [self._place(table.location[row]) for row in rows],
            "waker": [table.waker[row] for row in rows],
            "cause": [table.cause[row] for row in rows],
            "cpu": [cpu_percent(self._trace, row) for row in rows],
        }

    def _place(self, number: int) -> int:
        return NONE if number == NONE else self._places.setdefault(number, len(self._places))

    def _text(self, wait: int) -> int:
        if wait not in self._waits:
            said = labels.wait_texts(self._words, self._trace.slices.waits[wait], self._trace.tasks)
            self._waits[wait] = self._texts.setdefault(said[0], len(self._texts)) if said else NONE
        return self._waits[wait]


def _kinds(facts: Facts) -> NDArray[np.int8]:
    """Return for every row of ``Trace.slices`` how the page calls its kind."""
    trace, numbers = facts.trace, {kind: number for number, kind in enumerate(TaskKind)}
    known = np.array([[KINDS[kind_of(state, kind)] for kind in TaskKind] for state in State], dtype=np.int8)
    owner = np.array([numbers[task.kind] for task in trace.tasks] or [0], dtype=np.int8)
    found: NDArray[np.int8] = known[
        np.frombuffer(trace.slices.state, dtype=np.int8), owner[np.frombuffer(trace.slices.task, dtype=np.int64)]
    ]
    found[np.array(sorted(facts.blocking), dtype=np.int64)] = _BLOCKING
    return found


def _reach(end: Numbers, first: Numbers) -> Numbers:
    """Return for every slice how far it, or one that began before it on its lane, reaches."""
    found = end.copy()
    for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        np.maximum.accumulate(end[low:high], out=found[low:high])
    return found
