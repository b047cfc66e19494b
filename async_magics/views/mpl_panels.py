"""Paints what only charts under each other have: headings, and where each of them ended. Imports ``layout`` and ``scene``."""

from __future__ import annotations

from typing import Any, Final

from ..lang.plain import ems
from .below import EDGE
from .layout import LETTERS
from .mpl_remarks import Pen
from .panels import NAME
from .scene import Label, Panel, Scene

_DASHES: Final = (0, (3.2, 2.2))


def paint(scene: Scene, pen: Pen) -> None:
    """Put headings and ends on the picture."""
    for panel in scene.panels:
        _heading(scene, panel, pen)
        _end(scene, panel, pen)
        if panel.runs_ns:
            _runs(scene, panel, pen)


def crosses(scene: Scene, label: Label) -> bool:
    """Whether a line at a chart's end goes through the text on a bar."""
    half = ems(label.text) * LETTERS.label * scene.frame.scale / 2 / scene.frame.px_per_ns
    middle = (label.start_ns + label.end_ns) / 2
    return any(panel.lane <= label.lane and abs(panel.end_ns - middle) < half for panel in scene.panels)


def _heading(scene: Scene, panel: Panel, pen: Pen) -> None:
    frame, theme = scene.frame, scene.theme
    edge = EDGE * frame.scale
    if panel.rule_y is not None:
        pen.strokes([[(edge, panel.rule_y), (frame.width - edge, panel.rule_y)]], theme.grid, 1.4, 1)
    pen.text(edge, panel.y, panel.name, NAME, theme.ink, bold=True, on=theme.paper)
    pen.text(panel.headline_x, panel.y, panel.headline, NAME, theme.ink, bold=True, on=theme.paper)
    pen.text(frame.width - edge, panel.y, panel.figures, LETTERS.figures, theme.faint, ha="right", on=theme.paper)


def _end(scene: Scene, panel: Panel, pen: Pen) -> None:
    """Draw the line from a chart's end down to the axis, its time beside its foot."""
    frame, theme = scene.frame, scene.theme
    x = frame.x(panel.end_ns)
    pen.strokes([[(x, panel.top), (x, frame.bottom)]], theme.axis, 1.1, 6, linestyles=[_DASHES])
    beside = 4 * frame.scale * (-1 if panel.end_align == "right" else 1)
    pen.text(x + beside, panel.end_y, panel.end_text, LETTERS.end, theme.ink, bold=True, ha=panel.end_align, on=theme.paper)


def _runs(scene: Scene, panel: Panel, pen: Pen) -> None:
    """Draw a mark at the end of every run, and a bar from the first to the last."""
    frame, theme = scene.frame, scene.theme
    scale, y = frame.scale, panel.runs_y
    at: list[Any] = [frame.x(end) for end in panel.runs_ns]
    pen.strokes([[(at[0], y), (at[-1], y)]], theme.waiting.edge, 7, 2, capstyle="butt")
    pen.strokes([[(x, y - 6 * scale), (x, y + 6 * scale)] for x in at], theme.ink, 1.3, 7)
    x = at[0] - 8 * scale if panel.runs_align == "right" else at[-1] + 8 * scale
    pen.text(x, y + 4 * scale, panel.runs_text, LETTERS.end, theme.ink, ha=panel.runs_align, on=theme.paper)
