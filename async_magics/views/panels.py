"""Several traces become one scene: their charts under each other on one time axis, aligned at their starts.

All lanes are lanes of one scene, so the painters know nothing of it but the headings and the lines at the ends. Imports
``analysis``, ``lang`` and this folder, but no painter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

from ..analysis.compare import Compared, compared
from ..lang import Catalogue, translation
from ..lang.plain import clean, ems, fit
from ..lang.times import duration
from ..model import Trace
from . import axis, figures, labels, layout, notes
from .annotations import Annotations
from .barlabels import place_labels
from .bars import Content
from .basis import Basis, most_lanes
from .below import EDGE
from .compare_words import alt, span_of_runs, speed
from .compose import caption, field, legend_of, signs, theme_of
from .facts import Facts
from .scene import Arrow, Band, BarKind, Bars, CpuShares, End, Frame, Label, Lane, Panel, Paragraph, Scene, Tone
from .spec import FEWEST_LANES, ChartOptions
from .window import View, Window

NAME: Final = 15.0
"""Size of the letters of a heading."""
HEADING: Final = 28.0
"""Height of a heading, in pixels at scale 1."""
BETWEEN: Final = 9.0
RUNS: Final = 18.0
"""Height of the row in which the ends of other runs stand."""
END: Final = 16.0
"""Height of a row of times above the axis."""
MOST_FOOTNOTES: Final = 6
MOST_END_ROWS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one trace brings; lanes are counted from 0 here."""

    trace: Trace
    row: Compared
    name: str
    lanes: tuple[Lane, ...]
    inside: Content
    ends: tuple[End, ...]
    arrows: tuple[Arrow, ...]
    footnotes: tuple[str, ...]


def compose_all(traces: Sequence[Trace], options: ChartOptions) -> Scene:
    """Return the charts of several traces as one."""
    words = translation(options.lang)
    span = max((end for trace in traces for end in (trace.end_ns, *trace.runs_ns)), default=0)
    known = [Facts(trace) for trace in traces]
    shares = fair([len(facts.owners.order) for facts in known], most_lanes(options), FEWEST_LANES)
    rows = compared(traces)
    parts = [_part(words, facts, row, options, share, span) for facts, row, share in zip(known, rows, shares, strict=True)]
    first = [sum(len(part.lanes) for part in parts[:number]) for number in range(len(parts))]
    ended = tuple(replace(end, lane=end.lane + at) for part, at in zip(parts, first, strict=True) for end in part.ends)
    scale = layout.SHEETS[options.size].scale
    below = (*caption(options), *_footnotes(words, parts))
    legend = legend_of(words, (sign for part in parts for sign in signs(part.inside, part.ends, part.arrows, span, False)))
    title, stacked = clean(options.title or "", 160), _stacked(parts, first)
    headroom = [room * scale for room in _headroom(parts)]
    across = layout.across(options, stacked, ended, Window.all(span), sum(headroom))
    stops = _stops(words, traces, across)
    frame, placed = layout.frame(
        options, across, stacked, title=title, figures="", cell_ends=False, legend=legend, below=below, above=0.0,
        headroom=headroom, ledge=_ledge(parts, stops) * scale,
    )  # fmt: skip
    return Scene(
        title=title,
        figures="",
        runs="",
        alt=alt(words, rows, title),
        lanes=placed,
        bars=tuple(_bars(parts, first)),
        cpu=_cpu(parts, first),
        bands=tuple(_bands(parts, first, frame)),
        labels=tuple(_labels(words, parts, first, placed, frame)),
        ends=layout.cut_ends(ended, frame),
        arrows=tuple(_arrows(parts, first)),
        annotations=Annotations(),
        ticks=axis.ticks(words, Window.all(span), layout.tick_count(frame)),
        axis_label=axis.label(words, span, all(labels.is_cell(trace) for trace in traces)),
        cell_end_ns=None,
        cell_end_text="",
        legend=legend,
        below=below,
        lost_text=words.gettext("□ stands for a character that no installed font has"),
        end_ns=span,
        frame=frame,
        theme=theme_of(options),
        panels=tuple(_panels(words, parts, first, placed, frame, stops)),
    )


