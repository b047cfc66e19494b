"""Charts as files: PNG, SVG, PDF. ``views.gantt`` is imported when one is written, and matplotlib only with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions


class Chart(Protocol):
    """What draws itself: one Gantt chart, or several side by side."""

    def png(self) -> bytes:
        """Return it as PNG."""

    def svg(self) -> str:
        """Return it as SVG."""

    def pdf(self) -> bytes:
        """Return it as PDF."""


@dataclass(frozen=True, slots=True)
class ChartExporter:
    """Paints the Gantt chart.

    Attributes:
        suffixes: endings of file names.
        paint: makes the file's content from the chart.
    """

    suffixes: tuple[str, ...]
    paint: Callable[[Chart], bytes]

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the chart."""
        from ..views.gantt import Gantt

        target.write_bytes(self.paint(Gantt(trace, options)))


PNG: Final = ChartExporter((".png",), lambda chart: chart.png())
SVG: Final = ChartExporter((".svg",), lambda chart: chart.svg().encode())
PDF: Final = ChartExporter((".pdf",), lambda chart: chart.pdf())
CHARTS: Final = (PNG, SVG, PDF)
"""The kinds of pictures."""
PICTURES: Final = tuple(suffix for exporter in CHARTS for suffix in exporter.suffixes)
