"""Tags that are kept beside objects."""

from __future__ import annotations

from typing import Any

from async_magics.sources.tags import Tags


class Shy:
    """An object that does not want to be compared."""

    def __hash__(self) -> int:
        raise AssertionError

    def __eq__(self, other: object) -> bool:
        raise AssertionError


def test_by_identity() -> None:
    """An object is found again without a method of its class being called."""
    tags: Tags[str] = Tags()
    one, other = Shy(), Shy()
    assert tags.put(one, "one") == "one"
    assert (tags.get(one), tags.get(other)) == ("one", None)
    assert [tag for _thing, tag in tags] == ["one"]


def test_forgotten_with_the_object() -> None:
    """A tag does not outlive its object, and an object that gets the same address has none."""
    tags: Tags[int] = Tags()
    things: list[Any] = [Shy() for _ in range(100)]
    for number, thing in enumerate(things):
        tags.put(thing, number)
    del thing
    things.clear()
    assert not list(tags)
    assert all(tags.get(Shy()) is None for _ in range(100))
