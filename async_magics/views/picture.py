"""What every chart can do once it is a scene: be painted as a picture, and be bundled for a notebook.

Painters are imported when they are asked for, so that a text chart needs no matplotlib.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from typing import Any, Final

from .scene import Scene
from .spec import SvgMode

PNG: Final = "image/png"
SVG: Final = "image/svg+xml"
TEXT: Final = "text/plain"

MOST_SVG_BARS: Final = 60
"""What a slide shows, about ten tasks. An SVG takes longer to make than the PNG, and gains nothing that can be seen where bars are many."""
MOST_SVG_BYTES: Final = 150_000


class Picture:
    """A chart, or several under each other, that paints itself. Nothing is drawn until it is asked for."""

    __slots__ = ()

    def scene(self) -> Scene:
        """Return it as data."""
        raise NotImplementedError

    def png(self) -> bytes:
        """Return it as PNG, at twice the resolution of the scene."""
        from . import mpl

        return mpl.png(self.scene())

    def svg(self) -> str:
        """Return it as SVG."""
        from . import mpl

        return mpl.svg(self.scene())

    def pdf(self) -> bytes:
        """Return it as PDF, one page."""
        from . import mpl

        return mpl.pdf(self.scene())

    def alt(self) -> str:
        """Return it in one sentence."""
        return self.scene().alt


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
