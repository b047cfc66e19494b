"""What a program says about itself: ``mark("…")``, ``with span("…"):``, and the callouts of ``#:`` comments.

While nothing records, each costs one look at ``notes``. A recording puts its own object there, and takes it away again. Imports nothing
of ours: worker processes import it.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as in typing, which a program that only marks need not import
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Protocol, Self

    class Notes(Protocol):
        """What writes down remarks; it never raises."""

        def callout(self, given: str, filename: str, frame: FrameType) -> None:
            """A line with a ``#:`` comment is about to run: ``"12 its text"``, in a file; ``""``: in the frame's."""

        def mark(self, text: Any, frame: FrameType) -> None:
            """The code said ``mark(text)``."""

        def began(self, name: Any, frame: FrameType) -> tuple[str, Any] | None:
            """A span was entered: return its id and who entered it, ``None`` if it is nobody's."""

        def ended(self, opened: list[tuple[str, Any]]) -> None:
            """A span was left: take the entry off that was meant."""


notes: Notes | None = None
"""What writes down; ``None`` while nothing records."""


def callout(given: str, filename: str = "") -> None:
    """Note that a line with a comment is about to run; called by what ``callouts`` puts there."""
    if notes is not None:
        notes.callout(given, filename, sys._getframe(1))


def mark(text: str) -> None:
    """Mark this moment on the chart, in the lane of the task, thread or process that runs this.

    Does nothing while nothing records.

    Args:
        text: what the chart says there; the first 200 characters are kept.
    """
    if notes is not None:
        notes.mark(text, sys._getframe(1))


class span:  # noqa: N801 -- it is used like a function
    """Show a part of the code as a bar with a name: ``with span("load"):``, or ``async with``.

    Spans may hold other spans. The same object may be entered again, also while it is entered, by any task or thread. What is
    raised inside passes unchanged. Does nothing while nothing records.

    Args:
        name: what the chart calls it; the first 200 characters are kept.
    """

    __slots__ = ("_opened", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._opened: list[tuple[str, Any]] = []

    def __enter__(self) -> Self:
        if notes is not None:
            self._enter(sys._getframe(1))
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened:
            self._leave()

    async def __aenter__(self) -> Self:
        if notes is not None:
            self._enter(sys._getframe(1))
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._opened:
            self._leave()

    def _enter(self, frame: FrameType) -> None:
        known = None if notes is None else notes.began(self.name, frame)
        if known is not None:
            self._opened.append(known)

    def _leave(self) -> None:
        if notes is None:  # the recording is over
            self._opened.clear()
        else:
            notes.ended(self._opened)
