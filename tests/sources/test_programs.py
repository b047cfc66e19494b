"""Small programs whose schedule is known: every state, wait, waker and outcome must be in the trace as it was."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import sys
import threading
import time
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from async_magics.api import Recording
from async_magics.model import InstantKind, Outcome, State, Trace, WaitKind

from .story import check, instants, named, record, story

TICK = 0.005
START = ["ready: spawn by main", "run"]
SLEEP = ["wait: sleep 5 ms", "ready: timer", "run"]


def named_task(coro: Any, name: str) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(coro, name=name)


def main_is(name: str = "main") -> None:
    task = asyncio.current_task()
    assert task is not None
    task.set_name(name)


async def nap(seconds: float = TICK, result: Any = None) -> Any:
    await asyncio.sleep(seconds)
    return result


async def after(other: asyncio.Task[Any]) -> None:
    """Finish for certain after another task."""
    await asyncio.wait([other])
    await asyncio.sleep(TICK)


async def fail(seconds: float = TICK) -> None:
    await asyncio.sleep(seconds)
    raise ValueError("no")


def test_sleep() -> None:
    """A task that sleeps is ready, runs, waits for its timer, is ready, runs."""

    async def main() -> None:
        main_is()
        await named_task(nap(), "a")

    found = record(main).trace
    check(found)
    assert story(found, "a") == [*START, *SLEEP, "returned"]
    assert story(found, "main")[1:] == ["run", "wait: task [a]", "ready: task by a", "run", "returned"]
    assert named(found, "a").call == "nap(0.005, None)"
    assert named(found, "a").parent == named(found, "main").id


def test_yielding_is_being_ready() -> None:
    """``sleep(0)`` is no waiting: the task made itself ready again."""

    async def main() -> None:
        main_is()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert story(record(main).trace, "main") == ["ready: spawn", "run", "ready: itself", "run", "ready: itself", "run", "returned"]


def test_yields_between_waits() -> None:
    """Steps that only yield are kept in a shorter form; they stand between the others in order."""

    async def gives_way() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(TICK)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def main() -> None:
        main_is()
        await named_task(gives_way(), "a")

    found = record(main).trace
    check(found)
    again = ["ready: itself", "run"]
    assert story(found, "a") == [*START, *again * 2, *SLEEP, *again * 3, "returned"]


def test_a_task_made_in_the_context_of_the_running_one() -> None:
    """A task that asks for its first step is not taken for the one that runs, even where they share everything else."""

    async def main() -> None:
        main_is()
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()

        async def makes() -> None:
            asyncio.current_task().set_name("maker")  # type: ignore[union-attr]
            children.append(asyncio.Task(yields(), loop=loop, name="child", context=context))
            await asyncio.sleep(0)
            await children[0]

        async def yields() -> None:
            asyncio.current_task().set_name("child")  # type: ignore[union-attr]
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        children: list[asyncio.Task[None]] = []
        await loop.create_task(makes(), context=context)

    found = record(main).trace
    check(found)
    assert story(found, "maker")[:5] == [*START, "ready: itself", "run", "wait: task [child]"]
    steps = [piece for piece in found.slices if piece.state is State.RUNNING]
    assert Counter(found.tasks[piece.task].name for piece in steps)["child"] == 3


def test_code_that_ends_in_the_middle_of_a_step() -> None:
    """What the running task does later in that step, when nobody counts it as running any more, does not go astray."""

    async def yields() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def main() -> Trace:
        outer, inner = Recording(), Recording()
        other = asyncio.get_running_loop().create_task(yields())
        outer.start()
        inner.start()
        main_is()
        await asyncio.sleep(0)
        inner.stop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await other
        outer.stop()
        return outer.trace

    found = asyncio.run(main())
    check(found)
    assert story(found, "cell")[:6] == ["run", "ready: itself"] * 3


def test_a_cancelled_step_lets_go_of_its_task() -> None:
    """As asyncio's own handle does."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(nap())
        gone = weakref.ref(task)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        handle = loop._ready[-1]  # type: ignore[attr-defined]
        handle.cancel()
        task.get_coro().close()  # type: ignore[union-attr]
        del task
        gc.collect()
        assert gone() is None and handle.cancelled()

    record(main)


