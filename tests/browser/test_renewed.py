"""The face of the widget, when its trace changes under the reader's eyes or its output goes away: what was looked at, and typed, stays."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.views.test_film import two

from async_magics.model import Note, Outcome, Trace
from async_magics.testing import TraceScript, ns
from async_magics.views.explorer import encoded, front, payload
from async_magics.views.spec import ChartOptions

from ..views import samples

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FACE = """async source => {
  const { default: face } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = {}, el = document.getElementById("chart");
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const model = { get: () => bytes(globalThis.packed), on: (name, told) => { heard[name] = told; }, off: () => {}, send() {} };
  const clear = el.replaceChildren.bind(el);
  globalThis.drawn = 0;
  el.replaceChildren = (...given) => { globalThis.drawn += 1; clear(...given); };
  globalThis.renew = () => heard["change:payload"]();
  globalThis.end = await face.render({ model, el });
}"""
Opened = Callable[[Trace], "Page"]


def packed(trace: Trace) -> str:
    return base64.b64encode(encoded(payload(trace, ChartOptions()))).decode()


def noted(trace: Trace) -> Trace:
    """The trace with one more note on it."""
    return replace(trace, notes=(*trace.notes, Note(text="from elsewhere", t_ns=ns(0.1))))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Open the widget's face on a trace; nothing on its page may go wrong."""
    pages: list[Page] = []
    wrong: list[str] = []

    def show(trace: Trace) -> Page:
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        (tmp_path / "face.html").write_text('<!DOCTYPE html><meta charset="utf-8"><div id="chart"></div>', encoding="utf-8")
        page.goto((tmp_path / "face.html").as_uri())
        page.evaluate("text => { globalThis.packed = text; }", packed(trace))
        page.evaluate(FACE, front.module())
        return page

    yield show
    for page in pages:
        page.close()
    assert wrong == []


def of(page: Page, expression: str) -> Any:
    return page.evaluate(f"(() => {{ const view = document.getElementById('chart').asyncMagics; return {expression}; }})()")


def renew(page: Page, trace: Trace) -> None:
    page.evaluate("text => { globalThis.packed = text; return renew(); }", packed(trace))


def test_the_replay_goes_on_where_it_stood(opened: Opened) -> None:
    page = opened(two())
    of(page, "document.querySelector('.am-r-open').click()")
    of(page, "view.replay.go(4)")
    cursor = of(page, "view.state.cursor_ns")
    renew(page, noted(two()))
    assert of(page, "[view.replay.step, view.replay.open, view.state.cursor_ns]") == [4, True, cursor]
    assert page.locator(".am-replay").is_visible()
    of(page, "document.querySelector('.am-r-open').click()")
    renew(page, two())
    assert of(page, "[view.replay.open, view.state.cursor_ns]") == [False, None]


def test_a_note_that_is_being_written_is_not_lost(opened: Opened) -> None:
    page = opened(samples.lecture())
    of(page, "view.addNote()")
    of(page, "view.tell('place', { t_ns: 5e8, task: 2 })")
    page.locator(".am-note-text").fill("half a sen")
    place = page.locator(".am-note-form .am-faint").inner_text()
    renew(page, noted(samples.lecture()))
    assert page.locator(".am-note-text").input_value() == "half a sen"
    assert page.locator(".am-note-form .am-faint").inner_text() == place
    assert page.evaluate("document.activeElement.className") == "am-note-text"
    assert of(page, "view.state.note") == {"t_ns": ns(0.5), "task": 2}


def test_the_chosen_task_is_the_same_one_under_its_new_number(opened: Opened) -> None:
    def trace(*names: str) -> Trace:
        script = TraceScript("In [1]")
        script.running(0, 0, 1)
        for name in names:
            script.running(script.task(name, name, "", at=0.1), 0.1, 0.2)
        return script.trace(cell_end=1)

    page = opened(trace("one", "two"))
    of(page, "view.addNote()")
    of(page, "view.tell('place', { t_ns: 1e8, task: 2 })")
    of(page, "view.set({ chosen: 2 })")
    renew(page, trace("earlier", "one", "two"))
    assert of(page, "[view.state.chosen, view.state.note.task]") == [3, 3]
    renew(page, trace("earlier", "one"))
    assert of(page, "[view.state.chosen, view.state.note.task]") == [None, -1]


