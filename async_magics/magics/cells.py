"""The text of a traced cell: its magic line becomes a string literal, which the runner finds in the syntax tree and takes away.

A string literal, because nothing else may stand before ``from __future__``; on one line of its own, so that every line keeps its
number. Everything here is pure: IPython transforms a cell up to three times, and again whenever a front end asks whether it is
complete. Imports ``options`` and IPython's own transformers.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from IPython.core.inputtransformer2 import cell_magic, classic_prompt, ipython_prompt, leading_indent
from IPython.core.magic import MagicAlias

from ..errors import OptionError
from .options import SWITCHES, TRACE, leading_options, parse

Lines: TypeAlias = list[str]
Transform: TypeAlias = Callable[[Lines], Lines]

_MAGIC: Final = r"(%%?)(\w+)(?:[ \t]+(.*?))?[ \t]*\r?\n?\Z"
_MARK: Final = rf"(?s)(%%?){TRACE}(?: (.*))?\Z"
_CLEANUP: Final[tuple[Transform, ...]] = (leading_indent, classic_prompt, ipython_prompt)
__all__ = ["CellText", "Mark", "show_as_comment", "take_mark"]


class Mark:
    """What the magic line of a traced cell asked for.

    Attributes:
        line: the options.
        whole: ``%%``: the cell's lines keep their numbers; ``%``: the mark stands on a line of its own, which is not counted.
    """

    __slots__ = ("line", "whole")

    def __init__(self, line: str, *, whole: bool) -> None:
        self.line = line
        self.whole = whole

    @property
    def literal(self) -> str:
        """The line that stands in the transformed cell."""
        return repr(f"{'%%' if self.whole else '%'}{TRACE}{' ' if self.line else ''}{self.line}") + "\n"

    @classmethod
    def read(cls, text: Any) -> Mark | None:
        """Find a mark in the value of a string literal."""
        found = re.match(_MARK, text) if isinstance(text, str) else None
        return cls(found[2] or "", whole=found[1] == "%%") if found else None


class CellText:
    """The input transformer.

    Args:
        shell: knows the aliases that the user made of our magic.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def __call__(self, lines: Lines) -> Lines:
        """Mark a cell that begins with ``%%tasktrace``, or is one line ``%tasktrace statement``; leave others alone."""
        if lines and lines[0].startswith("%%"):
            return self._cell(lines)
        return self._single(lines)

    def _cell(self, lines: Lines) -> Lines:
        asked = self._asked("cell", lines[0])
        if asked is None or not _valid(asked):
            return lines  # a wrong option: the magic itself is called and says so
        first = next((number for number, line in enumerate(lines) if number and line.strip()), len(lines))
        blank, body = lines[1:first], lines[first:]
        for cleanup in _CLEANUP:  # IPython looked at the first line only, and that was ours
            body = cleanup(body)
        if body and body[0].startswith("%%"):
            body = cell_magic(self(body))  # type: ignore[no-untyped-call]
        return [Mark(asked, whole=True).literal, *blank, *body]

    def _single(self, lines: Lines) -> Lines:
        at = _only_line(lines)
        asked = None if at is None else self._asked("line", lines[at])
        if at is None or not asked:
            return lines
        try:
            request = leading_options(TRACE, asked)
        except OptionError:
            return lines
        if not request.rest or request.rest.split()[0] in SWITCHES or not _can_stand_alone(request.rest):
            return lines
        options = asked[: len(asked) - len(request.rest)].rstrip()
        return [Mark(options, whole=False).literal, *lines[:at], request.rest + "\n", *lines[at + 1 :]]

    def _asked(self, kind: str, line: str) -> str | None:
        """Return what follows our magic's name or an alias of it, ``None`` if the line calls something else."""
        found = re.match(_MAGIC, line)
        if found is None or (found[1] == "%%") != (kind == "cell"):
            return None
        name, asked = found[2], found[3] or ""
        seen = set()
        while name != TRACE:
            alias = self._shell.magics_manager.magics[kind].get(name)
            if name in seen or not isinstance(alias, MagicAlias):
                return None
            seen.add(name)
            asked = f"{getattr(alias, 'magic_params', None) or ''} {asked}".strip()
            name = str(alias.magic_name)
        return asked


def _valid(asked: str) -> bool:
    try:
        parse(TRACE, asked, words=False)
    except OptionError:
        return False
    return True


def _only_line(lines: Lines) -> int | None:
    """Return the number of the cell's only line that is neither blank nor a comment."""
    code = [number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    return code[0] if len(code) == 1 and lines[code[0]].startswith("%") else None


def _can_stand_alone(statement: str) -> bool:
    """Tell whether the statement is one; a wrong one is left to the magic, so that its error shows the user's own line."""
    if statement.startswith(("!", "%")):
        return True
    try:
        compile(statement, "<tasktrace>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError):
        return False
    return True


def take_mark(module: Any) -> Mark | None:
    """Take the marks off the beginning of a module's syntax tree and return the first."""
    first: Mark | None = None
    while isinstance(module, ast.Module) and module.body and (mark := _mark_of(module.body[0])):
        del module.body[0]
        first = first or mark
        if not mark.whole:
            ast.increment_lineno(module, -1)
    return first


def _mark_of(statement: ast.stmt) -> Mark | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return Mark.read(statement.value.value)
    return None


def show_as_comment(mark: Mark) -> None:
    """Let tracebacks show the magic line as a comment instead of the mark.

    It must stay valid Python that matches the tree which is run, or IPython 8 loses pieces of the traceback. Every cached source
    that begins with this mark is a cell of ours; the list is changed in place because IPython 7 keeps a second reference to it.
    """
    for entry in list(linecache.cache.values()):
        source = entry[2] if len(entry) == 4 else None
        if source and source[0] == mark.literal:
            source[:1] = ["#" + mark.literal[1:-2] + "\n"] if mark.whole else []
