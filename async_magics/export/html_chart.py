"""One chart in a page: the explorer's data, and what stands for it without scripts and on paper (picture, findings, notes, source).

Imports ``html_parts``, ``html_pictures`` and ``views``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from ..analysis import stats
from ..analysis.findings import findings
from ..lang import translation
from ..lang.plain import clean
from ..views.explorer import embed
from ..views.explorer.payload import MOST_SLICES
from ..views.figures import figures
from ..views.gantt import Gantt
from .html_parts import Part, bare, parts
from .html_pictures import pictures

if TYPE_CHECKING:
    from ..lang import Catalogue
    from ..views.compare import Comparison
    from ..views.spec import ThemeName


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart as a page shows it.

    Attributes:
        title: plain text.
        sentence: what an index says of it.
        body: HTML below the title.
        explored: the page program has something to open in it.
    """

    title: str
    sentence: str
    body: str
    explored: bool


def shown(chart: Gantt | Comparison, prefix: str = "", level: int = 2, *, replayed: bool = False) -> Shown:
    """Return a chart for a page.

    Args:
        chart: what to show.
        prefix: begins the names of its places, which must not come twice in a page.
        level: of the headings inside it.
        replayed: the replay is open at once.
    """
    if isinstance(chart, Gantt):
        return _gantt(chart, prefix, level, replayed=replayed)
    return _comparison(chart)


def _comparison(chart: Comparison) -> Shown:
    """Return charts side by side: a picture, and the table of their figures."""
    options, alt = chart.options, chart.alt()

    def draw(theme: ThemeName) -> Comparison:
        return replace(chart, options=replace(options, theme=theme, title=""))

    title = clean(options.title or " · ".join(trace.title or trace.name for trace in chart.traces), 200)
    table = f'<div class="scroll">{bare(chart.table.html())}</div>\n'
    return Shown(title, alt, f"<figure>\n{pictures(draw, options.theme, alt)}</figure>\n{table}", explored=False)


def _gantt(chart: Gantt, prefix: str, level: int, *, replayed: bool) -> Shown:
    trace, options = chart.trace, chart.options
    words, alt = translation(options.lang), chart.alt()
    title = clean(trace.title if options.title is None else options.title) or clean(trace.name)
    sections = "".join(section(part, level) for part in parts(words, trace, options, prefix))
    static = f"{_figure(chart, alt)}{sections}"
    told = "; ".join([figures(words, stats(trace)), *(clean(found.what.say(words), 300) for found in findings(trace, options.ignore)[:1])])
    if embed.fits(trace):
        data = embed.data(trace, options, titled=False, replayed=replayed)
        return Shown(title, told, embed.boxed(words, static, data), explored=True)
    return Shown(title, told, f"{_too_large(words, len(trace.slices))}{static}", explored=False)


def section(part: Part, level: int) -> str:
    """Return a part of the page under its heading."""
    return f'<section class="{part.kind}">\n<h{level}>{escape(part.heading)}</h{level}>\n{part.body}</section>\n'


def _figure(chart: Gantt, alt: str) -> str:
    """Return the picture and its caption; what the page says itself is left out of the picture."""
    bare = replace(chart.options, title="", caption="", findings="off")

    def draw(theme: ThemeName) -> Gantt:
        return Gantt(chart.trace, replace(bare, theme=theme))

    caption = clean(chart.options.caption, 600)
    told = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>\n{pictures(draw, chart.options.theme, alt)}{told}</figure>\n"


def _too_large(words: Catalogue, count: int) -> str:
    text = words.ngettext(
        "The interactive chart is left out: its {n} slice is more than a page holds ({most}).",
        "The interactive chart is left out: its {n} slices are more than a page holds ({most}).",
        count,
    )
    return f'<p class="more">{escape(text.format(n=words.number(count), most=words.number(MOST_SLICES)))}</p>\n'
