"""Corners of bars, bands and lines as numpy arrays, in pixels of a scene. No artists here."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from .scene import Band, BarKind, Bars, Frame, Role, Scene

Corners: TypeAlias = NDArray[np.float64]

NARROWEST: Final = 1.6
"""Pixels: what is shorter still shows."""
LEAST_SHARE: Final = 0.12
"""Of a band's height: running that takes less still shows."""
GAP: Final = 2.0
SEAM: Final = 1.2
"""Pixels of paper between two jobs that follow each other on a worker's lane."""
CPU_INSET: Final = 3.0
"""Pixels between a bar's ends and the line that tells how much of a core it used."""


def rectangles(scene: Scene, bars: Bars) -> Corners:
    """Return ``(n, 4, 2)`` corners of bars, none narrower than can be seen."""
    frame = scene.frame
    lane = np.array(bars.lane, dtype=np.int64)
    strip = np.array([lane.strip for lane in scene.lanes])
    bottom = np.array([lane.top + lane.height for lane in scene.lanes])
    left = _x(frame, bars.start_ns)
    right = _x(frame, bars.end_ns)
    return boxes(left, np.maximum(_apart(scene, lane, left, right), left + NARROWEST), bottom[lane] - strip[lane], bottom[lane])


def _x(frame: Frame, times: tuple[int, ...]) -> Corners:
    """Return where moments stand."""
    out: Corners = frame.left + (np.array(times, dtype=np.int64) - frame.start_ns).astype(np.float64) * frame.px_per_ns
    return out


def _apart(scene: Scene, lane: NDArray[np.int64], left: Corners, right: Corners) -> Corners:
    """Return the right ends, drawn back on workers' lanes where the next bar begins at once."""
    if len(lane) < 2:
        return right
    worker = np.array([found.role is Role.WORKER for found in scene.lanes])[lane[:-1]]
    follows = worker & (lane[1:] == lane[:-1]) & (left[1:] - right[:-1] < SEAM)
    out: Corners = right.copy()
    out[:-1][follows] = left[1:][follows] - SEAM
    return out


def cpu_lines(scene: Scene) -> tuple[Corners, Corners]:
    """Return ``(n, 2, 2)`` ends of the lines for a full core, along the lower part of the bars, and for what was used of it."""
    frame, shares = scene.frame, scene.cpu
    lane = np.array(shares.lane, dtype=np.int64)
    bottom = np.array([found.top + found.height for found in scene.lanes])[lane]
    height = np.array([found.height for found in scene.lanes])[lane]
    full = np.empty((len(shares), 2, 2))
    inset = CPU_INSET * frame.scale
    full[:, 0, 0] = _x(frame, shares.start_ns) + inset
    full[:, 1, 0] = _x(frame, shares.end_ns) - inset
    full[:, :, 1] = (bottom - np.clip(0.16 * height, 2.2 * frame.scale, 5.0 * frame.scale))[:, None]
    used = full.copy()
    used[:, 1, 0] = full[:, 0, 0] + np.array(shares.share) * (full[:, 1, 0] - full[:, 0, 0])
    return full, used[np.array(shares.share) > 0]


def boxes(left: Corners, right: Corners, top: Corners, bottom: Corners) -> Corners:
    """Return ``(n, 4, 2)`` corners of upright boxes."""
    out = np.empty((len(left), 4, 2))
    out[:, 0, 0] = out[:, 3, 0] = left
    out[:, 1, 0] = out[:, 2, 0] = right
    out[:, 0, 1] = out[:, 1, 1] = top
    out[:, 2, 1] = out[:, 3, 1] = bottom
    return out


def joined(outlines: list[Corners]) -> Path:
    """Return one path with all the outlines in it, each closed."""
    points, codes = [], []
    for outline in outlines:
        points += [outline, outline[:1]]
        codes.append(np.full(len(outline) + 1, Path.LINETO, dtype=np.uint8))
        codes[-1][0], codes[-1][-1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(np.concatenate(points), np.concatenate(codes))


def lines(scene: Scene, bars: Bars) -> Corners:
    """Return ``(n, 2, 2)`` ends of a line through the middle of each bar."""
    frame = scene.frame
    middle = np.array([lane.middle for lane in scene.lanes])[np.array(bars.lane, dtype=np.int64)]
    out = np.empty((len(bars), 2, 2))
    out[:, 0, 0] = _x(frame, bars.start_ns)
    out[:, 1, 0] = _x(frame, bars.end_ns)
    out[:, :, 1] = middle[:, None]
    return out


def areas(scene: Scene, band: Band) -> dict[BarKind, list[Corners]]:
    """Return the outlines of a band's parts, stacked upwards.

    One task: shares of time over the whole height; many that can run at once: their numbers. Many of one loop: how many were
    alive above, and below, in a strip of its own, the share of time in which one of them ran, for one of a thousand would not show.
    """
    lane = scene.lanes[band.lane]
    bottom = lane.top + lane.height
    running, ready, waiting = (np.array(column) for column in (band.running, band.ready, band.waiting))
    if lane.strip < lane.height:
        strip, base = lane.strip, bottom - lane.strip - GAP
        shown = np.where(running > 0, np.maximum(np.minimum(running, 1.0) * strip, NARROWEST), 0.0)
        parts = [(BarKind.RUNNING, bottom, shown)]
        unit = (base - lane.top) / band.peak
        heights = [(BarKind.WAITING, (waiting + running) * unit), (BarKind.READY, ready * unit)]
    else:
        total = np.maximum(running + ready + waiting, 1e-12)
        share = np.where(running > 0, np.maximum(running / total, LEAST_SHARE), 0.0)
        rest = np.where(ready + waiting > 0, (1 - share) / np.maximum(ready + waiting, 1e-12), 0.0)
        alive = lane.height * np.minimum(1.0, total / band.peak)
        base, parts = bottom, []
        heights = [(BarKind.RUNNING, share * alive), (BarKind.READY, ready * rest * alive), (BarKind.WAITING, waiting * rest * alive)]
    low = np.full(len(running), base)
    out = {kind: _outlines(scene, band, np.full(len(height), floor), floor - height) for kind, floor, height in parts}
    for kind, height in heights:
        drawn = BarKind.STARTING if kind is BarKind.READY and band.starting else kind
        out[drawn] = _outlines(scene, band, low, low - height)
        low = low - height
    return out


def _outlines(scene: Scene, band: Band, low: Corners, high: Corners) -> list[Corners]:
    """Return one outline, with steps at the columns' borders, for each run of columns that is not empty."""
    filled = np.concatenate(([False], low - high > 0.05, [False]))
    starts, stops = np.flatnonzero(filled[1:] & ~filled[:-1]), np.flatnonzero(filled[:-1] & ~filled[1:])
    edges = scene.frame.x(band.start_ns) + band.column_ns * np.arange(len(low) + 1) * scene.frame.px_per_ns
    out = []
    for start, stop in zip(starts, stops, strict=True):
        x = np.repeat(edges[start : stop + 1], 2)[1:-1]
        top, foot = np.repeat(high[start:stop], 2), np.repeat(low[start:stop], 2)
        out.append(np.concatenate((np.column_stack((x, top)), np.column_stack((x, foot))[::-1])))
    return out
