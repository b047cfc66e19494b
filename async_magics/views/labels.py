"""The words on a chart: what a task waits for, how long things took, what ended how. All of it through the catalogue.

Each label comes as a few candidates, the most telling first; whoever places it takes the first that fits.
Imports ``lang``, ``model`` and ``lang.plain``.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from itertools import islice
from typing import Final

from ..analysis.phrases import line_of
from ..lang import Catalogue, marked
from ..lang.plain import clean, cut
from ..lang.times import duration, exact
from ..model import Cause, Instant, Location, Outcome, Task, TaskKind, Trace, Wait, WaitKind

_NUMBERED: Final = re.compile(r"Task-\d+")
_EXIT: Final = re.compile(r"exit code -?\d+")

LEGEND: Final[Mapping[str, str]] = {
    "running": marked("running"),
    "waiting": marked("waiting"),
    "blocking": marked("blocks the loop"),
    "ready": marked("ready, not yet run"),
    "starting": marked("starting up"),
    "cpu": marked("CPU time"),
    "returned": marked("done"),
    "raised": marked("failed"),
    "cancelled": marked("cancelled"),
    "unfinished": marked("still pending"),
    "cancel": marked("cancels"),
    "path": marked("critical path"),
    "handed": marked("call and result"),
    "printed": marked("printed"),
}
"""Words for every sign, in the order in which a legend lists them."""

_CALLS: Final[Mapping[WaitKind, str]] = {
    WaitKind.GATHER: "gather",
    WaitKind.WAIT: "wait",
    WaitKind.TASK_GROUP: "TaskGroup",
    WaitKind.AS_COMPLETED: "as_completed",
}


def wait_texts(words: Catalogue, wait: Wait | None, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Return what to write on a waiting bar."""
    if wait is None:
        return ()
    if wait.kind is WaitKind.SLEEP:
        return (f"sleep({wait.delay_ns / 1e9:.6g})", "sleep") if wait.delay_ns is not None else ("sleep",)
    if wait.kind in _CALLS:
        return _several(words, wait)
    if wait.kind is WaitKind.WAIT_FOR:
        target = _targets(wait, tasks, calls=True) or clean(wait.name, 60) or "…"
        limit = "" if wait.delay_ns is None else words.gettext(", ") + exact(words, wait.delay_ns)
        return (f"wait_for({target}{limit})", f"wait_for(…{limit})", "wait_for")
    if wait.kind is WaitKind.SHIELD:
        return (f"shield({_targets(wait, tasks) or '…'})", "shield")
    if wait.kind is WaitKind.TASK:
        return (_targets(wait, tasks) or words.gettext("a task"),)
    if wait.kind in (WaitKind.JOIN, WaitKind.RESULT):
        return _joined(wait, tasks)
    return _single(words, wait, tasks)


def _several(words: Catalogue, wait: Wait) -> tuple[str, ...]:
    call = _CALLS[wait.kind]
    if wait.count is None:
        return (call,)
    count = words.ngettext("{} task", "{} tasks", wait.count).format(words.number(wait.count))
    extras = [clean(wait.name, 40)] if wait.name and wait.name != "ALL_COMPLETED" else []
    if wait.delay_ns is not None:
        extras.append(exact(words, wait.delay_ns))
    short = (f"{call}({count})", f"{call}({wait.count})", call)
    return (f"{call}({words.gettext(', ').join([count, *extras])})", *short) if extras else short


