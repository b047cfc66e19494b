"""Who holds an ``asyncio.Lock``: noted where the lock itself notes that it is taken.

asyncio's locks do not know their owner. While something records, the class has a descriptor in place of the plain attribute
``_locked``; the value stays in the lock's own dictionary, where the attribute is found again as soon as the descriptor is gone. No
method is replaced, so no frame is added and no chain of awaits changes. Imports ``patching`` only.
"""

from __future__ import annotations

from asyncio import locks
from collections.abc import Callable
from typing import Any

from .patching import UndoStack


class _Locked:
    """Stands for the attribute ``_locked``.

    Args:
        holders: id of a lock -> id of the task that holds it.
        running: returns the id of the task that runs now, 0 if none does.
    """

    def __init__(self, holders: dict[int, int], running: Callable[[], int]) -> None:
        self._holders, self._running = holders, running

    def __get__(self, lock: Any, _kind: type | None = None) -> Any:
        if lock is None:
            return self
        try:
            return lock.__dict__["_locked"]
        except KeyError:
            raise AttributeError(f"{type(lock).__name__!r} object has no attribute '_locked'") from None

    def __set__(self, lock: Any, value: Any) -> None:
        lock.__dict__["_locked"] = value
        if value:
            self._holders[id(lock)] = self._running()
        else:
            self._holders.pop(id(lock), None)  # also when a lock is made, perhaps where a dead one was


def watch_locks(undo: UndoStack, holders: dict[int, int], running: Callable[[], int]) -> None:
    """Keep ``holders`` true until undone."""
    undo.patch(locks.Lock, "_locked", _Locked(holders, running))
