"""A trace and how it is to look: the one object that is shown, saved and printed.

Painters are imported when they are asked for, so that a text chart needs no matplotlib.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..lang import translation
from ..model import Trace
from .compose import compose
from .kept import MIME, Kept, keep
from .scene import Scene
from .spec import ChartOptions, SvgMode

PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
TEXT: Final = "text/plain"

MOST_SVG_BARS: Final = 60
"""What a slide shows, about ten tasks. An SVG takes longer to make than the PNG, and gains nothing that can be seen where bars are many."""
MOST_SVG_BYTES: Final = 150_000


@dataclass(frozen=True, slots=True)
class Gantt:
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

    def png(self) -> bytes:
        """Return the chart as PNG, at twice the resolution of the scene."""
        from . import mpl

        return mpl.png(self.scene())

    def svg(self) -> str:
        """Return the chart as SVG."""
        from . import mpl

        return mpl.svg(self.scene())

    def pdf(self) -> bytes:
        """Return the chart as PDF, one page."""
        from . import mpl

        return mpl.pdf(self.scene())

    def text(self, width: int = 100) -> str:
        """Return the chart as lines of text, ``width`` columns wide (60 to 200)."""
        from .text import draw

        return draw(self.scene(), width)

    def alt(self) -> str:
        """Return the chart in one sentence."""
        return self.scene().alt

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return one output in several forms: PNG with its size, text, SVG where it is small, and the trace itself.

        JupyterLab and nbconvert's HTML take the SVG where there is one, which stays sharp when a lecturer zooms in; mail, LaTeX and
        most hosted viewers take the PNG. The sentence for those who cannot see the chart is in the PNG's metadata, where
        nbconvert looks for it, and in the SVG itself.
        """
        from .text import draw

        kept = self._kept() if self.options.embed and wanted(MIME, include, exclude) else Kept(None)
        data, metadata = bundle(self.scene(kept.remark), self.options.svg, draw, include, exclude)
        if kept.content is not None:
            data[MIME] = kept.content
        return data, metadata

    def _kept(self) -> Kept:
        return keep(self.trace, self.options, translation(self.options.lang), self.beside)


def bundle(
    scene: Scene, svg: SvgMode, text: Callable[[Scene, int], str], include: Collection[str] | None, exclude: Collection[str] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a scene in the forms that are wanted, with their metadata; ``text`` draws it in so many columns."""
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    if wanted(TEXT, include, exclude):
        data[TEXT] = text(scene, 100)
    if wanted(PNG, include, exclude):
        from . import mpl  # not for text alone: it takes longer than all the rest

        data[PNG] = base64.b64encode(mpl.png(scene)).decode("ascii")
        metadata[PNG] = {"width": round(scene.frame.width), "height": round(scene.frame.height), "alt": scene.alt}
    if wanted(SVG, include, exclude) and (svg == "on" or (svg == "auto" and scene.bar_count <= MOST_SVG_BARS)):
        from . import mpl

        drawn = mpl.svg(scene)
        if svg == "on" or len(drawn) <= MOST_SVG_BYTES:
            data[SVG] = drawn
    return data, metadata


def wanted(kind: str, include: Collection[str] | None, exclude: Collection[str] | None) -> bool:
    """Tell whether one form of an output is asked for."""
    return (not include or kind in include) and not (exclude and kind in exclude)
