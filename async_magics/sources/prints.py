"""Source ``prints``: what code of a recording writes to ``sys.stdout`` and ``sys.stderr``.

``print`` looks up ``write`` on the stream each time it is called, so that an attribute of the stream itself is enough: the stream stays
the same object, and the text goes through its own method first, unchanged. A stream that the code puts in their place is not watched:
what goes there is caught, not printed. Imported by worker processes, like ``marks``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from ..events import Verb
from .allowance import Allowance
from .patching import UndoStack, dressed_as

if TYPE_CHECKING:
    from ..recorder import Recorder
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
        self.listen(recorder.works, recorder.undo)

    def listen(self, works: Works, undo: UndoStack) -> None:
        """Write what is printed into a ledger."""
        printed = Printed(works)
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            with suppress(AttributeError, TypeError):  # None, or an object that takes no attributes
                if name == "stdout" or stream is not sys.stdout:
                    undo.patch(stream, "write", _writing(stream, printed, name))


class Printed:
    """Writes down what was printed; what fails here never reaches the code."""

    __slots__ = ("_allowance", "_works", "clock")

    def __init__(self, works: Works) -> None:
        self._works, self.clock = works, works.clock
        self._allowance = Allowance(MOST * WRITES)

    def note(self, now: int, text: str, stream: str) -> None:
        """Write down that a text was written to a stream."""
        works = self._works
        owner = works.owner()
        if owner is None:
            return
        if self._allowance.takes(owner):
            works.emit(Verb.PRINTED, "", now, text=_bounded(text), by=works.by(), stream=stream if stream != "stdout" else None)
            return
        works.lost()
        if self._allowance.first_refusal(owner):
            works.emit(Verb.LEFT_OUT, "", now, by=works.by(), text=f"of what was printed only the first {MOST:,} texts were kept")

    def failed(self, error: Exception) -> None:
        """Say that something printed is missing."""
        self._works.problem(f"what was printed could not be followed: {type(error).__name__}: {error}")


def _writing(stream: Any, printed: Printed, name: str) -> Callable[..., Any]:
    """Return what stands in for a stream's ``write``: a method where that is one, a function where a debugger has put one there."""
    stock, clock, note = stream.write, printed.clock, printed.note

    def write(_stream: Any, /, *args: Any, **kwargs: Any) -> Any:
        now = clock()
        try:
            written = stock(*args, **kwargs)
        except BaseException as error:
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next  # without this frame, which is ours
            raise
        try:
            note(now, args[0] if args else next(iter(kwargs.values())), name)
        except Exception as error:
            printed.failed(error)
        return written

    dressed_as(write, stock)
    return MethodType(write, stream) if hasattr(stock, "__self__") else dressed_as(partial(write, stream), stock)


def _bounded(text: str) -> str:
    """Return the beginning of a text; the end of its line stays."""
    text = str.__str__(text)  # of a class of the user's, the plain text
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1] + ("…\n" if text.endswith("\n") else "…")
