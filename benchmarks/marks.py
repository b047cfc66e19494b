"""What callouts, marks, spans and prints cost, while nothing records and while something does: ``python benchmarks/marks.py [--quick]``.

Nanoseconds of CPU time for one, the least of several rounds, the empty loop taken off. A callout is measured as it stands in the code:
found and called.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Callable
from contextlib import nullcontext
from time import thread_time_ns
from typing import Any, Final

from async_magics import mark, span
from async_magics.api import trace
from async_magics.callouts import with_callouts
from async_magics.sources.prints import MOST

LOOP: Final = "def run(times):\n    for _ in times:\n        pass{}\n"
MARKS: Final = 9_000  #: fewer than the recorder keeps of one text
BODIES: Final[dict[str, str]] = {
    "callout": "  #: here",
    "mark": "; mark('here')",
    "span": "; __enter__(); __exit__(None, None, None)",
}


def made(body: str) -> Callable[[Any], None]:
    """Return a loop around some code."""
    source = LOOP.format(body)
    tree = ast.parse(source)
    with_callouts(tree, source)
    one = span("here")
    space: dict[str, Any] = {"mark": mark, "__enter__": one.__enter__, "__exit__": one.__exit__}
    exec(compile(tree, "<benchmark>", "exec"), space)
    run: Callable[[Any], None] = space["run"]
    return run


def took(run: Callable[[Any], None], times: int, rounds: int, *, recorded: bool) -> float:
    """Return nanoseconds for one turn of a loop."""
    found = []
    for _ in range(rounds):
        with trace() if recorded else nullcontext():
            begin = thread_time_ns()
            run(range(times))
            found.append((thread_time_ns() - begin) / times)
    return min(found)


def prints(times: Any) -> None:
    """Print a short line, many times."""
    for number in times:
        print("line", number)


def printing(times: int, rounds: int, *, recorded: bool) -> float:
    """Return nanoseconds for one ``print`` into a file of memory."""
    before, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        return took(prints, times, rounds, recorded=recorded)
    finally:
        sys.stdout = before


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    quick = parser.parse_args().quick
    times, rounds = (1_000, 1) if quick else (MARKS, 7)
    empty = took(made(""), times, rounds, recorded=False)
    print(f"{'':12}{'nothing records':>16}{'recorded':>12}   ns for one")
    for name, body in BODIES.items():
        run = made(body)
        idle, busy = (took(run, times, rounds, recorded=recorded) - empty for recorded in (False, True))
        print(f"{name:12}{idle:16,.0f}{busy:12,.0f}")
    for count in (times, times if quick else MOST * 10):
        idle, busy = (printing(count, rounds, recorded=recorded) for recorded in (False, True))
        print(f"{f'print × {count:,}':16}{idle:12,.0f}{busy:12,.0f}")


if __name__ == "__main__":
    main()