def test_one_after_another() -> None:
    """Awaited coroutines run in the task that awaits them, one after another."""

    async def main() -> None:
        main_is()
        await nap()
        await nap()

    assert story(record(main).trace, "main") == ["ready: spawn", "run", *SLEEP, *SLEEP, "returned"]


def test_awaiting_a_finished_task_goes_on() -> None:
    """Awaiting what is done already does not wait."""

    async def main() -> None:
        main_is()
        task = named_task(asyncio.sleep(0), "a")
        await nap()
        await task

    assert story(record(main).trace, "main") == ["ready: spawn", "run", *SLEEP, "returned"]


def test_gather() -> None:
    """``gather`` waits for its children, and the last one wakes it."""

    async def main() -> None:
        main_is()
        first = named_task(nap(), "a")
        await asyncio.gather(first, named_task(after(first), "b"))

    found = record(main).trace
    check(found)
    assert story(found, "main") == ["ready: spawn", "run", "wait: gather 2 [a, b]", "ready: task by b", "run", "returned"]


def test_gather_fails_and_siblings_run_on() -> None:
    """The first exception wakes the waiting task; the other child is not cancelled."""

    async def main() -> None:
        main_is()
        first = named_task(fail(), "a")
        other = named_task(after(first), "b")
        try:
            await asyncio.gather(first, other)
        except ValueError:
            await other

    found = record(main).trace
    assert story(found, "a") == [*START, *SLEEP, "raised ValueError"]
    assert named(found, "a").message == "no"
    assert story(found, "main")[2:5] == ["wait: gather 2 [a, b]", "ready: task by a", "run"]
    assert story(found, "b")[-1] == "returned"


def test_gather_returns_exceptions() -> None:
    """With ``return_exceptions`` the last child wakes it."""

    async def main() -> None:
        main_is()
        first = named_task(fail(), "a")
        await asyncio.gather(first, named_task(after(first), "b"), return_exceptions=True)

    assert "ready: task by b" in story(record(main).trace, "main")


def test_cancelled_while_asleep() -> None:
    """Who cancelled, in which line, and when it arrived."""

    async def main() -> None:
        main_is()
        task = named_task(nap(5), "a")
        await nap()
        task.cancel()
        await asyncio.wait([task])

    found = record(main).trace
    assert story(found, "a") == [*START, "wait: sleep 5000 ms", "ready: task by main (task.cancel())", "run", "cancelled"]
    assert instants(found, InstantKind.CANCEL_REQUESTED) == [("a", "main", "task.cancel()")]
    assert [item[0] for item in instants(found, InstantKind.CANCEL_DELIVERED)] == ["a"]
    assert not instants(found, InstantKind.CANCEL_SWALLOWED)


def test_cancelled_before_it_began() -> None:
    """A task that never ran still knows who cancelled it."""

    async def main() -> None:
        main_is()
        task = named_task(nap(5), "a")
        task.cancel()
        await asyncio.wait([task])

    found = record(main).trace
    assert story(found, "a") == [*START, "cancelled"]
    assert instants(found, InstantKind.CANCEL_REQUESTED) == [("a", "main", "task.cancel()")]


def test_cancellation_swallowed() -> None:
    """A task that takes no notice of its cancellation is said to."""

    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(5)

    async def main() -> None:
        main_is()
        task = named_task(stubborn(), "a")
        await nap()
        task.cancel()
        await task

    found = record(main).trace
    assert named(found, "a").outcome is Outcome.RETURNED
    assert instants(found, InstantKind.CANCEL_SWALLOWED) == [("a", "main", "task.cancel()")]


