"""What the critical path promises of any trace, and of programs that really ran."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics import trace as recorded
from async_magics.analysis.critical_path import CriticalPath, critical_path
from async_magics.analysis.path_steps import PathStep, Why
from async_magics.model import Cause, SliceTable, State, TaskKind, Trace, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, ns
from tests.strategies import traces


def check_tiling(path: CriticalPath) -> None:
    """The steps tile the time from 0 to the end of something that ended, or of the cell."""
    now = 0
    for step in path.steps:
        assert step.start_ns == now < step.end_ns
        now = step.end_ns
    assert now == path.end_ns <= path.trace.end_ns
    cell_end = path.trace.cell_end_ns
    assert now in {path.trace.end_ns, cell_end, 0, *(task.ended_ns for task in path.trace.tasks)}


def check_slices(path: CriticalPath) -> None:
    """A step lies within the slice that it names, in the state that it says; only what is not known names none."""
    trace = path.trace
    table = trace.slices
    for task, start_ns, end_ns, row, why in path.rows:
        if row < 0:
            assert why is Why.UNKNOWN
            continue
        assert table.task[row] == task
        state = State(table.state[row])
        if why in (Why.RAN, Why.LOOP_BUSY, Why.WORKER_BUSY):
            assert state is State.RUNNING and table.start_ns[row] <= start_ns < end_ns <= table.end_ns[row]
        elif why in (Why.QUEUED, Why.STARTED):
            assert state is State.RUNNABLE
        elif why in (Why.TIMER, Why.TIMEOUT, Why.IO, Why.THREAD, Why.RESULT):
            assert state is State.WAITING


@settings(max_examples=60)
@given(traces())
def test_any_trace_has_a_path_that_tiles_its_time(trace: Trace) -> None:
    path = critical_path(trace)
    check_tiling(path)
    check_slices(path)
    assert bool(path.text("en")) == bool(path.text("ru")) == bool(path.rows)


@st.composite
def loops(draw: st.DrawFn) -> Trace:
    """One loop that runs one thing at a time: tasks sleep, yield, or wait for another until that one wakes them.

    A simulation, so that causes are known: who is ready runs in turn, as in asyncio.
    """
    count = draw(st.integers(1, 5))
    script = TraceScript()
    plans = [draw(st.lists(st.sampled_from(["sleep", "yield", "await"]), max_size=4)) for _ in range(count)]
    lengths = st.integers(1, 9)
    script.running(0, 0, 1)
    ids = [script.task(f"t{number}", "f", parent=0) for number in range(count)]
    now, over = 1.0, dict[int, float]()
    ready: list[tuple[float, int, Cause, int | None]] = [(0.0, number, Cause.SPAWN, 0) for number in range(count)]
    timers: list[tuple[float, int]] = []
    waiting: dict[int, list[int]] = {}
    began: dict[int, float] = {}
    position = dict.fromkeys(range(count), 0)
    while ready or timers:
        if not ready:
            now = max(now, min(timers)[0])
        for due, number in sorted(timer for timer in timers if timer[0] <= now):
            timers.remove((due, number))
            script.waiting(ids[number], began[number], now, WaitKind.SLEEP, delay_ns=ns(due - began[number]))
            ready.append((now, number, Cause.TIMER, None))
        since, number, cause, waker = ready.pop(0)
        if since < now:
            script.ready(ids[number], since, now, cause, waker=waker)
        stop = now + draw(lengths)
        script.running(ids[number], now, stop)
        now = stop
        began[number] = now
        plan = plans[number][position[number]] if position[number] < len(plans[number]) else "end"
        position[number] += 1
        target = number + 1  # only later ones are awaited, so nobody waits in a circle
        if plan == "yield" or (plan == "await" and (target >= count or target in over)):
            ready.append((now, number, Cause.ITSELF, None))
        elif plan == "sleep":
            timers.append((now + draw(lengths), number))
        elif plan == "await":
            waiting.setdefault(target, []).append(number)
        else:
            over[number] = now
            script.end(ids[number], now)
            for waiter in waiting.pop(number, []):
                script.waiting(ids[waiter], began[waiter], now, WaitKind.TASK, targets=(ids[number],))
                ready.append((now, waiter, Cause.TASK, ids[number]))
    return script.trace(cell_end=1)


def linked(trace: Trace, before: PathStep, after: PathStep) -> bool:
    """Whether one step led to the next: same task, its creator, whoever woke it or was awaited by it, or whoever had its loop."""
    if before.task == after.task or Why.LOOP_BUSY in (before.why, after.why) or after.why is Why.READY:
        return trace.tasks[before.task].track == trace.tasks[after.task].track
    born = trace.tasks[after.task].parent == before.task
    own = [item for item in trace.slices.of(after.task) if item.start_ns <= after.start_ns]
    awaited = any(item.wait and before.task in item.wait.targets and item.end_ns == after.start_ns for item in own)
    return born or awaited or any(item.waker == before.task and item.start_ns == after.start_ns for item in own)


@settings(max_examples=200)
@given(loops())
def test_a_path_through_a_loop_is_linked_and_knows_every_reason(trace: Trace) -> None:
    path = critical_path(trace)
    check_tiling(path)
    check_slices(path)
    assert path.end_ns == trace.end_ns
    assert Why.UNKNOWN not in {step.why for step in path.steps}
    assert all(linked(trace, before, after) for before, after in pairwise(path.steps))


@given(loops(), st.sets(st.integers(0, 30), max_size=8))
def test_dropped_slices_and_wakers_do_not_break_it(trace: Trace, dropped: set[int]) -> None:
    kept = SliceTable()
    for row, item in enumerate(trace.slices):
        if row not in dropped:
            kept.append(item)
    for row in dropped:
        if row < len(kept):
            kept.waker[row] = -1
    broken = Trace(name="b", tracks=trace.tracks, tasks=trace.tasks, slices=kept, end_ns=trace.end_ns, cell_end_ns=trace.cell_end_ns)
    check_tiling(critical_path(broken))
    check_slices(critical_path(broken))


async def slow() -> None:
    await asyncio.sleep(0.02)


def run(main: Callable[[], Awaitable[object]]) -> Recorded:
    """Run a coroutine function on a loop of its own and record it there."""

    async def watched() -> Recorded:
        async with recorded() as found:
            await main()
        return found

    return asyncio.run(watched())


def test_gather_of_real_tasks() -> None:
    async def twice() -> None:
        await slow()
        await slow()

    found = run(lambda: asyncio.gather(slow(), twice(), slow()))
    path = found.critical_path
    check_tiling(path)
    (longest,) = [task.id for task in found.tasks if task.function.endswith("twice")]
    waits = [step for step in path.steps if step.why is Why.TIMER]
    assert [step.task for step in waits] == [longest, longest]
    assert {step.wait.kind for step in waits if step.wait} == {WaitKind.SLEEP}
    assert {step.location.function for step in waits if step.location} == {"slow"}


def test_a_producer_and_a_consumer() -> None:
    """Each item takes a sleep of the producer's: none of the consumer's waits is on the path."""

    async def produce(queue: asyncio.Queue[int]) -> None:
        for number in range(3):
            await slow()
            await queue.put(number)

    async def consume(queue: asyncio.Queue[int]) -> None:
        for _ in range(3):
            await queue.get()

    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        await asyncio.gather(produce(queue), consume(queue))

    found = run(main)
    by = [found.tasks[step.task].function.rpartition(".")[2] for step in found.critical_path.steps if step.state is State.WAITING
          and step.why is Why.TIMER]  # fmt: skip
    assert by == ["produce"] * 3
    assert not any(step.wait is not None and step.wait.kind is WaitKind.QUEUE_GET for step in found.critical_path.steps
                   if step.why is not Why.READY)  # fmt: skip


def test_a_blocked_loop() -> None:
    async def block() -> None:
        time.sleep(0.06)  # noqa: ASYNC251  # blocks the loop on purpose

    async def sleeper() -> None:
        await asyncio.sleep(0.01)

    found = run(lambda: asyncio.gather(sleeper(), block()))
    functions = {found.tasks[step.task].function.rpartition(".")[2] for step in found.critical_path.steps if step.state is State.RUNNING}
    assert "block" in functions


def test_a_job_in_another_thread() -> None:
    found = run(lambda: asyncio.to_thread(time.sleep, 0.02))
    path = found.critical_path
    assert [step.why for step in path.steps if found.tasks[step.task].kind is TaskKind.JOB] == [Why.QUEUED, Why.RAN]


def test_threads_of_a_pool_take_jobs_in_turn() -> None:
    gate = threading.Semaphore(3)
    with recorded() as found, ThreadPoolExecutor(1) as pool:
        jobs = [pool.submit(gate.acquire) for _ in range(3)]
        [job.result() for job in jobs]
    path = found.critical_path
    check_tiling(path)
    ran = [step.task for step in path.steps if found.tasks[step.task].kind is TaskKind.JOB and step.state is State.RUNNING]
    assert ran == sorted(ran)


def test_a_thread_that_is_joined() -> None:
    def work() -> None:
        time.sleep(0.02)

    with recorded() as found:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    kinds = [found.tasks[step.task].kind for step in found.critical_path.steps if step.why is Why.RAN]
    assert kinds == [TaskKind.CELL, TaskKind.THREAD, TaskKind.CELL]


def test_asyncio_run_in_plain_code() -> None:
    with recorded() as found:
        asyncio.run(slow())
    timers = [step for step in found.critical_path.steps if step.why is Why.TIMER]
    assert [found.tasks[step.task].function for step in timers] == ["slow"]
