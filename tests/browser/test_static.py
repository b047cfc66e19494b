"""The chart as a picture, in JupyterLab: whole, named, and still there when the notebook is opened again without a kernel."""

from __future__ import annotations

import json

import pytest

from .desk import LOAD, Desk, outputs_of, seen

FETCH = """
async def fetch(name, s):
    await asyncio.sleep(s)
    return name

first, *others = await asyncio.gather(fetch('a', 0.05), fetch('b', 0.1), fetch('c', 0.15))
first
"""
MANY = "_ = await asyncio.gather(*(fetch(f'{n}', 0.001 * n) for n in range(100)))"
CELLS = [LOAD, f"%%tasktrace --name three --title 'Three at once'{FETCH}", f"%%tasktrace --name many --no-svg\n{MANY}"]
SENTENCE = "4 tasks"


@pytest.fixture(scope="module")
def ran(desk: Desk) -> Desk:
    desk.write("static.ipynb", CELLS)
    desk.open("static.ipynb")
    desk.run_all()
    desk.save()
    return desk


@pytest.mark.parametrize("number", [1, 2])
def test_the_chart_is_whole_and_named(ran: Desk, number: int) -> None:
    picture = ran.outputs(number).last.locator("img")
    found = seen(picture)
    assert found["loaded"] and not found["cut"]
    assert 500 < found["width"] <= found["drawn"] == 960
    assert abs(found["height"] / found["width"] - found["ratio"]) < 0.01
    assert found["alt"].startswith("Gantt chart")


def test_a_cell_with_top_level_await_shows_its_result_and_one_chart(ran: Desk) -> None:
    assert ran.outputs(1).count() == 2
    assert ran.outputs(1).first.inner_text().strip() == "'a'"
    assert ran.errors() == []
    ran.cell(1).scroll_into_view_if_needed()
    ran.shot("lab")


def test_nothing_outside_the_machine_is_asked_for(ran: Desk) -> None:
    assert ran.asked == []


@pytest.mark.parametrize("trusted", [True, False])
def test_it_is_still_there_without_a_kernel(ran: Desk, trusted: bool) -> None:
    path = ran.server.root / "static.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    if not trusted:
        content["cells"][0]["source"] = "# changed by somebody else"
        path = path.with_name("foreign.ipynb")
        path.write_text(json.dumps(content), encoding="utf-8")
    before = len(ran.server.kernels())
    ran.open(path.name, kernel=False)
    assert len(ran.server.kernels()) == before
    assert ran.trusts() is trusted
    for number in (1, 2):
        found = seen(ran.outputs(number).last.locator("img"))
        assert found["loaded"] and not found["cut"] and found["alt"].startswith("Gantt chart")
    ran.shot(f"reopened-{'trusted' if trusted else 'untrusted'}")


def test_the_file_holds_the_trace_and_the_picture(ran: Desk) -> None:
    (chart,) = [output for output in outputs_of(ran.server.root / "static.ipynb")[1] if "image/png" in output["data"]]
    assert set(chart["data"]) == {"text/plain", "text/html", "image/png", "application/vnd.async-magics.trace+json"}
