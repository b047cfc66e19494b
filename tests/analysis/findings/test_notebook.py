"""The process that runs the cells is like a notebook's kernel."""

from __future__ import annotations

from async_magics.model import Outcome, WaitKind

from .notebook import Notebook

SLEEPS = "import asyncio\nasync def nap(s):\n    await asyncio.sleep(s)\nawait asyncio.gather(nap(0.02), nap(0.01))"
POOL = """
import multiprocessing
def f(x): return x
with multiprocessing.get_context('fork').Pool(2) as pool:
    assert pool.map(f, [1, 2]) == [1, 2]
"""
STUCK = "import asyncio\nawait asyncio.Event().wait()"


def test_a_cell_is_recorded_with_its_own_lines(notebook: Notebook) -> None:
    (ran,) = notebook.run([SLEEPS])
    assert ran.error is None and ran.trace.problems == ()
    assert [task.call for task in ran.trace.tasks[1:]] == ["nap(0.02)", "nap(0.01)"]
    (wait,) = [wait for wait in ran.trace.slices.waits if wait.kind is WaitKind.GATHER]
    (place,) = [place for place in wait.chain if place.file == "cell"]  # below it are those of IPython
    assert (place.line, place.text) == (5, "await asyncio.gather(nap(0.02), nap(0.01))")
    assert ran.trace.source.splitlines()[4] == place.text


def test_cells_share_a_namespace_and_requests_do_not(notebook: Notebook) -> None:
    assert [ran.error for ran in notebook.run(["x = 1", "y = x", "1/0"])] == [None, None, "ZeroDivisionError"]
    assert [ran.error for ran in notebook.run(["x"])] == ["NameError"]


def test_tasks_that_outlive_the_cell_are_followed(notebook: Notebook) -> None:
    (ran,) = notebook.run([f"{SLEEPS}\nt = asyncio.create_task(nap(0.05))"])
    assert ran.trace.tasks[-1].outcome is Outcome.RETURNED
    assert (ran.trace.tasks[-1].ended_ns or 0) > (ran.trace.cell_end_ns or 0)


def test_a_cell_that_hangs_is_interrupted(notebook: Notebook) -> None:
    (ran,) = notebook.run([STUCK], interrupt=0.1)
    assert (ran.error, ran.trace.tasks[0].exception) == ("CancelledError", "CancelledError")
    (ran,) = notebook.run(["import time\ntime.sleep(20)"], interrupt=1.0)
    assert (ran.error, ran.trace.tasks[0].exception) == ("KeyboardInterrupt", "KeyboardInterrupt")


def test_processes_find_what_a_cell_defines(notebook: Notebook) -> None:
    (ran,) = notebook.run([POOL])
    assert ran.error is None
    assert sum(task.kind == "job" for task in ran.trace.tasks) == 2
