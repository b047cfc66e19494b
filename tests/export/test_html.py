"""The page: whole, harmless, small, the same every time."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from tests.views.samples import hostile, lecture, like
from tests.views.works import pool, processes

from async_magics.export.html import Chapter, book, page
from async_magics.export.html_pictures import in_both, slim
from async_magics.model import Note, Trace
from async_magics.testing import TraceScript, ns
from async_magics.views.compare import Comparison
from async_magics.views.explorer import embed
from async_magics.views.gantt import Gantt
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
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open[-1:] == ["script"] else self.text).append(data)

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


def several() -> list[Chapter]:
    """Return chapters of every kind, two of them alike."""
    traces = [lecture(), nasty(), nasty(), like(300)]
    chapters = [Chapter(trace.name, Gantt(trace, replace(EN, caption=NASTY))) for trace in traces]
    return [*chapters, Chapter(NASTY, Comparison((nasty(), lecture()), EN))]


@pytest.mark.parametrize("make", [lambda: page(nasty(), replace(EN, caption=NASTY)), lambda: book(several(), NASTY, EN)])
def test_nothing_runs_in_a_page_but_its_program(make: Callable[[], str]) -> None:
    read = Reader(make())
    assert {tag for tag, _ in read.tags}.isdisjoint({"iframe", "object", "embed", "link", "base", "form", "svg", "button"})
    for tag, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
        assert (attributes.get("href") or "#").startswith("#")
    assert {len(read.all(tag)) for tag in ("title", "h1")} == {1} and len(read.all("style")) == 2
    *data, program = read.all("script")
    assert program == {} and {entry["type"] for entry in data} == {"application/octet-stream"}
    assert read.scripts[-1] == embed.program() and all(re.fullmatch("[A-Za-z0-9+/=]+", text) for text in read.scripts[:-1])
    assert "".join(read.text).count("<script>alert(1)</script>") >= 5  # title, heading, caption, task, source: as text


def test_the_policy_allows_only_the_pages_own_program_and_styles() -> None:
    text = page(lecture(), EN)
    policy = Reader(text).all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    styles = " ".join(map(digest, re.findall(r"<style>(.*?)</style>", text, re.S)))
    run = f"script-src {digest(embed.program())}; style-src {styles}"
    assert policy["content"] == f"default-src 'none'; img-src data: blob:; {run}; base-uri 'none'; form-action 'none'"


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_picture_is_one_svg_in_light_and_dark_with_a_sentence() -> None:
    (picture,) = Reader(page(lecture(), EN)).all("img")
    kind, data = (picture["src"] or "").split(";base64,")
    drawn = base64.b64decode(data).decode()
    assert picture["class"] == "both" and (picture["alt"] or "").startswith("Gantt chart of ")
    assert kind == "data:image/svg+xml" and ":#ffffff" in drawn and ":#16191d" in drawn
    assert len(set(re.findall(r"--c\d+(?=:)", drawn))) == len(set(re.findall(r"var\((--c\d+)\)", drawn)))
    assert not re.search("#[0-9a-f]{6}", drawn.partition("</style>")[2])  # every colour has its other one


def test_two_pictures_are_one_only_if_they_differ_in_colours_alone() -> None:
    style = '<style type="text/css">'
    light, dark = (f'{style}</style><g id="i0" style="fill: {color}"/>' for color in ("#ffffff", "#000000"))
    rules = "svg{--c0:#ffffff}@media screen and (prefers-color-scheme:dark){svg{--c0:#000000}}"
    assert in_both(light, dark) == f'{style}{rules}</style><g id="i0" style="fill: var(--c0)"/>'
    assert in_both(light, dark.replace("<g ", "<path ")) is None


def test_a_picture_holds_no_text_and_far_fewer_letters() -> None:
    drawn = Gantt(replace(nasty(), title='id="a" href="#b" url(#c) #ffffff'), EN).svg()
    small = slim(drawn)
    assert len(small) < 0.75 * len(drawn) and "alert" not in small and "<title" not in small and "<!--" not in small
    root = ElementTree.fromstring(small)
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    used = {item.get("href", "")[1:] for item in root.iter() if item.get("href")} | set(re.findall(r"url\(#([^)]*)\)", small))
    assert len(ids) == len(set(ids)) and used <= set(ids)
    before, after = (re.findall(r"scale\([^)]*\)", text) for text in (drawn, small))
    assert before == after and len(before) > 10  # the size of letters is no place, and stays exact
    assert len(re.findall(r"<(?:path|use|g)\b", small)) == len(re.findall(r"<(?:path|use|g)\b", drawn))


def test_a_chart_of_many_bars_is_two_pngs() -> None:
    pictures = Reader(page(like(300), EN)).all("img")
    assert [(picture["class"], (picture["src"] or "")[:14]) for picture in pictures] == [
        ("light", "data:image/png"), ("dark", "data:image/png"),
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["dark", "print"])
def test_colours_that_were_asked_for_stay(theme: str) -> None:
    text = page(lecture(), replace(EN, theme=theme))  # type: ignore[arg-type]
    assert [picture["class"] for picture in Reader(text).all("img")] == [theme]
    assert "prefers-color-scheme" not in text.partition("</head>")[0]


@pytest.mark.parametrize("make", [lecture, pool, processes, lambda: like(300)])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_small_trace_makes_a_small_page(make: Callable[[], Trace], lang: str) -> None:
    assert len(page(make(), ChartOptions(lang=lang)).encode()) < 300_000


def test_what_is_too_much_is_counted() -> None:
    script = TraceScript("t", source="\n".join(f"x = {number}" for number in range(5000)))
    assert "2,000 more are not listed" in Reader(page(script.trace(cell_end=1.0), EN)).text
    assert len(page(like(1500), EN)) < 500_000


def test_the_source_has_the_numbers_that_tracebacks_show() -> None:
    script = TraceScript("t", source="%%tasktrace\nimport asyncio\n\nawait main()  # <ok>")
    read = Reader(page(script.trace(cell_end=1.0), EN))
    assert [row["id"] for row in read.all("tr") if "id" in row] == ["L1", "L2", "L3", "L4"]
    assert "await main()  # <ok>" in read.text


def test_a_trace_that_is_too_large_is_shown_as_a_picture_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "MOST_SLICES", 10)
    read = Reader(page(lecture(), EN))
    assert read.all("script") == [] and "script-src" not in (read.all("meta")[1]["content"] or "")
    assert "The interactive chart is left out: its 19 slices are more than a page holds" in "".join(read.text)
    assert len(read.all("img")) == 1 and "Findings" in read.text and "Figures" in read.text


def test_a_book_has_an_index_and_one_program() -> None:
    text = book(several(), "Lecture 5", EN)
    read = Reader(text)
    assert not read.open and book(several(), "Lecture 5", EN) == text
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) and {f"chart-{number}" for number in range(1, 6)} <= set(ids)
    assert {(link["href"] or "")[1:] for link in read.all("a")} <= set(ids)
    assert len(read.all("script")) == 4 + 1 and len(read.all("h2")) == 5
    said = "".join(read.text)
    assert "2.07 s · 4 tasks · 3.2 at once on average" in said and "Lecture 5" in said


def test_a_book_of_pictures_has_no_program() -> None:
    read = Reader(book([Chapter("a", Comparison((lecture(), lecture()), EN))], "Two", EN))
    assert read.all("script") == [] and len(read.all("table")) == 1
    assert "gather: one of four connections fails · gather: one of four connections fails" in "".join(read.text)
