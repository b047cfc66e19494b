"""The replay in a real browser: buttons, keys, "predict first", marks in the code, and nothing that a screen reader would miss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.views.samples import hostile, like
from tests.views.test_film import two
from tests.views.works import pool

from async_magics.analysis.replay import replay
from async_magics.model import Trace

from . import pages
from .pages import until

Opened = Callable[..., Any]


@pytest.fixture
def opened(new_page: Callable[..., Any], tmp_path: Path) -> Opened:
    """Open a page with the replay of a trace; errors of the page are in its ``said``."""

    def open_page(trace: Trace, **options: Any) -> Any:
        shown, said = new_page(), []
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.goto(pages.write(tmp_path / "page.html", trace, host="{ replay: true }", **options))
        shown.wait_for_selector(".am-replay:not([hidden])")
        shown.said = said
        return shown

    return open_page


def ask(page: Any, what: str) -> Any:
    return page.evaluate(f"(() => {{ const replay = document.getElementById('chart').asyncMagics.replay; return {what}; }})()")


def marks(page: Any) -> dict[str, list[str]]:
    """Return the lines with tasks, as numbers, with the marks in each."""
    lines = page.locator(".am-r-here")
    return {
        lines.nth(at).locator(".am-r-number").inner_text().strip(): lines.nth(at).locator(".am-r-marks .am-r-chip").all_inner_texts()
        for at in range(lines.count())
    }


def test_keys_and_buttons_go_through_the_steps(opened: Opened) -> None:
    page, found = opened(two()), replay(two())
    page.locator(".am-replay").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert ask(page, "replay.step") == 4 and page.locator(".am-sentence").inner_text() == "a runs"
    assert marks(page) == {"1": ["◌ cell"], "2": ["▶ a", "● b"]}
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="step forward").click()
    page.get_by_role("button", name="to the end").click()
    assert ask(page, "replay.step") == len(found) - 1
    page.keyboard.press("Home")
    assert ask(page, "replay.step") == 0
    assert page.said == []


def test_the_next_event_of_a_task(opened: Opened) -> None:
    page, found = opened(two()), replay(two())
    page.locator(".am-r-task select").select_option(label="b f(2)")
    page.locator(".am-replay").focus()
    expected = [step for step, moment in enumerate(found.moments) if moment.task == 2]
    seen = []
    for _ in expected:
        page.keyboard.press("n")
        seen.append(ask(page, "replay.step"))
    assert seen == expected
    page.keyboard.press("p")
    assert ask(page, "replay.step") == expected[-2]


def test_it_plays_to_the_end_and_stops(opened: Opened) -> None:
    page = opened(two())
    page.locator(".am-r-speed select").select_option("8")
    page.locator(".am-replay").focus()
    began = """() => {
        const panel = document.querySelector(".am-replay");
        panel.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
        return document.getElementById("chart").asyncMagics.replay.playing;
    }"""
    assert page.evaluate(began)  # in one go: it plays for a second and a half
    page.get_by_role("button", name="play", exact=True).wait_for()
    assert ask(page, "replay.step") == len(replay(two())) - 1


def test_predict_first_asks_before_every_switch_and_counts(opened: Opened) -> None:
    page, found = opened(two()), replay(two())
    page.get_by_label("predict first").check()
    for number, question in enumerate(found.questions):
        while ask(page, "replay.question()") is None:
            page.get_by_role("button", name="step forward").click()
        assert ask(page, "replay.step") == question.step
        page.get_by_role("button", name="step forward").click()
        assert ask(page, "replay.step") == question.step, "it waits for an answer"
        assert page.locator(".am-r-candidate").count() == len(question.candidates)
        wanted = question.answer if number else next(task for task in question.candidates if task != question.answer)
        page.locator(".am-r-candidate").nth(question.candidates.index(wanted)).click()
        told = page.locator(".am-r-told").inner_text()
        assert told.startswith("Right: " if number else "No: ") and told.endswith(f"{number} of {number + 1} were right.")
        assert ask(page, "replay.step") == question.until


def test_what_is_told_to_screen_readers(opened: Opened) -> None:
    page = opened(two())
    assert page.locator(".am-sentence").get_attribute("aria-live") == "polite"
    assert page.get_by_role("region", name="replay").count() == 1
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == page.locator(".am-sentence").inner_text()
    named = page.locator(".am-replay button").evaluate_all(
        "buttons => buttons.map((button) => button.getAttribute('aria-label') || button.textContent)"
    )
    assert all(len(name.strip()) > 3 for name in named)


@pytest.mark.parametrize("trace", [hostile(), pool()], ids=["hostile", "pool"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_step_can_be_shown(opened: Opened, trace: Trace, lang: str) -> None:
    page = opened(trace, lang=lang)
    ask(page, "Array.from({ length: replay.count }, (_, at) => replay.go(at)).length")
    assert page.said == [] and page.locator("script").count() == 2
    assert ask(page, "replay.step") == len(replay(trace)) - 1


def test_closed_it_leaves_no_cursor(opened: Opened) -> None:
    page = opened(two())
    page.get_by_role("button", name="replay", exact=True).click()
    assert page.locator(".am-replay").is_hidden()
    assert page.evaluate("document.getElementById('chart').asyncMagics.state.cursor_ns") is None


def test_a_task_that_the_list_does_not_hold_is_gone_through_as_well(opened: Opened) -> None:
    page = opened(like(600))
    page.evaluate("document.getElementById('chart').asyncMagics.set({ chosen: 550 })")
    assert page.locator(".am-r-task select").input_value() == "550"
    for _ in range(3):
        page.get_by_role("button", name="next event").click()
        step = ask(page, "replay.step")
        assert ask(page, f"document.getElementById('chart').asyncMagics.data.replay.steps.task[{step}]") == 550


def test_the_panel_turns_dark_with_the_system(opened: Opened) -> None:
    page = opened(two(), dark=True)
    paper = "getComputedStyle(document.querySelector('.am-replay')).getPropertyValue('--am-paper').trim()"
    assert page.evaluate(paper) == "#ffffff"
    page.emulate_media(color_scheme="dark")
    until(page, f"{paper} === '#16191d'")
