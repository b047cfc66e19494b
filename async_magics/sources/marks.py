"""Source ``marks``: ``mark``, ``span`` and the callouts of ``#:`` comments, in this process, in forked children and in fresh ones.

Imported by worker processes: standard library, ``marks`` and siblings that import no more.
"""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from .. import marks
from ..events import Verb
from .allowance import Allowance
from .patching import UndoStack

if TYPE_CHECKING:
    from ..recorder import Recorder
    from ..works import Raw, Works

LONGEST: Final = 200
MOST: Final = 50_000  #: of all remarks of one recording, in one process
MOST_ALIKE: Final = 10_000  #: of the same text
_LEFT_OUT: Final = f"of callouts, marks and spans only the first {MOST:,} were kept, and of those with the same text {MOST_ALIKE:,}"


class Marks:
    """Hears what the program says about itself."""

    name = "marks"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Hear what code of the recording says."""
        self.listen(recorder.works, recorder.undo)

    def listen(self, works: Works, undo: UndoStack) -> None:
        """Write it into a ledger."""
        undo.patch(marks, "notes", Remarks(works))


class Remarks:
    """Writes remarks of code that belongs to a recording; what fails here never reaches the code."""

    __slots__ = ("_allowance", "_works")

    def __init__(self, works: Works) -> None:
        self._works = works
        self._allowance = Allowance(MOST, MOST_ALIKE)

    def callout(self, given: str, filename: str, frame: FrameType) -> None:
        """Write that a line with a comment is about to run."""
        now = self._works.clock()
        line, _, text = given.partition(" ")
        self._write(Verb.CALLOUT, now, text, frame, line=line, filename=filename)

    def mark(self, text: Any, frame: FrameType) -> None:
        """Write that the code said ``mark(text)``."""
        self._write(Verb.MARK, self._works.clock(), text, frame)

    def began(self, name: Any, frame: FrameType) -> tuple[str, Raw] | None:
        """Write that a span was entered."""
        now, work = self._works.clock(), self._works.new("span")
        by = self._write(Verb.SPAN_BEGAN, now, name, frame, work)
        return None if by is None else (work, by)

    def ended(self, opened: list[tuple[str, Raw]]) -> None:
        """Write that a span was left: of those open, the last that the same task, thread or process entered."""
        now = self._works.clock()
        try:
            by = self._works.by()
            mine = [position for position, entry in enumerate(opened) if entry[1] == by]
            work, _ = opened.pop(mine[-1] if mine else -1)
            self._works.emit(Verb.SPAN_ENDED, work, now)
        except Exception as error:
            self._failed(error)

    def _write(self, verb: Verb, now: int, text: Any, frame: FrameType, work: str = "", line: str = "", filename: str = "") -> Raw | None:
        """Write a row; return whose it is, ``None`` if nothing was written."""
        works = self._works
        try:
            owner, by = works.whose()
            if owner is None or by is None:
                return None
            text = _bounded(text)
            if self._allowance.takes(owner, text):
                while frame.f_globals.get("__name__") == "contextlib" and frame.f_back is not None:
                    frame = frame.f_back  # a stack of contexts entered the span on somebody's behalf
                code = frame.f_code
                away = filename not in ("", code.co_filename)
                site = [filename, frame.f_lineno, code.co_qualname] if away else (code, frame.f_lasti)
                works.emit(verb, work, now, text=text, by=by, site=site, line=int(line) if line else None)
                return by
            works.lost()
            if self._allowance.first_refusal(owner):
                works.emit(Verb.LEFT_OUT, "", now, by=by, text=_LEFT_OUT)
        except Exception as error:
            self._failed(error)
        return None

    def _failed(self, error: Exception) -> None:
        self._works.problem(f"a mark could not be kept: {type(error).__name__}: {error}")


def _bounded(given: Any) -> str:
    """Return the beginning of what the code gave, which should be a text."""
    text = str(given)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
