"""Which worker processes may be older than the import of this package. Standard library only."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final


def _next_number() -> int:
    """Return the number that the next child of ``multiprocessing`` will get, without using it up; 1 where there was none yet."""
    module = sys.modules.get("multiprocessing.process")
    with suppress(AttributeError, ValueError):
        return 1 if module is None else int(repr(module._process_counter)[6:-1])
    return sys.maxsize


_FIRST: Final = _next_number()
"""Workers with lower numbers were started before this package was there, perhaps before it could be imported."""


def is_older(processes: Iterable[Any]) -> bool:
    """Tell whether one of a pool's processes may be unable to import this package."""
    return any((getattr(process, "_identity", None) or (0,))[-1] < _FIRST for process in processes)
