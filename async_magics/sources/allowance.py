"""How much of one thing is kept: a loop that marks or prints a million times must not fill the log. Standard library only."""

from __future__ import annotations

from collections.abc import Hashable


class Allowance:
    """Counts what is kept, for each recording apart.

    Args:
        most: how many of all.
        alike: how many of the same text; ``None``: as many as of all.
    """

    __slots__ = ("_alike", "_kept", "_most", "_told")

    def __init__(self, most: int, alike: int | None = None) -> None:
        self._most, self._alike = most, alike
        self._kept: dict[Hashable, int] = {}
        self._told: set[int] = set()

    def takes(self, owner: int, text: str = "") -> bool:
        """Tell whether one more is kept."""
        kept = self._kept.get(owner, 0)
        if kept >= self._most:
            return False
        if self._alike is not None:
            same = self._kept.get((owner, text), 0)
            if same >= self._alike:
                return False
            self._kept[owner, text] = same + 1
        self._kept[owner] = kept + 1
        return True

    def first_refusal(self, owner: int) -> bool:
        """Tell, once for each recording, that something was refused."""
        new = owner not in self._told
        self._told.add(owner)
        return new
