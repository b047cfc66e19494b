"""One line of text under a cell for what did not work in this package; the user's cell goes on. Imports nothing of ours."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from pathlib import Path

from ..errors import AsyncMagicsError

_PACKAGE = Path(__file__).parents[1]


def note(text: str) -> None:
    """Say something under the cell, if there is still anybody to say it to."""
    with suppress(Exception):
        sys.stderr.write(f"tasktrace: {text}\n")


def told(error: BaseException) -> str:
    """Return an error as one line; one that nobody foresaw names the place in this package where it was raised."""
    if isinstance(error, AsyncMagicsError):
        return str(error)
    line = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f"{line} ({Path(ours[-1].filename).relative_to(_PACKAGE).as_posix()}:{ours[-1].lineno})" if ours else line
