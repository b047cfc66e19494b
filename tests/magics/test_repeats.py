"""``--repeat`` and ``--keep-runs``: what runs, what is shown, what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics.magics.extension import loaded

from .fakes import Drawing, Outliving, Recordings, Screen

COUNT = "n = globals().get('n', 0) + 1\n"


def test_the_body_runs_so_many_times_each_with_its_own_recording(shell: Any, recordings: Recordings, screen: Screen) -> None:
    result = shell.run_cell(f"%%tasktrace --repeat 3\nimport asyncio\n{COUNT}await asyncio.sleep(0, n)")
    assert (result.result, shell.user_ns["n"]) == (3, 3)
    assert [made.calls for made in recordings.made] == [
        ["start", "hand over", "stop"], ["take over", "hand over", "stop"], ["take over", "stop"],
    ]  # fmt: skip
    assert {made.name for made in recordings.made} == {"In [1]"}
    assert screen.texts == ["chart of In [1]"]


def test_the_run_that_goes_on_is_stopped_before_the_others_are_put_together(
    shell: Any, recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Any] = []
    monkeypatch.setattr(recordings.kind, "stop", lambda self, error=None: stopped.append(self))
    shell.run_cell("%%tasktrace --repeat 3 --quiet\n1")
    assert stopped == [recordings.made[2], *recordings.made[:2]]


def test_no_name_is_left_behind_and_history_is_as_without(shell: Any) -> None:
    before = set(shell.user_ns)
    cell = "%%tasktrace --repeat 2\nx = 1\nx"
    shell.run_cell(cell, store_history=True)
    left = {name for name in set(shell.user_ns) - before if not name.startswith("_")}
    assert left == {"x"}
    assert shell.user_ns["In"][1].splitlines()[1:] == ["x = 1", "x"]
    assert shell.user_ns["Out"] == {1: 1}


@pytest.mark.parametrize(
    ("interactivity", "shown"),
    [("last_expr", [3]), ("all", [3, 3]), ("last", [3]), ("none", []), ("last_expr_or_assign", [3])],
)
def test_only_the_last_run_shows_its_values(bare: Any, interactivity: str, shown: list[int], capsys: Any) -> None:
    from async_magics.magics.extension import load_into

    load_into(bare, make_recording=Recordings(), draw=lambda trace, options: _Mute())
    bare.ast_node_interactivity = interactivity
    values: list[Any] = []
    bare.displayhook.__class__ = type("Hook", (type(bare.displayhook),), {"write_output_prompt": lambda self: values.append(None)})
    bare.run_cell(f"%%tasktrace --repeat 3 --quiet\n{COUNT}n\nn")
    assert len(values) == len(shown)
    assert bare.user_ns["n"] == 3


BLOCKS = """
for i in range(2):
    try:
        i
    finally:
        -i
def f():
    "text"
    return 7
class C:
    "text"