def _joined(wait: Wait, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Name what a thread waits for: ``join(Process-1)``, ``map(slow_square)``, ``result(slow_square(3))``."""
    call, bracket, given = wait.name.partition("(")
    joins = wait.kind is WaitKind.JOIN
    call = clean(call, 40) or ("join" if joins else "result")
    if bracket:
        return (f"{call}({clean(given.removesuffix(')').rpartition('<locals>.')[2], 60)})", call)
    found = [tasks[target] for target in wait.targets]
    if joins:
        return (f"{call}({_targets(wait, tasks)})", f"{call}({len(found)})" if len(found) > 1 else call) if found else (call,)
    if found and found[0].kind is TaskKind.POOL:
        pool = found[0].id
        found = [task for task in tasks if task.kind is TaskKind.JOB and task.pool == pool and task.method == wait.name] or found
    if len(found) == 1:
        return (f"{call}({call_of(found[0]) or task_name(found[0])})", call)
    functions = dict.fromkeys(function_of(task) or task_name(task) for task in found)
    return (f"{call}({', '.join(islice(functions, 3))}{', …' if len(functions) > 3 else ''})", call)


def _single(words: Catalogue, wait: Wait, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    name = clean(wait.name, 60)
    if wait.kind is WaitKind.EXECUTOR:
        return _executor(words, wait, tasks)
    if wait.kind is WaitKind.IDLE:
        return (words.gettext("idle"), "")  # nothing rather than a piece of it
    if wait.kind in (WaitKind.STREAM_READ, WaitKind.STREAM_WRITE, WaitKind.CONNECT, WaitKind.SOCKET, WaitKind.SUBPROCESS):
        return (f"{name or wait.kind}()",)
    if wait.kind is WaitKind.FUTURE:
        return (name or words.gettext("a future"),)
    if wait.kind is WaitKind.UNKNOWN:
        return (f"{clean(wait.chain[-1].function, 60)}()",) if wait.chain else ()
    return (name, str(wait.kind)) if name else (str(wait.kind),)


def _executor(words: Catalogue, wait: Wait, tasks: tuple[Task, ...]) -> tuple[str, ...]:
    """Name the job that a task waits for: ``to_thread(slow(3))``."""
    job = tasks[wait.targets[0]] if wait.targets else None
    how = clean(job.method, 40) if job is not None and job.method else "to_thread"
    name = clean(wait.name, 60) or (function_of(job) if job is not None else "")
    texts = (f"{how}({name})", how) if name else (words.gettext("a thread"),)
    return (f"{how}({call_of(job)})", *texts) if job is not None and job.function and job.arguments else texts


def _targets(wait: Wait, tasks: tuple[Task, ...], calls: bool = False) -> str:
    """Name the tasks waited for; by their calls where a time-out made them and their names say nothing."""
    found = [tasks[target] for target in wait.targets[:3]]
    shown = [call_of(task) if calls and task.function and _NUMBERED.fullmatch(task.name) else task_name(task) for task in found]
    return ", ".join(shown) + (", …" if len(wait.targets) > 3 else "")


def step_texts(words: Catalogue, place: Location | None, ns: int) -> tuple[str, ...]:
    """Return what to write on a step that took long: its line, where known, and how long it took."""
    took = duration(words, ns)
    if place is None:
        return (took,)
    where = line_of(words, place)
    text = clean(place.text, 120)
    shorter = [f"{cut(text, limit)}  {where}" for limit in (40, 28, 20, 14) if len(text) > limit]
    return (f"{text}  {where}", *shorter, where, took) if text else (f"{where}  {took}", where, took)


def task_name(task: Task) -> str:
    """Return the task's name as it may be shown."""
    return clean(task.name, 60).strip() or "—"


def named(words: Catalogue, trace: Trace, task: int) -> str:
    """Return the name of a task of a trace; the cell's own is a word."""
    found = trace.tasks[task]
    return words.gettext("cell") if found.kind is TaskKind.CELL and is_cell(trace) else task_name(found)


def function_of(task: Task) -> str:
    """Return the function's name as its author wrote it: without the functions it stands in."""
    return clean(task.function.rpartition("<locals>.")[2], 60)


def call_of(task: Task) -> str:
    """Return the call that made the task as it may be shown: ``fetch(1)``."""
    return function_of(task) if task.arguments is None else clean(f"{function_of(task)}({task.arguments})", 80)


def call_texts(task: Task) -> tuple[str, ...]:
    """Return what to write on a job's bar: the call, or where that is too long its arguments, which tell one bar from the next."""
    call = call_of(task)
    return (call, f"({clean(task.arguments, 40)})") if task.arguments else (call,)


def is_cell(trace: Trace) -> bool:
    """Whether the traced code is a notebook cell, not a block of a script."""
    return bool(trace.tasks) and trace.tasks[0].kind is TaskKind.CELL and trace.tasks[0].name == "cell"


def canceller(words: Catalogue, trace: Trace, asked: Instant) -> str:
    """Say who asked a task to stop, ``""`` where nobody knows."""
    by, cause = asked.by, asked.cause
    if asked.text == "timeout":
        return words.gettext("by a time-out")
    if asked.text == "TaskGroup":
        return words.gettext("by the TaskGroup")
    if by is not None and trace.tasks[by].kind is TaskKind.CELL and is_cell(trace):
        return words.gettext("by the cell")
    if by is not None:
        return words.gettext("by {}").format(task_name(trace.tasks[by]))
    if cause is Cause.TIMER:
        return words.gettext("by a time-out")
    return words.gettext("by another thread") if cause is Cause.THREAD else ""


def killer(words: Catalogue, trace: Trace, killed: Instant) -> str:
    """Say how a process was ended, and by whom: ``terminate() by the cell``."""
    how = clean(killed.text, 40) or "kill"
    if killed.by is None:
        return f"{how}()"
    if trace.tasks[killed.by].kind is TaskKind.CELL and is_cell(trace):
        return words.gettext("{how}() by the cell").format(how=how)
    return words.gettext("{how}() by {who}").format(how=how, who=task_name(trace.tasks[killed.by]))


def failure(words: Catalogue, task: Task) -> str:
    """Name what ended a task: its exception, its exit code or the signal."""
    if task.exception and not _EXIT.fullmatch(task.exception):
        return clean(task.exception, 40)
    if task.exit_code:
        return exit_text(words, task.exit_code)
    return clean(task.exception or "", 40)


def exit_text(words: Catalogue, code: int) -> str:
    """Return ``exit code 3``, or ``SIGKILL`` where a signal ended the process."""
    if code >= 0:
        return words.gettext("exit code {}").format(code)
    try:
        return signal.Signals(-code).name
    except ValueError:
        return words.gettext("signal {}").format(-code)


def outcomes(words: Catalogue, counts: Mapping[Outcome, int]) -> str:
    """Count how tasks ended: ``990 done · 10 failed``."""
    shown = []
    for outcome in (Outcome.RETURNED, Outcome.RAISED, Outcome.CANCELLED, Outcome.UNFINISHED):
        if counts.get(outcome):
            text = words.gettext("{count} {outcome}")
            shown.append(text.format(count=words.number(counts[outcome]), outcome=words.gettext(LEGEND[outcome])))
    return " · ".join(shown)
