"""What the commands say: results on the standard output, all else on the standard error. Imports ``tqdm`` where work takes long."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")


def say(text: str) -> None:
    """Print a result."""
    sys.stdout.write(f"{text}\n")


def remark(text: str) -> None:
    """Say something on the side."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(text: str) -> int:
    """Say in one line what went wrong; return the exit status for that."""
    remark(f"async-magics: {' '.join(text.split())}")
    return 1


def bar(items: Iterable[Item], *, unit: str, total: int | None = None, quiet: bool = False) -> Any:
    """Return the items behind a progress bar on the standard error; without one where that is no terminal, or it shall be quiet."""
    from tqdm import tqdm

    return tqdm(items, unit=unit, total=total, leave=False, disable=True if quiet else None, dynamic_ncols=True)
