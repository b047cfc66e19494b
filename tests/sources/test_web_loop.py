"""A loop like a browser's, which keeps no queue of its own: its tasks are recorded step by step, and it is left as it was.

The real one is tested in ``tests/browser/test_pyodide.py``, where Node has it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from async_magics import trace
from async_magics.sources.web_loop import WebTap, is_web_loop, tap_for


class WebLoop(asyncio.AbstractEventLoop):
    """Hands every callback to somebody else, as Pyodide's does; here that is a list which a test goes through."""

    def __init__(self) -> None:
        self._debug, self._task_factory = False, None
        self._now, self._order = 0.0, itertools.count()
        self._browser: list[tuple[float, int, Callable[[], None]]] = []

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        return self.call_later(0, callback, *args, context=context)

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        handle = asyncio.Handle(callback, args, self, context)

        def run() -> None:
            if not handle.cancelled():
                handle._run()

        heapq.heappush(self._browser, (self._now + delay, next(self._order), run))
        return handle

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        return self.call_later(when - self._now, callback, *args, context=context)

    def create_task(self, coro: Any, **kwargs: Any) -> Any:
        return asyncio.Task(coro, loop=self, **kwargs)

    def create_future(self) -> Any:
        return asyncio.Future(loop=self)

    def time(self) -> float:
        return self._now

    def get_debug(self) -> bool:
        return False

    def is_closed(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise AssertionError(context)

    def go_on_until(self, task: asyncio.Task[Any]) -> Any:
        for _ in range(1000):
            if task.done():
                return task.result()
            self._now, _, run = heapq.heappop(self._browser)
            run()
        raise AssertionError("the task does not end")


WebLoop.__module__ = "pyodide.webloop"


@pytest.fixture
def loop() -> Iterator[WebLoop]:
    made = WebLoop()
    asyncio._set_running_loop(made)
    yield made
    asyncio._set_running_loop(None)


async def fetch(name: str, s: float) -> str:
    await asyncio.sleep(s)
    return name


def test_the_browsers_loop_is_known_by_its_name(loop: WebLoop) -> None:
    assert is_web_loop(loop) and tap_for(loop) is WebTap
    assert not is_web_loop(asyncio.BaseEventLoop)


def test_steps_waits_and_wakes(loop: WebLoop) -> None:
    before = set(vars(loop))

    async def cell() -> Any:
        async with trace("cell") as recorded:
            first = asyncio.create_task(fetch("a", 1), name="a")
            second = asyncio.create_task(fetch("b", 2), name="b")
            await first
            second.cancel()
            await asyncio.wait([second])
        return recorded

    recorded = loop.go_on_until(loop.create_task(cell()))
    assert [(task.name, task.outcome.value) for task in recorded.trace.tasks] == [
        ("cell", "returned"),
        ("a", "returned"),
        ("b", "cancelled"),
    ]
    states = [[part.state.name for part in recorded.trace.slices if part.task == number] for number in (1, 2)]
    assert states == [["RUNNABLE", "RUNNING", "WAITING", "RUNNABLE", "RUNNING"]] * 2
    assert recorded.trace.problems == ()
    assert set(vars(loop)) == before


def test_a_cancelled_callback_never_runs(loop: WebLoop) -> None:
    ran: list[str] = []

    async def cell() -> None:
        async with trace("cell"):
            loop.call_soon(ran.append, "soon").cancel()
            loop.call_later(1, ran.append, "later").cancel()
            loop.call_soon(ran.append, "kept")
            await asyncio.sleep(2)

    loop.go_on_until(loop.create_task(cell()))
    assert ran == ["kept"]
