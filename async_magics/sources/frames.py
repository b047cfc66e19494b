"""The source that watches frames of the user's code: generators driven by hand, and calls of functions named with ``--calls``.

Nothing is installed unless a function was named, or the traced code may drive a generator by hand. Imports ``recorder``.
"""

from __future__ import annotations

import sys
from types import FrameType

from ..recorder import Recorder, Window
from .frames_reach import may_drive
from .frames_watch import Watcher, watcher_of
from .frames_works import FrameWorks
from .sampler import is_library


class Frames:
    """Generators and calls."""

    name = "generators and calls"
    in_children = True

    def __init__(self) -> None:
        self._frames: FrameWorks
        self._watcher: Watcher

    def unavailable(self) -> str | None:
        """Everywhere where there is CPython."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Be ready; whether anything is watched is decided when a window opens. In a forked child none does: named calls go on."""
        self._recorder = recorder
        self._frames, self._watcher = watcher_of(recorder)
        if recorder.works.in_child and recorder.calls:
            self._frames.name(recorder.calls)
            self._watcher.start()

    def opened(self, window: Window) -> None:
        """Watch if there can be something to see."""
        named = self._frames.name(self._recorder.calls)
        drives = may_drive(window.source, _users_frame())
        self._frames.generators |= drives
        if self._frames.names or drives:
            self._watcher.start()
        if named:
            self._watcher.renewed()

    def closing(self, window: Window) -> None:
        """The code ended."""
        self._watcher.code_ended()


def _users_frame() -> FrameType | None:
    """Return the innermost frame of the user's, that which starts the recording."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame
