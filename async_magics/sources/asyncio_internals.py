"""What the recorder knows of asyncio's internals, found out once: its files, its C types, its private callbacks.

Imports nothing of ours.
"""

from __future__ import annotations

import asyncio
from asyncio import futures, tasks
from os.path import dirname, join
from pkgutil import iter_modules
from types import CodeType, FrameType
from typing import Any, Final

INSIDE: Final = frozenset(
    join(folder, f"{name}.py")
    for folder in (dirname(asyncio.__file__), dirname(__file__))
    for name in ("__init__", *(module.name for module in iter_modules([folder])))
)
"""Files whose lines are never shown as somebody's: asyncio's and ours. Python's own may lie in an archive, in a browser for one."""
WAKES_SLEEPER: Final = futures._set_result_unless_cancelled  # type: ignore[attr-defined]
"""What ``asyncio.sleep`` asks a timer to call."""
CTask: Final[type] = getattr(tasks, "_CTask", tasks.Task)


class _AskedForStep:
    """Stands in for a loop just long enough to see with what callback a C task asks for its first step."""

    def __init__(self) -> None:
        self.kind: type = object

    def get_debug(self) -> bool:
        return False

    def call_soon(self, callback: Any, *_args: Any, context: Any = None) -> None:
        self.kind = type(callback)


def _step_type() -> type:
    loop = _AskedForStep()

    async def nothing() -> None: ...

    coro = nothing()
    task = tasks.Task(coro, loop=loop, name="never run")  # type: ignore[arg-type]  # a name, so that no Task-N is used up
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    coro.close()
    return loop.kind


STEP: Final = _step_type()
PY_STEPS: Final = tuple(
    function for name in ("_Task__step", "_Task__wakeup") if (function := getattr(getattr(tasks, "_PyTask", None), name, None)) is not None
)


def outside(frame: FrameType | None, stop: frozenset[int]) -> tuple[CodeType, int] | None:
    """Return the first place outside asyncio, walking up; ``None`` when code with an id in ``stop`` is reached first."""
    while frame is not None:
        code = frame.f_code
        if id(code) in stop:
            return None
        if code.co_filename not in INSIDE:
            return (code, frame.f_lasti)
        frame = frame.f_back
    return None
