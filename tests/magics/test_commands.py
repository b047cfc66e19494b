from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from async_magics.recorded import Recorded
from async_magics.errors import TraceNotFoundError
from async_magics.magics.extension import loaded
from async_magics.magics.help import help_of
from async_magics.magics.options import parse
from async_magics.magics.settings import Settings
from async_magics.magics.shelf import Shelf
from async_magics.magics.table import Row, bundle, rows, seconds
from async_magics.testing import TraceScript

from .fakes import Screen


@pytest.fixture
def three(shell: Any, screen: Screen) -> Any:
    for cell in ("%%tasktrace --title First\n1", "%%tasktrace --name slow\n2", "%%tasktrace\n3"):
        shell.run_cell(cell, store_history=True)
    screen.shown.clear()
    return shell


@pytest.mark.parametrize(
    ("asked", "name"),
    [("", "In [3]"), ("last", "In [3]"), ("1", "In [1]"), ("In [1]", "In [1]"), ("slow", "slow"), ("--theme dark slow", "slow")],
)
def test_taskchart_finds(three: Any, screen: Screen, asked: str, name: str) -> None:
    three.run_cell(f"%taskchart {asked}")
    assert screen.texts == [f"chart of {name}"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("%taskchart slwo", "no trace is called 'slwo'; did you mean 'slow'? (%tasklist lists them)"),
        ("%taskchart 7", "no trace is called '7' (%tasklist lists them)"),
        ("%taskchart --follow 3", "%taskchart has no option '--follow'"),
        ("%taskexport", "%taskexport needs a path that ends in one of .png .svg .pdf .html .json .csv"),
        ("%taskexport slow x.docx", "'x.docx' ends in no format that can be written"),
        ("%tasklist --all", "%tasklist takes no options"),
    ],
)
def test_what_cannot_be_done_is_one_line(three: Any, capsys: pytest.CaptureFixture[str], line: str, message: str) -> None:
    three.run_cell(line)
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1 and told[0].startswith(f"UsageError: {message}")


