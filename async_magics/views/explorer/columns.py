"""The slices of every lane as columns, each with what it says when it is pointed at. Imports ``lang``, ``model`` and ``views``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...lang import Catalogue
from ...lang.plain import clean
from ...model import Location, Trace
from ...model.slices import NONE
from .. import labels
from ..bars import bar_kind, is_measured, kind_of
from ..facts import Facts
from ..lane_rows import every_row
from ..scene import BarKind, Lane

KINDS: Final[Mapping[BarKind, int]] = {kind: number for number, kind in enumerate(BarKind)}
"""How the page calls the kinds: open 0, waiting 1, ready 2, starting 3, running 4, blocking 5."""


def slice_columns(words: Catalogue, facts: Facts, lanes: Sequence[Lane]) -> dict[str, Any]:
    """Return the slices lane by lane, in order of time: ``first`` says where each lane's begin, and at the end how many there are."""
    trace, first, rows = facts.trace, [0], list[int]()
    table = trace.slices
    for lane in lanes:
        rows += every_row(facts, lane)
        first.append(len(rows))
    texts: list[str] = []
    numbers = _wait_numbers(words, trace, texts)
    return {
        "first": first,
        "start": [table.start_ns[row] for row in rows],
        "length": [table.end_ns[row] - table.start_ns[row] for row in rows],
        "kind": [KINDS[BarKind.BLOCKING if row in facts.blocking else bar_kind(trace, row)] for row in rows],
        "task": [table.task[row] for row in rows],
        "text": [NONE if table.wait[row] == NONE else numbers[table.wait[row]] for row in rows],
        "line": [table.location[row] for row in rows],
        "waker": [table.waker[row] for row in rows],
        "cause": [table.cause[row] for row in rows],
        "cpu": [cpu_percent(trace, row) for row in rows],
        "texts": texts,
        "places": [place(found) for found in table.locations],
    }


def seen(facts: Facts) -> dict[str, Any]:
    """Return which kinds occur in a trace whose slices the page does not get, and whether CPU time was measured: what its legend lists."""
    trace = facts.trace
    table = trace.slices
    found = {kind_of(state, trace.tasks[task].kind) for state, task in set(zip(table.state, table.task, strict=True))}
    kinds = found | ({BarKind.BLOCKING} if facts.blocking else set())
    return {"kinds": sorted(KINDS[kind] for kind in kinds), "cpu": any(cpu_ns != NONE for cpu_ns in table.cpu_ns)}


def _wait_numbers(words: Catalogue, trace: Trace, texts: list[str]) -> list[int]:
    """Return for every wait which of the ``texts`` says what is waited for; fill these."""
    known: dict[str, int] = {}
    found = []
    for wait in trace.slices.waits:
        said = labels.wait_texts(words, wait, trace.tasks)
        found.append(known.setdefault(said[0], len(known)) if said else NONE)
    texts += known
    return found


def cpu_percent(trace: Trace, row: int) -> int:
    """Return how much of a core a slice used, up to 100; -1 where nobody measured it."""
    table = trace.slices
    if not is_measured(trace, row):
        return NONE
    return min(100, round(100 * table.cpu_ns[row] / (table.end_ns[row] - table.start_ns[row])))


def place(found: Location) -> dict[str, Any]:
    """Return a line of code as the page shows it."""
    return {"file": clean(found.file, 120), "line": found.line, "function": clean(found.function, 80), "text": clean(found.text, 160)}
