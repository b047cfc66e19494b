"""The parts of the page below the chart: caption, findings, notes, figures, tasks, source. Everything in them is escaped here.

Imports ``analysis``, ``lang``, ``model`` and ``views``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from ..analysis.findings import Finding, findings
from ..analysis.phrases import CELL_FILE
from ..analysis.stats import ALIVE, NO_WORK, Stats, stats
from ..lang import Catalogue, marked
from ..lang.plain import clean
from ..lang.times import duration
from ..model import InstantKind, Location, Outcome, Task, Trace
from ..views import labels
from ..views.spec import ChartOptions

MOST_TASKS: Final = 200
MOST_NOTES: Final = 200
MOST_LINES: Final = 3000
LONGEST_LINE: Final = 1000
"""A page stays readable, and small, whatever was traced; what is left out is counted."""

_ENDED: Final = {
    Outcome.RETURNED: marked("done"),
    Outcome.RAISED: marked("failed"),
    Outcome.CANCELLED: marked("cancelled"),
    Outcome.UNFINISHED: marked("still pending"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page.

    Attributes:
        kind: its class in the style sheet.
        heading: plain text.
        body: HTML.
    """

    kind: str
    heading: str
    body: str


def parts(words: Catalogue, trace: Trace, options: ChartOptions) -> Iterator[Part]:
    """Yield what there is to say, in the order of the page."""
    found = findings(trace, options.ignore) if options.findings != "off" else ()
    if found:
        yield Part("findings", words.gettext("Findings"), _findings(words, found))
    if trace.notes:
        yield Part("notes", words.gettext("Notes"), _notes(words, trace))
    yield Part("figures", words.gettext("Figures"), _figures(words, trace, stats(trace)))
    if len(trace.tasks) > 1:
        yield Part("tasks", words.gettext("Tasks"), _tasks(words, trace, stats(trace)))
    if trace.source.strip():
        yield Part("source", words.gettext("Source"), _source(words, trace, found))


# ---------------------------------------------------------------------- findings and notes
def _findings(words: Catalogue, found: Sequence[Finding]) -> str:
    return f"<ul>\n{''.join(_finding(words, finding) for finding in found)}</ul>\n"


def _finding(words: Catalogue, finding: Finding) -> str:
    what = escape(clean(finding.what.say(words), 600))
    more = escape(clean(" ".join(filter(None, (finding.why.say(words), finding.instead.say(words)))), 800))
    line = _line_in_cell(finding.location)
    link = f' <a href="#L{line}">{escape(words.gettext("line {}").format(line))}</a>' if line else ""
    return f'<li><strong>{what}</strong>{link} <span class="code">{escape(clean(finding.code, 12))}</span><br>{more}</li>\n'


def _notes(words: Catalogue, trace: Trace) -> str:
    rows = [
        (
            _cell(duration(words, note.t_ns), number=True),
            _cell("" if note.task is None else labels.task_name(trace.tasks[note.task])),
            _cell(clean(note.text, 600)),
        )
        for note in trace.notes[:MOST_NOTES]
    ]
    head = (words.gettext("at"), words.gettext("task"), words.gettext("note"))
    return _table(head, rows, {0}) + _left_out(words, len(trace.notes) - MOST_NOTES)


# ---------------------------------------------------------------------- figures and tasks
def _figures(words: Catalogue, trace: Trace, found: Stats) -> str:
    facts = [(words.gettext("wall time"), duration(words, found.wall_ns))]
    if found.cell_ns is not None:
        facts.append((words.gettext("the code itself"), duration(words, found.cell_ns)))
    facts.append((words.gettext("tasks in all"), words.number(found.tasks)))
    facts.append((words.gettext("at once on average"), words.number(found.mean_concurrency, 1)))
    facts.append((words.gettext("at once at most"), words.number(found.max_concurrency)))
    facts.append((words.gettext("steps"), words.number(found.steps)))
    if any(found.counts.get(kind, 0) for kind in ALIVE):
        facts.append((words.gettext("loop busy"), f"{words.number(100 * found.utilisation)} %"))
    if found.cores_busy is not None:
        facts.append((words.gettext("cores busy"), words.number(found.cores_busy, 2)))
    if trace.dropped:
        facts.append((words.gettext("facts that were not kept"), words.number(trace.dropped)))
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in facts)}</dl>\n"


def _tasks(words: Catalogue, trace: Trace, found: Stats) -> str:
    works = [task for task in trace.tasks if task.kind not in NO_WORK]
    head = [words.gettext(text) for text in _COLUMNS]
    rows = [_task(words, trace, found, task) for task in works[:MOST_TASKS]]
    return _table(head, rows, {2, 3, 4, 5, 6}) + _left_out(words, len(works) - MOST_TASKS)


_COLUMNS: Final = (
    marked("task"), marked("call"), marked("start"), marked("took"), marked("ran"), marked("was ready"), marked("waited"), marked("end"),
)  # fmt: skip


def _task(words: Catalogue, trace: Trace, found: Stats, task: Task) -> tuple[str, ...]:
    times = found.per_task[task.id]
    end_ns = trace.end_ns if task.ended_ns is None else task.ended_ns
    spent = (task.created_ns, end_ns - task.created_ns, times.busy_ns, times.ready_ns, times.waiting_ns)
    ended = words.gettext(_ENDED[task.outcome])
    exception = f" {clean(task.exception, 60)}" if task.exception else ""
    return (
        _cell("" if task.name == task.function else labels.task_name(task)),
        _cell(labels.call_of(task)),
        *(_cell(duration(words, ns) if ns else "", number=True) for ns in spent),
        _cell(f"{ended}{exception}"),
    )


# ---------------------------------------------------------------------- source
def _source(words: Catalogue, trace: Trace, found: Sequence[Finding]) -> str:
    """Return the traced code with the numbers of its lines; the lines that something is said of are marked."""
    told = {_line_in_cell(finding.location) for finding in found}
    told |= {_line_in_cell(instant.location) for instant in trace.instants if instant.kind is InstantKind.CALLOUT}
    lines = trace.source.splitlines()
    rows = "".join(
        f'<tr id="L{number}"{" class=told" if number in told else ""}><td class="n">{number}</td><td>{escape(_harmless(line))}</td></tr>\n'
        for number, line in enumerate(lines[:MOST_LINES], 1)
    )
    return f'<div class="scroll"><table>\n{rows}</table></div>\n{_left_out(words, len(lines) - MOST_LINES)}'


def _harmless(line: str) -> str:
    """Return a line of code with its indentation, its control characters shown."""
    body = line.expandtabs(4)[:LONGEST_LINE].rstrip()
    indent = len(body) - len(body.lstrip(" "))
    return " " * indent + clean(body[indent:], LONGEST_LINE)


def _line_in_cell(place: Location | None) -> int:
    return place.line if place is not None and place.file == CELL_FILE else 0


# ---------------------------------------------------------------------- tables
def _cell(text: str, *, number: bool = False) -> str:
    return f"<td{' class=n' if number else ''}>{escape(text)}</td>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> str:
    names = "".join(f"<th{' class=n' if column in numbers else ''}>{escape(name)}</th>" for column, name in enumerate(head))
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n'


def _left_out(words: Catalogue, count: int) -> str:
    if count <= 0:
        return ""
    text = words.ngettext("{} more is not listed", "{} more are not listed", count).format(words.number(count))
    return f'<p class="more">{escape(text)}</p>\n'
