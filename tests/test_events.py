"""The packed table of steps: nothing is lost, and what does not fit is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from async_magics.events import FIRST_PLACEHOLDER, StepTable

NUMBERS = st.integers(FIRST_PLACEHOLDER * 4, (1 << 63) - 1)
LONG = st.tuples(NUMBERS, st.one_of(NUMBERS, st.tuples(NUMBERS)), NUMBERS, NUMBERS, NUMBERS, st.sampled_from([None, ("wait",)]))
SHORT = st.tuples(NUMBERS, NUMBERS, NUMBERS)


@given(st.lists(st.one_of(LONG, SHORT, st.just("pack")), max_size=30), st.integers(0, 20))
def test_every_row_is_kept_or_counted(script: list[Any], limit: int) -> None:
    """However rows of both kinds and packing follow each other."""
    table = StepTable(0, limit)
    written: list[tuple[Any, ...]] = []
    for item in script:
        if item == "pack":
            table.pack()
        elif len(item) == StepTable.WIDTH:
            table.rows.extend(item)
            written.append(item)
        else:
            table.yields.extend(item)
            task, begin, end = item
            written.append((task, task, 0, begin, end, None))
    kept = list(table)
    assert len(kept) == min(limit, len(written)) and table.dropped == len(written) - len(kept)
    left = list(written)
    for row in kept:
        left.remove(row)
    table.pack()
    assert list(table) == kept and len(table) == len(kept) and not table.rows and not table.yields


@given(st.lists(st.one_of(LONG, SHORT, st.just("pack"), st.just("read")), max_size=40), st.sampled_from([3, 10, 100]))
def test_what_is_read_piece_by_piece_is_what_is_kept(script: list[Any], limit: int) -> None:
    """However reading, writing and packing follow each other; near the limit, what is read first is kept first."""
    table = StepTable(0, limit)
    written: Counter[tuple[Any, ...]] = Counter()
    seen, *found = table.since()
    for item in [*script, "read"]:
        if item == "pack":
            table.pack()
        elif item == "read":
            seen, *columns = table.since(seen)
            found += columns
        else:
            (table.rows if len(item) == StepTable.WIDTH else table.yields).extend(item)
            written[(item[0], *item[3:]) if len(item) == StepTable.WIDTH else (*item, None)] += 1
    read = [row for kind in found for columns in kind for row in zip(*columns, strict=True)]
    kept = Counter((row[0], *row[3:]) for row in table)
    assert Counter(read) == kept if not table.dropped else Counter(read) <= written


def test_nothing_is_read_twice_while_rows_are_packed() -> None:
    """Another thread may look between the two halves of packing."""
    table = StepTable(0, 100)
    table.rows.extend((1, 0, 0, 2, 3, None))
    looks: list[Any] = []

    class Rows(list[Any]):
        def __delitem__(self, key: Any) -> None:
            looks.append(table.since())
            super().__delitem__(key)

    table.rows = Rows(table.rows)
    table.pack()
    assert looks == [((0, 0, 0, 0, 0), [], [])]
    assert [list(columns[0]) for columns in table.since()[1]] == [[1]]


def test_each_kind_is_in_order() -> None:
    """Across chunks and what is not packed yet."""
    table = StepTable(0, 100)
    for begin in range(9):
        table.rows.extend((1, 0, 0, begin, begin, None))
        table.yields.extend((1, begin, begin))
        if begin % 4 == 3:
            table.pack()
    assert [row[3] for row in table] == [*range(9), *range(9)]
