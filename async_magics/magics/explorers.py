"""Widgets below charts: each in an output of its own, below the picture, which hides as long as the widget lives.

Three outputs stand under such a cell: the picture, as always; a few lines of style; the widget. The style hides the picture where the
widget lives, and where it does not (a notebook opened again, a page made of it) what the front end would say of it. So no picture is stored
twice, and whatever knows nothing of widgets, or of styles, shows the picture.
Imports ``notes`` and ``options``; widgets when one is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from .notes import note, told

if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    from ..views.spec import ChartOptions
    from .charts import Shown

    Make: TypeAlias = Callable[[str, Any, ChartOptions, Any], "Widget"]

    class Widget(Protocol):
        """What ``widgets`` make."""

        model_id: str

        def refresh(self) -> None:
            """Show the trace as it is now."""

        def close(self) -> None:
            """Be gone from the page."""


VIEW_MIME: Final = "application/vnd.jupyter.widget-view+json"
MOST_OPEN: Final = 20
"""Widgets of one session that live at once; for a new one the oldest is closed, and its picture shows again."""
_STYLE: Final = """<style class="{mark}">
.jp-OutputArea-child:has(.{mark}),
.jp-OutputArea-child:has(.{mark})
 + .jp-OutputArea-child:has(.jupyter-widgets, pre:empty, .lm-Panel:not([data-mime-type])):not(:has(.am-explorer, .am-figure)),
.jp-OutputArea-child:has(img, svg):has(+ * .{mark}):has(+ * + * .am-explorer, + * + * .am-figure) {{ display: none; }}
</style>"""
"""Hides itself; the widget where it does not live; the picture where it does."""


def prepare(view: str) -> None:
    """Import what a widget needs, as far as it is there; what is wrong with it is said when one is made."""
    with suppress(Exception):
        if view == "canvas":
            from ..widgets import page_widget  # noqa: F401
        else:
            from ..widgets import figure_widget  # noqa: F401


def make_widget(view: str, recorded: Any, options: ChartOptions, host: Any) -> Widget:
    """Return the widget of a view.

    Raises:
        WidgetError: a package that it needs is not installed.
    """
    if view == "canvas":
        from ..widgets.page import explorer
    else:
        from ..widgets.figure import explorer
    widget: Widget = explorer(recorded, options, host)
    return widget


class Explorers:
    """The widgets of a session.

    Args:
        shell: where they are shown.
        busy: tells whether a cell runs right now.
        redraw: changes every chart of a trace.
        make: makes a widget of a view, a trace, its options and this object.
    """

    def __init__(self, shell: Any, *, busy: Callable[[], bool], redraw: Callable[[Any], int], make: Make) -> None:
        self._shell = shell
        self._busy = busy
        self._redraw = redraw
        self._make = make
        self._open: dict[str, tuple[Any, Widget]] = {}
        self._late: list[Any] = []
        self._told = False

    def reserve(self, shown: Shown) -> None:
        """Keep a place below a chart, in its own cell, for a widget that is made later."""
        self._publish_style(shown)
        self._publish({"text/plain": ""}, shown, update=False)
        shown.has_room = True

    def open(self, shown: Shown) -> None:
        """Show the widget of a chart below it, or in the place that was kept for it; one that is there already is changed.

        Raises:
            WidgetError: a package that it needs is not installed.
        """
        if shown.display_id in self._open:
            self.refresh(shown.recorded)
            return
        widget = self._make(shown.settings["view"], shown.recorded, shown.settings.chart(), self)
        self._open[shown.display_id] = shown.recorded, widget
        if not shown.has_room:
            self._publish_style(shown)
        view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
        self._publish({VIEW_MIME: view, "text/plain": ""}, shown, update=shown.has_room)
        while len(self._open) > MOST_OPEN:
            self._close(next(iter(self._open)))

    def refresh(self, recorded: Any) -> None:
        """Change every widget of a trace."""
        for widget in [widget for of, widget in self._open.values() if of is recorded]:
            try:
                widget.refresh()
            except Exception as error:
                note(f"the widget was not updated: {told(error)}")

    def redraw(self, recorded: Any) -> int:
        """A widget asks for the charts of its trace to be changed: at once, or when the cell that runs has ended."""
        if not self._busy():
            return self._redraw(recorded)
        self._late.append(recorded)
        return 0

    def catch_up(self) -> None:
        """A cell ended: change what had to wait for that."""
        late, self._late = {id(recorded): recorded for recorded in self._late}, []
        for recorded in late.values():
            self._redraw(recorded)

    def say_text_only(self) -> None:
        """Say once that there is no page for a widget here."""
        if not self._told:
            note("a terminal shows charts as text; --view works in notebooks")
        self._told = True

    def close(self) -> None:
        """Close all of them."""
        self._late.clear()
        for display_id in list(self._open):
            self._close(display_id)

    def _close(self, display_id: str) -> None:
        _, widget = self._open.pop(display_id)
        try:
            widget.close()
        except Exception as error:
            note(told(error))

    def _publish_style(self, shown: Shown) -> None:
        style = _STYLE.format(mark=f"am-{shown.display_id[:12]}")
        self._shell.display_pub.publish(data={"text/html": style, "text/plain": ""}, metadata={})

    def _publish(self, data: dict[str, Any], shown: Shown, *, update: bool) -> None:
        transient = {"display_id": f"{shown.display_id}-widget"}
        self._shell.display_pub.publish(data=data, metadata={}, transient=transient, update=update)
