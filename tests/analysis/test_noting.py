"""The author's notes: which task and which moment are meant, and what is said where there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from async_magics import load
from async_magics.analysis.noting import Asked, noted, with_notes, without_note
from async_magics.errors import OptionError
from async_magics.model import Note, Trace, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, ns


def sample() -> Trace:
    """Two calls of one function one after the other, one of a local function beside them."""
    script = TraceScript("In [4]")
    script.waiting(0, 0, 2, WaitKind.GATHER)
    script.end(0, 2)
    for name, function, arguments, begin, end in (
        ("Task-2", "fetch", "1", 0, 1), ("Task-3", "fetch", "2", 1, 2), ("loader", "main.<locals>.load", "'x'", 0, 2),
    ):  # fmt: skip
        task = script.task(name, function, arguments, at=begin)
        script.running(task, begin, begin + 0.1)
        script.waiting(task, begin + 0.1, end, WaitKind.SLEEP)
        script.end(task, end)
    return script.trace(2)


def asked(at: float, task: str | int | None = None, text: str = "here") -> Asked:
    return Asked(text=text, at_ns=ns(at), task=task)


@pytest.mark.parametrize(
    ("task", "at", "found"),
    [
        (None, 1, None), ("Task-2", 1.5, 1), ("Task-3", 0.5, 2), ("loader", 1, 3), ("fetch(2)", 0, 2), ("fetch", 0.5, 1), ("fetch", 1.5, 2),
        ("load", 1, 3), ("load('x')", 1, 3), ("main.<locals>.load", 1, 3), ("task-3", 1, 2), ("cell", 1, 0), ("Cell", 1, 0),
        ("ячейка", 1, 0), (3, 1, 3), (0, 1, 0), (" loader ", 1, 3),
    ],
)  # fmt: skip
def test_which_task_is_meant(task: str | int | None, at: float, found: int | None) -> None:
    assert noted(sample(), asked(at, task)) == Note(text="here", t_ns=ns(at), task=found)


def test_of_several_the_one_that_ran_is_meant() -> None:
    script = TraceScript()
    for number in range(3):
        task = script.task(f"Task-{number}", "work")
        script.running(task, 0.1 * number, 0.1 * number + 0.1)
        script.waiting(task, 0.1 * number + 0.1, 1, WaitKind.SLEEP)
        script.end(task, 1)
    assert [noted(script.trace(1), asked(at, "work")).task for at in (0.05, 0.15, 0.25, 0.9)] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (asked(1, "Tsk-3"), "no task or function is called 'Tsk-3'; did you mean 'Task-3'?"),
        (asked(1, "fecth"), "no task or function is called 'fecth'; did you mean 'fetch'?"),
        (asked(1, "zzz"), "no task or function is called 'zzz'; there are cell, Task-2, fetch, Task-3, …"),
        (asked(1, 4), "there is no task number 4: ids go from 0 to 3"),
        (asked(5), "the recording lasted 2 s: there is no moment 5 s in it"),
        (asked(-0.5), "the recording lasted 2 s: there is no moment -0.5 s in it"),
        (asked(1, text="  \n"), "a note needs a text"),
    ],
)
def test_what_has_no_place_is_said_with_the_nearest_name(wrong: Asked, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        noted(sample(), wrong)
    assert str(refused.value) == message


def test_a_moment_read_off_the_chart_may_be_rounded() -> None:
    assert noted(sample(), asked(2.009)).t_ns == ns(2)


def test_a_recording_that_goes_on_may_still_reach_the_moment() -> None:
    assert noted(sample(), asked(5), goes_on=True).t_ns == ns(5)


def test_notes_asked_for_before_are_added_in_order_of_time_or_become_problems() -> None:
    found = with_notes(
        sample(), [asked(1.5, "Task-3", "late"), asked(0.5, text="early"), asked(1, "Tsk-3", "where?"), asked(9, text="when?")]
    )
    assert [note.text for note in found.notes] == ["early", "late"]
    assert found.problems == (
        "note 'where?': no task or function is called 'Tsk-3'; did you mean 'Task-3'?",
        "note 'when?': the recording lasted 2 s: there is no moment 9 s in it",
    )


def test_texts_are_bounded() -> None:
    assert len(noted(sample(), asked(1, text="x" * 100_000)).text) <= 1000


def test_a_note_is_taken_away() -> None:
    found = with_notes(sample(), [asked(1, text="one"), asked(1.2, text="two")])
    assert [note.text for note in without_note(found, found.notes[0]).notes] == ["two"]


# ---------------------------------------------------------------------- in the user's hands
def test_notes_are_saved_with_the_trace_and_added_to_a_loaded_one(tmp_path: Path) -> None:
    recorded = Recorded(sample())
    recorded.note("the first ends", at=1, task="Task-2")
    loaded = load(recorded.save(tmp_path / "trace.json"))
    loaded.note("before it", at=0.5)
    assert [note.text for note in loaded.notes] == ["before it", "the first ends"]
    assert "② the first ends" in loaded.gantt(lang="en").text()
    assert [note.text for note in recorded.notes] == ["the first ends"]


def test_a_wrong_note_changes_nothing() -> None:
    recorded = Recorded(sample())
    with pytest.raises(OptionError):
        recorded.note("x", at=1, task="nobody")
    assert (recorded.notes, recorded.trace.problems) == ((), ())


def test_a_task_itself_can_be_given() -> None:
    recorded = Recorded(sample())
    recorded.note("mine", at=1, task=recorded.tasks[2])
    assert [note.task for note in recorded.notes] == [2]
    with pytest.raises(OptionError, match=r"^the task 'loader' is not in the trace$"):
        Recorded(TraceScript("other").trace(1)).note("x", at=0, task=sample().tasks[3])


@pytest.mark.parametrize(
    ("text", "at", "task", "message"),
    [
        ("x", "1", None, "at is a number of seconds, not '1'"),
        ("x", float("nan"), None, "at is a number of seconds, not nan"),
        ("x", 1, 2.5, "task is a task's name, function or id, not float"),
    ],
)
def test_arguments_of_other_kinds_are_refused(text: Any, at: Any, task: Any, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        Recorded(sample()).note(text, at=at, task=task)
    assert str(refused.value) == message


def test_notes_are_removed_by_their_place_in_time() -> None:
    recorded = Recorded(sample())
    recorded.note("two", at=1)
    recorded.note("one", at=0.5)
    assert recorded.remove_note(1).text == "one"
    with pytest.raises(OptionError, match="there is no note 2: they go from 1 to 1"):
        recorded.remove_note(2)
    recorded.remove_note(1)
    with pytest.raises(OptionError, match="there is no note 1: there are none"):
        recorded.remove_note(1)