def test_cancellation_with_clean_up_is_not_swallowed() -> None:
    """Waiting in a ``finally`` and then ending as cancelled is no fault."""

    async def tidy() -> None:
        try:
            await asyncio.sleep(5)
        finally:
            await asyncio.sleep(TICK)

    async def main() -> None:
        main_is()
        task = named_task(tidy(), "a")
        await nap()
        task.cancel()
        await asyncio.wait([task])

    found = record(main).trace
    assert story(found, "a")[-4:] == ["wait: sleep 5 ms", "ready: timer", "run", "cancelled"]
    assert not instants(found, InstantKind.CANCEL_SWALLOWED)


def test_a_task_cancels_itself() -> None:
    """The one who asks and the one who is asked are the same."""

    async def main() -> None:
        main_is()
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await nap()

    found = record(main, raises=asyncio.CancelledError).trace
    assert named(found, "main").outcome is Outcome.CANCELLED
    assert instants(found, InstantKind.CANCEL_REQUESTED)[0][:2] == ("main", "main")


def test_cancelling_a_waiting_parent_reaches_the_children() -> None:
    """Cancelling a task that gathers cancels what it gathers, in the name of the one who asked."""

    async def family() -> None:
        await asyncio.gather(named_task(nap(5), "a"), named_task(nap(5), "b"))

    async def main() -> None:
        main_is()
        task = named_task(family(), "family")
        await nap()
        task.cancel()
        await asyncio.wait([task])

    found = record(main).trace
    asked = {(task, by) for task, by, _line in instants(found, InstantKind.CANCEL_REQUESTED)}
    assert asked == {("family", "main"), ("a", "main"), ("b", "main")}
    assert [named(found, name).outcome for name in ("family", "a", "b")] == [Outcome.CANCELLED] * 3


def test_shield() -> None:
    """The outer wait is cancelled, the shielded task goes on."""

    async def waits(task: asyncio.Task[Any]) -> None:
        await asyncio.shield(task)

    async def main() -> None:
        main_is()
        inner = named_task(nap(0.03), "inner")
        outer = named_task(waits(inner), "outer")
        await nap()
        outer.cancel()
        await inner

    found = record(main).trace
    assert story(found, "outer")[2] == "wait: shield [inner]"
    assert story(found, "outer")[-1] == "cancelled"
    assert story(found, "inner")[-1] == "returned"


@pytest.mark.parametrize(("how", "waker"), [(asyncio.FIRST_COMPLETED, "a"), (asyncio.ALL_COMPLETED, "b")])
def test_wait(how: str, waker: str) -> None:
    """``wait`` is woken by the first or by the last."""

    async def main() -> None:
        main_is()
        first = named_task(nap(), "a")
        tasks = [first, named_task(after(first), "b")]
        await asyncio.wait(tasks, return_when=how)
        await asyncio.wait(tasks)

    lines = story(record(main).trace, "main")
    assert lines[2:4] == [f"wait: wait 2 {how} [a, b]", f"ready: task by {waker}"]


def test_wait_with_a_timeout() -> None:
    """``wait`` that runs out of time is woken by its timer."""

    async def main() -> None:
        main_is()
        task = named_task(nap(0.03), "a")
        await asyncio.wait([task], timeout=TICK)
        await task

    assert story(record(main).trace, "main")[2:4] == ["wait: wait 5 ms 1 ALL_COMPLETED [a]", "ready: timer"]


def test_wait_for_runs_out_of_time() -> None:
    """``wait_for`` names what it waits for and its time-out; the work is cancelled."""

    async def main() -> None:
        main_is()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(nap(5), TICK)

    found = record(main).trace
    check(found)
    lines = story(found, "main")
    assert lines[2].startswith("wait: wait_for 5 ms nap")
    assert lines[3] == "ready: timer"
    (asked,) = [item for item in found.instants if item.kind is InstantKind.CANCEL_REQUESTED]
    assert asked.text == "timeout"
    if sys.version_info >= (3, 12):
        wait = found.slices.of(named(found, "main").id)[2].wait
        assert wait is not None and wait.deadline_ns is not None


