"""What is said about a notebook's function that a process cannot know, and where it is said. Standard library only."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from os.path import dirname
from typing import Any, Final

from ..errors import AsyncMagicsWarning

_OURS: Final = dirname(dirname(__file__))
FATES: Final = {"Pool": "the call would never end", "ProcessPoolExecutor": "the executor would break"}
"""What would happen without us, by kind of pool."""


def label(item: Any) -> str:
    """Return how a function or class is called in a sentence."""
    return f"class {item.__qualname__}" if isinstance(item, type) else f"{item.__qualname__}()"


def name_of(function: Any) -> str:
    """Return the name of whatever is called."""
    while isinstance(function, functools.partial) or (type(function).__module__.startswith("async_magics.") and hasattr(function, "func")):
        function = function.func
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def unknown(item: Any, method: str, fate: str) -> str:
    """Say that a fresh process cannot find something, what that leads to, and what helps."""
    name = item.__qualname__.partition(".")[0]
    fork = ", or on this system multiprocessing.get_context('fork')" if hasattr(os, "fork") else ""
    return (
        f"{label(item)} is defined in this notebook, and a process started by {method!r} cannot find it there: {fate}. "
        f"Ways out: %taskprocesses by-value; or put it into a file with %%writefile my_funcs.py and from my_funcs import {name}{fork}."
    )


def stale(item: Any, what: str, missing: int, count: int) -> str:
    """Say that workers do not know what was defined after they were started."""
    who = "the workers" if missing == count else f"{missing} of the {count} workers"
    fate = FATES[what] if missing == count else "what they take of this call is lost"
    return f"{label(item)} was defined after {who} of this {what} were started, and they do not know it: {fate}. {_again(what)}"


def changed(item: Any, what: str, old: int, count: int) -> str:
    """Say that workers run what was redefined since."""
    who = "the workers" if old == count else f"{old} of the {count} workers"
    return f"{who} of this {what} still run the old {label(item)}: they were started before it was changed. {_again(what)}"


def _again(what: str) -> str:
    return f"Make a new {what} after the cell that defines it."


class Voice:
    """Warns at the user's line: once for each line and cell, as a filter that says things once for good would hide it on the next run."""

    def __init__(self) -> None:
        self._said: set[tuple[str, int, str]] = set()

    def warn(self, text: str) -> None:
        """Say it, unless this cell was told already."""
        frame, inside = sys._getframe(1), _inside()
        while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
            frame = frame.f_back
        place = (frame.f_code.co_filename, frame.f_lineno, text)
        if place not in self._said:
            self._said.add(place)
            warnings.warn_explicit(text, AsyncMagicsWarning, place[0], place[1], module=frame.f_globals.get("__name__"))

    def forget(self) -> None:
        """Another cell begins."""
        self._said.clear()


def _inside() -> tuple[str, ...]:
    """Return the folders whose lines are nobody's."""
    libraries = (sys.modules.get(name) for name in ("multiprocessing", "concurrent.futures"))
    return (_OURS, *(dirname(str(library.__file__)) for library in libraries if library is not None))
