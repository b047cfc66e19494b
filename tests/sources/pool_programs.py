"""Does with threads, pools and executors all that can go wrong, and prints what a user sees; run with and without a recording.

python -m tests.sources.pool_programs fork traced
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import inspect
import multiprocessing
import multiprocessing.pool
import os
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any


def square(number: int) -> int:
    return number * number


def add(left: int, right: int) -> int:
    return left + right


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def hear(pipe: str) -> str:
    """Return what comes through a named pipe, and not before it comes."""
    return Path(pipe).read_text()


def boom(number: int) -> int:
    return 1 // (number - number)


def caused(number: int) -> int:
    try:
        return boom(number)
    except ZeroDivisionError as error:
        raise ValueError(number) from error


def lock(_: Any = None) -> Any:
    """Return what cannot be pickled."""
    return threading.Lock()


def leave(code: int) -> None:
    os._exit(code)


class Own(Exception):
    """An exception that does not survive pickling."""

    def __init__(self, left: int, right: int) -> None:
        super().__init__(f"{left} {right}")


def own(_: int) -> None:
    raise Own(1, 2)


def items() -> Iterator[int]:
    yield 1
    raise KeyError("items")


class Broken(threading.Thread):
    def run(self) -> None:
        boom(1)


@contextlib.contextmanager
def shown(title: str) -> Iterator[None]:
    """Print an exception as a user sees it."""
    print(f"--- {title}")
    try:
        yield
    except BaseException:
        traceback.print_exc(file=sys.stdout)


def tell(title: str, function: Callable[[], Any]) -> None:
    with shown(title):
        print(function())


def threads() -> None:
    for kind, options in ((threading.Thread, {"target": boom, "args": (1,)}), (Broken, {})):
        thread = kind(**options, name="broken")
        thread.start()
        thread.join()
        print(sorted(vars(thread)), thread.is_alive())
    thread = threading.Thread(target=sys.exit, args=(3,))
    tell("join too early", thread.join)
    thread.start()
    thread.join(5)
    tell("start twice", thread.start)
    tell("join itself", threading.current_thread().join)
    tell("join anything", lambda: thread.join("soon"))  # type: ignore[arg-type]
    tell("no such argument", lambda: thread.join(timeouts=3))  # type: ignore[call-arg]
    timer = threading.Timer(0.001, print, ("timer",), {"flush": True})
    timer.start()
    timer.join()
    owned = threading.Thread(target=square)
    owned.run = lambda: print("own run")  # type: ignore[method-assign]
    owned.start()
    owned.join()
    print("run" in vars(owned))
    print(inspect.signature(threading.Thread.start), inspect.signature(threading.Thread.join))


def executor(kind: Callable[..., Any], options: dict[str, Any]) -> None:
    with kind(1, **options) as pool:
        for title, function, argument in (("square", square, 3), ("boom", boom, 3), ("caused", caused, 3), ("not callable", 3, 3)):
            tell(title, lambda f=function, a=argument: pool.submit(f, a).result(30))  # type: ignore[misc]
            tell(f"{title}, exception", lambda f=function, a=argument: repr(pool.submit(f, a).exception(30)))  # type: ignore[misc]
        tell("map", lambda: list(pool.map(square, range(5))))
        tell("map of two", lambda: list(pool.map(add, range(3), range(3), chunksize=2)))
        tell("map fails", lambda: list(pool.map(boom, range(3), chunksize=2)))
        tell("too late", lambda: pool.submit(nap, 0.2).result(0.001))
        done = concurrent.futures.wait([pool.submit(square, number) for number in range(3)], 30)
        print(sorted(future.result() for future in done.done), done.not_done)
        tell("as_completed too late", lambda: list(concurrent.futures.as_completed([pool.submit(nap, 0.2)], 0.001)))
        tell("no function", pool.submit)
        tell("no such argument", lambda: pool.submit(square, 1).result(timeouts=3))
        cancel(pool)
    tell("closed", lambda: pool.submit(square, 1))
    tell("closed, map", lambda: list(pool.map(square, [1])))
    tell("bad size", lambda: kind(0))
    tell("bad option", lambda: kind(size=0))
    print(inspect.signature(kind), inspect.signature(pool.submit), inspect.signature(pool.shutdown))


def cancel(pool: Any) -> None:
    """Cancel the last of several calls while the first one still has the only worker."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder, "pipe")
        os.mkfifo(pipe)
        busy = pool.submit(hear, str(pipe))
        queued = [pool.submit(nap, 0.0) for _ in range(9)][-1]
        print("cancel", queued.cancel(), queued.cancelled())
        pipe.write_text("heard")
        print(busy.result(30))
        tell("cancelled", queued.result)


