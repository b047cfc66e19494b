"""Notes typed on magic lines: before the run with ``--note``, afterwards with ``%tasknote``."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from async_magics.analysis.noting import Asked
from async_magics.errors import OptionError
from async_magics.magics.extension import load_into, loaded
from async_magics.magics.options import TRACE, parse
from async_magics.magics.typed import asked_note, duration
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, ns

from .fakes import Drawing, Outliving, Recordings, Screen


# ---------------------------------------------------------------------- what is typed
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.5: the timeout fires", (1.5, None, "the timeout fires")),
        ("1.5s: x", (1.5, None, "x")),
        ("500ms:x", (0.5, None, "x")),
        ("0: from the start", (0, None, "from the start")),
        (".25 : x", (0.25, None, "x")),
        ("2 min: x", (120, None, "x")),
        ("Task-3@0.5: cancelled here", (0.5, "Task-3", "cancelled here")),
        ("fetch('http://a:80', 2) @ 500 ms: it fails", (0.5, "fetch('http://a:80', 2)", "it fails")),
        ("Моя задача@1: привет", (1, "Моя задача", "привет")),
        ("1: write to me@example.org: 2", (1, None, "write to me@example.org: 2")),
        ("Task-3@1: 2@3: x", (1, "Task-3", "2@3: x")),
        ("1: two\nlines", (1, None, "two\nlines")),
    ],
)
def test_what_a_note_means(text: str, wanted: tuple[float, str | None, str]) -> None:
    at, task, says = wanted
    assert asked_note(text) == Asked(text=says, at_ns=ns(at), task=task)


USE = '--note is "SECONDS: TEXT" or "TASK@SECONDS: TEXT", as in "1.5: the timeout fires", not '


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the timeout fires", USE + "'the timeout fires'"),
        ("1.5 the timeout", USE + "'1.5 the timeout'"),
        ("soon: x", USE + "'soon: x'"),
        ("-1: x", USE + "'-1: x'"),
        ("1.5:", "--note needs a text after the time, as in '1.5:' and then what is to be said"),
        ("9" * 400 + ": x", "--note is a time, and not for ever"),
        ("@1.5: x", "--note needs a task's name before the @, or no @, not '@1.5: x'"),
    ],
)
def test_a_note_that_is_none_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        parse(TRACE, f"--note '{text}'")
    assert str(refused.value) == message


def test_notes_may_be_several() -> None:
    found = parse(TRACE, '--note "1: a" --note "Task-3@2: b"').given["note"]
    assert [(asked.text, asked.task) for asked in found] == [("a", None), ("b", "Task-3")]


@pytest.mark.parametrize(("text", "seconds"), [("1.5", 1.5), ("500ms", 0.5), ("20 us", 2e-5), ("3µs", 3e-6), ("1h", 3600), ("7ns", 7e-9)])
def test_durations(text: str, seconds: float) -> None:
    assert duration(text) == pytest.approx(seconds)


# ---------------------------------------------------------------------- with the cell
def notes(shell: Any, name: str = "last") -> list[str]:
    return [note.text for note in loaded(shell).shelf[name].trace.notes]


def test_notes_of_the_magic_line_are_kept_with_the_trace(shell: Any, screen: Screen) -> None:
    shell.run_cell('%%tasktrace --note "0.2: first" --note "cell@400ms: second"\n1')
    assert notes(shell) == ["first", "second"]
    assert screen.texts == ["chart of In [1]"]


def test_a_note_without_a_place_loses_no_chart(shell: Any, screen: Screen) -> None:
    assert shell.run_cell('%%tasktrace --note "Tsk-3@0.2: x" --note "7: y" --note "0.1: z"\n7').result == 7
    trace = loaded(shell).shelf["last"].trace
    assert (screen.texts, notes(shell)) == (["chart of In [1]"], ["z"])
    assert trace.problems[0].startswith("note 'x': no task or function is called 'Tsk-3'")
    assert trace.problems[1] == "note 'y': the recording lasted 0.5 s: there is no moment 7 s in it"


def test_repeated_runs_have_the_note_on_the_run_that_is_shown(shell: Any, screen: Screen) -> None:
    shell.run_cell('%%tasktrace --repeat 3 --note "0.1: here"\n1')
    assert notes(shell) == ["here"]
    shell.run_cell('%tasknote "there" --at 0.2')
    assert notes(shell) == ["here", "there"]
    assert [item["update"] for item in screen.shown] == [False, True]


def test_a_wrong_note_is_one_line_and_runs_nothing(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell('%%tasktrace --note "soon: x"\nran = True')
    assert "ran" not in shell.user_ns
    assert capsys.readouterr().err.startswith('UsageError: --note is "SECONDS: TEXT"')


# ---------------------------------------------------------------------- afterwards
@pytest.fixture
def two(shell: Any, screen: Screen) -> Any:
    shell.run_cell("%%tasktrace --theme dark\n1", store_history=True)
    shell.run_cell("%%tasktrace --name slow\n2", store_history=True)
    return shell


def drawn_with(shell: Any) -> list[Any]:
    """Note how charts are drawn from now on."""
    seen: list[Any] = []
    charts = loaded(shell).runner.charts
    charts._draw = lambda trace, options: seen.append((trace, options)) or Drawing(trace, options)
    return seen


def test_the_chart_is_redrawn_in_place_as_it_was_shown(two: Any, screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    seen = drawn_with(two)
    two.run_cell('%tasknote 1 "the end is near" --at 400ms --task cell')
    assert screen.texts == ["chart of In [1]", "chart of slow", "again: chart of In [1]"]
    assert screen.shown[2]["id"] == screen.shown[0]["id"]
    ((trace, options),) = seen
    assert options.theme == "dark"
    assert [(note.text, note.t_ns, note.task) for note in trace.notes] == [("the end is near", ns(0.4), 0)]
    assert capsys.readouterr() == ("", "")


def test_every_chart_of_the_trace_is_redrawn(two: Any, screen: Screen) -> None:
    two.run_cell("%taskchart slow --theme print")
    seen = drawn_with(two)
    two.run_cell('%tasknote "here" --at 0.1')
    assert [options.theme for _trace, options in seen] == ["light", "print"]
    assert [item["id"] for item in screen.shown[3:]] == [screen.shown[1]["id"], screen.shown[2]["id"]]


def test_what_was_not_shown_is_not_redrawn(shell: Any, screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%%tasktrace --quiet\n1;", store_history=True)
    shell.run_cell('%tasknote "here" --at 0.1')
    assert (screen.shown, notes(shell)) == ([], ["here"])
    assert capsys.readouterr().out == "noted; %taskchart In [1] shows it\n"


def test_a_trace_in_a_variable(shell: Any, screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    script = TraceScript("saved")
    script.running(0, 0, 2)
    shell.user_ns["saved"] = Recorded(script.trace(2))
    shell.run_cell('%tasknote saved "here" --at 1')
    assert [note.text for note in shell.user_ns["saved"].notes] == ["here"]
    assert capsys.readouterr().out == "noted; saved.show() shows it\n"
    shell.run_cell("%tasknote saved")
    assert capsys.readouterr().out == "saved:\n  1  1 s  here\n"


def test_notes_are_listed_and_removed(two: Any, screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    two.run_cell("%tasknote slow")
    assert capsys.readouterr().out == 'slow: no notes; add one with %tasknote "TEXT" --at SECONDS\n'
    two.run_cell('%tasknote slow "second" --at 0.4')
    two.run_cell('%tasknote slow "first" --at 0.1 --task cell')
    two.run_cell("%tasknote slow")
    assert capsys.readouterr().out == "slow:\n  1  0.1 s  cell  first\n  2  0.4 s  second\n"
    shown = len(screen.shown)
    two.run_cell("%tasknote slow --remove 1")
    assert (notes(two, "slow"), len(screen.shown)) == (["second"], shown + 1)


def test_a_text_stays_as_it_was_typed(two: Any) -> None:
    two.user_ns["name"] = "expanded"
    two.run_cell('%tasknote "costs $name {name}" --at 0.1')
    assert notes(two) == ["costs $name {name}"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('%tasknote "x"', 'a note needs its moment: %tasknote "x" --at SECONDS'),
        ('%tasknote slow "x"', 'a note needs its moment: %tasknote "x" --at SECONDS'),
        ("%tasknote slow --task cell", 'a note needs a text and its moment: %tasknote "TEXT" --at SECONDS --task cell'),
        ("%tasknote --at 0.1", '%tasknote needs a text: %tasknote "the timeout fires" --at 0.1'),
        ('%tasknote slwo "x" --at 0.1', "no trace is called 'slwo'; did you mean 'slow'? (%tasklist lists them)"),
        ("%tasknote the timeout fires --at 0.1", "no trace is called 'the timeout' (%tasklist lists them); put the text in quotes"),
        ('%tasknote "x" --at soon', "--at is a time in seconds, or with a unit (50ms, 2s, 10min), not 'soon'"),
        ('%tasknote "x" --at 9', "the recording lasted 0.5 s: there is no moment 9 s in it"),
        ('%tasknote "x" --at 0.1 --task Cel', "no task or function is called 'Cel'; did you mean 'cell'?"),
        ("%tasknote --remove 3", "there is no note 3: there are none"),
        ('%tasknote "x" --remove 1', "no trace is called 'x' (%tasklist lists them); %tasknote [NAME] --remove N takes no text"),
        ("%tasknote --remove 0", "--remove is at least 1, not 0"),
        ("%tasknote --remove 1 --at 2", "%tasknote --remove N takes no --at and no --task"),
        ('%tasknote "x" --theme dark', "%tasknote has no option '--theme'; did you mean '--remove'?"),
    ],
)
def test_what_cannot_be_done_is_one_line(two: Any, screen: Screen, capsys: pytest.CaptureFixture[str], line: str, message: str) -> None:
    two.run_cell(line)
    assert capsys.readouterr().err.strip() == f"UsageError: {message}"
    assert len(screen.shown) == 2 and notes(two) == []


def test_nothing_traced_yet(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%tasknote")
    assert "nothing has been traced yet" in capsys.readouterr().err


def test_the_final_chart_of_tasks_that_go_on_has_the_note(shell: Any, recordings: Recordings, screen: Screen) -> None:
    recordings.kind = Outliving
    shell.run_cell("%%tasktrace\n1")
    recordings.last.settle()
    shell.run_cell('%tasknote "here" --at 0.1')
    assert screen.texts == ["chart of In [1]", "again: chart of In [1]", "again: chart of In [1]", "again: chart of In [1]"]
    assert len({item["id"] for item in screen.shown}) == 1


def test_a_terminal_prints_the_chart_again_once(bare: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]) -> None:
    load_into(bare, make_recording=recordings, draw=Drawing)
    bare.run_cell("%%tasktrace --name slow\n1;")
    bare.run_cell("%taskchart slow")
    capsys.readouterr()
    bare.run_cell('%tasknote "here" --at 0.1')
    assert capsys.readouterr().out == "chart of slow\n"


def test_a_chart_that_is_forgotten_is_not_kept_for_its_notes(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%config TaskTrace.keep = 1")
    shell.run_cell("%%tasktrace --name first\n1")
    first = weakref.ref(recordings.made.pop())
    shell.run_cell("%%tasktrace --name second\n1")
    gc.collect()
    assert first() is None
