"""Paints what only charts under each other have: headings, and where each of them ended. Imports ``layout`` and ``scene``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .layout import EDGE, LETTERS
from .panels import NAME
from .scene import Panel, Scene

_DASHES: Final = (0, (3.2, 2.2))

Text = Callable[..., None]
Strokes = Callable[..., None]


def paint(scene: Scene, text: Text, strokes: Strokes) -> None:
    """Put headings and ends on the picture; ``text`` and ``strokes`` are the painter's."""
    for panel in scene.panels:
        _heading(scene, panel, text, strokes)
        _end(scene, panel, text, strokes)
        if panel.runs_ns:
            _runs(scene, panel, text, strokes)


def _heading(scene: Scene, panel: Panel, text: Text, strokes: Strokes) -> None:
    frame, theme = scene.frame, scene.theme
    edge = EDGE * frame.scale
    if panel.rule_y is not None:
        strokes([[(edge, panel.rule_y), (frame.width - edge, panel.rule_y)]], theme.grid, 1.4, 1)
    text(edge, panel.y, panel.name, NAME, theme.ink, bold=True, on=theme.paper)
    text(panel.headline_x, panel.y, panel.headline, NAME, theme.ink, bold=True, on=theme.paper)
    text(frame.width - edge, panel.y, panel.figures, LETTERS.figures, theme.faint, ha="right", on=theme.paper)


def _end(scene: Scene, panel: Panel, text: Text, strokes: Strokes) -> None:
    """Draw the line from a chart's end down to the axis, its time beside its foot."""
    frame, theme = scene.frame, scene.theme
    x = frame.x(panel.end_ns)
    strokes([[(x, panel.top), (x, frame.bottom)]], theme.axis, 1.1, 6, linestyles=[_DASHES])
    beside = 4 * frame.scale * (-1 if panel.end_align == "right" else 1)
    text(x + beside, panel.end_y, panel.end_text, LETTERS.end, theme.ink, bold=True, ha=panel.end_align, on=theme.paper)


def _runs(scene: Scene, panel: Panel, text: Text, strokes: Strokes) -> None:
    """Draw a mark at the end of every run, and a bar from the first to the last."""
    frame, theme = scene.frame, scene.theme
    scale, y = frame.scale, panel.runs_y
    at: list[Any] = [frame.x(end) for end in panel.runs_ns]
    strokes([[(at[0], y), (at[-1], y)]], theme.waiting.edge, 7, 2, capstyle="butt")
    strokes([[(x, y - 6 * scale), (x, y + 6 * scale)] for x in at], theme.ink, 1.3, 7)
    x = at[0] - 8 * scale if panel.runs_align == "right" else at[-1] + 8 * scale
    text(x, y + 4 * scale, panel.runs_text, LETTERS.end, theme.ink, ha=panel.runs_align, on=theme.paper)
