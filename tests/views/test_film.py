"""A replay as still pictures: which steps, for how long, and what stands on each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from async_magics.analysis.replay import Did, replay
from async_magics.model import InstantKind, Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.film import LONGEST_S, SHORTEST_S, CodeLine, Still, chosen, stills
from async_magics.views.spec import ChartOptions
from async_magics.views.window import Window

from ..strategies import traces
from .samples import hostile, lecture, steps
from .works import pool

EN = ChartOptions(lang="en")


def two() -> Trace:
    script = TraceScript("two", source="await asyncio.gather(\n    f(1),\n    f(2),\n)\n")
    a = script.task("a", "f", "1", at=0.1, created_at=line(1), defined_at=line(2, "async def f(s):", file="In[3]"))
    b = script.task("b", "f", "2", at=0.1, created_at=line(1), defined_at=line(2, "async def f(s):", file="In[3]"))
    script.running(0, 0, 0.2)
    script.waiting(0, 0.2, 3, WaitKind.GATHER, targets=(a, b), chain=(line(1),))
    for task, begin in ((a, 0.2), (b, 0.3)):
        script.ready(task, 0.1, begin)
        script.running(task, begin, begin + 0.1)
        script.waiting(task, begin + 0.1, 2.5 + begin, WaitKind.SLEEP, delay_ns=ns(2), chain=(line(3, "await sleep(s)", file="In[3]"),))
        script.running(task, 2.5 + begin, 2.6 + begin)
        script.end(task, 2.6 + begin)
    script.instant(InstantKind.PRINTED, 2.75, task=a, text="a is back")
    return script.trace(cell_end=3)


def at(found: list[Still], seconds: float) -> Still:
    return [still for still in found if still.t_ns <= ns(seconds)][-1]


def marked(code: tuple[CodeLine, ...]) -> dict[str, list[str]]:
    return {line.text: [mark.text for mark in line.marks] for line in code if line.marks}


def test_what_stands_on_a_picture() -> None:
    found = list(stills(two(), EN))
    early = at(found, 0.25)
    assert early.sentence == "a runs" and early.count.startswith("step ") and early.count.endswith(" of 13 · 200 ms")
    assert marked(early.code) == {"await asyncio.gather(": ["◌ cell"], "async def f(s):": ["▶ a", "● b"]}
    assert [item.text for item in early.beside if item.bold] == ["ready, in the order in which they go on"]
    assert [[mark.text for mark in item.marks] for item in early.beside if item.marks] == [["▶ a"], ["1 b"]]
    later = at(found, 1)
    assert marked(later.code)["await sleep(s)"] == ["◌ a", "◌ b"]
    assert [line.text for line in later.code if line.number is None] == ["In[3]"]
    assert [item.text for item in at(found, 2.75).beside][-2:] == ["printed so far", "a is back"]


def test_a_step_is_shown_as_long_as_it_lasted_but_never_too_short_nor_too_long() -> None:
    found = list(stills(two(), EN))
    assert {SHORTEST_S, 2.3} <= {round(still.seconds, 3) for still in found}
    assert all(SHORTEST_S <= still.seconds <= LONGEST_S for still in found)
    assert found[-1].seconds == LONGEST_S


def test_a_pool_is_told_with_its_queue_and_workers() -> None:
    found = list(stills(pool(items=4, workers=2), EN))
    told = [[(item.text, [mark.text for mark in item.marks]) for item in still.beside] for still in found]
    busy = [items for items in told if ("ForkPoolWorker-2", ["▶ slow_square(1)"]) in items]
    assert busy and ("pool Pool(2) · results: 0", []) in busy[0]
    assert ("", ["slow_square(2)", "slow_square(3)"]) in busy[0], "the queue"


def test_a_film_is_bounded_and_keeps_what_says_most() -> None:
    trace = steps(8, 40)
    found = replay(trace)
    everything = Window.all(trace.end_ns)
    shown = chosen(found, 60, everything)
    assert len(shown) <= 60 and shown == sorted(set(shown)) and shown[0] == 0 and shown[-1] == len(found) - 1
    assert chosen(found, 10**6, everything) == list(range(len(found)))
    dids = {found.moments[step].did for step in shown[1:-1]}
    assert Did.READY not in dids and Did.RUNNING in dids


def test_a_film_of_a_window_shows_the_steps_in_it() -> None:
    trace = two()
    all_ns = [still.t_ns for still in stills(trace, EN)]
    for start, end in ((0.25, 2.75), (0, 1), (2, 3), (1, 99)):
        options = ChartOptions(lang="en", window=(ns(start), ns(end)))
        assert [still.t_ns for still in stills(trace, options)] == [t_ns for t_ns in all_ns if ns(start) <= t_ns <= ns(end)]
    assert [still.t_ns for still in stills(trace, ChartOptions(lang="en", window=(ns(9), ns(10))))] == all_ns, (
        "nothing is there: all is shown"
    )


def test_where_nothing_happens_in_a_window_the_film_shows_how_all_stands() -> None:
    (still,) = stills(two(), ChartOptions(lang="en", window=(ns(1), ns(2))))
    assert still.t_ns < ns(1) and marked(still.code)["await sleep(s)"] == ["◌ a", "◌ b"]


def test_a_bounded_film_of_a_window_is_of_the_window() -> None:
    trace = steps(8, 40)
    options = ChartOptions(lang="en", window=(ns(0.3), ns(0.6)))
    times = [still.t_ns for still in stills(trace, options)]
    assert len(times) <= 60 and all(ns(0.3) <= t_ns <= ns(0.6) for t_ns in times) and times == sorted(times)


def test_a_picture_of_an_error_says_it() -> None:
    script = TraceScript("failed")
    task = script.task("a")
    script.running(task, 0, 1)
    script.end(task, 1, Outcome.RAISED, "ValueError", "no")
    sentences = [still.sentence for still in stills(script.trace(cell_end=1), ChartOptions(lang="ru"))]
    assert sentences[-1] == "a завершается с ошибкой: ValueError: no"


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("trace", [lecture(), pool(), hostile()], ids=["lecture", "pool", "hostile"])
def test_samples(trace: Trace, lang: str) -> None:
    found = list(stills(trace, ChartOptions(lang=lang)))
    assert 0 < len(found) <= 60
    assert all("\n" not in item.text and len(item.text) < 220 for still in found for item in still.beside)


@given(traces())
@settings(max_examples=40)
def test_any_trace(trace: Trace) -> None:
    assert len(list(stills(trace, EN))) <= 60
