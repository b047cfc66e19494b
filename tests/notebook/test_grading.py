"""The notebook that grades three answers, run by a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from .test_lecture import is_chart, run_together

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "grading.ipynb"


def text_of(cell: Any) -> str:
    """Return what a cell printed, and what it showed as text."""
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)


@pytest.mark.usefixtures("own_kernel")
def test_each_answer_gets_its_points_and_its_reasons(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    run_together([notebook], tmp_path)
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    said = {name: text_of(cell) for name, cell in cells.items()}
    assert said["correct"] == "correct: 4 of 4 points\n"
    assert said["sequential"].endswith("sequential: 3 of 4 points\nfetch: 1 at once at the most; wanted: = 2\n")
    points, held_up, left = said["blocking"].splitlines()[-3:]
    assert points == "blocking: 2 of 4 points"
    assert "held up the loop" in held_up and held_up.endswith(": time.sleep(0.5)")
    assert left == "still going on when the code had ended: statistics"
    assert said["verdict"].startswith("<no: fetch(1) ran ") and ": one after the other>" in said["verdict"]
    assert said["faster"].count("<yes: ") == 3
    assert said["missing"].startswith("there is no task 'download(1)'; there are: ")
    charts = {name: sum(map(is_chart, cell.outputs)) for name, cell in cells.items()}
    assert {name for name, count in charts.items() if count} == {"sequential", "blocking", "verdict", "traced"}
    assert set(charts.values()) == {0, 1}
    assert not [output for cell in cells.values() for output in cell.outputs if output.get("name") == "stderr"]
