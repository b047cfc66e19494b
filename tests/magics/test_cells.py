from __future__ import annotations

import ast
import linecache
from typing import Any

import pytest

from async_magics.magics.cells import CellText, Mark, show_as_comment, take_mark


def transformed(shell: Any, text: str) -> str:
    return str(shell.transform_cell(text))


@pytest.mark.parametrize(
    ("cell", "becomes"),
    [
        ("%%tasktrace\n1 + 1", "'%%tasktrace'\n1 + 1\n"),
        ("%%tasktrace --title 'a b'  \n1", "\"%%tasktrace --title 'a b'\"\n1\n"),
        ("\n\n%%tasktrace\n1", "'%%tasktrace'\n1\n"),
        ("  %%tasktrace\n  1", "'%%tasktrace'\n1\n"),
        ("%%tasktrace\n    if 1:\n        x", "'%%tasktrace'\nif 1:\n    x\n"),
        ("%%tasktrace\n\n\n>>> x\n", "'%%tasktrace'\n\n\nx\n"),
        ("%%tasktrace\r\n1", "'%%tasktrace'\n1\n"),
        ("%%tasktrace\n%%time\n1", "'%%tasktrace'\nget_ipython().run_cell_magic('time', '', '1\\n')\n"),
        ("%%tasktrace\n\n%%time\n1", "'%%tasktrace'\n\nget_ipython().run_cell_magic('time', '', '1\\n')\n"),
        ("%%tasktrace\n%time 1", "'%%tasktrace'\nget_ipython().run_line_magic('time', '1')\n"),
        ("%%tasktrace", "'%%tasktrace'\n"),
        ("%tasktrace await f()", "'%tasktrace'\nawait f()\n"),
        ("%tasktrace --title x  f(1);", "'%tasktrace --title x'\nf(1);\n"),
        ("# first\n%tasktrace f()\n# last", "'%tasktrace'\n# first\nf()\n# last\n"),
        ("%tasktrace !ls", "'%tasktrace'\nget_ipython().system('ls')\n"),
        ("%tasktrace for x in y: f(x)", "'%tasktrace'\nfor x in y: f(x)\n"),
    ],
)
def test_marked(shell: Any, cell: str, becomes: str) -> None:
    assert transformed(shell, cell) == becomes


@pytest.mark.parametrize(
    "cell",
    [
        "%%tasktrace --bogus\n1",
        "%%tasktrace words\n1",
        "%%tasktracer\n1",
        "%tasktrace on",
        "%tasktrace off",
        "%tasktrace",
        "%tasktrace --bogus f()",
        "%tasktrace f(",
        "%tasktrace f()\ng()",
        "x = %tasktrace f()",
        "1 + 1",
        "",
    ],
)
def test_left_alone(shell: Any, bare: Any, cell: str) -> None:
    lines = cell.splitlines(keepends=True)
    assert CellText(shell)(list(lines)) == lines


def test_it_is_pure(shell: Any) -> None:
    lines = ["%%tasktrace\n", "  1\n"]
    text = CellText(shell)
    assert text(lines) == text(lines)
    assert lines == ["%%tasktrace\n", "  1\n"]


def test_aliases_are_ours_too(shell: Any) -> None:
    manager = shell.magics_manager
    manager.register_alias("tt", "tasktrace", "cell", "--theme dark")
    manager.register_alias("ttt", "tt", "cell")
    manager.register_alias("loop", "loop", "cell")
    assert transformed(shell, "%%ttt --quiet\n1") == "'%%tasktrace --theme dark --quiet'\n1\n"
    assert transformed(shell, "%%loop\n1").startswith("get_ipython().run_cell_magic('loop'")


@pytest.mark.parametrize(("cell", "lines"), [("%%tasktrace --quiet\n1\nx", [2, 3]), ("%tasktrace f()", [1]), ("# c\n%tasktrace f()", [2])])
def test_the_mark_is_taken_and_lines_keep_their_numbers(shell: Any, cell: str, lines: list[int]) -> None:
    tree = ast.parse(transformed(shell, cell))
    mark = take_mark(tree)
    assert mark is not None
    assert [statement.lineno for statement in tree.body] == lines
    assert take_mark(tree) is None


def test_a_string_of_the_users_is_no_mark() -> None:
    tree = ast.parse("'docs'\n'%%tasktrace'")
    assert take_mark(tree) is None
    assert len(tree.body) == 2


@pytest.mark.parametrize("line", ["", "--title 'a b'", '--title "it\'s"', "--title Ход"])
def test_a_mark_can_be_read_back(line: str) -> None:
    mark = Mark(line, whole=True)
    read = Mark.read(ast.literal_eval(mark.literal.strip()))
    assert read is not None
    assert (read.line, read.whole) == (line, True)


def test_tracebacks_show_the_line_as_a_comment() -> None:
    whole, single = Mark("--quiet", whole=True), Mark("", whole=False)
    for name, mark in (("<a>", whole), ("<b>", single)):
        linecache.cache[name] = (1, None, [mark.literal, "x\n"], name)
    try:
        show_as_comment(whole)
        show_as_comment(single)
        assert [linecache.getline("<a>", 1), linecache.getline("<b>", 1)] == ["#%%tasktrace --quiet\n", "x\n"]
    finally:
        del linecache.cache["<a>"], linecache.cache["<b>"]
