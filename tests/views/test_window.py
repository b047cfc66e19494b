"""A part of the time axis: everything clipped, the axis with the trace's own times, and the whole the same as before."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.views.remarked import remarked
from tests.views.samples import busy, hostile, lecture, like, steps
from tests.views.works import loop_of_calls, nested, pool, processes

from async_magics.errors import OptionError
from async_magics.lang import translation
from async_magics.model import Note, SliceTable, State, Trace
from async_magics.testing import ns
from async_magics.views.basis import Basis
from async_magics.views.compose import compose, drawn
from async_magics.views.density import Density
from async_magics.views.facts import Facts
from async_magics.views.gantt import Gantt
from async_magics.views.kept import keep, opened
from async_magics.views.lane_rows import lane_rows
from async_magics.views.scene import BarKind, Scene
from async_magics.views.spec import ChartOptions
from async_magics.views.window import Window

TRACES = [lecture(), like(300, failing=2), busy(3000), hostile(), pool(), pool(failing=3), processes(killed=True), nested(), steps(5, 200)]


def scene(trace: Trace, start: float, end: float, **options: Any) -> Scene:
    return compose(trace, ChartOptions(lang="en", window=(ns(start), ns(end)), **options))


def spans(found: Scene) -> list[tuple[float, float]]:
    bars = [(start, end) for bars in (*found.bars, found.cpu) for start, end in zip(bars.start_ns, bars.end_ns, strict=True)]
    return [*bars, *((band.start_ns, band.end_ns) for band in found.bands), *((part.start_ns, part.end_ns) for part in found.path)]


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize(("low", "high"), [(0.0, 0.5), (0.3, 0.6), (0.6, 1.0), (0.41, 0.42)])
def test_nothing_stands_outside_the_window(trace: Trace, low: float, high: float) -> None:
    window = (round(trace.end_ns * low), round(trace.end_ns * high))
    found = compose(trace, ChartOptions(lang="en", window=window, critical_path=True))
    start, end = window
    assert (found.start_ns, found.end_ns) == window
    assert all(start - 1 <= first <= last <= end + 1 for first, last in spans(found))
    assert all(start <= one.t_ns <= end for one in (*found.ends, *found.ticks, *found.annotations.discs))
    assert all(start <= arrow.t_ns <= end and start <= arrow.end_ns <= end for arrow in found.arrows)
    assert found.cell_end_ns is None or start <= found.cell_end_ns <= end
    frame = found.frame
    edges = [x for first, last in spans(found) for x in (frame.x(first), frame.x(last))]
    assert all(frame.left - 0.01 <= x <= frame.right + 0.01 for x in edges)


@pytest.mark.parametrize("trace", TRACES)
def test_a_window_over_all_is_the_chart_itself(trace: Trace) -> None:
    options = ChartOptions(lang="en")
    whole = ChartOptions(lang="en", window=(0, trace.end_ns))
    assert compose(trace, whole) == compose(trace, options)


@pytest.mark.parametrize("trace", TRACES)
def test_drawing_the_same_chart_again_gives_the_same(trace: Trace) -> None:
    basis, window = Basis.of(Facts(trace), ChartOptions(lang="en")), Window(trace.end_ns // 4, trace.end_ns // 2, trace.end_ns)
    first = drawn(basis, window)
    drawn(basis, Window(trace.end_ns // 3, trace.end_ns // 3 + 10, trace.end_ns))
    assert drawn(basis, window) == first


def test_a_bar_is_clipped_and_what_lies_outside_is_gone() -> None:
    found = scene(lecture(), 0.5, 1.2)
    waiting = found.bars_of(BarKind.WAITING)
    assert min(waiting.start_ns) == ns(0.5) and max(waiting.end_ns) == ns(1.2)
    assert [end.outcome for end in found.ends] == ["raised", "raised"]
    assert found.cell_end_ns == ns(1)
    assert scene(lecture(), 1.1, 1.2).cell_end_ns is None


def test_the_axis_keeps_the_times_of_the_trace() -> None:
    found = scene(lecture(), 0.5, 1.0)
    assert found.ticks[0].text == "0.50"
    assert found.axis_label == "seconds since the cell began"
    assert found.frame.x(ns(0.5)) == found.frame.left and found.frame.t_ns(found.frame.left) == ns(0.5)


def test_what_was_too_dense_has_bars_when_it_is_drawn_larger() -> None:
    assert scene(busy(3000), 0, 1).bands
    near = scene(busy(3000), 0.5, 0.51)
    assert not near.bands and len(near.bars_of(BarKind.RUNNING)) == 30


def test_the_chart_says_that_a_part_is_shown() -> None:
    assert "only 0.50 s to 1.00 s of 2.07 s are shown" in scene(lecture(), 0.5, 1).footnotes
    assert not any("only" in text for text in compose(lecture(), ChartOptions(lang="en")).footnotes)


def test_a_window_after_the_end_shows_all_and_says_so() -> None:
    found = scene(lecture(), 7, 8)
    assert (found.start_ns, found.end_ns) == (0, lecture().end_ns)
    assert "the window begins at 7.00 s, after the end at 2.07 s: all is shown" in found.footnotes


def test_remarks_and_prints_outside_are_not_numbered() -> None:
    trace = remarked(20)
    whole = compose(trace, ChartOptions(lang="en"))
    half = compose(trace, ChartOptions(lang="en", window=(0, trace.end_ns // 2)))
    assert 0 < len(half.annotations.discs) < len(whole.annotations.discs)
    assert len(half.annotations.ticks) <= len(whole.annotations.ticks)


def test_the_text_chart_shows_the_part_too() -> None:
    text = Gantt(lecture(), ChartOptions(lang="en", window=(ns(0.5), ns(1.0)))).text()
    axis = next(line for line in text.splitlines() if "0.50" in line)
    assert "1.00" in axis and "2.0" not in axis
    assert "only 0.50 s to 1.00 s" in text


def test_it_is_kept_with_the_trace(tmp_path: Path) -> None:
    options = ChartOptions(lang="en", window=(10, 20))
    content = keep(lecture(), options, translation("en"), None).content
    assert opened(content, tmp_path).options.window == (10, 20)


@pytest.mark.parametrize("wrong", [(2, 1), (1, 1), (-1, 3), (0.5, 1), [0, 1], (1, 2, 3), "1:2", 5])
def test_a_window_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(OptionError, match="window is two whole numbers of nanoseconds"):
        ChartOptions(window=wrong)


@pytest.mark.parametrize("seed", range(20))
def test_density_is_the_mean_number_of_tasks(seed: int) -> None:
    rng = random.Random(seed)
    table = SliceTable()
    for task in range(rng.randint(1, 4)):
        t = rng.randint(0, 50)
        for _ in range(rng.randint(1, 30)):
            start = t + rng.randint(0, 5)
            t = start + rng.randint(0, 9)
            table.add(task, start, t, rng.choice([State.RUNNING, State.WAITING, State.RUNNABLE]))
    low = rng.randint(0, 100)
    window = Window(low, low + rng.randint(1, 200), 1000)
    found = Density(table, range(4)).band(window, lane=0, count=7)
    for state, shares in ((State.RUNNING, found.running), (State.WAITING, found.waiting), (State.RUNNABLE, found.ready)):
        for column, share in enumerate(shares):
            first, last = (window.start_ns + found.column_ns * (column + side) for side in (0, 1))
            rows = [row for row in range(len(table)) if table.state[row] == state]
            inside = sum(max(0.0, min(last, table.end_ns[row]) - max(first, table.start_ns[row])) for row in rows)
            assert share == pytest.approx(inside / found.column_ns, abs=1e-6)


def test_density_of_long_times_does_not_overflow() -> None:
    table = SliceTable()
    far = 2**62
    for number in range(100):
        table.add(0, far + 10 * number, far + 10 * number + 5, State.RUNNING)
    found = Density(table, (0,)).band(Window(far, far + 1000, far + 1000), lane=0, count=1)
    assert found.running == pytest.approx((0.5,), abs=0.6)  # a float knows such a moment to half a microsecond
    assert np.isfinite(found.running).all()


@pytest.mark.parametrize("trace", TRACES)
def test_rows_found_by_time_are_those_that_overlap(trace: Trace) -> None:
    facts = Facts(trace)
    table = trace.slices
    for lane in Basis.of(facts, ChartOptions(lang="en", lanes=400)).lanes:
        rows = lane_rows(facts, lane)
        everything = rows.within(Window.all(trace.end_ns))
        for share in (0.0, 0.2, 0.5, 0.9):
            window = Window(round(trace.end_ns * share), round(trace.end_ns * (share + 0.1)), trace.end_ns)
            assert list(rows.within(window)) == [row for row in everything if window.meets(table.start_ns[row], table.end_ns[row])]


def test_calls_of_a_loop_cut_in_the_middle() -> None:
    found = scene(loop_of_calls(), 0.3, 0.5)
    running = found.bars_of(BarKind.RUNNING)
    assert sorted(zip(running.start_ns, running.end_ns, strict=True))[0] == (ns(0.3), ns(0.4))


def test_a_note_at_the_very_edge_still_shows() -> None:
    trace = lecture()
    found = compose(replace(trace, notes=(Note(text="here", t_ns=ns(0.5)),)), ChartOptions(lang="en", window=(ns(0.5), ns(1))))
    assert [disc.t_ns for disc in found.annotations.discs] == [ns(0.5)]
