"""AM201–AM204: coroutines and tasks that nobody looks after. Imports ``lang``, ``model``, ``analysis`` and this folder."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import Instant, InstantKind, Location, Task, TaskKind, Trace
from ..code import MODULE, Code
from ..phrases import Duration, Phrase, Value
from .finding import Finding
from .gathers import failed_gathers
from .rows import interrupted_ns, names, who

_MAKERS: Final = frozenset(("create_task", "ensure_future"))
_ON_NS: Final = 10_000_000
"""Who ends no later than this after somebody else did not outlive him."""


@dataclass(frozen=True, slots=True)
class NeverAwaited:
    """A coroutine was made and thrown away."""

    code: str = "AM201"
    summary: str = marked("a coroutine that nobody awaited")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each function."""
        seen = [instant for instant in until_interrupted(trace) if instant.kind is InstantKind.NEVER_AWAITED]
        code = Code(trace.source) if seen else None
        for name, count in Counter(instant.text for instant in seen).items():
            mine = [instant for instant in seen if instant.text == name]
            function = name.rpartition(".")[2]
            line = _unawaited(code, function) if code else None
            values: dict[str, Value] = {"call": f"{function}(…)", "n": count}
            what = Phrase(marked("{call} made a coroutine that nobody awaited, so nothing of it ran (times: {n})"), values)
            if line is not None:
                text = marked("{call} made a coroutine that nobody awaited, so nothing of it ran ({line})")
                what = Phrase(text, {**values, "line": line})
            yield Finding(
                code=self.code,
                what=what,
                why=Phrase(marked("Calling an `async def` function runs nothing: it returns a plan of what is to be done.")),
                instead=Phrase(marked("Write `await {call}`; to go on meanwhile: `task = asyncio.create_task({call})`."), values),
                tasks=tuple(dict.fromkeys(instant.task for instant in mine if instant.task is not None)),
                start_ns=mine[0].t_ns,
                end_ns=mine[-1].t_ns,
                location=line,
                error=True,
            )


def until_interrupted(trace: Trace) -> list[Instant]:
    """Return what happened until somebody pressed the stop button: what is left lying about after that is nobody's mistake."""
    moment = interrupted_ns(trace)
    return [instant for instant in trace.instants if moment is None or instant.t_ns < moment]


def _unawaited(code: Code, function: str) -> Location | None:
    """Return the line of the one call of a function whose result is dropped, or kept and no more; ``None`` if there are several."""
    calls = [
        node.value
        for node in ast.walk(code.tree)
        if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Call) and _last_name(node.value.func) == function
    ]
    return code.place(calls[0]) if len(calls) == 1 else None


@dataclass(frozen=True, slots=True)
class NeverRetrieved:
    """A task failed, and nobody asked how it had ended."""

    code: str = "AM202"
    summary: str = marked("a task failed and nobody looked at its exception")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each task."""
        for instant in until_interrupted(trace):
            if instant.kind is not InstantKind.NEVER_RETRIEVED or instant.task is None:
                continue
            task = trace.tasks[instant.task]
            error = f"{task.exception or instant.text}: {task.message}" if task.message else task.exception or instant.text
            line = task.created_at
            values: dict[str, Value] = {"who": who(task), "error": error}
            what = Phrase(marked("{who} failed and nobody noticed: {error}"), values)
            if line is not None:
                text = marked("{who}, started in {line}, failed and nobody noticed: {error}")
                what = Phrase(text, {**values, "line": line})
            yield Finding(
                code=self.code,
                what=what,
                why=Phrase(marked("A task keeps its exception for whoever awaits it; this one was thrown away unread.")),
                instead=Phrase(marked("Keep the task and `await` it where you need it done; or use `async with asyncio.TaskGroup()`.")),
                tasks=(task.id,),
                start_ns=trace.end_ns_of(task.id),
                end_ns=instant.t_ns,
                location=line,
                error=True,
            )


@dataclass(frozen=True, slots=True)
class Dropped:
    """A task to which nobody kept a reference."""

    code: str = "AM203"
    summary: str = marked("a task that nobody keeps a reference to")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each line that starts such tasks and does not see them end; and for tasks that vanished."""
        destroyed = {instant.task: instant for instant in until_interrupted(trace) if instant.kind is InstantKind.DESTROYED}
        by_line: defaultdict[Location | None, list[Task]] = defaultdict(list)
        for task in dropped(trace):
            by_line[task.created_at].append(task)
        for task in trace.tasks:
            if task.id in destroyed and task not in by_line[task.created_at]:
                by_line[task.created_at].append(task)
        for line, mine in by_line.items():
            if mine:
                yield self._finding(trace, line, mine, any(task.id in destroyed for task in mine))

    def _finding(self, trace: Trace, line: Location | None, mine: list[Task], destroyed: bool) -> Finding:
        values: dict[str, Value] = {"tasks": names(trace, (task.id for task in mine))}
        if line is not None:
            values["line"] = line
        if destroyed and line is not None:
            what = Phrase(marked("{tasks}, started in {line}, vanished in the middle of the work: destroyed while pending"), values)
        elif destroyed:
            what = Phrase(marked("{tasks} vanished in the middle of the work: destroyed while pending"), values)
        else:
            what = Phrase(marked("nobody kept {tasks}, started in {line} and still at work when that code was over"), values)
        return Finding(
            code=self.code,
            what=what,
            why=Phrase(marked("The loop itself holds tasks loosely: one without a reference may vanish, and its errors go unseen.")),
            instead=Phrase(marked("Write `task = asyncio.create_task(…)` and `await task`; or use `async with asyncio.TaskGroup()`.")),
            tasks=tuple(task.id for task in mine),
            start_ns=min(task.created_ns for task in mine),
            end_ns=max(trace.end_ns_of(task.id) for task in mine),
            location=line,
            error=destroyed,
        )


