"""Times, numbers, names and notes as people type them on a magic line.

Each function makes the value of the text, and raises ``ValueError`` with the rest of a sentence that begins with the option.
Imports ``analysis`` when a note is read.
"""

from __future__ import annotations

import re
from math import isinf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..analysis.noting import Asked

_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_TIME: Final = r"(\d+\.?\d*|\.\d+)\s*(ns|us|µs|ms|s|min|h)?"


def duration(text: str) -> float:
    """Return a time in seconds.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(_TIME, text)
    if found is None:
        raise ValueError(f"is a time in seconds, or with a unit (50ms, 2s, 10min), not {text!r}")
    seconds = float(found[1]) * _UNITS[found[2] or "s"]
    if isinf(seconds):
        raise ValueError("is a time, and not for ever")
    return seconds


def window(text: str) -> tuple[int, int]:
    """Read ``1.2:1.5`` or ``200ms:1.5s``, from when to when; return nanoseconds.

    Raises:
        ValueError: with what is to be written instead.
    """
    start, colon, end = text.partition(":")
    if not colon or not start.strip() or not end.strip():
        raise ValueError(f"is FROM:TO in seconds since the recording began, as in 1.2:1.5 or 200ms:1.5s, not {text!r}")
    try:
        from_ns, to_ns = (round(duration(part.strip()) * 1e9) for part in (start, end))
    except OverflowError:
        raise ValueError("is FROM:TO in seconds since the recording began, and no such moment was recorded") from None
    if from_ns >= to_ns:
        raise ValueError(f"is FROM:TO, the earlier moment first, not {text!r}")
    return from_ns, to_ns


def asked_note(text: str) -> Asked:
    """Read ``1.5: the timeout fires`` or ``Task-3@500ms: cancelled here``; the task's name may hold anything but ``@``.

    Raises:
        ValueError: with what is to be written instead.
    """
    from ..analysis.noting import Asked  # only now: it brings the model

    found = re.fullmatch(rf"(?s)\s*(?:([^@]*?)\s*@)?\s*({_TIME})\s*:(.*)", text)
    if found is None:
        raise ValueError(f'is "SECONDS: TEXT" or "TASK@SECONDS: TEXT", as in "1.5: the timeout fires", not {text!r}')
    task, at, says = found[1], found[2], found[5].strip()
    if not says:
        raise ValueError(f"needs a text after the time, as in {text.strip()!r} and then what is to be said")
    if task == "":
        raise ValueError(f"needs a task's name before the @, or no @, not {text!r}")
    return Asked(text=says, at_ns=round(duration(at) * 1e9), task=task)


def count(text: str) -> int:
    """Return a whole number; underscores between its digits are let pass."""
    try:
        return int(text.replace("_", ""))
    except ValueError:
        raise ValueError(f"is a whole number, not {text!r}") from None


def names(text: str) -> tuple[str, ...]:
    """Return names of functions."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"is names of functions with commas between, without dots and brackets: {name!r} is none")
    return names


def patterns(text: str) -> tuple[str, ...]:
    """Return names with ``*`` for any letters."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("is names of tasks or functions with commas between, * for any letters")
    return found


def pair(text: str, example: str = "fetch(3)=the slow one") -> tuple[str, str]:
    """Return what stands before and after ``=``; the example is for one who wrote something else."""
    name, equals, wanted = text.partition("=")
    if not equals or not name.strip() or not wanted.strip():
        raise ValueError(f'is NAME=WHAT, as in "{example}", not {text!r}')
    return name.strip(), wanted.strip()


def codes(text: str) -> tuple[str, ...]:
    """Return codes of findings."""
    found = tuple(code.strip().upper() for code in text.split(","))
    for code in found:
        if not re.fullmatch(r"[A-Z]+\d+", code):
            raise ValueError(f"is codes of findings with commas between, as in AM102,AM204: {code!r} is none")
    return found


def own_name(text: str) -> str:
    """Return a name for a trace; ``last`` and names of cells mean others already.

    Raises:
        ValueError: it is none of these.
    """
    if not text.strip() or text.strip() == "last" or re.fullmatch(r"\d+|In \[\d+\]", text.strip()):
        raise ValueError(f"is a name of your own, as in --name gather; {text!r} stands for a cell, or the last one")
    return text
