"""A notebook's functions in other processes, in a real kernel."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .test_programs import LOAD, executed, kinds

DEFINED = """
import time
from dataclasses import dataclass
from multiprocessing import get_context
@dataclass
class Square:
    of: int
def slow_square(x):
    time.sleep(0.01)
    return Square(x * x)"""
MAP = """with get_context({method!r}).Pool(2) as pool:
    found = pool.map(slow_square, range(4))
print(found == [Square(n * n) for n in range(4)])"""


def said(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.mark.parametrize("magic", ["", "%%tasktrace --quiet\n"])
def test_without_by_value_a_pool_gets_one_clear_line(magic: str) -> None:
    """Traced or not; the next cell runs on."""
    begin = time.monotonic()
    cells = executed(LOAD, DEFINED, magic + MAP.format(method="forkserver"), "print(7)", allow_errors=True)
    assert time.monotonic() - begin < 60
    (refused,) = [output for output in cells[2].outputs if output.output_type == "error"]
    assert refused.ename == "NotebookFunctionError"
    assert len(refused.traceback) == 1
    assert all(words in refused.traceback[0] for words in ("slow_square()", "'forkserver'", "%taskprocesses by-value", "%%writefile"))
    assert said(cells[3]) == "7\n"


@pytest.mark.parametrize("magic", ["", "%%tasktrace --quiet\n"])
def test_with_by_value_every_start_method_works(magic: str) -> None:
    """Traced or not, with instances of the notebook's own class as results."""
    cells = executed(
        LOAD, DEFINED, "%taskprocesses by-value", *(magic + MAP.format(method=name) for name in ("fork", "spawn", "forkserver"))
    )
    assert [said(cell) for cell in cells[3:]] == ["True\n"] * 3


def test_a_process_says_at_its_line_that_it_will_fail() -> None:
    """Each time the cell is run, once for all of a loop."""
    start = """processes = [get_context('spawn').Process(target=slow_square, args=(n,)) for n in range(2)]
for process in processes: process.start()
for process in processes: process.join()
print([process.exitcode for process in processes])"""
    cells = executed(LOAD, DEFINED, start, start)
    for cell in cells[2:]:
        assert said(cell).count("AsyncMagicsWarning: slow_square() is defined in this notebook") == 1
        assert "[1, 1]" in said(cell)


def test_a_pool_of_an_earlier_cell_does_not_know_what_came_later() -> None:
    """Neither hangs, and unloading in between changes nothing about the pool."""
    cells = executed(
        LOAD, DEFINED, "pool = get_context('fork').Pool(2)", "def late(x): return x", "pool.map(late, [1])", "%unload_ext async_magics",
        "print(pool.map(abs, [-1])); pool.terminate(); pool.join()", allow_errors=True,
    )  # fmt: skip
    assert kinds(cells[4]) == ["error"]
    assert "late() was defined after the workers of this Pool were started" in cells[4].outputs[0].evalue
    assert said(cells[6]) == "[1]\n"
