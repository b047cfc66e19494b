"""From Python 3.14 on, an error of pickle notes on its way out what it was in: our wrapper is taken out of that. Standard library only."""

from __future__ import annotations

from typing import Any, Final

from .child import Timed

_WRAPPER: Final = f"when serializing {Timed.__module__}.{Timed.__qualname__}"
_ARGUMENTS, _OBJECT = f"{_WRAPPER} reconstructor arguments", f"{_WRAPPER} object"
_GIVEN: Final = "when serializing dict item 'given'"
"""A wrapper for workers that may not know us packs its arguments deeper."""


def without_wrapper(error: Any) -> None:
    """Take the notes about ``Timed`` off an exception that kept something from being sent."""
    notes = getattr(error, "__notes__", None)
    if type(notes) is list and _ARGUMENTS in notes and _OBJECT in notes:
        last = notes.index(_OBJECT)
        first = notes.index(_ARGUMENTS) - 1
        if first >= 2 and notes[first - 1] == _GIVEN:
            first -= 2
        del notes[max(0, first) : last + 1]
        if not notes:
            del error.__notes__
