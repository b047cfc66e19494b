"""Counting while a recording goes on: for the same facts the counts are those of the whole fold, however the facts come in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_magics.clock import ClockAnchor
from async_magics.events import EventLog, Kind, Verb
from async_magics.model import State, TaskKind, Trace
from async_magics.model.drafts import Drafts
from async_magics.model.fold import Frame, fold
from async_magics.model.live import Live
from async_magics.model.live_counts import Counts
from async_magics.model.live_lanes import MOST_BARS, MOST_LANES
from async_magics.model.words import Outcome
from async_magics.sources.asyncio_loop import DONE

MARKER, OTHER = -1001, -1000
BEGIN = 1_000_000
HERE, MAIN = 1, 11
ROOT = 5


def waits(*targets: int) -> tuple[Any, ...]:
    return (0, "gather" if targets else "sleep", 10, None, targets, "", 0)


@dataclass
class Script:
    """Writes a log, one fact a nanosecond, and lets a live chart read it whenever it likes."""

    log: EventLog = field(default_factory=EventLog)
    now: int = BEGIN

    def __post_init__(self) -> None:
        self.steps = self.log.table()
        self.live = Live(MARKER, BEGIN, HERE)
        self.log.add(Kind.RECORDING_BEGAN, BEGIN, MARKER, 0, MAIN)
        self.log.add(Kind.ROOT, BEGIN, MARKER, ROOT, 0)
        self.log.add(Kind.LOOP_SEEN, BEGIN, 0, 0, ("Loop", MAIN, "MainThread"))
        self.log.chains.append(())

    def tick(self) -> int:
        self.now += 10
        return self.now

    def born(self, ident: int, owner: int | None = MARKER, function: str = "f") -> None:
        now = self.tick()
        self.log.born((ident, MARKER, now, now, f"t{ident}", function, None, "1", None, 0, 0, 0, 0, owner))

    def step(self, ident: int, ending: Any = None) -> None:
        begin = self.tick()
        self.steps.rows.extend((ident, 0, 0, begin, self.tick(), ending))

    def yielded(self, ident: int) -> None:
        begin = self.tick()
        self.steps.yields.extend((ident, begin, self.tick()))

    def died(self, ident: int) -> None:
        self.log.died((ident, self.tick(), "name", "returned", None, None, None))

    def row(self, verb: Verb, work: str, pid: int = HERE, thread: int = MAIN, **data: Any) -> None:
        self.log.worked((verb, self.tick(), pid, thread, work, data))

    def spawn(self, work: str, kind: str, **data: Any) -> None:
        self.row(Verb.SPAWN, work, kind=kind, by=MARKER, owner=data.pop("owner", MARKER), **data)

    def started(self, work: str, pid: int) -> None:
        self.log.worked((Verb.STARTED, self.tick(), HERE, MAIN, work, {"pid": pid}))

    def read(self, running: tuple[int, ...] = ()) -> Counts:
        self.live.feed(self.log, self.tick, lambda: running)
        return self.live.counts()

    def trace(self) -> Trace:
        anchor = ClockAnchor(mono_ns=BEGIN, wall_ns=0)
        return fold(self.log, Frame(marker=MARKER, anchor=anchor, now_ns=self.tick(), name="x", pid=HERE))


def folded(script: Script) -> Counts:
    """Return what the whole fold finds."""
    trace, found = script.trace(), Counts()
    for task in trace.tasks[1:]:
        if task.kind is TaskKind.JOB:
            found.calls_done += task.ended_ns is not None
            found.calls_running += task.ended_ns is None and task.begun_ns is not None
            found.calls_queued += task.ended_ns is None and task.begun_ns is None
        elif task.kind not in (TaskKind.POOL, TaskKind.WORKER):
            state = None if task.ended_ns is not None else list(trace.slices.of(task.id))[-1].state
            found.done += state is None
            found.running += state is State.RUNNING
            found.waiting += state is State.WAITING
            found.ready += state is State.RUNNABLE
    for batch in Drafts(script.log.works):
        if batch.kind == "batch" and batch.owner == MARKER and batch.back_ns is None:
            found.calls_queued += batch.given["items"] - len(batch.jobs)
    return found


def test_a_task_is_ready_waits_and_is_done() -> None:
    script = Script()
    script.born(7)
    assert script.read() == Counts(ready=1)
    script.step(7, waits())
    assert script.read() == Counts(waiting=1)
    assert script.read(running=(7,)) == Counts(running=1)
    script.step(7, DONE)
    script.died(7)
    assert script.read() == Counts(done=1) == folded(script)


def test_the_code_of_the_cell_others_tasks_and_asyncios_own_are_not_counted() -> None:
    script = Script()
    script.born(ROOT, owner=None)
    script.born(8, owner=OTHER)
    script.born(9, function="BaseEventLoop.shutdown_asyncgens")
    script.step(ROOT, waits(7))
    assert script.read(running=(ROOT, 8)) == Counts() == folded(script)


def test_a_task_of_an_earlier_cell_counts_once_it_is_awaited() -> None:
    script = Script()
    script.born(8, owner=OTHER)
    script.step(8, waits())
    assert script.read() == Counts()
    script.born(7)
    script.step(7, waits(8))
    assert script.read() == Counts(waiting=2) == folded(script)
    script.step(8, DONE)
    script.died(8)
    assert script.read() == Counts(waiting=1, done=1) == folded(script)


def test_a_task_older_than_the_log_counts_once_it_has_ended() -> None:
    script = Script()
    script.step(ROOT, waits(99))
    assert script.read() == Counts() == folded(script)
    script.died(99)
    assert script.read() == Counts(done=1) == folded(script)


def test_an_id_that_is_used_again() -> None:
    """While the first that had it is still pending, and after it has ended."""
    script = Script()
    script.born(7)
    script.step(7, waits())
    script.born(7)
    assert script.read() == Counts(waiting=1, ready=1) == folded(script)
    script.died(7)
    script.born(7)
    script.step(7)
    assert script.read() == Counts(waiting=1, ready=1, done=1) == folded(script)


def test_a_pool_its_calls_done_running_and_queued() -> None:
    script = Script()
    script.spawn("pool", "pool", name="Pool")
    script.spawn("w", "worker", pool="pool")
    script.started("w", 2)
    script.spawn("b", "batch", pool="pool", items=5, function="square")
    for number in range(2):
        script.row(Verb.BEGIN, f"j{number}", 2, 22, of="b", arguments=str(number))
    script.row(Verb.END, "j0", 2, 22)
    assert script.read() == Counts(calls_done=1, calls_running=1, calls_queued=3) == folded(script)
    script.row(Verb.DIED, "w", code=-9)
    assert script.read() == Counts(calls_done=2, calls_queued=3) == folded(script)
    script.row(Verb.BACK, "b", error="BrokenProcessPool")
    assert script.read() == Counts(calls_done=2) == folded(script)


def test_what_a_child_wrote_comes_late() -> None:
    """The result of a batch is back before the parent has read that its calls began; a call before its batch, from nested children."""
    script = Script()
    script.spawn("b", "batch", items=1, function="square")
    script.row(Verb.BACK, "b")
    script.row(Verb.END, "k", 3, 33)
    script.row(Verb.BEGIN, "k", 3, 33, of="c")
    assert script.read() == Counts()
    script.row(Verb.BEGIN, "j", 2, 22, of="b")
    script.row(Verb.END, "j", 2, 22)
    script.spawn("c", "batch", items=1, function="square")
    assert script.read() == Counts(calls_done=2)


def test_a_thread_that_waits_and_a_process_that_starts_up() -> None:
    script = Script()
    script.spawn("t", "thread", name="Thread-1", function="work")
    script.row(Verb.BEGIN, "t", thread=12)
    script.spawn("p", "process", name="Process-1")
    assert script.read() == Counts(running=1, ready=1) == folded(script)
    script.row(Verb.WAIT, "p", thread=12, how="join")
    assert script.read() == Counts(waiting=1, ready=1) == folded(script)
    script.row(Verb.WAITED, "p", thread=12, code=0)
    assert script.read() == Counts(running=1, done=1) == folded(script)


def test_a_generator_waits_between_its_steps() -> None:
    script = Script()
    script.spawn("t", "thread", name="Thread-1")
    script.row(Verb.BEGIN, "t", thread=12)
    script.spawn("g", "generator", function="numbers")
    script.row(Verb.STEP, "g", end=script.now + 1, how="yield")
    assert script.read() == Counts(running=1, waiting=1) == folded(script)
    script.row(Verb.STEP, "g", end=script.now + 1, how="return")
    assert script.read() == Counts(running=1, done=1) == folded(script)


# ---------------------------------------------------------------------------------------------------------------- any script

STEPS = st.sampled_from([None, None, (), (6, 7), (8,)])
LOOP = st.one_of(
    st.tuples(st.just("born"), st.integers(6, 12), st.sampled_from([MARKER, MARKER, OTHER])),
    st.tuples(st.just("step"), st.integers(5, 12), STEPS),
    st.tuples(st.just("yielded"), st.integers(5, 12)),
    st.tuples(st.just("died"), st.integers(6, 12)),
)
KINDS = st.sampled_from(["thread", "process", "subprocess", "call", "job", "pool", "worker", "batch"])
WORKS = st.one_of(
    st.tuples(st.just("spawn"), st.integers(0, 5), KINDS),
    st.tuples(st.just("begin"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("end"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("waited"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("back"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("call"), st.integers(0, 5), st.integers(10, 15)),
)
ITEMS = st.lists(st.one_of(LOOP, LOOP, WORKS, WORKS, st.just(("pack",)), st.just(("read",))), max_size=60)


class Player:
    """Plays a script, leaving out what no program can do: a second birth of a live id, a step after the end, a work begun twice."""

    def __init__(self) -> None:
        self.script = Script()
        self.alive: set[int] = set()
        self.seen: dict[int, int] = {}
        self.kinds: dict[int, str] = {}
        self.facts: set[tuple[str, int]] = set()
        self.depth: Counter[int] = Counter()

    def play(self, items: list[Any]) -> None:
        for name, *values in items:
            getattr(self, name)(*values)

    def read(self) -> None:
        self.script.read()

    def pack(self) -> None:
        self.script.steps.pack()

    def born(self, ident: int, owner: int) -> None:
        if ident not in self.alive:
            self.alive.add(ident)
            self.script.born(ident, owner)

    def step(self, ident: int, targets: Any) -> None:
        if ident in self.alive or ident == ROOT:
            known = targets is not None and tuple(target for target in targets if target in self.alive)
            self.script.step(ident, None if targets is None else waits(*(known or ())))

    def yielded(self, ident: int) -> None:
        if ident in self.alive or ident == ROOT:
            self.script.yielded(ident)

    def died(self, ident: int) -> None:
        if ident in self.alive:
            self.alive.discard(ident)
            self.script.died(ident)

    def _once(self, fact: str, work: int) -> bool:
        new = work in self.kinds and (fact, work) not in self.facts
        self.facts.add((fact, work))
        return new

    def spawn(self, work: int, kind: str) -> None:
        if work not in self.kinds:
            self.kinds[work] = kind
            self.script.spawn(f"w{work}", kind, **({"items": 4} if kind == "batch" else {}))

    def begin(self, work: int, thread: int) -> None:
        if self.kinds.get(work) in ("thread", "process", "call", "job") and self._once("begin", work):
            pid = 20 + work if self.kinds[work] == "process" else HERE
            self.script.row(Verb.BEGIN, f"w{work}", pid, thread)

    def end(self, work: int) -> None:
        if ("begin", work) in self.facts and self._once("end", work):
            self.script.row(Verb.END, f"w{work}")

    def back(self, work: int, cancelled: bool) -> None:
        if self.kinds.get(work) in ("job", "batch") and self._once("back", work):
            self.script.row(Verb.BACK, f"w{work}", **({"cancelled": 1} if cancelled else {}))

    def call(self, work: int, number: int) -> None:
        if self.kinds.get(work) == "batch" and ("job", number) not in self.facts:
            self.facts.add(("job", number))
            self.script.row(Verb.BEGIN, f"c{number}", 3, 33, of=f"w{work}")

    def wait(self, work: int, thread: int) -> None:
        self.depth[thread] += 1
        self.script.row(Verb.WAIT, f"w{work}", thread=thread, how="join")

    def waited(self, work: int, thread: int) -> None:
        if self.depth[thread]:
            self.depth[thread] -= 1
            self.script.row(Verb.WAITED, f"w{work}", thread=thread)


@given(ITEMS)
def test_counts_are_those_of_the_fold(items: list[Any]) -> None:
    played = Player()
    played.play(items)
    assert played.script.read() == folded(played.script)


@given(ITEMS)
def test_reading_in_pieces_is_reading_at_once(items: list[Any]) -> None:
    """Lanes as well: the same tasks ran at the same times."""
    played = Player()
    played.play(items)
    script = played.script
    script.read()
    whole = Live(MARKER, BEGIN, HERE)
    whole.feed(script.log, lambda: script.now)
    assert whole.counts() == script.live.counts()

    def seen(live: Live) -> list[Any]:
        return [(lane.name, lane.call, list(lane.bars(script.now)), lane.ended_ns) for lane in (live.cell, *live.lanes.in_order())]

    assert seen(whole) == seen(script.live)


# ---------------------------------------------------------------------------------------------------------------- lanes


def test_a_lane_shows_when_a_task_ran_and_what_it_waits_for() -> None:
    script = Script()
    script.born(7)
    script.step(7, waits())
    script.read()
    (lane,) = script.live.lanes.shown
    assert (lane.name, lane.call, lane.ending, lane.ended_ns) == ("t7", "f(1)", waits(), None)
    assert list(lane.bars(script.now)) == [(BEGIN + 20, BEGIN + 30)]


def test_a_task_that_is_created_in_a_burst_too_short_to_be_seen_waits() -> None:
    """The burst is drawn as one, and began with a step before the task was there."""
    script = Script()
    script.now += 1_000_000
    begin = script.tick()
    script.born(7)
    script.steps.rows.extend((ROOT, 0, 0, begin, script.tick(), waits()))
    script.step(7, waits())
    script.read()
    (lane,) = script.live.lanes.shown
    assert lane.ending == waits() and list(lane.bars(script.now)) == [(lane.born_ns, script.now - 10)]


def test_a_task_that_is_named_later() -> None:
    script = Script()
    script.born(7)
    script.read()
    script.log.add(Kind.TASK_NAMED, script.tick(), 7, 0, "reader")
    script.read()
    assert [lane.name for lane in script.live.lanes.shown] == ["reader"]


def test_a_step_that_goes_on_is_drawn_since_it_was_first_seen() -> None:
    script = Script()
    script.born(7)
    script.read(running=(7,))
    seen = script.now
    script.read(running=(7,))
    (lane,) = script.live.lanes.shown
    assert list(lane.bars(script.now)) == [(seen, script.now)]
    begin = script.now + 10
    script.step(7, waits())
    script.read()
    assert list(lane.bars(script.now)) == [(begin, begin + 10)]


def test_later_tasks_take_the_lanes_of_those_that_are_over() -> None:
    script = Script()
    for ident in range(100, 100 + MOST_LANES + 5):
        script.born(ident)
    script.read()
    assert (len(script.live.lanes.shown), script.live.lanes.offered) == (MOST_LANES, MOST_LANES + 5)
    script.died(101)
    script.read()
    script.born(7)
    script.read()
    names = [lane.name for lane in script.live.lanes.shown]
    assert len(names) == MOST_LANES and "t101" not in names and names[-1] == "t7"


def test_a_lane_keeps_few_bars_and_loses_no_running_time() -> None:
    script = Script()
    script.born(7)
    for number in range(5 * MOST_BARS):
        script.step(7, waits())
        script.now += number % 7
    script.read()
    (lane,) = script.live.lanes.shown
    bars = list(lane.bars(script.now))
    assert len(bars) <= MOST_BARS
    for _task, _cause, _wake, begin, end, _ending in script.steps:
        assert any(start <= begin and end <= stop for start, stop in bars)


@pytest.mark.parametrize(("verb", "data", "outcome"), [(Verb.END, {}, Outcome.RETURNED), (Verb.END, {"error": "E"}, Outcome.RAISED)])
def test_the_lane_of_a_thread_is_interrupted_by_its_waits(verb: Verb, data: dict[str, Any], outcome: Outcome) -> None:
    script = Script()
    script.spawn("t", "thread", name="Thread-1", function="work", arguments="")
    script.row(Verb.BEGIN, "t", thread=12)
    begin = script.now
    script.row(Verb.WAIT, "x", thread=12, how="join")
    script.row(Verb.WAITED, "x", thread=12)
    script.row(verb, "t", thread=12, **data)
    script.read()
    (lane,) = script.live.lanes.shown
    assert (lane.name, lane.call, lane.outcome, lane.ended_ns) == ("Thread-1", "work()", outcome, script.now - 10)
    assert list(lane.bars(script.now)) == [(begin, begin + 10), (begin + 20, begin + 30)]


def test_calls_of_a_pool_are_drawn_on_the_lanes_of_its_workers() -> None:
    script = Script()
    script.spawn("b", "batch", items=3, function="square")
    for number, pid in ((0, 2), (1, 3), (2, 2)):
        script.row(Verb.BEGIN, f"j{number}", pid, 22, of="b")
        script.row(Verb.END, f"j{number}", pid, 22)
    script.read()
    assert [(lane.name, lane.call, len(list(lane.bars(script.now)))) for lane in script.live.lanes.shown] == [
        ("pid 2", "square", 2),
        ("pid 3", "square", 1),
    ]


def test_the_cell_runs_but_for_the_loops_that_it_runs_and_the_works_that_it_waits_for() -> None:
    script = Script()
    script.log.events[1] = (Kind.ROOT, BEGIN, MARKER, 0, None)
    script.log.add(Kind.LOOP_RAN, script.tick(), MARKER, 1, MAIN)
    script.log.add(Kind.LOOP_RAN, script.tick(), MARKER, 0, MAIN)
    script.tick()
    script.row(Verb.WAIT, "x", how="join")
    script.read()
    assert list(script.live.cell.bars(script.now)) == [(BEGIN, BEGIN + 10), (BEGIN + 20, BEGIN + 40)]
