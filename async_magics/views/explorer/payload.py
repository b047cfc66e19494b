"""A trace as the page program wants it: plain JSON, every text already in the reader's language, cleaned and bounded.

Times are whole nanoseconds since the recording began; -1 stands for "none" in columns. Imports ``analysis``, ``lang``, ``model`` and
``views``; never matplotlib.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from ...analysis.phrases import CELL_FILE
from ...lang import Catalogue, translation
from ...lang.plain import clean, code_lines
from ...model import EdgeKind, Location, Outcome, Task, Trace
from ...model.slices import NONE
from .. import axis, compose, figures, labels, lanes
from ..basis import Basis, most_lanes
from ..choice import Choice
from ..ends import stopped
from ..facts import Facts
from ..folding import Row, fold
from ..owners import Owners, owners
from ..remarks import numbered
from ..scene import Lane
from ..spec import ChartOptions
from ..theme import THEMES, Theme
from ..window import Window
from .columns import seen, slice_columns
from .replay_payload import replay_payload
from .texts import TEXTS

VERSION: Final = 1
MOST_SLICES: Final = 200_000
"""More than these are not sent to a page: it asks for what its window shows, and has no replay."""
MOST_EDGES: Final = 20_000
MOST_PRINTS: Final = 5_000
MOST_PATH: Final = 5_000
MOST_REMARKS: Final = 5_000
_DRAWN_EDGES: Final = frozenset((EdgeKind.SPAWN, EdgeKind.CANCEL, EdgeKind.SUBMIT, EdgeKind.RESULT))


def payload(trace: Trace, options: ChartOptions) -> dict[str, Any]:
    """Return all that a page needs to draw a trace and to answer questions about it."""
    words, facts, choice = translation(options.lang), Facts(trace), Choice(trace, options)
    kept = choice.among(facts.owners)
    single = _unfolded(trace, kept)
    shown = lanes.lanes(words, trace, single, choice)
    held = {trace.slices.task[row] for row in facts.blocking}
    whole = len(trace.slices) <= MOST_SLICES
    window = Window.asked(options.window, trace.end_ns)
    found = compose.drawn(Basis.of(facts, options), window)
    remarks = _remarks(words, facts, shown, options)
    return {
        "version": VERSION,
        "name": clean(trace.name, 200),
        "title": found.title or clean(trace.name, 160),
        "lang": options.lang,
        "theme": options.theme,
        "end_ns": trace.end_ns,
        "window": [window.start_ns, window.end_ns],
        "cell_end_ns": NONE if trace.cell_end_ns is None else trace.cell_end_ns,
        "threshold_ns": trace.threshold_ns,
        "units": axis.units(words, labels.is_cell(trace)),
        "figures": figures.figures(words, facts.numbers),
        "alt": found.alt,
        "footnotes": [*found.footnotes, *_cut(words, facts, remarks)],
        "colors": {name: colors(theme) for name, theme in {**THEMES, options.theme: compose.theme_of(options)}.items()},
        "words": {key: words.gettext(text) for key, text in {**TEXTS, **labels.LEGEND}.items()}
        | {"cell end": compose.cell_end_text(words, trace)},
        "source": "\n".join(code_lines(trace.source[:400_000])),
        "tasks": _tasks(words, facts),
        "lanes": {
            "task": [lane.tasks[0] for lane in shown],
            "depth": [lane.depth for lane in shown],
            "parent": [NONE if lane.parent is None else lane.parent for lane in shown],
            "role": [lane.role for lane in shown],
            "inner": [list(lane.inner) for lane in shown],
            "name": [lane.name for lane in shown],
            "detail": [lane.detail for lane in shown],
            "color": [lane.color for lane in shown],
        },
        "groups": _groups(words, trace, single, fold(trace, most_lanes(options), held, kept), choice),
        "slices": slice_columns(words, facts, shown) if whole else None,
        "seen": None if whole else seen(facts),
        "edges": [[edge.kind, edge.source, edge.start_ns, edge.target, edge.end_ns] for edge in _edges(trace)],
        "remarks": remarks,
        "prints": list(_prints(facts)),
        "findings": list(_findings(words, facts, options)),
        "path": [list(row[:3]) for row in facts.path.rows[:MOST_PATH]],
        "path_text": facts.path.text(options.lang),
        "path_shown": options.critical_path,
        "replay": replay_payload(words, trace) if whole else None,
    }


def lanes_of(trace: Trace, options: ChartOptions) -> tuple[Lane, ...]:
    """Return the lanes that the page knows: one for every task that has its own, in the order of the payload."""
    choice = Choice(trace, options)
    return lanes.lanes(translation(options.lang), trace, _unfolded(trace, choice.among(owners(trace))), choice)


def _unfolded(trace: Trace, kept: Owners) -> list[Row]:
    return fold(trace, len(trace.tasks) + 1, frozenset(), kept)


def encoded(content: Mapping[str, Any]) -> bytes:
    """Return a payload as compact JSON, packed with gzip; the same bytes for equal payloads."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8", errors="replace"), compresslevel=6, mtime=0)