def dropped(trace: Trace) -> list[Task]:
    """Return tasks whose creation was a statement of its own, and that outlived the task that had created them."""
    code: Code | None = None
    found: list[Task] = []
    if interrupted_ns(trace) is not None:
        return found
    for task in trace.tasks:
        if task.kind is not TaskKind.ASYNCIO or task.older or task.group is not None or task.parent is None:
            continue
        if task.created_at is not None and trace.end_ns_of(task.id) - trace.end_ns_of(task.parent) > _ON_NS:
            code = code or Code(trace.source)
            if _is_dropped(code, task.created_at):
                found.append(task)
    return found


def _is_dropped(code: Code, place: Location) -> bool:
    """Whether the task made on a line is the value of a statement and goes nowhere; told from the line alone where that is all we have."""
    statement = code.statement(place)
    if statement is not None:
        return _drops(statement) and not code.is_kept_by_notebook(statement)
    alone = Code(place.text).tree.body
    return len(alone) == 1 and _drops(alone[0]) and place.function != MODULE


def _drops(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and _last_name(value.func) in _MAKERS


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@dataclass(frozen=True, slots=True)
class Outlived:
    """A task went on after the cell, and no later cell can get at it."""

    code: str = "AM204"
    summary: str = marked("a task outlived the cell, out of everybody's reach")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield a finding for each function that left tasks behind."""
        end = trace.cell_end_ns
        late = (
            []
            if end is None or interrupted_ns(trace) is not None
            else [task for task in trace.tasks if _started_here(task) and trace.end_ns_of(task.id) - end > _ON_NS]
        )
        if not late or end is None:
            return
        code = Code(trace.source)
        known = {task.id for task in dropped(trace)} | {task for failure in failed_gathers(trace) for task in failure.siblings}
        by_line: defaultdict[Location, list[Task]] = defaultdict(list)
        for task in late:
            if task.created_at is not None and task.id not in known and _is_lost(code, task.created_at):
                by_line[task.created_at].append(task)
        for line, mine in by_line.items():
            yield self._finding(trace, line, mine, end)

    def _finding(self, trace: Trace, line: Location, mine: list[Task], end: int) -> Finding:
        last = max(trace.end_ns_of(task.id) for task in mine)
        function = line.function.rpartition("<locals>.")[2]
        values: dict[str, Value] = {
            "tasks": names(trace, (task.id for task in mine)), "line": line, "after": Duration(last - end), "function": f"{function}()",
        }  # fmt: skip
        return Finding(
            code=self.code,
            what=Phrase(marked("{tasks}, started in {line}, went on for {after} after the cell, out of everybody's reach"), values),
            why=Phrase(marked("Only a variable of {function} knew it, and {function} is over: result and errors are lost."), values),
            instead=Phrase(marked("Await it before {function} ends, return it, or use `async with asyncio.TaskGroup()`."), values),
            tasks=tuple(task.id for task in mine),
            start_ns=end,
            end_ns=last,
            location=line,
        )


def _started_here(task: Task) -> bool:
    return task.kind is TaskKind.ASYNCIO and not task.older and task.group is None


def _is_lost(code: Code, place: Location) -> bool:
    """Whether a task is known by a local variable only, which is never handed on."""
    statement = code.statement(place)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
        return False
    function = next((up for up in code.above(statement) if isinstance(up, (ast.FunctionDef, ast.AsyncFunctionDef))), None)
    if function is None or not any(isinstance(node, ast.Call) and _last_name(node.func) in _MAKERS for node in ast.walk(statement.value)):
        return False
    name = statement.targets[0].id
    outer = {named for node in ast.walk(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for named in node.names}
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)]
    return name not in outer and all(_only_looks(code, use) for use in uses)


def _only_looks(code: Code, use: ast.Name) -> bool:
    """Whether a task is used without being handed to anybody: awaited, asked, waited for, printed."""
    above = list(code.above(use))
    if isinstance(above[0], (ast.Await, ast.Attribute)):
        return True
    call = next((up for up in above if isinstance(up, ast.Call)), None)
    return call is not None and use is not call.func and _last_name(call.func) in {"wait", "print", "shield", "wait_for"}
