"""A trace as one page of its own: the chart, figures, findings, notes, tasks and the source. No script, no network, opens from a disk.

The chart is a picture inside the page, in light and in dark, whichever the reader's system asks for. Whatever the traced program called
things is escaped, and the page's own policy forbids it to run or to fetch anything. Imports ``html_parts``; matplotlib only when it draws.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

from ..lang import translation
from ..lang.plain import clean
from .html_parts import Part, parts
from .html_style import STYLE, colors

if TYPE_CHECKING:
    from pathlib import Path

    from ..lang import Catalogue
    from ..model import Trace
    from ..views.gantt import Gantt
    from ..views.spec import ChartOptions, ThemeName

MOST_SVG_BYTES: Final = 300_000
"""A chart with more lines than make this is a PNG in the page: nobody zooms into thousands of bars."""


@dataclass(frozen=True, slots=True)
class HtmlExporter:
    """Writes the page, in UTF-8."""

    suffixes: tuple[str, ...] = (".html",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write it."""
        target.write_bytes(page(trace, options).encode("utf-8", errors="replace"))


HTML: Final = HtmlExporter()


def page(trace: Trace, options: ChartOptions) -> str:
    """Return the page; the same text for equal traces and options."""
    words = translation(options.lang)
    title = clean(trace.title if options.title is None else options.title) or clean(trace.name)
    shown = "".join(section(part) for part in parts(words, trace, options))
    style = colors(options.theme) + STYLE
    return (
        f'<!doctype html>\n<html lang="{escape(options.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{_chart(trace, options)}{shown}<footer>{_footer(words, trace)}</footer>\n</body>\n</html>\n"
    )


def section(part: Part) -> str:
    """Return a part of the page under its heading."""
    return f'<section class="{part.kind}">\n<h2>{escape(part.heading)}</h2>\n{part.body}</section>\n'


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    styles = f"style-src 'sha256-{digest}'; style-src-attr 'unsafe-inline'"
    return f"default-src 'none'; img-src data:; {styles}; base-uri 'none'; form-action 'none'"


def _chart(trace: Trace, options: ChartOptions) -> str:
    """Return the picture and its caption; what the page says itself is left out of the picture."""
    from ..views.gantt import Gantt

    alt = Gantt(trace, options).alt()
    bare = replace(options, title="", caption="", findings="off")
    pictures = "".join(_picture(Gantt(trace, replace(bare, theme=theme)), theme, alt) for theme in _themes(options))
    caption = clean(options.caption, 600)
    return f"<figure>\n{pictures}{f'<figcaption>{escape(caption)}</figcaption>' if caption else ''}</figure>\n"


def _themes(options: ChartOptions) -> Iterator[ThemeName]:
    """Yield the colours to draw in: light and dark, unless one was asked for."""
    yield options.theme
    if options.theme == "light":
        yield "dark"


def _picture(chart: Gantt, theme: str, alt: str) -> str:
    frame = chart.scene().frame
    kind, data = "svg+xml", chart.svg().encode()
    if len(data) > MOST_SVG_BYTES:
        kind, data = "png", chart.png()
    text = base64.b64encode(data).decode("ascii")
    return (
        f'<img class="{theme}" width="{round(frame.width)}" height="{round(frame.height)}" alt="{escape(alt)}" '
        f'src="data:image/{kind};base64,{text}">\n'
    )


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
