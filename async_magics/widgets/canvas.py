"""One picture on ipympl's canvas: the static chart's painter, and nobody's settings or figures touched.

The canvas and its manager are made by hand: pyplot would register the figure as the user's own. Imports ``views.mpl`` and ipympl.
"""

from __future__ import annotations

from typing import Any

from ipympl.backend_nbagg import Canvas, FigureManager
from matplotlib.figure import Figure

from ..views.mpl import DPI, own_settings, paint
from ..views.scene import Scene


class _Canvas(Canvas):  # type: ignore[misc]
    """Draws with our settings whenever the page asks, whatever the user's are by then."""

    def draw(self) -> None:
        with own_settings():
            super().draw()


class Picture:
    """What the widget shows of a chart.

    Attributes:
        scene: what is painted now.
        canvas: the widget that shows it.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._figure = Figure(figsize=(scene.frame.width / DPI, scene.frame.height / DPI), dpi=DPI)
        with own_settings():
            self.canvas: Any = _Canvas(self._figure)
            manager: Any = FigureManager(self.canvas, 0)
        for handler in (manager.key_press_handler_id, manager.button_press_handler_id):
            self.canvas.mpl_disconnect(handler)  # matplotlib's own keys: f is the whole screen, g a grid
        self.canvas.header_visible = self.canvas.footer_visible = self.canvas.toolbar_visible = self.canvas.resizable = False
        self.canvas.capture_scroll = True
        self.show(scene)

    def show(self, scene: Scene) -> None:
        """Paint a scene in place of what there was; the page fetches it when it is ready."""
        self.scene = scene
        self._figure.clear()
        with own_settings():
            paint(scene, self._figure)
        self.canvas.draw_idle()
