"""Where a reader stands in a chart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from tests.analysis.test_causes import handed_on
from tests.views.samples import lecture, like

from async_magics.model import Note, Outcome, TaskKind, Trace, WaitKind
from async_magics.testing import TraceScript, ns
from async_magics.views.compose import compose
from async_magics.views.exploring import MOST_ROWS, SHORTEST_NS, Exploring
from async_magics.views.hover import hit
from async_magics.views.sieve import Sieve
from async_magics.views.spec import ChartOptions
from async_magics.views.window import Window


def lecturing() -> Exploring:
    return Exploring(lecture(), ChartOptions(lang="en"))


def test_it_begins_with_everything() -> None:
    found = lecturing()
    assert found.window.is_all and found.scene().start_ns == 0 and found.options.window is None


def test_the_name_of_an_error_at_the_right_edge_stays_and_the_axis_is_as_long_wherever_a_reader_is() -> None:
    script = TraceScript("In [1]")
    late, early = script.task("late", at=0), script.task("early", at=0)
    for task, end in ((late, 1.0), (early, 0.3)):
        script.waiting(task, 0, end, WaitKind.SLEEP)
        script.end(task, end, Outcome.RAISED, "ConnectionResetError")
    script.waiting(0, 0, 1, WaitKind.GATHER)
    script.end(0, 1)
    found = Exploring(script.trace(), ChartOptions(lang="en"))
    whole = found.scene()
    assert whole.frame.px_per_ns == compose(found.trace, ChartOptions(lang="en")).frame.px_per_ns
    assert [end.text for end in whole.ends if end.text] == ["ConnectionResetError"] * 2
    found.show(0, ns(0.3))
    part = found.scene()
    assert [end.text for end in part.ends if end.text] == ["ConnectionResetError"]
    length = whole.frame.px_per_ns * found.trace.end_ns
    assert part.frame.px_per_ns * ns(0.3) == pytest.approx(length)
    found.show(ns(0.4), ns(0.7))
    assert found.scene().frame.px_per_ns * ns(0.3) == pytest.approx(length)


def test_zooming_keeps_the_moment_under_the_pointer_where_it_is() -> None:
    found = lecturing()
    before = found.scene().frame.x(ns(0.5))
    found.zoom(0.5, ns(0.5))
    assert found.window.span_ns == lecture().end_ns // 2
    assert found.scene().frame.x(ns(0.5)) == pytest.approx(before, abs=2)


def test_nobody_leaves_the_trace() -> None:
    found = lecturing()
    for _ in range(60):
        found.zoom(0.5)
    assert found.window.span_ns == SHORTEST_NS
    for _ in range(3):
        found.pan(-1e9)
    assert found.window.start_ns == 0
    found.pan(1e9)
    assert found.window.end_ns == lecture().end_ns
    for _ in range(60):
        found.zoom(2)
    assert found.window.is_all


def test_a_window_that_was_asked_for_is_where_it_begins() -> None:
    found = Exploring(lecture(), ChartOptions(lang="en", window=(ns(0.5), ns(1))))
    assert (found.window.start_ns, found.window.end_ns) == (ns(0.5), ns(1))
    assert found.options.window == (ns(0.5), ns(1))
    found.fit()
    assert found.options.window is None


def test_a_jump_shows_what_was_meant_and_what_is_around_it() -> None:
    found = lecturing()
    found.jump(ns(1.0), ns(1.1))
    assert 0 < found.window.start_ns < ns(1.0) < ns(1.1) < found.window.end_ns < lecture().end_ns


def test_many_lanes_are_scrolled_and_a_jump_scrolls_there() -> None:
    found = Exploring(like(100), ChartOptions(lang="en"))
    found.fold = False
    assert len(found.scene().lanes) == MOST_ROWS and found.last_top == 101 - MOST_ROWS
    found.top = 1000
    assert found.scene().lanes[-1].name == "Task-101" and found.top == found.last_top
    found.jump(0, 1, task=5)
    assert 5 in found.basis.at
    assert all(lane.parent is None or lane.parent < number for number, lane in enumerate(found.scene().lanes))


def test_a_filter_that_leaves_nothing_draws_an_empty_field() -> None:
    found = lecturing()
    found.sieve = Sieve(text="nobody")
    assert found.scene().lanes == () and found.scene().bars == ()


def test_the_causes_of_the_chosen_task_are_drawn_and_the_others_step_back() -> None:
    found = Exploring(handed_on(), ChartOptions(lang="en"))
    scene = found.scene()
    assert not scene.pale
    found.choose(hit(found.basis, scene, scene.frame.x(ns(0.65)), scene.lanes[1].middle))
    arrows = [arrow for arrow in found.scene().arrows if arrow.kind == "cause"]
    assert [(arrow.source, arrow.target, arrow.t_ns) for arrow in arrows] == [(2, 1, ns(0.5)), (0, 2, ns(0.06))]
    found.choose(hit(found.basis, scene, scene.frame.x(ns(0.3)), scene.lanes[2].middle))
    assert found.scene().pale == {1}
    found.choose(hit(found.basis, scene, scene.frame.x(ns(0.3)), scene.lanes[2].middle))
    assert found.chosen is None and not found.scene().pale


def test_a_note_is_there_at_once_and_nothing_is_worked_out_again() -> None:
    found = lecturing()
    found.scene()
    known = found.facts.numbers
    found.renew(replace(lecture(), slices=found.trace.slices, notes=(Note(text="here", t_ns=ns(0.5)),)))
    assert len(found.scene().annotations.discs) == 1 and found.facts.numbers is known


def test_another_trace_is_worked_out_anew() -> None:
    found = lecturing()
    found.scene()
    found.renew(like(3))
    assert found.window == Window.all(like(3).end_ns) and len(found.scene().lanes) == 4


def with_a_thread(tasks: int) -> Trace:
    script = TraceScript("In [3]")
    for number in range(tasks):
        script.running(script.task(f"Task-{number}", "fetch", at=0.1 * number), 0.1 * number, 1)
    script.running(script.task("helper", "work", at=0.05, kind=TaskKind.THREAD), 0.05, 1)
    return script.trace()


def test_who_was_chosen_is_the_same_in_a_trace_that_went_on_and_was_numbered_anew() -> None:
    found = Exploring(with_a_thread(1), ChartOptions(lang="en"))
    scene = found.scene()
    found.cursor = hit(found.basis, scene, scene.frame.x(ns(0.5)), scene.lanes[2].middle)
    found.choose(found.cursor)
    assert found.chosen == (2, found.cursor.t_ns) and found.cursor.task == 2
    found.renew(with_a_thread(3))
    assert found.chosen == (4, found.cursor.t_ns) and (found.cursor.task, found.cursor.row) == (4, None)
    assert found.scene().pale and found.trace.tasks[4].name == "helper"
    found.renew(like(3))
    assert found.chosen is None and found.cursor.task is None


def test_a_reader_looks_among_the_lanes_that_the_author_wants() -> None:
    found = Exploring(lecture(), ChartOptions(lang="en", only=("Task-110", "Task-112", "Task-113"), order=("Task-113", "Task-112")))
    found.sieve = Sieve(text="task-11")
    assert [lane.name for lane in found.scene().lanes] == ["Task-113", "Task-112", "Task-110"]
    found.sieve = Sieve(text="task-11", order="name")
    assert [lane.name for lane in found.scene().lanes] == ["Task-110", "Task-112", "Task-113"]
    found.sieve = Sieve(text="Task-111")
    assert found.scene().lanes == (), "it is there, but not wanted"
    found = Exploring(lecture(), ChartOptions(lang="en", hide=("Task-111",)))
    found.sieve = Sieve(text="Task-111")
    assert found.scene().lanes == ()


def test_the_picture_keeps_its_height_while_one_moves() -> None:
    found = lecturing()
    heights = []
    for _ in range(8):
        heights.append(found.scene().frame.height)
        found.zoom(0.6, ns(1.0))
    assert all(later >= earlier for earlier, later in pairwise(heights))


def test_the_critical_path_can_be_shown_and_hidden() -> None:
    found = lecturing()
    assert not found.scene().path
    found.path = True
    assert found.scene().path and found.options.critical_path


def test_a_cursor_whose_lane_is_filtered_away_begins_at_the_first() -> None:
    found = lecturing()
    for _ in range(5):
        found.go_to_lane(1)
    assert found.cursor is not None and found.cursor.lane == 4
    found.sieve = Sieve(text="task-110")
    assert len(found.basis.lanes) == 1
    found.go_to_slice(1)
    assert found.cursor is not None and (found.cursor.lane, found.cursor.task) == (0, 1)


def test_a_cursor_follows_its_task_when_the_lanes_are_scrolled() -> None:
    found = Exploring(like(60), ChartOptions(lang="en", fold=False))
    for _ in range(10):
        found.go_to_lane(1)
    assert found.cursor is not None
    task, found.top = found.cursor.task, 5
    found.go_to_slice(1)
    assert found.cursor is not None and found.cursor.lane is not None
    assert task is not None and found.basis.lanes[found.cursor.lane].tasks[0] == found.cursor.task == task


def test_a_cursor_forgets_the_row_of_a_trace_that_went_on() -> None:
    found = Exploring(like(3), ChartOptions(lang="en"))
    found.go_to_lane(1)
    found.go_to_slice(1)
    assert found.cursor is not None and found.cursor.row is not None
    found.renew(like(5))
    assert found.cursor.row is None
    found.go_to_slice(1)
