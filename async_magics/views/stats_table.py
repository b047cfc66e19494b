"""The figures of a trace that show themselves: a table in a notebook, aligned text elsewhere.

Imports ``analysis``, ``lang``, ``model`` and this folder; every text of the user's is cleaned, and escaped in HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from typing import Final, NamedTuple

from ..analysis.phrases import line_of
from ..analysis.stats import HOSTS, Stats, stats
from ..analysis.stats_rows import StatsRow, stats_rows
from ..analysis.task_times import TaskTime
from ..lang import Catalogue, detect, marked, translation
from ..lang.plain import clean, columns, cut, pad
from ..lang.times import duration
from ..model import Cause, Trace, WaitKind
from . import figures, labels
from .figures import SEPARATOR
from .lanes import CALLED

MOST_ROWS: Final = 50
"""More tasks than these: only the busiest are listed, and all others summed up in one row."""
WIDEST: Final = 36
"""Columns of a terminal that a text in the table takes at the most."""
_CAUSES: Final[Mapping[Cause, str]] = {
    Cause.TIMER: marked("timer"),
    Cause.TASK: marked("a task"),
    Cause.IO: marked("I/O"),
    Cause.THREAD: marked("a thread"),
    Cause.ITSELF: marked("itself"),
    Cause.SPAWN: marked("its creation"),
    Cause.UNKNOWN: marked("not seen"),
}
_KINDS: Final[Mapping[WaitKind, str]] = {
    WaitKind.TASK: marked("task"),
    WaitKind.IDLE: marked("idle"),
    WaitKind.UNKNOWN: marked("not seen"),
}
"""Words for waits that are called something else than what stands in the code."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownStats(Stats):
    """The figures, which show themselves as a table.

    Attributes:
        trace: whose they are.
    """

    trace: Trace = field(compare=False)

    def to_rows(self) -> list[StatsRow]:
        """Return plain rows, one for the cell and one for each task, to be put into a file or a data frame."""
        return stats_rows(self.trace, self)

    def text(self, lang: str) -> str:
        """Return the table as lines of text."""
        return _Table(self, translation(lang)).text()

    def html(self, lang: str) -> str:
        """Return the table as HTML that takes its colours from the page."""
        return _Table(self, translation(lang)).html()

    def _repr_html_(self) -> str:
        return self.html(detect())

    def __str__(self) -> str:
        return self.text(detect())

    __repr__ = __str__


def shown_stats(trace: Trace) -> ShownStats:
    """Return the figures of a trace."""
    found = stats(trace)
    return ShownStats(trace=trace, **{item.name: getattr(found, item.name) for item in fields(Stats)})


class _Column(NamedTuple):
    """A column: its heading, what stands in it, and whether that is a number."""

    heading: str
    cell: Callable[[TaskTime], str]
    number: bool = True


