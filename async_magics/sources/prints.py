"""Source ``prints``: what code of a recording writes to ``sys.stdout`` and ``sys.stderr``.

``print`` looks up ``write`` on the stream each time it is called, so that an attribute of the stream itself is enough: the stream stays
the same object, and the text goes through its own method first, unchanged. A stream that the code puts in their place is not watched:
what goes there is caught, not printed. Imported by worker processes, like ``marks``.
"""

from __future__ import annotations

import contextvars
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from threading import get_ident
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from ..events import Verb
from .allowance import Allowance
from .patching import UndoStack, dressed_as

if TYPE_CHECKING:
    from ..recorder import Recorder, Window
    from ..works import Works

LONGEST: Final = 200
MOST: Final = 10_000  #: prints of one recording, in one process
WRITES: Final = 2  #: of one ``print``: its text, and the end of the line


class Prints:
    """Notices what is printed."""

    name = "prints"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there; a stream that cannot be watched is left alone."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Watch the streams as they are now."""
        self._windows, self._undo = recorder.windows, recorder.undo
        self._printed = self.listen(recorder.works, recorder.undo)

    def opened(self, window: Window) -> None:
        """One more recording: it has not had its share."""
        self._printed.full, self._printed.windows = False, self._windows

    def closing(self, window: Window) -> None:
        """IPython 9 puts its streams' own ``write`` back when a cell is over; what goes on after that is heard as well."""
        from asyncio import events  # workers import this module, and do without

        loop = events._get_running_loop()
        if loop is not None:
            loop.call_soon(self._again, context=contextvars.Context())

    def snapshot(self) -> None:
        """Tell how much was printed and not kept."""
        self._printed.tell()

    def listen(self, works: Works, undo: UndoStack) -> Printed:
        """Write what is printed into a ledger."""
        printed = Printed(works)
        for name, stream in _streams():
            _patch(undo, stream, printed, name)
        undo.then(printed.close)
        return printed

    def _again(self) -> None:
        for name, stream in _streams():
            if not self._printed.closed and _is_untouched(stream):
                _patch(self._undo, stream, self._printed, name)


class Printed:
    """Writes down what was printed; what fails here never reaches the code.

    Attributes:
        clock: what time it is.
        windows: the open recordings of this process, if it is the one that records.
        full: all of them have had their share: whatever is printed is only counted, without a look at whose it is.
        more: how much was printed then, and is not told yet.
        closed: nothing is heard any more.
    """

    __slots__ = ("_allowance", "_exhausted", "_works", "clock", "closed", "full", "more", "windows")

    def __init__(self, works: Works) -> None:
        self._works, self.clock = works, works.clock
        self._allowance = Allowance(MOST * WRITES)
        self._exhausted: set[int] = set()
        self.windows: Collection[int] = ()
        self.full, self.more, self.closed = False, 0, False

    def note(self, now: int, text: str, stream: str) -> None:
        """Write down that a text was written to a stream."""
        works = self._works
        owner, by = works.whose()
        if owner is None:
            return
        if self._allowance.takes(owner):
            data = {"text": _bounded(text), "by": by} if stream == "stdout" else {"text": _bounded(text), "by": by, "stream": stream}
            works.write((Verb.PRINTED, now, works.pid, get_ident(), "", data))
            return
        works.lost()
        if self._allowance.first_refusal(owner):
            works.emit(Verb.LEFT_OUT, "", now, by=by, text=f"of what was printed only the first {MOST:,} texts were kept")
            self._exhausted.add(owner)
            self.full = bool(self.windows) and self._exhausted.issuperset(self.windows)

    def tell(self) -> None:
        """Add what was only counted to what the log lost."""
        more, self.more = self.more, 0
        self._works.lost(more)

    def failed(self, error: Exception) -> None:
        """Say that something printed is missing."""
        self._works.problem(f"what was printed could not be followed: {type(error).__name__}: {error}")

    def close(self) -> None:
        """Hear no more, whoever still holds what stood in for ``write``."""
        self.full = self.closed = True


def _streams() -> list[tuple[str, Any]]:
    """Return the streams by name; one that is both is ``stdout``."""
    both = [("stdout", sys.stdout), ("stderr", sys.stderr)]
    return both[:1] if sys.stdout is sys.stderr else both


def _patch(undo: UndoStack, stream: Any, printed: Printed, name: str) -> None:
    with suppress(AttributeError, TypeError):  # None, or an object that takes no attributes
        undo.patch(stream, "write", _writing(stream, printed, name))


def _is_untouched(stream: Any) -> bool:
    """Tell whether a stream's ``write`` is that of its class."""
    stock = getattr(type(stream), "write", None)
    return stock is not None and getattr(stream, "write", None) == stock.__get__(stream)


def _writing(stream: Any, printed: Printed, name: str) -> Callable[..., Any]:
    """Return what stands in for a stream's ``write``: a method where that is one, a function where somebody has put one there."""
    stock, clock, note = stream.write, printed.clock, printed.note

    def write(_stream: Any, /, *args: Any, **kwargs: Any) -> Any:
        full = printed.full
        now = 0 if full else clock()
        try:
            written = stock(*args, **kwargs)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next  # without this frame, which is ours
            raise
        if full:
            printed.more += 1
            if printed.closed and vars(stream).get("write") is ours:
                stream.write = stock  # IPython 9 had kept this over the end of the recording, and put it back
            return written
        try:
            note(now, args[0] if args else next(iter(kwargs.values())), name)
        except Exception as error:
            printed.failed(error)
        return written

    dressed_as(write, stock)
    ours = MethodType(write, stream) if hasattr(stock, "__self__") else dressed_as(partial(write, stream), stock)
    return ours


def _bounded(text: str) -> str:
    """Return the beginning of a text; the end of its line stays."""
    text = str.__str__(text)  # of a class of the user's, the plain text
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1] + ("…\n" if text.endswith("\n") else "…")
