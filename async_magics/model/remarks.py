"""What the code said about itself -> instants and spans: callouts of ``#:`` comments, marks, prints, named spans.

Rows of child processes are data: what does not look like a row of its sort is left out. Imports ``events`` and this folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from ..events import Verb, WorkRow
from .trace import Instant, Location, Span
from .words import InstantKind

if TYPE_CHECKING:
    from .fold import _Folding

REMARKS: Final = frozenset({Verb.CALLOUT, Verb.MARK, Verb.PRINTED, Verb.SPAN_BEGAN, Verb.SPAN_ENDED, Verb.LEFT_OUT})
"""Verbs of rows that are about a moment or a span, not about a work."""
_KINDS: Final = {Verb.CALLOUT: InstantKind.CALLOUT, Verb.MARK: InstantKind.MARK}
_LONGEST: Final = 500
_COLOURS: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
"""What a terminal obeys instead of showing it."""


class Remarks:
    """The remarks in a log that belong to one recording.

    Attributes:
        instants: callouts, marks and prints, by time.
        spans: by their beginning.
        problems: one line for each sort of which not all was kept.
    """

    def __init__(self, folding: _Folding) -> None:
        self._folding = folding
        rows = sorted((row for row in tuple(folding.log.works) if row[0] in REMARKS), key=itemgetter(1))
        mine = [(row, task) for row in rows if (task := self._task(row)) is not None]
        said = [Instant(kind=_KINDS[Verb(row[0])], **self._what(row, task)) for row, task in mine if row[0] in _KINDS]
        self.instants = tuple(sorted([*said, *self._printed(mine)], key=lambda instant: instant.t_ns))
        self.spans = tuple(self._spans(mine, {(row[4], row[2]): row[1] for row in rows if row[0] == Verb.SPAN_ENDED}))
        self.problems = tuple(dict.fromkeys(_text(row) for row, _ in mine if row[0] == Verb.LEFT_OUT and _text(row)))

    def _task(self, row: WorkRow) -> int | None:
        """Return the id in the trace of what a row is about; ``None``: of another recording, or from before or after the cell."""
        folding, by, t_ns = self._folding, row[5].get("by"), row[1]
        number = folding.number_of(by, t_ns) if isinstance(by, int | str) and t_ns >= folding.begin_ns else None
        return None if number == 0 and folding.ended_ns is not None and t_ns > folding.ended_ns else number

    def _what(self, row: WorkRow, task: int) -> dict[str, Any]:
        return {"t_ns": self._folding.at(row[1]), "task": task, "location": self._location(row[5]), "text": _text(row)}

    def _location(self, data: dict[str, Any]) -> Location | None:
        """Return the line that a row names; the line of its site where it names none."""
        site, line, places = data.get("site"), data.get("line"), self._folding.places
        with suppress(TypeError, ValueError, AttributeError):
            if len(site) == 2:  # type: ignore[arg-type]
                code, offset = site  # type: ignore[misc]
                return places.at(code, offset) if line is None else places.known(code.co_filename, line, code.co_qualname)
            file, number, function = site  # type: ignore[misc]
            return places.known(str(file), int(number if line is None else line), str(function))
        return None

    # ------------------------------------------------------------------ spans
    def _spans(self, mine: list[tuple[WorkRow, int]], ended: dict[tuple[str, int], int]) -> Iterator[Span]:
        """Yield spans with the ends that their own process wrote: a fork leaves its parent's as well."""
        at = self._folding.at
        for row, task in mine:
            if row[0] == Verb.SPAN_BEGAN:
                end_ns = ended.get((row[4], row[2]), -1)
                end = at(end_ns) if end_ns >= row[1] else None
                yield Span(name=_text(row), task=task, start_ns=at(row[1]), end_ns=end, location=self._location(row[5]))

    # ------------------------------------------------------------------ prints
    def _printed(self, mine: list[tuple[WorkRow, int]]) -> Iterator[Instant]:
        """Yield what was printed: writes of one task that go on in the same line are one."""
        begun: dict[tuple[int, str], tuple[int, str]] = {}
        for row, task in mine:
            if row[0] != Verb.PRINTED:
                continue
            key, t_ns, text = (task, str(row[5].get("stream"))), row[1], _text(row)
            if key in begun:
                first_ns, before = begun.pop(key)
                rest, newline, text = text.partition("\n")
                if not newline:
                    begun[key] = first_ns, (before + rest)[:_LONGEST]
                    continue
                yield from self._line(first_ns, task, before + rest)
            if text.endswith("\n"):
                yield from self._line(t_ns, task, text)
            elif text:
                begun[key] = t_ns, text
        for (task, _), (t_ns, text) in begun.items():
            yield from self._line(t_ns, task, text)

    def _line(self, t_ns: int, task: int, text: str) -> Iterator[Instant]:
        shown = "\n".join(_visible(line) for line in _COLOURS.sub("", text).rstrip().split("\n"))[:_LONGEST]
        if shown.strip():
            yield Instant(kind=InstantKind.PRINTED, t_ns=self._folding.at(t_ns), task=task, text=shown)


def _text(row: WorkRow) -> str:
    text = row[5].get("text")
    return text if isinstance(text, str) else ""


def _visible(line: str) -> str:
    """Return what is left of a line whose beginning was written over, as a progress bar does."""
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")
