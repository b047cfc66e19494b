"""How true the bars of processes and pools are, and what the chart of a large map costs.

    python benchmarks/bars.py

The distance between the ends of bars and what the functions themselves read off the clock; and the time and memory for making and
drawing the chart of a map of 10,000 items, matplotlib imported beforehand.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import async_magics
from async_magics.model import State, TaskKind, Trace
from async_magics.views.gantt import Gantt
from async_magics.views.spec import ChartOptions

CONTEXT: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def nothing(item: int) -> int:
    """Do as little as a call can."""
    return item


def stamped(item: int, folder: str) -> int:
    """Sleep, and write down when this function began and ended."""
    begin = time.perf_counter_ns()
    time.sleep(0.3)
    Path(folder, str(item)).write_text(f"{begin} {time.perf_counter_ns()}")
    return item


def both(pair: tuple[int, str]) -> int:
    """Call ``stamped`` with one argument, as ``map`` does."""
    return stamped(*pair)


def errors(trace: Trace, kind: TaskKind, folder: str) -> float:
    """Return the largest distance, in ms, between a bar's ends and what its function read off the clock."""
    worst = 0
    tasks = [task for task in trace.tasks if task.kind is kind]
    stamps = [[int(text) for text in path.read_text().split()] for path in sorted(Path(folder).iterdir())]
    for task, stamp in zip(sorted(tasks, key=lambda task: task.arguments or ""), stamps, strict=True):
        (bar,) = [piece for piece in trace.slices.of(task.id) if piece.state is State.RUNNING]
        ends = [end + trace.anchor.mono_ns for end in (bar.start_ns, bar.end_ns)]
        worst = max(worst, *(abs(end - true) for end, true in zip(ends, stamp, strict=True)))
    return worst / 1e6


def truth(run: Callable[[str], None], kind: TaskKind) -> float:
    """Return the largest error of the bars of a program that leaves five stamps."""
    with tempfile.TemporaryDirectory() as folder:
        with async_magics.trace("truth") as recorded:
            run(folder)
        return errors(recorded.trace, kind, folder)


def five_processes(folder: str) -> None:
    """Start five processes and join them."""
    processes = [CONTEXT.Process(target=stamped, args=(item, folder)) for item in range(5)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def pool_of_five(folder: str) -> None:
    """Map over five items in a pool of five."""
    with CONTEXT.Pool(5) as pool:
        pool.map(both, [(item, folder) for item in range(5)])


def large_map(items: int) -> tuple[float, float, float, int]:
    """Return the seconds for making the trace and drawing it, the memory that took (MiB), and the number of bars."""
    with async_magics.trace("warm") as warm:
        pass
    Gantt(warm.trace, ChartOptions(lang="en")).png()
    with CONTEXT.Pool(4) as pool:
        recording = async_magics.trace("large")
        with recording:
            pool.map(nothing, range(items), chunksize=1)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begin = time.perf_counter()
            trace = recording.trace
            made = time.perf_counter() - begin
        begin = time.perf_counter()
        Gantt(trace, ChartOptions(lang="en")).png()
        drawn = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return made, drawn, (peak - before) / 1024, sum(task.kind is TaskKind.JOB for task in trace.tasks)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="at a tenth of the size: does everything run?")
    size = 10 if parser.parse_args().quick else 1
    processes, pool = truth(five_processes, TaskKind.PROCESS), truth(pool_of_five, TaskKind.JOB)
    made, drawn, memory, jobs = large_map(10_000 // size)
    print(f"Python {platform.python_version()}\n")
    print("| what | figure |\n| --- | ---: |")
    print(f"| five processes: worst end of a bar against the function's own clock, ms | {processes:.2f} |")
    print(f"| `Pool(5).map`: the same, ms | {pool:.2f} |")
    print(f"| `Pool(4).map` of {jobs:,} items, one by one: making the trace, s | {made:.2f} |")
    print(f"| … drawing it, s | {drawn:.2f} |")
    print(f"| … memory for both at its peak, MiB over before | {memory:.0f} |")


if __name__ == "__main__":
    main()
