"""What ``%load_ext async_magics`` costs over an IPython that is up, and what ``import async_magics`` costs.

Each measurement is a new interpreter; the median and the least of several are printed.  python benchmarks/load_ext.py [rounds]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

UP = "from IPython.terminal.interactiveshell import TerminalInteractiveShell as Shell; shell = Shell.instance()"
CLOCKS = "from time import perf_counter as wall, process_time as cpu"
MEASURED = {
    "import async_magics": ("", "import async_magics"),
    "%load_ext async_magics": (UP, "shell.run_line_magic('load_ext', 'async_magics')"),
    "%load_ext autoreload (IPython's own, to compare)": (UP, "shell.run_line_magic('load_ext', 'autoreload')"),
}


def measured(setup: str, code: str, cache: str) -> tuple[float, float]:
    """Return wall and CPU time of a statement in a new interpreter, in milliseconds; ``cache`` keeps compiled modules, as users have."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": cache}
    program = f"{CLOCKS}\n{setup}\nw, c = wall(), cpu()\n{code}\nprint((wall() - w) * 1e3, (cpu() - c) * 1e3)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    wall, cpu = ran.stdout.split()[-2:]
    return float(wall), float(cpu)


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print("| what | wall ms, median | least | CPU ms, median | least |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        for name, (setup, code) in MEASURED.items():
            measured(setup, code, cache)
            walls, cpus = zip(*(measured(setup, code, cache) for _ in range(rounds)), strict=True)
            figures = (statistics.median(walls), min(walls), statistics.median(cpus), min(cpus))
            print(f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")


if __name__ == "__main__":
    main()
