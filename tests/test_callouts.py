"""To which statement a ``#:`` comment belongs, and that nothing else about the code changes."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from async_magics import marks
from async_magics.callouts import with_callouts


def placed(source: str) -> list[str]:
    """Return the lines of the source as the tree says them, with ``«line text»`` for each call."""
    tree = ast.parse(source)
    count = with_callouts(tree, source, "cell")
    compile(tree, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    shown = Shown()
    lines = ast.unparse(shown.visit(tree)).split("\n")
    assert shown.count == count
    return [line.rstrip(":") for line in lines if line.strip()]


class Shown(ast.NodeTransformer):
    """Puts a name in the place of each call."""

    count = 0

    def visit_If(self, node: ast.If) -> ast.stmt:
        if isinstance(node.test, ast.BoolOp) and isinstance(call := node.test.values[-1], ast.Call):
            given, filename = call.args
            assert isinstance(given, ast.Constant) and isinstance(filename, ast.Constant) and filename.value == "cell"
            self.count += 1
            return ast.Expr(ast.Name(f"«{given.value}»", ast.Load()))
        self.generic_visit(node)
        return node


TABLE: dict[str, tuple[str, list[str]]] = {
    "at the end of a line": ("a()\nb()  #: here\nc()", ["a()", "«2 here»", "b()", "c()"]),
    "alone above": ("a()\n#: here\n\nb()", ["a()", "«4 here»", "b()"]),
    "several lines in a row are one": ("#: one\n#: two\na()", ["«3 one two»", "a()"]),
    "a row with a gap is two": ("#: one\n\n#: two\na()", ["«4 one»", "«4 two»", "a()"]),
    "above and beside": ("#: one\na()  #: two", ["«2 one»", "«2 two»", "a()"]),
    "without a space": ("a()  #:here", ["«1 here»", "a()"]),
    "without a text": ("a()  #:\n#:\nb()", ["a()", "b()"]),
    "an ordinary comment": ("a()  # : here\nb()  # here", ["a()", "b()"]),
    "inside a string": ("a('''\n#: no\n''')\nb('#: no')", ["a('\\n#: no\\n')", "b('#: no')"]),
    "at the end of the cell": ("a()\n#: nothing\n", ["a()"]),
    "alone in a cell": ("#: nothing", []),
    "several statements on a line": ("a(); b()  #: here", ["a()", "«1 here»", "b()"]),
    "after a semicolon": ("a(); b();  #: here", ["a()", "«1 here»", "b()"]),
    "inside brackets": ("x = f(  #: one\n    1,  #: two\n    #: three\n    2,\n)  #: four", [
        "«1 one»", "«1 two»", "«1 three»", "«1 four»", "x = f(1, 2)"]),
    "on a continued line": ("x = 1 + \\\n    2  #: here", ["«1 here»", "x = 1 + 2"]),
    "a lambda and a comprehension": ("f = lambda: 1  #: one\n[x\n for x in y]  #: two", [
        "«1 one»", "f = lambda: 1", "«2 two»", "[x for x in y]"]),
    "an assignment over Cyrillic": ("ы('ы'); имя = 1  #: здесь", ["ы('ы')", "«1 здесь»", "имя = 1"]),
    "if": ("if a:  #: here\n    b()", ["«1 here»", "if a", "    b()"]),
    "if in one line": ("if a: b()  #: here", ["if a", "    «1 here»", "    b()"]),
    "a condition over lines": ("if (a and  #: one\n    #: two\n    b):\n    c()", ["«1 one»", "«1 two»", "if a and b", "    c()"]),
    "elif": ("if a:\n    b()\nelif c:  #: here\n    d()", ["if a", "    b()", "else", "    «3 here»", "    if c", "        d()"]),
    "else": ("if a:\n    b()\nelse:  #: here\n    c()", ["if a", "    b()", "else", "    «3 here»", "    c()"]),
    "above else": ("if a:\n    b()\n#: here\nelse:\n    c()", ["if a", "    b()", "else", "    «5 here»", "    c()"]),
    "for, once": ("for x in y:  #: here\n    a()", ["«1 here»", "for x in y", "    a()"]),
    "for, each time": ("for x in y:\n    #: here\n    a()", ["for x in y", "    «3 here»", "    a()"]),
    "while": ("while a:  #: here\n    b()", ["«1 here»", "while a", "    b()"]),
    "else of a loop": ("for x in y:\n    a()\nelse:  #: here\n    b()", ["for x in y", "    a()", "else", "    «3 here»", "    b()"]),
    "with": ("with a as b:  #: here\n    c()", ["«1 here»", "with a as b", "    c()"]),
    "try": ("try:  #: one\n    a()\nexcept E:  #: two\n    b()\nelse:  #: three\n    c()\nfinally:  #: four\n    d()", [
        "«1 one»", "try", "    a()", "except E", "    «3 two»", "    b()", "else", "    «5 three»", "    c()", "finally", "    «7 four»",
        "    d()"]),
    "except over lines": ("try:\n    a()\nexcept (E,  #: here\n        F):\n    b()", [
        "try", "    a()", "except (E, F)", "    «3 here»", "    b()"]),
    "except*": ("try:\n    a()\nexcept* E:  #: here\n    b()", ["try", "    a()", "except* E", "    «3 here»", "    b()"]),
    "match": ("match a:  #: one\n    case 1:  #: two\n        b()\n    case [2]: c()  #: three", [
        "«1 one»", "match a", "    case 1", "        «2 two»", "        b()", "    case [2]", "        «4 three»", "        c()"]),
    "def": ("def f():  #: here\n    a()", ["def f()", "    «1 here»", "    a()"]),
    "def after a docstring": ("def f():  #: here\n    'doc'\n    a()", ["def f()", "    \"\"\"doc\"\"\"", "    «1 here»", "    a()"]),
    "def with nothing but a docstring": ("def f():\n    'doc'  #: here", ["def f()", "    \"\"\"doc\"\"\"", "    «2 here»"]),
    "above a docstring": ("def f():\n    #: here\n    'doc'\n    a()", ["def f()", "    \"\"\"doc\"\"\"", "    «3 here»", "    a()"]),
    "above def": ("#: here\ndef f():\n    a()", ["def f()", "    «2 here»", "    a()"]),
    "decorators": ("#: one\n@d  #: two\n@e\ndef f():\n    a()", [
        "@d", "@e", "def f()", "    «4 one»", "    «4 two»", "    a()"]),
    "parameters": ("def f(a,  #: one\n      b):  #: two\n    c()", ["def f(a, b)", "    «1 one»", "    «1 two»", "    c()"]),
    "def in one line": ("def f(): return 1  #: here", ["def f()", "    «1 here»", "    return 1"]),
    "async def": ("async def f():  #: here\n    async with a:  #: one\n        async for x in y:  #: two\n            await z  #: three", [
        "async def f()", "    «1 here»", "    «2 one»", "    async with a", "        «3 two»", "        async for x in y",
        "            «4 three»", "            await z"]),
    "class": ("#: one\n@d\nclass C:  #: two\n    'doc'  #: three\n    x = 1  #: four", [
        "«3 one»", "«3 two»", "@d", "class C", "    \"\"\"doc\"\"\"", "    «4 three»", "    «5 four»", "    x = 1"]),
    "a method": ("class C:\n    #: here\n    def m(self): a()", ["class C", "    def m(self)", "        «3 here»", "        a()"]),
    "a module's docstring": ("'doc'  #: here\na()", ["\"\"\"doc\"\"\"", "«1 here»", "a()"]),
    "a docstring that is a result": ("'doc'  #: here", ["«1 here»", "'doc'"]),
    "from __future__": ("#: one\n'doc'\n#: two\nfrom __future__ import annotations  #: three\na()", [
        "\"\"\"doc\"\"\"", "from __future__ import annotations", "«2 one»", "«4 two»", "«4 three»", "a()"]),
    "global": ("def f():\n    #: here\n    global x\n    x = 1", ["def f()", "    «3 here»", "    global x", "    x = 1"]),
    "CRLF": ("a()\r\nb()  #: here\r\n", ["a()", "«2 here»", "b()"]),
    "a form feed": ("a()\n\f\nb()  #: here", ["a()", "«3 here»", "b()"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_where_a_comment_belongs(name: str) -> None:
    source, expected = TABLE[name]
    assert placed(source) == expected


def test_a_source_without_comments_is_not_even_read() -> None:
    tree = ast.parse("a()")
    assert with_callouts(tree, "this is ( no Python") == 0
    assert ast.unparse(tree) == "a()"


# ---------------------------------------------------------------------- as without
def both(source: str, run: Callable[[dict[str, Any]], Any]) -> None:
    """Run the code with and without callouts: what is seen is the same, and the one with them has called out."""
    seen = []
    for insert in (False, True):
        tree = ast.parse(source)
        assert not insert or with_callouts(tree, source) > 0
        space: dict[str, Any] = {"__name__": "cell"}
        exec(compile(tree, "<cell>", "exec"), space)
        seen.append((run(space), sorted(space)))
    assert seen[0] == seen[1]


def test_no_name_is_added_and_docstrings_stay() -> None:
    both(
        "'module'\n#: c\nclass C:  #: c\n    'class'  #: c\n    x = 1  #: c\n    def m(self):  #: c\n        'method'\n        y = 1\n",
        lambda space: (
            space["__doc__"],
            space["C"].__doc__,
            space["C"].m.__doc__,
            sorted(vars(space["C"])),
            space["C"].m.__code__.co_varnames,
        ),
    )


def test_a_debugger_sees_the_same_lines() -> None:
    source = (
        "@staticmethod  #: d\ndef f(n):  #: f\n    'doc'\n    for i in range(n):  #: loop\n        x = i  #: body\n    else:  #: else\n"
        "        y = 1\n    return (x,\n            y)  #: end\n"
    )

    def lines(space: dict[str, Any]) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []

        def watch(frame: types.FrameType, event: str, argument: Any) -> Any:
            if frame.f_code.co_filename == "<cell>":
                found.append((event, frame.f_lineno))
            return watch

        before = sys.gettrace()
        sys.settrace(watch)
        try:
            assert space["f"](2) == (1, 1)
        finally:
            sys.settrace(before)
        return found

    both(source, lines)


def test_tracebacks_point_at_the_same_columns() -> None:
    def positions(space: dict[str, Any]) -> list[Any]:
        try:
            space["f"](0)
        except ZeroDivisionError as error:
            found, tb = [], error.__traceback__
            while tb is not None:
                found += [list(tb.tb_frame.f_code.co_positions())[tb.tb_lasti // 2]] if tb.tb_frame.f_code.co_filename == "<cell>" else []
                tb = tb.tb_next
            return found
        return []

    both("def f(x):  #: f\n    y = (1 +\n         2 / x)  #: division\n    return y\n", positions)


def test_without_the_package_the_code_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function may travel to a machine where it is not installed."""
    tree = ast.parse("x = 1  #: here")
    with_callouts(tree, "x = 1  #: here")
    monkeypatch.delitem(sys.modules, "async_magics.marks")
    space: dict[str, Any] = {}
    exec(compile(tree, "<cell>", "exec"), space)
    assert space["x"] == 1 and "async_magics.marks" not in sys.modules


def test_it_calls_before_the_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(marks, "callout", lambda given, filename: said.append(given))
    source = "say('a')  #: first\ndef f():  #: called\n    say('b')\nf(); f()\n"
    tree = ast.parse(source)
    with_callouts(tree, source)
    exec(compile(tree, "<cell>", "exec"), {"say": said.append})
    assert said == ["1 first", "a", "2 called", "b", "2 called", "b"]
