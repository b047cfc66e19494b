"""The critical path's line: thick below the bars, thin where it goes from lane to lane. No artists here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from .layout import LEGEND_SIGN
from .scene import PathPart, Scene

BELOW: Final = 3.4
"""Pixels from a bar to the middle of the line."""
THICK: Final = 3.6
THIN: Final = 1.3
CASING: Final = 2.4
"""Pixels of paper around the line, which keep it apart from what it crosses."""
Stroke: TypeAlias = tuple[tuple[float, float], tuple[float, float]]


def strokes(scene: Scene, place: tuple[float, float] | None) -> Iterator[tuple[list[Stroke], str, float, float, str]]:
    """Yield pieces, colour, width, order and form of the ends: the line on a strip of paper that keeps it apart from the bars.

    Args:
        scene: what is drawn.
        place: of the legend's sign, where it has one.
    """
    thick, thin = along(scene), across(scene)
    if place is not None:
        signed = sign(*place, scene.frame.scale)
        thick, thin = thick + signed[0], thin + signed[1]
    for casing, color, order in ((CASING, scene.theme.paper, 5.6), (0.0, scene.theme.path, 5.7)):
        for found, width, ends in ((thin, THIN, "projecting"), (thick, THICK, "butt")):
            if found:
                yield found, color, width + casing, order, ends


def along(scene: Scene) -> list[Stroke]:
    """Return the pieces of the line along the lanes."""
    return [((scene.frame.x(part.start_ns), _y(scene, part)), (scene.frame.x(part.end_ns), _y(scene, part))) for part in scene.path]


def across(scene: Scene) -> list[Stroke]:
    """Return the upright pieces between them; none where the path goes on at another time, on a lane that is not drawn."""
    return list(_across(scene))


def _across(scene: Scene) -> Iterator[Stroke]:
    for before, after in pairwise(scene.path):
        if before.end_ns == after.start_ns:
            x = scene.frame.x(after.start_ns)
            yield (x, _y(scene, before)), (x, _y(scene, after))


def _y(scene: Scene, part: PathPart) -> float:
    lane = scene.lanes[part.lane]
    return lane.top + lane.height + BELOW * scene.frame.scale


def sign(x: float, y: float, scale: float) -> tuple[list[Stroke], list[Stroke]]:
    """Return the legend's sign at a place: thick and thin pieces of a line that steps from one lane to another."""
    low, high = y - 1 * scale, y - 9 * scale
    left, middle, right = x, x + (LEGEND_SIGN / 2 - 1) * scale, x + (LEGEND_SIGN - 2) * scale
    return [((left, high), (middle, high)), ((middle, low), (right, low))], [((middle, high), (middle, low))]
