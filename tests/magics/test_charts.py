from __future__ import annotations

import contextvars
import json
from pathlib import Path
from typing import Any

import pytest

from async_magics.magics.charts import Charts
from async_magics.magics.extension import load_into, loaded, unload_from
from async_magics.magics.settings import Settings

from .fakes import Drawing, FakeRecording, Outliving, Recordings, Screen


@pytest.fixture(autouse=True)
def outliving(recordings: Recordings) -> None:
    recordings.kind = Outliving


def test_the_chart_changes_in_place_when_the_tasks_have_finished(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    assert screen.texts == ["chart of In [1]"]
    recordings.last.settle()
    assert screen.texts == ["chart of In [1]", "again: chart of In [1]"]
    assert len({item["id"] for item in screen.shown}) == 1
    assert screen.shown[1]["data"]["image/png"] == "cGljdHVyZQ=="


def test_the_next_cell_sends_the_change_again_and_then_no_more(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    recordings.last.settle()
    shell.run_cell("x")
    shell.run_cell("x")
    assert screen.texts == ["chart of In [1]", "again: chart of In [1]", "again: chart of In [1]"]


def test_nothing_is_drawn_while_a_cell_runs(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace --name first\nx = 1")
    first = recordings.last
    shell.user_ns.update(settle=first.settle, seen=(seen := []), texts=lambda: list(screen.texts))
    shell.run_cell("settle()\nseen.append(texts())")
    assert seen == [["chart of first"]]
    assert screen.texts == ["chart of first", "again: chart of first"]


def test_a_chart_that_is_still_pending_waits(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    shell.run_cell("x")
    assert screen.texts == ["chart of In [1]"]


def test_a_recording_that_stops_following_without_a_word_is_noticed(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    recordings.last.pending = False
    shell.run_cell("x")
    assert screen.texts == ["chart of In [1]", "again: chart of In [1]"]


def test_every_chart_of_a_trace_changes(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    shell.run_cell("%taskchart --theme dark")
    recordings.last.settle()
    assert len({item["id"] for item in screen.shown}) == 2
    assert sum(item["update"] for item in screen.shown) == 2


def test_the_change_is_sent_in_an_empty_context(bare: Any, recordings: Recordings) -> None:
    seen: list[int] = []

    class Spying(Screen):
        def publish(self, *args: Any, **kwargs: Any) -> None:
            seen.append(len(contextvars.copy_context()))

    bare.kernel, bare.display_pub = object(), Spying()
    load_into(bare, make_recording=recordings, draw=Drawing)
    bare.run_cell("%%tasktrace\nx = 1")
    variable = contextvars.ContextVar("of_the_task", default=0)
    token = variable.set(1)
    recordings.last.settle()
    variable.reset(token)
    assert seen[-1] == 0


@pytest.fixture
def patient(bare: Any, recordings: Recordings) -> Any:
    """A shell in a loop that runs: ``bare.waiting`` are the steps to be called later."""
    bare.kernel, bare.display_pub = object(), Screen()
    waiting: list[Any] = []
    load_into(bare, make_recording=recordings, draw=Drawing, later=lambda seconds, step: waiting.append(step) or True)
    bare.user_ns["waiting"] = waiting
    return bare


def pictures(shell: Any) -> list[bool]:
    return ["image/png" in item["data"] for item in shell.display_pub.shown]


def test_tasks_that_go_on_are_not_held_up_by_a_picture(patient: Any, recordings: Recordings) -> None:
    patient.run_cell("%%tasktrace\nx = 1")
    assert pictures(patient) == [False]
    recordings.last.settle()
    assert pictures(patient) == [False, True]
    patient.user_ns["waiting"][0]()
    assert pictures(patient) == [False, True]


def test_a_picture_does_not_wait_for_ever(patient: Any, recordings: Recordings) -> None:
    patient.run_cell("%%tasktrace\nx = 1")
    patient.user_ns["waiting"][0]()
    assert pictures(patient) == [False, True]
    patient.run_cell("x")
    assert pictures(patient) == [False, True]
    recordings.last.settle()
    assert pictures(patient) == [False, True, True]


def test_patience_does_not_end_while_a_cell_runs(patient: Any, recordings: Recordings) -> None:
    patient.run_cell("%%tasktrace --name first\nx = 1")
    patient.user_ns["count"] = lambda: len(patient.display_pub.shown)
    assert patient.run_cell("waiting[0]()\ncount()").result == 1
    assert pictures(patient) == [False, True]


def test_unloading_forgets_the_picture(patient: Any) -> None:
    patient.run_cell("%%tasktrace\nx = 1")
    unload_from(patient)
    patient.user_ns["waiting"][0]()
    assert pictures(patient) == [False]


def test_a_screen_that_is_gone_hurts_nobody(shell: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%%tasktrace\nx = 1")

    def gone(**_: Any) -> None:
        raise OSError("the front end has left")

    shell.display_pub.publish = gone
    recordings.last.settle()
    assert shell.run_cell("%%tasktrace\n7").result == 7
    assert "the chart was not updated: OSError: the front end has left" in capsys.readouterr().err


def test_a_terminal_prints_the_final_chart_after_the_next_cell(
    bare: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str]
) -> None:
    load_into(bare, make_recording=recordings, draw=Drawing)
    bare.run_cell("%%tasktrace\nx = 1")
    recordings.last.settle()
    assert capsys.readouterr().out == "chart of In [1]\n"
    bare.run_cell("x = 2")
    assert capsys.readouterr().out == "chart of In [1]\n"


def test_quiet_shows_nothing_and_keeps_the_trace(shell: Any, screen: Screen) -> None:
    shell.run_cell("%%tasktrace --quiet --name silent\nx = 1")
    assert screen.shown == []
    assert list(loaded(shell).shelf) == ["silent"]


def test_save_writes_at_once_and_again_at_the_end(shell: Any, recordings: Recordings, tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "trace.json"
    shell.run_cell(f"%%tasktrace --quiet --save '{target}'\nx = 1")
    assert json.loads(target.read_text())
    target.write_text("old")
    recordings.last.settle()
    assert json.loads(target.read_text())


def test_a_file_that_is_there_is_kept(shell: Any, screen: Screen, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "trace.json"
    target.write_text("precious")
    assert shell.run_cell(f"%%tasktrace --save '{target}'\n7").result == 7
    assert (target.read_text(), len(screen.shown)) == ("precious", 1)
    assert "tasktrace: not saved: " in capsys.readouterr().err
    shell.run_cell(f"%%tasktrace --save '{target}' --force\n7")
    assert json.loads(target.read_text())


@pytest.mark.parametrize("error", [RuntimeError("cannot paint"), KeyboardInterrupt()])
def test_a_chart_that_cannot_be_drawn_is_a_line(
    bare: Any, recordings: Recordings, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    def broken(*_: Any) -> Any:
        raise error

    load_into(bare, make_recording=recordings, draw=broken)
    assert bare.run_cell("%%tasktrace\n7").result == 7
    assert capsys.readouterr().err.startswith(f"tasktrace: no chart: {type(error).__name__}")
    assert list(loaded(bare).shelf) == ["In [1]"]


def test_unloading_stops_following(shell: Any, recordings: Recordings, screen: Screen) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    unload_from(shell)
    assert recordings.last.calls == ["start", "stop", "discard"]


def test_settled_charts_are_not_discarded(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace\nx = 1")
    recordings.last.settle()
    unload_from(shell)
    assert "discard" not in recordings.last.calls


def test_options_reach_the_drawing(bare: Any) -> None:
    drawn: list[Any] = []
    charts = Charts(bare, busy=lambda: False, draw=lambda trace, options: drawn.append(options) or Drawing(trace, options))
    bare.display_pub = Screen()
    recording = FakeRecording(name="x", title="", source="", options=None)
    charts.show(
        recording, Settings({"theme": "dark", "size": "slide", "lang": "ru", "svg": "off", "lanes": 7, "fold": False, "title": "T"})
    )
    (options,) = drawn
    assert (options.theme, options.size, options.lang, options.svg) == ("dark", "slide", "ru", "off")
    assert (options.lanes, options.fold, options.title) == (7, False, "T")
