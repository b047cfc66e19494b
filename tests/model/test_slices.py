"""The table of slices: what goes in comes out, and each wait and line is kept once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics.model import Cause, Slice, SliceTable, State, Wait, WaitKind
from async_magics.model.slices import NONE
from async_magics.testing import line
from tests.strategies import slices_of

ROWS = st.lists(st.integers(0, 2), unique=True, max_size=3).flatmap(lambda ids: st.tuples(*(slices_of(i, 3) for i in sorted(ids))))


def table_of(items: list[Slice]) -> SliceTable:
    """Return a table that holds the slices."""
    table = SliceTable()
    for item in items:
        table.append(item)
    return table


@given(ROWS)
@settings(deadline=None)
def test_slices_come_out_as_they_went_in(groups: tuple[list[Slice], ...]) -> None:
    items = [item for group in groups for item in group]
    table = table_of(items)
    assert list(table) == items
    assert len(table) == len(items)
    assert table[:] == items and table[::-2] == items[::-2]
    assert [table.of(task) for task in range(3)] == [[item for item in items if item.task == task] for task in range(3)]
    assert len(table.waits) == len({item.wait for item in items} - {None})
    assert len(table.locations) == len({item.location for item in items} - {None})


def step(**fields: object) -> Slice:
    """Return a slice of task 0."""
    return Slice(**{"task": 0, "start_ns": 0, "end_ns": 5, "state": State.RUNNING} | fields)  # type: ignore[arg-type]


def test_last_row_and_rows_that_are_not_there() -> None:
    table = table_of([step(), step(start_ns=5, end_ns=9)])
    assert table[-1].end_ns == 9
    for index in (2, -3):
        with pytest.raises(IndexError):
            table[index]


def test_equal_means_equal_slices_whatever_the_numbering_of_waits() -> None:
    sleep, lock = Wait(kind=WaitKind.SLEEP, delay_ns=1), Wait(kind=WaitKind.LOCK, name="Lock#1")
    rows = [step(state=State.WAITING, wait=sleep), step(state=State.WAITING, wait=lock, start_ns=5, end_ns=6)]
    other = SliceTable()
    assert (other.wait_id(lock), other.wait_id(sleep), other.wait_id(None)) == (0, 1, NONE)
    for row in rows:
        other.append(row)
    assert other == table_of(rows)
    assert other != table_of(rows[:1])
    assert other != table_of([rows[0], step(state=State.WAITING, wait=sleep, start_ns=5, end_ns=6)])
    assert other != list(other)
    with pytest.raises(TypeError):
        hash(other)


@pytest.mark.parametrize(
    "changed",
    [{"cause": Cause.IO}, {"waker": 0}, {"cpu_ns": 0}, {"location": line(0)}, {"task": 1}, {"state": State.RUNNABLE}, {"end_ns": 6}],
)
def test_every_column_counts_for_equality(changed: dict[str, object]) -> None:
    assert table_of([step()]) != table_of([step(**changed)])
