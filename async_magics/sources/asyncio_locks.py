"""Who holds an ``asyncio.Lock``: noted where the lock itself notes that it is taken.

asyncio's locks do not know their owner. While something records, the class has a descriptor that hears when the plain attribute
``_locked`` is set; the value stays in the lock's own dictionary, where it is read at full speed, and found again as soon as the
descriptor is gone. No method is replaced, so no frame is added and no chain of awaits changes. Imports ``patching`` only.
"""

from __future__ import annotations

from asyncio import locks
from collections.abc import Callable
from typing import Any

from .patching import UndoStack


class _Locked:
    """Hears when ``_locked`` is set. Without ``__get__``, so that reading it needs no call.

    Args:
        holders: id of a lock -> id of the task that holds it.
        running: returns the id of the task that runs now, 0 if none does.
    """

    def __init__(self, holders: dict[int, int], running: Callable[[], int]) -> None:
        self._holders, self._running = holders, running

    def __set__(self, lock: Any, value: Any) -> None:
        lock.__dict__["_locked"] = value
        if value:
            self._holders[id(lock)] = self._running()
        else:
            self._holders.pop(id(lock), None)  # also when a lock is made, perhaps where a dead one was


def watch_locks(undo: UndoStack, holders: dict[int, int], running: Callable[[], int]) -> None:
    """Keep ``holders`` true until undone."""
    undo.patch(locks.Lock, "_locked", _Locked(holders, running))
