"""What ``import async_magics`` costs, in a new process, over a Python that does nothing.

    python benchmarks/imports.py

Interleaved rounds; the median of the differences in each round, so that a slow moment of the machine hits both sides.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

SCRIPT = "import time; begin = time.perf_counter(); {work}; print(time.perf_counter() - begin)"
WORK = {
    "import async_magics": "import async_magics",
    "… and the names trace, load": "import async_magics; async_magics.trace; async_magics.load",
    "for comparison: import asyncio": "import asyncio",
    "for comparison: import matplotlib.figure": "import matplotlib.figure",
}


def once(work: str) -> float:
    """Return milliseconds."""
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(work=work)], capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[float]] = {name: [] for name in WORK}
    for _ in range(rounds):
        for name, work in WORK.items():
            taken[name].append(once(work))
    print(f"| in a new process | ms, median of {rounds} |\n| --- | ---: |")
    for name, values in taken.items():
        print(f"| {name} | {statistics.median(values):.1f} |")


if __name__ == "__main__":
    main()
