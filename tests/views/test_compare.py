"""Charts side by side: one axis, a heading for each, lines where each ended."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from tests.views.samples import busy, hostile, lecture, like
from tests.views.works import pool

from async_magics.analysis.compare import compared
from async_magics.lang import translation
from async_magics.lang.plain import columns
from async_magics.model import Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, ns
from async_magics.views.compare import Comparison
from async_magics.views.compare_words import speed
from async_magics.views.panels import compose_all, fair
from async_magics.views.scene import Scene
from async_magics.views.spec import ChartOptions, SizeName, ThemeName

EN = ChartOptions(lang="en")


def waits(seconds: float, tasks: int = 2, name: str = "cell", **fields: object) -> Trace:
    """So many tasks that wait for so long."""
    script = TraceScript(name)
    script.waiting(0, 0, seconds, WaitKind.GATHER)
    script.end(0, seconds)
    for number in range(tasks):
        task = script.task(f"Task-{number}", "fetch", str(number))
        script.running(task, 0, seconds / 10)
        script.waiting(task, seconds / 10, seconds, WaitKind.SLEEP, delay_ns=ns(seconds))
        script.end(task, seconds)
    return replace(script.trace(cell_end=seconds), **fields)  # type: ignore[arg-type]


def three() -> tuple[Trace, ...]:
    return waits(3, 0, "sequential"), waits(1, 3, "gather", runs_ns=(ns(1), ns(1.1), ns(0.9))), waits(1.5, 2, "bounded")


def test_all_lanes_stand_on_one_axis_of_the_longest() -> None:
    scene = compose_all(three(), EN)
    assert scene.end_ns == ns(3)
    assert [panel.lane for panel in scene.panels] == [0, 1, 5]
    assert [lane.name for lane in scene.lanes] == ["cell", "cell", "Task-0", "Task-1", "Task-2", "cell", "Task-0", "Task-1"]
    tops = [lane.top for lane in scene.lanes]
    assert tops == sorted(tops)
    assert all(above.top + above.height < below.top for above, below in zip(scene.lanes, scene.lanes[1:], strict=False))
    assert [scene.frame.x(panel.end_ns) for panel in scene.panels] == [scene.frame.x(ns(t)) for t in (3, 1, 1.5)]


def test_bars_keep_their_lanes_and_lanes_their_parents() -> None:
    scene, apart = compose_all((lecture(), lecture()), EN), compose_all((lecture(),), EN)
    count = len(apart.lanes)
    for kind in {bars.kind for bars in scene.bars}:
        both, one = scene.bars_of(kind), apart.bars_of(kind)
        assert both.lane == one.lane + tuple(lane + count for lane in one.lane)
        assert both.start_ns == one.start_ns * 2
    assert {(arrow.source, arrow.target) for arrow in scene.arrows} == {
        (arrow.source + at, arrow.target + at) for arrow in apart.arrows for at in (0, count)
    }
    assert [lane.parent for lane in scene.lanes[count:]] == [None if lane.parent is None else lane.parent + count for lane in apart.lanes]
    assert {label.text for label in scene.labels if label.lane >= count} == {label.text for label in scene.labels if label.lane < count}


def test_headings_say_who_and_how_much_faster() -> None:
    panels = compose_all(three(), EN).panels
    assert [(panel.name, panel.headline) for panel in panels] == [
        ("sequential", "3.00 s"), ("gather", "1.00 s · 3.0× faster"), ("bounded", "1.50 s · 2.0× faster"),
    ]  # fmt: skip
    assert panels[1].figures.startswith("3 tasks · 3.0 at once on average")
    assert [panel.end_text for panel in panels] == ["3.00 s", "1.00 s", "1.50 s"]


def test_runs_are_marked_where_they_ended() -> None:
    panels = compose_all(three(), EN).panels
    assert [panel.runs_ns for panel in panels] == [(), (ns(0.9), ns(1), ns(1.1)), ()]
    assert panels[1].runs_text == "3 runs: 900 ms–1.10 s"
    late = compose_all((waits(1, runs_ns=(ns(1), ns(5))), waits(1)), EN)
    assert (late.end_ns, late.panels[1].runs_ns) == (ns(5), ())


def test_the_same_time_is_written_once() -> None:
    panels = compose_all((waits(1), waits(1.001), waits(2)), EN).panels
    assert [panel.end_text for panel in panels] == ["1.00 s", "", "2.00 s"]
    near = compose_all((waits(2), waits(2.02), waits(2.04)), EN).panels
    assert len({panel.end_y for panel in near}) == 3


@pytest.mark.parametrize(
    ("wanted", "most", "shares"),
    [([1, 4, 4], 24, [2, 4, 4]), ([100, 3, 100], 23, [10, 3, 10]), ([9, 9], 9, [4, 5]), ([50] * 6, 6, [2] * 6), ([], 9, [])],
)
def test_lanes_are_shared_out_fairly(wanted: list[int], most: int, shares: list[int]) -> None:
    assert fair(wanted, most, 2) == shares


def test_many_lanes_are_folded_together() -> None:
    scene = compose_all((like(200), waits(1, 2), like(50)), replace(EN, lanes=12))
    assert len(scene.lanes) <= 12
    assert [lane.name for lane in scene.lanes[:2]] == ["cell", "fetch × 200"]
    whole = compose_all((like(10), like(10)), replace(EN, lanes=4, fold=False))
    assert len(whole.lanes) == 22


def test_a_short_trace_among_long_ones_has_bands_of_its_own_width() -> None:
    scene = compose_all((busy(5000), replace(waits(10), name="long")), EN)
    band = scene.bands[0]
    assert band.end_ns == pytest.approx(ns(1), rel=0.01)
    assert len(band.running) < 120


@pytest.mark.parametrize("size", get_args(SizeName))
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_nothing_leaves_the_picture_or_hides_another(size: SizeName, lang: str) -> None:
    for traces in (three(), (hostile(), lecture(), pool(), like(300), busy(2000), waits(1)), (lecture(), waits(0.001))):
        scene = compose_all(traces, replace(EN, size=size, lang=lang))
        _check(scene)


def _check(scene: Scene) -> None:
    frame = scene.frame
    for panel in scene.panels:
        assert (panel.rule_y is None) == (panel.lane == 0)
        assert 0 < panel.y < panel.top < panel.end_y < frame.bottom
        assert panel.headline_x >= frame.left
        if panel.lane:
            above = scene.lanes[panel.lane - 1]
            assert above.top + above.height < (panel.rule_y or 0) < panel.y
        if panel.runs_ns:
            assert panel.runs_y < frame.bottom
    assert all(frame.x(end.t_ns) <= frame.width for end in scene.ends)


@pytest.mark.parametrize("theme", get_args(ThemeName))
def test_every_format_in_every_theme(theme: ThemeName) -> None:
    drawn = Comparison(three(), replace(EN, theme=theme, title="Three ways", caption="One axis."))
    assert drawn.png().startswith(b"\x89PNG")
    assert drawn.pdf().startswith(b"%PDF-")
    assert "<svg" in drawn.svg() and drawn.svg() == drawn.svg()
    assert drawn.scene().title == "Three ways"


def test_one_output_in_three_forms() -> None:
    data, metadata = Comparison(three(), EN)._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "text/html", "application/vnd.async-magics.comparison+json"}
    assert metadata["image/png"]["alt"] == Comparison(three(), EN).alt()
    assert set(Comparison(three(), EN)._repr_mimebundle_(include=["text/plain"])[0]) == {"text/plain"}


def test_in_one_sentence() -> None:
    assert Comparison(three(), EN).alt() == (
        "Gantt chart of a comparison: sequential 3.00 s; gather 1.00 s, 3.0× faster; bounded 1.50 s, 2.0× faster."
    )


def test_as_text() -> None:
    lines = Comparison(three(), EN).text(80).splitlines()
    assert lines[0].split() == ["sequential", "3.00", "s"]
    gather = next(number for number, line in enumerate(lines) if line.startswith("gather"))
    assert "1.00 s · 3.0× faster" in lines[gather]
    assert lines[gather + 1].strip() == "3 runs: 900 ms–1.10 s"
    ends = {line.rindex("●") for line in lines[gather + 2 : gather + 6]}
    first = lines[1].rindex("●")
    assert len(ends) == 1
    assert all(line[first] == "┆" for line in lines[gather + 2 : gather + 6])
    assert lines[-4].split()[:2] == ["trace", "time"]


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_line_of_a_chart_is_too_wide(width: int) -> None:
    for lang in ("en", "ru"):
        drawn = Comparison((hostile(), like(200, failing=2), busy(5000), lecture()), ChartOptions(lang=lang))
        chart = drawn.text(width).rpartition("\n\n")[0]
        assert max(map(columns, chart.splitlines())) <= width


def test_the_table_leaves_out_what_is_not_known() -> None:
    table = Comparison(three(), EN).table
    assert table.header == (
        "trace", "time", "against the first", "tasks", "at once on average", "at once at most", "loop busy", "runs",
    )  # fmt: skip
    assert table.rows[1][:4] == ("gather", "1.00 s", "3.0× faster", "3")
    assert "<td" in table._repr_html_() and repr(table).splitlines()[0].startswith("trace ")
    hostile_table = Comparison((hostile(), lecture()), EN).table.html()
    assert "<script>" not in hostile_table


def test_a_cell_that_ended_before_its_tasks_has_two_times() -> None:
    table = Comparison((replace(waits(2), cell_end_ns=ns(0.5)), waits(2)), EN).table
    assert table.header[:3] == ("trace", "time", "cell")
    assert [row[1:3] for row in table.rows] == [("2.00 s", "500 ms"), ("2.00 s", "")]


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [(1.02, "as fast", "так же быстро"), (0.5, "2.0× faster", "в 2,0 раза быстрее"), (2.5, "2.5× slower", "в 2,5 раза медленнее"),
     (0.05, "20× faster", "в 20 раз быстрее"), (1 / 22, "22× faster", "в 22 раза быстрее"), (21, "21× slower", "в 21 раз медленнее")],
)  # fmt: skip
def test_how_much_faster_in_words(seconds: float, english: str, russian: str) -> None:
    row = compared((waits(1), waits(seconds)))[1]
    assert [speed(translation(lang), row) for lang in ("en", "ru")] == [english, russian]


def test_a_failed_one_says_so() -> None:
    script = TraceScript("broken")
    script.running(0, 0, 0.4)
    script.end(0, 0.4, Outcome.RAISED, "OSError")
    panels = compose_all((waits(1), script.trace(cell_end=0.4)), EN).panels
    assert panels[1].headline == "400 ms · failed"
