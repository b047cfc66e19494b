"""Notes on a recording whose tasks are still followed: placed anew at every look, final when they have finished."""

from __future__ import annotations

import asyncio
import threading

import pytest

from async_magics.analysis.noting import Asked
from async_magics.api import Recording, trace
from async_magics.errors import OptionError


async def wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def followed() -> tuple[Recording, asyncio.Event, asyncio.Task[None]]:
    """Return a recording of a task that waits for an event, after the traced code ended."""
    event = asyncio.Event()
    async with trace() as recording:
        task = asyncio.create_task(wait_for(event), name="waiter")
        await asyncio.sleep(0)
    assert recording.pending
    return recording, event, task


def test_notes_survive_until_the_tasks_have_finished() -> None:
    async def main() -> Recording:
        recording, event, task = await followed()
        recording.note("it waits", at=0, task="waiter")
        assert [note.text for note in recording.notes] == [note.text for note in recording.notes] == ["it waits"]
        event.set()
        await task
        recording.close()
        return recording

    recording = asyncio.run(main())
    (note,) = recording.notes
    assert note.task is not None and recording.tasks[note.task].name == "waiter"
    recording.note("afterwards", at=0)
    assert [note.text for note in recording.notes] == ["it waits", "afterwards"]


def test_a_moment_still_to_come_is_waited_for_and_then_told_to_be_missing() -> None:
    async def main() -> Recording:
        recording, event, task = await followed()
        recording.note("much later", at=1000)
        assert recording.trace.problems == ()
        event.set()
        await task
        recording.close()
        return recording

    recording = asyncio.run(main())
    assert recording.notes == ()
    (problem,) = recording.trace.problems
    assert problem.startswith("note 'much later': the recording lasted") and problem.endswith("there is no moment 1000 s in it")


def test_a_task_that_does_not_exist_is_refused_at_once_or_told_by_the_chart() -> None:
    async def main() -> Recording:
        recording, event, task = await followed()
        with pytest.raises(OptionError, match="did you mean 'waiter'"):
            recording.note("who?", at=0, task="witer")
        recording.add_notes([Asked(text="who?", at_ns=0, task="witer")])
        event.set()
        await task
        recording.close()
        return recording

    (problem,) = asyncio.run(main()).trace.problems
    assert problem == "note 'who?': no task or function is called 'witer'; did you mean 'waiter'?"


def test_a_note_can_be_taken_away_while_tasks_are_followed() -> None:
    async def main() -> Recording:
        recording, event, task = await followed()
        recording.note("same", at=0)
        recording.note("same", at=0, task="waiter")
        recording.note("other", at=0)
        assert recording.remove_note(2).task is not None
        assert [(note.text, note.task) for note in recording.notes] == [("same", None), ("other", None)]
        event.set()
        await task
        recording.close()
        return recording

    assert [note.text for note in asyncio.run(main()).notes] == ["same", "other"]


@pytest.mark.parametrize("by_number", [True, False])
def test_a_note_stays_with_its_task_when_others_come_before_it(by_number: bool) -> None:
    """Tasks of loops are numbered before threads; one that is made while tasks are followed moves every thread's number."""

    async def spawn(gate: asyncio.Event) -> None:
        await gate.wait()
        await asyncio.create_task(asyncio.sleep(0), name="made later")

    async def main() -> Recording:
        gate, hold = asyncio.Event(), threading.Event()
        async with trace() as recording:
            task = asyncio.create_task(spawn(gate), name="spawner")
            thread = threading.Thread(target=hold.wait, name="helper")
            thread.start()
            await asyncio.sleep(0)
        (clicked,) = [one for one in recording.tasks if one.name == "helper"]
        if by_number:
            recording.note("mine", at=0, task=clicked.id)
        gate.set()
        await task
        if not by_number:
            recording.note("mine", at=0, task=clicked)
        (moved,) = [one for one in recording.tasks if one.name == "helper"]
        assert moved.id == clicked.id + 1
        assert [note.task for note in recording.notes] == [moved.id]
        hold.set()
        thread.join()
        recording.close()
        return recording

    recording = asyncio.run(main())
    assert [recording.tasks[note.task].name for note in recording.notes if note.task is not None] == ["helper"]
