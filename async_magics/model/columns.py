"""Tables of a trace file: every column a list of whole numbers, every text, line and list of ids written once.

``codec`` names the tables; here is how a column of each kind is written and read. Nothing is trusted on the way in.
Imports ``errors`` and ``trace`` only; ``Any`` stands for what JSON may hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from enum import IntEnum, StrEnum
from itertools import accumulate
from operator import attrgetter, sub
from types import NoneType
from typing import Any, ClassVar, Final, Generic, NoReturn, TypeVar

from ..errors import TraceFormatError
from .trace import Location

INT64: Final = 2**63 - 1
"""Times and ids of a trace fit into the 64-bit columns of ``SliceTable``."""
WIDE: Final = 2**127
"""What a user may ask to wait for, in nanoseconds, is bounded by nobody: ``sleep(10**12)`` is more than 64 bits."""

T = TypeVar("T")
V = TypeVar("V")


def fail(where: str, what: str) -> NoReturn:
    """Raise the one error of this format; ``where`` is a path such as ``tasks.name``."""
    raise TraceFormatError(f"not a valid trace file: {where} {what}")


def whole_numbers(raw: object, where: str, length: int | None = None, low: int = -INT64, high: int = INT64) -> list[int]:
    """Return a list of integers within bounds; ``True`` is not an integer here."""
    if not isinstance(raw, list):
        fail(where, "should be a list")
    if length is not None and len(raw) != length:
        fail(where, f"has {len(raw)} entries, not {length}")
    if set(map(type, raw)) - {int}:
        fail(where, "should hold whole numbers only")
    if raw and not (low <= min(raw) and max(raw) <= high):
        fail(where, f"holds a number outside {low} … {high}")
    return raw


class Interned(Generic[T]):
    """Gives each different value a number, in the order in which they first come."""

    def __init__(self) -> None:
        self._ids: dict[T, int] = {}

    def __call__(self, value: T) -> int:
        """Return the value's number."""
        return self._ids.setdefault(value, len(self._ids))

    @property
    def values(self) -> list[T]:
        """The different values; the number of each is its position."""
        return list(self._ids)


@dataclass(frozen=True, slots=True)
class Written:
    """The tables that grow while a trace is written."""

    texts: Interned[str] = field(default_factory=Interned)
    locations: Interned[Location] = field(default_factory=Interned)
    lists: Interned[tuple[int, ...]] = field(default_factory=Interned)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The tables that columns point into while a trace is read."""

    texts: Sequence[str] = ()
    locations: Sequence[Location] = ()
    lists: Sequence[tuple[int, ...]] = ()


class Column:
    """How one field of a dataclass becomes numbers and comes back. This one: whole numbers within bounds, as they are."""

    def __init__(self, low: int = -INT64, high: int = INT64) -> None:
        self.low, self.high = low, high

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        """Return what goes into the file."""
        return list(values)

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        """Return the values; raises ``TraceFormatError``."""
        return list(whole_numbers(raw, where, length, self.low, self.high))


class Maybe(Column):
    """Whole numbers, or null for ``None``."""

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        if not isinstance(raw, list) or set(map(type, raw)) - {int, NoneType}:
            fail(where, "should be a list of whole numbers and nulls")
        super().read([value for value in raw if value is not None], where, None, tables)
        if length is not None and len(raw) != length:
            fail(where, f"has {len(raw)} entries, not {length}")
        return raw


class Rising(Column):
    """Whole numbers that mostly grow: each is written as its distance from the one before."""

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        return deltas(values)

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        return undo_deltas(raw, where, length, self.low, self.high)


class Flag(Column):
    """``True`` and ``False``, written as 1 and 0."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        return [int(value) for value in values]

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        return [bool(value) for value in super().read(raw, where, length, tables)]


class Number(Column):
    """A word of an ``IntEnum``, written as its number."""

    def __init__(self, words: type[IntEnum]) -> None:
        super().__init__(min(words), max(words))
        self._words = words

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        return [int(value) for value in values]

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        return [self._words(value) for value in super().read(raw, where, length, tables)]


