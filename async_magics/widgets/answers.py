"""What the page of a canvas may ask, and what it is answered. Nothing that comes from a page is believed.

The page sends ``{"id": 3, "ask": "window", …}`` and is answered ``{"id": 3, "answer": …}``, or ``{"id": 3, "error": "one line"}``; an
answer that may be large comes packed, in a buffer beside the message. Imports ``analysis``,
``errors``, ``lang``, ``recorded`` and ``views``; no ipywidgets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..analysis.again import numbered
from ..analysis.window import window_times
from ..errors import AsyncMagicsError, OptionError
from ..lang import translation
from ..lang.plain import clean
from ..views.explorer import encoded, payload
from ..views.explorer.detail import Detail
from ..views.explorer.payload import lanes_of
from .files import save_beside

if TYPE_CHECKING:
    from ..recorded import Recorded
    from ..views.spec import ChartOptions

Reply: TypeAlias = tuple[dict[str, Any], list[bytes]]

MOST_ROWS: Final = 1000
"""Rows of one window: more do not stand on any screen."""
MOST_NS: Final = 2**62
MOST_LETTERS: Final = 5000


class Answers:
    """Answers what one page asks about one trace.

    Args:
        recorded: the trace; a note that the page sends is added to it.
        options: how its chart looks.
        noted: called when a note was added.
    """

    def __init__(self, recorded: Recorded, options: ChartOptions, noted: Callable[[], object]) -> None:
        self._recorded, self._options, self._noted = recorded, options, noted
        self._trace = recorded.trace
        self._detail: Detail | None = None

    @property
    def stale(self) -> bool:
        """Whether the page was told of another trace than there is now."""
        return self._recorded.trace is not self._trace

    def payload(self) -> bytes:
        """Return all that the page needs, as the trace is now."""
        before, self._trace = self._trace, self._recorded.trace
        if self._trace.slices is not before.slices:
            self._detail = None
        return encoded(payload(self._trace, self._options))

    def answer(self, content: object) -> Reply:
        """Return the reply to a message, and the buffers that go with it; never raises."""
        asked = content if isinstance(content, dict) else {}
        head = {"id": asked["id"]} if type(asked.get("id")) is int else {}
        try:
            reply, buffers = self._answered(asked)
        except AsyncMagicsError as error:
            return {**head, "error": clean(str(error), 400)}, []
        except (Exception, KeyboardInterrupt) as error:
            return {**head, "error": clean(f"{type(error).__name__}: {error}", 400)}, []
        return {**head, **reply}, buffers

    def _answered(self, asked: Mapping[str, Any]) -> Reply:
        if asked.get("ask") == "window":
            return {}, [self._window(asked)]
        if asked.get("ask") == "figures":
            return {}, [self._figures(asked)]
        if asked.get("ask") == "note":
            self._note(asked)
            return {"answer": None}, []
        if asked.get("ask") == "save":
            return {"answer": save_beside(self._recorded.trace, self._options, _text(asked, "suffix")).name}, []
        raise OptionError("a page asks for a window, figures, a note or a file")

    def _window(self, asked: Mapping[str, Any]) -> bytes:
        if self._detail is None:
            self._detail = Detail(translation(self._options.lang), self._trace, lanes_of(self._trace, self._options))
        rows = _rows(asked.get("rows"), len(self._detail))
        return encoded(self._detail.window(*_span(asked), rows, _whole(asked, "columns")))

    def _figures(self, asked: Mapping[str, Any]) -> bytes:
        """Return what every task did in a window: its id, how long it was running, ready and waiting, and its steps."""
        found = window_times(self._trace, *_span(asked))
        return encoded({"rows": [[times.task, times.busy_ns, times.ready_ns, times.waiting_ns, times.steps] for times in found]})

    def _note(self, asked: Mapping[str, Any]) -> None:
        t_ns = asked.get("t_ns")
        if isinstance(t_ns, bool) or not isinstance(t_ns, int | float) or not math.isfinite(t_ns):
            raise OptionError("t_ns is a number of nanoseconds")
        task = None if asked.get("task") is None else numbered(self._trace, _whole(asked, "task"))
        self._recorded.note(_text(asked, "text"), at=t_ns / 1e9, task=task)
        self._noted()


def _span(asked: Mapping[str, Any]) -> tuple[int, int]:
    begin, end = _whole(asked, "from_ns"), _whole(asked, "to_ns")
    if begin >= end:
        raise OptionError("a window ends after it begins")
    return begin, end


def _whole(asked: Mapping[str, Any], name: str) -> int:
    value = asked.get(name)
    if type(value) is not int or not -MOST_NS <= value <= MOST_NS:
        raise OptionError(f"{name} is a whole number")
    return value


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise OptionError(f"{name} is a text of {MOST_LETTERS} letters at the most")
    return value


def _rows(rows: object, lanes: int) -> list[list[int]]:
    """Return the rows of a window; a lane stands in its own and in that of its group, which is there as well when it is unfolded."""
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, list) and row for row in rows):
        raise OptionError(f"rows are lists of lanes, {MOST_ROWS} at the most")
    if sum(map(len, rows)) > 2 * lanes or not all(type(lane) is int and 0 <= lane < lanes for row in rows for lane in row):
        raise OptionError(f"lanes go from 0 to {lanes - 1}, each in two rows at the most")
    return rows
