"""Which cells' comments are called out: those that are recorded, and what runs inside them."""

from __future__ import annotations

from typing import Any

import pytest

from async_magics import marks

from .fakes import Recordings


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(marks, "callout", lambda given, filename: found.append(given))
    return found


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%%tasktrace\nx = 1  #: one\n#: two\ny = 2", ["2 one", "4 two"]),
        ("%%tasktrace --name '#: not this'\nx = 1", []),
        ("%tasktrace x = 1  #: one", ["1 one"]),
        ("# first\n%tasktrace x = 1  #: one", ["2 one"]),
        ("x = 1  #: untraced\n%tasktrace y = 2  #: one", ["1 one"]),
        ("%%tasktrace\nimport asyncio\nawait asyncio.sleep(0)  #: one", ["3 one"]),
        ("%%tasktrace\n%%time\nx = 1  #: one\ny = 2  #: two", ["1 one", "2 two"]),
        ("%%time\n%%tasktrace\nx = 1  #: one", ["2 one"]),
        ("%%tasktrace\n%%capture out\nx = 1  #: one", ["1 one"]),
        ("%%tasktrace\n%time x = 1  #: one", ["1 one"]),
        ("%%tasktrace\nx = 1\n%time y = (x + \\\n   1)\nz = 3  #: three", ["4 three"]),
        ("%%tasktrace\nr = get_ipython().run_cell('x = 1  #: inner')  #: outer", ["2 outer", "1 inner"]),
        ("%%tasktrace\nx = 1\nfor i in (1, 2):\n    %time y = i\n    z = i  #: each", ["5 each", "5 each"]),
        ("x = 1  #: untraced", []),
        ("%%tasktrace --nonsense\nx = 1  #: not recorded", []),
    ],
)
def test_what_is_called_out(shell: Any, recordings: Recordings, said: list[str], cell: str, expected: list[str]) -> None:
    shell.run_cell(cell)
    assert said == expected


def test_every_following_cell(shell: Any, recordings: Recordings, said: list[str]) -> None:
    for cell in ("%tasktrace on", "x = 1  #: one", "%tasktrace off", "x = 2  #: two"):
        shell.run_cell(cell)
    assert said == ["1 one"]


def test_a_function_of_an_earlier_traced_cell(shell: Any, recordings: Recordings, said: list[str]) -> None:
    for cell in ("%%tasktrace\ndef f(): pass  #: f", "%%tasktrace\nf()", "f()"):
        shell.run_cell(cell)
    assert said == ["2 f", "2 f"]  # in the third cell nothing records, and the call does nothing


def test_other_cells_are_not_even_read(shell: Any, recordings: Recordings, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("async_magics.magics.runner.with_callouts", lambda tree, source, filename: read.append(source))
    for cell in ("x = 1  #: untraced", "%%tasktrace\nx = 1  # plain", "%%tasktrace\nx = 1  #: one"):
        shell.run_cell(cell)
    assert [source.splitlines()[1:] for source in read if source] == [["x = 1  #: one"]]


def test_an_error_of_ours_is_a_line_of_text(
    shell: Any, recordings: Recordings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("async_magics.magics.runner.with_callouts", fails)
    assert shell.run_cell("%%tasktrace\n7  #: seven").result == 7
    assert "no callouts: RuntimeError: no" in "".join(capsys.readouterr()) and recordings.last.calls == ["start", "stop"]
