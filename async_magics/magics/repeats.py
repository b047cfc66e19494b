"""``--repeat``: the body of a traced cell several times over, each time recorded on its own.

The syntax tree that IPython runs holds the body so many times, with one call of ``next_run`` between; so every statement runs as
IPython itself runs it, with its own line numbers, and the last run's last expression is the cell's result.
Imports nothing of ours; what records is passed in.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from .notes import note, told

if TYPE_CHECKING:
    from ..model import Trace

_NEXT: Final = f'__import__({__name__!r}, None, None, ("next_run",)).next_run()'
"""An expression, so that no name is left in the user's namespace."""


def repeated(body: list[ast.stmt], times: int, interactivity: str) -> list[ast.stmt]:
    """Return the statements so many times, a call of ours between.

    Only the last run's expressions are shown: where IPython shows ``all``, those of the others are evaluated inside a tuple.
    """
    found: list[ast.stmt] = []
    for _ in range(times - 1):
        run = copy.deepcopy(body)
        found += map(_unshown, run) if interactivity == "all" else run
        found.append(_at(ast.parse(_NEXT).body[0], body[0]))
    return found + body


def _unshown(statement: ast.stmt) -> ast.stmt:
    """Return the statement with ``(value, None)[1]`` for every expression that would be shown: its own, and those of its blocks."""
    for shown in _expressions(statement):
        both = ast.Tuple([shown.value, ast.Constant(None)], ast.Load())
        shown.value = ast.copy_location(ast.Subscript(both, ast.Constant(1), ast.Load()), shown.value)
        ast.fix_missing_locations(shown)
    return statement


def _expressions(statement: ast.stmt) -> Iterator[ast.Expr]:
    """Yield the statements that are expressions, but for those in functions and classes."""
    todo: list[ast.AST] = [statement]
    for node in todo:
        if isinstance(node, ast.Expr):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)]


def _at(statement: ast.stmt, place: ast.stmt) -> ast.stmt:
    for node in ast.walk(statement):
        ast.copy_location(node, place)
    return statement


def next_run() -> None:
    """Called by the cell itself between two runs; never raises."""
    try:
        _shell().magics_manager.registry["TaskTrace"].runner.next_run()
    except Exception as error:
        note(f"two runs were recorded as one: {told(error)}")


def _shell() -> Any:
    """Return the IPython that runs the code that calls us."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "run_code":
        frame = frame.f_back
    if frame is None:
        raise RuntimeError("no IPython runs this")
    return frame.f_locals["self"]


class Repeating:
    """Records runs one after another; takes the place of one recording while the cell runs.

    Args:
        make: makes the recording of a run.

    Attributes:
        runs: what was begun, the last one going on.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self.runs: list[Any] = [make()]

    @property
    def name(self) -> str:
        """What the trace is called."""
        return str(self.runs[-1].name)

    @property
    def trace(self) -> Trace:
        """The trace of the run that goes on."""
        found: Trace = self.runs[-1].trace
        return found

    def start(self) -> None:
        """Begin the first run."""
        self.runs[0].start()

    def next(self) -> None:
        """The run is over, the next one begins."""
        following = self._make()
        try:
            self.runs[-1].hand_over(following)
            self.runs.append(following)
        except BaseException:
            following.discard()
            raise

    def code_ended(self) -> None:
        """The last run's code is over."""
        self.runs[-1].code_ended()

    def stop(self, error: BaseException | None = None) -> None:
        """The cell ended; what went wrong is the last run's, which is stopped first: putting the others together takes time."""
        self.runs[-1].stop(error)
        for run in self.runs[:-1]:
            run.stop()

    def add_notes(self, asked: Any) -> None:
        """Put the author's notes into every run; which one will be drawn is not known yet."""
        for run in self.runs:
            run.add_notes(asked)

    def discard(self) -> None:
        """Forget every run."""
        for run in self.runs:
            run.discard()
