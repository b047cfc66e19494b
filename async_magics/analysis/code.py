"""The traced source as a syntax tree: which statement stands on a line, in which function, and what surrounds it.

A cell may hold lines that are not Python (magics, ``!ls``, ``name?``); they are left out, the numbers of the others stay. A text that
cannot be read gives an empty tree: then nothing is known, and no rule says anything. Imports ``model`` only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from ..model import Location
from .phrases import CELL_FILE

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
MODULE: Final = "<module>"
LONGEST: Final = 400_000
"""Characters; nobody writes a cell that is longer."""
_SHELL: Final = re.compile(r"^(\s*)(?:[%!].*|(\w[\w ,.]*)=\s*[%!].*|\?{1,2}[\w.]+|[\w.]+\?{1,2})$")


class Code:
    """A source, read once.

    Attributes:
        tree: empty where the text is not Python.
    """

    def __init__(self, source: str) -> None:
        self.tree = _parsed(source)
        self._lines = source.splitlines()
        self._parents: dict[ast.AST, ast.AST] = {}
        self._qualnames: dict[ast.AST, str] = {self.tree: MODULE}
        self._statements: dict[int, ast.stmt | None] = {}
        self._look()

    def _look(self) -> None:
        todo: list[tuple[ast.AST, str]] = [(self.tree, "")]  # a sum of a thousand terms is a thousand deep
        for node, prefix in todo:
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node
                below = prefix
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    self._qualnames[child] = prefix + child.name
                    below = f"{prefix}{child.name}." + ("" if isinstance(child, ast.ClassDef) else "<locals>.")
                todo.append((child, below))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what surrounds a node, from the inside out."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def scope(self, node: ast.AST) -> str:
        """Return the qualified name of the function that a node belongs to, ``<module>`` for the cell's own code."""
        return next((self._qualnames[up] for up in self.above(node) if not isinstance(up, ast.ClassDef) and up in self._qualnames), MODULE)

    def statement(self, place: Location | None) -> ast.stmt | None:
        """Return the innermost statement on a line of the traced source."""
        if place is None or place.file != CELL_FILE:
            return None
        if place.line not in self._statements:
            self._statements[place.line] = self._innermost(place.line)
        return self._statements[place.line]

    def _innermost(self, line: int) -> ast.stmt | None:
        found = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
                found = node if found is None or _size(node) <= _size(found) else found
        return found

    def functions(self, name: str) -> list[Function]:
        """Return the definitions of a function, by its bare name."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self._qualnames if isinstance(node, kinds) and node.name == name]

    def is_kept_by_notebook(self, statement: ast.stmt) -> bool:
        """Whether a statement's value becomes ``Out[n]``: it is the last of the cell, and no semicolon stands behind it."""
        last = bool(self.tree.body) and statement is self.tree.body[-1]
        return last and not self._lines[(statement.end_lineno or 1) - 1].partition("#")[0].rstrip().endswith(";")

    def place(self, node: ast.expr | ast.stmt) -> Location:
        """Return the line on which a piece of code begins."""
        return Location(file=CELL_FILE, line=node.lineno, function=self.scope(node), text=self.text(node.lineno))

    def text(self, line: int) -> str:
        """Return a line, stripped and bounded."""
        return self._lines[line - 1].strip()[:120]

    def handles_errors(self, place: Location) -> bool:
        """Whether a line stands in an ``except`` or ``finally``: what runs there tidies up."""
        statement = self.statement(place)
        if statement is None:
            return False
        inside: ast.AST = statement
        for up in self.above(statement):
            if isinstance(up, ast.ExceptHandler) or (isinstance(up, (ast.Try, ast.TryStar)) and inside in up.finalbody):
                return True
            if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return False
            inside = up
        return False


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse("\n".join(map(_python, source[:LONGEST].splitlines())))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _python(line: str) -> str:
    """Return a line, or something harmless of the same depth in place of one that only IPython understands."""
    found = _SHELL.match(line)
    if found is None:
        return line
    indent, names = found.groups()
    return f"{indent}{names}= None" if names else f"{indent}pass" if indent else ""


def _size(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def loads(node: ast.AST) -> set[str]:
    """Return the names that a piece of code reads."""
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load)}


def stores(node: ast.AST) -> set[str]:
    """Return the names that a piece of code binds, and those of objects that it puts something into or calls a method of."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            found.add(inner.id)
        elif isinstance(inner, (ast.Attribute, ast.Subscript)) and not isinstance(inner.ctx, ast.Load):
            found |= root_of(inner)
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            found |= root_of(inner.func)
    return found


def root_of(node: ast.AST) -> set[str]:
    """Return the name that a chain of attributes and indices begins with, if it begins with a name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def awaits(node: ast.AST) -> list[ast.Await]:
    """Return the ``await`` expressions of a piece of code, but for those in functions defined there."""
    found, todo = [], [node]
    while todo:
        inner = todo.pop()
        if isinstance(inner, ast.Await):
            found.append(inner)
        todo += [
            child
            for child in ast.iter_child_nodes(inner)
            if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
        ]
    return found
