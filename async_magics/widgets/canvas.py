"""One picture on ipympl's canvas: the static chart's painter, and nobody's settings or figures touched.

The canvas and its manager are made by hand: pyplot would register the figure as the user's own. Imports ``backend`` and ``views.mpl``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Final

from matplotlib.figure import Figure

from ..views.mpl import DPI, own_settings, paint
from ..views.scene import Scene
from .backend import Canvas, FigureManager

SMALLEST: Final = 0.5
"""Of its usual size; smaller, nothing could be read."""


class _Canvas(Canvas):  # type: ignore[misc]
    """Draws with our settings whenever the page asks, whatever the user's are by then."""

    before_drawing: Callable[[], None] | None = None

    def draw(self) -> None:
        if self.before_drawing is not None:
            self.before_drawing()
        with own_settings():
            super().draw()


class Picture:
    """What the widget shows of a chart.

    A page that is busy asks for one picture after ten turns of the wheel: only what is asked for is composed.

    Args:
        compose: returns what is to be shown now.

    Attributes:
        scene: what is painted.
        canvas: the widget that shows it.
        scale: pixels of the page to one of the scene.
    """

    def __init__(self, compose: Callable[[], Scene]) -> None:
        self._compose = compose
        self._stale = False
        self.scale = 1.0
        self.scene = scene = compose()
        with own_settings(), warnings.catch_warnings():
            self._figure: Any = Figure(figsize=(scene.frame.width / DPI, scene.frame.height / DPI), dpi=DPI)
            warnings.simplefilter("ignore", DeprecationWarning)  # ipympl's toolbar gives traitlets an argument too many
            self.canvas: Any = _Canvas(self._figure)
            self._manager: Any = FigureManager(self.canvas, 0)
            paint(scene, self._figure)
        for handler in (self._manager.key_press_handler_id, self._manager.button_press_handler_id):
            self.canvas.mpl_disconnect(handler)  # matplotlib's own keys: f is the whole screen, g a grid
        self.canvas.header_visible = self.canvas.footer_visible = self.canvas.toolbar_visible = self.canvas.resizable = False
        self.canvas.capture_scroll = True
        self.canvas.before_drawing = self._paint

    def change(self) -> None:
        """Something else is to be shown: the page fetches it when it is ready."""
        self._stale = True
        self.canvas.draw_idle()

    def fit(self, room: float) -> None:
        """Make the picture smaller, letters and all, where the page has less room than it needs."""
        scale = min(1.0, max(SMALLEST, room / self.scene.frame.width))
        if scale != self.scale:
            self.scale = scale
            self._figure._original_dpi = DPI * scale  # what ipympl multiplies by the screen's own ratio
            self._figure.set_dpi(DPI * scale * self.canvas.device_pixel_ratio)
            self._manager.resize(*self._figure.bbox.size, forward=False)
            self.change()

    def current(self) -> Scene:
        """Return what is to be shown now, painted or not."""
        if self._stale:
            self._paint()
        return self.scene

    def place(self, event: Any) -> tuple[float, float]:
        """Return where a mouse event happened, in the scene's pixels."""
        frame, box = self.scene.frame, self._figure.bbox
        return event.x * frame.width / box.width, frame.height - event.y * frame.height / box.height

    def mark(self, left: float, right: float) -> None:
        """Show a frame over a part of the field; the page draws it."""
        frame, box = self.scene.frame, self._figure.bbox
        across, up = box.width / frame.width, box.height / frame.height
        self.canvas.send_event(
            "rubberband", x0=left * across, y0=(frame.height - frame.bottom) * up, x1=right * across, y1=(frame.height - frame.top) * up
        )

    def unmark(self) -> None:
        """Take that frame away."""
        self.canvas.send_event("rubberband", x0=-1, y0=-1, x1=-1, y1=-1)

    def _paint(self) -> None:
        if not self._stale:
            return
        self._stale = False
        before, self.scene = self.scene, self._compose()
        self._figure.clear()
        if before.frame.height != self.scene.frame.height:
            self._figure.set_size_inches(self.scene.frame.width / DPI, self.scene.frame.height / DPI, forward=False)
            self._manager.resize(*self._figure.bbox.size, forward=False)
        with own_settings():
            paint(self.scene, self._figure)
