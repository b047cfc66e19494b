"""A trace becomes a scene: lanes, bars, labels, ends, figures, legend, footnotes.

Imports ``lang`` and this folder, but no painter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from ..lang import Catalogue
from ..lang.plain import clean
from ..lang.times import duration
from ..model import Location, TaskKind, Trace
from ..model.slices import NONE
from . import axis, figures, labels, layout, notes
from .barlabels import place_labels
from .bars import Content, content
from .basis import Basis, Told
from .ends import ends
from .facts import Facts
from .path import path_paragraphs
from .prints import paragraphs as listed
from .prints import printed, ticks
from .remarks import remarks
from .scene import Arrow, BarKind, End, Lane, LegendItem, Paragraph, Scene, Tone
from .spec import ChartOptions, hex_color
from .theme import THEMES, Theme, repainted
from .window import View, Window

NARROW: Final = 75.0
"""Pixels below which a step that blocks the loop is named under the chart."""
SEEN: Final = 0.004
"""The share of the axis from which on something can be seen, and needs a word."""


@dataclass(frozen=True, slots=True)
class Field:
    """What stands between the margins, its places not yet filled in.

    Attributes:
        lanes, inside, ends, arrows: as in a ``Scene``.
    """

    lanes: tuple[Lane, ...]
    inside: Content
    ends: tuple[End, ...]
    arrows: tuple[Arrow, ...]


def compose(trace: Trace, options: ChartOptions, remark: str = "") -> Scene:
    """Return the chart of a trace as data; ``remark`` is a last line below it, about the output and not about the trace."""
    return drawn(Basis.of(Facts(trace), options), Window.asked(options.window, trace.end_ns), remark)


def drawn(basis: Basis, window: Window, remark: str = "", *, bare: bool = False) -> Scene:
    """Return a part of a chart as data.

    Args:
        basis: the chart.
        window: the part.
        remark: a last line below it.
        bare: without paragraphs below, and with as much room beside the axis as the whole chart needs: for a reader who moves along.
    """
    words, trace, options, facts, told = basis.words, basis.trace, basis.options, basis.facts, basis.told
    view = layout.view(options, window)
    body = field(basis, view)
    across = layout.across(options, body.lanes, () if bare else body.ends, window, beside=basis.beside if bare else 0.0)
    said, prints = remarks(words, facts, body.lanes, options, across, window), printed(facts, basis.at, window)
    path = () if basis.path is None else basis.path.parts(view)
    below: tuple[Paragraph, ...] = () if bare else (
        *said.paragraphs(words), *caption(options), *(listed(words, trace, prints, basis.at, body.lanes) if options.prints else ()),
        *path_paragraphs(words, None if basis.path is None else facts.path), *told.advised.paragraphs,
        *_footnotes(basis, body, told, view), *_remark(remark),
    )  # fmt: skip
    legend = legend_of(words, chain(signs(body.inside, body.ends, body.arrows, window.span_ns, bool(prints)), ("path",) if path else ()))
    outlived = _outlived(trace) and trace.cell_end_ns is not None and window.holds(trace.cell_end_ns)
    frame, placed = layout.frame(
        options, across, body.lanes, title=told.title, figures=told.figures, cell_ends=outlived, legend=legend, below=below,
        above=said.above, headroom=said.headroom(len(body.lanes)), runs=bool(told.runs),
    )  # fmt: skip
    return Scene(
        title=told.title,
        figures=told.figures,
        runs=told.runs,
        alt="" if bare else f"{_alt(basis, told)} {said.told(words)}".rstrip(),
        lanes=placed,
        bars=body.inside.bars,
        cpu=body.inside.cpu,
        bands=body.inside.bands,
        labels=place_labels(words, trace, placed, body.inside, body.ends, frame),
        ends=layout.cut_ends(body.ends, frame),
        arrows=body.arrows,
        annotations=replace(said.placed(frame, placed), ticks=ticks(prints, basis.at, frame, placed)),
        ticks=axis.ticks(words, window, layout.tick_count(frame)),
        axis_label=axis.label(words, trace.end_ns, labels.is_cell(trace)),
        cell_end_ns=trace.cell_end_ns if outlived else None,
        cell_end_text=cell_end_text(words, trace) if outlived else "",
        legend=legend,
        below=below,
        lost_text=words.gettext("□ stands for a character that no installed font has"),
        start_ns=window.start_ns,
        end_ns=window.end_ns,
        frame=frame,
        theme=theme_of(options),
        path=path,
    )


def field(basis: Basis, view: View) -> Field:
    """Return what stands in the field of one trace."""
    window = view.window
    inside = content(basis.words, basis.facts, basis.lanes, basis.rows, basis.blocking, view)
    return Field(
        lanes=basis.lanes,
        inside=inside,
        ends=ends(basis.ends, {band.lane for band in inside.bands}, view),
        arrows=tuple(arrow for arrow in basis.arrows if window.holds(arrow.t_ns) and window.holds(arrow.end_ns)),
    )


def theme_of(options: ChartOptions) -> Theme:
    """Return the colours that were asked for."""
    return repainted(THEMES[options.theme], ((part, hex_color(color)) for part, color in options.palette))


def _footnotes(basis: Basis, body: Field, told: Told, view: View) -> tuple[Paragraph, ...]:
    words, trace = basis.words, basis.trace
    table, window, named = trace.slices, view.window, told.advised.places
    crowded = {task for band in body.inside.bands for task in body.lanes[band.lane].tasks}
    unnamed = {row for row in basis.blocking if window.meets(table.start_ns[row], table.end_ns[row])
               and _place(trace, row) not in named and (table.task[row] in crowded or _too_narrow(trace, row, view))}  # fmt: skip
    chosen = (*_cropped(words, trace, basis.options, window), *basis.left_out)
    return notes.footnotes(words, trace, body.lanes, body.inside.bands, body.ends, unnamed, told.computed, chosen)


def _cropped(words: Catalogue, trace: Trace, options: ChartOptions, window: Window) -> Iterator[str]:
    """Say that not all is shown, or that what was asked for lies behind the end."""
    if not window.is_all:
        text = words.gettext("only {start} to {end} of {all} are shown")
        times = {"start": window.start_ns, "end": window.end_ns, "all": trace.end_ns}
        yield text.format(**{name: axis.moment(words, t_ns, trace.end_ns) for name, t_ns in times.items()})
    elif options.window is not None and options.window[0] >= trace.end_ns:
        text = words.gettext("the window begins at {start}, after the end at {end}: all is shown")
        yield text.format(start=duration(words, options.window[0]), end=duration(words, trace.end_ns))


def _alt(basis: Basis, told: Told) -> str:
    path = [] if basis.path is None else [paragraph.text.rstrip(".") for paragraph in path_paragraphs(basis.words, basis.facts.path)]
    found = (line.text for line in told.advised.paragraphs if line.tone is Tone.FINDING)
    said = [*filter(None, [told.runs]), *told.computed, *path, *found]
    return figures.alt(basis.words, basis.trace, basis.facts.numbers, told.title, said)


def cell_end_text(words: Catalogue, trace: Trace) -> str:
    """Return what stands at the dashed line."""
    return words.gettext("cell ends") if labels.is_cell(trace) else words.gettext("code ends")


def caption(options: ChartOptions) -> Iterator[Paragraph]:
    """Yield the author's own sentence, if there is one."""
    if options.caption.strip():
        yield Paragraph(tone=Tone.CAPTION, text=clean(options.caption, 600))


