"""What watching processes and pools costs, and how true their bars are.

    python benchmarks/pools.py            # about a minute

Each figure is measured in one run beside what it is compared with: the CPU time that one noted call costs a worker; the wall time of
a map of many small calls against the plain one; the distance between the ends of bars and what the functions themselves read off the
clock; and the time and memory for making and drawing the chart of a map of 10,000 items, matplotlib imported beforehand.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import async_magics
from async_magics.model import State, TaskKind, Trace
from async_magics.sources.child import Timed
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


def cpu_per_call(calls: int) -> tuple[float, float]:
    """Return microseconds of CPU per bare call and what noting it adds, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        timed = Timed(nothing, "batch", -1, folder)
        taken = []
        for function in (nothing, timed, nothing, timed):
            begin = time.process_time()
            for item in range(calls):
                function(item)
            taken.append((time.process_time() - begin) / calls * 1e6)
    bare, noted = min(taken[0::2]), min(taken[1::2])
    return bare, noted - bare


def map_ratio(items: int, rounds: int) -> tuple[float, float]:
    """Return seconds of a plain map of small calls, and the median ratio of the traced one in the same round."""
    plains, ratios = [], []
    with CONTEXT.Pool(2) as pool:
        for _ in range(rounds):
            taken = []
            for recording in (nullcontext(), async_magics.trace("map")):
                with recording:
                    begin = time.perf_counter()
                    pool.map(nothing, range(items))
                    taken.append(time.perf_counter() - begin)
            plains.append(taken[0])
            ratios.append(taken[1] / taken[0])
    return statistics.median(plains), statistics.median(ratios)


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
    bare, added = cpu_per_call(50_000 // size)
    plain, ratio = map_ratio(10_000 // size, 1 if size > 1 else 7)
    processes, pool = truth(five_processes, TaskKind.PROCESS), truth(pool_of_five, TaskKind.JOB)
    made, drawn, memory, jobs = large_map(10_000 // size)
    print(f"Python {platform.python_version()}\n")
    print("| what | figure |\n| --- | ---: |")
    print(f"| one call in a worker, µs of CPU | {bare:.2f} |")
    print(f"| … what noting it adds, µs of CPU | {added:.1f} |")
    print(f"| `Pool(2).map` of {10_000 // size:,} such calls, s | {plain:.3f} |")
    print(f"| … traced, as a ratio | {ratio:.2f} |")
    print(f"| five processes: worst end of a bar against the function's own clock, ms | {processes:.2f} |")
    print(f"| `Pool(5).map`: the same, ms | {pool:.2f} |")
    print(f"| `Pool(4).map` of {jobs:,} items, one by one: making the trace, s | {made:.2f} |")
    print(f"| … drawing it, s | {drawn:.2f} |")
    print(f"| … memory for both at its peak, MiB over before | {memory:.0f} |")


if __name__ == "__main__":
    main()