def test_of_calls_that_are_alike_the_chosen_one_stays_chosen(opened: Opened) -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 1)
    for start in (0.1, 0.2, 0.3):
        script.running(script.task("square", "square", "1", at=0.1), start, start + 0.1)
    trace = script.trace(cell_end=1)
    page = opened(trace)
    of(page, "view.set({ chosen: 1 })")
    renew(page, noted(trace))
    assert of(page, "view.state.chosen") == 1


def test_a_note_that_was_kept_or_discarded_does_not_come_back(opened: Opened) -> None:
    page = opened(samples.lecture())
    of(page, "view.addNote()")
    page.locator(".am-note-text").fill("discarded")
    page.get_by_role("button", name="discard").click()
    renew(page, noted(samples.lecture()))
    of(page, "view.addNote()")
    assert page.locator(".am-note-text").input_value() == ""
    page.locator(".am-note-text").fill("kept")
    page.keyboard.press("Enter")  # nobody answers, as where the kernel draws anew first
    renew(page, samples.lecture())
    of(page, "view.addNote()")
    assert page.locator(".am-note-text").input_value() == ""


def test_what_is_unfolded_stays_unfolded(opened: Opened) -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 1)
    for call in ("fetch", "store"):
        for number in range(60):
            task = script.task(f"{call} {number}", call, str(number), at=0.1)
            script.running(task, 0.1, 0.101)
            script.end(task, 0.101)
    trace = script.trace(cell_end=1)
    page = opened(trace)
    assert of(page, "view.rows().length") == 3
    of(page, "view.set({ open: new Set([2]) })")
    failed = replace(trace.tasks[3], outcome=Outcome.RAISED, exception="OSError")
    renew(page, replace(trace, tasks=(*trace.tasks[:3], failed, *trace.tasks[4:])))  # it gets a row of its own, before the other group
    rows = of(page, "view.rows().map((row) => row.name + (row.open ? ' open' : ''))")
    assert len(rows) == 64 and rows[2:4] == ["fetch 2", "store × 60 open"]


def test_a_filter_is_still_told_in_its_fields(opened: Opened) -> None:
    page = opened(samples.lecture())
    of(page, "view.set({ filter: { ...view.state.filter, longer_ns: 3e8, outcome: 'raised' } })")
    renew(page, noted(samples.lecture()))
    assert page.locator(".am-amount").input_value() == "0.3" and of(page, "view.state.filter.outcome") == "raised"


def test_of_several_changes_the_last_is_drawn(opened: Opened) -> None:
    page = opened(samples.lecture())
    before = page.evaluate("drawn")
    both = [packed(noted(samples.lecture())), packed(noted(noted(samples.lecture())))]
    page.evaluate("both => Promise.all(both.map((text) => { globalThis.packed = text; return renew(); }))", both)
    assert page.evaluate("drawn") == before + 1 and of(page, "view.data.remarks.length") == 2


def test_a_change_that_comes_with_the_end_is_not_drawn(opened: Opened) -> None:
    page = opened(samples.lecture())
    before = page.evaluate("drawn")
    page.evaluate("() => { const last = renew(); end(); return last; }")
    assert page.evaluate("drawn") == before


def test_parts_of_the_browsers_own_follow_the_theme_of_a_chart_that_is_drawn_anew(opened: Opened) -> None:
    page = opened(samples.lecture())
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function("getComputedStyle(document.querySelector('.am-side')).colorScheme === 'dark'")
    renew(page, noted(samples.lecture()))
    page.wait_for_function("getComputedStyle(document.querySelector('.am-side')).colorScheme === 'dark'")
