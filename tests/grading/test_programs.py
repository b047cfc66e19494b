"""Real programs, asked: coroutines, threads, pools, processes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from async_magics.errors import OptionError
from async_magics.grading import check, require, run, tasktrace

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


async def meet(barrier: asyncio.Barrier) -> None:
    await barrier.wait()


async def together() -> str:
    barrier = asyncio.Barrier(3)
    await asyncio.gather(*(asyncio.create_task(meet(barrier), name=name) for name in "abc"))
    return "done"


async def one_by_one() -> None:
    for name in "abc":
        await asyncio.create_task(asyncio.sleep(0), name=name)


def test_tasks_that_meet_overlap_and_others_do_not() -> None:
    good, bad = run(together), run(one_by_one)
    assert good.value == "done"
    assert good.task("a").overlaps("b") and good.at_once("meet") == 3
    assert not bad.task("a").overlaps("b") and bad.task("a").ran_before("b") and bad.finished_in_order("a", "b", "c")
    assert not bad.finished_in_order("c", "a") and bad.no_leaks()


def test_a_semaphore_lets_two_at_a_time() -> None:
    async def fetch(places: asyncio.Semaphore) -> None:
        async with places:
            await asyncio.sleep(0.001)

    async def main(size: int) -> None:
        places = asyncio.Semaphore(size)
        await asyncio.gather(*(fetch(places) for _ in range(5)))

    assert [int(run(main, size).at_once("fetch")) for size in (1, 2, 5)] == [1, 2, 5]
    assert run(main, 2).count("fetch") == 5


def test_a_task_that_nobody_awaits_is_a_leak() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.Event().wait(), name="forgotten")
        await asyncio.sleep(0)
        assert not task.done()

    assert "forgotten" in str(run(main).no_leaks()) and not run(main).no_leaks()


def test_a_task_that_the_program_cancels_is_none() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.Event().wait(), name="stopped")
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    trace = run(main)
    require(trace.no_leaks(), trace.task("stopped").was_cancelled(), ~trace.task("stopped").returned())


async def leave_a_generator() -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    async for number in numbers():
        if number:
            break


async def give_up() -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.001)


async def stop_workers() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> None:
        while True:
            await queue.get()
            queue.task_done()

    workers = [asyncio.create_task(work()) for _ in range(2)]
    queue.put_nowait(1)
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)


async def one_of_a_group_fails() -> None:
    async def fail() -> None:
        raise ValueError

    with contextlib.suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())
            group.create_task(fail())


async def use_threads() -> None:
    await asyncio.gather(*(asyncio.to_thread(int) for _ in range(3)))


@pytest.mark.parametrize("program", [leave_a_generator, give_up, stop_workers, one_of_a_group_fails, use_threads, together, one_by_one])
def test_a_tidy_program_leaves_nothing_behind(program: Any) -> None:
    verdict = run(program).no_leaks()
    assert verdict, verdict


def test_a_coroutine_that_nobody_awaits_is_a_leak() -> None:
    async def main() -> None:
        asyncio.sleep(0)

    assert "never awaited: sleep" in str(run(main()).no_leaks())


def test_blocking_is_found_at_its_line() -> None:
    async def main() -> None:
        other = asyncio.create_task(asyncio.sleep(0.001))
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251 - what is to be found
        await other

    verdict = run(main).no_blocking(longer_than=0.1)
    assert not verdict and "time.sleep(0.5)" in str(verdict)
    assert run(together).no_blocking(longer_than=10)


def test_threads_overlap_and_are_told_from_the_loop() -> None:
    meeting = threading.Barrier(2)

    def main() -> None:
        threads = [threading.Thread(target=meeting.wait, name=name) for name in ("left", "right")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    trace = run(main)
    require(trace.task("left").overlaps("right"), trace.task("left").in_thread(), trace.max_concurrency == 2, trace.no_leaks())
    assert not trace.task("left").in_process()


def test_jobs_of_a_pool_count() -> None:
    meeting = threading.Barrier(3)

    def work(number: int) -> int:
        meeting.wait()
        return number

    def main() -> list[int]:
        with ThreadPoolExecutor(3) as pool:
            return list(pool.map(work, range(3)))

    trace = run(main)
    assert trace.value == [0, 1, 2]
    require(trace.at_once("work") == 3, trace.task("work(1)").in_thread(), trace.no_leaks(), trace.task("work", 0).overlaps("work(2)"))


def test_what_the_program_raises_is_raised_and_the_trace_is_there() -> None:
    async def main() -> None:
        raise ZeroDivisionError

    recording = tasktrace("broken")
    with pytest.raises(ZeroDivisionError), recording:
        asyncio.run(main())
    assert recording.task("main").raised(ZeroDivisionError) and recording.name == "broken"


def test_inside_a_loop_async_with_is_what_records() -> None:
    async def main() -> None:
        with pytest.raises(OptionError, match="a loop runs here already: use `async with"):
            run(together())
        with pytest.raises(OptionError, match="a loop runs here already"):
            run(together)
        async with tasktrace() as trace:
            await together()
        assert trace.task("a").overlaps("b") and trace.no_leaks()

    asyncio.run(main())


def test_a_recording_that_is_there_can_be_asked() -> None:
    from async_magics import trace

    with trace("plain") as recorded:
        asyncio.run(together())
    for known in (recorded, recorded.trace):
        assert check(known).task("a").overlaps("b")
