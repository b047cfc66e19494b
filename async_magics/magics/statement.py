"""A statement run in the middle of a cell: ``%tasktrace statement`` among other lines, or the magic called by a program.

A line magic is a function call inside the cell; the statement is compiled by IPython's own compiler, runs in the user's namespace,
its value is returned and its exception passes through to the cell. Imports IPython only.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
from typing import Any

from IPython.core.error import UsageError


def run_inside(shell: Any, text: str, local: dict[str, Any] | None = None) -> Any:
    """Run a piece of code in the user's namespace and return the value of its last expression.

    Raises:
        UsageError: it awaits, and a loop runs already.
        SyntaxError: as usual. Any exception of the code passes unchanged.
    """
    code = shell.transform_cell(text)
    name = shell.compile.cache(code, shell.execution_count, raw_code=text)
    tree = shell.transform_ast(_parsed(shell, code, name))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    space = shell.user_ns if local is None else local
    _run(shell, compile(tree, name, "exec", _flags(shell)), space)
    if last is None:
        return None
    return _run(shell, compile(ast.Expression(last.value), name, "eval", _flags(shell)), space)


def _flags(shell: Any) -> int:
    flags: int = shell.compile.flags
    return flags | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if shell.autoawait else 0)


def _parsed(shell: Any, code: str, name: str) -> ast.Module:
    tree: ast.Module = compile(code, name, "exec", _flags(shell) | ast.PyCF_ONLY_AST)
    if compile(tree, name, "exec", _flags(shell)).co_flags & inspect.CO_COROUTINE and _loop_runs():
        raise UsageError(
            "%tasktrace cannot await in the middle of a cell, where a loop runs already: "
            "make it the cell's only line, or put %%tasktrace above the cell"
        )
    return tree


def _run(shell: Any, code: Any, space: dict[str, Any]) -> Any:
    value = eval(code, shell.user_ns, space)  # noqa: S307 -- the user's own code, compiled by the user's own shell
    return shell.loop_runner(value) if code.co_flags & inspect.CO_COROUTINE else value


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
