"""Runs that follow each other in one task: each is recorded as if it were alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from async_magics.api import Recording
from async_magics.errors import RecordingError
from async_magics.model import Outcome, Trace
from async_magics.runs import Runs


def traces_of(recordings: list[Recording]) -> list[Trace]:
    return [recording.trace for recording in recordings]


def names(trace: Trace) -> list[tuple[str, str]]:
    return [(task.call, task.outcome.value) for task in trace.tasks[1:]]


async def three(body: Callable[[int], Any]) -> list[Recording]:
    """Run a body three times in this task, each time with a recording of its own."""
    recordings = [Recording(name="r").start()]
    for number in range(3):
        if number:
            recordings.append(Recording(name="r"))
            recordings[-2].hand_over(recordings[-1])
        await body(number)
    for recording in reversed(recordings):
        recording.stop()
    return recordings


async def step(number: int) -> int:
    await asyncio.sleep(0)
    return number


def test_every_run_has_its_own_tasks() -> None:
    async def body(number: int) -> None:
        await asyncio.gather(step(number), step(number + 10))

    runs = traces_of(asyncio.run(three(body)))
    assert [names(trace) for trace in runs] == [
        [(f"step(number={n})" if "number=" in trace.tasks[1].call else f"step({n})", "returned") for n in (number, number + 10)]
        for number, trace in enumerate(runs)
    ]
    assert all(trace.tasks[1].parent == 0 for trace in runs)


def test_the_cell_itself_runs_and_waits_in_every_run() -> None:
    async def body(number: int) -> None:
        await asyncio.sleep(0.001)

    for trace in traces_of(asyncio.run(three(body))):
        states = [item.state.name for item in trace.slices if item.task == 0]
        assert states[0] == "RUNNING"
        assert states.count("WAITING") == 1
        assert trace.tasks[0].outcome is Outcome.RETURNED
        assert trace.problems == ()


def test_runs_do_not_overlap() -> None:
    async def body(number: int) -> None:
        await asyncio.sleep(0)

    runs = traces_of(asyncio.run(three(body)))
    ends = [trace.anchor.mono_ns + trace.end_ns for trace in runs]
    begins = [trace.anchor.mono_ns for trace in runs]
    assert all(end <= begin for end, begin in zip(ends, begins[1:], strict=False))


def test_a_run_without_any_await_and_threads_in_it() -> None:
    recordings = [Recording(name="r").start()]
    for number in range(2):
        if number:
            recordings.append(Recording(name="r"))
            recordings[-2].hand_over(recordings[-1])
        thread = threading.Thread(target=len, args=([],), name=f"t{number}")
        thread.start()
        thread.join()
    for recording in reversed(recordings):
        recording.stop()
    assert [[task.name for task in trace.tasks[1:]] for trace in traces_of(recordings)] == [["t0"], ["t1"]]


def test_a_task_of_the_first_run_is_followed_to_its_end() -> None:
    async def main() -> list[Trace]:
        release = asyncio.Event()
        tasks: list[asyncio.Task[Any]] = []

        async def body(number: int) -> None:
            if number == 0:
                tasks.append(asyncio.create_task(release.wait(), name="late"))
            await asyncio.sleep(0)

        recordings = await three(body)
        runs = Runs(recordings)
        told: list[int] = []
        runs.on_settled = lambda: told.append(1)
        assert runs.pending and [recording.pending for recording in recordings] == [True, False, False]
        release.set()
        await tasks[0]
        await asyncio.sleep(0)
        assert (told, runs.pending, runs.on_settled) == ([1], False, None)
        return traces_of(recordings)

    first, second, _third = asyncio.run(main())
    assert [(task.name, task.outcome.value) for task in first.tasks[1:]] == [("late", "returned")]
    assert second.tasks[1:] == ()


def test_forgetting_runs_stops_following() -> None:
    async def main() -> None:
        async def body(number: int) -> None:
            tasks.append(asyncio.create_task(asyncio.sleep(60)))

        tasks: list[asyncio.Task[Any]] = []
        runs = Runs(await three(body))
        assert runs.pending
        runs.discard()
        assert not runs.pending
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    asyncio.run(main())


def test_runs_show_themselves_as_the_one_in_the_middle() -> None:
    async def body(number: int) -> None:
        await asyncio.sleep(0)

    recordings = asyncio.run(three(body))
    runs = Runs(recordings)
    lengths = [trace.end_ns for trace in traces_of(recordings)]
    assert runs.runs == tuple(recordings)
    assert runs.trace.runs_ns == tuple(lengths)
    assert runs.trace.end_ns == sorted(lengths)[1]
    assert runs.drawn is recordings[lengths.index(runs.trace.end_ns)]
    assert "3 runs: " in runs.gantt(lang="en").text()
    assert repr(runs).startswith("<Runs 'r': 3 runs, 0 tasks, ")
    assert recordings[0].runs == (recordings[0],)


def test_a_note_stands_on_the_run_that_is_shown() -> None:
    async def body(number: int) -> None:
        await asyncio.sleep(0)

    recordings = asyncio.run(three(body))
    runs = Runs(recordings)
    runs.note("here", at=0.0)
    assert [note.text for note in runs.notes] == ["here"]
    assert [run is runs.drawn for run in recordings] == [bool(run.notes) for run in recordings]
    assert runs.remove_note(1).text == "here"
    assert runs.notes == ()


def test_only_a_recording_that_goes_on_can_be_followed() -> None:
    with pytest.raises(RecordingError, match="goes on"):
        Recording().hand_over(Recording())
