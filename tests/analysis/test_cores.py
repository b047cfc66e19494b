"""Whether works that ran at once computed at once: said only where everything speaks for it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.views import works

from async_magics.analysis import CoreUse, core_use
from async_magics.model import TaskKind, Trace
from async_magics.testing import TraceScript, ns


def judged(trace: Trace) -> list[tuple[TaskKind, int, bool]]:
    return [(use.kind, use.count, use.turns) for use in core_use(trace)]


@pytest.mark.parametrize(
    ("measured", "says"),
    [
        # on-CPU, no core, voluntary switches a second, as measured on a quiet and on a busy machine
        ({"count": 2, "share": 0.45, "no_core": 0.02, "switches": 240}, (2, True)),
        ({"count": 4, "share": 0.25, "no_core": 0.09, "switches": 220}, (4, True)),
        ({"count": 2, "share": 0.89, "no_core": 0.10, "switches": 2}, (2, False)),
        ({"count": 2, "share": 0.24, "no_core": 0.61, "switches": 90}, None),
        ({"count": 2, "share": 0.33, "no_core": 0.67, "switches": 0}, None),
        ({"count": 2, "share": 0.50, "no_core": 0.48, "switches": 0}, None),
        ({"count": 2, "share": 0.50, "no_core": 0.02, "switches": 3}, None),
        ({"count": 2, "share": 0.001, "no_core": 0.0, "switches": 9}, None),
        ({"count": 2, "share": 0.25, "no_core": 0.02, "switches": 240}, None),
        ({"count": 1, "share": 0.98, "no_core": 0.0, "switches": 240}, None),
        ({"count": 2, "share": 0.48, "no_core": 0.02, "switches": 240, "seconds": 0.04}, None),
    ],
    ids=[
        "two under the GIL", "four under the GIL", "C code that frees the GIL", "the GIL on a busy machine", "C code on a busy machine",
        "only cores lacked", "hardly a switch", "sleeping", "computing little", "alone", "too short",
    ],
)  # fmt: skip
def test_threads(measured: dict[str, Any], says: tuple[int, bool] | None) -> None:
    """The measured cases, each with its twin."""
    expected = [] if says is None else [(TaskKind.THREAD, *says)]
    assert judged(works.threads(**measured)) == expected


def test_a_single_core_or_an_unknown_number_proves_nothing() -> None:
    """Turns are natural there."""
    for cores in (1, None):
        assert core_use(dataclasses.replace(works.threads(), cores=cores)) == ()


@pytest.mark.parametrize(("fields", "turns"), [({"switches": None}, False), ({"no_core_ns": None}, True)])
def test_what_was_not_measured_is_not_claimed(fields: dict[str, Any], turns: bool) -> None:
    """Without switches nothing is said; without the time lacking a core, many switches have to speak alone."""
    trace = works.threads()
    changed = tuple(dataclasses.replace(task, **fields) if task.kind is TaskKind.THREAD else task for task in trace.tasks)
    assert judged(dataclasses.replace(trace, tasks=changed)) == ([(TaskKind.THREAD, 2, True)] if turns else [])


def test_threads_of_different_processes_share_no_lock() -> None:
    """Two children with one busy thread each."""
    script = TraceScript()
    for number in range(2):
        child = script.process(f"Process-{number}", "main", "", pid=50 + number)
        thread = script.thread(f"T{number}", "f", "", parent=child, cpu_ns=ns(0.48), no_core_ns=0, switches=300)
        script.running(thread, 0, 1, cpu_ns=ns(0.48))
    assert core_use(script.trace(cell_end=1, cores=2)) == ()


def test_threads_one_after_the_other_do_not_overlap() -> None:
    """Nothing to judge."""
    script = TraceScript()
    for number in range(2):
        thread = script.thread(f"T{number}", "f", "", at=number, cpu_ns=ns(0.5), no_core_ns=0, switches=300)
        script.running(thread, number, number + 1, cpu_ns=ns(0.5))
    assert core_use(script.trace(cell_end=2, cores=2)) == ()


def test_processes_side_by_side() -> None:
    """Two that compute, five on two cores, and two that sleep."""
    found = core_use(works.processes(2, cpu=0.97))
    assert [(use.kind, use.count, use.turns, use.tasks) for use in found] == [(TaskKind.PROCESS, 2, False, (1, 2))]
    assert found[0].cores == pytest.approx(1.94, abs=0.01)
    assert judged(works.processes(5, cpu=0.39)) == [(TaskKind.PROCESS, 5, False)]
    assert judged(works.processes(5)) == []


def test_jobs_count_by_their_workers() -> None:
    """Ten jobs on two threads are two threads; ten on two processes, two processes."""
    for pid, kind, share in ((None, TaskKind.THREAD, 0.48), (900, TaskKind.PROCESS, 0.95)):
        script = TraceScript()
        made = script.pool("pool")
        crew = [script.worker(made, f"w{n}", pid=None if pid is None else pid + n) for n in range(2)]
        for number in range(10):
            begin = number // 2 * 0.1
            script.job(
                made, crew[number % 2], "f", str(number), 0, begin, begin + 0.1, cpu=0.1 * share, no_core_ns=0, switches=25
            )  # fmt: skip
        found = core_use(script.trace(cell_end=0.5, cores=2))
        assert [(use.kind, use.count, use.turns) for use in found] == [(kind, 2, kind is TaskKind.THREAD)]


def test_a_judgement_names_what_it_judged() -> None:
    """With the cores that were used while at least two ran."""
    (use,) = core_use(works.threads())
    assert use == CoreUse(kind=TaskKind.THREAD, count=2, cores=use.cores, turns=True, tasks=(1, 2))
    assert use.cores == pytest.approx(0.96, abs=0.005)
