"""Paints the pictures of a film, 1280 × 720: what happens, the code, what stands beside it, and the chart with a cursor.

The chart is painted once. Imports matplotlib, as only ``mpl*`` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from ..lang.plain import clean, ems, fit
from ..model import Trace
from . import mpl, mpl_fonts
from .compose import compose
from .film import CodeLine, Listed, Mark, Still, stills
from .replay_words import TASK_COLORS, TASK_COLORS_DARK
from .spec import ChartOptions
from .theme import THEMES, Theme, repainted

WIDTH: Final = 1280
HEIGHT: Final = 720
EDGE: Final = 28
TOP: Final = 100
"""Where the code begins."""
COLUMN: Final = 800
"""Where the list beside the code begins."""
PITCH: Final = 24
"""From a line of code to the next."""
MOST_CHART: Final = 350
MONO: Final = "DejaVu Sans Mono"
LETTER: Final = 9.03
"""Width of one of its letters in a line of code."""
NEAR: Final = 12
"""Steps of 255 at which a colour cannot be told from the paper."""
LANES: Final = 7
"""More lanes than these fold: a film is watched from the last row."""


def pictures(trace: Trace, options: ChartOptions) -> Iterator[tuple[Any, float]]:
    """Yield each picture as pixels (height, width, RGB), and how many seconds it is shown."""
    with mpl.own_settings():
        chart = _Chart(trace, options)
        title = clean(trace.title if options.title is None else options.title, 120) or clean(trace.name, 120)
        for still in stills(trace, options):
            yield _Painter(chart, title, still).pixels(), still.seconds


def reduced(pixels: Any, options: ChartOptions) -> Any:
    """Return a picture in the few colours of a film, as a Pillow image: the same in every picture, so that only what changes is stored."""
    return Image.fromarray(pixels).quantize(palette=_palette(options.theme, options.palette), dither=Image.Dither.NONE)


@lru_cache(maxsize=4)
def _palette(name: str, changed: tuple[tuple[str, str], ...]) -> Any:
    """Return the theme's colours and the tasks', and what lies between each of them and the paper, as the edges of letters need."""
    theme = repainted(THEMES[name], changed)
    strong = [theme.ink, *(TASK_COLORS_DARK if name == "dark" else TASK_COLORS)]
    fills = [theme.running, theme.waiting, theme.blocking, theme.ready, theme.starting]
    pale = [
        theme.faint,
        theme.grid,
        theme.alarm,
        *theme.ends.values(),
        *(color for fill in fills for color in (fill.face, fill.edge, fill.text)),
    ]
    paper, entries = np.array(list(bytes.fromhex(theme.paper[1:]))), []
    for colors, shares in ((strong, (1, 0.84, 0.7, 0.56, 0.42, 0.3, 0.16, 0.08)), (pale, (1, 0.75, 0.5, 0.25))):
        for color in dict.fromkeys(colors):
            entries += [np.rint(share * np.array(list(bytes.fromhex(color[1:]))) + (1 - share) * paper) for share in shares]
    entries = [entry for entry in entries if np.abs(entry - paper).max() >= NEAR]  # what is as good as paper is to be paper
    flat = np.array([paper, *entries], dtype=np.uint8)[:256].tobytes()
    found = Image.new("P", (1, 1))
    found.putpalette(flat.ljust(768, bytes([*map(int, paper)])[:1]))
    return found


class _Chart:
    """The chart below the code, without what the film says itself."""

    def __init__(self, trace: Trace, options: ChartOptions) -> None:
        bare = replace(options, title="", caption="", findings="off", prints=False, critical_path=False, size="notebook", callouts="off",
                       lanes=min(options.lanes, LANES))  # fmt: skip
        self.scene = compose(trace, bare)
        self._last_ns = trace.end_ns
        frame = self.scene.frame
        made = mpl.figure(self.scene, outlines=True)
        canvas: Any = FigureCanvasAgg(made)
        self.scale = min((WIDTH - 2 * EDGE) / frame.width, MOST_CHART / (frame.axis_y + 10 - self._above))
        made.set_dpi(mpl.DPI * 2)
        canvas.draw()
        self.pixels = self._cropped(np.asarray(canvas.buffer_rgba())[:, :, :3])
        self.height, self.width = self.pixels.shape[:2]
        self.left, self.top = (WIDTH - self.width) // 2, HEIGHT - self.height - 8

    @property
    def _above(self) -> float:
        """What is cut off at the top: the line of figures."""
        return max(0.0, self.scene.frame.top - 26)

    def _cropped(self, pixels: Any) -> Any:
        frame = self.scene.frame
        part = Image.fromarray(pixels[round(2 * self._above) : round(2 * (frame.axis_y + 10))])
        size = (round(part.width * self.scale / 2), round(part.height * self.scale / 2))
        return np.asarray(part.resize(size, Image.Resampling.LANCZOS))

    def cursor(self, t_ns: int) -> tuple[float, float, float] | None:
        """Return where the cursor stands, and from where to where it goes; ``None`` for a moment that the chart does not show."""
        frame, t_ns = self.scene.frame, min(t_ns, self._last_ns)
        if not self.scene.start_ns <= t_ns <= self.scene.end_ns:
            return None
        x = self.left + frame.x(t_ns) * self.scale
        return x, self.top + (frame.top - self._above - 8) * self.scale, self.top + (frame.bottom - self._above) * self.scale


class _Painter:
    """Puts one still onto one figure, in pixels from its upper left corner."""

    def __init__(self, chart: _Chart, title: str, still: Still) -> None:
        self._chart, self._title, self._still = chart, title, still
        self._theme: Theme = chart.scene.theme
        self._figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=self._theme.paper)

    def pixels(self) -> Any:
        canvas: Any = FigureCanvasAgg(self._figure)
        self._head()
        self._code()
        self._beside()
        canvas.draw()
        found = np.array(canvas.buffer_rgba())[:, :, :3]
        chart = self._chart
        found[chart.top : chart.top + chart.height, chart.left : chart.left + chart.width] = chart.pixels
        self._cursor(found)
        return found

    def _head(self) -> None:
        still, theme = self._still, self._theme
        taken = ems(still.count) * 15 + 30
        self._text(EDGE, 36, fit(self._title, (WIDTH - 2 * EDGE - taken) / 22, bold=True), 22, theme.ink, bold=True)
        self._text(WIDTH - EDGE, 36, still.count, 15, theme.faint, right=True)
        self._text(
            EDGE, 74, fit(still.sentence, (WIDTH - 2 * EDGE) / 20), 20, theme.running.face if theme.paper != "#ffffff" else theme.ink
        )
        if still.note:
            self._text(WIDTH - EDGE, 92, still.note, 12, theme.faint, right=True)

    def _rows(self) -> int:
        return int(self._chart.top - TOP - 8) // PITCH

    # ------------------------------------------------------------------ code
    def _code(self) -> None:
        for place, line in enumerate(_window(self._still.code, self._rows())):
            self._line(TOP + PITCH * place, line)

    def _line(self, y: float, line: CodeLine) -> None:
        theme, base = self._theme, y + 0.72 * PITCH
        if line.number is None:
            self._text(EDGE, base, line.text, 13, theme.faint)
            return
        if line.marks:
            self._box(EDGE, y, COLUMN - EDGE - 16, PITCH, line.marks[0].color, 0.16)
            self._box(EDGE, y, 5, PITCH, line.marks[0].color)
        self._text(EDGE + 44, base, str(line.number), 14, theme.faint, right=True, family=MONO)
        text = line.text.expandtabs(4)
        left = self._marks(COLUMN - 22, y, line.marks, max(260.0, COLUMN - EDGE - 100 - len(text) * LETTER), right=True)
        room = int((left - EDGE - 66) / LETTER)
        self._text(EDGE + 58, base, text if len(text) <= room else f"{text[: max(0, room - 1)]}…", 15, theme.ink, family=MONO)

    def _marks(self, x: float, y: float, marks: Sequence[Mark], room: float, *, right: bool = False) -> float:
        """Put marks beside each other, ending at ``x`` where asked; return where the row of them ends. What does not fit is counted."""
        shown = _fitting(marks, room)
        widths = [_width(mark) for mark in shown]
        start = x - sum(widths) - 6 * len(widths) if right else x
        at = start
        for mark, wide in zip(shown, widths, strict=True):
            self._box(at, y + 2, wide, PITCH - 4, mark.color)
            self._text(at + wide / 2, y + 0.7 * PITCH, mark.text, 13, self._theme.paper, bold=True, center=True)
            at += wide + 6
        return start if right else at

    # ------------------------------------------------------------------ beside it
    def _beside(self) -> None:
        items = self._still.beside
        for place, item in enumerate(_tail(items, self._rows())):
            self._listed(TOP + PITCH * place, item)

    def _listed(self, y: float, item: Listed) -> None:
        base = y + 0.72 * PITCH
        if item.bold:
            self._text(COLUMN, base, fit(item.text, (WIDTH - EDGE - COLUMN) / 14, bold=True), 14, self._theme.faint, bold=True)
            return
        before = item.text if item.leads and item.marks else ""
        x = float(COLUMN)
        if before:
            self._text(x, base, before, 14, self._theme.ink)
            x += ems(before) * 14 + 10
        x = self._marks(x, y, item.marks, WIDTH - EDGE - x)
        if not before:
            self._text(x, base, fit(item.text, max(1.0, (WIDTH - EDGE - x) / 14)), 14, self._theme.ink)

    # ------------------------------------------------------------------ parts
    def _cursor(self, pixels: Any) -> None:
        place = self._chart.cursor(self._still.t_ns)
        if place is None:
            return
        x, top, bottom = place
        color = tuple(bytes.fromhex(self._theme.alarm[1:]))
        pixels[round(top) : round(bottom), max(0, round(x) - 1) : round(x) + 2] = color

    def _box(self, x: float, y: float, width: float, height: float, color: str, alpha: float = 1.0) -> None:
        corner = (x / WIDTH, 1 - (y + height) / HEIGHT)
        patch = Rectangle(corner, width / WIDTH, height / HEIGHT, facecolor=color, edgecolor="none", alpha=alpha,
                          transform=self._figure.transFigure)  # fmt: skip
        self._figure.add_artist(patch)

    def _text(self, x: float, y: float, text: str, size: float, color: str, *, bold: bool = False, right: bool = False,
              center: bool = False, family: str = "") -> None:  # fmt: skip
        if not text:
            return
        face = mpl_fonts.face(text, bold)
        families = [family, *face.families] if family else list(face.families)
        self._figure.text(
            x / WIDTH, 1 - y / HEIGHT, face.text, fontsize=size * 0.72, color=color, fontfamily=families,
            fontweight="bold" if face.bold else "normal", ha="center" if center else "right" if right else "left", va="baseline",
        )  # fmt: skip


_MORE: Final = 44
"""Width of the mark that counts those that do not fit."""


def _width(mark: Mark) -> float:
    return ems(mark.text, bold=True) * 13 + 14


def _fitting(marks: Sequence[Mark], room: float) -> list[Mark]:
    shown = list(marks)
    left = room - sum(_width(mark) + 6 for mark in shown)
    if left >= 0:
        return shown
    while len(shown) > 1 and left < _MORE:
        left += _width(shown.pop()) + 6
    return [*shown, Mark(f"+{len(marks) - len(shown)}", shown[-1].color)] if len(shown) < len(marks) else shown


def _window(lines: Sequence[CodeLine], rows: int) -> Sequence[CodeLine]:
    """Return the lines that are shown: all, or those around the ones where tasks stand."""
    if len(lines) <= rows:
        return lines
    wanted = [number for number, line in enumerate(lines) if line.marks] or [0]
    if wanted[-1] - wanted[0] < rows:
        begin = max(0, wanted[-1] - rows + 1, min(wanted[0] - 1, len(lines) - rows))
        return lines[begin : begin + rows]
    near = sorted({number for at in wanted for number in (at - 1, at + 1) if 0 <= number < len(lines)} - set(wanted))
    return [lines[number] for number in sorted([*wanted, *near][:rows])]


def _tail(items: Sequence[Listed], rows: int) -> Sequence[Listed]:
    """Return what is shown of the list: where it is too long, its middle gives way to what was printed last."""
    if len(items) <= rows:
        return items
    last = max(number for number, item in enumerate(items) if item.bold)
    end, most = items[last:], max(rows // 2, rows - last - 1)
    if len(end) > most:
        end = (end[0], *end[1 - most :])
    before = items[: rows - len(end) - 1]
    if len(before) == last:  # all of that has room: what gives way stands below the last heading
        return (*before, end[0], Listed("…"), *end[1:])
    return (*before, Listed("…"), *end)
