"""A trace becomes a scene: lanes, bars, labels, ends, figures, legend, footnotes.

Imports ``analysis``, ``lang`` and this folder, but no painter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from ..analysis import Stats, blocking_rows, stats
from ..analysis.compare import failed, spread
from ..lang import Catalogue, translation
from ..lang.plain import clean
from ..model import Location, TaskKind, Trace
from ..model.slices import NONE
from . import axis, figures, labels, layout, notes
from .advice import Advice, advice
from .barlabels import place_labels
from .bars import Content, content
from .choice import Choice
from .ends import arrows, ends
from .folding import fold
from .lanes import lane_of, lanes
from .owners import owners
from .path import drawn_path
from .prints import paragraphs as listed
from .prints import printed, ticks
from .remarks import remarks
from .scene import Arrow, BarKind, End, Lane, LegendItem, Paragraph, Scene, Tone
from .spec import MOST_LANES, ChartOptions, hex_color
from .theme import THEMES, Theme, repainted

NARROW: Final = 75.0
"""Pixels below which a step that blocks the loop is named under the chart."""
FEW_LANES: Final = 8
"""Arrows are drawn up to this many lanes."""
SEEN: Final = 0.004
"""The share of the axis from which on something can be seen, and needs a word."""


@dataclass(frozen=True, slots=True)
class Field:
    """What stands between the margins, its places not yet filled in.

    Attributes:
        lanes, inside, ends, arrows: as in a ``Scene``.
        blocking: rows of ``Trace.slices`` that stand on some lane and hold up a loop.
        left_out: what is to be said of the lanes that the author did not want.
    """

    lanes: tuple[Lane, ...]
    inside: Content
    ends: tuple[End, ...]
    arrows: tuple[Arrow, ...]
    blocking: frozenset[int]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said about the whole: heading, figures, how far runs differ, who computed side by side, findings."""

    title: str
    figures: str
    runs: str
    computed: Sequence[str]
    advised: Advice


def compose(trace: Trace, options: ChartOptions, remark: str = "") -> Scene:
    """Return the chart of a trace as data; ``remark`` is a last line below it, about the output and not about the trace."""
    words, numbers = translation(options.lang), stats(trace)
    body = field(words, trace, options, most_lanes(options), layout.columns(options))
    told = _told(words, trace, options, numbers)
    across, at = layout.across(options, body.lanes, body.ends, trace.end_ns), lane_of(body.lanes)
    said, prints, path = (
        remarks(words, trace, body.lanes, options, across),
        printed(trace, at),
        drawn_path(words, trace, body.lanes, options),
    )
    below = (
        *said.paragraphs(words), *caption(options), *(listed(words, trace, prints, at, body.lanes) if options.prints else ()),
        *path.paragraphs, *told.advised.paragraphs, *_footnotes(words, trace, options, body, told), *_remark(remark),
    )  # fmt: skip
    legend = legend_of(words, chain(signs(body.inside, body.ends, body.arrows, trace.end_ns, bool(prints)), path.sign))
    outlived = _outlived(trace)
    frame, placed = layout.frame(
        options, across, body.lanes, title=told.title, figures=told.figures, cell_ends=outlived, legend=legend, below=below,
        above=said.above, headroom=said.headroom(len(body.lanes)), runs=bool(told.runs),
    )  # fmt: skip
    return Scene(
        title=told.title,
        figures=told.figures,
        runs=told.runs,
        alt=f"{_alt(words, trace, numbers, told, path.sentences)} {said.told(words)}".rstrip(),
        lanes=placed,
        bars=body.inside.bars,
        cpu=body.inside.cpu,
        bands=body.inside.bands,
        labels=place_labels(words, trace, placed, body.inside, body.ends, frame),
        ends=layout.cut_ends(body.ends, frame),
        arrows=body.arrows,
        annotations=replace(said.placed(frame, placed), ticks=ticks(prints, at, frame, placed)),
        ticks=axis.ticks(words, trace.end_ns, layout.tick_count(frame)),
        axis_label=axis.label(words, trace.end_ns, labels.is_cell(trace)),
        cell_end_ns=trace.cell_end_ns if outlived else None,
        cell_end_text=cell_end_text(words, trace) if outlived else "",
        legend=legend,
        below=below,
        lost_text=words.gettext("□ stands for a character that no installed font has"),
        end_ns=trace.end_ns,
        frame=frame,
        theme=theme_of(options),
        path=path.parts,
    )


