"""What watching costs a pool: CPU time per call in the worker and per item in the caller, side by side in one run.

    python benchmarks/pools.py            # about half a minute
    python benchmarks/pools.py --quick    # a smoke test

Rounds run plain and watched in turn; the table holds the medians of the rounds, so a machine that is slow for a while slows both sides.
CPU time is that of the process in question, all of its threads. A worker that waits for each item is slower per item than one with a
queue before it, and watching makes the caller slower: the chunks of 100 tell what a call itself costs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.pool
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

import async_magics

Measured = tuple[float, float]
"""CPU seconds of the worker, of the caller."""


def nothing(_: int) -> None:
    """Return at once."""


def used(_: int = 0) -> float:
    """Return the CPU seconds of the process in which this runs."""
    return time.process_time()


@contextmanager
def measured(pool: Any, found: list[Measured], *, in_worker: bool) -> Iterator[None]:
    """Measure what happens inside, in the pool's only worker and here."""
    before = pool.apply(used) if in_worker else 0.0, time.process_time()
    yield
    after = pool.apply(used) if in_worker else 0.0, time.process_time()
    found.append((after[0] - before[0], after[1] - before[1]))


class Executor:
    """Gives an executor the methods of a pool that are used here."""

    def __init__(self, executor: Any) -> None:
        self.executor = executor

    def apply(self, function: Callable[..., Any]) -> Any:
        return self.executor.submit(function).result()

    def map(self, function: Callable[..., Any], items: Any, chunk: int = 1) -> Any:
        return list(self.executor.map(function, items, chunksize=chunk))


def one_by_one(pool: Any, items: range) -> None:
    """Send each item by itself."""
    pool.map(nothing, items, 1)


def in_chunks(pool: Any, items: range) -> None:
    """Send a hundred at a time."""
    pool.map(nothing, items, 100)


def lazily(pool: Any, items: range) -> None:
    """Take each result as it comes."""
    for _ in pool.imap(nothing, items):
        pass


def rounds(pool: Any, run: Callable[[Any, range], None], items: range, count: int, *, in_worker: bool) -> tuple[Measured, Measured]:
    """Return the medians per item, in microseconds: plain, and what watching adds."""
    plain: list[Measured] = []
    watched: list[Measured] = []
    for _ in range(count):
        for found, around in ((plain, nullcontext()), (watched, async_magics.trace("benchmark"))):
            with around:
                pool.apply(used)
                with measured(pool, found, in_worker=in_worker):
                    run(pool, items)
    per = [1e6 / len(items) * statistics.median(side) for side in (*zip(*plain, strict=True), *zip(*watched, strict=True))]
    return (per[0], per[1]), (per[2] - per[0], per[3] - per[1])


def table(items: range, count: int) -> None:
    """Print a line per kind of pool and call."""
    print(f"{'CPU µs per item':<34}{'worker':>10}{'+ watched':>12}{'caller':>10}{'+ watched':>12}")
    context = multiprocessing.get_context("fork")
    with (
        context.Pool(1) as pool,
        multiprocessing.pool.ThreadPool(1) as threads,
        ProcessPoolExecutor(1, mp_context=context) as processes,
        ThreadPoolExecutor(1) as executor,
    ):
        for name, target, run, in_worker in (
            ("Pool.map, one by one", pool, one_by_one, True),
            ("Pool.map, chunks of 100", pool, in_chunks, True),
            ("Pool.imap", pool, lazily, True),
            ("ProcessPoolExecutor.map", Executor(processes), one_by_one, True),
            ("ProcessPoolExecutor, chunks of 100", Executor(processes), in_chunks, True),
            ("ThreadPool.map, one by one", threads, one_by_one, False),
            ("ThreadPoolExecutor.map", Executor(executor), one_by_one, False),
        ):
            (worker, caller), (more_worker, more_caller) = rounds(target, run, items, count, in_worker=in_worker)
            shown = (f"{worker:10.1f}{more_worker:12.1f}" if in_worker else f"{'':>22}") + f"{caller:10.1f}{more_caller:12.1f}"
            print(f"{name:<34}{shown}")


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    table(range(300 if quick else 2000), 2 if quick else 7)


if __name__ == "__main__":
    main()
