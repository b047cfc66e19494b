"""A Gantt chart in Mermaid's language, for Markdown slides and pages: https://mermaid.js.org/syntax/gantt.html.

A section for each process and thread, a row for each task: grey (``done``) where it returned, red (``crit``) where it failed, both
where it was cancelled, blue (``active``) where it was still pending. Many tasks fold into rows by function. Imports ``lang``,
``model``, ``analysis`` and ``views.labels``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..analysis.stats import works_of
from ..analysis.tracks import home, process_of, thread_of
from ..lang import translation
from ..lang.plain import clean
from ..model import Outcome, Task
from ..views.labels import call_of, function_of, outcomes, task_name

if TYPE_CHECKING:
    from pathlib import Path

    from ..lang import Catalogue
    from ..model import Trace
    from ..views.spec import ChartOptions

MOST_ROWS: Final = 40
_TAGS: Final = {Outcome.RETURNED: "done", Outcome.RAISED: "crit", Outcome.CANCELLED: "crit, done", Outcome.UNFINISHED: "active"}
_PLAIN: Final = frozenset(" ()_-.=+*/'!?@|…×·→")
"""What may stand in a name beside letters and digits; all else becomes an entity, which Mermaid shows as the character."""
_COMMAND: Final = re.compile(
    r"gantt|date|inclusive|top|axis|tick|includes|excludes|today|week|title|acc|section|click|call|href|graph|flowchart|style|class|[\d_-]",
    re.I,
)
"""What a line of Mermaid's may begin with, or may mean something else than text where it stands."""
_MINUTE_NS: Final = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One bar.

    Attributes:
        section: the process and thread it runs in.
        text: beside it.
        tag: Mermaid's word for its colour.
        start_ns, end_ns: from when to when.
    """

    section: str
    text: str
    tag: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class MermaidExporter:
    """Writes the chart's text, without the fence that Markdown wants around it."""

    suffixes: tuple[str, ...] = (".mmd",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the lines."""
        target.write_text("\n".join(lines(trace, options)) + "\n", encoding="utf-8", newline="\n")


MERMAID: Final = MermaidExporter()


def lines(trace: Trace, options: ChartOptions) -> Iterator[str]:
    """Yield the chart; times are milliseconds since the recording began."""
    words = translation(options.lang)
    title = trace.title or trace.name if options.title is None else options.title
    yield "gantt"
    if title:
        yield f"    title {escaped(title)}"
    yield "    dateFormat x"
    yield f"    axisFormat {'%M:%S' if trace.end_ns > _MINUTE_NS else '%S.%L'}"
    yield "    todayMarker off"
    section = None
    for number, row in enumerate(_folded(words, trace), start=1):
        if row.section != section:
            section = row.section
            yield f"    section {escaped(section)}"
        start = row.start_ns // 1_000_000
        end = max(start + 1, -(-row.end_ns // 1_000_000))
        yield f"    {escaped(row.text)} :{row.tag}, t{number}, {start}, {end}"


def escaped(text: str) -> str:
    """Return the text so that Mermaid takes it for nothing but text.

    Entities keep ``:`` ``;`` ``#`` ``%`` and brackets from being read as signs of the language; so does one for the first letter of a
    line that would be read as a command.
    """
    shown = clean(text, 80).strip() or "—"
    if _COMMAND.match(shown):
        return f"#{ord(shown[0])};" + "".join(map(_letter, shown[1:]))
    return "".join(map(_letter, shown))


def _letter(letter: str) -> str:
    return letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};"


def _folded(words: Catalogue, trace: Trace) -> Sequence[Row]:
    """Return a row for each task; where they are too many, for each function; where those are, the last row counts the rest."""
    tasks = sorted(works_of(trace), key=lambda task: (process_of(trace, task.track), _section(trace, task), task.created_ns, task.id))
    groups: dict[tuple[str, str], list[Task]] = {}
    many = len(tasks) > MOST_ROWS
    for task in tasks:
        key = function_of(task) or task_name(task) if many else str(task.id)
        groups.setdefault((_section(trace, task), key), []).append(task)
    shown = list(groups.items())
    fits = len(shown) if len(shown) <= MOST_ROWS else MOST_ROWS - 1
    rows = [_row(words, trace, section, group) for (section, _), group in shown[:fits]]
    rest = [task for _, group in shown[fits:] for task in group]
    return [*rows, _row(words, trace, "…", rest)] if rest else rows


def _row(words: Catalogue, trace: Trace, section: str, tasks: Sequence[Task]) -> Row:
    start = min(_begin(task) for task in tasks)
    end = max(trace.end_ns_of(task.id) for task in tasks)
    if len(tasks) == 1:
        call, name = call_of(tasks[0]), task_name(tasks[0])
        text = f"{name} · {call}" if call and call != name and tasks[0].function != name else call or name
        return Row(section, text, _TAGS[tasks[0].outcome], start, end)
    counts = {outcome: sum(task.outcome is outcome for task in tasks) for outcome in Outcome}
    worst = next(outcome for outcome in (Outcome.RAISED, Outcome.CANCELLED, Outcome.UNFINISHED, Outcome.RETURNED) if counts[outcome])
    functions = {function_of(task) for task in tasks}
    name = functions.pop() if len(functions) == 1 else ""
    text = f"{name or '…'} × {words.number(len(tasks))} · {outcomes(words, counts)}"
    return Row(section, text, _TAGS[worst], start, end)


def _begin(task: Task) -> int:
    """Return when the task began: for what is handed to somebody else, when that one got to it."""
    return task.created_ns if task.begun_ns is None or task.kind.value == "asyncio" else task.begun_ns


def _section(trace: Trace, task: Task) -> str:
    """Name the process where it is not the recording one, and the thread."""
    if task.track >= len(trace.tracks):
        return "—"
    thread = trace.tracks[thread_of(trace, task.track)]
    process = trace.tracks[process_of(trace, task.track)]
    return thread.name if process.id == home(trace) else process.name
