"""What wheel, drag, clicks and keys on the canvas mean. Imports ``views`` and this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from ..views.exploring import Exploring
from ..views.hover import Hit, hit
from .canvas import Picture

STEP: Final = 1.4
"""How much a turn of the wheel or a key changes the length of what is shown."""
FURTHER: Final = 0.2
"""Of what is shown: how far a key moves along."""
STILL: Final = 4.0
"""Pixels: a drag that is shorter is a click."""


class Reader(Protocol):
    """Who wants to know."""

    def moved(self) -> None:
        """Another part is to be shown."""

    def pointed(self, found: Hit | None, x: float, y: float) -> None:
        """The pointer, or the keys, stand on something."""

    def chose(self, found: Hit | None) -> None:
        """Something was clicked, or chosen with Enter."""

    def folded(self) -> None:
        """Like tasks are to share a lane, or no longer."""


class Gestures:
    """Listens to one canvas and moves one reader's place."""

    def __init__(self, place: Exploring, picture: Picture, reader: Reader) -> None:
        self._place = place
        self._picture = picture
        self._reader = reader
        self._from: tuple[float, float] | None = None
        self._panning: tuple[int, int] | None = None
        listeners: Mapping[str, Callable[[Any], None]] = {
            "scroll_event": self._wheel, "button_press_event": self._press, "button_release_event": self._release,
            "motion_notify_event": self._move, "figure_leave_event": self._leave, "key_press_event": self._key,
        }  # fmt: skip
        for name, listener in listeners.items():
            picture.canvas.mpl_connect(name, listener)
        self._keys: Mapping[str, Callable[[], object]] = {
            "left": lambda: place.pan(-FURTHER), "right": lambda: place.pan(FURTHER), "+": lambda: place.zoom(1 / STEP),
            "=": lambda: place.zoom(1 / STEP), "-": lambda: place.zoom(STEP), "0": place.fit, "home": place.fit,
            "pageup": lambda: self._scroll(-10), "pagedown": lambda: self._scroll(10),
        }  # fmt: skip
        self._steps: Mapping[str, Callable[[], object]] = {
            "up": lambda: place.go_to_lane(-1), "down": lambda: place.go_to_lane(1), ",": lambda: place.go_to_slice(-1),
            ".": lambda: place.go_to_slice(1),
        }  # fmt: skip

    def _wheel(self, event: Any) -> None:
        x, _y = self._picture.place(event)
        if "shift" in event.modifiers:
            self._place.pan(-FURTHER * event.step)
        else:
            self._place.zoom(STEP**-event.step, self._picture.scene.frame.t_ns(x))
        self._reader.moved()

    def _press(self, event: Any) -> None:
        x, y = self._picture.place(event)
        if event.dblclick:
            self._place.fit()
            self._reader.moved()
        elif event.button == 1:
            self._from = (x, y)
            window = self._place.window
            self._panning = (window.start_ns, window.end_ns) if "shift" in event.modifiers else None

    def _move(self, event: Any) -> None:
        x, y = self._picture.place(event)
        if self._from is None:
            self._reader.pointed(hit(self._place.basis, self._picture.scene, x, y), x, y)
        elif self._panning is not None:
            by = (self._from[0] - x) / self._picture.scene.frame.px_per_ns
            self._place.show(self._panning[0] + by, self._panning[1] + by)
            self._reader.moved()
        elif abs(x - self._from[0]) >= STILL:
            self._picture.mark(self._from[0], x)

    def _release(self, event: Any) -> None:
        if self._from is None:
            return
        (before, _), (x, y), self._from = self._from, self._picture.place(event), None
        self._picture.unmark()
        if abs(x - before) < STILL:
            self._reader.chose(hit(self._place.basis, self._picture.scene, x, y))
        elif self._panning is None:
            frame = self._picture.scene.frame
            self._place.show(*sorted((frame.t_ns(before), frame.t_ns(x))))
            self._reader.moved()

    def _leave(self, _event: Any) -> None:
        self._reader.pointed(None, 0, 0)

    def _key(self, event: Any) -> None:
        if event.key in self._keys:
            self._keys[event.key]()
            self._reader.moved()
        elif event.key in self._steps:
            self._steps[event.key]()
            self._reader.moved()
            self._tell()
        elif event.key == "enter":
            self._reader.chose(self._place.cursor)
        elif event.key == "escape":
            self._reader.chose(None)
        elif event.key == "f":
            self._reader.folded()

    def _scroll(self, by: int) -> None:
        self._place.top += by

    def _tell(self) -> None:
        """Say what stands under the keys' cursor, beside it."""
        scene, found = self._picture.current(), self._place.cursor
        if found is not None and found.lane is not None:
            self._reader.pointed(found, scene.frame.x(found.t_ns), scene.lanes[found.lane].middle)
