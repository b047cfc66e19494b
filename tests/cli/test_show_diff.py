"""Charts as text, and two traces side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import code, notebook_of, output_of, run_of

from async_magics.cli.main import main
from async_magics.lang.plain import columns
from async_magics.views.kept import MIME

Told = pytest.CaptureFixture[str]


def test_a_trace_file_as_text(saved: Callable[..., Path], capsys: Told) -> None:
    assert main(["show", str(saved("demo", 1.0, 2.0)), "--width", "70", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "Task-1" in told and "sleep(2)" in told
    assert max(map(columns, told.splitlines())) <= 70


def test_every_chart_of_a_notebook_or_one(lecture: Path, capsys: Told) -> None:
    assert main(["show", str(lecture)]) == 0
    every = capsys.readouterr().out
    assert [line for line in every.splitlines() if line.startswith("── ")] == [
        "── In [3] ──", "── pool ──", "── pool (2) ──", "── In [5] ──",
    ]  # fmt: skip
    assert main(["show", str(lecture), "3"]) == 0
    assert "──" not in capsys.readouterr().out.splitlines()[0]
    assert main(["show", str(lecture), "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == ["In [3]", "pool", "pool (2): Обед: №1", "In [5]: Slow <b>"]


@pytest.mark.parametrize("width", ["59", "201", "-1"])
def test_a_width_that_makes_no_sense(width: str, lecture: Path, capsys: Told) -> None:
    assert main(["show", str(lecture), "--width", width]) == 1
    assert "from 60 to 200" in capsys.readouterr().err


def test_a_damaged_chart_does_not_hide_the_others(lecture: Path, capsys: Told) -> None:
    whole = json.loads(lecture.read_text())
    whole["cells"][2]["outputs"][0]["data"][MIME]["version"] = 9
    lecture.write_text(json.dumps(whole))
    assert main(["show", str(lecture), "--list"]) == 1
    told = capsys.readouterr()
    assert "upgrade async_magics" in told.err and len(told.out.splitlines()) == 3


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def test_two_traces_side_by_side(saved: Callable[..., Path], capsys: Told) -> None:
    assert main(["diff", str(saved("a", 1.0, 2.0)), str(saved("b", 1.0, 1.5, 0.5))]) == 0
    assert rows(capsys.readouterr().out) == [
        ["a -> b"],
        ["task", "before", "after", "change", "± busy", "± ready", "± waiting"],
        ["wall time", "2.00 s", "1.50 s", "−500 ms (×0.75)"],
        ["fetch(1)", "1.00 s", "1.00 s", "=", "=", "=", "="],
        ["fetch(2)", "2.00 s", "1.50 s", "−500 ms (×0.75)", "=", "=", "−500 ms"],
        ["fetch(3)", "500 ms", "new"],
    ]


def test_only_the_most_changed_tasks_are_listed(saved: Callable[..., Path], capsys: Told) -> None:
    assert main(["diff", str(saved("a", *[1.0] * 30)), str(saved("b", *[1.0] * 29, 3.0)), "--rows", "1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[3].startswith("fetch(30)") and told[4] == "… 29 more tasks that changed less" and len(told) == 5


def test_a_trace_file_has_no_names(saved: Callable[..., Path], capsys: Told) -> None:
    assert main(["show", str(saved("a", 1.0)), "pool"]) == 1
    assert "only the traces of a notebook have names: leave 'pool' out" in capsys.readouterr().err


def test_notebooks_are_matched_by_name(lecture: Path, tmp_path: Path, capsys: Told) -> None:
    other = tmp_path / "other.ipynb"
    other.write_text(notebook_of(code("x", output_of(run_of("pool", 2.0))), code("x", output_of(run_of("new", 1.0)))))
    assert main(["diff", str(lecture), str(other)]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "pool" and "+1.50 s (×4.00)" in told.out
    assert told.err.splitlines() == ["only before: In [3]", "only before: pool (2)", "only before: In [5]", "only after: new"]
    assert main(["diff", f"{lecture}::3", f"{lecture}::pool"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "In [3] -> pool"
