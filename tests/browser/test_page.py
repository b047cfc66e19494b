"""The stand-alone page in a real browser: it opens from a disk, asks nobody for anything, and harms nobody."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.export.test_html import EN, NASTY, nasty, several
from tests.views.samples import hostile, lecture, like

from async_magics.export.html import Chapter, book, encoded, page
from async_magics.views.explorer import embed
from async_magics.views.gantt import Gantt

Opened = Callable[..., Any]

PLACE = """async number => {
    const chart = document.getElementById(`chart-${number}`), near = box => Math.abs(box.getBoundingClientRect().top) < innerHeight;
    const frame = () => new Promise(requestAnimationFrame);
    let top = NaN, still = 0;
    for (let frames = 0; frames < 900 && still < 15; frames++) {
        await frame();
        const found = chart.getBoundingClientRect().top;
        const ready = [...document.querySelectorAll(".am-embed")].filter(near).every(box => box.querySelector("canvas"));
        still = ready && found === top ? still + 1 : 0;
        top = found;
    }
    return top;
}"""
"""How far a chart is from the top, when all near it are opened and nothing moves any more."""


@pytest.fixture
def opened(new_page: Callable[..., Any], tmp_path: Path) -> Opened:
    """Open a page from a disk; what it said, asked for and did wrong is in its ``said``."""

    def open_page(text: str, anchor: str = "", before: str = "", wait: bool = True, **options: Any) -> Any:
        path = tmp_path / "page.html"
        path.write_bytes(encoded(text))
        shown, said = new_page(**options), []
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
        shown.on(
            "request", lambda request: said.append(request.url) if not request.url.startswith((path.as_uri(), "data:", "blob:")) else 0
        )
        if before:
            shown.add_init_script(before)
        shown.goto(path.as_uri() + anchor)
        if wait:
            shown.wait_for_selector(".am-opened canvas")
        shown.said = said
        return shown

    return open_page


HOSTILE_PAGES = [lambda: page(hostile(), EN), lambda: page(nasty(), replace(EN, caption=NASTY)), lambda: book(several(), NASTY, EN)]


@pytest.mark.parametrize("make", HOSTILE_PAGES)
def test_hostile_texts_are_only_texts(make: Callable[[], str], opened: Opened) -> None:
    shown = opened(make())
    boxes = shown.locator(".am-embed")
    for number in range(boxes.count()):
        boxes.nth(number).scroll_into_view_if_needed()
        shown.wait_for_function("number => document.querySelectorAll('.am-embed')[number].classList.contains('am-opened')", arg=number)
    for canvas in shown.locator(".am-opened canvas:visible").all():
        canvas.click()  # what is under the pointer is told, and its task is chosen
    shown.evaluate("for (const button of [...document.querySelectorAll('.am-live button')]) button.click()")
    shown.evaluate("for (const part of document.querySelectorAll('.am-live details')) part.open = true")
    assert shown.said == []
    assert shown.evaluate("document.querySelectorAll('script:not(.am-data)').length") == 1
    assert shown.evaluate("document.querySelectorAll('[onerror], .am-live img, .am-live script, .am-live style').length") == 0
    assert "<script>alert(1)</script>" in shown.inner_text("body")


def test_the_explorer_stands_in_the_pictures_place_and_on_paper_the_picture(opened: Opened, shots: Path) -> None:
    shown = opened(page(lecture(), EN))
    picture, canvas = shown.locator("figure img"), shown.locator(".am-live canvas").first
    assert canvas.is_visible() and not picture.is_visible() and not shown.locator("section.figures").is_visible()
    shown.screenshot(path=str(shots / "page.png"), full_page=True)
    shown.emulate_media(media="print")
    assert picture.is_visible() and not canvas.is_visible() and shown.locator("section.figures").is_visible()
    assert len(shown.pdf()) > 10_000 and shown.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_there_is_the_picture_in_the_readers_colours(opened: Opened, scheme: str) -> None:
    shown = opened(page(lecture(), EN), wait=False, java_script_enabled=False, color_scheme=scheme)
    assert corner(shown.locator("figure img").screenshot()) == {"light": (255, 255, 255), "dark": (22, 25, 29)}[scheme]
    assert shown.locator("section.findings").is_visible() and shown.locator("section.figures").is_visible() and shown.said == []


def corner(png: bytes) -> Sequence[int]:
    from PIL import Image

    pixel: tuple[int, ...] = Image.open(io.BytesIO(png)).convert("RGB").getpixel((2, 2))  # type: ignore[assignment]
    return pixel


def test_a_browser_that_cannot_unpack_says_so_and_shows_the_picture(opened: Opened) -> None:
    shown = opened(page(lecture(), EN), before="delete globalThis.DecompressionStream", wait=False)
    assert shown.locator(".am-said").inner_text() == "This browser is too old for the interactive chart; here is the picture."
    assert shown.locator("figure img").is_visible() and shown.said == []


def test_damaged_data_say_so_and_leave_the_picture(opened: Opened) -> None:
    shown = opened(page(lecture(), EN).replace('class="am-data">H4sI', 'class="am-data">AAAA'), wait=False)
    assert shown.locator(".am-said").inner_text().startswith("The interactive chart could not be opened; here is the picture. (")
    assert shown.locator("figure img").is_visible() and not shown.locator(".am-live canvas").count() and shown.said == []


@pytest.mark.parametrize("number", [20, 30])
def test_of_thirty_charts_those_are_opened_that_are_reached(opened: Opened, number: int) -> None:
    shown = opened(book([Chapter(f"t{number}", Gantt(like(5), EN)) for number in range(30)], "Lecture", EN), wait=False)
    assert shown.locator(".am-opened").count() == 0  # the index alone is longer than two screens
    shown.locator("nav a").nth(number - 1).click()
    shown.wait_for_selector(f"#chart-{number} .am-opened canvas")
    top = shown.evaluate(PLACE, number)
    last = shown.evaluate("document.scrollingElement.scrollTop + innerHeight >= document.scrollingElement.scrollHeight - 1")
    assert -2 <= top <= (800 if last else 2)  # it stays where the link led, whatever the charts above it turned into
    assert shown.locator(".am-opened").count() < 15 and shown.said == []


def test_fragments_of_several_outputs_stand_on_one_page(new_page: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "two.html").write_text(
        "<!doctype html><body>" + embed.fragment(lecture(), EN, "<p>one</p>") + embed.fragment(like(3), EN, "<p>two</p>")
    )
    shown = new_page()
    shown.goto((tmp_path / "two.html").as_uri())
    shown.wait_for_function("document.querySelectorAll('.am-opened canvas').length >= 2")
    assert shown.evaluate("[...document.querySelectorAll('.am-live')].map(place => place.asyncMagics.data.tasks.name.length)") == [5, 4]
    assert not shown.locator(".am-static").first.is_visible()
