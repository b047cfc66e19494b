"""A statement run in the middle of a cell: ``%tasktrace statement`` among other lines, or the magic called by a program.

A line magic is a function call inside the cell; the statement is compiled by IPython's own compiler, runs in the user's namespace,
its value is returned and its exception passes through to the cell. Imports ``api``, ``runner`` and IPython.
"""

from __future__ import annotations

import ast
import inspect
from typing import Any

from IPython.core.error import UsageError

from ..api import loop_runs
from .runner import call_out


class Statement:
    """A piece of code, compiled and not yet run.

    Args:
        shell: whose compiler, transformers and namespace count.
        text: the code as the user typed it.
        local: the local variables of the function that calls the magic.

    Raises:
        UsageError: it awaits, and a loop runs already.
        SyntaxError: as usual.
    """

    def __init__(self, shell: Any, text: str, local: dict[str, Any] | None = None) -> None:
        self._shell = shell
        self._space = shell.user_ns if local is None else local
        code = shell.transform_cell(text)
        name = shell.compile.cache(code, shell.execution_count, raw_code=text)
        tree = _parsed(shell, code, name)
        call_out(tree, code, name)
        tree = shell.transform_ast(tree)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else ast.Expr(ast.Constant(None))
        self._body = compile(tree, name, "exec", _flags(shell))
        self._last = compile(ast.fix_missing_locations(ast.Expression(last.value)), name, "eval", _flags(shell))

    def run(self) -> Any:
        """Run it and return the value of its last expression; its exception passes unchanged."""
        self._evaluated(self._body)
        return self._evaluated(self._last)

    def _evaluated(self, code: Any) -> Any:
        value = eval(code, self._shell.user_ns, self._space)  # noqa: S307 -- the user's own code, compiled by the user's own shell
        return self._shell.loop_runner(value) if code.co_flags & inspect.CO_COROUTINE else value


def _flags(shell: Any) -> int:
    flags: int = shell.compile.flags
    return flags | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if shell.autoawait else 0)


def _parsed(shell: Any, code: str, name: str) -> ast.Module:
    tree: ast.Module = compile(code, name, "exec", _flags(shell) | ast.PyCF_ONLY_AST)
    if compile(tree, name, "exec", _flags(shell)).co_flags & inspect.CO_COROUTINE and loop_runs():
        raise UsageError(
            "%tasktrace cannot await in the middle of a cell, where a loop runs already: "
            "make it the cell's only line, or put %%tasktrace above the cell"
        )
    return tree
