"""The command line itself: help that teaches, errors of one line, exit statuses, no progress bars where nobody looks."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from async_magics.cli.main import COMMANDS, main, parser


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.NAME)
def test_every_command_has_help_with_examples_that_parse(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    name, examples = command.NAME, command.EXAMPLES  # type: ignore[attr-defined]
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0 and "for example:" in told
    lines = re.findall(r"^  async-magics (.*?)(?: {2,}.*)?$", examples, re.M)
    assert lines
    for line in lines:
        assert parser().parse_args(line.split()).go is command.go  # type: ignore[attr-defined]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"async-magics {command.NAME}" in told for command in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["bogus"], ["export"], ["show", "a", "--widht", "3"], ["diff", "a"]])
def test_a_command_line_that_makes_no_sense_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and "async-magics" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "none.json"], "none.json: No such file or directory"),
        (["show", "none.ipynb"], "none.ipynb: No such file or directory"),
        (["show", "bad.json"], "not a valid trace file"),
        (["show", "bad.ipynb"], "bad.ipynb is not a notebook"),
        (["show", "future.json"], "upgrade async_magics"),
        (["export", "bad.ipynb"], "bad.ipynb is not a notebook"),
        (["export", "empty.ipynb"], "keeps no traces"),
        (["annotate", "bad.ipynb"], "bad.ipynb is not a notebook"),
        (["annotate", "none.ipynb"], "none.ipynb: No such file or directory"),
        (["run", "none.py"], "there is no file none.py"),
        (["diff", "bad.json", "bad.json"], "not a valid trace file"),
        (["show", "empty.ipynb", "pool"], "keeps no traces"),
    ],
)
def test_errors_are_one_line_and_status_1(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text("{")
    Path("bad.ipynb").write_text('{"cells": [')
    Path("empty.ipynb").write_text('{"cells": []}')
    Path("future.json").write_text('{"format": "async_magics trace", "schema": 99}')
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert told.err.startswith("async-magics: ") and said in told.err


def test_an_interrupt_is_status_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from async_magics.cli import charts, show

    def interrupted(asked: str) -> list[charts.SavedChart]:
        raise KeyboardInterrupt

    monkeypatch.setattr(show, "saved_charts", interrupted)
    assert main(["show", "a.json"]) == 130
    assert capsys.readouterr().err == "async-magics: interrupted\n"


def test_as_a_module() -> None:
    told = subprocess.run([sys.executable, "-m", "async_magics", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"async-magics {version('async_magics')}" and told.stderr == ""


def test_a_reader_that_goes_away_is_no_traceback(lecture: Path) -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "async_magics", "show", str(lecture)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert shown.stdout is not None and shown.stderr is not None
    shown.stdout.close()
    assert shown.stderr.read() == "" and shown.wait() == 1
    shown.stderr.close()


def test_nothing_heavy_is_imported_for_the_help() -> None:
    heavy = ("IPython", "matplotlib", "numpy", "nbclient", "nbformat", "tqdm", "asyncio")
    code = f"import sys; from async_magics.cli.main import parser; parser(); print([m for m in sys.modules if m in {heavy}])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
