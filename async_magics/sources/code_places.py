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
        co_linetable=b"".join(_lines_only(ours, other - mine, first)),
    )


def _line_of(code: CodeType, statement: str) -> int:
    lines = sorted({line for _start, _end, line in code.co_lines() if line is not None})
    return next((line for line in lines if statement in linecache.getline(code.co_filename, line)), 0)


def _lines_only(code: CodeType, shift: int, line: int) -> Iterator[bytes]:
    """Encode a location table without columns: their carets would point into another text."""
    for start, end, number in code.co_lines():
        units = (end - start) // 2
        while units:
            length = min(units, 8)
            units -= length
            if number is None:
                yield bytes([0x80 | _NO_LOCATION << 3 | length - 1])
            else:
                yield bytes([0x80 | _NO_COLUMNS << 3 | length - 1, *_signed(number + shift - line)])
                line = number + shift


def _signed(value: int) -> list[int]:
    unsigned = (-value << 1) | 1 if value < 0 else value << 1
    out = []
    while unsigned >= 64:
        out.append(0x40 | unsigned & 0x3F)
        unsigned >>= 6
    return [*out, unsigned]
