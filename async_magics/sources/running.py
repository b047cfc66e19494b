"""What a work does in a thread of this process, and what a thread waits for: rows in pairs. Imports ``works`` and siblings."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ..events import Verb
from ..works import Works
from .gauge import gauge
from .reprs import message


class Running:
    """A work's code that runs in this thread: ``BEGIN`` when this is made, ``END`` when it is told how that ended.

    Args:
        works: the ledger.
        work: its id.
        owner: marker of the recording.
        begin: data of the ``BEGIN`` row.
    """

    __slots__ = ("_begin_ns", "_used", "_work", "_works")

    def __init__(self, works: Works, work: str, owner: int, **begin: Any) -> None:
        self._works, self._work = works, work
        self._begin_ns = works.clock()
        self._used = gauge().begin(self._begin_ns)
        works.emit(Verb.BEGIN, work, self._begin_ns, cpu=self._used[0], **begin)
        works.enter(work, owner)

    def end(self, error: BaseException | None = None, result: str | None = None) -> None:
        """It is over."""
        works = self._works
        works.leave(self._work)
        now = works.clock()
        used = gauge().end(self._begin_ns, self._used, now)
        works.emit(Verb.END, self._work, now, **failure(error), result=result, **used)


def failure(error: BaseException | None) -> dict[str, Any]:
    """Return what ``END`` and ``FAILED`` say about an exception; leaving quietly is none."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return {}
    return {"error": type(error).__qualname__, "message": message(error)}


class Waiting:
    """A context manager around a call in which this thread waits for a work."""

    __slots__ = ("_how", "_work", "_works")

    def __init__(self, works: Works, work: str, how: str) -> None:
        self._works, self._work, self._how = works, work, how

    def __enter__(self) -> None:
        self._works.emit(Verb.WAIT, self._work, how=self._how)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._works.emit(Verb.WAITED, self._work)