def test_wait_for_in_time() -> None:
    """``wait_for`` that is in time cancels nothing."""

    async def main() -> None:
        main_is()
        assert await asyncio.wait_for(nap(result=7), 5) == 7

    found = record(main).trace
    assert story(found, "main")[2].startswith("wait: wait_for 5000 ms nap")
    assert not instants(found, InstantKind.CANCEL_REQUESTED)


def test_timeout_block() -> None:
    """A wait inside ``asyncio.timeout`` carries the deadline; the time-out is not a swallowed cancellation."""

    async def main() -> None:
        main_is()
        try:
            async with asyncio.timeout(TICK):
                await asyncio.sleep(5)
        except TimeoutError:
            pass
        await nap()

    found = record(main).trace
    pieces = found.slices.of(named(found, "main").id)
    first, second = (piece for piece in pieces if piece.state is State.WAITING)
    assert first.wait is not None and second.wait is not None
    assert first.wait.deadline_ns is not None and abs(first.wait.deadline_ns - first.start_ns - TICK * 1e9) < 4e6
    assert second.wait.deadline_ns is None
    assert instants(found, InstantKind.CANCEL_REQUESTED) == [("main", "timeout", "")]
    assert not instants(found, InstantKind.CANCEL_SWALLOWED)


def test_task_group() -> None:
    """A group waits for its members, and they know their group."""

    async def main() -> None:
        main_is()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(nap(), name="a")
            group.create_task(after(first), name="b")

    found = record(main).trace
    assert story(found, "main")[2:4] == ["wait: TaskGroup 2 [a, b]", "ready: task by b"]
    assert named(found, "a").group == named(found, "b").group == 1
    place = named(found, "a").created_at
    assert place is not None and place.text == 'first = group.create_task(nap(), name="a")'


def test_task_group_aborts() -> None:
    """A member that fails has its siblings cancelled."""

    async def main() -> None:
        main_is()
        with suppress(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(), name="a")
                group.create_task(nap(5), name="b")

    found = record(main).trace
    assert ("b", "a", "") in instants(found, InstantKind.CANCEL_REQUESTED)
    assert {item.text for item in found.instants if item.kind is InstantKind.CANCEL_REQUESTED} == {"TaskGroup"}
    assert named(found, "b").outcome is Outcome.CANCELLED


def test_lock() -> None:
    """The one who releases a lock wakes the one who waits for it."""
    lock = None

    async def uses() -> None:
        async with lock:  # type: ignore[attr-defined]
            await asyncio.sleep(TICK)

    async def main() -> None:
        nonlocal lock
        main_is()
        lock = asyncio.Lock()
        await asyncio.gather(named_task(uses(), "a"), named_task(uses(), "b"))

    found = record(main).trace
    lines = story(found, "b")
    assert lines[2] == "wait: Lock [a]"
    assert lines[3].startswith("ready: task by a (async with lock:")


def test_locks_are_told_apart() -> None:
    """With more than one lock each has a number."""

    async def main() -> None:
        main_is()
        first, second = asyncio.Lock(), asyncio.Lock()
        await first.acquire()
        await second.acquire()
        tasks = [named_task(first.acquire(), "a"), named_task(second.acquire(), "b")]
        await nap()
        first.release()
        second.release()
        await asyncio.gather(*tasks)

    found = record(main).trace
    assert story(found, "a")[2] == "wait: Lock Lock#1 [main]"
    assert story(found, "b")[2] == "wait: Lock Lock#2 [main]"


def test_who_holds_a_lock() -> None:
    """It is the last one who took it; a lock taken before the recording has no holder, and locks stay what they are."""
    early = asyncio.Lock()

    async def takes(lock: asyncio.Lock) -> None:
        async with lock:
            await nap()

    async def twice(lock: asyncio.Lock) -> None:
        async with lock, lock:
            raise AssertionError("nobody can take a lock twice")

    async def main() -> None:
        main_is()
        lock = asyncio.Lock()
        assert not lock.locked() and vars(lock)["_locked"] is False
        await asyncio.gather(named_task(takes(lock), "a"), named_task(takes(lock), "b"))
        waiting = named_task(takes(early), "c")
        await nap()
        assert early.locked()
        early.release()
        await waiting
        stuck = named_task(twice(lock), "d")
        await nap()
        stuck.cancel()
        await asyncio.wait([stuck])
        assert not lock.locked()

    asyncio.run(early.acquire())
    found = record(main).trace
    assert story(found, "b")[2] == "wait: Lock Lock#1 [a]"
    assert story(found, "c")[2] == "wait: Lock Lock#2"
    assert story(found, "d")[2] == "wait: Lock Lock#1 [d]"
    assert "_locked" not in vars(asyncio.Lock) and not early.locked()


