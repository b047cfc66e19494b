"""``%taskcompare``: names, what is shown, what is saved, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from async_magics.comparing import comparison as compared
from async_magics.magics import side_by_side
from async_magics.magics.extension import loaded
from async_magics.magics.shelf import Shelf
from async_magics.magics.side_by_side import names_in
from async_magics.views.kept import COMPARISON
from async_magics.views.spec import ChartOptions

from .fakes import Screen


@pytest.fixture
def two(shell: Any) -> Any:
    shell.run_cell("%%tasktrace --quiet --name sequential\n1", store_history=True)
    shell.run_cell("%%tasktrace --quiet\n2", store_history=True)
    shell.run_cell("%%tasktrace --quiet --name gather --repeat 3\n3", store_history=True)
    return shell


@pytest.mark.parametrize(
    ("asked", "names"),
    [("sequential gather", ["sequential", "gather"]), ("gather sequential", ["gather", "sequential"]), ("2 last", ["In [2]", "gather"]),
     ("In [2] gather", ["In [2]", "gather"]), ("'In [2]' sequential 2", ["In [2]", "sequential", "In [2]"]), ("gather", ["gather"])],
)  # fmt: skip
def test_names_as_in_taskchart(two: Any, screen: Screen, asked: str, names: list[str]) -> None:
    assert two.run_cell(f"%taskcompare {asked} --lang en").success
    text = screen.shown[-1]["data"]["text/plain"]
    table = text.rpartition("\n\n")[2].splitlines()
    assert [line.split("  ")[0] for line in table[1:]] == names
    assert {"text/plain", "image/png", "text/html", COMPARISON} == set(screen.shown[-1]["data"])


@pytest.mark.parametrize(
    ("asked", "hint"),
    [("", 'needs two names or more, as in %taskcompare sequential "In [2]" (%tasklist'), ("sequential", "needs two names"),
     ("sequentail gather", "did you mean 'sequential'?"), ("sequential gather --save x.json", "ends in one of .png .svg .pdf"),
     ("sequential gather --only a", "has no option '--only'")],
)  # fmt: skip
def test_what_cannot_be_compared_says_what_to_type(two: Any, screen: Screen, asked: str, hint: str, capsys: Any) -> None:
    shown = len(screen.shown)
    assert not two.run_cell(f"%taskcompare {asked}").success
    assert hint in capsys.readouterr().err
    assert len(screen.shown) == shown


def test_nothing_traced_yet(shell: Any, capsys: Any) -> None:
    shell.run_cell("%taskcompare a b")
    assert "nothing has been traced yet" in capsys.readouterr().err


def test_saved(two: Any, screen: Screen, tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "new" / "both.svg"
    assert two.run_cell(f"%taskcompare sequential gather --save {target}").success
    assert "<svg" in target.read_text(encoding="utf-8")
    assert str(target) in capsys.readouterr().out
    target.write_text("precious", encoding="utf-8")
    assert not two.run_cell(f"%taskcompare sequential gather --save {target}").success
    assert target.read_text(encoding="utf-8") == "precious"
    assert two.run_cell(f"%taskcompare sequential gather --save {target} --force").success
    assert target.read_text(encoding="utf-8") != "precious"


def test_its_own_options(two: Any, screen: Screen) -> None:
    two.run_cell("%taskcompare sequential gather --title 'Two ways' --caption 'One axis.' --lang ru --size slide --theme dark")
    text = screen.shown[-1]["data"]["text/plain"]
    assert text.splitlines()[0] == "Two ways"
    assert "One axis." in text and "так же быстро" in text
    assert screen.shown[-1]["metadata"]["image/png"]["width"] == 1280


def test_room_for_more_lanes(two: Any, monkeypatch: Any) -> None:
    asked: list[ChartOptions] = []

    def comparison(traces: Any, options: ChartOptions) -> Any:
        asked.append(options)
        return compared(traces, options)

    monkeypatch.setattr(side_by_side, "comparison", comparison)
    for line in ("", " --lanes 60", " --no-fold"):
        assert two.run_cell(f"%taskcompare sequential gather{line}").success
    assert [(options.lanes, options.fold) for options in asked] == [(24, True), (60, True), (24, False)]


def test_a_terminal_gets_text(two: Any, screen: Screen) -> None:
    del two.kernel
    two.run_cell("%taskcompare sequential gather")
    assert set(screen.shown[-1]["data"]) == {"text/plain"}


def test_names_of_several_words() -> None:
    shelf = Shelf()
    for name in ("In [1]", "In [1] (2)", "two words", "two"):
        shelf.put(name, object())
    assert names_in(shelf, ["In", "[1]", "(2)", "two", "words", "two", "1"]) == ["In [1] (2)", "two words", "two", "In [1]"]


def test_from_python(two: Any, monkeypatch: Any) -> None:
    import async_magics

    monkeypatch.setattr("async_magics.magics.shelf.current_shelf", lambda: loaded(two).shelf)
    found = async_magics.compare("sequential", "gather", lang="en")
    assert [row.name for row in found.rows] == ["sequential", "gather"]
    assert found.rows[1].spread is not None and found.rows[1].spread.count == 3
    assert found.table.rows[1][0] == "gather"
