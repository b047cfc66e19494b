"""Prints how long a chart takes at 100, 10,000 and 1,000,000 slices, and the memory it needs: ``python benchmarks/chart.py [SLICES …]``.

Every size runs in a process of its own, matplotlib imported beforehand; "peak" is the largest resident size of that process less what
it had before drawing. The trace is invented: 20 tasks (1,000 of them for a million slices) that run, wait and queue in turn.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import replace

from async_magics.model import Outcome, SliceTable, State, Task, TaskKind, Trace, Wait, WaitKind
from async_magics.testing import TraceScript
from async_magics.views.gantt import Gantt
from async_magics.views.spec import ChartOptions

SIZES = (100, 10_000, 1_000_000)
STEP_NS = 50_000


def invented(slices: int) -> Trace:
    """Return a trace of about so many slices."""
    count = 1000 if slices >= 1_000_000 else 20
    rounds = max(1, slices // (3 * count))
    end = rounds * count * STEP_NS
    table = SliceTable()
    wait = table.wait_id(Wait(kind=WaitKind.SLEEP, delay_ns=STEP_NS))
    table.add(0, 0, STEP_NS, State.RUNNING)
    table.add(0, STEP_NS, end, State.WAITING, wait=table.wait_id(Wait(kind=WaitKind.GATHER, count=count)))
    for task in range(1, count + 1):
        for turn in range(rounds):
            start = (turn * count + task - 1) * STEP_NS
            ready = start + (count - 3) * STEP_NS
            table.add(task, start, start + STEP_NS, State.RUNNING)
            table.add(task, start + STEP_NS, min(ready, end), State.WAITING, wait=wait)
            if ready < end:
                table.add(task, ready, min(start + count * STEP_NS, end), State.RUNNABLE)
    cell = TraceScript("benchmark").trace().tasks[0]
    tasks = [replace(cell, ended_ns=end, outcome=Outcome.RETURNED)]
    for number in range(1, count + 1):
        function = "fetch" if number % 3 else "store"
        fresh = Task(id=number, kind=TaskKind.ASYNCIO, name=f"Task-{number}", function=function, track=2, parent=0)
        tasks.append(replace(fresh, begun_ns=(number - 1) * STEP_NS, ended_ns=end, outcome=Outcome.RETURNED))
    return Trace(name="benchmark", slices=table, tasks=tuple(tasks), end_ns=end, cell_end_ns=end)


def peak_kib() -> int:
    """Return the largest resident size so far."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found // 1024 if sys.platform == "darwin" else found


def measure(slices: int) -> None:
    """Draw one chart three times and print a line."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401  # not part of what is measured

    gantt = Gantt(invented(slices), ChartOptions(lang="en"))
    before = peak_kib()
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        picture = gantt.png()
        times.append(time.perf_counter() - begun)
    grown, whole = (peak_kib() - before) / 1024, peak_kib() / 1024
    print(
        f"{len(gantt.trace.slices):>11,} slices   first {times[0]:6.3f} s   best {min(times):6.3f} s   "
        f"PNG {len(picture) / 1000:6.0f} kB   peak +{grown:4.0f} MiB, whole process {whole:4.0f} MiB",
        flush=True,
    )


def main() -> None:
    """Run every size asked for in a process of its own."""
    if sys.argv[1:2] == ["--here"]:
        measure(int(sys.argv[2]))
        return
    for slices in [int(text.replace(",", "").replace("_", "")) for text in sys.argv[1:]] or SIZES:
        subprocess.run([sys.executable, __file__, "--here", str(slices)], check=True)


if __name__ == "__main__":
    main()
