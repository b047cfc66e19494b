"""Paints the arrows between lanes: cancellations, the ways of calls and results, and what brought a task about.

Imports matplotlib by way of the painter that calls it, and ``scene`` of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .layout import LEGEND_SIGN
from .mpl_remarks import Pen
from .scene import Scene


def paint(scene: Scene, pen: Pen, signs: Mapping[str, tuple[float, float]]) -> None:
    """Draw cancellations and causes across the bars, and the ways of calls and results thin and behind them."""
    _arrows(scene, pen, signs, "cancel", scene.theme.ink, 1.1, 26.0, 6.5)
    _arrows(scene, pen, signs, "handed", scene.theme.faint, 0.7, 9.0, 1.2)
    _arrows(scene, pen, signs, "cause", scene.theme.path, 1.6, 30.0, 10.0)


def _arrows(
    scene: Scene, pen: Pen, signs: Mapping[str, tuple[float, float]], kind: str, color: str, width: float, head: float, zorder: float
) -> None:
    frame, scale = scene.frame, scene.frame.scale
    strokes: list[Any] = []
    heads: dict[str, list[tuple[float, float]]] = {"v": [], "^": []}
    for arrow in scene.arrows:
        if arrow.kind == kind:
            source, target = scene.lanes[arrow.source], scene.lanes[arrow.target]
            down = target.top > source.top
            start = source.top + source.height if down else source.top
            stop = target.top - 2 * scale if down else target.top + target.height + 2 * scale
            x = frame.x(arrow.end_ns)
            strokes.append([(frame.x(arrow.t_ns), start), (x, stop)])
            heads["v" if down else "^"].append((x, stop - (3 if down else -3) * scale))
    if kind in signs:
        x, y = signs[kind]
        x += (LEGEND_SIGN / 2) * scale
        strokes.append([(x, y - 11 * scale), (x, y)])
        heads["v"].append((x, y - 1 * scale))
    if strokes:
        pen.strokes(strokes, color, width, zorder)
    for marker, places in heads.items():
        if places:
            pen.markers(places, marker, head, color, color, zorder + 0.1)
