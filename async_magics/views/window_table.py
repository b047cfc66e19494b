"""The figures of a part of the time axis, as a table. Imports ``lang``, ``model`` and this folder; numpy by way of ``density``."""

from __future__ import annotations

from typing import Final

from ..lang import marked
from ..lang.times import duration
from .basis import Basis
from .tables import Table
from .window import Window

_HEADER: Final = (marked("lane"), marked("running"), marked("ready"), marked("waiting"), marked("share of the time"))


def window_table(basis: Basis, window: Window) -> Table:
    """Return how long the tasks of every lane ran, were ready and waited within a window; of many tasks, all together."""
    words = basis.words
    rows = []
    for lane in basis.lanes:
        found = basis.facts.density((*lane.tasks, *(task for task in lane.inner if lane.many))).band(window, lane=0, count=1)
        times = [round(count[0] * window.span_ns) for count in (found.running, found.ready, found.waiting)]
        share = f"{words.number(100 * found.running[0])} %" if times[0] else ""
        rows.append((lane.name, *(duration(words, took) if took else "" for took in times), share))
    return Table(header=tuple(map(words.gettext, _HEADER)), rows=tuple(rows), numbers=frozenset({1, 2, 3, 4}))
