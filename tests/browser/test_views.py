"""The interactive views below their cells: alive in JupyterLab and Notebook 7, a picture again where no kernel is."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from nbconvert import HTMLExporter

from .desk import Desk, outputs_of, seen
from .explorer import Explorer
from .lesson import CELLS, LESSON

CANVAS = len(CELLS) - 1
WIDGET = CANVAS + 1
LIVE = {"canvas": ".am-explorer", "widget": ".am-figure"}
NUMBER = {"canvas": CANVAS, "widget": WIDGET}


def cells() -> list[str]:
    """The lesson twice: in a canvas of the page, in a widget of the kernel."""
    return [*CELLS[:-1], LESSON.replace("--name lesson", "--view canvas --name lesson"), LESSON.replace("--name lesson", "-w --name again")]


@pytest.fixture(scope="module")
def ran(desk: Desk) -> Desk:
    desk.write("views.ipynb", cells())
    desk.open("views.ipynb")
    desk.run_all()
    return desk


def pictures(desk: Desk, number: int) -> list[bool]:
    """Tell which static charts of a cell are on the page, and shown or not."""
    found = desk.cell(number).locator(".jp-OutputArea-output img")
    return [found.nth(each).is_visible() for each in range(found.count())]


@pytest.mark.parametrize("view", LIVE)
def test_it_lives_below_its_cell_and_hides_the_picture(ran: Desk, view: str) -> None:
    live = ran.cell(NUMBER[view]).locator(LIVE[view])
    live.wait_for(timeout=20_000)
    live.scroll_into_view_if_needed()
    assert pictures(ran, NUMBER[view]) == [False]
    assert ran.errors() == []
    ran.cell(NUMBER[view]).evaluate("cell => cell.scrollIntoView({block: 'start'})")
    ran.shot(view)


def test_a_note_of_the_page_is_in_the_trace_and_on_the_picture(ran: Desk) -> None:
    chart = Explorer(ran.cell(CANVAS).locator(".am-explorer"))
    chart.button("add a note").click()
    chart.root.locator(".am-note-text").fill("from the page")
    chart.page.keyboard.press("Enter")
    chart.until("view.data.remarks.some(remark => remark.text === 'from the page')")
    ran.run(0, "import async_magics\nprint([note.text for note in async_magics.traces['lesson'].trace.notes])")
    assert ast.literal_eval(ran.outputs(0).inner_text()) == ["from the page"]
    assert "from the page" in "".join(outputs_of_picture(ran))


def outputs_of_picture(desk: Desk) -> list[str]:
    """Return the texts of the canvas' static chart, as the notebook on the screen holds them."""
    script = "number => window.jupyterapp.shell.currentWidget.content.widgets[number].model.sharedModel.getOutputs()"
    found = desk.page.evaluate(script, CANVAS)
    return [text if isinstance(text, str) else "".join(text) for output in found for text in [output.get("data", {}).get("text/plain", "")]]


def test_the_file_shows_the_picture_wherever_no_kernel_is(ran: Desk, tmp_path: Path) -> None:
    ran.save()
    path = ran.server.root / "views.ipynb"
    for number in NUMBER.values():
        assert sum("image/png" in output.get("data", {}) for output in outputs_of(path)[number]) == 1
    page, _ = HTMLExporter().from_filename(str(path))
    (tmp_path / "views.html").write_text(page, encoding="utf-8")
    context = ran.page.context.browser.new_context(offline=True)
    shown = context.new_page()
    shown.goto((tmp_path / "views.html").as_uri())
    images = shown.locator(".jp-OutputArea-output img")
    assert [seen(images.nth(number))["loaded"] and images.nth(number).is_visible() for number in range(images.count())] == [True, True]
    shown.screenshot(path=ran.shot("nbconvert"), full_page=True)
    context.close()


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("state", [True, False], ids=["with state", "without state"])
def test_opened_again_without_a_kernel(ran: Desk, trusted: bool, state: bool) -> None:
    content = json.loads((ran.server.root / "views.ipynb").read_text(encoding="utf-8"))
    if not state:
        content["metadata"].pop("widgets", None)
    if not trusted:
        content["cells"][0]["source"] = "# changed by somebody else"
    name = f"again-{trusted}-{state}.ipynb"
    (ran.server.root / name).write_text(json.dumps(content), encoding="utf-8")
    ran.open(name, kernel=False)
    if trusted:
        ran.trust()
    for view, number in NUMBER.items():
        cell = ran.cell(number)
        cell.scroll_into_view_if_needed()
        ran.page.wait_for_function(
            """([cell, live]) => {
                const shown = what => [...cell.querySelectorAll(what)].filter(each => each.checkVisibility()).length;
                return shown('.jp-OutputArea img') + shown(live) === 1;
            }""",
            arg=[cell.element_handle(), LIVE[view]],
            timeout=20_000,
        )
        assert "displaying widget" not in cell.inner_text() and (state or "oading widget" not in cell.inner_text())
    ran.shot(f"again-{'trusted' if trusted else 'untrusted'}-{'state' if state else 'bare'}")
