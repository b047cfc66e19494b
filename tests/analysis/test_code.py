"""A cell's text as a syntax tree, magics and all."""

from __future__ import annotations

import ast

import pytest

from async_magics.analysis.code import MODULE, Code, awaits, loads, stores
from async_magics.testing import line

CELL = """%%tasktrace --name demo
%config TaskTrace.lang = "ru"
import asyncio
files = !ls
now = %time 1
if files:
    !echo hi
asyncio.sleep?

class Client:
    async def ask(self):
        def inner():
            return 1
        try:
            await asyncio.sleep(1)
        except OSError:
            await asyncio.sleep(2)
        finally:
            await asyncio.sleep(3)

await Client().ask()
"""


def test_lines_that_are_not_python_keep_their_numbers() -> None:
    code = Code(CELL)
    statement = code.statement(line(15))
    assert statement is not None and ast.unparse(statement) == "await asyncio.sleep(1)"
    assert code.scope(statement) == "Client.ask"
    assert code.place(statement) == line(15, "await asyncio.sleep(1)", "Client.ask")


@pytest.mark.parametrize(("source", "found"), [("x = = 1", 0), ("", 0), ("x = 1\0", 0), ("(" * 10_000, 0), ("return 1", 1), ("await x", 1)])
def test_what_cannot_be_read_is_empty(source: str, found: int) -> None:
    assert len(Code(source).tree.body) == found


def test_scopes() -> None:
    code = Code(CELL)
    (inner,) = code.functions("inner")
    assert (code.scope(inner), code.scope(inner.body[0])) == ("Client.ask", "Client.ask.<locals>.inner")
    assert code.scope(code.tree.body[0]) == MODULE


@pytest.mark.parametrize(("number", "tidies"), [(15, False), (17, True), (19, True), (21, False), (99, False)])
def test_lines_that_handle_errors(number: int, tidies: bool) -> None:
    assert Code(CELL).handles_errors(line(number)) is tidies


def test_a_statement_of_another_file_is_unknown() -> None:
    assert Code(CELL).statement(line(15, file="lib.py")) is None
    assert Code(CELL).statement(None) is None


@pytest.mark.parametrize(
    ("last", "kept"), [("task()", True), ("task();", False), ("task()  # no; this is a remark", True), ("task() ; # gone", False)]
)
def test_the_notebook_keeps_the_last_expression(last: str, kept: bool) -> None:
    code = Code(f"task()\n{last}")
    assert [code.is_kept_by_notebook(statement) for statement in code.tree.body] == [False, kept]


def test_names() -> None:
    statement = ast.parse("a.b[c], d = await f(e, key=g)\nh.append(i)")
    assert loads(statement) == {"a", "c", "f", "e", "g", "h", "i"}
    assert stores(statement) == {"a", "d", "h"}


def test_awaits_of_inner_functions_do_not_count() -> None:
    assert len(awaits(ast.parse("await a\nasync def f(): await b\nx = [await c for d in e]\nlambda: (yield)"))) == 2


def test_a_sum_of_very_many_terms_is_read() -> None:
    code = Code("def f():\n    return " + " + ".join(["a"] * 1500))
    (function,) = code.functions("f")
    assert code.scope(function.body[0]) == "f"
