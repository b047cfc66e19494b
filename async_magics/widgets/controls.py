"""The rows of buttons, switches and fields above the picture. Imports ipywidgets and ``views``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ipywidgets import BoundedFloatText, Box, Button, Dropdown, HBox, IntSlider, Layout, Text, ToggleButton, VBox

from ..lang import Catalogue, marked
from ..model import Outcome, TaskKind
from ..views.exploring import Exploring
from ..views.labels import LEGEND
from ..views.sieve import BLOCKING, ORDERS, STATES, Sieve
from .gestures import FURTHER, STEP

KINDS: Final = {
    TaskKind.ASYNCIO: marked("asyncio task"), TaskKind.THREAD: marked("thread"), TaskKind.PROCESS: marked("process"),
    TaskKind.SUBPROCESS: marked("program"), TaskKind.POOL: marked("pool"), TaskKind.WORKER: marked("worker"),
    TaskKind.JOB: marked("call in a pool"), TaskKind.CALL: marked("call"), TaskKind.GENERATOR: marked("generator"),
    TaskKind.GREENLET: marked("greenlet"),
}  # fmt: skip
_NARROW: Final = {"width": "42px"}


class Controls:
    """Everything above the picture.

    Args:
        words: the language.
        place: whose place they move.
        moved: called when something else is to be shown.

    Attributes:
        box: the rows.
        scroll: which lanes are shown, beside the picture where they are too many.
    """

    def __init__(self, words: Catalogue, place: Exploring, moved: Callable[[], None]) -> None:
        self._words = words
        self._place = place
        self._moved = moved
        self._fold = ToggleButton(
            value=place.fold,
            description=words.gettext("fold"),
            tooltip=words.gettext("let like tasks share a lane where they are many (f)"),
        )
        self._path = ToggleButton(
            value=place.path, description=words.gettext("critical path"), tooltip=words.gettext("what determined how long it took")
        )
        self._order = Dropdown(
            options=[(words.gettext(text), order) for order, text in ORDERS.items()],
            tooltip=words.gettext("order"),
            layout=Layout(width="190px"),
        )
        self._text = Text(
            placeholder=words.gettext("name or call"), tooltip=words.gettext("search"), continuous_update=True, layout=Layout(width="170px")
        )
        states = [*(state for state in STATES), BLOCKING]
        self._state = self._choice("state", [(words.gettext(LEGEND[state]), state) for state in states])
        self._kind = self._choice("kind", self._kinds())
        self._outcome = self._choice("outcome", self._outcomes())
        self._longer = BoundedFloatText(
            value=0, min=0, max=1e9, step=0.01, description=words.gettext("longer than, s"),
            tooltip=words.gettext("a state of at least so many seconds, or a life"),
            style={"description_width": "initial"}, layout=Layout(width="190px"),
        )  # fmt: skip
        self.scroll = IntSlider(
            min=-place.last_top, max=0, value=0, orientation="vertical", readout=False, tooltip=words.gettext("which lanes are shown"),
            layout=Layout(height="80%", width="28px"),
        )  # fmt: skip
        for switch in (self._fold, self._path, self._order, self._text, self._state, self._kind, self._outcome, self._longer):
            switch.observe(self._changed, "value")
        self.scroll.observe(self._scrolled, "value")
        wrapped = Layout(flex_flow="row wrap")
        self.box = VBox([
            HBox([*self._moves(), self._fold, self._path, self._order], layout=wrapped),
            HBox([self._text, self._state, self._kind, self._outcome, self._longer, self._clear()], layout=wrapped),
        ])  # fmt: skip
        self.follow()

    def renew(self) -> None:
        """Offer the kinds and outcomes of a trace that went on; what was chosen stays chosen, if there is still any."""
        for box, options in ((self._kind, self._kinds()), (self._outcome, self._outcomes())):
            everything, chosen = box.options[0], box.value
            if [everything, *options] != list(box.options):
                box.options = [everything, *options]
                box.value = chosen if chosen in dict(options).values() else ""

    def _kinds(self) -> list[tuple[str, str]]:
        found = {task.kind for task in self._place.trace.tasks}
        return [(self._words.gettext(text), kind.value) for kind, text in KINDS.items() if kind in found]

    def _outcomes(self) -> list[tuple[str, str]]:
        found = {task.outcome for task in self._place.trace.tasks}
        return [(self._words.gettext(LEGEND[outcome]), outcome.value) for outcome in Outcome if outcome in found]

    def follow(self) -> None:
        """Let the slider stand where the lanes were scrolled to."""
        last, top = self._place.last_top, self._place.top
        self.scroll.layout.display = None if last else "none"
        if self.scroll.min != -last or self.scroll.value != -top:
            with self.scroll.hold_trait_notifications():
                self.scroll.min = -last
                self.scroll.value = -top

    def turn_fold(self) -> None:
        """Fold, or unfold, as the switch does."""
        self._fold.value = not self._fold.value

    def _moves(self) -> Sequence[Any]:
        place = self._place
        found: Sequence[tuple[str, str, Callable[[], None]]] = (
            ("search-plus", marked("zoom in (+)"), lambda: place.zoom(1 / STEP)),
            ("search-minus", marked("zoom out (-)"), lambda: place.zoom(STEP)),
            ("arrows-h", marked("show all (0)"), place.fit),
            ("arrow-left", marked("earlier (left arrow)"), lambda: place.pan(-FURTHER)),
            ("arrow-right", marked("later (right arrow)"), lambda: place.pan(FURTHER)),
        )
        return [self._button(icon, tooltip, act) for icon, tooltip, act in found]

    def _button(self, icon: str, tooltip: str, act: Callable[[], None]) -> Any:
        made = Button(icon=icon, tooltip=self._words.gettext(tooltip), layout=_NARROW)

        def clicked(_button: Any) -> None:
            act()
            self._moved()

        made.on_click(clicked)
        return made

    def _clear(self) -> Any:
        def clear() -> None:
            self._text.value = self._state.value = self._kind.value = self._outcome.value = ""
            self._longer.value = 0

        return self._button("times", "clear the filter", clear)

    def _choice(self, what: str, options: Sequence[tuple[str, str]]) -> Any:
        name = self._words.gettext(what)
        return Dropdown(
            options=[(f"{name}: {self._words.gettext('all')}", ""), *options], value="", tooltip=name, layout=Layout(width="165px")
        )

    def _changed(self, _change: Any) -> None:
        place = self._place
        place.fold, place.path = self._fold.value, self._path.value
        place.sieve = Sieve(
            text=self._text.value, state=self._state.value, kind=self._kind.value, outcome=self._outcome.value,
            longer_ns=round(self._longer.value * 1e9), order=self._order.value,
        )  # fmt: skip
        self._moved()

    def _scrolled(self, _change: Any) -> None:
        self._place.top = -self.scroll.value
        self._moved()


def beside(picture: Any, scroll: Any) -> Any:
    """Return the picture with the slider that scrolls it."""
    return HBox([picture, Box([scroll], layout=Layout(align_items="center", width="32px"))], layout=Layout(overflow="auto"))
