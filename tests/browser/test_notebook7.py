"""Notebook 7: the picture and the interactive chart show there as in JupyterLab."""

from __future__ import annotations

from .desk import Desk, seen
from .explorer import Explorer
from .lesson import CELLS, LESSON


def test_the_picture_and_the_interactive_chart_show(desk: Desk) -> None:
    desk.write("seven.ipynb", [*CELLS, LESSON.replace("--name lesson", "--view canvas --name again")])
    desk.open("seven.ipynb", classic=True)
    desk.run_all()
    found = seen(desk.outputs(len(CELLS) - 1).last.locator("img"))
    assert found["loaded"] and not found["cut"] and found["alt"].startswith("Gantt chart of One of three fails")
    chart = Explorer(desk.cell(len(CELLS)).locator(".am-explorer"))
    assert "sleep(0.3)" in chart.hover("fetch('b'", chart.middle("fetch('b'"))
    assert desk.errors() == [] and desk.asked == []
    desk.shot("hover")
