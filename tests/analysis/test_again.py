"""A task is found again in what is known later of the same recording, whatever its id is by then."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.strategies import traces

from async_magics.analysis.again import again, numbered
from async_magics.errors import OptionError
from async_magics.model import TaskKind, Trace
from async_magics.testing import TraceScript


def earlier() -> Trace:
    script = TraceScript()
    script.task("Task-2", "fetch", "1", at=0.1)
    script.task("helper", "work", at=0.2, kind=TaskKind.THREAD)
    for number in range(3):
        job = script.task("square", "square", str(number), at=0.3, kind=TaskKind.JOB)
        script.running(job, 0.4 + 0.1 * number, 0.9)
    return script.trace()


def later() -> Trace:
    """A task more, which was there before all others, and one that was made later; calls of the map that were told of late."""
    script = TraceScript()
    script.task("older", "fetch", "0")
    script.task("renamed", "fetch", "1", at=0.1)
    script.task("Task-2", "fetch", "2", at=0.5)
    script.task("helper", "work", at=0.2, kind=TaskKind.THREAD)
    for number in (3, 0, 2, 1):
        job = script.task("square", "square", str(number), at=0.3, kind=TaskKind.JOB)
        script.running(job, 0.4 + 0.1 * number, 0.9)
    return script.trace()


def test_each_is_found() -> None:
    found = [again(later(), task) for task in earlier().tasks]
    assert [(later().tasks[number].name, later().tasks[number].arguments) for number in found if number is not None] == [
        ("cell", None), ("renamed", "1"), ("helper", None), ("square", "0"), ("square", "1"), ("square", "2"),
    ]  # fmt: skip


def test_what_was_made_up_and_is_known_better_now_is_found_by_its_name() -> None:
    script = TraceScript()
    script.task("worker 1", at=0.1, kind=TaskKind.WORKER)
    script.task("worker 2", at=0.1, kind=TaskKind.WORKER)
    before = TraceScript()
    before.task("worker 2", at=0.3, kind=TaskKind.WORKER)
    assert again(script.trace(), before.trace().tasks[1]) == 2


def test_what_is_not_there_is_not_found() -> None:
    assert [again(TraceScript().trace(), task) for task in earlier().tasks] == [0, None, None, None, None, None]


@given(traces())
def test_in_its_own_trace_each_is_itself(trace: Trace) -> None:
    assert [again(trace, task) for task in trace.tasks] == [task.id for task in trace.tasks]


def test_a_number_that_no_task_has_is_refused() -> None:
    assert numbered(earlier(), 2).name == "helper"
    for wrong in (-1, 6):
        with pytest.raises(OptionError, match=f"there is no task number {wrong}: ids go from 0 to 5"):
            numbered(earlier(), wrong)
