"""A work's code that runs in this process, and a thread that waits for a work: context managers that write the rows. Imports siblings."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Any

from ..events import Verb
from ..works import Works
from .gauge import gauge
from .reprs import message


class Run:
    """Around the code of a work: what is created inside is its.

    Args:
        works: the ledger.
        work: its id.
        owner: marker of the recording.
        begin: more ``data`` of the ``BEGIN`` row.

    Attributes:
        end: ``data`` of the ``END`` row; an exception that passes is added.
    """

    __slots__ = ("_begin", "_begun", "_gauge", "_owner", "_used", "_work", "_works", "end")

    def __init__(self, works: Works, work: str, owner: int, **begin: Any) -> None:
        self._works, self._work, self._owner, self._begin = works, work, owner, begin
        self.end: dict[str, Any] = {}

    def __enter__(self) -> Run:
        self._gauge = gauge()
        self._begun = self._works.clock()
        self._used = self._gauge.begin(self._begun)
        self._works.emit(Verb.BEGIN, self._work, self._begun, cpu=self._used[0], **self._begin)
        self._works.enter(self._work, self._owner)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._works.leave(self._work)
        now = self._works.clock()
        if error is not None:
            self.failed(error)
        self._works.emit(Verb.END, self._work, now, **self.end, **self._gauge.end(self._begun, self._used, now))

    def failed(self, error: BaseException) -> None:
        """Note an exception."""
        self.end |= {"error": type(error).__qualname__, "message": message(error)}


class Waiting:
    """Around a call that blocks this thread until a work is done; writes nothing where the code belongs to no recording."""

    __slots__ = ("_how", "_seen", "_work", "_works")

    def __init__(self, works: Works, work: str | None, how: str) -> None:
        self._works, self._work, self._how = works, work, how
        self._seen = work is not None and works.owner() is not None

    def __enter__(self) -> None:
        if self._seen:
            self._works.emit(Verb.WAIT, self._work or "", how=self._how)

    def __exit__(self, *exc: Any) -> None:
        if self._seen:
            self._works.emit(Verb.WAITED, self._work or "")


class Known:
    """Remembers ids of works by the objects for which they stand, without keeping them alive or calling anything of theirs."""

    def __init__(self) -> None:
        self._by_id: dict[int, tuple[Any, str]] = {}

    def __setitem__(self, item: Any, work: str) -> None:
        ident, known = id(item), self._by_id
        known[ident] = (weakref.ref(item, lambda _ref: known.pop(ident, None)), work)

    def get(self, item: Any) -> str | None:
        """Return the work of an object, ``None`` if it has none."""
        found = self._by_id.get(id(item))
        return found[1] if found is not None and found[0]() is item else None
