"""What watching costs: every workload plain, with us, and with other tools, side by side in one run.

    python benchmarks/overhead.py            # all of it, about half an hour
    python benchmarks/overhead.py --quick    # a smoke test of half a minute

Every run is a process of its own. A round runs every variant once, in turn, and gives one ratio for each; the table holds
the MEDIAN of the rounds' ratios, so a machine that is slow for a while slows both sides. Starting the tool counts; what comes
after the program does not: reports and files of other tools, making the trace of ours, which has a column of its own. Tools that
are not installed are left out and named.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from workloads import WORKLOADS

Variant = Callable[[], AbstractContextManager[object]]
Measured = tuple[float, float, float]
"""CPU seconds and wall seconds of the watched program; CPU seconds for stopping (for us: for making the trace)."""


def ours() -> AbstractContextManager[object]:
    """Return our recording, as a script would use it."""
    import async_magics

    return async_magics.trace("benchmark", arguments=False)


def ours_arguments() -> AbstractContextManager[object]:
    """Return our recording with the arguments of every task's call, as the magic does by default."""
    import async_magics

    return async_magics.trace("benchmark")


@contextmanager
def viztracer() -> Iterator[None]:
    """Trace every call; the buffer of a million entries overwrites itself."""
    from viztracer import VizTracer

    tracer = VizTracer(verbose=0)
    tracer.start()
    try:
        yield
    finally:
        tracer.stop()


@contextmanager
def yappi() -> Iterator[None]:
    """Count every call, in wall time, which is the one that suits coroutines."""
    import yappi as tool

    tool.set_clock_type("wall")
    tool.start()
    try:
        yield
    finally:
        tool.stop()


@contextmanager
def pyinstrument() -> Iterator[None]:
    """Sample once a millisecond."""
    from pyinstrument import Profiler

    profiler = Profiler(async_mode="enabled")
    profiler.start()
    try:
        yield
    finally:
        profiler.stop()


@contextmanager
def debug_mode() -> Iterator[None]:
    """Switch asyncio's debug mode on, its log left unread."""
    os.environ["PYTHONASYNCIODEBUG"] = "1"
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    yield


VARIANTS: Final[dict[str, tuple[Variant, str | None]]] = {
    "plain": (nullcontext, None),
    "async_magics": (ours, None),
    "… with arguments": (ours_arguments, None),
    "VizTracer": (viztracer, "viztracer"),
    "yappi": (yappi, "yappi"),
    "pyinstrument": (pyinstrument, "pyinstrument"),
    "debug mode": (debug_mode, None),
}
"""Each variant, and the package that it needs."""
LIMIT_S: Final = 120
"""One run may take so long; a tool that takes longer is said to."""
FAST: Final = ("plain", "async_magics", "… with arguments")


def measure(workload: str, variant: str, size: float) -> Measured:
    """Run one workload in this process."""
    program = WORKLOADS[workload]
    with VARIANTS[variant][0]():  # once on nothing, so that imports and first calls do not count
        asyncio.run(WORKLOADS["switching"].make(0.0001))
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    with VARIANTS[variant][0]():
        asyncio.run(program.make(size))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        stopping = time.process_time()
    return cpu, wall, time.process_time() - stopping


def spawn(workload: str, variant: str, size: float) -> Measured | None:
    """Run one workload in a new process; return nothing if it takes too long."""
    command = [sys.executable, __file__, "--one", workload, variant, "--size", str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise SystemExit(f"{workload} with {variant} failed:\n{done.stderr[-2000:]}")
    cpu, wall, stopping = json.loads(done.stdout.splitlines()[-1])
    return cpu, wall, stopping


def compare(workload: str, variants: list[str], rounds: int, slow_rounds: int, size: float) -> dict[str, list[Measured]]:
    """Return what every variant took in every round; the slow ones take part in the first rounds only."""
    taken: dict[str, list[Measured]] = {name: [] for name in variants}
    for number in range(rounds):
        for name in variants:
            if len(taken[name]) == number and (number < slow_rounds or name in FAST):
                took = spawn(workload, name, size)
                taken[name] += [took] if took else []
                print(f"{workload} {number + 1}/{rounds} {name}: {f'{took[0]:.2f} s' if took else 'too long'}", file=sys.stderr)
    return taken


def ratios(taken: list[Measured], plain: list[Measured]) -> str:
    """Return the medians of the rounds' ratios of CPU and wall time."""
    if not taken:
        return f"over {LIMIT_S} s"
    cpu, wall = (statistics.median(one[i] / base[i] for one, base in zip(taken, plain, strict=False)) for i in (0, 1))
    return f"{cpu:.2f} ({wall:.2f})"


def table(results: dict[str, dict[str, list[Measured]]], variants: list[str]) -> str:
    """Return the Markdown table: CPU ratio, wall ratio in brackets."""
    rows = [["workload", "plain, CPU s", *variants[1:], "trace made in, CPU s"], ["---", *["---:"] * (len(variants) + 1)]]
    for name, taken in results.items():
        plain = taken["plain"]
        cells = [ratios(taken[variant], plain) for variant in variants[1:]]
        made = statistics.median(stopping for *_, stopping in taken["async_magics"])
        rows.append([WORKLOADS[name].title, f"{statistics.median(cpu for cpu, *_ in plain):.2f}", *cells, f"{made:.2f}"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", help=f"some of: {' '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of the plain program and of ours")
    parser.add_argument("--slow-rounds", type=int, default=3, help="rounds of the other tools")
    parser.add_argument("--size", type=float, default=1.0, help="1 is the size that the table names")
    parser.add_argument("--quick", action="store_true", help="one round at a hundredth of the size: does everything run?")
    parser.add_argument("--ours", action="store_true", help="leave other tools out")
    parser.add_argument("--one", nargs=2, metavar=("WORKLOAD", "VARIANT"), help=argparse.SUPPRESS)
    found = parser.parse_args()
    if found.quick:
        found.rounds, found.slow_rounds, found.size = 1, 1, 0.01
    return found


def main() -> None:
    """Measure and print the table."""
    asked = arguments()
    if asked.one:
        print(json.dumps(measure(*asked.one, asked.size)))
        return
    missing = [name for name, (_, package) in VARIANTS.items() if package and importlib.util.find_spec(package) is None]
    variants = [name for name in VARIANTS if name not in missing and (name in FAST or not asked.ours)]
    names = asked.workloads or list(WORKLOADS)
    results = {name: compare(name, variants, asked.rounds, asked.slow_rounds, asked.size) for name in names}
    print(f"CPU time as a ratio to the plain program in the same round (wall time in brackets), median of {asked.rounds} rounds")
    print(f"({asked.slow_rounds} for other tools); Python {platform.python_version()}, {os.cpu_count()} cores.\n")
    print(table(results, variants))
    if missing:
        print(f"\nNot installed, so left out: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
