"""AM402 and AM403 on traces written by hand: what an interrupted cell was caught in."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.analysis.findings.deadlocks import Circle, Forgotten, _cycle
from async_magics.model import InstantKind, Outcome, TaskKind, Trace, Wait, WaitKind
from async_magics.testing import TraceScript, line, ns

from .scripted import chain, said

LOCK, TASK, GATHER, QUEUE = WaitKind.LOCK, WaitKind.TASK, WaitKind.GATHER, WaitKind.QUEUE_GET
SOURCE = "queue = asyncio.Queue()\nevent = asyncio.Event()\nlock = asyncio.Lock()"


def hung(*waits: Wait, interrupted: str | None = "CancelledError", extra: TaskKind | None = None, source: str = SOURCE,
         since: float = 0.1, libraries: tuple[str, ...] = ()) -> Trace:  # fmt: skip
    """The cell gathers tasks ``a``, ``b``, …, each of which waits; the stop button is pressed at 1 s."""
    script = TraceScript(source=source)
    tasks = [script.task(name) for name, _ in zip("abcdef", waits, strict=False)]
    script.waiting(0, 0.1, 1.0, GATHER, targets=tuple(tasks), count=len(tasks), chain=chain(9))
    for task, wait in zip(tasks, waits, strict=True):
        script.running(task, 0, since)
        place = (line(1, file=libraries[0]), *wait.chain) if libraries else wait.chain
        script.waiting(task, since, 1.0, wait.kind, **{**fields(wait), "chain": place})
        script.running(task, 1.0, 1.01)
        script.end(task, 1.01, Outcome.CANCELLED)
    if extra is not None:
        other = script.task("other", kind=extra)
        script.running(other, 0.1, 2.0)
    script.instant(InstantKind.CANCEL_REQUESTED, 1.0, task=0)
    script.end(0, 1.02, Outcome.RAISED if interrupted else Outcome.RETURNED, interrupted)
    return script.trace(1.02)


def fields(wait: Wait) -> dict[str, Any]:
    return {name: getattr(wait, name) for name in ("delay_ns", "deadline_ns", "count", "targets", "name")}


def waits(kind: WaitKind, *targets: int, name: str = "", number: int = 5, **others: Any) -> Wait:
    return Wait(kind=kind, targets=targets, name=name, chain=chain(number), **others)


TWO_LOCKS = (waits(LOCK, 2, name="Lock#1"), waits(LOCK, 1, name="Lock#2", number=8))


def test_two_locks() -> None:
    (finding,) = Circle().check(hung(*TWO_LOCKS))
    assert said(Circle(), hung(*TWO_LOCKS)) == ["deadlock, each waits for the next: a → Lock#1 → b → Lock#2 → a"]
    assert said(Circle(), hung(*TWO_LOCKS), "ru") == ["взаимная блокировка, каждый ждёт следующего: a → Lock#1 → b → Lock#2 → a"]
    assert (finding.tasks, finding.start_ns, finding.end_ns, finding.error) == ((1, 2), ns(0.1), ns(1.0), True)
    assert said(Forgotten(), hung(*TWO_LOCKS)) == []


@pytest.mark.parametrize(
    ("found", "circle"),
    [
        (hung(waits(LOCK, 1)), "a → Lock → a"),
        (hung(waits(TASK, 2), waits(TASK, 3), waits(TASK, 1)), "a → b → c → a"),
        (hung(waits(QUEUE), waits(TASK, 3), waits(GATHER, 1, 2, count=2)), "b → c → b"),
        (hung(waits(WaitKind.WAIT, 2, name="ALL_COMPLETED"), waits(TASK, 1)), "a → b → a"),
        (hung(*TWO_LOCKS, interrupted="KeyboardInterrupt"), "a → Lock#1 → b → Lock#2 → a"),
        (hung(*TWO_LOCKS, source=""), "a → Lock#1 → b → Lock#2 → a"),
    ],
)
def test_circles(found: Trace, circle: str) -> None:
    assert said(Circle(), found) == [f"deadlock, each waits for the next: {circle}"]


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("it was not interrupted", hung(*TWO_LOCKS, interrupted=None)),
        ("it failed", hung(*TWO_LOCKS, interrupted="ValueError")),
        ("one of them has a limit", hung(waits(LOCK, 2, deadline_ns=ns(3)), waits(LOCK, 1, name="Lock#2"))),
        ("a wait with a time-out", hung(waits(WaitKind.WAIT_FOR, 2, delay_ns=ns(3)), waits(TASK, 1))),
        ("the first is enough", hung(waits(WaitKind.WAIT, 2, 3, name="FIRST_COMPLETED"), waits(TASK, 1), waits(WaitKind.SLEEP))),
        ("the holder sleeps", hung(waits(LOCK, 2), waits(WaitKind.SLEEP))),
        ("it had only just begun", hung(*TWO_LOCKS, since=0.9)),
        ("the cell waits and nobody waits for it", hung(waits(WaitKind.SLEEP))),
    ],
)
def test_no_circle(why: str, found: Trace) -> None:
    assert said(Circle(), found) == [], why


def test_the_interrupt_of_a_program_is_the_first_of_the_requests_that_it_makes() -> None:
    """``asyncio.run`` cancels its task, which passes that on; an earlier cancellation from outside is something else."""
    script = TraceScript()
    main, a, b = (script.task(name) for name in ("main", "a", "b"))
    script.waiting(main, 0.1, 1.001, GATHER, targets=(a, b), count=2)
    script.waiting(a, 0.1, 1.0001, LOCK, targets=(b,), name="Lock#1")
    script.waiting(b, 0.1, 1.0003, LOCK, targets=(a,), name="Lock#2")
    script.instant(InstantKind.CANCEL_REQUESTED, 0.4, task=a)
    for at, task in ((1.0, main), (1.0002, a), (1.0004, b)):
        script.instant(InstantKind.CANCEL_REQUESTED, at, task=task)
    script.end(0, 1.1, Outcome.RAISED, "KeyboardInterrupt")
    assert said(Circle(), script.trace(1.1)) == ["deadlock, each waits for the next: a → Lock#1 → b → Lock#2 → a"]


@pytest.mark.parametrize(("got", "circle"), [(None, "a → Lock#1 → b → a"), (0.5, None)])
def test_the_holder_is_the_last_who_got_the_lock(got: float | None, circle: str | None) -> None:
    """``a`` waits for a lock that ``b`` held; if ``c`` gets it meanwhile, ``b`` is not to blame any more."""
    script = TraceScript()
    a, b, c = (script.task(name) for name in "abc")
    script.waiting(a, 0.1, 1.0, LOCK, name="Lock#1", targets=(b,))
    script.waiting(b, 0.1, 1.0, TASK, targets=(a,))
    if got is not None:
        script.waiting(c, 0.05, got, LOCK, name="Lock#1", targets=(b,))
        script.waiting(c, got, 1.0, WaitKind.SLEEP)
    script.instant(InstantKind.CANCEL_REQUESTED, 1.0, task=0)
    script.end(0, 1.0, Outcome.RAISED, "CancelledError")
    assert said(Circle(), script.trace(1.0)) == ([f"deadlock, each waits for the next: {circle}"] if circle else [])


def test_tasks_that_make_the_same_call_are_told_apart() -> None:
    script = TraceScript()
    tasks = [script.task(f"Task-{number}", "use", "") for number in (4, 5)]
    for task, other, name in ((tasks[0], tasks[1], "Lock#1"), (tasks[1], tasks[0], "Lock#2")):
        script.waiting(task, 0.1, 1.0, LOCK, targets=(other,), name=name)
    script.end(0, 1.0, Outcome.RAISED, "CancelledError")
    assert said(Circle(), script.trace(1.0)) == ["deadlock, each waits for the next: Task-4 → Lock#1 → Task-5 → Lock#2 → Task-4"]


def test_cycles_of_graphs() -> None:
    assert _cycle({}) == []
    assert _cycle({1: (2,), 2: (3,), 3: ()}) == []
    assert _cycle({1: (2, 3), 2: (4,), 3: (4,), 4: (3,)}) == [4, 3]
    wide = {number: (number + 1, number + 2) for number in range(2000)}
    assert _cycle(wide) == []
    assert _cycle({**wide, 2001: (1500,)})[0] == 1500


# ---------------------------------------------------------------------- nobody left
ONE_QUEUE = (waits(QUEUE, number=4),)


def test_nobody_puts_into_the_queue() -> None:
    (finding,) = Forgotten().check(hung(*ONE_QUEUE))
    text = "a waited for queue.get (line 4), and no task of the cell was left that could have ended that"
    assert said(Forgotten(), hung(*ONE_QUEUE)) == [text]
    assert "queue.put(None)" in finding.instead.text
    assert (finding.tasks, finding.error, finding.location) == ((1,), True, line(4, function="main"))


def test_those_who_wait_at_the_same_line_are_one_finding() -> None:
    first, second = said(Forgotten(), hung(*ONE_QUEUE, *ONE_QUEUE, waits(WaitKind.EVENT, number=7)))
    assert first.startswith("a, b waited for queue.get (line 4)") and second.startswith("c waited for Event (line 7)")


@pytest.mark.parametrize(
    ("kind", "advice"), [(WaitKind.EVENT, "event.set()"), (WaitKind.LOCK, "async with lock:"), (WaitKind.QUEUE_JOIN, "task_done()")]
)
def test_advice(kind: WaitKind, advice: str) -> None:
    (finding,) = Forgotten().check(hung(waits(kind)))
    assert advice in finding.instead.text


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("it was not interrupted", hung(*ONE_QUEUE, interrupted=None)),
        ("somebody sleeps", hung(*ONE_QUEUE, waits(WaitKind.SLEEP))),
        ("somebody reads", hung(*ONE_QUEUE, waits(WaitKind.STREAM_READ))),
        ("somebody waits for a thread", hung(*ONE_QUEUE, waits(WaitKind.EXECUTOR))),
        ("a thread is at work", hung(*ONE_QUEUE, extra=TaskKind.THREAD)),
        ("a task runs", hung(*ONE_QUEUE, extra=TaskKind.ASYNCIO)),
        ("a limit", hung(waits(QUEUE, deadline_ns=ns(3)))),
        ("the queue is from elsewhere", hung(*ONE_QUEUE, source="await work()")),
        ("another kind of thing was made here", hung(*ONE_QUEUE, source="event = asyncio.Event()")),
        ("a library waits", hung(*ONE_QUEUE, libraries=("/lib/site-packages/aiohttp/client.py",))),
        ("it had only just begun", hung(*ONE_QUEUE, since=0.9)),
    ],
)
def test_somebody_might_have_ended_it(why: str, found: Trace) -> None:
    assert said(Forgotten(), found) == [], why


def test_the_cells_own_frames_of_ipython_are_no_library() -> None:
    frame = "/lib/site-packages/IPython/core/interactiveshell.py"
    assert len(said(Forgotten(), hung(*ONE_QUEUE, libraries=(frame,)))) == 1
