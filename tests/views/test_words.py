"""Themes that can be read, texts made harmless, waits and times in words, ticks at round steps."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_magics.lang import translation
from async_magics.model import Task, TaskKind, Wait, WaitKind
from async_magics.testing import line, ns
from async_magics.views import axis
from async_magics.views.window import Window
from async_magics.analysis.phrases import line_of
from async_magics.lang.times import duration
from async_magics.views.labels import step_texts, wait_texts
from async_magics.lang.plain import clean, columns, cut, ems, fit, pad
from async_magics.views.theme import THEMES, Fill, Theme

EN = translation("en")
TASKS = tuple(Task(id=n, kind=TaskKind.ASYNCIO, name=f"Task-{n}", function="outer.<locals>.fetch", arguments=str(n)) for n in range(6))


def luminance(color: str) -> float:
    parts = [value / 255 for value in bytes.fromhex(color[1:])]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_all_text_has_contrast(theme: Theme) -> None:
    for color in (theme.ink, theme.faint, theme.alarm, theme.remark.face):
        assert contrast(color, theme.paper) >= 4.5
    assert contrast(theme.remark.text, theme.remark.face) >= 7
    for fill in (theme.running, theme.waiting, theme.blocking, theme.ready):
        assert contrast(fill.text, fill.face) >= 4.5
        assert contrast(theme.ink, fill.face) >= 4.5 or fill in (theme.running, theme.blocking)
    for color in (*theme.ends.values(), theme.ready.edge, theme.axis):
        assert contrast(color, theme.paper) >= 3.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_states_differ_in_more_than_colour(theme: Theme) -> None:
    fills: list[Fill] = [theme.running, theme.waiting, theme.blocking, theme.ready, theme.starting]
    assert len({(fill.hatch, fill.face != fill.edge) for fill in fills}) == 5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_the_line_of_cpu_time_shows_on_a_running_bar(theme: Theme) -> None:
    assert contrast(theme.cpu, theme.running.face) >= 3 and contrast(theme.cpu, theme.cpu_room) >= 3
    assert contrast(theme.starting.edge, theme.paper) >= 3


def test_print_is_grey() -> None:
    theme = THEMES["print"]
    for fill in (theme.running, theme.waiting, theme.blocking, theme.ready, theme.starting):
        assert len(set(bytes.fromhex(fill.face[1:]))) == 1
    assert contrast(theme.running.face, theme.waiting.face) > 7


@pytest.mark.parametrize(
    ("wait", "text"),
    [
        (Wait(kind=WaitKind.SLEEP, delay_ns=ns(1)), "sleep(1)"),
        (Wait(kind=WaitKind.SLEEP, delay_ns=ns(0.25)), "sleep(0.25)"),
        (Wait(kind=WaitKind.GATHER, count=4), "gather(4 tasks)"),
        (Wait(kind=WaitKind.WAIT, count=2, name="FIRST_COMPLETED"), "wait(2 tasks, FIRST_COMPLETED)"),
        (Wait(kind=WaitKind.WAIT, count=2, name="ALL_COMPLETED", delay_ns=ns(1.5)), "wait(2 tasks, 1.5 s)"),
        (Wait(kind=WaitKind.TASK_GROUP, count=1), "TaskGroup(1 task)"),
        (Wait(kind=WaitKind.WAIT_FOR, name="fast_func", delay_ns=ns(5)), "wait_for(fast_func, 5 s)"),
        (Wait(kind=WaitKind.WAIT_FOR, targets=(3,), delay_ns=ns(5)), "wait_for(fetch(3), 5 s)"),
        (Wait(kind=WaitKind.TASK, targets=(3,)), "Task-3"),
        (Wait(kind=WaitKind.SHIELD, targets=(3,)), "shield(Task-3)"),
        (Wait(kind=WaitKind.EXECUTOR, name="slow"), "to_thread(slow)"),
        (Wait(kind=WaitKind.EXECUTOR), "a thread"),
        (Wait(kind=WaitKind.JOIN, targets=(3,)), "join(Task-3)"),
        (Wait(kind=WaitKind.JOIN, targets=(1, 2, 3, 4)), "join(Task-1, Task-2, Task-3, …)"),
        (Wait(kind=WaitKind.JOIN, name="communicate", targets=(2,)), "communicate(Task-2)"),
        (Wait(kind=WaitKind.RESULT, name="map(outer.<locals>.fetch)", targets=(1,)), "map(fetch)"),
        (Wait(kind=WaitKind.RESULT, name="map", targets=(1, 2)), "map(fetch)"),
        (Wait(kind=WaitKind.RESULT, targets=(1,)), "result(fetch(1))"),
        (Wait(kind=WaitKind.IDLE), "idle"),
        (Wait(kind=WaitKind.YIELD), "yield"),
        (Wait(kind=WaitKind.QUEUE_GET), "queue.get"),
        (Wait(kind=WaitKind.LOCK, name="Lock#2"), "Lock#2"),
        (Wait(kind=WaitKind.STREAM_READ, name="readline"), "readline()"),
        (Wait(kind=WaitKind.FUTURE), "a future"),
        (Wait(kind=WaitKind.UNKNOWN, chain=(line(1), line(2, function="deep"))), "deep()"),
    ],
)
def test_what_a_task_waits_for(wait: Wait, text: str) -> None:
    assert wait_texts(EN, wait, TASKS)[0] == text


@given(st.builds(Wait, kind=st.sampled_from(WaitKind), delay_ns=st.none() | st.integers(-(10**30), 10**30),
       count=st.none() | st.integers(0, 10**9),
       targets=st.lists(st.integers(0, 5), max_size=6).map(tuple), name=st.text(max_size=300)))  # fmt: skip
def test_any_wait_has_bounded_words(wait: Wait) -> None:
    for text in wait_texts(translation("ru"), wait, TASKS):
        assert columns(text) < 300 and "\n" not in text


def test_candidates_grow_shorter() -> None:
    texts = step_texts(EN, line(12, "hashlib.scrypt(data, salt=salt, n=2**14, r=8, p=1)"), ns(0.2))
    assert texts[0].endswith("p=1)  line 12") and texts[-2:] == ("line 12", "200 ms")
    assert [columns(text) for text in texts[:-1]] == sorted((columns(text) for text in texts[:-1]), reverse=True)


def test_lines_of_other_files_name_the_file() -> None:
    assert line_of(EN, line(7)) == "line 7"
    assert line_of(EN, line(120, file="/home/me/project/client.py")) == "client.py:120"
    assert line_of(EN, line(120, file=r"C:\me\client.py")) == "client.py:120"


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0 ns"), (999, "999 ns"), (1_500, "1.50 µs"), (93_100_000, "93.1 ms"), (999_999, "1,000 µs"), (2_070_000_000, "2.07 s"),
     (59_940_000_000, "59.9 s"), (100_000_000_000, "100 s"), (120_000_000_000, "2 min 0 s"), (754_000_000_000, "12 min 34 s")],
)  # fmt: skip
def test_durations(nanoseconds: int, text: str) -> None:
    assert duration(EN, nanoseconds) == text


@given(st.integers(0, 10**16), st.integers(2, 20))
def test_ticks_are_few_round_and_inside(end_ns: int, most: int) -> None:
    found = axis.ticks(EN, Window.all(end_ns), most)
    assert 1 <= len(found) <= most + 1
    assert all(0 <= tick.t_ns <= end_ns for tick in found)
    assert len({tick.text for tick in found}) == len(found)


@given(st.integers(0, 10**13), st.integers(1, 10**13), st.integers(0, 10**13), st.integers(2, 20))
def test_ticks_of_a_part_are_few_and_inside_and_told_apart(start: int, span: int, after: int, most: int) -> None:
    found = axis.ticks(EN, Window(start, start + span, start + span + after), most)
    assert len(found) <= most + 1
    assert all(start <= tick.t_ns <= start + span for tick in found)
    assert len({tick.text for tick in found}) == len(found)


@pytest.mark.parametrize(
    ("start", "end", "of", "texts"),
    [(1.0, 1.4, 2.0, ["1.0", "1.1", "1.2", "1.3", "1.4"]),
     (1.0, 1.00004, 2.0, ["1.00000", "1.00001", "1.00002", "1.00003", "1.00004"]),
     (61, 65, 300, ["1:01", "1:02", "1:03", "1:04", "1:05"]), (69, 70, 300, ["1:09.00", "1:09.25", "1:09.50", "1:09.75", "1:10.00"])],
)  # fmt: skip
def test_the_axis_of_a_part_keeps_the_times_of_all(start: float, end: float, of: float, texts: list[str]) -> None:
    assert [tick.text for tick in axis.ticks(EN, Window(ns(start), ns(end), ns(of)), 4)] == texts


@given(st.text(max_size=300), st.integers(1, 60))
def test_clean_text_is_one_visible_line(text: str, limit: int) -> None:
    found = clean(text, limit)
    assert columns(found) <= limit
    found.encode("utf-8")
    assert all(letter.isprintable() or letter == "\u200d" for letter in found)


@given(st.text(max_size=100), st.integers(1, 40))
def test_cut_pad_and_fit_keep_to_their_widths(text: str, width: int) -> None:
    assert columns(cut(text, width)) <= width
    assert columns(pad(text, width)) == width
    assert ems(fit(text, width)) <= width + 1e-9


def test_wide_letters_take_two_columns() -> None:
    assert columns("任务 a") == 6 and columns("e\u0301") == 1


def test_a_name_of_a_megabyte_costs_nothing() -> None:
    begun = time.perf_counter()
    assert len(clean("\n" * 1_000_000, 50)) == 50
    assert time.perf_counter() - begun < 0.5


def test_moments_carry_over_to_the_next_minute() -> None:
    said = [axis.exactly(EN, t_ns, 600 * axis.SECOND, 10**8) for t_ns in (59_996_000_000, 9_996_000_000, 61_250_000_000)]
    assert said == ["1:00.00", "0:10.00", "1:01.25"]