def test_nothing_traced_yet(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%taskchart")
    assert "nothing has been traced yet; put %%tasktrace above a cell and run it" in capsys.readouterr().err


def test_taskexport_writes_several_paths(three: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three.run_cell(f"%taskexport In [1] {tmp_path}/a.json {tmp_path}/deep/b.csv")
    assert {path.name for path in tmp_path.rglob("*.*")} == {"a.json", "b.csv"}
    assert capsys.readouterr().out.splitlines() == [f"In [1] -> {tmp_path}/a.json", f"In [1] -> {tmp_path}/deep/b.csv"]


def test_taskexport_takes_the_last_without_a_name(three: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three.run_cell(f"%taskexport '{tmp_path}/a b.json'")
    assert capsys.readouterr().out.startswith("In [3] -> ")


@pytest.mark.parametrize(
    ("path", "files"),
    [("*.json", {"In-1.json", "slow.json", "In-3.json"}), ("t.json", {"t-In-1.json", "t-slow.json", "t-In-3.json"}),
     ("t.otlp.json", {"t-In-1.otlp.json", "t-slow.otlp.json", "t-In-3.otlp.json"})],
)  # fmt: skip
def test_taskexport_all(three: Any, tmp_path: Path, path: str, files: set[str]) -> None:
    three.run_cell(f"%taskexport --all {tmp_path}/{path}")
    assert {found.name for found in tmp_path.iterdir()} == files


def test_taskexport_all_makes_one_page_with_an_index(three: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three.run_cell(f"%taskexport --all --lang en --title 'Lesson <5>' {tmp_path}/page.html {tmp_path}/t.csv")
    assert {found.name for found in tmp_path.iterdir()} == {"page.html", "t-In-1.csv", "t-slow.csv", "t-In-3.csv"}
    assert capsys.readouterr().out.splitlines()[-1] == f"In [1], slow, In [3] -> {tmp_path}/page.html"
    text = (tmp_path / "page.html").read_text()
    assert text.count("<article") == 3 and "<title>Lesson &lt;5&gt;</title>" in text
    assert '<a href="#chart-1">First</a>' in text and '<a href="#chart-2">slow</a>' in text
    assert not three.run_cell(f"%taskexport --all {tmp_path}/page.html").success
    assert three.run_cell(f"%taskexport --all {tmp_path}/page.html --force").success


def test_taskexport_all_makes_a_page_of_each_where_the_name_has_a_star(three: Any, tmp_path: Path) -> None:
    three.run_cell(f"%taskexport --all {tmp_path}/*.html")
    assert {found.name for found in tmp_path.iterdir()} == {"In-1.html", "slow.html", "In-3.html"}


def test_taskexport_overwrites_only_with_force(three: Any, tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("precious")
    assert not three.run_cell(f"%taskexport slow {target}").success
    assert target.read_text() == "precious"
    assert three.run_cell(f"%taskexport slow {target} --force").success
    assert target.read_text() != "precious"


def test_tasklist(three: Any, screen: Screen) -> None:
    three.run_cell("%tasklist")
    lines = screen.texts[0].splitlines()
    assert lines[0].split() == ["name", "title", "tasks", "wall", "runs", "outcome", "pending"]
    assert [line.split("  ")[0] for line in lines[1:]] == ["In [1]", "slow", "In [3]"]
    assert "First" in lines[1] and "500.0 ms" in lines[1] and "returned" in lines[1]


def test_tasklist_counts_as_charts_do() -> None:
    """Pools and workers are no tasks, and are not pending; a thread that runs on is."""
    script = TraceScript("pool")
    pool = script.pool("Pool(2)")
    script.worker(pool, "worker")
    script.thread("late")
    script.end(0, 1)
    (row,) = rows({"pool": Recorded(script.trace(1))})
    assert (row.tasks, row.pending) == ("1", "1")


def test_the_table_escapes_what_users_wrote() -> None:
    data, _ = bundle([Row(name="<script>", title="a & b", tasks="1")])
    assert "&lt;script&gt;" in data["text/html"] and "a &amp; b" in data["text/html"]
    assert "<script>" not in data["text/html"]


@pytest.mark.parametrize(("ns", "text"), [(0, "0.0 ms"), (1_500_000, "1.5 ms"), (999_900_000, "999.9 ms"), (61_234_000_000, "61.23 s")])
def test_times(ns: int, text: str) -> None:
    assert seconds(ns) == text


def test_the_shelf_forgets_the_oldest() -> None:
    shelf = Shelf(most=2)
    for name in "abca":
        shelf.put(name, name.upper())
    assert list(shelf) == ["c", "a"]
    assert shelf["last"] == "A"
    with pytest.raises(TraceNotFoundError):
        shelf["b"]


def test_how_many_are_kept_can_be_set(shell: Any) -> None:
    shell.run_cell("%config TaskTrace.keep = 1")
    shell.run_cell("%%tasktrace --name a\n1")
    shell.run_cell("%%tasktrace --name b\n1")
    assert list(loaded(shell).shelf) == ["b"]


@pytest.mark.parametrize("magic", ["tasktrace", "taskchart", "tasknote", "taskexport", "tasklist"])
def test_the_help_is_the_docstring(shell: Any, magic: str) -> None:
    kinds = ("line", "cell") if magic == "tasktrace" else ("line",)
    assert all(shell.find_magic(magic, kind).__doc__ == help_of(magic) for kind in kinds)


def test_traces_are_found_by_name_in_code(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython

    import async_magics

    monkeypatch.setattr(IPython, "get_ipython", lambda: three)
    assert async_magics.traces["slow"].name == "slow"
    assert list(async_magics.traces) == ["In [1]", "slow", "In [3]"]
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    assert len(async_magics.traces) == 0


def test_settings_of_several_values_are_given_as_on_a_magic_line(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%config TaskTrace.ignore = 'am101, AM102'\n%config TaskTrace.palette = 'running=#123456'")
    magics = loaded(shell)
    assert (magics.ignore, magics.palette) == (("AM101", "AM102"), (("running", "#123456"),))


@pytest.mark.parametrize(("asked", "name"), [("", "In [3]"), ("slow", "slow"), ("1", "First"), ("--lang en slow", "slow")])
def test_taskstats_shows_the_figures_of_a_trace(three: Any, screen: Screen, asked: str, name: str) -> None:
    three.run_cell(f"%taskstats {asked}")
    (data,) = [item["data"] for item in screen.shown]
    assert data["text/plain"].startswith(f"{name}: ") and "<table" in data["text/html"]


def test_taskstats_speaks_the_language_asked_for(three: Any, screen: Screen) -> None:
    three.run_cell("%taskstats --lang ru")
    three.run_cell("%config TaskTrace.lang = 'en'")
    three.run_cell("%taskstats")
    russian, english = (item["data"]["text/plain"] for item in screen.shown)
    assert "шаги" in russian and "steps" in english


def test_taskstats_refuses_in_one_line(three: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for line, message in (("%taskstats slwo", "did you mean 'slow'?"), ("%taskstats --theme dark", "has no option '--theme'")):
        three.run_cell(line)
        (told,) = capsys.readouterr().err.strip().splitlines()
        assert told.startswith("UsageError:") and message in told


@pytest.mark.parametrize(("line", "asked"), [("--critical-path", True), ("", False), ("--critical-path --no-critical-path", False)])
def test_the_critical_path_is_drawn_where_it_is_asked_for(line: str, asked: bool) -> None:
    assert Settings(parse("taskchart", line).given).chart().critical_path is asked
