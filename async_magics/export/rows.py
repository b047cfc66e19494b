"""Slices as a table for spreadsheets and data frames: CSV as in RFC 4180, one row for each slice.

A cell that a spreadsheet would run as a formula gets an apostrophe in front, since task names and arguments are anybody's
text (https://owasp.org/www-community/attacks/CSV_Injection). Imports ``model`` only.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..model import Cause, State, WaitKind

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Location, Slice, Task, Trace, Wait
    from ..views.spec import ChartOptions

HEADER: Final = ("task", "name", "call", "state", "start_s", "end_s", "duration_s", "wait", "waker", "cause", "line")
"""``task`` and ``waker`` are ids, since names repeat; ``line`` is the waker's, the sampled or the waiting one, by state."""
FORMULA: Final = tuple("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001  # the wide forms are formulas too


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
    for item in trace.slices:
        task = trace.tasks[item.task]
        yield (
            str(item.task),
            safe(task.name),
            safe(task.call),
            item.state.name.lower(),
            seconds(item.start_ns),
            seconds(item.end_ns),
            seconds(item.duration_ns),
            safe(wait_text(item.wait, trace.tasks)),
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


def wait_text(wait: Wait | None, tasks: tuple[Task, ...]) -> str:
    """Return what is waited for in a word: ``sleep(1)``, ``gather(4)``, ``task(Task-3)``."""
    if wait is None:
        return ""
    if wait.count is not None:
        inside = str(wait.count)
    elif wait.delay_ns is not None and wait.kind is WaitKind.SLEEP:
        inside = seconds(wait.delay_ns).rstrip("0").rstrip(".")
    else:
        inside = wait.name or " ".join(tasks[target].name for target in wait.targets)
    return f"{wait.kind.value}({inside})"


def _place(item: Slice) -> Location | None:
    if item.wait is not None and item.wait.chain:
        return item.wait.chain[0]
    return item.location


def place_text(place: Location | None) -> str:
    """Return ``file:line``."""
    return "" if place is None else f"{place.file}:{place.line}"
