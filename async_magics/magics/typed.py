"""Times and notes as people type them on a magic line. Imports ``analysis`` when a note is read."""

from __future__ import annotations

import re
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
    return float(found[1]) * _UNITS[found[2] or "s"]


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
