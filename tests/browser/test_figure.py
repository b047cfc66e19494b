"""The widget of the kernel, ``-w``, below its cell in JupyterLab: pointed at, zoomed, filtered, noted on, saved."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from .desk import Desk
from .lesson import CELLS, LESSON

if TYPE_CHECKING:
    from playwright.sync_api import Locator

CELL: Final = len(CELLS) - 1
WITHIN_MS: Final = 20_000
HINT: Final = "wheel or drag"
"""What stands below the picture while the pointer is elsewhere."""


class Figure:
    """The widget: its canvas, and what stands around it."""

    def __init__(self, desk: Desk) -> None:
        self.page = desk.page
        self.root: Locator = desk.cell(CELL).locator(".am-figure")
        self.canvas = self.root.locator(".am-stage canvas").last
        self.canvas.wait_for(timeout=WITHIN_MS)
        self.canvas.scroll_into_view_if_needed()

    def told(self, across: float, down: float) -> str:
        """Point at a place, in parts of the canvas, and return what is said there; the kernel answers when it does."""
        said = "root.querySelector('div[role=status]').textContent"
        box = self.canvas.bounding_box()
        assert box is not None
        self.page.mouse.move(1, 1)
        self.until(f"{said}.startsWith(given)", HINT)
        self.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        self.until(f"!{said}.startsWith(given)", HINT)
        return self.root.locator("div[role=status]").inner_text()

    def place(self, lane: str, across: float = 0.5) -> float:
        """Return how far down the canvas a lane stands."""
        for step in range(20, 90, 3):
            if lane in self.told(across, step / 100):
                return step / 100
        raise AssertionError(f"no lane says {lane}")

    def tab(self, name: str) -> None:
        """Go to one of the tabs below."""
        self.root.get_by_role("tab", name=name).click()

    def figures(self) -> str:
        """Return the figures of the part that is shown."""
        return self.root.locator("table").inner_text()

    def until(self, condition: str, given: str) -> None:
        """Wait until something is true of the widget's element, ``root``."""
        script = f"([root, given]) => {condition}"
        self.page.wait_for_function(script, arg=[self.root.element_handle(), given], timeout=WITHIN_MS)


@pytest.fixture(scope="module")
def figure(desk: Desk) -> Iterator[Figure]:
    desk.write("figure.ipynb", [*CELLS[:-1], LESSON.replace("--name lesson", "-w --name lesson"), ""])
    desk.open("figure.ipynb")
    desk.run_all()
    yield Figure(desk)
    assert desk.errors() == [] and desk.asked == []


def test_pointing_at_a_lane_tells_state_time_and_code(figure: Figure, desk: Desk) -> None:
    told = figure.told(0.5, figure.place("fetch('b'"))
    assert "sleep(0.3)" in told and "waiting" in told and "ms" in told
    tip = figure.root.locator("div[role=tooltip]")
    assert "fetch('b'" in tip.inner_text() and tip.is_visible()
    desk.shot("hover")


def test_wheel_and_keys_zoom(figure: Figure) -> None:
    figure.tab("Figures")
    figure.root.locator("table").wait_for(timeout=WITHIN_MS)
    whole = figure.figures()
    figure.told(0.5, figure.place("fetch('b'"))
    figure.page.mouse.wheel(0, -120)
    figure.until("root.querySelector('table').innerText !== given", whole)
    figure.canvas.click(position={"x": 3, "y": 3})
    figure.page.keyboard.press("0")
    figure.until("root.querySelector('table').innerText === given", whole)
    figure.page.keyboard.press("+")
    figure.until("root.querySelector('table').innerText !== given", whole)
    figure.root.get_by_title("show all").first.click()
    figure.until("root.querySelector('table').innerText === given", whole)


def test_the_search_leaves_what_matches(figure: Figure) -> None:
    figure.tab("Figures")
    figure.until("root.querySelectorAll('table tbody tr').length === 4", "")
    field = figure.root.get_by_placeholder("name or call")
    field.fill("fetch('b'")
    figure.until("root.querySelectorAll('table tbody tr').length === 1", "")
    figure.canvas.click(position={"x": 3, "y": 3})
    figure.page.keyboard.press("ArrowDown")
    figure.until("root.querySelector('div[role=status]').textContent.includes(given)", "fetch('b'")
    field.fill("")
    figure.until("root.querySelectorAll('table tbody tr').length === 4", "")


def test_a_finding_leads_to_its_place(figure: Figure) -> None:
    figure.tab("Figures")
    whole = figure.figures()
    figure.tab("Findings")
    figure.root.locator(".am-finding", has_text="AM1").first.click()
    figure.tab("Figures")
    figure.until("root.querySelector('table').innerText !== given", whole)
    figure.root.get_by_title("show all").first.click()
    figure.until("root.querySelector('table').innerText === given", whole)


def test_a_note_is_in_the_trace(figure: Figure, desk: Desk) -> None:
    figure.tab("Note")
    figure.root.get_by_placeholder("type what the note should say").fill("from the widget")
    figure.root.get_by_role("button", name="add a note").click()
    figure.root.get_by_text("the note is on the chart").wait_for(timeout=WITHIN_MS)
    desk.run(CELL + 1, "import async_magics\nprint([note.text for note in async_magics.traces['lesson'].trace.notes])")
    assert ast.literal_eval(desk.outputs(CELL + 1).inner_text()) == ["from the widget"]
    desk.shot("noted")


def test_what_is_shown_is_saved_beside_the_notebook(figure: Figure, desk: Desk) -> None:
    figure.tab("Save as")
    figure.root.get_by_role("button", name="save what is shown").click()
    figure.root.get_by_text("lesson.png").wait_for(timeout=WITHIN_MS)
    path: Path = desk.server.root / "lesson.png"
    assert path.read_bytes().startswith(b"\x89PNG")
