"""Tests that grade: what ran at once, in which order, where, for how long, and what was left behind.

``tasktrace()`` records and can be asked; ``check()`` asks a trace that is there already; ``require()`` raises with the reasons and
the chart. pytest has a fixture ``tasktrace`` of its own, see ``async_magics.pytest_plugin``. Imports ``api`` and below; not IPython.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from ..api import Recording, loop_runs, trace
from ..errors import GradingError, OptionError
from ..model import Trace
from ..recorded import Recorded, file_name
from .checks import Checked
from .figure import Figure
from .task import CheckedTask
from .verdict import Verdict, require

__all__ = ["Checked", "CheckedTask", "Figure", "GradingError", "TaskTrace", "Verdict", "check", "require", "run", "tasktrace"]


class TaskTrace(Recording, Checked):
    """A recording that can be asked.

    Attributes:
        value: what the program returned that ``run`` ran.
    """

    value: Any = None


def tasktrace(name: str = "trace", **options: Any) -> TaskTrace:
    """Record the code inside ``with`` or ``async with``; the options are those of ``async_magics.trace``.

    Tasks that outlive the code are not followed unless ``follow`` says so: a check is about what the code left behind.
    """
    plain = trace(name, **{"follow": 0.0, **options})
    return TaskTrace(name=plain.name, title=plain.title, options=plain.options, rename=file_name)


def run(work: Any, *args: Any, **kwargs: Any) -> TaskTrace:
    """Record a coroutine, a coroutine function or a function, called with the arguments; what it raises is raised.

    Raises:
        OptionError: it is a coroutine and a loop runs here already, as in a notebook.
    """
    return run_in(tasktrace(getattr(work, "__name__", "trace")), work, *args, **kwargs)


def run_in(recording: TaskTrace, work: Any, *args: Any, **kwargs: Any) -> TaskTrace:
    """Record with a recording that has not begun yet."""
    coroutine = inspect.iscoroutine(work) or inspect.iscoroutinefunction(work)
    if coroutine and loop_runs():
        if inspect.iscoroutine(work):
            work.close()
        raise OptionError("a loop runs here already: use `async with tasktrace() as trace:` and await the work inside")
    with recording:
        made = work if inspect.iscoroutine(work) else work(*args, **kwargs)
        recording.value = asyncio.run(made) if coroutine else made
    return recording


def check(recorded: Recorded | Trace) -> Checked:
    """Return a trace that can be asked: ``check(traces["solution"]).no_leaks()``."""
    return Checked(recorded.trace if isinstance(recorded, Recorded) else recorded)