def field(words: Catalogue, trace: Trace, options: ChartOptions, most: int, columns: int) -> Field:
    """Return what stands in the field of one trace: on at most so many lanes, told apart into so many columns."""
    blocking, choice, found = blocking_rows(trace), Choice(trace, options), owners(trace)
    kept = choice.among(found)
    unplaced = lanes(words, trace, fold(trace, most, {trace.slices.task[row] for row in blocking}, kept), choice)
    blocking = _on_lanes(trace, unplaced, blocking)
    inside = content(words, trace, unplaced, blocking, columns)
    room = columns / layout.SHEETS[options.size].scale
    return Field(
        lanes=unplaced,
        inside=inside,
        ends=ends(words, trace, unplaced, {band.lane for band in inside.bands}, room),
        arrows=arrows(trace, unplaced) if len(unplaced) <= FEW_LANES else (),
        blocking=blocking,
        left_out=tuple(choice.remarks(words, len(found.order) - len(kept.order))),
    )


def most_lanes(options: ChartOptions) -> int:
    """Return how many lanes a chart may have."""
    return options.lanes if options.fold else MOST_LANES


def theme_of(options: ChartOptions) -> Theme:
    """Return the colours that were asked for."""
    return repainted(THEMES[options.theme], ((part, hex_color(color)) for part, color in options.palette))


def _told(words: Catalogue, trace: Trace, options: ChartOptions, numbers: Stats) -> _Told:
    return _Told(
        title=clean(trace.title if options.title is None else options.title, 160),
        figures=figures.figures(words, numbers, layout.figures_room(options)),
        runs=figures.runs(words, spread(trace), failed=failed(trace)),
        computed=figures.computed(words, trace),
        advised=advice(words, trace, options),
    )


def _footnotes(words: Catalogue, trace: Trace, options: ChartOptions, body: Field, told: _Told) -> tuple[Paragraph, ...]:
    crowded = {task for band in body.inside.bands for task in body.lanes[band.lane].tasks}
    named = told.advised.places
    unnamed = {row for row in body.blocking if _place(trace, row) not in named and _is_mute(trace, row, options, crowded)}
    return notes.footnotes(words, trace, body.lanes, body.inside.bands, body.ends, unnamed, told.computed, body.left_out)


def _alt(words: Catalogue, trace: Trace, numbers: Stats, told: _Told, path: Sequence[str]) -> str:
    found = (line.text for line in told.advised.paragraphs if line.tone is Tone.FINDING)
    return figures.alt(words, trace, numbers, told.title, [*filter(None, [told.runs]), *told.computed, *path, *found])


def cell_end_text(words: Catalogue, trace: Trace) -> str:
    """Return what stands at the dashed line."""
    return words.gettext("cell ends") if labels.is_cell(trace) else words.gettext("code ends")


def _on_lanes(trace: Trace, lanes: Sequence[Lane], blocking: Set[int]) -> frozenset[int]:
    """Return the rows that stand on some lane."""
    shown = lane_of(lanes)
    return frozenset(row for row in blocking if trace.slices.task[row] in shown)


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


def _is_mute(trace: Trace, row: int, options: ChartOptions, crowded: Set[int]) -> bool:
    """Whether a step has no bar of its own, or no room on it for its line."""
    return _too_narrow(trace, row, options) or trace.slices.task[row] in crowded


def _too_narrow(trace: Trace, row: int, options: ChartOptions) -> bool:
    """Whether a step has no room for even ``line 12``."""
    took = trace.slices.end_ns[row] - trace.slices.start_ns[row]
    return took * layout.columns(options) < NARROW * layout.SHEETS[options.size].scale * trace.end_ns


def signs(inside: Content, ended: Sequence[End], joined: Sequence[Arrow], end_ns: int, printed: bool) -> Iterator[str]:
    """Yield every sign that can be seen in the chart."""
    for bars in inside.bars:
        widest = max(end - start for start, end in zip(bars.start_ns, bars.end_ns, strict=True))
        if bars.kind not in (BarKind.READY, BarKind.OPEN) or widest > end_ns * SEEN:
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
