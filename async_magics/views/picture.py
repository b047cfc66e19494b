"""What every chart can do once it is a scene: be painted as a picture, and be bundled for a notebook.

A notebook gets the picture inside HTML, for that is the one form in which front ends give it a name for screen readers and fit it into the
page: JupyterLab shows PNG without alternative text and cuts off an SVG that is wider than the output, hosts take inline SVG apart.
Painters are imported when they are asked for, so that a text chart needs no matplotlib.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from html import escape
from typing import Any, Final

from .scene import Scene
from .spec import SvgMode

PNG: Final = "image/png"
HTML: Final = "text/html"
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
    if wanted(TEXT, include, exclude):
        data[TEXT] = text(scene, 100)
    page = wanted(HTML, include, exclude)
    vectors = _vectors(scene, svg) if page else ""
    if wanted(PNG, include, exclude) or (page and not vectors):
        from . import mpl  # not for text alone: it takes longer than all the rest

        data[PNG] = base64.b64encode(mpl.png(scene)).decode("ascii")
    if page:
        data[HTML] = _image(scene, SVG, vectors) if vectors else _image(scene, PNG, data[PNG])
    if not wanted(PNG, include, exclude):
        data.pop(PNG, None)
    size = {"width": round(scene.frame.width), "height": round(scene.frame.height), "alt": scene.alt}
    return data, {PNG: size} if PNG in data else {}


def _vectors(scene: Scene, svg: SvgMode) -> str:
    """Return the SVG in base64, ``""`` where it is not wanted or not small."""
    if svg == "off" or (svg == "auto" and scene.bar_count > MOST_SVG_BARS):
        return ""
    from . import mpl

    drawn = mpl.svg(scene).encode()
    return base64.b64encode(drawn).decode("ascii") if svg == "on" or len(drawn) <= MOST_SVG_BYTES else ""


def _image(scene: Scene, kind: str, data: str) -> str:
    """Return a picture as HTML: as large as it was drawn, smaller where there is less room."""
    size = f'width="{round(scene.frame.width)}" height="{round(scene.frame.height)}" style="max-width: 100%; height: auto"'
    return f'<img alt="{escape(scene.alt)}" {size} src="data:{kind};base64,{data}">'


def wanted(kind: str, include: Collection[str] | None, exclude: Collection[str] | None) -> bool:
    """Tell whether one form of an output is asked for."""
    return (not include or kind in include) and not (exclude and kind in exclude)
