"""A trace is explored with mouse and keys: on a page from the disk, and below its cell in JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .access import USABLE, barriers, tab_stops
from .desk import Desk
from .explorer import Explorer
from .lesson import CELLS
from .offline import Offline

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Place:
    """Where the chart stands."""

    def __init__(self, chart: Explorer, shot: Callable[[str], Path]) -> None:
        self.chart = chart
        self.shot = shot


@pytest.fixture(scope="module", params=["page", "lab"])
def place(request: pytest.FixtureRequest, browser: Browser, shots: Path) -> Iterator[Place]:
    if request.param == "page":
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
        shown = Offline(context.new_page(), request.getfixturevalue("lesson_page"), shots)
        yield Place(Explorer(shown.page.locator(".am-explorer")), lambda what: shown.shot(f"explore-page-{what}"))
        assert shown.asked == [] and shown.complaints == []
        context.close()
    else:
        desk: Desk = request.getfixturevalue("desk")
        desk.write("lesson.ipynb", [*CELLS[:-1], CELLS[-1].replace("--name", "--view canvas --name")])
        desk.open("lesson.ipynb")
        desk.run_all()
        yield Place(Explorer(desk.cell(len(CELLS) - 1).locator(".am-explorer")), lambda what: desk.shot(f"lab-{what}"))
        assert desk.asked == []


@pytest.fixture
def chart(place: Place) -> Explorer:
    """The chart, as it was in the beginning."""
    found = place.chart
    found.ask("view.set({filter: {text: '', state: '', kind: '', outcome: '', longer_ns: 0}, chosen: null, top_row: 0})")
    found.press("0")
    found.until("view.state.from_ns === 0 && view.state.to_ns === view.data.end_ns")
    found.page.mouse.move(1, 1)
    return found


def test_hovering_tells_what_a_task_does(chart: Explorer, place: Place) -> None:
    told = chart.hover("fetch('a'", chart.middle("fetch('a'"))
    assert "sleep(0.2)" in told and "fetch('a'" in told and "ms" in told
    place.shot("hover")


def test_the_wheel_and_the_keys_zoom(chart: Explorer) -> None:
    whole = chart.span()
    chart.page.mouse.move(*chart.point("fetch('b'", chart.middle("fetch('b'")))
    chart.page.keyboard.down("Control")
    chart.page.mouse.wheel(0, -120)  # one turn: of several, the last could come after the key
    chart.page.keyboard.up("Control")
    chart.until("view.state.to_ns - view.state.from_ns < given", whole * 0.95)
    chart.press("0")
    chart.until("view.state.to_ns - view.state.from_ns >= given", whole)
    chart.press("+")
    chart.until("view.state.to_ns - view.state.from_ns < given", whole * 0.95)
    before = chart.state["from_ns"]
    chart.press("ArrowRight")
    chart.until("view.state.from_ns > given", before)
    chart.button("show all").click()
    chart.until("view.state.from_ns === 0 && view.state.to_ns === view.data.end_ns")


def test_the_search_leaves_what_matches(chart: Explorer) -> None:
    everything = chart.rows()
    field = chart.root.get_by_role("searchbox")
    field.fill("fetch('b'")
    chart.until("view.rows().length === 1")
    assert "fetch('b'" in chart.rows()[0]
    field.fill("")
    chart.until("view.rows().length === given", len(everything))


def test_a_filter_leaves_the_outcome_that_is_asked_for(chart: Explorer) -> None:
    chart.root.locator("summary", has_text="filter").click()
    chart.root.locator("details[open] select").filter(has=chart.page.locator("option[value=raised]")).select_option("raised")
    chart.until("view.rows().length === 1")
    assert "fetch('c'" in chart.rows()[0]
    chart.root.locator("summary", has_text="filter").click()


def test_a_click_chooses_and_says_all_about_the_task(chart: Explorer, place: Place) -> None:
    chart.click("fetch('c'", chart.middle("fetch('c'"))
    chart.until("view.state.chosen !== null")
    side = chart.root.locator(".am-side")
    assert "fetch('c'" in side.inner_text() and "OSError" in side.inner_text()
    place.shot("chosen")
    chart.press("Escape")
    chart.until("view.state.chosen === null")


def test_a_finding_leads_to_its_place(chart: Explorer) -> None:
    chart.press("+")
    before = chart.span()
    findings = chart.root.locator("details", has_text="AM102")
    if findings.get_attribute("open") is None:
        findings.locator("summary").click()
    findings.get_by_role("button").first.click()
    chart.until("view.state.to_ns - view.state.from_ns !== given || view.state.chosen !== null", before)


def test_a_note_is_added(chart: Explorer, place: Place) -> None:
    count = chart.ask("view.data.remarks.length")
    chart.click("fetch('b'", chart.middle("fetch('b'"))
    chart.button("add a note").click()
    chart.root.locator(".am-note-text").fill("here the <b>server</b> answers")
    chart.page.keyboard.press("Enter")
    chart.until("view.data.remarks.length === given", count + 1)
    assert chart.ask("view.data.remarks.at(-1).text") == "here the <b>server</b> answers"
    chart.root.locator(".am-notes").get_by_text("here the <b>server</b> answers").wait_for()
    place.shot("noted")


def test_what_is_shown_is_saved_as_a_picture(chart: Explorer, tmp_path: Path) -> None:
    chart.root.locator("summary", has_text="save as").click()
    with chart.page.expect_download() as download:
        chart.button("PNG").click()
    download.value.save_as(tmp_path / "shown.png")
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")
    chart.root.locator("summary", has_text="save as").click()


def test_the_replay_goes_step_by_step(chart: Explorer, place: Place) -> None:
    chart.button("replay").click()
    panel = chart.root.get_by_role("region", name="replay")
    panel.wait_for()
    panel.scroll_into_view_if_needed()
    chart.ask("view.replay.go(0)")
    sentences = []
    for _ in range(6):
        sentences.append(panel.locator(".am-sentence").inner_text())
        panel.focus()
        chart.page.keyboard.press("ArrowRight")
    assert all(sentences) and len(set(sentences)) > 3
    assert chart.state["cursor_ns"] is not None
    place.shot("replay")
    chart.button("replay").click()
    chart.until("view.state.cursor_ns === null")


def test_everything_is_reached_by_keys_in_its_order(chart: Explorer) -> None:
    stops = tab_stops(chart.root)
    assert len(stops) == chart.root.locator(USABLE).locator("visible=true").count()
    assert [stop["number"] for stop in stops] == sorted(stop["number"] for stop in stops)
    assert all(stop["seen"] for stop in stops), [stop["text"] for stop in stops if not stop["seen"]]


def test_the_keys_say_what_they_reach(chart: Explorer) -> None:
    heard = chart.root.locator("[aria-live]")
    chart.press("ArrowDown")
    chart.press("ArrowDown")
    assert any(heard.all_inner_texts())
    assert chart.root.locator("canvas").first.get_attribute("aria-label", timeout=1000).startswith("Gantt chart")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_the_way(chart: Explorer, place: Place, theme: str) -> None:
    chart.ask("view.set({theme: given})", theme)
    chart.until("getComputedStyle(root).getPropertyValue('--am-paper').trim() === view.data.colors[given].paper", theme)
    assert barriers(chart.root) == []
    color = "getComputedStyle(view.root.querySelector('.am-{}'), '{}').color"
    hint, label = chart.ask(color.format("search", "::placeholder")), chart.ask(color.format("label", ""))
    assert hint == label  # the hint in the field, which the notebook's style sheet has a colour for, too
    place.shot(theme)
    chart.ask("view.set({theme: 'system'})")


def test_who_wants_no_motion_gets_none(chart: Explorer) -> None:
    chart.page.emulate_media(reduced_motion="reduce")
    script = """root => [root, ...root.querySelectorAll('*')].flatMap(each => {
        const style = getComputedStyle(each);
        return [style.transitionDuration, style.animationName];
    })"""
    moving = chart.root.evaluate(script)
    assert {value for value in moving if value not in ("0s", "none")} == set()
    chart.press("+")
    chart.press("0")
    assert chart.state["from_ns"] == 0 and chart.state["to_ns"] == chart.ask("view.data.end_ns")
    chart.page.emulate_media(reduced_motion="no-preference")
