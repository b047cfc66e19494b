"""Places in code objects: offsets to lines, and functions that stand in a traceback where asyncio's own would.

Standard library only.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType
from typing import Any, Final

_NO_COLUMNS: Final = 13  # location table entry: line only (Objects/locations.md in CPython)
_LONG: Final = 14  # with the line where it ends, and columns
_NO_LOCATION: Final = 15


def like_stock(function: Any, stock: Callable[..., Any], statement: str) -> Any:
    """Make a function appear in tracebacks as the stock one it stands in for; return it.

    The line that holds ``statement`` in ours is shown as the line that holds it in the stock function. Where either source
    cannot be read, the function stays as it is.
    """
    function.__code__ = _moved(function.__code__, stock.__code__, statement)
    return function


@cache
def _moved(ours: CodeType, theirs: CodeType, statement: str) -> CodeType:
    mine, other = _line_of(ours, statement), _line_of(theirs, statement)
    if not mine or not other:
        return ours
    first = ours.co_firstlineno + other - mine
    return ours.replace(
        co_filename=theirs.co_filename,
        co_name=theirs.co_name,
        co_qualname=theirs.co_qualname,
        co_firstlineno=first,
        co_linetable=b"".join(_table(ours, other - mine, first, mine, _columns(theirs, other))),
    )


def _line_of(code: CodeType, statement: str) -> int:
    lines = sorted({line for _start, _end, line in code.co_lines() if line is not None})
    return next((line for line in lines if statement in linecache.getline(code.co_filename, line)), 0)


def _columns(code: CodeType, line: int) -> tuple[int, int]:
    """Return where the widest piece of a line begins and ends, ``(0, 0)`` where that is not known."""
    found = [(end - begin, begin, end) for first, last, begin, end in code.co_positions()
             if first == last == line and begin is not None and end is not None]  # fmt: skip
    return max(found, default=(0, 0, 0))[1:]


def _table(code: CodeType, shift: int, line: int, statement: int, columns: tuple[int, int]) -> Iterator[bytes]:
    """Encode a location table whose only columns are those of the statement: other carets would point into another text."""
    for start, end, number in code.co_lines():
        units = (end - start) // 2
        while units:
            length = min(units, 8)
            units -= length
            if number is None:
                yield bytes([0x80 | _NO_LOCATION << 3 | length - 1])
                continue
            delta, line = _signed(number + shift - line), number + shift
            if number == statement and columns[1]:
                begin, stop = _varint(columns[0] + 1), _varint(columns[1] + 1)
                yield bytes([0x80 | _LONG << 3 | length - 1, *delta, *_varint(0), *begin, *stop])
            else:
                yield bytes([0x80 | _NO_COLUMNS << 3 | length - 1, *delta])


def _signed(value: int) -> list[int]:
    return _varint((-value << 1) | 1 if value < 0 else value << 1)


def _varint(value: int) -> list[int]:
    out = []
    while value >= 64:
        out.append(0x40 | value & 0x3F)
        value >>= 6
    return [*out, value]
