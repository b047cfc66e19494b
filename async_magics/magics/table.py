"""``%tasklist``: the traces of a session as a table, in text and in HTML. Imports ``analysis`` and ``notes``."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..analysis import unfinished, works_of
from .notes import told

_NUMBERS: Final = ("tasks", "wall", "runs", "pending")


class Row(NamedTuple):
    """What the table says of one trace; every field is text."""

    name: str
    title: str
    tasks: str = ""
    wall: str = ""
    runs: str = ""
    outcome: str = ""
    pending: str = ""


COLUMNS: Final = Row._fields


def rows(traces: Mapping[str, Any]) -> Iterator[Row]:
    """Yield a row for each trace, the oldest first; one that cannot be read says so."""
    for name, recorded in traces.items():
        try:
            yield _row(name, recorded.trace, len(getattr(recorded, "runs", (recorded,))))
        except Exception as error:
            yield Row(name=name, title=told(error))


def _row(name: str, trace: Any, runs: int) -> Row:
    cell = trace.tasks[0] if trace.tasks else None
    outcome = "" if cell is None else str(cell.outcome.value) + (f" {cell.exception}" if cell.exception else "")
    pending = len(unfinished(trace))
    return Row(
        name=name,
        title=" ".join(trace.title.split()),
        tasks=str(len(works_of(trace))),
        wall=seconds(trace.end_ns),
        runs=str(runs) if runs > 1 else "",
        outcome=outcome,
        pending=str(pending) if pending else "",
    )


def seconds(ns: int) -> str:
    """Write a length of time the way people read it: ``1.24 s``, ``3.1 ms``."""
    if ns >= 1_000_000_000:
        return f"{ns / 1e9:.2f} s"
    return f"{ns / 1e6:.1f} ms"


def bundle(table: list[Row]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the table for a notebook and for a terminal."""
    return {"text/plain": _text(table), "text/html": _html(table)}, {}


def _text(table: list[Row]) -> str:
    lines = [COLUMNS, *table]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]

    def cell(name: str, text: str, width: int) -> str:
        return text.rjust(width) if name in _NUMBERS else text.ljust(width)

    return "\n".join("  ".join(map(cell, COLUMNS, line, widths)).rstrip() for line in lines)


def _html(table: list[Row]) -> str:
    def cell(tag: str, name: str, text: str) -> str:
        side = "right" if name in _NUMBERS else "left"
        return f'<{tag} style="text-align:{side}">{html.escape(text)}</{tag}>'

    head = "".join(cell("th", name, name) for name in COLUMNS)
    body = "".join("<tr>" + "".join(map(cell, ["td"] * len(COLUMNS), COLUMNS, row)) + "</tr>" for row in table)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
