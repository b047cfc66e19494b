"""A thread waits for a process: the rows of that wait, and what is learnt of the process when it ends. Imports ``works`` and ``events``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ..events import Verb
from ..works import Works

if sys.platform != "win32":
    import resource


class Joins:
    """The waits of this process's threads.

    Args:
        works: the ledger.
    """

    def __init__(self, works: Works) -> None:
        self.works = works
        self.waiting: set[Join] = set()
        self.ended = 0


class Join:
    """One wait, a context manager around the call that waits.

    Args:
        joins: it is one of these.
        pid, work: of the process.
        how: the call.
        code: returns the exit code once that is known.
    """

    def __init__(self, joins: Joins, pid: int, work: str, how: str, code: Callable[[], int | None]) -> None:
        self._joins, self._pid, self._work, self._how, self._code = joins, pid, work, how, code

    def __enter__(self) -> None:
        works, joins = self._joins.works, self._joins
        self._seen = works.owner() is not None
        if self._seen:
            works.emit(Verb.WAIT, self._work, how=self._how)
        self._alone = None if joins.waiting else joins.ended
        joins.waiting.add(self)
        self._cpu_ns = _children_cpu_ns()

    def __exit__(self, *exc: Any) -> None:
        works, joins = self._joins.works, self._joins
        joins.waiting.discard(self)
        code = self._code()
        if code is not None:
            cpu = _children_cpu_ns() - self._cpu_ns if self._alone == joins.ended and not joins.waiting else 0
            joins.ended += 1
            works.gone(self._pid, self._work, code, cpu or None)  # 0: another process, the fork server, has waited
        if self._seen:
            works.emit(Verb.WAITED, self._work, code=code)


def _children_cpu_ns() -> int:
    """Return the CPU time of this process's children that were waited for."""
    if sys.platform == "win32":
        return 0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((used.ru_utime + used.ru_stime) * 1e9)