class Pointer(Column):
    """Positions in one of the shared tables; -1 stands for ``None`` where the column is optional."""

    table: ClassVar[str]

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__(-1 if optional else 0)

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        number: Callable[[Any], int] = getattr(tables, self.table)
        return [-1 if value is None else number(value) for value in values]

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        known: Sequence[Any] = getattr(tables, self.table)
        found = whole_numbers(raw, where, length, self.low, len(known) - 1)
        return [None if position < 0 else known[position] for position in found]


class Text(Pointer):
    """Texts."""

    table = "texts"


class Place(Pointer):
    """Lines of code."""

    table = "locations"


class Ids(Pointer):
    """Tuples of whole numbers."""

    table = "lists"


class Places(Ids):
    """Tuples of lines of code."""

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        return super().write([tuple(map(tables.locations, chain)) for chain in values], tables)

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        chains = super().read(raw, where, length, tables)
        lines = {}
        for ids in set(chains):
            whole_numbers(list(ids), where, low=0, high=len(tables.locations) - 1)
            lines[ids] = tuple(tables.locations[i] for i in ids)
        return [lines[ids] for ids in chains]


class Word(Text):
    """Words of a ``StrEnum``."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self._words = words

    def write(self, values: Sequence[Any], tables: Written) -> list[Any]:
        return super().write([value.value for value in values], tables)

    def read(self, raw: object, where: str, length: int | None, tables: Loaded) -> list[Any]:
        found = super().read(raw, where, length, tables)
        for text in set(found) - {word.value for word in self._words}:
            fail(where, f"holds {text[:40]!r}, which is none of: {', '.join(self._words)}")
        words = {word.value: word for word in self._words}
        return [words[text] for text in found]


class Table(Generic[V]):
    """A list of equal dataclass objects as columns. A column whose every value is the field's default is left out.

    Attributes:
        name: the table's key in the file.
        kind: the dataclass.
        columns: one for each field that is written; the first has no default, so it is always there and gives the length.
    """

    def __init__(self, name: str, kind: Callable[..., V], columns: Mapping[str, Column]) -> None:
        self.name, self.kind, self.columns = name, kind, columns
        self._defaults = {item.name: item.default for item in fields(kind)}  # type: ignore[arg-type]  # a dataclass's class

    def write(self, rows: Sequence[V], tables: Written) -> dict[str, list[Any]]:
        """Return the columns that say something."""
        written = {}
        for name, column in self.columns.items():
            values = list(map(attrgetter(name), rows))
            default = self._defaults[name]
            if default is MISSING or any(value != default for value in values):
                written[name] = column.write(values, tables)
        return written

    def read(self, raw: object, tables: Loaded, *, numbered: bool = False) -> list[V]:
        """Return the rows; with ``numbered``, each gets its position as ``id``."""
        found = known_keys(raw, self.name, self.columns)
        length: int | None = None
        columns: dict[str, list[Any]] = {}
        for name, column in self.columns.items():
            where = f"{self.name}.{name}"
            if name in found:
                columns[name] = column.read(found[name], where, length, tables)
            elif self._defaults[name] is MISSING:
                fail(where, "is missing")
            else:
                continue
            length = len(columns[name])
        if numbered:
            columns["id"] = list(range(length or 0))
        return [self.kind(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def known_keys(raw: object, where: str, known: Mapping[str, object]) -> dict[str, Any]:
    """Return an object that has no keys but known ones."""
    if not isinstance(raw, dict):
        fail(where, "should be an object")
    for key in raw.keys() - known.keys():
        fail(where, f"has an unknown key {str(key)[:40]!r}")
    return raw


def deltas(values: Sequence[int]) -> list[int]:
    """Return the first value and then the differences."""
    return [*values[:1], *map(sub, values[1:], values)]


def undo_deltas(raw: object, where: str, length: int | None, low: int, high: int) -> list[int]:
    """Return the values whose ``deltas`` these are."""
    steps = whole_numbers(raw, where, length, -2 * INT64, 2 * INT64)
    return whole_numbers(list(accumulate(steps)), where, None, low, high)
