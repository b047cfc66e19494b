"""Tags: what we know about an object of somebody else's, kept beside it and forgotten with it. Standard library only."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Tags(Generic[T]):
    """One tag per object, by identity: nothing is written on the object, and no ``__hash__`` or ``__eq__`` of the user's is called."""

    def __init__(self) -> None:
        self._tags: dict[int, tuple[weakref.ref[Any], T]] = {}

    def put(self, thing: Any, tag: T) -> T:
        """Tag an object; return the tag."""
        key, tags = id(thing), self._tags
        tags[key] = (weakref.ref(thing, lambda _: tags.pop(key, None)), tag)
        return tag

    def get(self, thing: Any) -> T | None:
        """Return an object's tag."""
        found = self._tags.get(id(thing))
        return found[1] if found is not None and found[0]() is thing else None

    def __iter__(self) -> Iterator[tuple[Any, T]]:
        """Yield every object that is alive, with its tag."""
        for place, tag in tuple(self._tags.values()):
            thing = place()
            if thing is not None:
                yield thing, tag
