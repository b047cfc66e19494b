"""Comments that begin with ``#:`` become calls in a syntax tree: a callout on the chart for every moment at which such a line runs.

The call stands before the statement, at the statement's own place, so that line numbers, tracebacks and sources stay as they are; it puts
no name into anybody's namespace, travels with the function's code, and does nothing where no recording is at work, or where this package
is not installed. Standard library only.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

MARK: Final = "#:"
_MODULE: Final = f"{__name__.rpartition('.')[0]}.marks"
_NO_CODE: Final = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING})
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)

Place: TypeAlias = tuple[int, int]
"""Line, from 1, and column in bytes of UTF-8, as a syntax tree counts them."""
Block: TypeAlias = list[ast.stmt]


@dataclass(slots=True)
class Comment:
    """A remark in the source.

    Attributes:
        line: the last line of it.
        text: what it says.
        after: the token before it in the same statement; ``None``: it stands alone, above a statement.
    """

    line: int
    text: str
    after: Place | None


@dataclass(slots=True)
class Spot:
    """Where a call goes: before the statement at that index of a block, which may be its end.

    Attributes:
        line: what the chart names.
    """

    block: Block
    index: int
    line: int


def with_callouts(tree: ast.Module, source: str, filename: str = "") -> int:
    """Insert a call for every ``#:`` comment into the tree of a source; return how many there are.

    Args:
        tree: what ``source`` was parsed to; it is changed.
        source: the very text, line for line.
        filename: under which it is compiled; cloudpickle does not send that along with the code of a function.
    """
    if MARK not in source:
        return 0
    statements = Statements(tree)
    found = [(spot, comment) for comment in comments(source) if (spot := statements.spot(comment)) is not None]
    for spot, comment in reversed(found):  # of several before one statement, the first stays the first
        at = spot.block[min(spot.index, len(spot.block) - 1)]
        spot.block.insert(spot.index, _call(f"{spot.line} {comment.text}", filename, at))
    return len(found)


def comments(source: str) -> Iterator[Comment]:
    """Yield the remarks in a source; those alone on lines that follow each other are one."""
    row: Comment | None = None
    for comment in _each(source):
        if row is not None and comment.after is None and comment.line == row.line + 1:
            row.line, row.text = comment.line, f"{row.text} {comment.text}".strip()
            continue
        if row is not None and row.text:
            yield row
        row = comment if comment.after is None else None
        if row is None and comment.text:
            yield comment
    if row is not None and row.text:
        yield row


def _each(source: str) -> Iterator[Comment]:
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    before: Place | None = None
    for kind, string, start, _end, _line in tokenize.generate_tokens(io.StringIO(text).readline):
        if kind == tokenize.COMMENT:
            if string.startswith(MARK):
                yield Comment(start[0], string.removeprefix(MARK).strip(), before)
        elif kind == tokenize.NEWLINE:
            before = None
        elif kind not in _NO_CODE and string != ";":
            before = start[0], len(lines[start[0] - 1][: start[1]].encode())


@dataclass(slots=True)
class Statements:
    """The statements of a tree and the blocks in which they stand."""

    tree: ast.Module
    _all: list[tuple[Place, Block, int, ast.AST]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._gather(self.tree)
        self._all.sort(key=lambda each: each[0])

    def _gather(self, owner: ast.AST) -> None:
        for block in _blocks(owner):
            for index, statement in enumerate(block):
                self._all.append((_begin(statement), block, index, owner))
                self._gather(statement)

    def spot(self, comment: Comment) -> Spot | None:
        """Return where the call for a comment goes; ``None``: it belongs to nothing."""
        if comment.after is None:
            return self._below((comment.line + 1, 0))
        holder = self._holding(comment.after)
        if holder is None:
            return None
        _place, block, index, owner = holder
        statement = block[index]
        if comment.after >= _end_of_header(statement):  # at the head of a later block: else, except, case
            return self._below(comment.after, line=comment.after[0])
        return _before(block, index, owner)

    def _holding(self, place: Place) -> tuple[Place, Block, int, ast.AST] | None:
        """Return the innermost statement around a place: of those that hold it, the one that begins last."""
        around = [each for each in self._all if each[0] <= place < _end(each[1][each[2]])]
        return around[-1] if around else None

    def _below(self, place: Place, line: int | None = None) -> Spot | None:
        """Return the spot of the next statement that begins at a place or after it."""
        found = next((each for each in self._all if each[0] >= place), None)
        return None if found is None else _before(*found[1:], line=line)


def _before(block: Block, index: int, owner: ast.AST, *, line: int | None = None) -> Spot:
    """Return the spot before a statement, or where a function's own code begins."""
    statement = block[index]
    line = statement.lineno if line is None else line
    if isinstance(statement, _FUNCTIONS):
        return Spot(statement.body, _after_docstring(statement.body), line)
    if isinstance(owner, ast.Module):
        return Spot(block, max(index, _after_future(block)), line)
    if index == 0 and block is getattr(owner, "body", None) and isinstance(owner, (*_FUNCTIONS, ast.ClassDef)):
        index = _after_docstring(block)
    return Spot(block, index, line)


def _after_docstring(block: Block) -> int:
    first = block[0]
    return int(isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str))


def _after_future(block: Block) -> int:
    """Return the index after what has to stand first in a module. A docstring that is all there is has to stay the last: it is a result."""
    index = _after_docstring(block) if len(block) > 1 else 0
    while index < len(block) and isinstance(found := block[index], ast.ImportFrom) and found.module == "__future__":
        index += 1
    return index


def _blocks(owner: ast.AST) -> Iterator[Block]:
    """Yield the blocks that belong to a statement or a module."""
    if isinstance(owner, ast.Module | ast.stmt):
        for part in (owner, *getattr(owner, "handlers", ()), *getattr(owner, "cases", ())):
            for name in ("body", "orelse", "finalbody"):
                if block := getattr(part, name, None):
                    yield block


def _first(statement: ast.stmt) -> ast.stmt | ast.expr:
    """Return what a statement begins with: its first decorator, or itself."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return decorators[0] if decorators else statement


def _begin(statement: ast.stmt) -> Place:
    first = _first(statement)
    return first.lineno, first.col_offset


def _end(statement: ast.stmt) -> Place:
    return statement.end_lineno or statement.lineno, statement.end_col_offset or 0


def _end_of_header(statement: ast.stmt) -> Place:
    """Return where a compound statement's first block begins; the end of a simple one."""
    if isinstance(statement, ast.Match):
        pattern = statement.cases[0].pattern
        return pattern.lineno, pattern.col_offset
    return min((_begin(block[0]) for block in _blocks(statement)), default=_end(statement))


def _call(given: str, filename: str, at: ast.stmt) -> ast.stmt:
    """Return the statement that notes a callout, all of it at the first line of another one: a debugger sees no line more or less.

    Of ``__import__`` without a list of names, because that list makes it take three times as long on Python 3.11; of ``os``, because
    ``sys`` takes five times as long there; an ``if`` and no expression, because IPython shows the values of expressions.
    """
    code = f"if {_MODULE!r} in __import__('os').sys.modules and __import__({_MODULE!r}).marks.callout({given!r}, {filename!r}): pass"
    call = ast.parse(code).body[0]
    place = _first(at)
    line, column, end = place.lineno, place.col_offset, place.end_col_offset
    end = end if place.end_lineno == line else column + 1
    for node in ast.walk(call):
        if "lineno" in node._attributes:
            vars(node).update(lineno=line, col_offset=column, end_lineno=line, end_col_offset=end)
    return call