"""


def test_values_inside_blocks_are_shown_by_the_last_run_only(bare: Any) -> None:
    from async_magics.magics.extension import load_into

    load_into(bare, make_recording=Recordings(), draw=lambda trace, options: _Mute())
    bare.ast_node_interactivity = "all"
    values: list[Any] = []
    bare.displayhook.__class__ = type("Hook", (type(bare.displayhook),), {"write_output_prompt": lambda self: values.append(None)})
    bare.run_cell(f"%%tasktrace --repeat 3 --quiet\n{BLOCKS}")
    assert len(values) == 4
    assert bare.user_ns["C"].__doc__ == bare.user_ns["f"].__doc__ == "text"


class _Mute:
    def text(self, width: int = 100) -> str:
        return ""


def test_a_semicolon_hides_the_result(shell: Any) -> None:
    assert shell.run_cell(f"%%tasktrace --repeat 2\n{COUNT}n;", store_history=True).success
    assert shell.user_ns["Out"] == {}


def test_an_error_in_a_run_ends_them_all(shell: Any, recordings: Recordings) -> None:
    result = shell.run_cell(f"%%tasktrace --repeat 5\n{COUNT}if n == 3:\n    1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert result.error_in_exec.__traceback__.tb_next.tb_lineno == 4
    assert [made.calls[-1] for made in recordings.made] == ["stop"] * 3
    assert [made.error for made in recordings.made] == [None, None, result.error_in_exec]


def test_the_runs_are_kept_under_one_name(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace --repeat 3 --name three\n1")
    shelf = loaded(shell).shelf
    assert [*shelf] == ["three"]
    assert shelf["three"].runs == tuple(recordings.made)
    assert len(shelf["three"].trace.runs_ns) == 3
    assert shell.run_line_magic("tasklist", "") is None
    assert shell.display_pub.shown[-1]["data"]["text/plain"].splitlines()[1].split()[:4] == ["three", "0", "500.0", "ms"]
    assert shell.display_pub.shown[-1]["data"]["text/plain"].splitlines()[1].split()[4] == "3"


def test_a_statement_in_the_middle_of_a_cell_is_repeated_too(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("n = [0]\n%tasktrace --repeat 3 n.append(len(n))\nm = 1")
    assert shell.user_ns["n"] == [0, 1, 2, 3]
    assert [made.calls[-1] for made in recordings.made] == ["stop"] * 3


def test_what_is_not_recorded_is_not_repeated(shell: Any) -> None:
    shell.run_cell(f"%%tasktrace\nget_ipython().run_cell({'%%tasktrace --repeat 3' + chr(10) + COUNT!r})")
    assert shell.user_ns["n"] == 1
    shell.run_cell(f"%%tasktrace --repeat 3\n{COUNT}", silent=True)
    assert shell.user_ns["n"] == 2


def test_a_cell_that_does_not_compile_is_forgotten(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace --repeat 3\nreturn 1")
    assert [made.calls for made in recordings.made] == [["start", "discard"]]


def test_the_chart_changes_when_no_run_has_anything_left(bare: Any) -> None:
    from async_magics.magics.extension import load_into

    bare.kernel, bare.display_pub = object(), Screen()
    outliving = Recordings(Outliving)
    load_into(bare, make_recording=outliving, draw=Drawing, later=lambda seconds, step: False)
    bare.run_cell("%%tasktrace --repeat 2 --name late\n1")
    assert bare.display_pub.texts == ["chart of late"]
    for settled, made in enumerate(outliving.made):
        assert len(bare.display_pub.texts) == 1, settled
        made.settle()
    assert bare.display_pub.texts == ["chart of late", "again: chart of late"]


def test_unloading_forgets_every_run(bare: Any) -> None:
    from async_magics.magics.extension import load_into, unload_from

    outliving = Recordings(Outliving)
    load_into(bare, make_recording=outliving, draw=Drawing, later=lambda seconds, step: False)
    bare.run_cell("%%tasktrace --repeat 2\n1")
    unload_from(bare)
    assert [made.calls[-1] for made in outliving.made] == ["discard", "discard"]


def test_a_note_is_put_into_every_run(shell: Any, recordings: Recordings) -> None:
    shell.run_cell("%%tasktrace --repeat 2 --note '0.1: here'\n1")
    assert [[asked.text for asked in made.asked] for made in recordings.made] == [["here"]] * 2


def test_a_run_that_cannot_be_recorded_alone_is_said(shell: Any, recordings: Recordings, capsys: Any, monkeypatch: Any) -> None:
    def refuse(self: Any, following: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(recordings.kind, "hand_over", refuse)
    shell.run_cell(f"%%tasktrace --repeat 2\n{COUNT}")
    assert shell.user_ns["n"] == 2
    assert "two runs were recorded as one: RuntimeError: no" in capsys.readouterr().err
    assert [made.calls[-1] for made in recordings.made] == ["stop", "discard"]


@pytest.mark.parametrize(
    ("second", "runs"),
    [("--keep-runs --name a\nx = 1", 2), ("--title T --keep-runs --name a\n\nx = 1", 2), ("--name a\nx = 1", 1),
     ("--keep-runs --name a\nx = 2", 1), ("--keep-runs --name b\nx = 1", 1), ("--keep-runs --repeat 2 --name a\nx = 1", 3)],
)  # fmt: skip
def test_runs_are_kept_where_the_cell_is_the_same(shell: Any, second: str, runs: int) -> None:
    shell.run_cell("%%tasktrace --name a\nx = 1")
    shell.run_cell(f"%%tasktrace {second}")
    name = "b" if "--name b" in second else "a"
    kept = loaded(shell).shelf[name]
    assert len(getattr(kept, "runs", (kept,))) == runs


@pytest.mark.parametrize("value", ["0", "101", "x"])
def test_a_number_that_makes_no_sense(shell: Any, recordings: Recordings, value: str, capsys: Any) -> None:
    shell.run_cell(f"%%tasktrace --repeat {value}\n1")
    assert "--repeat is" in capsys.readouterr().err
    assert recordings.made == []
