"""A scene says in plain data what the chart shows."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from tests.views.samples import HOSTILE, busy, hostile, lecture, like

from async_magics.model import Cause, InstantKind, Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.compose import compose
from async_magics.views.scene import BarKind, Role, Scene
from async_magics.views.spec import ChartOptions


def scene(trace: Trace, **options: object) -> Scene:
    return compose(trace, ChartOptions(**{"lang": "en", **options}))  # type: ignore[arg-type]


def test_lanes_are_named_after_tasks_and_their_calls() -> None:
    lanes = scene(lecture()).lanes
    assert [(lane.role, lane.name, lane.detail) for lane in lanes[:2]] == [
        (Role.CELL, "cell", "In [25]"), (Role.TASK, "Task-110", "connect_to_user(1)"),
    ]  # fmt: skip
    assert [lane.depth for lane in lanes] == [0, 1, 1, 1, 1]


def test_lanes_do_not_overlap() -> None:
    lanes = scene(like(20)).lanes
    assert all(above.top + above.height < below.top for above, below in pairwise(lanes))


def test_every_slice_is_a_bar_of_its_kind_but_for_specks_of_ready() -> None:
    found = scene(lecture())
    assert {bars.kind: len(bars) for bars in found.bars} == {
        BarKind.RUNNING: 7, BarKind.WAITING: 7, BarKind.READY: 3, BarKind.BLOCKING: 1,
    }  # fmt: skip


def test_labels_say_what_for_and_which_line() -> None:
    assert [label.text for label in scene(lecture()).labels] == [
        "gather(4 tasks)", *["sleep(1)"] * 6, "time.sleep(0.93)  line 7",
    ]  # fmt: skip


def test_ends() -> None:
    assert [(end.outcome, end.text) for end in scene(lecture()).ends] == [
        ("raised", "OSError"), ("returned", ""), ("returned", ""), ("cancelled", "by Task-111"), ("raised", "OSError"),
    ]  # fmt: skip


def test_legend_has_what_occurs_and_nothing_else() -> None:
    assert [item.kind for item in scene(lecture()).legend] == [
        "running", "waiting", "blocking", "ready", "returned", "raised", "cancelled", "cancel",
    ]  # fmt: skip
    script = TraceScript()
    script.running(0, 0, 1)
    script.end(0, 1)
    assert [item.kind for item in scene(script.trace(cell_end=1)).legend] == ["running", "returned"]


def test_figures_in_both_languages() -> None:
    assert scene(lecture()).figures == "2.07 s · 4 tasks · 3.2 at once on average · loop 51 % busy"
    assert scene(lecture(), lang="ru").figures == "2,07 с · 4 задачи · в среднем 3,2 одновременно · цикл занят на 51 %"


def test_russian_chart_has_no_english_words_of_ours() -> None:
    found = scene(lecture(), lang="ru")
    assert [item.text for item in found.legend][:2] == ["работает", "ждёт"]
    assert (found.lanes[0].name, found.cell_end_text, found.axis_label) == ("ячейка", "конец ячейки", "секунды от начала ячейки")
    assert found.labels[0].text == "gather(4 задачи)"
    assert found.ticks[1].text == "0,25"


def test_cell_end_is_drawn_only_where_something_outlives_it() -> None:
    assert scene(lecture()).cell_end_ns == ns(1)
    assert scene(like(3)).cell_end_ns is None


def test_pending_tasks_are_marked_and_counted() -> None:
    script = TraceScript()
    task = script.task("Task-9", "say_after", "10")
    script.waiting(task, 0, 4, WaitKind.SLEEP, delay_ns=ns(10))
    script.end(0, 0.1)
    found = scene(script.trace(cell_end=0.1))
    assert [(end.outcome, end.t_ns) for end in found.ends] == [("returned", ns(0.1)), ("unfinished", ns(4))]
    assert found.footnotes == ("1 task was still pending when this was drawn",)


def test_a_sync_cell_alone_is_running_not_blocking() -> None:
    script = TraceScript("In [3]")
    script.running(0, 0, 5, location=line(4, "slow_square(num)"))
    script.end(0, 5)
    found = scene(script.trace(cell_end=5))
    assert [bars.kind for bars in found.bars] == [BarKind.RUNNING]
    assert [label.text for label in found.labels] == ["slow_square(num)  line 4"]
    assert found.figures == "5.00 s"


def test_a_blocking_step_too_short_for_a_label_is_named_below() -> None:
    script = TraceScript()
    hog, other = script.task("hog"), script.task("other")
    script.running(hog, 0, 0.06, location=line(9, "json.loads(text)"))
    script.waiting(hog, 0.06, 10, WaitKind.SLEEP)
    script.waiting(other, 0, 10, WaitKind.SLEEP)
    assert scene(script.trace(cell_end=10)).footnotes[0] == "blocks the loop: json.loads(text) line 9 (60.0 ms)"


def test_what_was_not_seen_is_said() -> None:
    script = TraceScript()
    script.running(0, 0, 1)
    found = scene(script.trace(cell_end=1, dropped=1234, problems=("uvloop: ready states are not seen",)))
    assert found.footnotes == (
        "1,234 events did not fit into the limit and are missing here", "uvloop: ready states are not seen",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "cause", "text"),
    [(0, Cause.TASK, "by the cell"), (1, Cause.TASK, "by a"), (None, Cause.TIMER, "by a time-out"),
     (None, Cause.THREAD, "by another thread"), (None, Cause.UNKNOWN, "")],
)  # fmt: skip
def test_who_cancelled(by: int | None, cause: Cause, text: str) -> None:
    script = TraceScript()
    script.task("a")
    task = script.task("b")
    script.end(task, 1, Outcome.CANCELLED)
    script.instant(InstantKind.CANCEL_REQUESTED, 1, task=task, by=by, cause=cause)
    assert scene(script.trace(cell_end=2)).ends[2].text == text


def test_arrows_only_where_few_lanes_are() -> None:
    script = TraceScript()
    tasks = [script.task(str(n)) for n in range(10)]
    script.instant(InstantKind.CANCEL_REQUESTED, 1, task=tasks[0], by=tasks[1])
    assert scene(script.trace(cell_end=2)).arrows == ()
    assert [(arrow.source, arrow.target) for arrow in scene(lecture()).arrows] == [(2, 3)]


@pytest.mark.parametrize(
    ("seconds", "unit", "last"),
    [(0.0005, "microseconds", "500"), (0.001, "milliseconds", "1.0"), (1, "seconds", "1.0"), (600, "minutes", "10:00")],
)
def test_axis_adapts(seconds: float, unit: str, last: str) -> None:
    found = scene(like(3, seconds=seconds))
    assert found.axis_label == f"{unit} since the cell began"
    assert found.ticks[0].t_ns == 0
    assert found.ticks[-1].text == last
    assert 3 <= len(found.ticks) <= 12


def test_times_outside_a_cell_count_from_the_start() -> None:
    trace = like(3)
    script = dataclasses.replace(trace, tasks=(dataclasses.replace(trace.tasks[0], name="download"), *trace.tasks[1:]))
    found = scene(script)
    assert (found.lanes[0].name, found.axis_label) == ("download", "seconds since the start")


def test_many_like_tasks_share_a_lane_and_the_counts_are_said() -> None:
    found = scene(like(200))
    assert [(lane.name, lane.detail, len(lane.tasks)) for lane in found.lanes] == [("cell", "In [9]", 1), ("fetch × 200", "200 done", 200)]
    assert found.bands[0].text == "up to 200 at once"
    assert max(found.bands[0].waiting) == pytest.approx(200)
    assert found.footnotes[0].startswith("200 tasks share 1 lane")


def test_few_failures_among_many_get_their_own_lanes() -> None:
    found = scene(like(200, failing=2))
    assert [lane.name for lane in found.lanes] == ["cell", "fetch × 198", "Task-200", "Task-201"]
    assert scene(like(200, failing=60)).lanes[1].detail == "140 done · 60 failed"


def test_fold_off_gives_every_task_a_lane() -> None:
    assert len(scene(like(200), fold=False).lanes) == 201


def test_a_busy_task_becomes_a_band_that_keeps_its_time() -> None:
    found = scene(busy(5000))
    band = next(band for band in found.bands if band.lane == 1)
    total = sum(band.running) * band.column_ns
    assert total == pytest.approx(ns(0.25), rel=1e-6)
    assert sum(band.ready) * band.column_ns == pytest.approx(ns(0.75), rel=1e-6)
    assert found.bar_count < 1500


def test_scene_stays_small_for_many_slices() -> None:
    assert scene(like(5000)).bar_count < 2000


def test_hostile_texts_are_one_bounded_line() -> None:
    found = scene(hostile())
    texts = [found.title, found.alt, *found.footnotes, *(label.text for label in found.labels), *(end.text for end in found.ends)]
    texts += [text for lane in found.lanes for text in (lane.name, lane.detail)]
    assert len(found.lanes) == len(HOSTILE) + 1
    for text in texts:
        assert len(text) < 700
        assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or 0xD800 <= ord(letter) < 0xE000 for letter in text)
        assert not set(text) & set("\u202e\u2066\u2028\u200b")


def test_texts_at_the_ends_stay_on_the_chart() -> None:
    from async_magics.views.layout import LETTERS, MARK
    from async_magics.lang.plain import ems

    for trace in (lecture(), hostile(), like(200, failing=2)):
        found = scene(trace)
        for end in found.ends:
            assert found.frame.x(end.t_ns) + MARK + ems(end.text, bold=True) * LETTERS.end <= found.frame.width


@pytest.mark.parametrize("size", ["notebook", "wide", "slide", "print"])
@pytest.mark.parametrize("make", [lecture, hostile, lambda: like(23), lambda: like(300)])
def test_everything_is_inside_the_frame(make: object, size: str) -> None:
    assert callable(make)
    found = scene(make(), size=size)
    frame = found.frame
    assert frame.left < frame.right < frame.width
    assert frame.x(found.end_ns) <= frame.right
    assert found.lanes[-1].top + found.lanes[-1].height < frame.bottom < frame.tick_y < frame.axis_y < frame.height
    assert all(0 < x < frame.width and y < frame.height for x, y in frame.legend)
    assert all(line.y < frame.height for line in frame.below)


def test_a_slide_is_a_slide() -> None:
    frame = scene(lecture(), size="slide").frame
    assert frame.width == 1280 and frame.height <= 720


def test_empty_traces_do_not_crash() -> None:
    found = scene(Trace(name="nothing"))
    assert found.lanes == () and found.figures == "0 ns"
    assert scene(TraceScript().trace()).lanes[0].name == "cell"


def test_title_of_the_options_wins() -> None:
    assert scene(lecture(), title="mine").title == "mine"
    assert scene(lecture(), title="").title == ""


def test_alt_tells_the_chart() -> None:
    assert scene(lecture()).alt == (
        "Gantt chart of gather: one of four connections fails: 2.07 s · 4 tasks · 3.2 at once on average · loop 51 % busy; "
        "2 done, 1 failed, 1 cancelled; gather ended with OSError of connect_to_user(4); connect_to_user(1), connect_to_user(2) ran on, "
        "up to 1.07 s longer."
    )


def test_scenes_are_equal_for_equal_traces() -> None:
    assert scene(lecture()) == scene(lecture())
