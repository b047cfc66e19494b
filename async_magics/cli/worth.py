"""Which cells of a notebook are worth tracing, told by reading them: those that run something at the same time as something else.

A cell counts when the code that it runs itself (not what it merely defines) awaits, starts tasks, threads, pools or programs, works
with what an earlier cell started, or calls a function of the notebook's own that does. Imports ``starting`` of this folder, and
IPython's transformer for its syntax.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from .starting import GETS_CONTEXT, GOES_ON, METHODS, OF_LOOPS, STARTS, TRIFLES

_COMBINE: Final = ("%%time", "%%capture")
"""Cell magics that run the cell's own code, so that ours can stand above them."""
_OURS: Final = re.compile(r"^\s*%%?task(trace|compare)\b(?!\s+o(n|ff)\b)", re.M)
_SWITCH: Final = re.compile(r"^\s*%tasktrace\s+(on|off)\b", re.M)
_DEFINES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def worth_tracing(sources: Sequence[str]) -> list[bool]:
    """Tell of every code cell, in order, whether it is worth tracing and not traced yet."""
    reader, out = _Notebook(), []
    traced_anyway = False
    for source in sources:
        worth = reader.reads(source)
        out.append(worth and not traced_anyway and not _OURS.search(source))
        for switch in _SWITCH.findall(source):
            traced_anyway = switch == "on"
    return out


def python_of(source: str) -> str | None:
    """Return a cell as Python, ``None`` where it is none: another cell magic, or a mistake in its syntax."""
    from IPython.core.inputtransformer2 import TransformerManager

    text = source.lstrip("\n")
    while text.startswith("%%"):
        line, _, rest = text.partition("\n")
        if line.split()[0] not in (*_COMBINE, "%%tasktrace"):
            return None
        text = rest
    try:
        python: str = TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
        ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return python


class _Notebook:
    """What the cells read so far define.

    Attributes:
        origins: where names come from: ``{"aio": "asyncio", "Pool": "multiprocessing.Pool"}``.
        functions: the notebook's own functions and methods that run at once when they are called (not ``async``, no generators).
        generators: whether there is a generator function.
        started: variables that hold tasks, threads, pools and the like.
    """

    def __init__(self) -> None:
        self.origins: dict[str, str] = {}
        self.functions: dict[str, Function] = {}
        self.generators = False
        self.started: set[str] = set()

    def reads(self, source: str) -> bool:
        """Take in a cell; return whether it is worth tracing."""
        python = python_of(source)
        if python is None:
            return False
        tree = ast.parse(python)
        self._imports(tree)
        self._definitions(tree)
        run = list(_runs(tree.body))
        self._assignments(run)
        return any(self._is_worth(node) for node in run) or self._takes_turns(run)

    # ------------------------------------------------------------------ what a cell brings
    def _imports(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    self.origins[name.asname or name.name.partition(".")[0]] = name.name if name.asname else name.name.partition(".")[0]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for name in node.names:
                    if name.name == "*":
                        self.origins |= {start.rpartition(".")[2]: start for start in STARTS if start.rpartition(".")[0] == node.module}
                    else:
                        self.origins[name.asname or name.name] = f"{node.module}.{name.name}"

    def _definitions(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for base in map(self._origin, node.bases):
                    if base in STARTS:
                        self.origins[node.name] = base
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yields = any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in _runs(node.body))
                self.generators |= yields
                self.functions.pop(node.name, None)
                if isinstance(node, ast.FunctionDef) and not yields:
                    self.functions[node.name] = node

    def _assignments(self, run: list[ast.AST]) -> None:
        """Note which variables hold what was started."""
        for targets, value in (pair for node in run for pair in _bound(node)):
            names = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
            if isinstance(value, ast.Call) and self._origin(value.func) in GETS_CONTEXT:
                self.origins |= dict.fromkeys(names, "multiprocessing")
            if any(self._holds(inner) for inner in _runs([value])) and not self._is_result(value):
                self.started |= names
            else:
                self.started -= names

    def _holds(self, node: ast.AST) -> bool:
        return (isinstance(node, ast.Call) and self._starts(node, set())) or (isinstance(node, ast.Name) and node.id in self.started)

    def _is_result(self, value: ast.expr) -> bool:
        """Whether a value is what came out of a task; ``wait`` gives tasks back."""
        return isinstance(value, ast.Await) and not (isinstance(value.value, ast.Call) and self._origin(value.value.func) == "asyncio.wait")

    # ------------------------------------------------------------------ what a cell does
    def _is_worth(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Await):
            return not (isinstance(node.value, ast.Call) and self._origin(node.value.func) in TRIFLES)
        if isinstance(node, ast.AsyncFor | ast.AsyncWith) or (isinstance(node, ast.comprehension) and node.is_async):
            return True
        return isinstance(node, ast.Call) and (self._starts(node, set()) or self._goes_on(node))

    def _starts(self, call: ast.Call, seen: set[str]) -> bool:
        """Whether a call starts something, by itself or in a function of the notebook's own."""
        called = call.func
        if self._origin(called) in STARTS or (isinstance(called, ast.Attribute) and called.attr in OF_LOOPS):
            return True
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        function = self.functions.get(name)
        if function is None or name in seen:
            return False
        seen.add(name)
        inside = _runs(function.body)
        return any(isinstance(node, ast.Call) and (self._starts(node, seen) or self._goes_on(node)) for node in inside)

    def _goes_on(self, call: ast.Call) -> bool:
        """Whether a call is a method that does something on what was started."""
        called = call.func
        if not isinstance(called, ast.Attribute) or called.attr not in GOES_ON:
            return False
        names = {node.id for node in ast.walk(called.value) if isinstance(node, ast.Name)}
        return bool(names & self.started)

    def _takes_turns(self, run: list[ast.AST]) -> bool:
        """Whether generators are advanced in a loop."""
        loops = [node for node in run if isinstance(node, ast.For | ast.While)]
        inside = (node for loop in loops for node in _runs(loop.body) if isinstance(node, ast.Call))
        return self.generators and any(_advances(call) for call in inside)

    def _origin(self, node: ast.AST) -> str:
        """Return the dotted name of what an expression means, ``""`` where it is no plain name."""
        if isinstance(node, ast.Name):
            return self.origins.get(node.id, "")
        if isinstance(node, ast.Attribute):
            before = self._origin(node.value)
            return f"{before}.{node.attr}" if before else ""
        return ""


def _bound(node: ast.AST) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    """Yield what a node gives names to, and the value."""
    if isinstance(node, ast.Assign):
        yield node.targets, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield [node.target], node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield [node.target], node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield [node.optional_vars], node.context_expr


def _advances(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id == "next"
    return isinstance(call.func, ast.Attribute) and call.func.attr in METHODS


def _runs(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield every node that runs when a body runs: not the bodies of functions that it defines."""
    for node in body:
        if isinstance(node, _DEFINES):
            continue
        yield node
        yield from _runs(list(ast.iter_child_nodes(node)))