def fair(wanted: Sequence[int], most: int, least: int) -> list[int]:
    """Share out lanes: those who want few get what they want, the others the same each."""
    shares = [0] * len(wanted)
    room = most
    for left, number in enumerate(sorted(range(len(wanted)), key=lambda n: wanted[n])):
        shares[number] = max(least, min(wanted[number], room // (len(wanted) - left)))
        room -= shares[number]
    return shares


def _part(words: Catalogue, facts: Facts, row: Compared, options: ChartOptions, most: int, span: int) -> _Part:
    """Draw one trace on its share of the axis."""
    trace = facts.trace
    columns = max(24, round(layout.columns(options) * trace.end_ns / max(1, span)))
    body = field(Basis.of(facts, options, most), View(Window.all(trace.end_ns), columns, layout.SHEETS[options.size].scale))
    remarks = notes.footnotes(words, trace, body.lanes, body.inside.bands, body.ends, frozenset(), figures.computed(words, trace))
    return _Part(
        trace=trace,
        row=row,
        name=clean(trace.title or trace.name, 80),
        lanes=body.lanes,
        inside=body.inside,
        ends=body.ends,
        arrows=body.arrows,
        footnotes=tuple(remark.text for remark in remarks),
    )


# ---------------------------------------------------------------------------------------------------- all parts as one
def _stacked(parts: Sequence[_Part], first: Sequence[int]) -> list[Lane]:
    return [
        replace(lane, parent=None if lane.parent is None else lane.parent + at)
        for part, at in zip(parts, first, strict=True)
        for lane in part.lanes
    ]


def _bars(parts: Sequence[_Part], first: Sequence[int]) -> Iterator[Bars]:
    for kind in BarKind:
        found = [(bars, at) for part, at in zip(parts, first, strict=True) for bars in part.inside.bars if bars.kind is kind]
        if found:
            yield Bars(
                kind=kind,
                lane=tuple(lane + at for bars, at in found for lane in bars.lane),
                start_ns=tuple(start for bars, _ in found for start in bars.start_ns),
                end_ns=tuple(end for bars, _ in found for end in bars.end_ns),
            )


def _cpu(parts: Sequence[_Part], first: Sequence[int]) -> CpuShares:
    columns = {column.name: tuple(x for part in parts for x in getattr(part.inside.cpu, column.name)) for column in fields(CpuShares)}
    columns["lane"] = tuple(lane + at for part, at in zip(parts, first, strict=True) for lane in part.inside.cpu.lane)
    return CpuShares(**columns)


def _bands(parts: Sequence[_Part], first: Sequence[int], frame: Frame) -> Iterator[Band]:
    """Yield the bands; the text of one that is too narrow is left out."""
    for part, at in zip(parts, first, strict=True):
        for band in part.inside.bands:
            wide = (band.end_ns - band.start_ns) * frame.px_per_ns
            fits = ems(band.text) * layout.LETTERS.detail * frame.scale < wide
            yield replace(band, lane=band.lane + at, text=band.text if fits else "")


def _arrows(parts: Sequence[_Part], first: Sequence[int]) -> Iterator[Arrow]:
    for part, at in zip(parts, first, strict=True):
        yield from (replace(arrow, source=arrow.source + at, target=arrow.target + at) for arrow in part.arrows)


def _labels(words: Catalogue, parts: Sequence[_Part], first: Sequence[int], placed: Sequence[Lane], frame: Frame) -> Iterator[Label]:
    for part, at in zip(parts, first, strict=True):
        own = placed[at : at + len(part.lanes)]
        found = place_labels(words, part.trace, own, part.inside, part.ends, frame)
        yield from (replace(label, lane=label.lane + at) for label in found)


def _footnotes(words: Catalogue, parts: Sequence[_Part]) -> Iterator[Paragraph]:
    found = [f"{part.name}: {text}" for part in parts for text in part.footnotes]
    more = len(found) - MOST_FOOTNOTES
    if more > 0:
        rest = words.ngettext("{} more remark", "{} more remarks", more + 1).format(words.number(more + 1))
        found[MOST_FOOTNOTES - 1 :] = [f"… {rest}"]
    yield from (Paragraph(tone=Tone.FOOTNOTE, text=text) for text in found)


# ---------------------------------------------------------------------------------------------------- headings and ends
def _headroom(parts: Sequence[_Part]) -> Iterator[float]:
    """Yield the room above each lane: a heading above the first of each chart, and under it the runs of the chart before."""
    before: _Part | None = None
    for part in parts:
        yield HEADING + (BETWEEN if before else 0) + (RUNS if before and _has_runs(before) else 0)
        yield from [0.0] * (len(part.lanes) - 1)
        before = part


def _has_runs(part: _Part) -> bool:
    return part.row.spread is not None and part.row.spread.count > 1


def _ledge(parts: Sequence[_Part], stops: Sequence[_Stop]) -> float:
    return (RUNS if _has_runs(parts[-1]) else 0) + (max(stop.row for stop in stops) + 1) * END + 4


@dataclass(frozen=True, slots=True)
class _Stop:
    """What is written at the foot of a chart's end: ``row`` counts upwards from the axis."""

    text: str
    row: int
    align: Literal["left", "right"]


def _stops(words: Catalogue, traces: Sequence[Trace], across: layout.Across) -> list[_Stop]:
    """Return the times above the axis, one for each chart, in as many rows as they need; one that is there already is left out."""
    stops = [_Stop("", 0, "right")] * len(traces)
    taken: list[tuple[float, float, int]] = []
    for number in sorted(range(len(traces)), key=lambda n: traces[n].end_ns):
        text, x = duration(words, traces[number].end_ns), across.x(traces[number].end_ns)
        width = ems(text, bold=True) * layout.LETTERS.end * across.scale + 8 * across.scale
        align: Literal["left", "right"] = "right" if x - width > across.left else "left"
        begin, end = (x - width, x) if align == "right" else (x, x + width)
        rows = {row for left, right, row in taken if begin < right and left < end}
        row = next(row for row in range(len(traces) + 1) if row not in rows)
        if row < MOST_END_ROWS and all(stop.text != text for stop in stops):
            stops[number] = _Stop(text, row, align)
            taken.append((begin, end, row))
    return stops


def _panels(
    words: Catalogue, parts: Sequence[_Part], first: Sequence[int], placed: Sequence[Lane], frame: Frame, stops: Sequence[_Stop]
) -> Iterator[Panel]:
    scale = frame.scale
    for part, at, stop in zip(parts, first, stops, strict=True):
        name, headline, headline_x, line = _heading(words, part, frame, compare=at > 0)
        top, last = placed[at].top, placed[at + len(part.lanes) - 1]
        runs, runs_align = _beside_runs(words, part, frame)
        yield Panel(
            lane=at,
            name=name,
            headline=headline,
            headline_x=headline_x,
            figures=line,
            y=top - 10 * scale,
            rule_y=top - (HEADING + 2) * scale if at else None,
            top=top,
            end_ns=part.trace.end_ns,
            end_text=stop.text,
            end_y=frame.bottom - (6 + stop.row * END) * scale,
            end_align=stop.align,
            runs_ns=tuple(sorted(part.trace.runs_ns)) if _has_runs(part) else (),
            runs_text=runs,
            runs_align=runs_align,
            runs_y=last.top + last.height + 12 * scale,
        )


def _beside_runs(words: Catalogue, part: _Part, frame: Frame) -> tuple[str, Literal["left", "right"]]:
    """Return what stands beside the marks of repeated runs, and which end of it: left of them where it fits."""
    if not _has_runs(part):
        return "", "right"
    size, text = layout.LETTERS.end * frame.scale, span_of_runs(words, part.row)
    left = (frame.x(min(part.trace.runs_ns)) - frame.left) / size - 1
    right = (frame.width - frame.x(max(part.trace.runs_ns))) / size - 2
    return (text, "right") if ems(text) <= left else (fit(text, max(left, right)), "right" if left > right else "left")


def _heading(words: Catalogue, part: _Part, frame: Frame, *, compare: bool) -> tuple[str, str, float, str]:
    """Return name, headline, where that begins, and the figures; what has no room is cut."""
    size, edge = NAME * frame.scale, EDGE * frame.scale
    headline = " · ".join(filter(None, (duration(words, part.row.wall_ns), speed(words, part.row) if compare else "")))
    wide = ems(headline, bold=True) * size
    name = fit(part.name, (frame.width - 2 * edge - wide - 2 * size) / size, bold=True)
    x = max(frame.left, edge + ems(name, bold=True) * size + size)
    room = (frame.width - edge - x - wide - 2 * size) / (layout.LETTERS.figures * frame.scale)
    line = figures.figures(words, part.row.stats, room, wall=False)
    return name, headline, x, line if ems(line) <= room else ""