def colors(theme: Theme) -> dict[str, str]:
    """Return a theme as the page wants it."""
    return {
        "paper": theme.paper, "ink": theme.ink, "faint": theme.faint, "grid": theme.grid, "axis": theme.axis,
        "running": theme.running.face, "runningText": theme.running.text,
        "waiting": theme.waiting.face, "waitingEdge": theme.waiting.edge, "waitingText": theme.waiting.text,
        "blocking": theme.blocking.face, "blockingEdge": theme.blocking.edge, "blockingText": theme.blocking.text,
        "ready": theme.ready.face, "readyEdge": theme.ready.edge, "starting": theme.starting.face, "startingEdge": theme.starting.edge,
        "cpu": theme.cpu, "cpuRoom": theme.cpu_room, **theme.ends, "alarm": theme.alarm,
        "remark": theme.remark.face, "remarkText": theme.remark.text, "path": theme.path,
    }  # fmt: skip


def _tasks(words: Catalogue, facts: Facts) -> dict[str, Any]:
    trace = facts.trace
    return {
        "name": [labels.task_name(task) for task in trace.tasks],
        "call": [labels.call_of(task) for task in trace.tasks],
        "kind": [task.kind for task in trace.tasks],
        "outcome": [task.outcome for task in trace.tasks],
        "end_text": [_end_text(words, facts, task) for task in trace.tasks],
        "parent": [NONE if task.parent is None else task.parent for task in trace.tasks],
        "created_ns": [task.created_ns for task in trace.tasks],
        "begun_ns": [NONE if task.begun_ns is None else task.begun_ns for task in trace.tasks],
        "ended_ns": [NONE if task.ended_ns is None else task.ended_ns for task in trace.tasks],
        "line": [_line(task.created_at) for task in trace.tasks],
        "result": [clean(task.result or "", 200) for task in trace.tasks],
    }


def _end_text(words: Catalogue, facts: Facts, task: Task) -> str:
    if task.outcome is Outcome.RAISED:
        return ": ".join(filter(None, (labels.failure(words, task), clean(task.message or "", 120))))
    return stopped(words, facts.trace, task, facts.asked.get(task.id)) if task.outcome is Outcome.CANCELLED else ""


def _groups(words: Catalogue, trace: Trace, single: Sequence[Row], folded: Sequence[Row], choice: Choice) -> list[dict[str, Any]]:
    """Return the rows of the static chart: which lanes stand in each, and what it is called."""
    at = {row.tasks[0]: number for number, row in enumerate(single)}
    called = lanes.lanes(words, trace, folded, choice)
    return [
        {
            "lanes": sorted(at[task] for task in row.tasks if task in at),
            "name": lane.name, "detail": lane.detail, "depth": row.depth, "rest": row.rest,
        }
        for row, lane in zip(folded, called, strict=True)
    ]  # fmt: skip


def _edges(trace: Trace) -> Iterator[Any]:
    found = (edge for edge in trace.edges(wakes=False) if edge.kind in _DRAWN_EDGES and edge.source != edge.target)
    return islice(found, MOST_EDGES)


def _remarks(words: Catalogue, facts: Facts, shown: Sequence[Lane], options: ChartOptions) -> list[dict[str, Any]]:
    return [
        {"number": number, "t_ns": said.t_ns, "task": NONE if said.task is None else said.task, "text": text, "line": _line(said.place)}
        for number, said, text in islice(numbered(words, facts, shown, options), MOST_REMARKS)
    ]


def _prints(facts: Facts) -> Iterator[list[Any]]:
    for item in facts.printed[:MOST_PRINTS]:
        who = item.by if item.task is None else item.task
        yield [item.t_ns, NONE if who is None else who, item.text[:2000]]


def _cut(words: Catalogue, facts: Facts, remarks: Sequence[object]) -> Iterator[str]:
    """Say what is not sent to the page, as there is too much of it."""
    if len(facts.printed) > MOST_PRINTS:
        yield words.gettext("only the first {} prints are listed here").format(words.number(MOST_PRINTS))
    if len(remarks) == MOST_REMARKS:
        yield words.gettext("only the first {} remarks are shown here").format(words.number(MOST_REMARKS))
    if sum(1 for _ in _edges(facts.trace)) == MOST_EDGES:
        yield words.gettext("only the first {} arrows are known here").format(words.number(MOST_EDGES))
    if len(facts.path.rows) > MOST_PATH:
        yield words.gettext("only the first {} parts of the critical path are drawn here").format(words.number(MOST_PATH))


def _findings(words: Catalogue, facts: Facts, options: ChartOptions) -> Iterator[dict[str, Any]]:
    for found in facts.findings(options.ignore) if options.findings != "off" else ():
        yield {
            "code": clean(found.code, 12),
            "what": clean(found.what.say(words), 600),
            "why": clean(found.why.say(words), 600),
            "instead": clean(found.instead.say(words), 600),
            "start_ns": found.start_ns,
            "end_ns": found.end_ns,
            "tasks": list(found.tasks[:200]),
            "line": _line(found.location),
            "error": found.error,
        }


def _line(place: Location | None) -> int:
    """Return a line of the traced cell, 0 for any other."""
    return place.line if place is not None and place.file == CELL_FILE else 0
