"""The ledger of works: units of work outside the event loop (threads, processes, jobs, generators, calls), here and in children.

Who runs what in which thread, to which recording it belongs, and the rows about it. Sources of such works write through
one ``Works`` object. Children append the same rows to files of their own in a private folder, which are
read when the log is read. Knows no runtime by name. Imports ``clock`` and ``events`` only.
"""

from __future__ import annotations

import contextvars
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import Any, Final

from .clock import Clock
from .events import EventLog, Verb, WorkRow

OWNER: Final[contextvars.ContextVar[int]] = contextvars.ContextVar("async_magics_owner")
"""The marker of the recording to which code in this context belongs; absent outside traced code."""
PREFIX: Final = "async_magics-"
"""Folders of children's files begin with this and the recording process's id."""

Raw = int | str
"""An id: of an asyncio task or a recording (int), or of a work."""


class Works:
    """Rows about works, and what is needed to write them.

    Args:
        log: where rows of this process go.
        clock: what time it is.
        member: returns the marker of the recording to which an asyncio task or marker belongs, ``None`` for others'.
        over: called when a work that was ``pending`` is over, in whatever thread that is noticed.

    Attributes:
        asyncio_here: returns the id of the asyncio task that runs in the calling thread, 0 if none; set by the source that knows.
        write: takes a row; replaced in a forked child.
        pid: of this process.
    """

    def __init__(self, log: EventLog, clock: Clock, member: Callable[[int], int | None], over: Callable[[str], None]) -> None:
        self.clock = clock
        self.write: Callable[[WorkRow], None] = log.worked
        self.asyncio_here: Callable[[], int] = int
        self.pid = os.getpid()
        self._log, self._member, self._over = log, member, over
        self._numbers = itertools.count(1)
        self._stacks: dict[int, list[tuple[str, int]]] = {}
        self._folder: Path | None = None
        self._read: dict[str, int] = {}

    # ------------------------------------------------------------------ who and whose
    def new(self, kind: str) -> str:
        """Return an id that no other work has, here or in a child."""
        return f"{kind}{next(self._numbers)}@{self.pid}"

    def owner(self) -> int | None:
        """Return the marker of the recording to which the code that runs here belongs; ``None``: to none, so leave it alone."""
        stack = self._stacks.get(get_ident())
        if stack:
            return stack[-1][1]
        task = self.asyncio_here()
        marker = self._member(task) if task else None
        return OWNER.get(None) if marker is None else marker

    def by(self) -> Raw | None:
        """Return the id of what runs here: a work, an asyncio task, or a recording's own code."""
        stack = self._stacks.get(get_ident())
        if stack:
            return stack[-1][0]
        task = self.asyncio_here()
        return task if task and self._member(task) is not None else OWNER.get(None)

    def enter(self, work: str, owner: int) -> None:
        """A work begins to run in this thread: what is created here is its."""
        self._stacks.setdefault(get_ident(), []).append((work, owner))

    def inside(self, work: str, owner: int, folder: str) -> None:
        """In a forked child: its own code, or a job, begins; what it starts is written into that recording's folder."""
        self._folder = Path(folder)
        self.enter(work, owner)

    def leave(self, work: str) -> None:
        """It is over, or suspended."""
        thread = get_ident()
        stack = self._stacks.get(thread, [])
        for position in reversed(range(len(stack))):
            if stack[position][0] == work:
                del stack[position:]
                break
        if not stack:
            self._stacks.pop(thread, None)

    # ------------------------------------------------------------------ rows
    def emit(self, verb: Verb, work: str, /, t_ns: int | None = None, **data: Any) -> None:
        """Write a row; values that are ``None`` or empty are left out."""
        kept = {key: value for key, value in data.items() if value is not None and value != ""}
        self.write((verb, self.clock() if t_ns is None else t_ns, self.pid, get_ident(), work, kept))

    def over(self, work: str) -> None:
        """A work that keeps its recording open has ended."""
        self._over(work)

    # ------------------------------------------------------------------ children
    def folder(self) -> str:
        """Return the folder for the files of this recording's children, ``<pid>.jsonl`` each; made when first asked for."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{self.pid}-"))
        return str(self._folder)

    def collect(self) -> None:
        """Add to the log what children have written since the last time."""
        if self._folder is not None:
            for path in sorted(self._folder.glob("*.jsonl")):
                self._collect_file(path)

    def _collect_file(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                file.seek(self._read.get(path.name, 0))
                text = file.read()
        except OSError as error:
            self._log.problem(f"what a child process wrote could not be read: {error}")
            return
        whole = text[: text.rfind(b"\n") + 1]  # a killed child may have torn its last line
        self._read[path.name] = self._read.get(path.name, 0) + len(whole)
        for line in whole.splitlines():
            row = _row(line)
            if row is None:
                self._log.problem("a line that a child process wrote is damaged")
            else:
                self._log.worked(row)

    def close(self) -> None:
        """Remove the folder; a worker that lives on finds nothing to write to and stays silent."""
        folder, self._folder = self._folder, None
        self._read.clear()
        self._stacks.clear()
        if folder is not None and os.getpid() == self.pid:
            shutil.rmtree(folder, ignore_errors=True)


def _row(line: bytes) -> WorkRow | None:
    """Return a row if the line is one; a child's file is data and nothing in it is believed."""
    with suppress(ValueError):
        match json.loads(line):
            case [str(verb), int(t_ns), int(pid), int(thread), str(work), dict(data)] if verb in set(Verb):
                return (verb, t_ns, pid, thread, work, data)
    return None


def sweep() -> None:
    """Remove the folders of recordings whose process is gone: a kernel that was killed could not do it."""
    if sys.platform == "win32":  # where asking for a process by its id would end it
        return
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
