"""Traces that the tests of the views draw."""

from __future__ import annotations

from async_magics.model import Cause, InstantKind, Outcome, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns

HOSTILE = (
    "Подключение к серверу обновлений лаборатории, очень длинное имя задачи, которое никуда не поместится",
    "下载数据任务",
    "rocket 🚀 launch 👩‍🚀",
    "<script>alert(1)</script>",
    "line one\nline two\r\nthree",
    "bell\x07 null\x00 esc\x1b[31m",
    r"$math$ $\frac{1}{2}$ $unclosed _x^2",
    "evil\u202eesrever\u2066",
    "z" + "\u0321\u031b\u0357\u0331\u032d" * 40,
    "a" * 100_000,
    "",
    "\ud800 surrogate",
    "שלום عالم",
    "x\u2028y\x85z",
    "\u200b\u200b\u200b",
)


def lecture() -> Trace:
    """Four connections: two succeed, one is cancelled, one blocks the loop and fails."""
    script = TraceScript("In [25]", title="gather: one of four connections fails")
    script.running(0, 0, 0.012)
    tasks = [script.task(f"Task-{110 + n}", "connect_to_user", str(n + 1), at=0.005) for n in range(4)]
    script.waiting(0, 0.012, 1, WaitKind.GATHER, count=4, targets=tuple(tasks))
    script.end(0, 1, Outcome.RAISED, "OSError")
    for number, task in enumerate(tasks):
        begin = 0.012 + 0.02 * number
        script.ready(task, 0.005, begin)
        if number == 3:
            script.running(task, begin, 1, location=line(7, "time.sleep(0.93)"))
            script.end(task, 1, Outcome.RAISED, "OSError")
            continue
        script.running(task, begin, begin + 0.02)
        script.waiting(task, begin + 0.02, begin + 1.02, WaitKind.SLEEP, delay_ns=ns(1))
        script.running(task, begin + 1.02, begin + 1.04)
        stop = 1.5 if number == 2 else begin + 2.04
        script.waiting(task, begin + 1.04, stop, WaitKind.SLEEP, delay_ns=ns(1))
        script.end(task, stop, Outcome.CANCELLED if number == 2 else Outcome.RETURNED)
    script.instant(InstantKind.CANCEL_REQUESTED, 1.5, task=tasks[2], by=tasks[1])
    return script.trace(cell_end=1)


def like(count: int, *, failing: int = 0, function: str = "fetch", seconds: float = 1.0) -> Trace:
    """So many tasks of one function; the last ``failing`` of them fail."""
    script = TraceScript("In [9]")
    script.running(0, 0, 0.001 * seconds)
    script.waiting(0, 0.001 * seconds, seconds, WaitKind.GATHER, count=count)
    script.end(0, seconds)
    for number in range(count):
        task = script.task(f"Task-{number + 2}", function, str(number))
        begin = (0.001 + 0.1 * number / count) * seconds
        script.ready(task, 0, begin)
        script.running(task, begin, begin + 0.05 / count * seconds)
        script.waiting(task, begin + 0.05 / count * seconds, 0.9 * seconds, WaitKind.SLEEP, delay_ns=ns(seconds))
        failed = number >= count - failing
        script.end(task, 0.9 * seconds, Outcome.RAISED if failed else Outcome.RETURNED, "TimeoutError" if failed else None)
    return script.trace(cell_end=seconds)


def steps(tasks: int, each: int) -> Trace:
    """So many tasks that run and wait in turn, each so many times."""
    script = TraceScript("In [51]")
    for number in range(tasks):
        task = script.task(f"Task-{number}", "spin", "")
        for step in range(each):
            script.running(task, step / each, (step + 0.001) / each)
            script.waiting(task, (step + 0.001) / each, (step + 1) / each, WaitKind.SLEEP, delay_ns=1)
    return script.trace(cell_end=1)


def busy(steps: int) -> Trace:
    """One task with so many steps that they cannot be told apart."""
    script = TraceScript("In [50]")
    task = script.task("Task-1", "spin", "")
    for number in range(steps):
        script.running(task, number / steps, (number + 0.25) / steps)
        script.ready(task, (number + 0.25) / steps, (number + 1) / steps, cause=Cause.ITSELF)
    script.end(task, 1)
    return script.trace(cell_end=1)


def hostile() -> Trace:
    """Every text a user could choose is bad."""
    script = TraceScript("In [13]\n<b>", title="$x^2$ <script> 中文 \x1b[31m" + "t" * 500)
    script.running(0, 0, 0.01)
    script.end(0, 1.2)
    for number, name in enumerate(HOSTILE):
        task = script.task(name, name, name, at=0.005)
        script.running(task, 0.01 * number, 0.2 + 0.01 * number, location=line(3, name))
        script.waiting(task, 0.2 + 0.01 * number, 1.1, WaitKind.EXECUTOR, name=name)
        script.end(task, 1.1, Outcome.RAISED if number % 2 else Outcome.CANCELLED, name)
        script.instant(InstantKind.CANCEL_REQUESTED, 1.1, task=task, by=task)
        script.instant(InstantKind.NEVER_AWAITED, 1.1, text=name)
    return script.trace(cell_end=1.2, problems=tuple(HOSTILE), dropped=7)
