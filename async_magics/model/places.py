"""Places in code -> lines that people can read. Only the standard library, ``trace`` of this folder."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from types import CodeType

from .trace import Location

LONGEST = 120
_CALLOUT = "#:"


class Places:
    """Resolves code objects and offsets, each once.

    Attributes:
        rename: what a file is called in the trace; gets the code object's file name.
    """

    def __init__(self, rename: Callable[[str], str] | None = None) -> None:
        self._rename = rename or (lambda filename: filename)
        self._lines: dict[int, list[tuple[int, int, int | None]]] = {}
        self._codes: list[CodeType] = []
        self._found: dict[tuple[int, int], Location] = {}

    def at(self, code: CodeType, offset: int) -> Location:
        """Return the line of an instruction; of the first line where it has none."""
        key = (id(code), offset)
        place = self._found.get(key)
        if place is None:
            place = self._found[key] = self._line(code, self._number(code, offset))
        return place

    def definition(self, code: CodeType) -> Location:
        """Return the line where the code's function is defined."""
        return self._line(code, code.co_firstlineno)

    def _number(self, code: CodeType, offset: int) -> int:
        lines = self._lines.get(id(code))
        if lines is None:
            lines = self._lines[id(code)] = list(code.co_lines())
            self._codes.append(code)  # keeps the id from being used again
        return next((line for start, end, line in lines if start <= offset < end and line), code.co_firstlineno)

    def _line(self, code: CodeType, number: int) -> Location:
        return self.known(code.co_filename, number, code.co_qualname)

    def known(self, file: str, number: int, function: str) -> Location:
        """Return a line that was already told from its code, in another process perhaps."""
        text = _without_callout(linecache.getline(file, number).strip())
        text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        return Location(file=self._rename(file), line=number, function=function, text=text)


def _without_callout(line: str) -> str:
    """Take the author's ``#:`` comment off the end of a line: charts say it in the list of remarks already."""
    code, _, _ = line.partition(_CALLOUT)
    whole = all(code.count(quote) % 2 == 0 for quote in "\"'")  # else it stands in a string
    return code.rstrip() if whole and code.strip() else line