def test_event() -> None:
    """``Event.set`` wakes in the line where it is called."""

    async def main() -> None:
        main_is()
        event = asyncio.Event()
        task = named_task(event.wait(), "a")
        await nap()
        event.set()
        await task

    assert story(record(main).trace, "a") == [*START, "wait: Event", "ready: task by main (event.set())", "run", "returned"]


def test_condition() -> None:
    """``notify`` wakes who waits for a condition."""

    async def waits(condition: asyncio.Condition) -> None:
        async with condition:
            await condition.wait()

    async def main() -> None:
        main_is()
        condition = asyncio.Condition()
        task = named_task(waits(condition), "a")
        await nap()
        async with condition:
            condition.notify()
        await task

    assert story(record(main).trace, "a")[2:4] == ["wait: Condition", "ready: task by main (condition.notify())"]


def test_semaphore() -> None:
    """Two at once, the third waits."""

    async def uses(semaphore: asyncio.Semaphore) -> None:
        async with semaphore:
            await asyncio.sleep(TICK)

    async def main() -> None:
        main_is()
        semaphore = asyncio.Semaphore(2)
        await asyncio.gather(*(named_task(uses(semaphore), name) for name in "abc"))

    found = record(main).trace
    assert "wait: Semaphore" not in story(found, "b")
    assert story(found, "c")[2] == "wait: Semaphore"
    assert story(found, "c")[3].startswith("ready: task by a")


def test_queue() -> None:
    """Getting from an empty queue, putting into a full one, joining."""

    async def consumer(queue: asyncio.Queue[int]) -> None:
        for _ in range(2):
            await queue.get()
            await asyncio.sleep(TICK)
            queue.task_done()

    async def main() -> None:
        main_is()
        queue: asyncio.Queue[int] = asyncio.Queue(1)
        task = named_task(consumer(queue), "consumer")
        await nap()
        await queue.put(1)
        await queue.put(2)
        await queue.join()
        await task

    found = record(main).trace
    assert story(found, "consumer")[2:4] == ["wait: queue.get", "ready: task by main (await queue.put(1))"]
    lines = story(found, "main")
    assert "wait: queue.put" in lines and "ready: task by consumer (await queue.get())" in lines
    assert "wait: queue.join" in lines and "ready: task by consumer (queue.task_done())" in lines


def test_barrier() -> None:
    """All wait for the last one."""

    async def main() -> None:
        main_is()
        barrier = asyncio.Barrier(2)
        task = named_task(barrier.wait(), "a")
        await nap()
        await barrier.wait()
        await task

    lines = story(record(main).trace, "a")
    assert lines[2] == "wait: Barrier"
    assert lines[3].startswith("ready: task by main")


