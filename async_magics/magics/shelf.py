"""The traces of this session, by name. Imports ``errors``; IPython only if it is already there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import TraceNotFoundError
from .options import nearest

LAST = "last"


class Shelf(Mapping[str, Any]):
    """Keeps what was recorded, the oldest first; a number stands for the cell of that number, ``last`` for the newest.

    Args:
        most: how many are kept; the oldest is forgotten for a new one.
    """

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self._kept: dict[str, Any] = {}

    def put(self, name: str, recorded: Any) -> None:
        """Keep a recording as the newest; one of the same name is replaced."""
        self._kept.pop(name, None)
        self._kept[name] = recorded
        while len(self._kept) > self.most:
            del self._kept[next(iter(self._kept))]

    def free_name(self, name: str) -> str:
        """Return the name, or the name with the first number that makes it new: ``In [3] (2)``."""
        number = 1
        free = name
        while free in self._kept:
            number += 1
            free = f"{name} ({number})"
        return free

    def name_of(self, asked: str) -> str:
        """Return the full name of what the user asked for.

        Raises:
            TraceNotFoundError: with the nearest name.
        """
        asked = asked.strip()
        if asked in self._kept:
            return asked
        if re.fullmatch(r"\d+", asked) and f"In [{asked}]" in self._kept:
            return f"In [{asked}]"
        if asked in ("", LAST) and self._kept:
            return next(reversed(self._kept))
        raise TraceNotFoundError(self._missing(asked))

    def _missing(self, asked: str) -> str:
        if not self._kept:
            return "nothing has been traced yet; put %%tasktrace above a cell and run it"
        known = list(self._kept)
        return f"no trace is called {asked!r}{nearest(asked, known)} (%tasklist lists them)"

    def __getitem__(self, name: str) -> Any:
        return self._kept[self.name_of(str(name))]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return f"<traces: {', '.join(self._kept) or 'none yet'}>"


def current_shelf() -> Shelf:
    """Return the traces of the IPython in which the extension is loaded; an empty shelf elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    magics = None if shell is None else shell.magics_manager.registry.get("TaskTrace")
    found = getattr(magics, "shelf", None)
    return found if isinstance(found, Shelf) else Shelf()
