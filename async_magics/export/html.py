"""Traces as a page of its own: one file that opens from a disk, asks no network for anything, and can be explored.

Each chart is a picture with figures, findings, notes and source. Where scripts run, the page's own program, the only one that its policy
allows, puts the explorer in their place; on paper and without scripts they stay. Whatever the traced program called things is escaped, or
stands as base64. Imports ``html_chart`` and ``views``; matplotlib only when it draws.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from ..lang import translation
from ..lang.plain import clean
from ..views.explorer import embed
from ..views.gantt import Gantt
from .html_chart import Shown, shown
from .html_parts import coded
from .html_style import STYLE, colors

if TYPE_CHECKING:
    from pathlib import Path

    from ..lang import Catalogue
    from ..model import Trace
    from ..views.compare import Comparison
    from ..views.spec import ChartOptions


@dataclass(frozen=True, slots=True)
class HtmlExporter:
    """Writes the page, in UTF-8.

    Attributes:
        suffixes: endings of file names.
        replayed: the page opens with the replay.
    """

    suffixes: tuple[str, ...] = (".html",)
    replayed: bool = False

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write it."""
        target.write_bytes(encoded(page(trace, options, replayed=self.replayed)))


HTML: Final = HtmlExporter()
REPLAY_HTML: Final = HtmlExporter(replayed=True)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chart of a page with several.

    Attributes:
        name: what its trace is called, ``""`` where it is none of one trace.
        chart: the chart itself.
    """

    name: str
    chart: Gantt | Comparison


def page(trace: Trace, options: ChartOptions, *, replayed: bool = False) -> str:
    """Return the page of one trace, with the replay open if asked; the same text for equal traces and options."""
    chart = shown(Gantt(trace, options), replayed=replayed)
    body = f"<h1>{escape(chart.title)}</h1>\n{chart.body}<footer>{_footer(translation(options.lang), trace)}</footer>\n"
    return _page(chart.title, body, options, explored=chart.explored)


def book(chapters: Sequence[Chapter], title: str, options: ChartOptions) -> str:
    """Return a page of several charts under an index; each is opened when it is reached.

    Args:
        chapters: the charts, in their order.
        title: of the whole.
        options: the language and the colours of what stands around the charts.
    """
    words = translation(options.lang)
    charts = [shown(chapter.chart, f"c{number}-", 3) for number, chapter in enumerate(chapters, 1)]
    index = "".join(_entry(number, chapter, chart) for number, (chapter, chart) in enumerate(zip(chapters, charts, strict=True), 1))
    articles = "".join(_article(words, number, chart) for number, chart in enumerate(charts, 1))
    heading = clean(title, 200)
    body = (
        f'<h1 id="top">{escape(heading)}</h1>\n<nav aria-label="{escape(words.gettext("Contents"))}">\n<ol>\n{index}</ol>\n</nav>\n'
        f"{articles}<footer>async_magics</footer>\n"
    )
    return _page(heading, body, options, explored=any(chart.explored for chart in charts))


def encoded(text: str) -> bytes:
    """Return a page as it is written; half a character of the traced program's becomes a question mark."""
    return text.encode("utf-8", errors="replace")


def _entry(number: int, chapter: Chapter, chart: Shown) -> str:
    name = clean(chapter.name, 160)
    called = f' <span class="name">{escape(name)}</span>' if name not in ("", chart.title) else ""
    return f'<li><a href="#chart-{number}">{escape(chart.title)}</a>{called}<br><span class="more">{coded(chart.sentence)}</span></li>\n'


def _article(words: Catalogue, number: int, chart: Shown) -> str:
    back = f'<a class="back" href="#top" aria-label="{escape(words.gettext("Contents"))}">↑</a>'
    return f'<article id="chart-{number}">\n<h2>{escape(chart.title)} {back}</h2>\n{chart.body}</article>\n'


def _page(title: str, body: str, options: ChartOptions, *, explored: bool) -> str:
    styles = [colors(options.theme) + STYLE, *([embed.style()] if explored else ())]
    script = embed.program() if explored else ""
    return (
        f'<!doctype html>\n<html lang="{escape(options.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(styles, script)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n{''.join(f'<style>{style}</style>' for style in styles)}\n</head>\n<body>\n{body}"
        f"{f'<script>{script}</script>' if script else ''}\n</body>\n</html>\n"
    )


def _policy(styles: Sequence[str], script: str) -> str:
    """Return what the page may do: look as it was written, run the program that it was written with, show pictures of its own."""
    run = f"script-src {_digest(script)}; " if script else ""
    look = f"style-src {' '.join(map(_digest, styles))}"
    return f"default-src 'none'; img-src data: blob:; {run}{look}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _footer(words: Catalogue, trace: Trace) -> str:
    facts = []
    if trace.anchor.wall_ns:
        facts.append(words.gettext("recorded {when} UTC").format(when=_when(trace.anchor.wall_ns)))
    if trace.python:
        facts.append(f"Python {clean(trace.python, 40)}")
    return escape(" · ".join([*facts, "async_magics"]))


def _when(wall_ns: int) -> str:
    from datetime import UTC, datetime, timedelta

    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=wall_ns // 1000):%Y-%m-%d %H:%M:%S}"
    except OverflowError:
        return "?"
