"""What stands under the pointer, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.views.samples import busy, lecture, like
from tests.views.works import pool

from async_magics.model import Cause, Note, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.basis import Basis
from async_magics.views.compose import drawn
from async_magics.views.facts import Facts
from async_magics.views.hover import hit, told
from async_magics.views.spec import ChartOptions
from async_magics.views.window import Window


def at(trace: Trace, lane: int, second: float, lang: str = "en", window: Window | None = None) -> tuple[str, ...]:
    basis = Basis.of(Facts(trace), ChartOptions(lang=lang))
    scene = drawn(basis, window or Window.all(trace.end_ns), bare=True)
    found = hit(basis, scene, scene.frame.x(ns(second)), scene.lanes[lane].middle)
    assert found is not None and found.lane == lane
    return told(basis, scene.lanes, found)


def test_waiting_says_for_what_and_how_long() -> None:
    assert at(lecture(), 1, 0.5) == ("Task-110 · connect_to_user(1)", "waiting: sleep(1)", "0.03 s to 1.03 s, 1.00 s")


def test_blocking_names_its_line() -> None:
    assert at(lecture(), 4, 0.5) == (
        "Task-113 · connect_to_user(4)", "blocks the loop", "0.07 s to 1.00 s, 928 ms", "line 7: time.sleep(0.93)",
    )  # fmt: skip


def test_russian() -> None:
    assert at(lecture(), 1, 0.5, "ru")[1:] == ("ждёт: sleep(1)", "от 0,03 с до 1,03 с, 1,00 с")


def test_the_cell_that_woke_a_task_is_named_in_the_language_of_the_chart() -> None:
    script = TraceScript("In [1]")
    script.running(0, 0, 0.5)
    task = script.task("first", "first", "", at=0.05)
    script.waiting(task, 0.1, 0.5, WaitKind.EVENT, name="Event#1")
    script.running(task, 0.5, 0.9, cause=Cause.TASK, waker=0)
    trace = script.trace(cell_end=1)
    assert at(trace, 1, 0.7)[-1] == "woken by cell" and at(trace, 1, 0.7, "ru")[-1] == "разбудила ячейка"


def woken() -> Trace:
    script = TraceScript("In [1]")
    script.running(0, 0, 0.1)
    first, second = (script.task(name, name, "", at=0.05) for name in ("first", "second"))
    script.waiting(first, 0.1, 0.5, WaitKind.EVENT, name="Event#1")
    script.running(second, 0.2, 0.6)
    script.ready(first, 0.5, 0.6, cause=Cause.TASK, waker=second, location=line(9, "event.set()"))
    script.running(first, 0.6, 0.9, cause=Cause.TASK, waker=second)
    return script.trace(cell_end=1)


@pytest.mark.parametrize("second", [0.3, 0.55])
def test_who_woke_it_and_where(second: float) -> None:
    assert at(woken(), 1, second)[-1] == "woken by second, line 9: event.set()"


def test_a_running_step_says_who_woke_it() -> None:
    assert at(woken(), 1, 0.7)[-1] == "woken by second"


def test_many_tasks_are_counted() -> None:
    found = at(like(300), 1, 0.5)
    assert found[0].startswith("fetch × 300") and "waiting: 300" in found


def test_a_slice_thinner_than_a_pixel_is_met_when_it_is_near() -> None:
    script = TraceScript("In [1]")
    task = script.task("Task-1", "f", "", at=0)
    script.running(task, 0, 0.5)
    script.waiting(task, 0.5, 0.5001, WaitKind.LOCK, name="Lock#1")
    script.running(task, 0.5001, 1)
    found = at(script.trace(cell_end=1), 1, 0.501)
    assert found[1:3] == ("waiting: Lock#1", "0.50000 s to 0.50010 s, 100 µs")


def test_a_job_on_its_workers_lane() -> None:
    trace = pool(10)
    basis = Basis.of(Facts(trace), ChartOptions(lang="en"))
    lane = next(number for number, lane in enumerate(basis.lanes) if lane.inner and lane.role == "worker")
    assert "slow_square(" in at(trace, lane, 0.3)[0]


def test_a_band_of_one_busy_task_answers_too() -> None:
    assert at(busy(3000), 1, 0.5)[0].startswith("Task-1")


def test_outside_there_is_nothing_and_between_lanes_only_the_moment() -> None:
    trace = lecture()
    basis = Basis.of(Facts(trace), ChartOptions(lang="en"))
    scene = drawn(basis, Window.all(trace.end_ns), bare=True)
    frame = scene.frame
    assert hit(basis, scene, frame.left, frame.top - 5) is None and hit(basis, scene, frame.right + 5, frame.bottom - 5) is None
    between = hit(basis, scene, frame.x(ns(0.5)), frame.bottom - 1)
    assert between is not None and between.lane is None and told(basis, scene.lanes, between) == ("0.50 s",)
    name = hit(basis, scene, 5, scene.lanes[1].middle)
    assert name is not None and name.row is None and name.task == 1


def test_a_remark_is_told_where_its_disc_stands() -> None:
    notes = (Note(text="the first", t_ns=ns(0.5), task=1), Note(text="about all", t_ns=ns(1.5)))
    trace = replace(lecture(), notes=notes)
    basis = Basis.of(Facts(trace), ChartOptions())
    scene = drawn(basis, Window.all(trace.end_ns), bare=True)
    first, second = scene.annotations.discs
    found = [hit(basis, scene, disc.x + 3, disc.y - 3) for disc in (first, second)]
    assert [told(basis, scene.lanes, one)[0] for one in found if one] == ["1  the first", "2  about all"]
    beside = hit(basis, scene, first.x + 3 * scene.annotations.radius, scene.lanes[1].middle)
    assert beside and not beside.remark and told(basis, scene.lanes, beside)[0].startswith("Task-110")
