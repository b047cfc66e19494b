"""What the tests let run in other processes; a program too: ``python -m tests.sources.in_children NAME METHOD 0|1``."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import json
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import get_ident
from typing import Any

from async_magics.api import Recording
from async_magics.events import Verb
from async_magics.sources import child

MARKS = 100


def give_back(connection: Any, value: Any) -> None:
    connection.send(value)
    connection.close()


def fail(text: str) -> None:
    raise ValueError(text)


def leave(status: Any) -> None:
    sys.exit(status)


def interrupted() -> None:
    raise KeyboardInterrupt


def nothing() -> None:
    pass


def nested(connection: Any) -> None:
    """Start a process and a program, and wait for them."""
    import subprocess

    grandchild = multiprocessing.get_context("fork").Process(target=fail_quietly, name="grandchild")
    grandchild.start()
    grandchild.join()
    subprocess.run(["true"], check=True)
    give_back(connection, grandchild.exitcode)


def fail_quietly() -> None:
    os._exit(7)


# ---------------------------------------------------------------------- endings
def crash() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.string_at(0)


def quietly() -> None:
    """The traceback is not the point."""
    sys.stderr = io.StringIO()


def sleep_until_interrupted() -> None:
    quietly()
    time.sleep(60)


ENDINGS: dict[str, tuple[Callable[[], Any], int]] = {
    "return": (nothing, 0),
    "exception": (lambda: (quietly(), fail("no")), 1),
    "os._exit": (lambda: os._exit(5), 5),
    "SIGTERM": (lambda: os.kill(os.getpid(), signal.SIGTERM), -signal.SIGTERM),
    "SIGKILL": (lambda: os.kill(os.getpid(), signal.SIGKILL), -signal.SIGKILL),
    "segfault": (crash, -signal.SIGSEGV),
    "interrupt": (sleep_until_interrupted, 1),
}


def end_so(how: str, folder: str, ready: Any) -> None:
    """Write some rows, say so, and end."""
    for number in range(MARKS):
        child.write(folder, (Verb.STEP, time.perf_counter_ns(), os.getpid(), get_ident(), f"{how} {number}", {"end": 0, "how": "yield"}))
    ready.set()
    ENDINGS[how][0]()


def endings(method: str) -> None:
    """Let a process end in every way; print the rows of the recording."""
    context = multiprocessing.get_context(method)
    with Recording() as recording:
        assert recording._recorder is not None
        log, folder = recording._recorder.log, recording._recorder.works.folder()
        for how in ENDINGS:
            ready = context.Event()
            process = context.Process(target=end_so, args=(how, folder, ready), name=how)
            process.start()
            if how == "interrupt":
                ready.wait()
                with contextlib.suppress(KeyboardInterrupt):
                    os.killpg(0, signal.SIGINT)
                    time.sleep(10)
            process.join()
    json.dump(log.works, sys.stdout, default=str)


# ---------------------------------------------------------------------- what a user sees
class Runs(multiprocessing.Process):
    def run(self) -> None:
        fail("in run")


def tell(*what: Any) -> None:
    sys.stderr.write(f"{what}\n")


def seen(method: str) -> None:
    """Print to stderr what Python prints for processes that fail in every place."""
    context = multiprocessing.get_context(method)
    made = [context.Process(target=fail, args=("in target",)), Runs(), context.Process(target=leave, args=("a text",))]
    made += [context.Process(target=leave, args=(3,)), context.Process(target=interrupted)]
    for process in made:
        process.start()
        process.join()
        tell(process.exitcode, process.is_alive(), process.daemon, process.name, sorted(vars(process)))
    for call in (made[0].start, context.Process(target=lambda: None).start, context.Process(target=nothing).join, *gone(context)):
        try:
            call()
        except Exception:
            traceback.print_exc()
    if method == "fork":
        interrupted_join(context)
        own = context.Process(target=nothing)
        own.run = lambda: fail("own")  # type: ignore[method-assign]
        own.start()
        own.join()
        tell(own.exitcode, "run" in vars(own))


def interrupted_join(context: Any) -> None:
    """Print the traceback of a join into which Ctrl-C comes."""
    process = context.Process(target=time.sleep, args=(60,))
    process.start()
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        process.join()
    except KeyboardInterrupt:
        traceback.print_exc()
    process.kill()
    process.join()


def gone(context: Any) -> list[Callable[[], Any]]:
    """Return calls that fail: of a process that lives, and of one that is closed."""
    process = context.Process(target=nothing)
    process.start()
    process.join()
    process.close()
    return [process.join, process.kill, process.start, process.close]


# ---------------------------------------------------------------------- forks
def leaves_by_exit(_: str) -> None:
    """A plain fork runs what its parent wanted to be run at exit, and falls out of the ``with`` block of the recording."""
    with Recording() as recording:
        assert recording._recorder is not None
        folder = Path(recording._recorder.works.folder())
        pid = os.fork()
        if pid == 0:
            thread = threading.Thread(target=nothing)
            thread.start()
            thread.join()
            sys.exit(0)
        os.waitpid(pid, 0)
        assert folder.is_dir()
        rows = recording._recorder.log.works
    json.dump(rows, sys.stdout, default=str)
    assert not folder.is_dir()


def warned(_: str) -> None:
    """Print how often Python warned of threads at a fork, with our threads at work."""
    import asyncio
    import warnings

    def forks() -> None:
        for _ in range(10):
            process = multiprocessing.get_context("fork").Process(target=nothing)
            process.start()
            process.join()
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)

    async def main() -> None:
        recording = Recording().start()
        await asyncio.sleep(0.06)  # the sampler is at work
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            forks()
        recording.stop()
        sys.stdout.write(f"{len(caught)} {threading.active_count()}")

    asyncio.run(main())


if __name__ == "__main__":
    name, method, traced = sys.argv[1:]
    functions = importlib.import_module("tests.sources.in_children")  # children can import what it defines
    with Recording() if name == "seen" and traced == "1" else contextlib.nullcontext():
        getattr(functions, name)(method)
