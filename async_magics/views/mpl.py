"""Paints a scene with matplotlib: one collection for each kind of bar, no ``pyplot``, nobody's settings read or changed.

Everything stands where the scene says, in its pixels, y downwards. This module and ``mpl_*`` are the only
ones that import matplotlib.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any, Final

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.transforms import Affine2D, IdentityTransform

from . import mpl_arrows, mpl_fonts, mpl_letters, mpl_panels, mpl_path, mpl_png, mpl_remarks
from .gutter import shown_names, shown_title
from .below import EDGE, TONES
from .layout import LEGEND_SIGN, LETTERS, MARK
from .mpl_shapes import CPU_INSET, Corners, areas, boxes, cpu_lines, joined, lines, rectangles
from .scene import Band, BarKind, Label, Scene, Tone
from .theme import Fill, Theme, tinted

DPI: Final = 96
"""Pixels of a scene to the inch."""
SHARPNESS: Final = 2
"""Pixels of a PNG to a pixel of the scene: what a good screen and a projector show."""

_POINT: Final = 72 / DPI
_NOT_OURS: Final = frozenset(("backend", "backend_fallback", "interactive"))
_OWN: Final[dict[str, Any]] = {
    "svg.hashsalt": "async_magics",
    "hatch.linewidth": 0.8,
    "text.parse_math": False,
    "text.hinting": "none",
    "path.simplify": False,
}
_MARKERS: Final = {"returned": "o", "raised": "X", "cancelled": "s", "unfinished": ">"}
_MARKER_SIZES: Final = {"returned": 78.0, "raised": 92.0, "cancelled": 70.0, "unfinished": 84.0}
_SMALL: Final = 0.3
_DOTS: Final = (0, (0.2, 2.2))
_SHADES: Final[dict[Tone, Callable[[Theme], str]]] = {
    Tone.CAPTION: lambda theme: theme.ink,
    Tone.REMARK: lambda theme: theme.ink,
    Tone.PRINTED: lambda theme: theme.ink,
    Tone.PATH: lambda theme: theme.ink,
    Tone.FINDING: lambda theme: theme.ink,
    Tone.ADVICE: lambda theme: theme.faint,
    Tone.FOOTNOTE: lambda theme: theme.faint,
}


def png(scene: Scene) -> bytes:
    """Return the picture at double resolution."""
    with own_settings():
        made = figure(scene, outlines=True)
        made.set_dpi(DPI * SHARPNESS)
        canvas: Any = FigureCanvasAgg(made)
        canvas.draw()
        return mpl_png.encoded(canvas.buffer_rgba(), scene)


def svg(scene: Scene) -> str:
    """Return the picture as SVG: letters are outlines, so it looks the same everywhere; the same text at every call."""
    text = _saved(scene, format="svg", metadata={"Date": None, "Creator": None, "Title": scene.title or scene.alt}).decode()
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(scene.alt)}" ', 1)


def pdf(scene: Scene) -> bytes:
    """Return the picture as PDF."""
    return _saved(
        scene, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None, "Title": scene.title or scene.alt}
    )


def _saved(scene: Scene, **how: Any) -> bytes:
    target = io.BytesIO()
    with own_settings():
        figure(scene).savefig(target, **how)
    return target.getvalue()


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw with matplotlib's own defaults and ours, and put the user's settings back.

    ``rcdefaults()`` would do, but it reads every style sheet first, which takes as long as the whole chart.
    """
    settings: Any = matplotlib.rcParams
    with matplotlib.rc_context():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)  # settings that are on their way out
            settings.update({key: value for key, value in matplotlib.rcParamsDefault.items() if key not in _NOT_OURS})
        settings.update(_OWN)
        yield


