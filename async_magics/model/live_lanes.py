"""The lanes of a live chart: when those that are shown ran, as far as is known now, in bounded memory. Imports this folder only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any, Final

from .words import Outcome

MOST_LANES: Final = 20
MOST_BARS: Final = 250
"""Bars of a lane; as soon as it has more, those that lie next to each other become one."""


class Lane:
    """One task, or one worker of a pool.

    Attributes:
        key: what it shows, as far as it goes on: two tasks may have one id after the other.
        name, call: what it is called, and what it runs.
        born_ns: when it was created.
        ended_ns: when it ended, ``None`` while it goes on.
        outcome: how.
        ending: what its last step ended with, as in a row of ``StepTable``.
        begun: its code runs, or ran.
        open_ns: since when it runs without a break, ``None`` while it does not.
    """

    __slots__ = ("_bars", "_grain_ns", "begun", "born_ns", "call", "ended_ns", "ending", "key", "name", "open_ns", "outcome")

    def __init__(self, key: Any, name: str, call: str, born_ns: int) -> None:
        self.key = key
        self.name, self.call, self.born_ns = name, call, born_ns
        self.ended_ns: int | None = None
        self.outcome = Outcome.UNFINISHED
        self.ending: Any = None
        self.begun = False
        self.open_ns: int | None = None
        self._bars: list[list[int]] = []
        self._grain_ns = 0

    def ran(self, begin_ns: int, end_ns: int) -> None:
        """It ran from one moment to another, after everything known before or inside the last of it."""
        self.begun, self.open_ns = True, None
        bars = self._bars
        if bars and begin_ns - bars[-1][1] <= self._grain_ns:
            bars[-1][1] = max(bars[-1][1], end_ns)
            return
        bars.append([begin_ns, end_ns])
        if len(bars) > MOST_BARS:
            self._coarser()

    def go(self, t_ns: int) -> None:
        """It runs, at the latest since then."""
        self.begun = True
        if self.open_ns is None:
            self.open_ns = max(t_ns, self._bars[-1][1]) if self._bars else t_ns

    def halt(self, t_ns: int) -> None:
        """It does not run any more."""
        if self.open_ns is not None:
            self.ran(self.open_ns, max(t_ns, self.open_ns))

    def end(self, t_ns: int, outcome: Outcome) -> None:
        """It is over."""
        self.halt(t_ns)
        self.ended_ns, self.outcome = t_ns, outcome

    def bars(self, now_ns: int) -> Iterator[tuple[int, int]]:
        """Yield when it ran, in order."""
        yield from ((begin, end) for begin, end in self._bars)
        if self.open_ns is not None:
            yield self.open_ns, max(now_ns, self.open_ns)

    def _coarser(self) -> None:
        """Join neighbours until at most half as many bars are left: the smallest gaps go first."""
        bars = self._bars
        gaps = sorted(after[0] - before[1] for before, after in pairwise(bars))
        self._grain_ns = max(self._grain_ns, gaps[len(gaps) // 2])
        joined = [bars[0]]
        for begin, end in bars[1:]:
            if begin - joined[-1][1] <= self._grain_ns:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([begin, end])
        self._bars = joined


class Lanes:
    """The lanes that are shown: the first that came, and later ones in the place of those that are over.

    Attributes:
        shown: in the order in which they were seen.
        offered: how many there would be if all were shown.
    """

    def __init__(self) -> None:
        self.shown: list[Lane] = []
        self.offered = 0
        self._of: dict[Any, list[Lane]] = {}
        self._over: list[Lane] = []

    def next_round(self) -> None:
        """Those that are over now may make room."""
        self._over = [lane for lane in reversed(self.shown) if lane.ended_ns is not None]

    def offer(self, key: Any, name: str, call: str, born_ns: int) -> Lane | None:
        """Show something, if there is room."""
        self.offered += 1
        if len(self.shown) >= MOST_LANES:
            if not self._over:
                return None
            self._take_away(self._over.pop())
        lane = Lane(key, name, call, born_ns)
        self._of.setdefault(key, []).append(lane)
        self.shown.append(lane)
        return lane

    def among(self, keys: Collection[Any]) -> set[Any]:
        """Return those keys that have a lane."""
        return self._of.keys() & keys

    def at(self, key: Any, t_ns: int) -> Lane | None:
        """Return the lane of what had a key at a time: ids of tasks are used again."""
        return next((lane for lane in reversed(self._of.get(key, ())) if lane.born_ns <= t_ns), None)

    def in_order(self) -> list[Lane]:
        """Return those that are shown, by their creation."""
        return sorted(self.shown, key=lambda lane: lane.born_ns)

    def _take_away(self, lane: Lane) -> None:
        self.shown.remove(lane)
        same = self._of[lane.key]
        same.remove(lane)
        if not same:
            del self._of[lane.key]
