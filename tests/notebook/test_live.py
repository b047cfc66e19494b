"""The live chart in a real kernel that is asked as a front end asks: what is sent, in which order, and what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

SETUP = """
import asyncio, os, threading, time
from async_magics.magics.extension import load_into, unload_from
class _Drawing:
    def __init__(self, trace, options): self.trace = trace
    def text(self, width=100): return "CHART"
    def _repr_mimebundle_(self, include=None, exclude=None): return {"text/plain": "CHART"}, {}
load_into(get_ipython(), draw=_Drawing)
from async_magics.magics import live
live.FIRST_S = live.EVERY_S = 0.1
shown = lambda: live_charts()[0]._spent_ns if live_charts() else 0
live_charts = lambda: list(get_ipython().magics_manager.registry["TaskTrace"].runner.live._shown.values())
def until_shown(times=2):
    "Wait, blocking, until the live chart has been drawn so many times."
    end = time.monotonic() + 20
    seen = set()
    while len(seen) <= times:
        assert time.monotonic() < end
        seen.add(shown())
        time.sleep(0.01)
"""
"""A tenth of a second stands for a second, so that the tests take no minutes."""


class Kernel:
    def __init__(self) -> None:
        self.manager = KernelManager()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, *, looked_at: bool = True, interrupt: str = "") -> list[dict[str, Any]]:
        """Return what the kernel says to a cell; interrupt it once it has said something."""
        request = self.client.execute(code, allow_stdin=looked_at)
        said: list[dict[str, Any]] = []
        end = time.monotonic() + 60
        while True:
            assert time.monotonic() < end, said
            try:
                message = self.client.get_iopub_msg(timeout=0.1)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["content"].get("execution_state") == "idle":
                return said
            if message["msg_type"] not in ("status", "execute_input"):
                said.append(message)
            if interrupt and interrupt in str(message["content"]):
                interrupt = ""
                self.manager.interrupt_kernel()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    found = Kernel()
    assert found.run(SETUP) == []
    yield found
    found.close()


def words(said: list[dict[str, Any]]) -> list[str]:
    """Return what a notebook shows, a word for each message; updates of the live chart that follow each other are one."""
    found: list[str] = []
    for message in said:
        content = message["content"]
        data = content.get("data", {})
        if "async-magics-live" in data.get("text/html", ""):
            word = "live again" if message["msg_type"] == "update_display_data" else "live"
        elif message["msg_type"] == "update_display_data":
            word = "empty" if data == {} else "again"
        else:
            word = data.get("text/plain") or content.get("text") or content.get("ename", "")
        if word != "live again" or found[-1] != word:
            found.append(word.strip())
    return found


def left(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the outputs that a notebook keeps, as they are in the end."""
    outputs: list[dict[str, Any]] = []
    for message in said:
        content = message["content"]
        if message["msg_type"] == "update_display_data":
            for output in outputs:
                if output.get("transient") == content["transient"]:
                    output["data"] = content["data"]
        elif message["msg_type"] == "display_data":
            outputs.append(dict(content))
    return outputs


ASYNC = """
async def work():
    await asyncio.sleep(0.01)
task = asyncio.create_task(asyncio.sleep(60))
await asyncio.gather(*(work() for _ in range(5)))
await asyncio.to_thread(until_shown)
task.cancel();
"""
SYNC = "until_shown()"
THREADS = "thread = threading.Thread(target=until_shown)\nthread.start()\nthread.join()"
PROCESSES = """
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    pool.map(abs, range(10))
    until_shown()
"""


@pytest.mark.parametrize("code", [ASYNC, SYNC, THREADS, PROCESSES], ids=["async", "sync", "threads", "processes"])
def test_grows_becomes_empty_and_the_chart_is_last(kernel: Kernel, code: str) -> None:
    said = kernel.run(f"%%tasktrace\n{code}")
    assert words(said) == ["live", "live again", "empty", "CHART"]
    assert [output["data"] for output in left(said)] == [{}, {"text/plain": "CHART"}]
    assert len({message["content"]["transient"]["display_id"] for message in said}) == 2


def test_what_the_last_update_says(kernel: Kernel) -> None:
    said = kernel.run(f"%%tasktrace --lang en\n{ASYNC}")
    texts = [message["content"]["data"]["text/plain"] for message in said if "text/html" in message["content"]["data"]]
    assert "running 0 · waiting 1 · ready 0 · done 5 · calls of pools: running 1, queued 0, done 0" in texts[-1]


def test_printed_text_stays_where_it_was(kernel: Kernel) -> None:
    said = kernel.run("%%tasktrace\nprint('first', flush=True)\nuntil_shown()\nprint('last')\n7")
    assert words(said) == ["first", "live", "live again", "last", "7", "empty", "CHART"]


def test_a_cell_that_is_interrupted_while_it_blocks(kernel: Kernel) -> None:
    said = kernel.run("%%tasktrace\nuntil_shown()\nprint('now', flush=True)\ntime.sleep(60)", interrupt="now")
    assert [word for word in words(said) if word not in ("now", "live again")] == ["live", "KeyboardInterrupt", "empty", "CHART"]


def test_a_cell_that_is_interrupted_while_it_awaits(kernel: Kernel) -> None:
    said = kernel.run("%%tasktrace\nuntil_shown()\nprint('now', flush=True)\nawait asyncio.sleep(60)", interrupt="now")
    found = [word for word in words(said) if word not in ("now", "live again")]
    assert found[0] == "live" and found[-2:] == ["empty", "CHART"] and found[1] in ("CancelledError", "KeyboardInterrupt")


def test_a_cell_that_fails(kernel: Kernel) -> None:
    assert words(kernel.run("%%tasktrace\nuntil_shown()\n1/0")) == ["live", "live again", "ZeroDivisionError", "empty", "CHART"]


def test_a_fork_in_the_middle(kernel: Kernel) -> None:
    """The child, which runs the rest of the cell as well, says nothing; the parent's chart goes on."""
    code = "until_shown()\nif (child := os.fork()) == 0:\n    time.sleep(0.5)\n    os._exit(0)\nos.waitpid(child, 0)\nuntil_shown()"
    assert words(kernel.run(f"%%tasktrace\n{code}")) == ["live", "live again", "empty", "CHART"]


@pytest.mark.parametrize("line", ["%%tasktrace --live off", "%%tasktrace --quiet"])
def test_not_wanted(kernel: Kernel, line: str) -> None:
    assert [word for word in words(kernel.run(f"{line}\ntime.sleep(0.5)")) if word != "CHART"] == []


def test_nothing_is_shown_to_programs_that_run_notebooks(kernel: Kernel) -> None:
    assert words(kernel.run("%%tasktrace\ntime.sleep(0.5)", looked_at=False)) == ["CHART"]


def test_no_thread_is_left_and_none_was_to_be_seen(kernel: Kernel) -> None:
    kernel.run("%%tasktrace\nbefore = threading.enumerate()\nuntil_shown()\nduring = threading.enumerate()")
    assert words(kernel.run("during == before, threading.enumerate() == before, live_charts()")) == ["(True, True, [])"]


def test_unloaded_in_the_middle(kernel: Kernel) -> None:
    said = kernel.run("%%tasktrace\nuntil_shown()\nunload_from(get_ipython())\nprint('unloaded', flush=True)\ntime.sleep(0.5)")
    assert words(said) == ["live", "live again", "empty", "unloaded"]
