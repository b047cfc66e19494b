"""A trace and how it is to look: the one object that is shown, saved and printed.

Painters are imported when they are asked for, so that a text chart needs no matplotlib.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..lang import translation
from ..model import Trace
from .compose import compose
from .kept import MIME, Kept, keep
from .picture import Picture, bundle, wanted
from .scene import Scene
from .spec import ChartOptions


@dataclass(frozen=True, slots=True)
class Gantt(Picture):
    """One Gantt chart. Nothing is drawn until it is asked for, and nothing is kept: the same trace draws the same bytes.

    Attributes:
        trace: what happened.
        options: how to show it.
        beside: the notebook's folder, where a trace may be written that is too large for an output; ``None``: nowhere.
    """

    trace: Trace = field(repr=False)
    options: ChartOptions = field(default_factory=ChartOptions)
    beside: Path | None = field(default=None, repr=False)

    def scene(self, remark: str = "") -> Scene:
        """Return the chart as data, with a remark of the output's below it."""
        return compose(self.trace, self.options, remark)

    def text(self, width: int = 100) -> str:
        """Return the chart as lines of text, ``width`` columns wide (60 to 200)."""
        from .text import draw

        return draw(self.scene(), width)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return one output in several forms: HTML with the picture, PNG with its size, text, and the trace itself.

        Browsers take the HTML: an SVG where that is small, which stays sharp when a lecturer zooms in, else the PNG; its alternative
        text is the chart in one sentence. LaTeX and whatever shows no HTML take the PNG, with that sentence in its metadata.
        """
        from .text import draw

        kept = self._kept() if self.options.embed and wanted(MIME, include, exclude) else Kept(None)
        data, metadata = bundle(self.scene(kept.remark), self.options.svg, draw, include, exclude)
        if kept.content is not None:
            data[MIME] = kept.content
        return data, metadata

    def _kept(self) -> Kept:
        return keep(self.trace, self.options, translation(self.options.lang), self.beside)
