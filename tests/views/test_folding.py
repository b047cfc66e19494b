"""Folding: every task in exactly one row, never more rows than asked for, creators above those they created."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics.model import Outcome, Trace
from async_magics.testing import TraceScript
from async_magics.views.folding import fold
from async_magics.views.gantt import Gantt
from async_magics.views.spec import ChartOptions
from tests.strategies import traces


def traced(parents: list[int], functions: list[str]) -> Trace:
    script = TraceScript()
    for number, function in enumerate(functions):
        parent = parents[number] % (number + 2) - 1
        script.task(f"t{number}", function, parent=None if parent < 0 else parent)
    return script.trace(cell_end=1)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abcdefgh")), max_size=60), st.integers(2, 30))
def test_every_task_is_in_one_row_and_rows_are_bounded(made: list[tuple[int, str]], limit: int) -> None:
    trace = traced([parent for parent, _ in made], [function for _, function in made])
    rows = fold(trace, limit)
    assert sorted(task for row in rows for task in row.tasks) == list(range(len(trace.tasks)))
    assert len(rows) <= limit
    assert rows[0].tasks == (0,)
    for number, row in enumerate(rows):
        assert row.parent is None or (row.parent < number and rows[row.parent].depth < row.depth)


@settings(max_examples=150, deadline=None)
@given(traces(max_tasks=12), st.integers(2, 8))
def test_works_of_any_kind_are_in_one_row_each(trace: Trace, limit: int) -> None:
    rows = fold(trace, limit)
    assert sorted(task for row in rows for task in (*row.tasks, *row.inner)) == list(range(len(trace.tasks)))
    assert len(rows) <= max(limit, 1)
    Gantt(trace, ChartOptions(lang="en", lanes=limit)).text()


def test_a_tree_lists_creators_above_their_own() -> None:
    script = TraceScript()
    first, second = script.task("first"), script.task("second")
    child = script.task("child", parent=first)
    rows = fold(script.trace(cell_end=1), 24)
    assert [(row.tasks[0], row.depth, row.parent) for row in rows] == [(0, 0, None), (first, 1, 0), (child, 2, 1), (second, 1, 0)]


def test_groups_of_groups() -> None:
    script = TraceScript()
    for number in range(40):
        outer = script.task(f"outer {number}", "outer")
        for inner in range(3):
            script.task(f"inner {inner}", "inner", parent=outer)
    rows = fold(script.trace(cell_end=1), 10)
    assert [(len(row.tasks), row.depth) for row in rows] == [(1, 0), (40, 1), (120, 2)]


def test_small_groups_stay_open_beside_large_ones() -> None:
    script = TraceScript()
    for number in range(100):
        script.task(str(number), "many")
    for number in range(3):
        script.task(str(number), "few")
    assert [len(row.tasks) for row in fold(script.trace(cell_end=1), 10)] == [1, 100, 1, 1, 1]


def test_a_chain_of_five_thousand_tasks_does_not_exhaust_the_stack() -> None:
    script = TraceScript()
    for number in range(5000):
        script.task(str(number), "abc"[number % 3], parent=number)
    trace = script.trace(cell_end=1)
    assert len(fold(trace, 24)) <= 24
    assert len(fold(trace, 6000)) == 5001


def test_more_kinds_than_lanes_leave_a_rest() -> None:
    script = TraceScript()
    for number in range(50):
        script.task(str(number), f"f{number % 30}")
    rows = fold(script.trace(cell_end=1), 8)
    assert len(rows) == 8 and rows[-1].rest and rows[-1].parent is None


def test_special_tasks_stand_apart() -> None:
    script = TraceScript()
    tasks = [script.task(str(number), "f") for number in range(100)]
    script.end(tasks[5], 1, Outcome.RAISED, "OSError")
    rows = fold(script.trace(cell_end=1), 8, {tasks[7]})
    assert [len(row.tasks) for row in rows] == [1, 98, 1, 1]
    assert [row.tasks[0] for row in rows[2:]] == [tasks[5], tasks[7]]


def test_who_stands_apart_does_not_take_the_others_children() -> None:
    script = TraceScript()
    for number in range(50):
        outer = script.task(f"outer {number}", "outer")
        script.task(f"inner {number}", "inner", parent=outer)
    script.task("last", "last")
    rows = fold(script.trace(cell_end=1), 8, {1})
    assert [(len(row.tasks), row.depth, row.parent) for row in rows] == [(1, 0, None), (49, 1, 0), (50, 2, 1), (1, 1, 0), (1, 1, 0)]
