"""AM102 to AM104 on traces written by hand: whom a long step held up, what is polling, when a loop is overloaded."""

from __future__ import annotations

import pytest

from async_magics.analysis.findings.loop import Blocking, Overload, Polling
from async_magics.model import Cause, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

from .scripted import said

SLEEPY = line(7, "time.sleep(1)", "rude")


def blocked(victim: str = "ready", cpu: float | None = 0.0, after: WaitKind | None = None) -> Trace:
    """``rude`` runs from 0.1 to 1.1; ``polite`` is ready, asleep, waits for the network or for ``rude`` meanwhile."""
    script = TraceScript()
    rude, polite = script.task("rude"), script.task("polite")
    script.running(rude, 0.1, 1.1, location=SLEEPY, cpu_ns=None if cpu is None else ns(cpu))
    if after is not None:
        script.waiting(rude, 1.1, 1.2, after)
    kinds = {"asleep": WaitKind.SLEEP, "network": WaitKind.STREAM_READ, "waits": WaitKind.TASK}
    if victim == "ready":
        script.waiting(polite, 0, 0.2, WaitKind.SLEEP)
        script.ready(polite, 0.2, 1.1, Cause.TIMER)
    else:
        until = 1.1005 if victim == "network" else 1.5
        script.waiting(polite, 0, until, kinds[victim], targets=(rude,) if victim == "waits" else ())
        script.ready(polite, until, until + 0.001, Cause.IO)
    script.running(polite, 1.501, 1.502)
    script.end(polite, 1.6)
    script.end(rude, 1.1 if after is None else 1.2)
    return script.trace(1.6)


def test_a_blocking_call_names_its_line_and_whom_it_held_up() -> None:
    (finding,) = Blocking().check(blocked())
    assert said(Blocking(), blocked()) == ["time.sleep(1) (line 7) blocked the loop for 1.00 s; held up meanwhile: polite"]
    assert said(Blocking(), blocked(), "ru") == ["time.sleep(1) (строка 7): цикл событий заблокирован на 1,00 с; стояли: polite"]
    assert (finding.tasks, finding.cost_ns, finding.location) == ((1, 2), ns(0.9), SLEEPY)
    assert (finding.start_ns, finding.end_ns) == (ns(0.1), ns(1.1))


@pytest.mark.parametrize(
    ("cpu", "text"), [(0.0, "slept or waited"), (0.9, "It computed"), (0.3, "until this call"), (None, "until this call")]
)
def test_it_says_whether_it_slept_or_computed(cpu: float | None, text: str) -> None:
    (finding,) = Blocking().check(blocked(cpu=cpu))
    assert text in finding.why.text


@pytest.mark.parametrize(("victim", "count"), [("ready", 1), ("network", 1), ("asleep", 0), ("waits", 0)])
def test_only_those_who_could_have_gone_on_are_held_up(victim: str, count: int) -> None:
    assert len(said(Blocking(), blocked(victim))) == count


def test_starting_a_program_is_nobodys_mistake() -> None:
    assert said(Blocking(), blocked(after=WaitKind.SUBPROCESS)) == []
    assert len(said(Blocking(), blocked(after=WaitKind.SLEEP))) == 1


def test_steps_at_the_same_line_are_one_finding_and_a_step_without_a_line_has_its_own() -> None:
    script = TraceScript()
    rude, polite = script.task("rude"), script.task("polite")
    for begin, place in ((0.0, SLEEPY), (0.5, SLEEPY), (1.0, None)):
        script.running(rude, begin, begin + 0.4, location=place)
        script.waiting(rude, begin + 0.4, begin + 0.5, WaitKind.SLEEP)
        script.ready(polite, begin, begin + 0.4, Cause.TIMER)
        script.running(polite, begin + 0.4, begin + 0.41)
    assert said(Blocking(), script.trace(1.5)) == [
        "time.sleep(1) (line 7) blocked the loop for 800 ms; held up meanwhile: polite",
        "rude blocked the loop for 400 ms; held up meanwhile: polite",
    ]