def figure(scene: Scene, *, outlines: bool = False) -> Figure:
    """Return the picture as a figure with an Agg canvas; texts as outlines are much faster, and larger in a file.

    Artists stand on the figure itself: axes would cost a quarter of the time, and bring in more settings.
    """
    frame = scene.frame
    made = Figure(figsize=(frame.width / DPI, frame.height / DPI), dpi=DPI)
    FigureCanvasAgg(made)
    paint(scene, made, outlines=outlines)
    return made


def paint(scene: Scene, made: Figure, *, outlines: bool = True) -> None:
    """Put a scene onto an empty figure of its size."""
    made.set_facecolor(scene.theme.paper)
    _Painter(scene, made, outlines).paint()


class _Painter:
    """Puts one scene onto one figure, in pixels from its upper left corner."""

    def __init__(self, scene: Scene, made: Figure, outlines: bool) -> None:
        self._scene = scene
        self._figure = made
        self._pixels = Affine2D().scale(1 / scene.frame.width, -1 / scene.frame.height).translate(0, 1) + made.transFigure
        self._frame = scene.frame
        self._theme = scene.theme
        self._scale = scene.frame.scale
        self._signs = {item.kind: place for item, place in zip(scene.legend, scene.frame.legend, strict=True)}
        self._lost = 0
        self._outlines = outlines
        self._written: dict[str, list[mpl_letters.Written]] = {}
        self._boxes: dict[str, list[Corners]] = {}

    def paint(self) -> None:
        self._axis()
        self._names()
        self._bars()
        self._path()
        self._cell_end()
        self._ends()
        self._labels()
        pen = mpl_remarks.Pen(self._text, self._strokes, self._markers)
        mpl_arrows.paint(self._scene, pen, self._signs)
        mpl_remarks.paint(self._scene, pen, self._signs)
        mpl_panels.paint(self._scene, pen)
        self._words()
        self._flush()
        self._pale()

    def _text(self, x: float, y: float, text: str, size: float, color: str, *, bold: bool = False, ha: str = "left", on: str = "") -> None:
        """Write on a base line; ``size`` in pixels at scale 1, ``on`` the colour of a patch that keeps hatches and lines away."""
        if not text:
            return
        face = mpl_fonts.face(text, bold)
        self._lost += face.lost
        size *= self._scale
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[ha]
        if on:
            left, wide = x - shift * mpl_letters.width(face, size), mpl_letters.width(face, size)
            patch = boxes(np.array([left - 3]), np.array([left + wide + 3]), np.array([y - 0.92 * size]), np.array([y + 0.32 * size]))
            self._boxes.setdefault(on, []).extend(patch)
        if self._outlines and mpl_letters.simple(face.text):
            self._written.setdefault(color, []).append(mpl_letters.Written(face=face, x=x, y=y, size=size, shift=shift))
            return
        self._figure.text(
            x, y, face.text, transform=self._pixels, fontsize=size * _POINT, color=color, fontfamily=list(face.families),
            fontweight="bold" if face.bold else "normal", parse_math=False, ha=ha, va="baseline", zorder=9,
        )  # fmt: skip

    def _flush(self) -> None:
        """Put the patches and the outlines collected on the picture, one artist for each colour."""
        for color, patches in self._boxes.items():
            self._add(PolyCollection(patches, facecolors=color, edgecolors="none", zorder=8))
        for color, texts in self._written.items():
            self._add(PathPatch(mpl_letters.outline(texts), facecolor=color, edgecolor="none", linewidth=0, zorder=9))

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._pixels)
        self._figure.add_artist(artist)

    def _strokes(self, ends: Any, color: str, width: float, zorder: float, **how: Any) -> None:
        self._add(LineCollection(ends, colors=color, linewidths=width * self._scale * _POINT, zorder=zorder, **how))

    def _axis(self) -> None:
        frame, theme = self._frame, self._theme
        at = [frame.x(tick.t_ns) for tick in self._scene.ticks]
        self._strokes([[(x, frame.top), (x, frame.bottom)] for x in at], theme.grid, 1.0, 0)
        foot = [[(x, frame.bottom), (x, frame.bottom + 5 * self._scale)] for x in at]
        line = [(frame.left, frame.bottom), (frame.right, frame.bottom)]
        self._strokes([line, *foot], theme.axis, 1.1, 1)
        for x, tick in zip(at, self._scene.ticks, strict=True):
            self._text(x, frame.tick_y, tick.text, LETTERS.tick, theme.ink, ha="center")
        self._text((frame.left + frame.right) / 2, frame.axis_y, self._scene.axis_label, LETTERS.axis, theme.ink, ha="center")

    def _names(self) -> None:
        theme, names = self._theme, shown_names(self._scene.lanes, self._frame)
        for shown in names:
            self._text(shown.name_x, shown.name_y, shown.name, LETTERS.name, theme.ink, bold=True, ha=shown.align)
            self._text(shown.detail_x, shown.detail_y, shown.detail, LETTERS.detail, theme.faint, ha=shown.align)
        branches = [shown.branch for shown in names if shown.branch]
        if branches:
            self._strokes(branches, theme.faint, 0.9, 1)

    def _swatch(self, kind: str, height: float) -> Corners:
        """Return the legend's little bar of a kind, none where the legend does not have it."""
        place = self._signs.get(kind)
        if place is None:
            return np.empty((0, 4, 2))
        x, middle = place[0], place[1] - 4.2 * self._scale
        half = height * self._scale / 2
        return boxes(np.array([x]), np.array([x + (LEGEND_SIGN - 2) * self._scale]), np.array([middle - half]), np.array([middle + half]))

    def _bars(self) -> None:
        scene, theme = self._scene, self._theme
        bands: dict[BarKind, list[Corners]] = {kind: [] for kind in BarKind}
        for band in scene.bands:
            for kind, outlines in areas(scene, band).items():
                bands[kind] += outlines
        fills = {
            BarKind.STARTING: theme.starting,
            BarKind.WAITING: theme.waiting,
            BarKind.READY: theme.ready,
            BarKind.RUNNING: theme.running,
            BarKind.BLOCKING: theme.blocking,
        }
        for order, (kind, fill) in enumerate(fills.items(), start=1):
            self._fill(bands[kind], fill, order, outlined=False)
            if kind is not BarKind.READY:
                corners = [*rectangles(scene, scene.bars_of(kind)), *self._swatch(kind, 10)]
                self._fill(corners, fill, order + 0.5, outlined=True)
        self._tints()
        self._ready(bool(bands[BarKind.READY]))
        self._strokes(lines(scene, scene.bars_of(BarKind.OPEN)), theme.waiting.edge, 2.0, 2)
        self._cpu()

    def _tints(self) -> None:
        """Paint the lanes that have a colour of their own."""
        lanes = self._scene.lanes
        for color in dict.fromkeys(lane.color for lane in lanes if lane.color):
            on = {number for number, lane in enumerate(lanes) if lane.color == color}
            for kind, fill in zip((BarKind.RUNNING, BarKind.WAITING), tinted(self._theme, color), strict=True):
                self._fill([*rectangles(self._scene, self._scene.on_lanes(kind, on))], fill, 4.55, outlined=True)

    def _cpu(self) -> None:
        """Draw how much of a core the bars used; in the legend, on a piece of a bar."""
        full, used = cpu_lines(self._scene)
        swatch = self._swatch("cpu", 10)
        if len(swatch):
            self._fill([*swatch], self._theme.running, 4.6, outlined=True)
            (left, _), (right, bottom) = swatch[0][0], swatch[0][2]
            inset, y = CPU_INSET * self._scale, bottom - 3 * self._scale
            sample = np.array([[(left + inset, y), (right - inset, y)]])
            full = np.concatenate((full, sample))
            used = np.concatenate((used, sample * (1, 1) - np.array([(0, 0), ((right - left) * 0.35, 0)])))
        for drawn, color in ((full, self._theme.cpu_room), (used, self._theme.cpu)):
            if len(drawn):
                self._strokes(drawn, color, 2.6, 4.7, capstyle="butt")

    def _fill(self, corners: list[Corners], fill: Fill, zorder: float, *, outlined: bool) -> None:
        if not corners:
            return
        width = 0.8 * self._scale * _POINT if outlined and fill.edge != fill.face else 0.0
        style: dict[str, Any] = {"facecolor": fill.face, "edgecolor": fill.edge, "linewidth": width, "zorder": zorder}
        if fill.hatch:  # a hatch is drawn once for each path: of thousands of bars in a collection, that took half a minute
            self._add(PathPatch(joined(corners), hatch=fill.hatch, **style))
        else:
            self._add(PolyCollection(corners, **style))

    def _ready(self, in_bands: bool) -> None:
        """Draw readiness as dotted lines; its sign in the legend shows the band's pattern where there is one."""
        scene = self._scene
        ends = [*lines(scene, scene.bars_of(BarKind.READY))]
        swatch = self._swatch(BarKind.READY, 10)
        if in_bands and len(swatch):
            self._fill([*swatch], self._theme.ready, 2.5, outlined=True)
        elif len(swatch):
            (left, top), (right, bottom) = swatch[0][0], swatch[0][2]
            ends.append(np.array([(left, (top + bottom) / 2), (right, (top + bottom) / 2)]))
        if ends:
            self._strokes(ends, self._theme.ready.edge, 2.2, 3, linestyles=[_DOTS], capstyle="round")

    def _path(self) -> None:
        for found, color, width, order, ends in mpl_path.strokes(self._scene, self._signs.get("path")):
            self._strokes(found, color, width, order, capstyle=ends)

    def _cell_end(self) -> None:
        scene, frame = self._scene, self._frame
        if scene.cell_end_ns is None:
            return
        x = frame.x(scene.cell_end_ns)
        self._strokes([[(x, frame.cell_end_y - 8 * self._scale), (x, frame.bottom)]], self._theme.axis, 1.2, 6, linestyles=[(0, (3.2, 2))])
        near = x > frame.left + 0.85 * (frame.right - frame.left)
        offset = (-4 if near else 4) * self._scale
        self._text(x + offset, frame.cell_end_y, scene.cell_end_text, LETTERS.detail, self._theme.ink, ha="right" if near else "left")

    def _pale(self) -> None:
        """Cover the lanes that step back with a thin layer of paper, names and all."""
        lanes = [self._scene.lanes[number] for number in sorted(self._scene.pale)]
        if lanes:
            top, bottom = np.array([lane.top - 2 for lane in lanes]), np.array([lane.top + lane.height + 2 for lane in lanes])
            left, right = np.zeros(len(lanes)), np.full(len(lanes), self._frame.width)
            self._add(
                PolyCollection([*boxes(left, right, top, bottom)], facecolors=self._theme.paper, edgecolors="none", alpha=0.72, zorder=9.5)
            )

    def _markers(self, places: list[tuple[float, float]], marker: str, size: float, color: str, edge: str, zorder: float) -> None:
        shape = MarkerStyle(marker)
        drawn = PathCollection((shape.get_path().transformed(shape.get_transform()),), sizes=[size * self._scale**2], zorder=zorder)
        drawn.set(facecolor=color, edgecolor=edge, linewidth=1.1 * self._scale * _POINT, transform=IdentityTransform())
        drawn.set_offsets(places)
        drawn.set_offset_transform(self._pixels)
        self._figure.add_artist(drawn)

    def _ends(self) -> None:
        scene, theme = self._scene, self._theme
        for outcome, marker in _MARKERS.items():
            color = theme.ends[outcome]
            ends = [end for end in scene.ends if end.outcome == outcome]
            large = [(self._frame.x(end.t_ns), scene.lanes[end.lane].middle) for end in ends if not end.small]
            small = [(self._frame.x(end.t_ns), scene.lanes[end.lane].top + 3 * self._scale) for end in ends if end.small]
            if outcome in self._signs:
                x, y = self._signs[outcome]
                large.append((x + (LEGEND_SIGN - 8) * self._scale, y - 4.2 * self._scale))
            if large:
                self._markers(large, marker, _MARKER_SIZES[outcome], color, theme.paper, 7)
            if small:
                self._markers(small, marker, _MARKER_SIZES[outcome] * _SMALL, color, theme.paper, 7)
        for end in scene.ends:
            failed = end.outcome == "raised"
            x, y = self._frame.x(end.t_ns) + MARK * self._scale, scene.lanes[end.lane].middle + 0.36 * LETTERS.end * self._scale
            self._text(x, y, end.text, LETTERS.end, theme.alarm if failed else theme.faint, bold=failed)

    def _labels(self) -> None:
        scene, theme = self._scene, self._theme
        fills = {BarKind.WAITING: theme.waiting, BarKind.RUNNING: theme.running, BarKind.BLOCKING: theme.blocking}
        over = any(disc.lane is None for disc in scene.annotations.discs)
        crossed = over or scene.cell_end_ns is not None or bool(scene.arrows)
        for label in scene.labels:
            fill = self._fill_of(label, fills)
            x = self._frame.x((label.start_ns + label.end_ns) / 2)
            y = scene.lanes[label.lane].middle + 0.36 * LETTERS.label * self._scale
            patch = fill.hatch or crossed or mpl_panels.crosses(scene, label)
            self._text(x, y, label.text, LETTERS.label, fill.text, ha="center", on=fill.face if patch else "")
        for band in scene.bands:
            lane = scene.lanes[band.lane]
            y = lane.top + (lane.height - (lane.strip if lane.strip < lane.height else 0)) / 2 + 0.36 * LETTERS.detail * self._scale
            self._text(self._frame.x(band.middle_ns), y, band.text, LETTERS.detail, theme.ink, ha="center", on=self._under(band))

    def _fill_of(self, label: Label, fills: Mapping[BarKind, Fill]) -> Fill:
        color = self._scene.lanes[label.lane].color
        if not color or label.on is BarKind.BLOCKING:
            return fills[label.on]
        return tinted(self._theme, color)[label.on is BarKind.WAITING]

    def _under(self, band: Band) -> str:
        """Return the colour that a band's label covers."""
        middle = len(band.running) // 2
        full = (band.waiting[middle] + band.ready[middle]) / band.peak > 0.65
        fill = self._theme.ready if band.ready[middle] > band.waiting[middle] else self._theme.waiting
        return fill.face if full else self._theme.paper

    def _words(self) -> None:
        scene, frame, theme = self._scene, self._frame, self._theme
        title_x, title = shown_title(scene.title, frame, scene.figures)
        self._text(title_x, frame.title_y, title, LETTERS.title, theme.ink, bold=True)
        right = frame.width - EDGE * self._scale
        self._text(right, frame.figures_y, scene.figures, LETTERS.figures, theme.faint, ha="right")
        self._text(right, frame.runs_y, scene.runs, LETTERS.figures, theme.faint, ha="right")
        for item, (x, y) in zip(scene.legend, frame.legend, strict=True):
            self._text(x + (LEGEND_SIGN + 8) * self._scale, y, item.text, LETTERS.legend, theme.ink)
        for line in frame.below:
            if line.tone is Tone.REMARK and line.bold:
                continue  # a disc
            color = theme.alarm if line.bold and line.tone is Tone.FINDING else _SHADES[line.tone](theme)
            self._text(line.x, line.y, line.text, TONES[line.tone], color, bold=line.bold)
        if self._lost:
            self._text(right, frame.height - 5 * self._scale, scene.lost_text, TONES[Tone.FOOTNOTE], theme.faint, ha="right")
