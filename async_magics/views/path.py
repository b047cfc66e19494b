"""The critical path on the chart: along which lanes it goes, and what stands below. Imports ``analysis``, ``lang``, ``model``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..analysis.critical_path import critical_path
from ..lang import Catalogue
from ..lang.plain import clean
from ..model import Trace
from .lanes import lane_of
from .layout import columns
from .scene import Lane, Paragraph, PathPart, Tone
from .spec import ChartOptions

NARROWEST: Final = 3.0
"""Pixels: a shorter visit to a lane is left out, for up and down within them nobody could follow."""
NOWHERE: Final = -1
"""The lane of a task that is not drawn."""
Run: TypeAlias = tuple[int, int, int]
"""``(lane, start_ns, end_ns)``."""


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """The critical path as a chart shows it; empty where nobody asked for it.

    Attributes:
        parts: where its line goes, in order of time.
        text: what it means, in sentences.
    """

    parts: tuple[PathPart, ...] = ()
    text: str = ""

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """What stands below the picture."""
        if self.text:
            yield Paragraph(tone=Tone.PATH, text=clean(self.text, 600))

    @property
    def sentences(self) -> list[str]:
        """The text as a part of a longer sentence."""
        return [self.text.rstrip(".")] if self.text else []

    @property
    def sign(self) -> Iterator[str]:
        """The legend's key for it."""
        if self.parts:
            yield "path"


def drawn_path(words: Catalogue, trace: Trace, lanes: Sequence[Lane], options: ChartOptions) -> DrawnPath:
    """Return the critical path, if the reader wants it."""
    if not options.critical_path:
        return DrawnPath()
    path = critical_path(trace)
    at = lane_of(lanes)
    runs = _joined((at.get(row[0], NOWHERE), row[1], row[2]) for row in path.rows)
    least = trace.end_ns * NARROWEST / columns(options)
    shown = [PathPart(lane=lane, start_ns=start, end_ns=end) for lane, start, end in _joined(_calmed(runs, least)) if lane != NOWHERE]
    return DrawnPath(tuple(shown), path.text(words.lang))


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Make one run of those that follow each other on one lane."""
    held: Run | None = None
    for lane, start, end in runs:
        if held is not None and held[0] == lane and held[2] == start:
            held = (lane, held[1], end)
            continue
        if held is not None:
            yield held
        held = (lane, start, end)
    if held is not None:
        yield held


def _calmed(runs: Iterable[Run], least: float) -> Iterator[Run]:
    """Put short runs together until they can be seen, on the lane that has most of them."""
    short: list[Run] = []
    last = NOWHERE
    for run in runs:
        if run[2] - run[1] >= least:
            if short:
                yield (last if last != NOWHERE else run[0], short[0][1], short[-1][2])
                short.clear()
            last = run[0]
            yield run
            continue
        short.append(run)
        if run[2] - short[0][1] >= least:
            last = _mostly(short)
            yield last, short[0][1], run[2]
            short.clear()
    if short:
        yield (last if last != NOWHERE else _mostly(short), short[0][1], short[-1][2])


def _mostly(runs: Sequence[Run]) -> int:
    """Return the lane that has most of the time."""
    took: dict[int, int] = {}
    for lane, start, end in runs:
        took[lane] = took.get(lane, 0) + end - start
    return max(took, key=took.__getitem__)
