"""Who resumes a generator: a call of ``next`` or ``send`` that somebody wrote, or a loop, ``sum``, another's ``yield from``.

Told from the instruction at which the resuming frame stands. Standard library only, but for ``sampler``.
"""

from __future__ import annotations

import dis
from inspect import CO_GENERATOR
from types import CodeType, FrameType
from typing import Final

from .sampler import is_library

BY_HAND: Final = frozenset({"next", "send", "throw", "__next__"})
MOST_SITES: Final = 10_000
"""Code compiled anew each time would fill the memory: ``eval("next(g)")`` in a loop."""


class Hands:
    """Knows the call sites that it has seen."""

    def __init__(self) -> None:
        self._sites: dict[tuple[int, int], tuple[bool, CodeType]] = {}

    def wrote(self, frame: FrameType | None) -> bool:
        """Tell whether the frame that resumes a generator stands at a call of the user's that does just this."""
        if frame is None:
            return False
        code, offset = frame.f_code, frame.f_lasti
        known = self._sites.get((id(code), offset))
        if known is None:
            if len(self._sites) >= MOST_SITES:
                self._sites.clear()
            known = self._sites[id(code), offset] = (_calls_by_hand(code, offset), code)  # with the code, lest its id be another's
        return known[0]


def in_generator(frame: FrameType | None) -> bool:
    """Tell whether a frame is itself a generator's."""
    return frame is not None and bool(frame.f_code.co_flags & CO_GENERATOR)


def _calls_by_hand(code: CodeType, offset: int) -> bool:
    if is_library(code.co_filename) or code.co_name == "__next__":
        return False
    return _callee(code, offset) in BY_HAND


def callee(frame: FrameType | None) -> str:
    """Return the name of what a frame calls, ``""`` if it stands elsewhere."""
    return "" if frame is None else _callee(frame.f_code, frame.f_lasti)


def _callee(code: CodeType, offset: int) -> str:
    """Return the name of what a call instruction calls: of the longest load that begins where the call begins."""
    if not dis.opname[code.co_code[offset]].startswith(("CALL", "PRECALL")):
        return ""
    positions = list(code.co_positions())
    line, _, column, _ = positions[offset // 2]
    name, reach = None, (-1, -1)
    for instruction in dis.get_instructions(code):
        if instruction.offset >= offset:
            break
        start, end_line, start_column, end_column = positions[instruction.offset // 2]
        if not instruction.opname.startswith("LOAD_") or (start, start_column) != (line, column):
            continue
        if (end_line or 0, end_column or 0) >= reach:
            name, reach = instruction.argval, (end_line or 0, end_column or 0)
    return name if type(name) is str else ""
