"""The lecture that the package was made for, run by a real kernel: without the magic, and with it under every start method."""

from __future__ import annotations

import copy
import re
import sys
from ast import literal_eval
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import ipykernel
import nbformat
import pytest

from async_magics import load
from async_magics.model import InstantKind, Outcome, State, Task, TaskKind, Trace

from .harness import normal
from .test_lecture import ROOT, is_chart, most_at_once, read, run_together, works

REAL = ROOT.parent / "shared" / "lecture" / "lecture_cells.ipynb"

METHODS = ("fork", "spawn", "forkserver")
START = "import multiprocessing\nmultiprocessing.set_start_method({!r})"
"""Python 3.14 starts processes by ``forkserver``, and then the lecture hangs at its pool without us."""
FIRST = {
    "plain": START.format("fork"),
    "fork": "\n".join(("%load_ext async_magics", START.format("fork"))),
    **{method: "\n".join(("%load_ext async_magics", START.format(method), "%taskprocesses by-value")) for method in METHODS[1:]},
}
"""The cell before the first one."""

TELLS = """%%tasktrace --no-svg --quiet --name told
def tell(number, queue=None):
    begin = time.perf_counter_ns()
    time.sleep(0.2)
    told = number, begin, time.perf_counter_ns()
    return told if queue is None else queue.put(told)
with Pool(5) as told_pool:
    told = told_pool.map(tell, range(5))
told_queue = multiprocessing.SimpleQueue()
told_processes = [Process(target=tell, args=(number, told_queue)) for number in range(5, 10)]
for each in told_processes: each.start()
told += [told_queue.get() for _ in told_processes]
for each in told_processes: each.join()"""
"""Has processes themselves tell when they begin and end, by the recorder's clock."""

PROCESSES = ("processes", "pool")
"""Cells whose child processes print in any order, even within a line."""

AFTER_THE_CELL = {"hello", "... world!", *(f"Отправляю команду test пользователю {number}" for number in (1, 2, 3))}
"""What tasks print that outlive their cell; kernels before 6.29 show it under whatever cell runs then."""

WAITED_FOR = {"wait_for": 1} if sys.version_info < (3, 12) else {}
"""From Python 3.12 on ``wait_for`` makes no task."""

TASKS = {
    "create_task": 2, "one_task": 1, "long_task": 1, "gather": 4, "gather_error": 4, "gather_return_exceptions": 4,
    "shield": 2, "wait_first": 2, "wait_timeout": 2, "wait_all": 2, **WAITED_FOR,
}  # fmt: skip
"""How many tasks of asyncio a cell makes, where it makes any."""

NOT_RETURNED = {
    "gather_error": [Outcome.RAISED],
    "gather_return_exceptions": [Outcome.RAISED],
    **{name: [Outcome.CANCELLED] for name in WAITED_FOR},
}
"""Their ends other than by ``return``."""


def prepared(real: Any, how: str) -> Any:
    """Return the lecture with a line on top of each cell, a cell before them, and with the magic two cells after them."""
    changed = copy.deepcopy(real)
    for cell in changed.cells:
        line = "#" if how == "plain" else f"%%tasktrace --no-svg --name {cell.metadata['name']}"
        cell.source = f"{line}\n{cell.source}"
    changed.cells.insert(0, nbformat.v4.new_code_cell(FIRST[how]))
    if how != "plain":
        changed.cells += [nbformat.v4.new_code_cell(text) for text in (TELLS, f"%taskexport --all {how}/*.json\nprint(told)")]
    return changed


def said(cell: Any) -> dict[str, list[str]]:
    """Return what a cell printed, returned and raised; no charts."""
    found: dict[str, list[str]] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            name, text = output.name, output.text
        elif output.output_type == "error":
            name, text = "error", "\n".join([output.ename, output.evalue, *output.traceback])
        elif is_chart(output):
            continue
        else:
            name, text = output.output_type, output.data["text/plain"]
        found[name] = [*found.get(name, []), text]
    return {name: comparable(cell, normal("".join(texts))) for name, texts in found.items()}


def comparable(cell: Any, text: str) -> list[str]:
    """Take out times, and the order where it is free: in sets, and among processes."""
    text = re.sub(r"\d+\.\d{3,}", "seconds", text)
    if cell.metadata["name"] in PROCESSES:
        return sorted("".join(text.split()))
    return [", ".join(sorted(re.split(r"(?<=>), (?=<Task)", line.strip("{}")))) for line in text.splitlines()]


Said: TypeAlias = dict[str, list[str]]


def without_strays(number: int, plain: Said, traced: Said) -> tuple[Said, Said]:
    """Forget, on old kernels, the lines of tasks of earlier cells that appeared in one of the two runs only."""
    one, other = (Counter(run.get("stdout", ())) for run in (plain, traced))
    if ipykernel.version_info >= (6, 29) or number < 14 or one == other:
        return plain, traced
    strays = AFTER_THE_CELL.intersection({*(one - other), *(other - one)})
    return _without(strays, plain), _without(strays, traced)


def _without(lines: set[str], run: Said) -> Said:
    return {**run, "stdout": [line for line in run.get("stdout", ()) if line not in lines]}


