"""What people said about a chart: one list of numbered remarks, brackets of spans, ticks and a list of prints."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from tests.strategies import traces
from tests.views.remarked import remarked
from tests.views.samples import HOSTILE, lecture, like

from async_magics.lang.plain import columns
from async_magics.model import Instant, InstantKind, Note, Outcome, Span, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views import mpl
from async_magics.views.annotations import Disc, sign
from async_magics.views.compose import compose
from async_magics.views.gantt import Gantt
from async_magics.views.pins import RADIUS
from async_magics.views.scene import Scene, Tone
from async_magics.views.spec import ChartOptions
from async_magics.views.theme import contrast

SIZES = ["notebook", "wide", "slide", "print"]


def scene(trace: Trace, **options: Any) -> Scene:
    return compose(trace, ChartOptions(**{"lang": "en", **options}))


def script() -> TraceScript:
    """Two tasks that wait for two seconds."""
    made = TraceScript("In [7]")
    made.running(0, 0, 0.01)
    made.waiting(0, 0.01, 2, WaitKind.GATHER, count=2)
    made.end(0, 2)
    for number in (1, 2):
        task = made.task(f"Task-{number}", "fetch", str(number))
        made.running(task, 0.01 * number, 0.1)
        made.waiting(task, 0.1, 2, WaitKind.SLEEP, delay_ns=ns(2))
        made.end(task, 2)
    return made


def listed(found: Scene) -> list[tuple[str, str]]:
    return [(paragraph.mark, paragraph.text) for paragraph in found.below if paragraph.tone is Tone.REMARK]


def discs(found: Scene) -> list[tuple[int, int | None, float]]:
    return sorted((disc.number, disc.lane, disc.t_ns / 1e9) for disc in found.annotations.discs)  # type: ignore[type-var]


def called(made: TraceScript, at: float, task: int, text: str = "the lock", where: int = 7) -> None:
    made.instant(InstantKind.CALLOUT, at, task=task, text=text, location=line(where))


# ---------------------------------------------------------------------- numbers
def test_numbers_are_given_in_the_order_of_first_appearance() -> None:
    made = script()
    made.note("later", 1.5, task=1)
    called(made, 0.5, 2)
    made.instant(InstantKind.MARK, 1, task=1, text="half", location=line(9))
    found = scene(made.trace(2))
    assert listed(found) == [("1", "the lock (line 7)"), ("2", "half (line 9)"), ("3", "later")]
    assert discs(found) == [(1, 2, 0.5), (2, 1, 1.0), (3, 1, 1.5)]


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("first", [(1, 1, 0.5), (1, 2, 0.6)]), ("all", [(1, 1, 0.5), (1, 1, 1.5), (1, 2, 0.6), (1, 2, 1.6)]), ("off", [])],
)
def test_callouts_are_marked_first_all_or_not(mode: str, wanted: list[Any]) -> None:
    made = script()
    for task, at in ((1, 0.5), (2, 0.6), (1, 1.5), (2, 1.6)):
        called(made, at, task)
    found = scene(made.trace(2), callouts=mode)
    assert discs(found) == wanted
    assert listed(found) == ([("1", "the lock (line 7; 4 times)" if mode == "first" else "the lock (line 7)")] if wanted else [])


def test_callouts_off_leaves_marks_and_notes() -> None:
    made = script()
    called(made, 0.5, 1)
    made.instant(InstantKind.MARK, 1, task=1, text="half")
    made.note("mine", 1.5)
    assert listed(scene(made.trace(2), callouts="off")) == [("1", "half"), ("2", "mine")]


def test_the_same_text_on_another_line_is_another_remark() -> None:
    made = script()
    called(made, 0.5, 1, where=7)
    called(made, 0.6, 1, where=8)
    called(made, 0.7, 2, where=7)
    assert listed(scene(made.trace(2))) == [("1", "the lock (line 7)"), ("2", "the lock (line 8)")]


def test_a_note_without_a_task_is_a_line_through_the_field() -> None:
    made = script()
    made.note("all of them", 1)
    found = scene(made.trace(2))
    (disc,) = found.annotations.discs
    assert disc.lane is None and disc.at_y == found.frame.bottom
    assert disc.y + found.annotations.radius < found.frame.top
    assert disc.y - found.annotations.radius > found.frame.title_y


def test_a_mark_of_nobody_known_stands_on_the_chart_as_a_whole() -> None:
    made = script()
    made.instant(InstantKind.MARK, 1, text="who?")
    made.instant(InstantKind.MARK, 1.2, by=2, text="he")
    assert discs(scene(made.trace(2))) == [(1, None, 1.0), (2, 2, 1.2)]


def test_what_lies_after_the_end_is_not_drawn() -> None:
    made = script()
    made.note("tomorrow", 5)
    made.note("today", 1)
    assert listed(scene(made.trace(2))) == [("1", "today")]


def test_tasks_in_a_group_put_their_disc_on_its_lane_once() -> None:
    trace = like(200)
    ran = tuple(
        Instant(kind=InstantKind.CALLOUT, t_ns=ns(0.2 + task / 1000), task=task, text="asks", location=line(3)) for task in range(1, 201)
    )
    found = scene(dataclasses.replace(trace, instants=ran, notes=(Note(text="this one", t_ns=ns(0.5), task=150),)))
    assert discs(found) == [(1, 1, 0.201), (2, 1, 0.5)]
    assert listed(found)[0] == ("1", "asks (line 3; 200 times)")
    assert len(scene(dataclasses.replace(trace, instants=ran), callouts="all").annotations.discs) > 3


def test_jobs_of_a_worker_are_marked_each() -> None:
    made = TraceScript()
    pool = made.pool("Pool(1)")
    worker = made.worker(pool, "worker", pid=5)
    jobs = [made.job(pool, worker, "square", str(n), 0, n, n + 0.9) for n in range(3)]
    for number, job in enumerate(jobs):
        called(made, number + 0.1, job)
        called(made, number + 0.5, job)
    assert [at for _number, _lane, at in discs(scene(made.trace(3)))] == [0.1, 1.1, 2.1]


def test_more_than_twenty_are_counted() -> None:
    made = script()
    for number in range(25):
        made.note(f"note {number}", 0.05 * number + 0.1, task=1)
    found = scene(made.trace(2))
    assert [mark for mark, _text in listed(found)] == [str(number) for number in range(1, 21)]
    assert found.footnotes == ("… 5 more numbered remarks (21–25)",)
    assert len(found.annotations.discs) == 25
    assert scene(made.trace(2), lang="ru").footnotes == ("… ещё 5 пометок (21–25)",)


def test_long_texts_are_bounded() -> None:
    made = script()
    made.note("word " * 500, 1)
    (text,) = [text for _mark, text in listed(scene(made.trace(2)))]
    assert columns(text) <= 300


def test_alt_tells_the_first_of_them() -> None:
    made = script()
    for number in range(5):
        made.note(f"note {number}", number / 5)
    assert scene(made.trace(2)).alt.endswith(". 5 remarks: 1 note 0; 2 note 1; 3 note 2; ….")
    made = script()
    made.note("only", 1)
    assert scene(made.trace(2)).alt.endswith(". 1 remark: 1 only.")
    assert scene(made.trace(2), lang="ru").alt.endswith(". 1 пометка: 1 only.")


def test_nothing_said_changes_nothing() -> None:
    found = scene(lecture())
    assert found.annotations.discs == () and listed(found) == []
    assert found.frame == scene(lecture(), callouts="off").frame


# ---------------------------------------------------------------------- places
def crowded(count: int, task: int = 1) -> Trace:
    made = script()
    for number in range(count):
        made.note(f"note {number}", 0.5 + 0.001 * number, task=task)
        made.note(f"whole {number}", 1 + 0.0005 * number)
    return made.trace(2)


def clear(found: Scene) -> None:
    """No disc covers another, a bar, or anything that is written on a base line near it."""
    radius, frame = found.annotations.radius, found.frame
    for one, other in combinations(found.annotations.discs, 2):
        assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (2 * radius) ** 2 - 1e-6
    for disc in found.annotations.discs:
        assert radius <= disc.x <= frame.width - radius
        assert frame.cell_end_y < disc.y - radius or not found.cell_end_text
        for lane in found.lanes:
            assert disc.y + radius <= lane.top or disc.y - radius >= lane.top + lane.height
        if disc.lane is not None:
            above = found.lanes[disc.lane - 1] if disc.lane else None
            assert disc.y + radius <= found.lanes[disc.lane].top
            assert above is None or disc.y - radius > above.top + above.height


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 5, 20])
def test_discs_cover_neither_each_other_nor_bars(size: str, count: int) -> None:
    found = scene(crowded(count), size=size)
    assert len(found.annotations.discs) == 2 * count
    clear(found)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2000), st.sampled_from("abcdefgh")), max_size=60), st.sampled_from(SIZES))
def test_any_discs_are_clear_of_each_other(said: list[tuple[int, int, str]], size: str) -> None:
    made = script()
    for task, at, text in said:
        called(made, at / 1000, task, text)
    clear(scene(made.trace(2), size=size, callouts="all"))


def test_stems_end_at_the_moment() -> None:
    found = scene(crowded(20))
    for disc in found.annotations.discs:
        assert disc.at_x == pytest.approx(found.frame.x(disc.t_ns))


def test_a_slide_keeps_its_height_as_long_as_it_can() -> None:
    made = script()
    for task in (1, 2):
        called(made, 0.5, task)
    assert scene(made.trace(2), size="slide").frame.height <= 720


# ---------------------------------------------------------------------- the list
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_lists_are_whole_and_inside(size: str, lang: str) -> None:
    made = script()
    texts = [f"remark {number}: " + "слово " * (3 * number) for number in range(8)] + ["中文" * 70, "x" * 200]
    for number, text in enumerate(texts):
        made.note(text, 0.1 * number, task=1)
    found = scene(made.trace(2), size=size, lang=lang)
    lines = [line for line in found.frame.below if line.tone is Tone.REMARK]
    assert "".join("".join(line.text for line in lines if not line.bold).split()) == "".join("".join(texts).split())
    assert max(line.y for line in lines) < found.frame.height
    drawn = mpl.figure(found)
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [text.get_window_extent(renderer) for text in drawn.findobj(Text) if any(text.get_text() == line.text for line in lines)]  # type: ignore[attr-defined]
    assert boxes
    for one, other in combinations(boxes, 2):
        assert not (one.x0 + 1 < other.x1 and other.x0 + 1 < one.x1 and one.y0 + 3 < other.y1 and other.y0 + 3 < one.y1)
    assert all(box.x0 >= 0 and box.x1 <= found.frame.width for box in boxes)


def test_short_remarks_stand_in_columns_in_their_order() -> None:
    made = script()
    for number in range(8):
        made.note(f"note {number}", 0.1 * number)
    marks = [line for line in scene(made.trace(2)).frame.below if line.bold]
    assert [line.text for line in marks] == [str(number) for number in range(1, 9)]
    assert len({line.x for line in marks}) == 4 and len({line.y for line in marks}) == 2


def test_the_place_is_not_torn_apart() -> None:
    made = script()
    for number in range(1, 15):
        called(made, 0.1 * number, 1, "word " * number, where=100 + number)
    for found in (scene(made.trace(2), size="print"), scene(made.trace(2))):
        ends = [line.text for line in found.frame.below if ")" in line.text]
        assert len(ends) == 14 and all("(line 1" in text for text in ends)


# ---------------------------------------------------------------------- spans
def test_spans_are_brackets_with_names_nested_ones_nearer_to_the_bars() -> None:
    made = script()
    made.span("load", 1, 0.2, 1.8, location=line(4))
    made.span("parse", 1, 0.5, 1.5, location=line(5))
    made.span("later", 2, 1.0)
    found = scene(made.trace(2))
    load, parse, later = found.annotations.brackets
    assert [bracket.text for bracket in (load, parse, later)] == ["load", "parse", "later"]
    assert (load.left, load.right) == (found.frame.x(ns(0.2)), found.frame.x(ns(1.8)))
    assert load.y < parse.y < found.lanes[1].top
    assert later.open_end and later.end_ns == ns(2) and not load.open_end
    assert listed(found) == []


def test_a_span_too_short_for_its_name_is_a_remark() -> None:
    made = script()
    made.span("parse the header", 1, 1, 1.001, location=line(5))
    found = scene(made.trace(2))
    assert listed(found) == [("1", "parse the header (line 5)")]
    assert discs(found) == [(1, 1, 1.0)]


def test_deep_spans_and_spans_of_groups_are_told_by_numbers() -> None:
    made = script()
    for depth in range(6):
        made.span(f"depth {depth}", 1, 0.1 * depth, 2 - 0.1 * depth)
    found = scene(made.trace(2))
    assert [bracket.text for bracket in found.annotations.brackets] == ["depth 0", "depth 1", "depth 2"]
    assert [text for _mark, text in listed(found)] == ["depth 3", "depth 4", "depth 5"]
    clear(found)
    trace = dataclasses.replace(like(200), spans=tuple(Span(name="load", task=task, start_ns=0, end_ns=ns(0.5)) for task in range(1, 200)))
    grouped = scene(trace)
    assert grouped.annotations.brackets == () and [text for _mark, text in listed(grouped)] == ["load (199 times)"]


def test_names_of_spans_stand_clear_of_the_stems() -> None:
    made = script()
    made.span("load", 1, 0, 2)
    called(made, 1, 1)
    found = scene(made.trace(2))
    (bracket,), (disc,) = found.annotations.brackets, found.annotations.discs
    assert abs(bracket.text_x - disc.at_x) > 15
    assert bracket.left < bracket.text_x < bracket.right


# ---------------------------------------------------------------------- prints
def printing(count: int) -> TraceScript:
    made = script()
    for number in range(count):
        made.instant(InstantKind.PRINTED, 0.2 + number * 0.01, task=1 + number % 2, text=f"line {number}\x1b[31m\n")
    return made


def test_prints_are_ticks_below_the_bars_and_a_sign_in_the_legend() -> None:
    found = scene(printing(4).trace(2))
    assert [(tick.lane, tick.y) for tick in found.annotations.ticks] == [
        (lane, found.lanes[lane].top + found.lanes[lane].height) for lane in (1, 2, 1, 2)
    ]
    assert [item.text for item in found.legend][-1] == "printed"
    assert not any(paragraph.tone is Tone.PRINTED for paragraph in found.below)
    assert "printed" not in {item.kind for item in scene(lecture()).legend}


def test_a_pixel_has_one_tick_however_much_was_printed() -> None:
    made = script()
    for number in range(5000):
        made.instant(InstantKind.PRINTED, number * 0.0003, task=1, text="x")
    found = scene(made.trace(2))
    assert len(found.annotations.ticks) == len({tick.x for tick in found.annotations.ticks}) < 960


def test_prints_lists_when_who_and_what() -> None:
    found = scene(printing(25).trace(2), prints=True)
    lines = [(paragraph.mark, paragraph.text) for paragraph in found.below if paragraph.tone is Tone.PRINTED]
    assert lines[:2] == [("0.20 s", "Task-1: line 0�[31m"), ("0.21 s", "Task-2: line 1�[31m")]
    assert len(lines) == 20
    assert found.footnotes == ("… 5 more lines printed",)


def test_what_the_cell_prints_and_nothing_but_a_line_break() -> None:
    made = script()
    made.instant(InstantKind.PRINTED, 0.1, task=0, text="hello\nworld\n")
    made.instant(InstantKind.PRINTED, 0.2, task=0, text="\n")
    found = scene(made.trace(2), prints=True, lang="ru")
    assert [paragraph.text for paragraph in found.below if paragraph.tone is Tone.PRINTED] == ["ячейка: hello↵world"]


def test_prints_name_the_lane_or_the_call() -> None:
    made = TraceScript()
    pool = made.pool("Pool(1)")
    worker = made.worker(pool, "worker", pid=5)
    job = made.job(pool, worker, "square", "3", 0, 0.1, 0.9)
    task = made.task("Task-1", "fetch")
    made.running(task, 0, 1)
    for who in (job, task):
        made.instant(InstantKind.PRINTED, 0.5, task=who, text="hi")
    found = scene(made.trace(1), prints=True, label=(("Task-1", "the slow one"),))
    assert [paragraph.text for paragraph in found.below if paragraph.tone is Tone.PRINTED] == ["square(3): hi", "the slow one: hi"]


# ---------------------------------------------------------------------- text
def test_signs() -> None:
    assert [sign(number) for number in (1, 20, 21, 99)] == ["①", "⑳", "(21)", "(99)"]


def test_text_has_the_numbers_in_the_lanes_and_the_list_below() -> None:
    made = script()
    called(made, 0.5, 1)
    made.note("mine", 1.0)
    made.span("load", 2, 0.5, 1.5)
    text = Gantt(made.trace(2), ChartOptions(lang="en", caption="Two at once.")).text(80).splitlines()
    lanes = {line.split("│")[0].strip(): line for line in text if "│" in line}
    assert "①" in lanes["Task-1  fetch(1)"]
    assert any("╭" in line and " load " in line and "╮" in line for line in text)
    assert any("└" in line and "②" in line for line in text)
    assert text[-3:] == ["① the lock (line 7)", "② mine", "Two at once."]


def test_text_keeps_signs_apart_and_lines_of_equal_length() -> None:
    made = script()
    for number in range(25):
        made.note(f"note {number}", 1.0, task=1)
    lines = Gantt(made.trace(2), ChartOptions(lang="en")).text(100).splitlines()
    lane = next(line for line in lines if line.strip().startswith("Task-1"))
    assert all(sign(number) in lane for number in range(1, 26))
    assert columns(lane) == columns(next(line for line in lines if line.strip().startswith("Task-2")))


def test_text_lists_prints() -> None:
    assert "0.20 s Task-1: line 0�[31m" in Gantt(printing(1).trace(2), ChartOptions(lang="en", prints=True)).text().splitlines()


# ---------------------------------------------------------------------- anything
@pytest.mark.parametrize("size", SIZES)
def test_hostile_remarks_are_harmless(size: str) -> None:
    made = script()
    for number, text in enumerate(HOSTILE):
        called(made, 0.1 * number, 1, text, where=number)
        made.note(text, 0.1 * number, task=2)
        made.span(text, 1, 0.05 * number, 2)
        made.instant(InstantKind.PRINTED, 0.1 * number, task=1, text=text)
    options = ChartOptions(lang="en", prints=True, caption=HOSTILE[3], size=size)  # type: ignore[arg-type]
    gantt = Gantt(made.trace(2), options)
    clear(gantt.scene())
    assert len(gantt.png()) > 10_000 and "<script" not in gantt.svg()
    assert max(map(columns, gantt.text(80).splitlines())) <= 80


@settings(max_examples=40, deadline=None)
@given(traces())
def test_any_trace_has_a_scene(trace: Trace) -> None:
    found = scene(trace, prints=True, callouts="all")
    assert all(0 <= disc.number <= 99 for disc in found.annotations.discs)
    assert Gantt(trace, ChartOptions(lang="ru", prints=True)).text()


def test_discs_are_round_and_of_the_size_they_are_placed_for() -> None:
    found = scene(crowded(3), size="slide")
    assert found.annotations.radius == pytest.approx(RADIUS * 1.55)
    assert all(isinstance(disc, Disc) for disc in found.annotations.discs)


def test_discs_can_be_read_on_any_paper() -> None:
    for paper in ("#000000", "#8a2a6b", "#fff8e0", "#777777"):
        theme = scene(crowded(1), palette=(("paper", paper),)).theme
        assert contrast(theme.remark.face, theme.paper) >= 4.4 and contrast(theme.remark.text, theme.remark.face) >= 4.4


def test_remarks_of_lanes_that_are_left_out_are_left_out() -> None:
    made = printing(4)
    called(made, 0.5, 1)
    called(made, 0.6, 2, "other")
    made.span("load", 1, 0.5, 1.5)
    found = scene(made.trace(2), hide=("Task-1",), prints=True)
    assert [text for _mark, text in listed(found)] == ["other (line 7)"]
    assert found.annotations.brackets == () and {tick.lane for tick in found.annotations.ticks} == {1}


def test_the_end_of_a_task_ends_its_open_spans() -> None:
    made = TraceScript()
    task = made.task("Task-1")
    made.waiting(task, 0, 1, WaitKind.SLEEP)
    made.end(task, 1, Outcome.CANCELLED)
    made.waiting(0, 0, 2, WaitKind.SLEEP)
    made.span("half", task, 0.2)
    (bracket,) = scene(made.trace(2)).annotations.brackets
    assert (bracket.end_ns, bracket.open_end) == (ns(1), True)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("count", "lang"), [(3, "ru"), (20, "en")])
def test_nothing_on_the_picture_covers_a_text(size: str, count: int, lang: str) -> None:
    found = scene(remarked(count, lang), size=size, lang=lang, prints=True, caption="Four connections. " * 6)
    clear(found)
    drawn = mpl.figure(found)
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    height = found.frame.height
    boxes = []
    for text in drawn.findobj(Text):
        box = text.get_window_extent(renderer)  # type: ignore[attr-defined]
        boxes.append((text.get_text(), box.x0, height - box.y1, box.x1, height - box.y0))  # type: ignore[attr-defined]
        assert box.x0 >= 0 and box.x1 <= found.frame.width + 1 and box.y0 >= 0 and box.y1 <= height + 1, text
    for (one, left, top, right, bottom), (other, *rest) in combinations(boxes, 2):
        wide, high = min(right, rest[2]) - max(left, rest[0]), min(bottom, rest[3]) - max(top, rest[1])
        assert wide <= 2 or high <= 4, (one, other)  # letters with tails reach into the line below
    radius = found.annotations.radius
    for disc in found.annotations.discs:
        for text, left, top, right, bottom in boxes:
            beside = left >= disc.x + radius or right <= disc.x - radius or top >= disc.y + radius - 3 or bottom <= disc.y - radius + 3
            assert beside or text == str(disc.number), (disc, text)
