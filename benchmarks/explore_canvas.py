"""Prints what a canvas of 1,000,000 slices costs the kernel, and how large its answers are: ``benchmarks/explore_canvas.py [--quick]``.

First paint: all that the page needs before it shows anything: the payload, what windows are answered from, the answer to the first
window. Then steps of zooming in and out and of panning, over rows that are groups and over rows of single tasks. The trace is bad company:
no two durations alike, one task a steady stream of short steps. Times are CPU seconds, the same on a busy machine. ``--quick`` has a
quarter of the slices and a tenth of the steps. Returns 1 if a limit is passed.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from dataclasses import replace

from async_magics.model import Outcome, SliceTable, State, Task, TaskKind, Trace, Wait, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript
from async_magics.views.explorer.payload import payload
from async_magics.views.spec import ChartOptions
from async_magics.widgets.answers import Answers

SLICES, TASKS, COLUMNS, ROWS = 1_000_000, 1000, 1600, 60
MOST_FIRST_S, MOST_STEP_S, MOST_BYTES = 3.0, 0.150, 300_000
OPTIONS = ChartOptions(lang="en")


def invented(slices: int, tasks: int) -> Trace:
    """Return a trace of about so many slices in which nothing repeats; a tenth of them is one task's."""
    dice = random.Random(7)
    table = SliceTable()
    waits = [table.wait_id(Wait(kind=WaitKind.SLEEP, delay_ns=dice.randrange(10**9))) for _ in range(500)]
    end = 0
    for task in range(tasks + 1):
        now, many = dice.randrange(10**7), slices // 10 if task == 1 else slices * 9 // 10 // tasks
        for row in range(many):
            state = State(row % 3)
            took = dice.randrange(1000, 2_000_000) * (100 if task > 1 and state is State.WAITING else 1)
            wait = dice.choice(waits) if state is State.WAITING else -1
            table.add(task, now, now + took, state, wait=wait, waker=dice.randrange(tasks))
            now += took
        end = max(end, now)
    cell = TraceScript("benchmark").trace().tasks[0]
    made = [replace(cell, ended_ns=end, outcome=Outcome.RETURNED)]
    for number in range(1, tasks + 1):
        fresh = Task(id=number, kind=TaskKind.ASYNCIO, name=f"Task-{number}", function=f"work_{number % 7}", track=2, parent=0)
        made.append(replace(fresh, begun_ns=0, ended_ns=end, outcome=Outcome.RETURNED))
    return Trace(name="benchmark", slices=table, tasks=tuple(made), end_ns=end, cell_end_ns=end)


def steps(answers: Answers, end_ns: int, rows: list[list[int]], count: int) -> tuple[list[float], list[int]]:
    """Zoom into a place, and out again, panning on the way; return how long each step took and how large its answer was."""
    dice = random.Random(8)
    times, sizes = [], []
    for step in range(count):
        span = max(1000, round(end_ns * 0.7 ** (step % 40)))
        begin = dice.randrange(max(1, end_ns - span))
        asked = {"id": step, "ask": "window", "from_ns": begin, "to_ns": begin + span, "rows": rows, "columns": COLUMNS}
        begun = time.process_time()
        reply, (data,) = answers.answer(asked)
        times.append(time.process_time() - begun)
        sizes.append(len(data))
        assert "error" not in reply
    return times, sizes


def said(good: bool) -> str:
    """Return what stands at the end of a line."""
    return "ok" if good else "TOO MUCH"


def main() -> int:
    """Measure, print, and return 1 if a limit was passed."""
    quick = "--quick" in sys.argv[1:]
    trace = invented(SLICES // 4 if quick else SLICES, TASKS // 4 if quick else TASKS)
    begun = time.process_time()
    answers = Answers(Recorded(trace), OPTIONS, lambda: None)
    size = len(answers.payload())
    packed = time.process_time() - begun
    groups = [group["lanes"] for group in payload(trace, OPTIONS)["groups"]]
    begun = time.process_time()
    steps(answers, trace.end_ns, groups, 1)
    first = packed + time.process_time() - begun
    good = first <= MOST_FIRST_S
    print(f"{len(trace.slices):,} slices; limits {MOST_FIRST_S:g} s, {MOST_STEP_S * 1000:g} ms, {MOST_BYTES / 1000:g} kB")
    print(f"first paint {first:6.2f} s, of which the payload {packed:6.2f} s, {size / 1000:.0f} kB   {said(good)}")
    singles = [[lane] for lane in range(1, ROWS + 1)]
    for name, rows in ((f"{len(groups)} groups", groups), (f"{ROWS} single tasks", singles)):
        times, sizes = steps(answers, trace.end_ns, rows, 20 if quick else 200)
        kept_to = statistics.median(times) <= MOST_STEP_S and max(sizes) <= MOST_BYTES
        good = good and kept_to
        print(
            f"{name:16} step: median {statistics.median(times) * 1000:6.1f} ms, longest {max(times) * 1000:6.1f} ms   "
            f"answer: median {statistics.median(sizes) / 1000:6.1f} kB, largest {max(sizes) / 1000:6.1f} kB   {said(kept_to)}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
