"""A program that runs cells the way a kernel does, each request in a fork of its own, and tells what was recorded.

It reads requests, one line of JSON each, and answers each with one line. In the fork nothing but IPython, the extension and what a
notebook needs is loaded, ``__main__`` is a notebook's, a loop runs, and whatever the cells leave behind dies with the fork.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from async_magics import api
from async_magics.magics.extension import load_into
from async_magics.model import Trace
from async_magics.model.codec import to_json

MAGIC = "%%tasktrace"


class Word:
    """Stands for the chart, whose drawing would take longer than the cell."""

    def __init__(self, trace: Trace, options: Any) -> None:
        self.trace = trace

    def text(self, width: int = 100) -> str:
        return "chart"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/plain": "chart"}, {}


class Stopped(api.Recording):
    """Has the stop button pressed so many seconds after it began to record: making one takes a busy machine a while."""

    def __init__(self, after: float, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._after = after

    def start(self) -> Self:
        super().start()
        _press_stop(self._after)
        return self


def serve() -> None:
    """Answer requests until there are no more."""
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                _in_child(json.loads(line), Path(folder))
            os.waitpid(child, 0)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            answer, output = Path(folder, "answer"), Path(folder, "output")
            cells = json.loads(answer.read_text()) if answer.exists() else None
            sys.stdout.write(json.dumps({"cells": cells, "output": output.read_text(errors="replace")}) + "\n")
            sys.stdout.flush()


def _in_child(request: dict[str, Any], folder: Path) -> None:
    try:
        os.setsid()
        output = os.open(folder / "output", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(output, stream)
        answer = asyncio.run(_cells(**request))
        (folder / "new").write_text(json.dumps(answer))
        (folder / "new").rename(folder / "answer")
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # threads and pools that the cells left behind must not hold this up


async def _cells(cells: list[str], interrupt: float | None, settle: float) -> list[dict[str, Any]]:
    shell: Any = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shell.kernel = object()  # charts change in place, as in a notebook
    made: list[api.Recording] = []

    def recording(**arguments: Any) -> api.Recording:
        last = len(made) == len(cells) - 1
        made.append(api.Recording(**arguments) if interrupt is None or not last else Stopped(interrupt, **arguments))
        return made[-1]

    load_into(shell, draw=Word, make_recording=recording)
    shell.run_line_magic("config", "TaskTrace.threshold = 0.5")  # a machine with much else to do holds up innocent steps for a while
    errors = []
    for cell in cells:
        error = await _run(shell, cell if cell.startswith("%") else f"{MAGIC}\n{cell}")
        signal.setitimer(signal.ITIMER_REAL, 0)
        if len(made) > len(errors):
            errors.append(error)
        await asyncio.sleep(0)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(settle):
            await _settled(made)
    return [{"trace": to_json(one.trace), "error": error} for one, error in zip(made, errors, strict=True)]


async def _settled(recordings: list[api.Recording]) -> None:
    """Return when no task of any cell goes on."""
    for recording in recordings:
        if recording.pending:
            over, then = asyncio.Event(), recording.on_settled

            def tell(over: asyncio.Event = over, then: Any = then) -> None:
                over.set()
                if then is not None:
                    then()

            recording.on_settled = tell
            await over.wait()


def _press_stop(after: float) -> None:
    """Send this process what the stop button sends, after a while."""
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, after)


async def _run(shell: Any, cell: str) -> str | None:
    """Run a cell as ipykernel does; return the name of its error."""
    code = shell.transform_cell(cell)
    if not shell.should_run_async(cell, transformed_cell=code):
        return _error(shell.run_cell(cell, store_history=True))
    task = asyncio.ensure_future(shell.run_cell_async(cell, store_history=True, transformed_cell=code))
    loop, stock = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(task.cancel) and None)
    result = None
    try:
        result = await task
    except asyncio.CancelledError:
        return "CancelledError"
    finally:
        signal.signal(signal.SIGINT, stock)
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return _error(result)


def _error(result: Any) -> str | None:
    error = result.error_before_exec or result.error_in_exec
    return None if error is None else type(error).__name__


if __name__ == "__main__":
    for source in api.SOURCES:  # loaded once, not in every fork
        importlib.import_module(f"async_magics.sources.{source.partition(':')[0]}")
    serve()
