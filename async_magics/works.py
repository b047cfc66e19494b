"""The ledger of works: units of work outside the event loop (threads, processes, jobs, generators, calls), here and in children.

Who runs what in which thread, to which recording it belongs, and the rows about it. Sources of such works write through
one ``Works`` object. Children append the same rows to files of their own in a private folder, which are
read when the log is read. Knows no runtime by name. Imports ``clock`` and ``events`` only.
"""

from __future__ import annotations

import atexit
import contextvars
import itertools
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, Final

from .events import EventLog, Verb, WorkRow

if TYPE_CHECKING:
    from .clock import Clock  # with dataclasses and all that they need: too much for a worker process

OWNER: Final[contextvars.ContextVar[int]] = contextvars.ContextVar("async_magics_owner")
"""The marker of the recording to which code in this context belongs; absent outside traced code."""
PREFIX: Final = "async_magics-"
"""Folders of children's files begin with this and the recording process's id."""

_VERBS: Final = frozenset(map(str, Verb))
_LINES: Final = json.JSONDecoder()

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
        in_child: this process was forked from one that records; it writes down what its own code starts.
        fresh: or it was started anew, and whatever runs in it is of the one work that runs there.
        watch: ``watch(pid, work, code=None, sentinel=None)``: learn when that process dies, in whatever way, and write ``DIED`` for the
            work. ``code()`` returns its exit code where somebody else may have learnt it, ``sentinel`` is a descriptor that becomes
            readable when it dies. Of a process that is watched already nothing changes. Set by the source that can do it.
        gone: ``gone(pid, work, code=None, cpu=None)``: somebody learnt that it is dead; ``DIED`` is written unless it was already.
    """

    def __init__(self, log: EventLog, clock: Clock, member: Callable[[int], int | None], over: Callable[[str], None]) -> None:
        self.clock = clock
        self.write: Callable[[WorkRow], None] = log.worked
        self.asyncio_here: Callable[[], int] = int
        self.watch: Callable[..., None] = unwatched
        self.gone: Callable[..., None] = self.died
        self.pid = os.getpid()
        self.in_child = self.fresh = False
        self._log, self._member, self._over = log, member, over
        self._numbers = itertools.count(1)
        self._stacks: dict[int, list[tuple[str, int, int]]] = {}
        self._folder: Path | None = None
        self._making, self._collecting = Lock(), Lock()
        self._read: dict[str, int] = {}

    # ------------------------------------------------------------------ who and whose
    def new(self, kind: str) -> str:
        """Return an id that no other work has, here or in a child."""
        return f"{kind}{next(self._numbers)}@{self.pid}"

    def owner(self) -> int | None:
        """Return the marker of the recording to which the code that runs here belongs; ``None``: to none, so leave it alone."""
        return self.whose()[0]

    def by(self) -> Raw | None:
        """Return the id of what runs here: a work, an asyncio task, or a recording's own code."""
        return self.whose()[1]

    def whose(self) -> tuple[int | None, Raw | None]:
        """Return ``owner()`` and ``by()``, for the price of one."""
        stack, task = self._stack(), self.asyncio_here()
        marker = self._member(task) if task else None
        if stack:
            work, owner, entered_in = stack[-1]
            return owner, (work if marker is None or task == entered_in else task)  # a task of a loop that was begun inside the work
        if self.in_child:  # its code is on a stack; what else runs here is a worker's own, or came with the fork
            return None, None
        if marker is not None:
            return marker, task
        owner_here = OWNER.get(None)
        return owner_here, owner_here

    def _stack(self) -> list[tuple[str, int, int]] | None:
        """Return the works that run in this thread, the innermost last: id, owner, asyncio task in which it was entered."""
        stack = self._stacks.get(get_ident())
        return next(iter(self._stacks.values())) if stack is None and self.fresh and len(self._stacks) == 1 else stack

    def enter(self, work: str, owner: int) -> None:
        """A work begins to run in this thread: what is created here is its."""
        self._stacks.setdefault(get_ident(), []).append((work, owner, self.asyncio_here()))

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
        """Write a row; values that are ``None`` or empty are left out, but a call without arguments is not one with unknown ones."""
        kept = {key: value for key, value in data.items() if value is not None and (value != "" or key == "arguments")}
        self.write((verb, self.clock() if t_ns is None else t_ns, self.pid, get_ident(), work, kept))

    def lost(self, count: int = 1) -> None:
        """Count facts that are not kept."""
        self._log.dropped += count

    def problem(self, text: str) -> None:
        """Note what could not be seen; in a child nobody reads it."""
        self._log.problem(text)

    def over(self, work: str) -> None:
        """A work that keeps its recording open has ended."""
        self._over(work)

    def died(self, pid: int, work: str, code: int | None = None, cpu: int | None = None, t_ns: int | None = None) -> None:
        """Write that a process is dead, and that its work is over."""
        self.emit(Verb.DIED, work, t_ns, code=code, cpu=cpu, pid=pid)
        self.over(work)

    # ------------------------------------------------------------------ children
    def folder(self) -> str:
        """Return the folder for the files of this recording's children, ``<pid>.jsonl`` each; made when first asked for."""
        if self._folder is None:
            if self.in_child:
                return os.devnull  # no file can be made in there
            with self._making:
                self._make_folder()
        return str(self._folder)

    def _make_folder(self) -> None:
        if self._folder is None:
            from tempfile import mkdtemp

            sweep()
            atexit.register(self.close)
            self._folder = Path(mkdtemp(prefix=f"{PREFIX}{self.pid}-"))

    def forked(self, write: Callable[[str, WorkRow], bool]) -> None:
        """In a forked child: what the parent keeps is the parent's; rows go into this process's own file.

        Args:
            write: appends a row to this process's file in a folder; returns false once the folder is gone.
        """
        self.pid, self.in_child = os.getpid(), True
        self.watch, self.gone, self.asyncio_here = unwatched, self.died, int
        self.write = partial(self._write_down, write)
        self._stacks.clear()

    def _write_down(self, write: Callable[[str, WorkRow], bool], row: WorkRow) -> None:
        if self._folder is not None and not write(str(self._folder), row):
            self._stacks.clear()  # the recording is over: nothing here is anybody's from now on

    def collect(self) -> None:
        """Add to the log what children have written since the last time."""
        if self._folder is not None:
            with self._collecting:  # a live chart reads as well
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
        for line in whole.decode("utf-8", "replace").split("\n")[:-1]:
            row = _row(line)
            if row is None:
                self._log.problem("a line that a child process wrote is damaged")
            else:
                self._log.worked(row)

    def close(self) -> None:
        """Remove the folder; a worker that lives on finds nothing to write to and stays silent."""
        if self.in_child or os.getpid() != self.pid:  # a forked child may run what its parent wanted to be run at exit
            return
        folder, self._folder = self._folder, None
        self._read.clear()
        self._stacks.clear()
        if folder is not None:
            atexit.unregister(self.close)
            _remove(folder)


def unwatched(pid: int, work: str, code: Callable[[], int | None] | None = None, sentinel: int | None = None) -> None:
    """Nobody here can learn when a process dies."""


def _row(line: str) -> WorkRow | None:
    """Return a row if the line is one; a child's file is data and nothing in it is believed."""
    with suppress(ValueError):
        match _LINES.decode(line):
            case [str(verb), int(t_ns), int(pid), int(thread), str(work), dict(data)] if verb in _VERBS:
                return (verb, t_ns, pid, thread, work, data)
    return None


def sweep() -> None:
    """Remove the folders of recordings whose process is gone: a kernel that was killed could not do it."""
    if sys.platform == "win32":  # where asking for a process by its id would end it
        return
    from tempfile import gettempdir

    for path in Path(gettempdir()).glob(f"{PREFIX}*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            _remove(path)


def _remove(folder: Path) -> None:
    from shutil import rmtree  # not needed in worker processes, which import this module

    rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
