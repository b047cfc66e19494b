"""The CSV file: every cell right, whatever the names hold."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from async_magics.export.rows import CSV, FORMULA, HEADER, rows, safe, seconds
from async_magics.model import Cause, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.spec import ChartOptions
from tests.strategies import traces


def written(trace: Trace, folder: Path) -> list[list[str]]:
    """Write the file and read it again as another program would."""
    target = folder / "t.csv"
    CSV.write(trace, target, ChartOptions())
    assert target.read_bytes().count(b"\r\n") >= 1 + len(trace.slices)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_one_row_for_each_slice(tmp_path: Path) -> None:
    script = TraceScript()
    a = script.task("Task-1", "fetch", "1")
    b = script.task("Task-2", "save", parent=a)
    script.ready(a, 0, 0.25, Cause.TASK, waker=0, location=line(7))
    script.running(a, 0.25, 0.5, cause=Cause.TASK, waker=0)
    script.waiting(a, 0.5, 1.5, WaitKind.SLEEP, delay_ns=ns(1), chain=(line(3), line(9, file="tasks.py")))
    script.waiting(b, 0.5, 1.5, WaitKind.GATHER, count=4)
    script.waiting(b, 1.5, 1.75, WaitKind.TASK, targets=(a,))
    assert written(script.trace(), tmp_path) == [
        list(HEADER),
        ["1", "Task-1", "fetch(1)", "runnable", "0.000000000", "0.250000000", "0.250000000", "", "0", "task", "cell:7"],
        ["1", "Task-1", "fetch(1)", "running", "0.250000000", "0.500000000", "0.250000000", "", "0", "task", ""],
        ["1", "Task-1", "fetch(1)", "waiting", "0.500000000", "1.500000000", "1.000000000", "sleep(1)", "", "", "cell:3"],
        ["2", "Task-2", "save", "waiting", "0.500000000", "1.500000000", "1.000000000", "gather(4 tasks)", "", "", ""],
        ["2", "Task-2", "save", "waiting", "1.500000000", "1.750000000", "0.250000000", "Task-1", "", "", ""],
    ]


@given(traces(max_tasks=3))
@settings(max_examples=50, deadline=None)
def test_any_text_comes_back_and_none_is_a_formula(tmp_path_factory: pytest.TempPathFactory, trace: Trace) -> None:
    found = written(trace, tmp_path_factory.mktemp("csv"))
    assert found == [list(HEADER), *map(list, rows(trace))]
    for row, item in zip(found[1:], trace.slices, strict=True):
        assert row[1].removeprefix("'") == trace.tasks[item.task].name.removeprefix("'")
        assert not any(cell.lstrip(" ").startswith(FORMULA) for cell in row)
        assert Decimal(row[4]) + Decimal(row[6]) == Decimal(row[5])


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", "\uff1d1"])
def test_formulas_are_defused(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Task-1", "a=b", "'=1", "Обед", "<script>"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert safe(cell) == cell


def test_half_a_surrogate_pair_does_not_stop_the_file(tmp_path: Path) -> None:
    script = TraceScript()
    script.running(script.task("a\ud800b"), 0, 1)
    assert written(script.trace(), tmp_path)[1][1] == r"a\ud800b"


@pytest.mark.parametrize(("time_ns", "text"), [(0, "0.000000000"), (1, "0.000000001"), (-1_500_000_000, "-1.500000000")])
def test_seconds_are_exact(time_ns: int, text: str) -> None:
    assert seconds(time_ns) == text
