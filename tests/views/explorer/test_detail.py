"""What a window is answered with, against the trace itself and against what the page would have had if it had all of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_magics.lang import translation
from async_magics.model import Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.explorer import detail, payload
from async_magics.views.explorer.detail import Detail
from async_magics.views.explorer.payload import lanes_of
from async_magics.views.explorer.profile import Profile
from async_magics.views.spec import ChartOptions

from ..samples import lecture, like

OPTIONS = ChartOptions(lang="en")
RUNNING, BLOCKING = 4, 5


def detail_of(trace: Trace) -> Detail:
    return Detail(translation("en"), trace, lanes_of(trace, OPTIONS))


def busy(rounds: int) -> Trace:
    """One task that runs for a microsecond in each millisecond; twice it holds up the other for a tenth of a second."""
    script = TraceScript("busy")
    one = script.task("busy", "work")
    other = script.task("other", "rest")
    now = 0.0
    for turn in range(rounds):
        took = 0.1 if turn in (3, rounds // 2) else 1e-6
        script.running(one, now, now + took, location=line(7, "work()"))
        script.waiting(one, now + took, now + took + 0.001, WaitKind.SLEEP, delay_ns=ns(0.001))
        now += took + 0.001
    script.waiting(0, 0, now, WaitKind.GATHER, count=2)
    script.waiting(other, 0, now, WaitKind.SLEEP, delay_ns=ns(now))
    for task in (0, one, other):
        script.end(task, now)
    return script.trace()


def test_what_can_be_told_apart_is_what_the_page_would_have_had() -> None:
    trace = lecture()
    whole = payload(trace, OPTIONS)["slices"]
    answer = detail_of(trace).window(0, trace.end_ns, [[lane] for lane in range(5)], 1000)
    for lane, row in enumerate(answer["rows"]):
        part = slice(whole["first"][lane], whole["first"][lane + 1])
        for name in ("start", "length", "kind", "task", "waker", "cause"):
            assert row[name] == whole[name][part]
        for name, said in (("text", "texts"), ("line", "places")):
            assert spelt(answer[said], row[name]) == spelt(whole[said], whole[name][part])


def spelt(said: list[Any], numbers: list[int]) -> list[Any]:
    return [None if number < 0 else said[number] for number in numbers]


def test_only_what_touches_the_window_is_told() -> None:
    trace = lecture()
    (row,) = detail_of(trace).window(ns(0.5), ns(0.6), [[1]], 1000)["rows"]
    assert [start < ns(0.6) and start + length >= ns(0.5) for start, length in zip(row["start"], row["length"], strict=True)] == [True]


def test_short_steps_and_steps_that_block_show_in_a_crowd() -> None:
    trace = busy(5000)
    row = detail_of(trace).window(0, trace.end_ns, [[1]], 900)["rows"][0]
    assert len(row["running"]) == len(row["waiting"]) == 300
    assert min(row["running"]) > 0
    assert (row["blocking"]["kind"], row["blocking"]["length"]) == ([BLOCKING] * 2, [ns(0.1)] * 2)
    assert row["peak"] == 1


def test_a_closer_look_shows_single_steps_again() -> None:
    trace = busy(5000)
    row = detail_of(trace).window(ns(1), ns(1.01), [[1]], 900)["rows"][0]
    assert row["kind"].count(RUNNING) == 10
    assert {length for length, kind in zip(row["length"], row["kind"], strict=True) if kind == RUNNING} == {1000}


def test_a_group_is_answered_with_numbers() -> None:
    trace = like(100)
    row = detail_of(trace).window(0, trace.end_ns, [list(range(1, 101))], 400)["rows"][0]
    assert row["peak"] == 100
    alive = np.array(row["running"]) + np.array(row["ready"]) + np.array(row["waiting"])
    assert alive.max() == pytest.approx(100, rel=0.01)


def test_an_answer_stays_small_however_much_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail, "MOST_BARS", 400)
    monkeypatch.setattr(detail, "MOST_NUMBERS", 600)
    trace = busy(300)
    answer = detail_of(trace).window(0, trace.end_ns, [[1]] * 10, 5000)
    assert [len(row["running"]) for row in answer["rows"]] == [20] * 10


def test_what_steps_that_block_would_hide_each_other_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detail, "FEWEST", 0)
    script = TraceScript("blocked")
    one, two = script.task("one"), script.task("two")
    for turn in range(6):
        script.running(one, turn * 0.2, turn * 0.2 + 0.1 + turn / 1000)
    for task in (0, one, two):
        script.end(task, 1.2)
    trace = script.trace()
    row = detail_of(trace).window(0, trace.end_ns, [[one]], 2)["rows"][0]
    assert row["blocking"]["length"] == [ns(0.105)]


INTERVALS = st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10**12)), max_size=30)


@given(INTERVALS, st.integers(0, 10**13), st.integers(1, 10**12), st.integers(1, 20))
def test_means_are_those_that_one_would_count(intervals: list[tuple[int, int]], low: int, width: int, count: int) -> None:
    start = np.array([begin for begin, _ in intervals], dtype=np.int64)
    end = start + np.array([length for _, length in intervals], dtype=np.int64)
    edges = np.linspace(low, low + width, count + 1).astype(np.int64)
    found = Profile(start, end).means(edges)
    for column, (begin, after) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        covered = sum(max(0, min(stop, after) - max(first, begin)) for first, stop in zip(start.tolist(), end.tolist(), strict=True))
        assert found[column] == pytest.approx(covered / max(1, after - begin), abs=1e-9)


@given(INTERVALS)
def test_the_peak_is_the_most_at_one_moment(intervals: list[tuple[int, int]]) -> None:
    pairs = [(begin, begin + length) for begin, length in intervals if length]
    found = Profile(*(np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))).peak
    assert found == max((sum(first <= moment < stop for first, stop in pairs) for moment, _ in pairs), default=0)


@pytest.mark.parametrize("window", [(0, 1), (0, 3), (ns(5), ns(9)), (0, 10**18)])
def test_any_window_is_answered_in_plain_json(window: tuple[int, int]) -> None:
    answer: dict[str, Any] = detail_of(busy(100)).window(*window, [[0], [1], [1, 2]], 7)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert (answer["from_ns"], answer["to_ns"]) == window


def test_an_empty_trace_has_nothing_to_tell() -> None:
    trace = Trace(name="empty")
    assert detail_of(trace).window(0, 1, [], 100)["rows"] == []
