"""The chart of a cell that still runs, as HTML: what it says, to whom, and that names are only text."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from async_magics.events import EventLog, Kind
from async_magics.lang import LANGUAGES, translation
from async_magics.model.live import Live
from async_magics.views.live import Look, bundle
from async_magics.views.theme import THEMES

MARKER = -1001


def live(*names: str, ended: int = 0, sleeping: bool = False) -> Live:
    """Return a recording of so many tasks, the first of which have ended, two seconds after its beginning."""
    log, found = EventLog(), Live(MARKER, 0, 1)
    table = log.table()
    log.add(Kind.RECORDING_BEGAN, 0, MARKER, 0, 1)
    for ident, name in enumerate(names, 10):
        log.born((ident, MARKER, 1, 1, name, "fetch", None, name, None, 0, 0, 0, 0, MARKER))
        ending = (0, "sleep", 10**9, None, (), "", 0) if sleeping else None
        table.rows.extend((ident, 0, 0, 10**8 * ident, 10**8 * ident + 10**7, ending))
        if ident - 10 < ended:
            log.died((ident, 19 * 10**8, name, "raised", "ValueError", "", None))
    found.feed(log, lambda: 2 * 10**9)
    return found


def page(found: Live, lang: str = "en", **look: Any) -> ElementTree.Element:
    """Return the HTML, which is well formed."""
    return ElementTree.fromstring("<main>" + bundle(translation(lang), found, Look(name="In [1]", **look))["text/html"] + "</main>")


def texts(root: ElementTree.Element) -> list[str]:
    return [text for element in root.iter("text") if (text := "".join(element.itertext()).strip())]


def test_the_line_says_how_many_do_what() -> None:
    data = bundle(translation("en"), live("a", "b", "c", ended=1, sleeping=True), Look(name="In [1]"))
    assert data["text/plain"] == "In [1]: 2.00 s · running 0 · waiting 2 · ready 0 · done 1"


def test_a_cell_without_tasks_has_a_line_without_counts() -> None:
    data = bundle(translation("en"), live(), Look(name="In [1]"))
    assert data["text/plain"] == "In [1]: 2.00 s"
    assert "aria-valuenow" not in data["text/html"]


def test_screen_readers_hear_a_progress_bar() -> None:
    root = page(live("a", "b", ended=1))
    bar = next(element for element in root.iter("div") if element.get("role") == "progressbar")
    assert (bar.get("aria-valuemin"), bar.get("aria-valuenow"), bar.get("aria-valuemax")) == ("0", "1", "2")
    assert bar.get("aria-valuetext") == "2.00 s · running 0 · waiting 0 · ready 1 · done 1"
    assert next(root.iter("svg")).get("role") == "img" and next(root.iter("svg")).get("aria-label") == "a chart of 3 lanes"


def test_who_wants_no_movement_sees_the_counts_only() -> None:
    style = next(page(live("a")).iter("style")).text or ""
    assert "prefers-reduced-motion: reduce" in style and ".async-magics-live svg" in style
    assert "animat" not in bundle(translation("en"), live("a"), Look(name="x"))["text/html"]


def test_each_lane_says_in_a_word_what_it_does() -> None:
    assert texts(page(live("a", "b", ended=1)))[:9] == [
        "cell",
        "▶",
        "running",
        "a fetch(a)",
        "✕",
        "failed",
        "b fetch(b)",
        "○",
        "ready, not yet run",
    ]
    assert "sleep(1)" in texts(page(live("a", sleeping=True)))


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&amp;", "a\x00b\u202ec", "\ud800", "ж" * 500]
)
def test_a_name_is_only_text(name: str) -> None:
    root = page(live(name))
    assert {element.tag for element in root.iter()} == {"main", "style", "div", "b", "svg", "g", "text", "tspan", "rect", "path"}
    assert max(map(len, texts(root))) <= 60


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_language_and_theme(lang: str, theme: str) -> None:
    root = page(live(*map(str, range(30)), ended=3), lang, theme=theme, run=(2, 5))
    assert THEMES[theme].paper in (root[1].get("style") or "")
    assert len(list(root.iter("g"))) == 21


def test_what_is_not_shown_is_counted_and_the_cost_is_stated() -> None:
    html = bundle(translation("en"), live(*map(str, range(30))), Look(name="x", share=0.004))["text/html"]
    assert "10 more are not shown · this display takes 0.4 % of the time" in html
