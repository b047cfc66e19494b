"""Awaited calls of a source that could run at once: read off the syntax tree, without knowing whether they took any time.

What is not certain is left out: calls that share an object which they might change, calls of functions with a state of their own, loops
that stop by what a call returned. Imports ``analysis.code`` only.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ..code import Code, awaits, loads, root_of, stores

_WRAPPERS: Final = frozenset(("create_task", "ensure_future", "wait_for", "shield"))
_SHAREABLE: Final = frozenset(("session", "client", "http", "pool", "executor", "loop", "sem", "semaphore", "limit", "timeout"))
"""Names of what is made to be used by many at once."""
_QUERIES: Final = frozenset(("get",))
"""Methods that only ask, on whatever object."""
_STOPS: Final = (ast.Break, ast.Continue, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)
_SIMPLE: Final = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp)


@dataclass(frozen=True, slots=True)
class Call:
    """An awaited call.

    Attributes:
        node: the call itself, without ``create_task`` and the like around it.
        callee: dotted name.
        arguments: what it is given.
        statement: where it is awaited.
        binds: the names that get something from it.
    """

    node: ast.Call
    callee: str
    arguments: tuple[ast.expr, ...]
    statement: ast.stmt
    binds: frozenset[str]

    @property
    def text(self) -> str:
        """The call as code, on one line."""
        return ast.unparse(self.node)


@dataclass(frozen=True, slots=True)
class Row:
    """Calls that stand one after the other, none of which needs another: two or more, or one in a loop.

    Attributes:
        calls: in order.
        loop: what follows the call in ``gather``: ``for url in urls``; ``""`` where it is no loop.
        scope: qualified name of the function.
    """

    calls: tuple[Call, ...]
    loop: str
    scope: str

    @property
    def code(self) -> str:
        """What to write instead."""
        if self.loop:
            return f"await asyncio.gather(*({self.calls[0].text} {self.loop}))"
        return f"await asyncio.gather({', '.join(call.text for call in self.calls)})"


def rows(code: Code) -> Iterator[Row]:
    """Yield all of them."""
    reader = _Reader(code)
    for node in ast.walk(code.tree):
        for body in (getattr(node, name, ()) for name in ("body", "orelse", "finalbody")):
            if isinstance(body, list):
                yield from reader.in_body(body)
        if isinstance(node, ast.For):
            yield from reader.in_loop(node)
        elif isinstance(node, _COMPREHENSIONS):
            yield from reader.in_comprehension(node)


class _Reader:
    """Reads one source."""

    def __init__(self, code: Code) -> None:
        self._code = code
        aliases = [alias for node in ast.walk(code.tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names]
        self._tasks: dict[ast.stmt, Call] = {}
        self._modules = {(alias.asname or alias.name).partition(".")[0] for alias in aliases}

    # ------------------------------------------------------------------ where they stand
    def in_body(self, body: Sequence[ast.stmt]) -> Iterator[Row]:
        """Yield calls in statements that follow each other."""
        run: list[Call] = []
        for statement, following in pairwise([*body, ast.Pass(), ast.Pass()]):
            made = self._made(statement, following)
            if made is not None:
                self._tasks[following] = made
                continue
            call = self._tasks.get(statement) or self._call_in(statement)
            if call is None and run and _prints(statement):
                continue
            if call is not None and all(self._independent(before, call) for before in run):
                run.append(call)
                continue
            if len(run) > 1 and self._free(run[0].statement):
                yield Row(tuple(run), "", self._code.scope(run[0].statement))
            run = [call] if call is not None else []

    def in_loop(self, loop: ast.For) -> Iterator[Row]:
        """Yield the one call in the body of a loop, if every round could do without the one before it."""
        place = next((number for number, statement in enumerate(loop.body) if awaits(statement)), None)
        if place is None or loop.orelse or len(awaits(loop)) != 1 or any(isinstance(node, _STOPS) for node in ast.walk(loop)):
            return
        call, before = self._call_in(loop.body[place]), loop.body[:place]
        if call is None:
            return
        changing = set[str]().union(*(stores(statement) for statement in loop.body[place:])) - stores(loop.target)
        derived = stores(loop.target)
        for statement in before:
            if loads(statement) & derived:
                derived |= stores(statement)
        needs = _names(call.arguments)
        read = needs.union(*(loads(statement) for statement in before))
        if needs & derived and not read & changing and self._may_repeat(call, derived) and self._free(loop):
            yield Row((call,), f"for {ast.unparse(loop.target)} in {ast.unparse(loop.iter)}", self._code.scope(loop))

    def in_comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> Iterator[Row]:
        """Yield the one call of a comprehension."""
        if len(awaits(node)) != 1 or len(node.generators) != 1 or node.generators[0].is_async:
            return
        statement = next((up for up in self._code.above(node) if isinstance(up, ast.stmt)), None)
        call = self._call(awaits(node)[0], statement) if statement is not None else None
        drawn = stores(node.generators[0].target)
        if call is not None and _names(call.arguments) & drawn and self._may_repeat(call, drawn) and self._free(call.statement):
            yield Row((call,), ast.unparse(node.generators[0]).strip(), self._code.scope(node))

    def _made(self, statement: ast.stmt, following: ast.stmt) -> Call | None:
        """Return the call of which a statement makes a task, if the next one awaits that task: nothing can overlap."""
        value = statement.value if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name) else None
        found = awaits(following) if isinstance(following, _SIMPLE) else []
        if value is None or len(found) != 1 or ast.unparse(found[0].value) != ast.unparse(statement.targets[0]):  # type: ignore[attr-defined]
            return None
        made = isinstance(value, ast.Call) and _dotted(value.func).rpartition(".")[2] in ("create_task", "ensure_future")
        call = self._call(ast.Await(value), following) if made else None
        return None if call is None else replace(call, binds=call.binds | stores(statement))

    def _call_in(self, statement: ast.stmt) -> Call | None:
        found = awaits(statement) if isinstance(statement, _SIMPLE) else []
        repeats = any(isinstance(node, (*_COMPREHENSIONS, ast.GeneratorExp, *_STOPS)) for node in ast.walk(statement))
        return self._call(found[0], statement) if len(found) == 1 and not repeats else None

    def _call(self, awaited: ast.Await, statement: ast.stmt) -> Call | None:
        node = awaited.value
        while isinstance(node, ast.Call) and node.args and _dotted(node.func).rpartition(".")[2] in _WRAPPERS:
            node = node.args[0]
        if not isinstance(node, ast.Call):
            return None
        name, arguments = _dotted(node.func), (*node.args, *(keyword.value for keyword in node.keywords))
        if name in ("asyncio.to_thread", "to_thread") and node.args:
            name, arguments = _dotted(node.args[0]), arguments[1:]
        head, dot, _ = name.partition(".")
        known = bool(name) and (not dot or (head in self._modules and head != "asyncio") or name.rpartition(".")[2] in _QUERIES)
        known = known and name not in ("sleep", "gather", "wait") and not any(isinstance(item, ast.Starred) for item in arguments)
        known = known or name == "asyncio.open_connection"
        return Call(node, name, arguments, statement, frozenset(stores(statement))) if known else None

    # ------------------------------------------------------------------ whether one needs another
    def _independent(self, one: Call, other: Call) -> bool:
        if one.binds - root_of(one.node.func) & loads(other.node):
            return False
        shared = _names(one.arguments) & _names(other.arguments)
        if not all(map(self._harmless, shared)) or self._stateful(one, other):
            return False
        if one.callee == other.callee:
            return [*map(ast.dump, one.arguments)] != [*map(ast.dump, other.arguments)] and not _same_thing(one, other)
        known = all(self._code.functions(call.callee) for call in (one, other))
        return known and all(isinstance(call.statement, (ast.Assign, ast.AnnAssign)) for call in (one, other))

    def _may_repeat(self, call: Call, drawn: set[str]) -> bool:
        return all(map(self._harmless, _names(call.arguments) - drawn)) and not self._stateful(call, call)

    def _stateful(self, one: Call, other: Call) -> bool:
        """Whether the functions, as far as the source has them, are tied to each other: by a lock, or by what they change outside."""
        bodies = [function for call in (one, other) for function in self._code.functions(call.callee)]
        if any(_takes_turns(node) for function in bodies for node in ast.walk(function)):
            return True
        changed = [_outside(function) for function in bodies]
        if one.callee == other.callee:
            return any(changed)
        return any(names & loads(function) for names, function in zip(changed, reversed(bodies), strict=True))

    def _harmless(self, name: str) -> bool:
        """Whether calls may share what bears a name: a constant, or something made to be shared."""
        if name in _SHAREABLE or name.isupper() or name in self._modules or hasattr(builtins, name) or self._code.functions(name):
            return True
        values = [
            node.value
            for node in ast.walk(self._code.tree)
            if isinstance(node, ast.Assign) and name in set[str]().union(*map(stores, node.targets))
        ]
        return bool(values) and all(isinstance(value, (ast.Constant, ast.JoinedStr)) for value in values)

    def _free(self, statement: ast.stmt) -> bool:
        """Whether a statement does not stand in an ``async with`` over a lock or the like."""
        return not any(map(_takes_turns, self._code.above(statement)))


def _same_thing(one: Call, other: Call) -> bool:
    """Whether two calls are told to do something to what one text names: ``write("a.txt", 1)``, and nobody wants their results."""
    if one.binds or other.binds:
        return False
    pairs = zip(one.arguments, other.arguments, strict=False)
    return any(isinstance(mine, ast.Constant) and isinstance(mine.value, str) and ast.dump(mine) == ast.dump(its) for mine, its in pairs)


def _takes_turns(node: ast.AST) -> bool:
    """Whether it is an ``async with`` over an object that exists already: a lock, a semaphore."""
    return isinstance(node, ast.AsyncWith) and any(isinstance(item.context_expr, (ast.Name, ast.Attribute)) for item in node.items)


def _outside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names outside a function that it binds anew or puts something into."""
    declared = {name for node in ast.walk(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    local = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - declared
    local |= {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    parts = [node for node in ast.walk(function) if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load)]
    return declared | set[str]().union(*map(root_of, parts)) - local


def _names(arguments: Sequence[ast.expr]) -> set[str]:
    return set[str]().union(*map(loads, arguments))


def _dotted(node: ast.expr) -> str:
    """Return ``asyncio.sleep`` for what is written so; ``""`` for anything else than names and dots."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _prints(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print" and not awaits(statement)
