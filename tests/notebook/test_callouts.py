"""Callouts in a real kernel: at the right task, between two readings of the program's own clock around the line, in every place."""

from __future__ import annotations

import json
from typing import Any

import IPython
import pytest

from .test_processes import said
from .test_programs import LOAD, executed

pytestmark = pytest.mark.usefixtures("own_kernel")

EARLIER = """%%tasktrace --quiet --name earlier
from time import perf_counter_ns
def earlier(times):
    times.append(perf_counter_ns())
    times = times  #: earlier cell
    times.append(perf_counter_ns())
def job(number):
    times = [number, perf_counter_ns()]
    number += 1  #: pool worker
    return [*times, perf_counter_ns()]
async def nap(times):
    import asyncio
    times.append(perf_counter_ns())
    await asyncio.sleep(0)  #: coroutine
    times.append(perf_counter_ns())"""
TRACED = """%%tasktrace --quiet --name traced
import asyncio, threading
from multiprocessing import get_context
times = {name: [] for name in ('cell', 'coroutine', 'thread', 'earlier cell')}
times['cell'].append(perf_counter_ns())
x = 1  #: cell
times['cell'].append(perf_counter_ns())
await asyncio.gather(nap(times['coroutine']))
def in_thread():
    times['thread'].append(perf_counter_ns())
    x = 1  #: thread
    times['thread'].append(perf_counter_ns())
thread = threading.Thread(target=in_thread)
thread.start(); thread.join()
earlier(times['earlier cell'])
for method in ('fork', 'spawn', 'forkserver'):
    with get_context(method).Pool(2) as pool:
        times[method] = pool.map(job, range(3), chunksize=1)"""
CHECK = """import async_magics, json
trace = async_magics.traces['traced'].trace
start = trace.anchor.mono_ns
found = [(i.text, i.t_ns + start, trace.tasks[i.task].kind.value, trace.tasks[i.task].name, trace.tasks[i.task].arguments,
          i.location.file, i.location.line, i.location.text) for i in trace.instants if i.kind.value == 'callout']
print(json.dumps([found, times, trace.problems]))"""


@pytest.fixture(scope="module")
def told() -> Any:
    cells = executed(LOAD, "%taskprocesses by-value", EARLIER, TRACED, CHECK)
    return json.loads(said(cells[-1]))


def callouts(told: Any, text: str) -> list[Any]:
    return [callout for callout in told[0] if callout[0] == text]


@pytest.mark.parametrize(
    ("place", "kind", "file", "line", "text"),
    [
        ("cell", "cell", "cell", 6, "x = 1"),
        ("coroutine", "asyncio", "In [3]", 14, "await asyncio.sleep(0)"),
        ("thread", "thread", "cell", 11, "x = 1"),
        ("earlier cell", "cell", "In [3]", 5, "times = times"),
    ],
)
def test_in_this_process(told: Any, place: str, kind: str, file: str, line: int, text: str) -> None:
    (callout,) = callouts(told, place)
    before, after = told[1][place]
    assert before <= callout[1] <= after
    assert callout[2] == kind
    assert callout[5].replace("In[", "In [") == file or (file != "cell" and IPython.version_info < (8,) and "ipykernel" in callout[5])
    assert (callout[6], callout[7]) == (line, text)


def test_in_pool_workers(told: Any) -> None:
    """Of every start method; the function came by value to those that do not fork."""
    found = callouts(told, "pool worker")
    assert len(found) == 9 and {callout[2] for callout in found} == {"job"}
    for method in ("fork", "spawn", "forkserver"):
        for number, before, after in told[1][method]:
            (callout,) = [callout for callout in found if before <= callout[1] <= after and callout[4] == str(number)]
            assert callout[6] == 9 and callout[7] == "number += 1"


def test_nothing_was_lost(told: Any) -> None:
    assert told[2] == []


def test_what_is_printed_after_the_cell() -> None:
    """By a task that outlives it; IPython 9 puts the streams' own ``write`` back in between."""
    cells = executed(
        LOAD,
        "%%tasktrace --quiet --name t\nimport asyncio\nasync def late():\n    await asyncio.sleep(0.1)\n    print('late')\n"
        "task = asyncio.create_task(late())\nprint('early')",
        "await task",
        "import async_magics, sys\ntrace = async_magics.traces['t'].trace\n"
        "print([(trace.tasks[i.task].name != 'cell', i.text) for i in trace.instants if i.kind.value == 'printed'])",
        "%unload_ext async_magics\nprint(sys.stdout.write.__module__, sys.stderr.write.__module__)",
        "print(sys.stdout.write.__module__, sys.stderr.write.__module__)",
    )  # fmt: skip
    assert said(cells[3]) == "[(False, 'early'), (True, 'late')]\n"
    assert "async_magics" not in said(cells[4]) + said(cells[5])
