"""The widget of ``figure``: the picture among its controls. Imports ipympl and ipywidgets."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from ipywidgets import HTML, Box, Layout, VBox

from ..lang import translation
from ..views.exploring import Exploring
from ..views.hover import Hit, told
from ..views.shown import ShownPart
from ..views.window import Window
from .canvas import Picture
from .controls import Controls, beside
from .gestures import Gestures
from .panels import Panels
from .parts import close_parts
from .room import Room

if TYPE_CHECKING:
    from ..recorded import Recorded
    from ..views.spec import ChartOptions
    from .host import Host

TIP_WIDTH: Final = 340
SLIDER: Final = 36
"""Pixels beside the picture for the slider."""
_STYLE: Final = """<style>
.am-figure .am-stage { position: relative; overflow: visible; }
.am-figure .am-tip, .am-figure .am-tip .widget-html-content { position: static; height: 0; margin: 0; overflow: visible; }
.am-figure .am-tip div[role] { position: absolute; pointer-events: none; z-index: 9; max-width: 320px; padding: 4px 8px; line-height: 1.35;
  font-size: 12px; border-radius: 3px; box-shadow: 0 1px 4px rgba(0, 0, 0, 0.35); white-space: pre-line; }
.am-figure div[role="status"] { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.am-figure .am-finding { white-space: normal; line-height: 1.3; padding: 4px 8px; text-align: left; justify-content: flex-start; }
</style>"""


class FigureWidget(VBox):  # type: ignore[misc]
    """A chart that the kernel draws; arguments as of ``figure.explorer``."""

    def __init__(self, recorded: Recorded, options: ChartOptions, host: Host | None) -> None:
        self._recorded = recorded
        self._host = host
        self._words = translation(options.lang)
        self._place = Exploring(recorded.trace, options)
        self._picture = Picture(self._place.scene)
        self._tip, self._said = HTML(), HTML()
        self._tip.add_class("am-tip")
        self._controls = Controls(self._words, self._place, self.moved)
        self._panels = Panels(self._words, self._place, recorded, self.moved, self._noted)
        self._gestures = Gestures(self._place, self._picture, self)
        stage = Box([self._picture.canvas, self._tip], layout=Layout(overflow="visible"))
        stage.add_class("am-stage")
        self._note = HTML(self._alt())
        self._room = Room()
        self._room.observe(self._fit, "width")
        super().__init__(
            [HTML(_STYLE), self._room, self._note, self._controls.box, beside(stage, self._controls.scroll), self._said, self._panels.box]
        )
        self.add_class("am-figure")
        self._say(())

    # ------------------------------------------------------------------------------------------------ what others ask for
    def refresh(self) -> None:
        """Show the trace as it is now, if it is another."""
        trace, before = self._recorded.trace, self._place.trace
        if trace is before:
            return
        self._place.renew(trace)
        if trace.slices is not before.slices:
            self._controls.renew()
            self._panels.renew()
        self._note.value = self._alt()
        self.moved()

    def close(self) -> None:
        """Be gone, with all parts: ipywidgets keeps every widget that is not closed, and ours keep the trace."""
        close_parts(self)
        super().close()

    # ------------------------------------------------------------------------------------------ what controls and gestures say
    def moved(self) -> None:
        """Another part is to be shown."""
        self._picture.change()
        self._controls.follow()
        self._panels.follow()
        self._say(())

    def folded(self) -> None:
        """Like tasks are to share a lane, or no longer."""
        self._controls.turn_fold()

    def pointed(self, found: Hit | None, x: float, y: float) -> None:
        """Say what stands under the pointer, beside it and below the picture."""
        scene = self._picture.current()
        if found is None or (found.lane is not None and found.lane >= len(scene.lanes)):
            self._say(())
        else:
            self._say(told(self._place.basis, scene.lanes, found), x, y)

    def chose(self, found: Hit | None) -> None:
        """Show what brought the task about that was clicked, and let a note stand there."""
        self._place.cursor = found
        self._place.choose(found)
        self._picture.change()
        self._panels.follow()

    def _fit(self, _change: Any) -> None:
        """The page told how wide it is."""
        self._picture.fit(self._room.width - SLIDER)
        self._say(())

    def _noted(self) -> None:
        self.refresh()
        if self._host is not None:
            self._host.redraw(self._recorded)

    def _say(self, lines: tuple[str, ...], x: float = 0, y: float = 0) -> None:
        """Show lines of text; texts that are the same are not sent again."""
        said = escape(" · ".join(lines)) or escape(self._hint())
        self._said.value = f'<div role="status" aria-live="polite">{said}</div>'
        if not lines:
            self._tip.value = ""
            return
        theme, frame = self._picture.scene.theme, self._picture.scene.frame
        scale, right, foot = self._picture.scale, frame.width - x, frame.height - y
        up = f"top:{y * scale + 16:.0f}px" if y < foot else f"bottom:{foot * scale + 10:.0f}px"
        side = f"left:{x * scale + 14:.0f}px" if right * scale > TIP_WIDTH else f"right:{right * scale + 14:.0f}px"
        color = f"background:{theme.paper};color:{theme.ink};border:1px solid {theme.axis}"
        self._tip.value = f'<div role="tooltip" style="{side};{up};{color}">{escape(chr(10).join(lines))}</div>'

    def _hint(self) -> str:
        return self._words.gettext("wheel or drag: zoom; shift: move along; click: causes; keys: arrows + - 0 , . f Enter Escape")

    def _alt(self) -> str:
        said = ShownPart(self._place.whole, Window.all(self._place.trace.end_ns)).alt()
        return f'<div role="note" style="position:absolute;width:1px;height:1px;overflow:hidden">{escape(said)}</div>'
