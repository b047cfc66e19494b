"""The parts of the page below the chart: caption, findings, notes, figures, tasks, source. Everything in them is escaped here.

Imports ``analysis``, ``lang``, ``model`` and ``views``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from ..analysis.findings import Finding, findings
from ..analysis.phrases import CELL_FILE
from ..lang import Catalogue
from ..lang.plain import clean, code_lines
from ..lang.times import duration
from ..model import InstantKind, Location, Trace
from ..views import labels
from ..views.spec import ChartOptions
from ..views.stats_table import shown_stats

MOST_NOTES: Final = 200
MOST_LINES: Final = 3000
"""A page stays readable, and small, whatever was traced; what is left out is counted."""


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


def parts(words: Catalogue, trace: Trace, options: ChartOptions, prefix: str = "") -> Iterator[Part]:
    """Yield what there is to say, in the order of the page; the names of its lines begin with ``prefix``."""
    found = findings(trace, options.ignore) if options.findings != "off" else ()
    if found:
        yield Part("findings", words.gettext("Findings"), _findings(words, found, prefix))
    if trace.notes:
        yield Part("notes", words.gettext("Notes"), _notes(words, trace))
    yield Part("figures", words.gettext("Figures"), bare(shown_stats(trace).html(options.lang)))
    if trace.source.strip():
        yield Part("source", words.gettext("Source"), _source(words, trace, found, prefix))


# ---------------------------------------------------------------------- findings and notes
def _findings(words: Catalogue, found: Sequence[Finding], prefix: str) -> str:
    return f"<ul>\n{''.join(_finding(words, finding, prefix) for finding in found)}</ul>\n"


def _finding(words: Catalogue, finding: Finding, prefix: str) -> str:
    what = _linked(words, coded(clean(finding.what.say(words), 600)), _line_in_cell(finding.location), prefix)
    more = coded(clean(" ".join(filter(None, (finding.why.say(words), finding.instead.say(words)))), 800))
    return f'<li><strong>{what}</strong> <span class="code">{escape(clean(finding.code, 12))}</span><br>{more}</li>\n'


def coded(text: str) -> str:
    """Return HTML in which what stands between backquotes is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def _linked(words: Catalogue, html: str, line: int, prefix: str) -> str:
    """Make the first mention of a line of the cell lead to that line."""
    if not line:
        return html
    told = escape(words.gettext("line {}").format(line))
    return html.replace(told, f'<a href="#{prefix}L{line}">{told}</a>', 1)


def _notes(words: Catalogue, trace: Trace) -> str:
    rows = [
        (
            _cell(duration(words, note.t_ns), number=True),
            _cell("" if note.task is None else labels.task_name(trace.tasks[note.task])),
            _cell(clean(note.text, 600)),
        )
        for note in trace.notes[:MOST_NOTES]
    ]
    head = (words.gettext("moment"), words.gettext("task"), words.gettext("note"))
    return _table(head, rows, {0}) + _left_out(words, len(trace.notes) - MOST_NOTES)


# ---------------------------------------------------------------------- source
def _source(words: Catalogue, trace: Trace, found: Sequence[Finding], prefix: str) -> str:
    """Return the traced code with the numbers of its lines; the lines that something is said of are marked."""
    told = {_line_in_cell(finding.location) for finding in found}
    told |= {_line_in_cell(instant.location) for instant in trace.instants if instant.kind is InstantKind.CALLOUT}
    lines = code_lines(trace.source)
    rows = "".join(
        f'<tr id="{prefix}L{number}"{" class=told" if number in told else ""}><td class="n">{number}</td><td>{escape(line)}</td></tr>\n'
        for number, line in enumerate(lines[:MOST_LINES], 1)
    )
    return f'<div class="scroll"><table>\n{rows}</table></div>\n{_left_out(words, len(lines) - MOST_LINES)}'


def _line_in_cell(place: Location | None) -> int:
    return place.line if place is not None and place.file == CELL_FILE else 0


# ---------------------------------------------------------------------- tables
def _cell(text: str, *, number: bool = False) -> str:
    return f"<td{' class=n' if number else ''}>{escape(text)}</td>"


def bare(html: str) -> str:
    """Return a table of ours with the page's style in place of its own, which a notebook needs: shorter, and the policy allows no other."""
    return re.sub(r' style="[^"]*"', "", re.sub(r' style="text-align:right[^"]*"', " class=n", html))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int]) -> str:
    names = "".join(f"<th{' class=n' if column in numbers else ''}>{escape(name)}</th>" for column, name in enumerate(head))
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n'


def _left_out(words: Catalogue, count: int) -> str:
    if count <= 0:
        return ""
    text = words.ngettext("{} more is not listed", "{} more are not listed", count).format(words.number(count))
    return f'<p class="more">{escape(text)}</p>\n'