def test_streams() -> None:
    """Reading from a connection waits for I/O; the server's own task belongs to the program."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        main_is("server")
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    async def main() -> None:
        main_is()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        reader, writer = await asyncio.open_connection(host, port)
        await nap()
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        server.close()
        await server.wait_closed()

    found = record(main).trace
    check(found)
    lines = story(found, "main")
    assert "wait: connect open_connection" in lines
    assert lines[lines.index("wait: read readline") + 1] == "ready: io"
    assert "wait: read readline" in story(found, "server")


def test_a_thread_wakes() -> None:
    """``to_thread`` is named, its job is what the task waits for, and the job wakes the task."""

    gate = threading.Event()

    def work() -> None:
        assert gate.wait(10)
        gate.clear()

    async def main() -> None:
        main_is()
        loop = asyncio.get_running_loop()
        loop.call_soon(gate.set)  # runs once this task waits
        await asyncio.to_thread(work)
        loop.call_soon(gate.set)
        await loop.run_in_executor(None, work)

    lines = story(record(main).trace, "main")
    assert lines[2:4] == ["wait: executor test_a_thread_wakes.<locals>.work [work]", "ready: thread by work"]
    assert lines[5:7] == ["wait: executor [work]", "ready: thread by work"]


def test_call_soon_threadsafe() -> None:
    """A future that another thread resolves."""

    async def main() -> None:
        main_is()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        gate = threading.Event()
        thread = threading.Thread(target=lambda: gate.wait(10) and loop.call_soon_threadsafe(future.set_result, 1))
        thread.start()
        loop.call_soon(gate.set)
        assert await future == 1
        thread.join()

    assert story(record(main).trace, "main")[2:4] == ["wait: future", "ready: thread"]


def test_call_later() -> None:
    """A future that a timer resolves."""

    async def main() -> None:
        main_is()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_later(TICK, future.set_result, None)
        await future

    assert story(record(main).trace, "main")[2:4] == ["wait: future", "ready: timer"]


def test_a_callback_acts_for_the_task_that_made_it() -> None:
    """What a task's callback wakes, the task woke."""

    async def main() -> None:
        main_is()
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        async def resolves() -> None:
            loop.call_soon(future.set_result, None)

        named_task(resolves(), "a")
        await future

    assert story(record(main).trace, "main")[3] == "ready: task by a"


def test_async_generator() -> None:
    """A wait inside an asynchronous generator is seen through ``async for``."""

    async def ticks() -> AsyncIterator[int]:
        for number in range(2):
            await asyncio.sleep(TICK)
            yield number

    async def main() -> None:
        main_is()
        assert [number async for number in ticks()] == [0, 1]

    found = record(main).trace
    assert story(found, "main") == ["ready: spawn", "run", *SLEEP, *SLEEP, "returned"]
    waits = [piece.wait for piece in found.slices.of(named(found, "main").id) if piece.wait is not None]
    functions = [place.function.rpartition(".")[2] for place in waits[0].chain]
    assert functions[0] == "main" and functions[-2:] == ["ticks", "sleep"]


def test_awaitable_objects() -> None:
    """A wait inside ``__await__`` is seen."""

    class Patient:
        def __await__(self) -> Any:
            return asyncio.sleep(TICK).__await__()

    async def main() -> None:
        main_is()
        await Patient()

    assert story(record(main).trace, "main")[1:] == ["run", *SLEEP, "returned"]