# ---------------------------------------------------------------------- polling
ASKS = "async def watch():\n    while not done:\n        await asyncio.sleep(0)"


def polling(source: str = ASKS, rounds: int = 400, step: float = 0.0001, pause: float = 0.0001, cell_end: float | None = None) -> Trace:
    script = TraceScript(source=source)
    task = script.task("watch", "watch")
    for number in range(rounds):
        begin = number * (step + pause)
        script.running(task, begin, begin + step)
        script.ready(task, begin + step, begin + step + pause, Cause.ITSELF)
    end = rounds * (step + pause)
    script.end(task, end)
    return script.trace(cell_end or end)


def test_polling() -> None:
    assert said(Polling(), polling()) == ["watch went round its waiting loop 400 times in 79.9 ms (line 2): busy polling with sleep(0)"]


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        if done: break\n        await asyncio.sleep(0)",
        "while not done:\n        spins += 1\n        await sleep(0)",
        "while queue.empty(): await asyncio.sleep(0)",
    ],
)
def test_ways_to_poll(body: str) -> None:
    assert len(said(Polling(), polling(f"async def watch():\n    {body}"))) == 1


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("too few rounds", polling(rounds=200, pause=0.001)),
        ("steps that do something", polling(step=0.001)),
        ("a small part of the time", polling(cell_end=5.0)),
        ("over at once", polling(step=0.00001, pause=0.00001)),
        ("work in pieces", polling("async def watch():\n    for x in y:\n        work(x)\n        await asyncio.sleep(0)")),
        ("a loop that does something", polling("async def watch():\n    while not done:\n        work()\n        await asyncio.sleep(0)")),
        ("it really sleeps", polling("async def watch():\n    while not done:\n        await asyncio.sleep(0.1)")),
        ("unknown source", polling("")),
    ],
)
def test_no_polling(why: str, found: Trace) -> None:
    assert said(Polling(), found) == [], why


# ---------------------------------------------------------------------- overload
def loaded(late: float = 0.1, wakes: int = 25, busy: float = 0.004, cause: Cause = Cause.TIMER) -> Trace:
    """So many tasks that each wait for their turn and then run, one after the other; ``busy`` of every 4 ms."""
    script = TraceScript()
    for number in range(wakes):
        task = script.task(f"t{number}")
        begin = number * 0.004
        script.ready(task, max(0, begin - late), begin, cause)
        script.running(task, begin, begin + busy)
        script.end(task, begin + busy)
    return script.trace(wakes * 0.004)


def test_overload() -> None:
    (text,) = said(Overload(), loaded(wakes=50))
    assert text.startswith("the loop was 100 % busy: half of 50 wakes waited ") and text.endswith("(t25, t26, … (+48))")


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("few wakes", loaded(wakes=19)),
        ("soon", loaded(late=0.01, wakes=50)),
        ("the loop is idle", loaded(wakes=50, busy=0.002)),
        ("tasks that were just created", loaded(wakes=50, cause=Cause.SPAWN)),
        ("tasks that only gave way", loaded(wakes=50, cause=Cause.ITSELF)),
    ],
)
def test_no_overload(why: str, found: Trace) -> None:
    assert said(Overload(), found) == [], why


def test_single_long_steps_are_told_by_another_rule() -> None:
    script = TraceScript()
    rude = script.task("rude")
    script.running(rude, 0, 1, location=SLEEPY)
    for number in range(30):
        task = script.task(f"t{number}")
        script.ready(task, 0, 1, Cause.TIMER)
        script.running(task, 1 + number * 0.0001, 1 + (number + 1) * 0.0001)
    assert said(Overload(), script.trace(1.1)) == []
    assert len(said(Blocking(), script.trace(1.1))) == 1
