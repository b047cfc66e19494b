"""The critical path on the chart: its line from lane to lane, its sign, its sentences."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image

from async_magics.analysis.critical_path import critical_path
from async_magics.model import TaskKind, Trace
from async_magics.testing import TraceScript, line
from async_magics.views import layout, mpl, mpl_path
from async_magics.views.gantt import Gantt
from async_magics.views.layout import LEGEND_SIGN
from async_magics.views.path import LanePath
from async_magics.views.scene import Scene
from async_magics.views.spec import ChartOptions
from async_magics.views.theme import THEMES, Theme
from async_magics.views.window import Window
from tests.views.samples import busy, hostile, lecture, like
from tests.views.test_words import contrast
from tests.views.works import executor_jobs, generators, loop_of_calls, nested, pool, processes


def scene(trace: Trace, **options: Any) -> Scene:
    return Gantt(trace, ChartOptions(**{"lang": "en", "critical_path": True, **options})).scene()


def calls(count: int, seconds: float = 1.0) -> Trace:
    """So many calls of the cell, one after the other."""
    return loop_of_calls(count, seconds / count)


def test_nobody_sees_it_who_did_not_ask() -> None:
    found = scene(lecture(), critical_path=False)
    assert found.path == () and "path" not in {item.kind for item in found.legend}
    assert not any("determined" in paragraph.text for paragraph in found.below)
    assert "┃" not in Gantt(lecture(), ChartOptions(lang="en")).text()


def test_it_goes_from_lane_to_lane() -> None:
    found = scene(nested())
    assert [found.lanes[part.lane].name for part in found.path] == ["cell", "Process-1", "Process-1:1", "Process-1", "cell"]
    assert found.path[0].start_ns == 0 and found.path[-1].end_ns == found.end_ns
    assert all(before.end_ns == after.start_ns for before, after in pairwise(found.path))


@pytest.mark.parametrize(
    "trace", [lecture(), like(300, failing=2), busy(3000), hostile(), pool(), processes(), executor_jobs(), generators()]
)
def test_it_is_one_line_that_somebody_can_follow(trace: Trace) -> None:
    found = scene(trace)
    assert found.path
    assert all(0 <= part.lane < len(found.lanes) and part.start_ns < part.end_ns for part in found.path)
    assert all(before.lane != after.lane for before, after in pairwise(found.path))
    assert all((part.end_ns - part.start_ns) * found.frame.px_per_ns >= 2 for part in found.path[1:-1])


def test_a_thousand_calls_do_not_give_a_thousand_steps() -> None:
    found = scene(calls(1000), fold=False)
    assert len(found.path) < 400
    assert found.path[-1].end_ns == found.end_ns


def test_in_a_folded_group_it_passes_through_the_groups_lane() -> None:
    found = scene(calls(100))
    assert [found.lanes[part.lane].many for part in found.path] == [True]


def test_what_it_means_stands_below_and_in_the_alternative_text() -> None:
    found = scene(calls(5))
    text = "5 × slow_square() runs (1.00 s). It cannot be faster than 1.00 s unless these get shorter or run side by side"
    assert any(text in paragraph.text for paragraph in found.below)
    assert text in found.alt
    assert any("Быстрее чем за 1,00 с не получится" in paragraph.text for paragraph in scene(calls(5), lang="ru").below)


def test_a_text_chart_marks_the_lanes_on_it() -> None:
    lines = Gantt(nested(), ChartOptions(lang="en", critical_path=True)).text().splitlines()
    marked = [line.split()[0] for line in lines if "┃" in line and "critical" not in line]
    assert marked == ["cell", "Process-1", "Process-1:1"]
    assert any("┃ critical path" in line for line in lines)


def test_its_line_stands_below_the_bars_and_inside_the_field() -> None:
    for trace in (nested(), like(300), pool(), calls(60)):
        found = scene(trace)
        for (left, above), (right, below) in mpl_path.along(found):
            assert above == below and found.frame.left <= left < right <= found.frame.right
            half = mpl_path.THICK / 2 * found.frame.scale
            assert not any(lane.top < below + half and below - half < lane.top + lane.height for lane in found.lanes)
            assert below + half < found.frame.bottom


def test_upright_pieces_join_what_follows_each_other() -> None:
    found = scene(nested())
    along, across = mpl_path.along(found), mpl_path.across(found)
    assert len(across) == len(along) - 1
    for (first, second), before, after in zip(across, along, along[1:], strict=False):
        assert first == before[1] and second == after[0]


def test_a_lane_that_is_not_drawn_interrupts_it() -> None:
    found = scene(nested())
    shown = [lane for lane in found.lanes if lane.name != "Process-1"]
    trace, options = nested(), ChartOptions(critical_path=True)
    path = LanePath(critical_path(trace), shown, trace.end_ns, layout.columns(options))
    parts = path.parts(layout.view(options, Window.all(trace.end_ns)))
    assert [shown[part.lane].name for part in parts] == ["cell", "Process-1:1", "cell"]
    assert all(before.end_ns < after.start_ns for before, after in pairwise(parts))


def test_its_sign_has_room_in_the_legend() -> None:
    thick, thin = mpl_path.sign(100, 50, 1.5)
    points = [point for stroke in (*thick, *thin) for point in stroke]
    assert min(x for x, _y in points) >= 100 and max(x for x, _y in points) <= 100 + LEGEND_SIGN * 1.5
    assert len({y for _x, y in points}) == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_has_its_colour_only_when_asked(theme: str) -> None:
    wanted = tuple(bytes.fromhex(THEMES[theme].path[1:]))
    for asked in (True, False):
        with Image.open(io.BytesIO(mpl.png(scene(nested(), theme=theme, critical_path=asked)))) as image:
            colors = {color for _count, color in image.convert("RGB").getcolors(1 << 20) or ()}
        assert (wanted in colors) is asked


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_its_colour_is_seen_on_paper(theme: Theme) -> None:
    assert contrast(theme.path, theme.paper) >= 4.5


def test_every_format_draws_it() -> None:
    chart = Gantt(nested(), ChartOptions(lang="en", critical_path=True))
    assert chart.svg().count(THEMES["light"].path) >= 2
    assert chart.svg() == chart.svg() and chart.pdf()[:5] == b"%PDF-"


def test_a_line_of_code_is_named_where_it_is_known() -> None:
    script = TraceScript()
    task = script.task("a", "work", kind=TaskKind.CALL, track=1)
    script.running(task, 0.25, 0.75, location=line(4, "total += 1"))
    script.running(0, 0, 1)
    assert any("work() runs, line 4 (500 ms)" in paragraph.text for paragraph in scene(script.trace(cell_end=1)).below)
