"""The page: whole, harmless, small, the same every time."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.views.samples import hostile, lecture, like

from async_magics.export.html import page
from async_magics.model import Note, Trace
from async_magics.testing import TraceScript, ns
from async_magics.views.spec import ChartOptions

EN = ChartOptions(lang="en")
NASTY = '</title></style><script>alert(1)</script><img src=x onerror="alert(2)">&\'"'
VOID = {"meta", "img", "br", "link", "input"}


class Reader(HTMLParser):
    """Reads a page the way a browser begins to: which elements, which attributes, what text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def nasty() -> Trace:
    """Return a trace in which everything that has a name has a bad one."""
    script = TraceScript(NASTY, title=NASTY, source=f"%%tasktrace\n    {NASTY}\n\tx = '\x1b[31m\u202e'")
    task = script.task(NASTY, NASTY, NASTY)
    script.running(task, 0.0, 0.5)
    script.end(task, 0.5, exception=NASTY, message=NASTY)
    made = script.trace(cell_end=1.0)
    return replace(made, notes=(Note(text=NASTY, t_ns=ns(0.5), task=task),), problems=(NASTY,), python=NASTY)


@pytest.mark.parametrize("make", [lecture, hostile, lambda: like(300), nasty, lambda: TraceScript("empty").trace()])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_page_is_whole_and_the_same_every_time(make: object, lang: str) -> None:
    assert callable(make)
    text = page(make(), ChartOptions(lang=lang))
    read = Reader(text)
    assert text.startswith("<!doctype html>\n") and not read.open
    assert read.all("html") == [{"lang": lang}]
    assert page(make(), ChartOptions(lang=lang)) == text


def test_nothing_in_a_page_can_run_or_fetch() -> None:
    read = Reader(page(nasty(), replace(EN, caption=NASTY)))
    assert {tag for tag, _ in read.tags}.isdisjoint({"script", "iframe", "object", "embed", "link", "base", "form", "svg", "button"})
    for tag, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "url" not in (attributes.get("style") or "")
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
        assert (attributes.get("href") or "#").startswith("#")
    assert {len(read.all(tag)) for tag in ("title", "style", "h1")} == {1}
    assert "".join(read.text).count("<script>alert(1)</script>") >= 5  # title, heading, caption, task, source: as text


def test_the_policy_allows_only_the_pages_own_style() -> None:
    text = page(lecture(), EN)
    policy = Reader(text).all("meta")[1]
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style is not None and policy["http-equiv"] == "Content-Security-Policy"
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    styles = f"style-src 'sha256-{digest}'; style-src-attr 'unsafe-inline'"
    assert policy["content"] == f"default-src 'none'; img-src data:; {styles}; base-uri 'none'; form-action 'none'"


def test_pictures_are_svg_in_light_and_dark_with_a_sentence() -> None:
    light, dark = Reader(page(lecture(), EN)).all("img")
    assert (light["class"], dark["class"]) == ("light", "dark")
    assert light["alt"] == dark["alt"] and (light["alt"] or "").startswith("Gantt chart of ")
    for picture, paper in ((light, b"#ffffff"), (dark, b"#16191d")):
        kind, data = (picture["src"] or "").split(";base64,")
        assert kind == "data:image/svg+xml" and paper in base64.b64decode(data)


@pytest.mark.parametrize("theme", ["dark", "print"])
def test_colours_that_were_asked_for_stay(theme: str) -> None:
    text = page(lecture(), replace(EN, theme=theme))  # type: ignore[arg-type]
    assert [picture["class"] for picture in Reader(text).all("img")] == [theme]
    assert "prefers-color-scheme" not in text


def test_a_small_trace_makes_a_small_page() -> None:
    assert len(page(lecture(), EN).encode()) < 300_000


def test_what_is_too_much_is_counted() -> None:
    script = TraceScript("t", source="\n".join(f"x = {number}" for number in range(5000)))
    assert "2,000 more are not listed" in Reader(page(script.trace(cell_end=1.0), EN)).text
    assert len(page(like(1500), EN)) < 500_000


def test_the_source_has_the_numbers_that_tracebacks_show() -> None:
    script = TraceScript("t", source="%%tasktrace\nimport asyncio\n\nawait main()  # <ok>")
    read = Reader(page(script.trace(cell_end=1.0), EN))
    assert [row["id"] for row in read.all("tr") if "id" in row] == ["L1", "L2", "L3", "L4"]
    assert "await main()  # <ok>" in read.text
