"""``async-magics diff``: what became faster between two traces, and what did not, as a table."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..lang.plain import clean, columns, cut, pad
from ..lang.times import duration
from .charts import SavedChart, saved_charts
from .say import remark, say

if TYPE_CHECKING:
    from ..analysis.diff import Difference, Pair
    from ..analysis.task_times import TaskTime
    from ..lang import Catalogue

NAME: Final = "diff"
SUMMARY: Final = "compare two traces, or all traces of two notebooks: wall time, and each task"
ABOUT: Final = """\
Traces of two notebooks are matched by name, those without one by their order; tasks by their own name,
their call and their function. A task that is in one trace only stands at the end.
"""
EXAMPLES: Final = """\
for example:
  async-magics diff before.trace.json after.trace.json
  async-magics diff lecture.ipynb::sequence lecture.ipynb::gather
  async-magics diff monday.ipynb friday.ipynb --rows 5
"""
_HEAD: Final = ("task", "before", "after", "change", "± busy", "± ready", "± waiting")
_WIDEST: Final = 48
_NOISE: Final = 0.005


def add(options: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    options.add_argument("before", metavar="BEFORE", help="a trace file (.json), a notebook, or PATH::NAME for one of its traces")
    options.add_argument("after", metavar="AFTER", help="the same, later")
    options.add_argument("--rows", type=int, default=20, metavar="N", help="tasks to list for each trace, the most changed (default: 20)")


def go(arguments: argparse.Namespace) -> int:
    """Do it; return the exit status."""
    from ..analysis.diff import difference
    from ..lang import translation

    words = translation("en")
    pairs, alone = _paired(saved_charts(arguments.before), saved_charts(arguments.after))
    for number, (before, after) in enumerate(pairs):
        found = difference(before.open().trace, after.open().trace)
        say(f"{chr(10) if number else ''}{_heading(before, after)}")
        for line in table(words, found, max(0, arguments.rows)):
            say(line)
    for line in alone:
        remark(line)
    return 0


def _heading(before: SavedChart, after: SavedChart) -> str:
    return before.name if before.name == after.name else f"{before.name} -> {after.name}"


def _paired(before: Sequence[SavedChart], after: Sequence[SavedChart]) -> tuple[list[tuple[SavedChart, SavedChart]], list[str]]:
    """Match the charts of two files by name; two single ones are a pair whatever they are called."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])], []
    named = {chart.name: chart for chart in after}
    pairs = [(chart, named[chart.name]) for chart in before if chart.name in named]
    known = {chart.name for chart in before}
    alone = [f"only before: {chart.name}" for chart in before if chart.name not in named]
    return pairs, alone + [f"only after: {chart.name}" for chart in after if chart.name not in known]


def table(words: Catalogue, found: Difference, rows: int) -> Iterator[str]:
    """Yield the lines of the table: the whole first, then the tasks that changed most, in the order of their creation."""
    changed = sorted(found.pairs, key=lambda pair: -abs(pair.change_ns))[:rows]
    listed = [pair for pair in found.pairs if pair in changed]
    walls = found.before_ns, found.after_ns
    whole = ("wall time", *(duration(words, wall) for wall in walls), _change(words, *walls), "", "", "")
    lines: list[tuple[str, ...]] = [_HEAD, whole, *(_row(words, pair) for pair in listed)]
    widths = [min(_WIDEST, max(columns(line[column]) for line in lines)) for column in range(len(_HEAD))]
    for line in lines:
        cells = (pad(cut(cell, width), width, right=column > 0) for column, (cell, width) in enumerate(zip(line, widths, strict=True)))
        yield "  ".join(cells).rstrip()
    more = len(found.pairs) - len(listed)
    if more:
        yield f"… {words.number(more)} more tasks that changed less"


def _row(words: Catalogue, pair: Pair) -> tuple[str, ...]:
    before, after = pair.before, pair.after
    lives = tuple("" if side is None else duration(words, side.life_ns) for side in (before, after))
    change = "new" if before is None else "gone" if after is None else _change(words, before.life_ns, after.life_ns)
    parts = tuple(_part(words, before, after, name) for name in ("busy_ns", "ready_ns", "waiting_ns"))
    return (clean(pair.label, 120), *lives, change, *parts)


def _part(words: Catalogue, before: TaskTime | None, after: TaskTime | None, name: str) -> str:
    """Return by how much a part of the task's time changed, ``""`` where it did not to speak of."""
    if before is None or after is None:
        return ""
    change = getattr(after, name) - getattr(before, name)
    if abs(change) <= _NOISE * max(before.life_ns, after.life_ns):
        return "="
    return _signed(words, change)


def _change(words: Catalogue, before: int, after: int) -> str:
    if abs(after - before) <= _NOISE * max(before, after):
        return "="
    times = f" (×{words.number(after / before, 2)})" if before else ""
    return f"{_signed(words, after - before)}{times}"


def _signed(words: Catalogue, ns: int) -> str:
    return f"{'+' if ns > 0 else '−'}{duration(words, abs(ns))}"