@pytest.mark.usefixtures("own_kernel")
@pytest.mark.skipif(not REAL.is_file(), reason="the lecture is not part of the project: ../shared/lecture is missing")
def test_real_lecture_says_the_same_with_the_right_chart_under_each_cell(tmp_path: Path) -> None:
    """All four kernels at once, since they mostly sleep."""
    real = read(REAL)
    books = {how: prepared(real, how) for how in FIRST}
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_CURRENT_TEST")  # a kernel that sees it does not show what new interpreters print
        environment.setenv("PYTHONUNBUFFERED", "1")  # which they would keep until they end, and the pool never does
        run_together([*books.values()], tmp_path)
    for method in METHODS:
        assert_says_the_same(books["plain"].cells[1:], books[method].cells[1:-2], method)
        traces = {path.stem: load(path).trace for path in (tmp_path / method).glob("*.json")}
        assert_processes(traces["processes"], method)
        assert_pool(traces["pool"], method)
        assert_generators(traces["generators"])
        assert_tasks(traces)
        assert_times(traces["told"], literal_eval(books[method].cells[-1].outputs[-1].text.splitlines()[-1]))
        assert not [(name, trace.problems) for name, trace in traces.items() if trace.problems or trace.dropped]


def assert_says_the_same(plain: list[Any], traced: list[Any], method: str) -> None:
    for number, (one, other) in enumerate(zip(plain, traced, strict=True)):
        expected, found = without_strays(number, said(one), said(other))
        assert found == expected, f"{method}, cell {number}, {one.metadata['name']}"
        assert [is_chart(output) for output in other.outputs] == [*(False for _ in other.outputs[1:]), True], f"{method}, cell {number}"
        assert not any(is_chart(output) for output in one.outputs)
        assert one.execution_count == other.execution_count == number + 2
    assert "error" in said(traced[18]), "the cell that raises did raise"


def slices_of(trace: Trace, task: Task) -> list[tuple[State, int, int]]:
    return [(row.state, row.start_ns, row.end_ns) for row in trace.slices if row.task == task.id]


def assert_starts_up(trace: Trace, task: Task) -> None:
    """Its bar begins where it was started, hatched until its code runs."""
    assert task.created_ns < (task.begun_ns or 0)
    assert slices_of(trace, task)[0] == (State.RUNNABLE, task.created_ns, task.begun_ns)


def assert_at_once(found: list[Task], method: str) -> None:
    """All five, if forked; of new interpreters a busy machine may not start all in the second that one of them sleeps."""
    least = 5 if method == "fork" else 2
    assert least <= most_at_once(found) <= 5
    assert least <= len({task.track for task in found}) <= 5


def assert_processes(trace: Trace, method: str) -> None:
    found = works(trace, TaskKind.PROCESS)
    assert [task.call for task in found] == [f"slow_square({number})" for number in range(5)]
    assert_at_once(found, method)
    assert {(task.method, task.outcome, task.exit_code, task.older) for task in found} == {(method, Outcome.RETURNED, 0, False)}
    assert len({task.track for task in found}) == 5
    for task in found:
        assert_starts_up(trace, task)
        assert slices_of(trace, task)[1:] == [(State.RUNNING, task.begun_ns, task.ended_ns)]


def assert_pool(trace: Trace, method: str) -> None:
    (pool,) = works(trace, TaskKind.POOL)
    workers, jobs = works(trace, TaskKind.WORKER), works(trace, TaskKind.JOB)
    assert (pool.name, pool.method, pool.outcome) == ("Pool(5)", method, Outcome.UNFINISHED)
    assert [instant.task for instant in trace.instants if instant.kind is InstantKind.NOT_CLOSED] == [pool.id]
    assert sorted(job.call for job in jobs) == [f"slow_square({number})" for number in range(1, 6)]
    assert_at_once(jobs, method)
    assert {(job.pool, job.method, job.outcome) for job in jobs} == {(pool.id, "map", Outcome.RETURNED)}
    assert len(workers) == 5 and {job.track for job in jobs} <= {worker.track for worker in workers}
    for worker in workers:
        assert_starts_up(trace, worker)
    for job in jobs:
        assert job.created_ns <= (job.begun_ns or 0) < (job.ended_ns or 0) <= (job.delivered_ns or 0)


def assert_generators(trace: Trace) -> None:
    """Each makes five steps, by turns with the other."""
    counter, printer = works(trace, TaskKind.GENERATOR)
    assert (counter.call, printer.call) == ("counter()", "printer()")
    steps = sorted((row.start_ns, row.end_ns, row.task) for row in trace.slices if row.state is State.RUNNING and row.task)
    assert [task for _begin, _end, task in steps] == [counter.id, printer.id] * 5
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(steps))


def assert_tasks(traces: dict[str, Trace]) -> None:
    found = {name: [task for task in works(trace, TaskKind.ASYNCIO) if not task.older] for name, trace in traces.items()}
    assert {name: len(tasks) for name, tasks in found.items() if tasks} == TASKS
    ends = {name: [task.outcome for task in tasks if task.outcome is not Outcome.RETURNED] for name, tasks in found.items()}
    assert {name: outcomes for name, outcomes in ends.items() if outcomes} == NOT_RETURNED
    assert {name: most_at_once(tasks) for name, tasks in found.items() if tasks} == TASKS


def assert_times(trace: Trace, told: list[tuple[int, int, int]]) -> None:
    """Every bar holds what its function itself saw, and ends soon after it, for most: some wait for a core, or to put into the queue."""
    bars = {int((task.arguments or "").partition(",")[0]): task for kind in (TaskKind.JOB, TaskKind.PROCESS) for task in works(trace, kind)}
    assert sorted(bars) == sorted(number for number, _begin, _end in told) == [*range(10)]
    late = []
    for number, begin_ns, end_ns in told:
        begin, end = begin_ns - trace.anchor.mono_ns, end_ns - trace.anchor.mono_ns
        assert (bars[number].begun_ns or 0) <= begin < end <= (bars[number].ended_ns or 0)
        late.append((bars[number].ended_ns or 0) - end)
    assert sorted(late)[len(late) // 2] < 30_000_000