class _Table:
    """Makes one table in one language."""

    def __init__(self, found: ShownStats, words: Catalogue) -> None:
        self._found, self._words, self._trace = found, words, found.trace
        self._decimals = _decimals(found.wall_ns)
        listed = [times for times in found.per_task if found.trace.tasks[times.task].kind not in HOSTS]
        self._shown, self._others = _cut(listed)
        self._columns = [column for column in self._all() if any(map(column.cell, [*self._shown, *self._others]))]

    # ------------------------------------------------------------------ what stands where
    def _all(self) -> Iterator[_Column]:
        _, seconds = self._words.gettext, self._seconds
        yield _Column(_("task"), self._name, number=False)
        yield _Column(_("call"), self._call, number=False)
        yield _Column(_("life, s"), lambda times: seconds(times.life_ns))
        yield _Column(_("busy, s"), lambda times: seconds(times.busy_ns))
        yield _Column(_("ready, s"), lambda times: seconds(times.ready_ns))
        yield _Column(_("waiting, s"), lambda times: seconds(times.waiting_ns))
        yield _Column(_("CPU, s"), lambda times: "" if times.cpu_ns is None else seconds(times.cpu_ns))
        yield _Column(_("steps"), lambda times: self._words.number(times.steps))
        yield _Column(_("longest step, s"), lambda times: seconds(times.longest_ns))
        yield _Column(_("where"), lambda times: "" if times.longest_at is None else line_of(self._words, times.longest_at), number=False)
        yield _Column(_("wakes"), lambda times: self._words.number(times.woken))
        yield _Column(_("woken by"), lambda times: self._wakes(times.wakes), number=False)
        yield _Column(_("waited for, s"), lambda times: self._waits(times.waits), number=False)

    def _seconds(self, ns: int) -> str:
        """Write seconds, all with as many decimals as the length of the whole deserves."""
        least = 10.0**-self._decimals
        if 0 < ns / 1e9 < least / 2:
            return f"<{self._words.number(least, self._decimals)}"
        return self._words.number(ns / 1e9, self._decimals) if ns else self._words.number(0)

    def _name(self, times: TaskTime) -> str:
        task = self._trace.tasks[times.task]
        if task.id == 0 and labels.is_cell(self._trace):
            return self._words.gettext("cell")
        return labels.call_of(task) if task.kind in CALLED and task.function else labels.task_name(task)

    def _call(self, times: TaskTime) -> str:
        task = self._trace.tasks[times.task]
        return "" if task.kind in CALLED or not task.function else labels.call_of(task)

    def _waits(self, waits: Mapping[WaitKind, int]) -> str:
        """List what was waited for, the longest first."""
        ordered = sorted(waits.items(), key=lambda item: -item[1])
        names = {kind: self._words.gettext(_KINDS[kind]) if kind in _KINDS else kind.value for kind in waits}
        return SEPARATOR.join(f"{names[kind]} {self._seconds(ns)}" for kind, ns in ordered)

    def _wakes(self, wakes: Mapping[Cause, int]) -> str:
        ordered = sorted(wakes.items(), key=lambda item: -item[1])
        return SEPARATOR.join(f"{self._words.gettext(_CAUSES[cause])} {self._words.number(count)}" for cause, count in ordered)

    def _rest(self) -> list[str]:
        """Return the row that sums up those not listed."""
        if not self._others:
            return []
        count = len(self._others)
        name = self._words.ngettext("{} more", "{} more", count).format(self._words.number(count))
        total = _total(self._others)
        return [name if n == 0 else "" if not column.number else column.cell(total) for n, column in enumerate(self._columns)]

    def _heading(self) -> str:
        title = clean(self._trace.title or self._trace.name, 160)
        return f"{title}: {figures.figures(self._words, self._found)}"

    def _remarks(self) -> Iterator[str]:
        """Yield what is to be said of the whole."""
        _, number, found = self._words.gettext, self._words.number, self._found
        if found.tasks:
            text = _("at once: {mean} on average, {most} at most")
            yield text.format(mean=number(found.mean_concurrency, 1), most=number(found.max_concurrency))
        if found.waits:
            yield _("waited for in all, s: {}").format(self._waits(found.waits))
        if found.longest is not None:
            longest = found.longest
            place = "" if longest.longest_at is None else f", {line_of(self._words, longest.longest_at)}"
            yield _("longest step: {time}, {task}").format(
                time=duration(self._words, longest.longest_ns), task=f"{self._name(longest)}{place}"
            )
        if self._others:
            yield _("the busiest tasks; all others are summed up in the last row")

    def _rows(self) -> list[list[str]]:
        rows = [[column.cell(times) for column in self._columns] for times in self._shown]
        return [*rows, rest] if (rest := self._rest()) else rows

    # ------------------------------------------------------------------ the two forms
    def text(self) -> str:
        """Return lines of text."""
        lines = [[column.heading for column in self._columns], *self._rows()]
        cells = [[cut(cell, WIDEST) for cell in line] for line in lines]
        widths = [max(columns(line[number]) for line in cells) for number in range(len(self._columns))]
        table = ["  ".join(map(self._padded, self._columns, line, widths)).rstrip() for line in cells]
        return "\n".join([self._heading(), "", *table, "", *self._remarks()])

    @staticmethod
    def _padded(column: _Column, cell: str, width: int) -> str:
        return pad(cell, width, right=column.number)

    def html(self) -> str:
        """Return a table without colours of its own but for lines in a grey that shows on light and on dark."""
        head = self._html_row("th", [column.heading for column in self._columns])
        body = "".join(self._html_row("td", row) for row in self._rows())
        remarks = "".join(f'<div style="opacity:.8;font-size:90%">{escape(text)}</div>' for text in self._remarks())
        table = "border-collapse:collapse;table-layout:auto;margin:0 0 4px;font-variant-numeric:tabular-nums"
        caption = "caption-side:top;text-align:left;font-weight:bold;color:inherit"
        return (
            f'<div style="overflow-x:auto"><table style="{table}"><caption style="{caption}">{escape(self._heading())}</caption>'
            f"<thead>{head}</thead><tbody>{body}</tbody></table>{remarks}</div>"
        )

    def _html_row(self, tag: str, cells: Sequence[str]) -> str:
        wrap = "normal" if tag == "th" else "nowrap"
        shown = (
            f'<{tag} style="text-align:{"right" if column.number else "left"};padding:2px 8px;white-space:{wrap};'
            f'border-bottom:1px solid rgba(128,128,128,.35)">{escape(clean(cell, 160))}</{tag}>'
            for column, cell in zip(self._columns, cells, strict=True)
        )
        return f"<tr>{''.join(shown)}</tr>"


def _cut(listed: list[TaskTime]) -> tuple[list[TaskTime], list[TaskTime]]:
    """Return the tasks to be listed, and those to be summed up: the cell, then the busiest where there are too many."""
    if len(listed) <= MOST_ROWS:
        return listed, []
    ordered = [*listed[:1], *sorted(listed[1:], key=lambda times: (-times.busy_ns, times.task))]
    return ordered[: MOST_ROWS - 1], ordered[MOST_ROWS - 1 :]


def _total(others: Sequence[TaskTime]) -> TaskTime:
    """Return the sums of many entries, and the longest of their steps."""
    used = [times.cpu_ns for times in others if times.cpu_ns is not None]
    return TaskTime(
        task=others[0].task,
        busy_ns=sum(times.busy_ns for times in others),
        ready_ns=sum(times.ready_ns for times in others),
        waiting_ns=sum(times.waiting_ns for times in others),
        steps=sum(times.steps for times in others),
        life_ns=sum(times.life_ns for times in others),
        wakes={Cause.UNKNOWN: sum(times.woken for times in others)},
        longest_ns=max(times.longest_ns for times in others),
        cpu_ns=sum(used) if used else None,
    )


def _decimals(wall_ns: int) -> int:
    """Return how many decimals seconds get: as many as give the whole four digits, a microsecond at the least."""
    return next((decimals for decimals, least in enumerate((100.0, 10.0, 1.0, 0.1, 0.01), start=1) if wall_ns / 1e9 >= least), 6)