def processes(options: dict[str, Any]) -> None:
    with ProcessPoolExecutor(1, **options) as pool:
        tell("lambda", lambda: pool.submit(lambda: 1).result(30))
        tell("lambda, map", lambda: list(pool.map(lambda number: number, [1, 2], chunksize=2)))
        tell("lock as argument", lambda: pool.submit(square, lock()).result(30))
        tell("lock as result", lambda: type(pool.submit(lock).exception(30)))
    with ProcessPoolExecutor(1, **options) as pool:
        tell("worker dies", lambda: pool.submit(leave, 3).result(30))
        tell("broken", lambda: pool.submit(square, 3).result(30))


def pool_of(make: Callable[[], Any]) -> None:
    with make() as pool:
        tell("map", lambda: pool.map(square, range(10)))
        tell("map of nothing", lambda: pool.map(square, []))
        tell("starmap", lambda: pool.starmap(add, [(1, 2), (3, 4)]))
        tell("apply", lambda: pool.apply(add, (1,), {"right": 2}))
        tell("imap", lambda: [list(pool.imap(square, range(4), size)) for size in (1, 3)])
        tell("imap_unordered", lambda: sorted(pool.imap_unordered(square, range(4))))
        for title, call in (("map", pool.map), ("starmap", pool.starmap), ("imap", pool.imap), ("apply", pool.apply)):
            argument = [(1,)] if title == "starmap" else (1,)
            tell(f"{title} fails", lambda c=call, a=argument: list(c(boom, a)))  # type: ignore[misc]
        tell("caused", lambda: pool.map(caused, [1, 2]))
        tell("imap with chunks fails", lambda: list(pool.imap(boom, range(3), 2)))
        tell("items fail", lambda: pool.map(square, items()))
        tell("imap's items fail", lambda: list(pool.imap(square, items())))
        tell("no items", lambda: pool.map(square, 3))
        tell("not callable", lambda: pool.map(3, [3]))
        tell("bad chunks", lambda: pool.imap(square, [1], 0))
        tell("no function", pool.map)
        tell("no such argument", lambda: pool.apply_async(square, (1,), keywords={}))
        tell("too late", lambda: pool.apply_async(nap, (0.2,)).get(0.001))
        tell("imap too late", lambda: pool.imap(nap, [0.2]).next(0.001))
        heard: list[Any] = []
        pool.map_async(square, [1, 2], callback=heard.append).wait(30)
        pool.apply_async(boom, (1,), error_callback=lambda error: heard.append(repr(error))).wait(30)
        print(heard)
        print([inspect.signature(getattr(pool, name)) for name in ("map", "imap", "apply_async", "close", "terminate", "join")])
        tell("join too early", pool.join)
    tell("closed", lambda: pool.map(square, [1]))
    tell("closed, apply", lambda: pool.apply_async(square, (1,)))


def sent(make: Callable[[], Any]) -> None:
    """What cannot be pickled on its way to a pool's process or back."""
    with make() as pool:
        tell("lambda", lambda: pool.map(lambda number: number, [1]))
        tell("lambda, apply", lambda: pool.apply(lambda: 1))
        tell("lambda, imap", lambda: list(pool.imap(lambda number: number, [1])))
        tell("lock as argument", lambda: pool.map(square, [lock()]))
        tell("lock as result", lambda: type(pool.apply_async(lock)).__name__)
        tell("lock as result of map", lambda: pool.map(lock, [1]))


async def in_asyncio() -> None:
    asyncio.get_running_loop().slow_callback_duration = 60  # how long things take differs from run to run
    with shown("to_thread fails"):
        await asyncio.to_thread(boom, 1)
    with shown("run_in_executor fails"):
        await asyncio.get_running_loop().run_in_executor(None, caused, 1)
    print(await asyncio.to_thread(square, 3))
    with ThreadPoolExecutor(1) as pool, shown("too late"):
        await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(pool, nap, 0.1), 0.001)


def main(method: str) -> None:
    context = multiprocessing.get_context(method)
    threads()
    executor(ThreadPoolExecutor, {})
    executor(ProcessPoolExecutor, {"mp_context": context})
    processes({"mp_context": context})
    pool_of(lambda: context.Pool(1))
    pool_of(lambda: multiprocessing.pool.ThreadPool(1))
    sent(lambda: context.Pool(1))
    asyncio.run(in_asyncio())
    asyncio.run(in_asyncio(), debug=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    if "traced" in sys.argv:
        from async_magics.api import trace

        with trace() as recording:
            main(sys.argv[1])
        if recording.pending:
            recording.close()
        assert not recording.trace.problems, recording.trace.problems
    else:
        main(sys.argv[1])
