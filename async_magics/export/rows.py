"""Slices as a table for spreadsheets and data frames: CSV as in RFC 4180, one row for each slice.

A cell that a spreadsheet would run as a formula gets an apostrophe in front, since task names and arguments are anybody's
text (https://owasp.org/www-community/attacks/CSV_Injection). Imports ``lang``, ``model`` and
``views.labels``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..lang import translation
from ..model import Cause, State
from ..model.slices import NONE
from ..views.labels import wait_texts

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Location, Slice, Trace
    from ..views.spec import ChartOptions

HEADER: Final = ("task", "name", "call", "state", "start_s", "end_s", "duration_s", "wait", "waker", "cause", "line")
"""``task`` and ``waker`` are ids, since names repeat; ``line`` is the waker's, the sampled or the waiting one, by state."""
FORMULA: Final = tuple("=+-@\t\r\n\0＝＋－＠")  # the wide forms count too


@dataclass(frozen=True, slots=True)
class CsvExporter:
    """Writes one row for each slice, in UTF-8, rows ended by CR LF."""

    suffixes: tuple[str, ...] = (".csv",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the header and the rows."""
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(HEADER)
            writer.writerows(rows(trace))


CSV: Final = CsvExporter()


def rows(trace: Trace) -> Iterator[tuple[str, ...]]:
    """Yield the cells of every slice."""
    words = translation("en")  # data, not a chart: the same words for everybody
    waits = [next(iter(wait_texts(words, wait, trace.tasks)), "") for wait in trace.slices.waits]
    for item, wait in zip(trace.slices, trace.slices.wait, strict=True):
        task = trace.tasks[item.task]
        yield (
            str(item.task),
            safe(task.name),
            safe(task.call),
            item.state.name.lower(),
            seconds(item.start_ns),
            seconds(item.end_ns),
            seconds(item.duration_ns),
            "" if wait == NONE else safe(waits[wait]),
            "" if item.waker is None else str(item.waker),
            "" if item.state is State.WAITING or item.cause is Cause.UNKNOWN else item.cause.name.lower(),
            safe(place_text(_place(item))),
        )


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def seconds(time_ns: int) -> str:
    """Return seconds with nine digits after the point: nothing is lost."""
    whole, rest = divmod(abs(time_ns), 1_000_000_000)
    return f"{'-' if time_ns < 0 else ''}{whole}.{rest:09}"


def _place(item: Slice) -> Location | None:
    if item.wait is not None and item.wait.chain:
        return item.wait.chain[0]
    return item.location


def place_text(place: Location | None) -> str:
    """Return ``file:line``."""
    return "" if place is None else f"{place.file}:{place.line}"