def test_as_completed() -> None:
    """``as_completed`` is woken by each in turn."""

    async def main() -> None:
        main_is()
        first = named_task(nap(), "a")
        for done in asyncio.as_completed([first, named_task(after(first), "b")]):
            await done

    lines = story(record(main).trace, "main")
    assert lines[2:4] == ["wait: as_completed", "ready: task by a"]
    assert lines[5:7] == ["wait: as_completed", "ready: task by b"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
def test_eager_tasks() -> None:
    """An eager task runs inside its creation, and what it makes there is its own."""

    async def parent() -> None:
        named_task(nap(), "child")
        await asyncio.sleep(TICK)

    async def quick() -> int:
        return 1

    async def main() -> None:
        main_is()
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        task = named_task(parent(), "parent")
        await named_task(quick(), "quick")
        await task

    found = record(main).trace
    assert story(found, "quick") == ["run", "returned"]
    assert story(found, "parent") == ["run", *SLEEP, "returned"]
    assert named(found, "parent").eager
    assert named(found, "child").parent == named(found, "parent").id


def test_exception_never_retrieved() -> None:
    """A failure that nobody asks about is noted when the task is thrown away."""

    async def main() -> None:
        main_is()
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        named_task(fail(), "a")
        await nap(0.02)
        gc.collect()

    found = record(main).trace
    assert [item[0] for item in instants(found, InstantKind.NEVER_RETRIEVED)] == ["a"]


def test_coroutine_never_awaited() -> None:
    """A coroutine that was made and dropped is noted, and Python warns as it would have, in the same place."""

    async def main() -> None:
        main_is()
        nap()
        await nap()

    with pytest.warns(RuntimeWarning, match="coroutine 'nap' was never awaited") as caught:
        found = record(main).trace
    assert [(item.filename, item.lineno) for item in caught] == [(__file__, main.__code__.co_firstlineno + 2)]
    (noted,) = [item for item in found.instants if item.kind is InstantKind.NEVER_AWAITED]
    assert noted.text == "nap" and noted.task == named(found, "main").id


def test_renaming() -> None:
    """The last name counts, and a change is noted."""

    async def main() -> None:
        main_is()
        task = named_task(nap(), "before")
        await asyncio.sleep(0)
        task.set_name("after")
        await task

    found = record(main).trace
    assert named(found, "after").call == "nap(0.005, None)"
    assert [item.text for item in found.instants if item.kind is InstantKind.RENAMED and item.task == named(found, "after").id] == ["after"]


def test_a_second_loop_in_a_thread() -> None:
    """``asyncio.run`` in a worker thread has its own loop and track, on the same clock."""

    async def inner() -> None:
        main_is("inner")
        await nap()

    async def main() -> None:
        main_is()
        await asyncio.to_thread(asyncio.run, inner())

    found = record(main).trace
    check(found)
    assert story(found, "inner")[1:] == ["run", *SLEEP, "returned"]
    assert found.tracks[named(found, "inner").track].tid != found.tracks[named(found, "main").track].tid


def test_a_blocked_loop() -> None:
    """A step that blocks names its line; the sleeper it held up was ready since its timer was due."""

    async def blocks() -> None:
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251

    async def main() -> None:
        main_is()
        await asyncio.gather(named_task(nap(0.2), "victim"), named_task(blocks(), "culprit"))

    found = record(main).trace
    (blocked,) = [piece for piece in found.slices.of(named(found, "culprit").id) if piece.duration_ns > 400_000_000]
    assert blocked.location is not None and blocked.location.text.startswith("time.sleep(0.5)")
    ready = [piece for piece in found.slices.of(named(found, "victim").id) if piece.state is State.RUNNABLE][-1]
    assert blocked.start_ns < ready.start_ns < blocked.end_ns <= ready.end_ns


def test_subprocess() -> None:
    """Waiting for a child process."""

    async def main() -> None:
        main_is()
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
        assert await process.wait() == 0

    lines = story(record(main).trace, "main")
    assert "wait: subprocess create_subprocess_exec" in lines or "wait: subprocess wait" in lines


def test_pending_at_the_end() -> None:
    """A task that is alive when the recording ends is unfinished, with what it waits for."""

    async def main() -> Recording:
        async with trace_here() as recording:
            named_task(nap(5), "a")
            await nap()
        return recording

    recording = asyncio.run(main())
    found = recording.trace
    check(found)
    assert named(found, "a").outcome is Outcome.UNFINISHED or named(found, "a").outcome is Outcome.CANCELLED
    assert found.cell_end_ns is not None


def trace_here() -> Recording:
    from async_magics.api import trace

    return trace("here", follow=0)


def test_inside_a_running_loop() -> None:
    """``async with trace()``: the task itself is the traced code; strangers do not appear."""

    async def main() -> Recording:
        stranger = asyncio.create_task(nap(0.02), name="stranger")
        async with trace_here() as recording:
            await named_task(nap(), "a")
        await stranger
        return recording

    recording = asyncio.run(main())
    found = recording.trace
    check(found)
    assert [task.name for task in found.tasks] == ["cell", "a"]
    assert story(found, "cell") == ["run", "wait: task [a]", "ready: task by a", "run", "returned"]


def test_a_task_older_than_the_recording() -> None:
    """A task of before that the traced code awaits is on the chart, from the beginning."""

    async def main() -> Recording:
        older = asyncio.create_task(nap(0.03), name="older")
        await asyncio.sleep(0.001)
        async with trace_here() as recording:
            await older
        return recording

    found = asyncio.run(main()).trace
    check(found)
    assert named(found, "older").older and named(found, "older").created_ns == 0
    assert story(found, "cell") == ["run", "wait: task [older]", "ready: task by older", "run", "returned"]
    assert story(found, "older")[-2:] == ["run", "returned"]


def test_debug_mode() -> None:
    """asyncio's debug mode takes another way through the loop; the trace is the same."""

    async def main() -> None:
        main_is()
        asyncio.get_running_loop().set_debug(True)
        await named_task(nap(), "a")

    assert story(record(main).trace, "a") == [*START, *SLEEP, "returned"]


def test_tasks_written_in_python() -> None:
    """A factory that makes pure-Python tasks."""

    async def main() -> None:
        main_is()
        asyncio.get_running_loop().set_task_factory(
            lambda loop, coro, **options: asyncio.tasks._PyTask(coro, loop=loop, **options)  # type: ignore[attr-defined]
        )
        await named_task(nap(), "a")

    found = record(main).trace
    check(found)
    assert story(found, "a")[:2] == START and story(found, "a")[-1] == "returned"


def test_io_wakes_a_task_written_in_python() -> None:
    """Nothing of ours runs at that moment, and yet the wake-up is the task's."""
    import socket

    made: list[asyncio.Task[Any]] = []

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        made.append(asyncio.tasks._PyTask(coro, loop=loop, **options))  # type: ignore[attr-defined]
        return made[-1]

    async def main() -> None:
        made[0].set_name("main")  # not asked of the loop: what is current is a matter of tasks written in C
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            asyncio.get_running_loop().call_later(TICK, right.send, b"x")
            assert await asyncio.get_running_loop().sock_recv(left, 1) == b"x"

    with Recording() as recording:
        loop = asyncio.new_event_loop()
        loop.set_task_factory(factory)
        loop.run_until_complete(main())
        loop.close()
    found = recording.trace
    check(found)
    assert story(found, "main") == ["ready: spawn", "run", "wait: socket sock_recv", "ready: io", "run", "returned"]


def test_interrupt_in_a_task() -> None:
    """``SystemExit`` passes unchanged, and the task's end is noted."""

    async def leaves() -> None:
        await asyncio.sleep(TICK)
        raise SystemExit(3)

    async def main() -> None:
        main_is()
        await named_task(leaves(), "a")

    found = record(main, raises=SystemExit).trace
    assert story(found, "a")[-1] == "raised SystemExit"


def test_raw_socket() -> None:
    """Waiting on a socket through the loop."""
    import socket

    async def main() -> None:
        main_is()
        left, right = socket.socketpair()
        left.setblocking(False)
        task = named_task(asyncio.get_running_loop().sock_recv(left, 1), "a")
        await nap()
        right.send(b"x")
        assert await task == b"x"
        left.close()
        right.close()

    assert story(record(main).trace, "a")[2:4] == ["wait: socket sock_recv", "ready: io"]


def test_many_tasks_at_once() -> None:
    """A thousand tasks tile their lives."""

    async def main() -> None:
        main_is()
        await asyncio.gather(*(nap(0.001) for _ in range(1000)))

    found = record(main).trace
    check(found)
    assert len(found.tasks) == 1002
    wait = next(piece.wait for piece in found.slices.of(named(found, "main").id) if piece.wait)
    assert wait.kind is WaitKind.GATHER and wait.count == 1000


def test_what_does_not_fit_is_counted() -> None:
    """Beyond the limit facts are counted, and lives still end."""

    async def main() -> None:
        main_is()

        async def busy() -> None:
            for _ in range(3000):
                await asyncio.sleep(0)

        await asyncio.gather(*(named_task(busy(), f"t{number}") for number in range(5)))

    found = record(main, limit=2000).trace
    assert found.dropped > 10_000
    assert {task.outcome for task in found.tasks} == {Outcome.RETURNED}