def _remark(text: str) -> Iterator[Paragraph]:
    if text:
        yield Paragraph(tone=Tone.FOOTNOTE, text=clean(text, 200))


def _outlived(trace: Trace) -> bool:
    """Whether some task went on visibly longer than the cell."""
    if trace.cell_end_ns is None:
        return False
    last = max((trace.end_ns_of(task.id) for task in trace.tasks if task.kind is not TaskKind.CELL), default=0)
    return last - trace.cell_end_ns > trace.end_ns * SEEN


def _place(trace: Trace, row: int) -> Location | None:
    number = trace.slices.location[row]
    return None if number == NONE else trace.slices.locations[number]


def _too_narrow(trace: Trace, row: int, view: View) -> bool:
    """Whether a step has no room for even ``line 12``."""
    start, end = view.window.clipped(trace.slices.start_ns[row], trace.slices.end_ns[row])
    return view.width(end - start) < NARROW


def signs(inside: Content, ended: Sequence[End], joined: Sequence[Arrow], span_ns: int, printed: bool) -> Iterator[str]:
    """Yield every sign that can be seen in the chart."""
    for bars in inside.bars:
        widest = max(end - start for start, end in zip(bars.start_ns, bars.end_ns, strict=True))
        if bars.kind not in (BarKind.READY, BarKind.OPEN) or widest > span_ns * SEEN:
            yield bars.kind
    for band in inside.bands:
        for kind, shares in ((BarKind.RUNNING, band.running), (BarKind.WAITING, band.waiting), (BarKind.READY, band.ready)):
            if max(shares, default=0.0) > (0.04 * band.peak if kind is BarKind.READY else 0):
                yield BarKind.STARTING if kind is BarKind.READY and band.starting else kind
    yield from (end.outcome for end in ended)
    yield from (arrow.kind for arrow in joined)
    if len(inside.cpu):
        yield "cpu"
    if printed:
        yield "printed"


def legend_of(words: Catalogue, signs: Iterator[str]) -> tuple[LegendItem, ...]:
    """Return what the legend says of the signs."""
    found = set(signs)
    return tuple(LegendItem(kind=kind, text=words.gettext(text)) for kind, text in labels.LEGEND.items() if kind in found)
