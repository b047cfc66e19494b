"""What runs inside other processes: writes down when a process's or a job's code begins and ends, into a file of that process's own.

Wrappers here travel by pickle, so a child that never saw a recording imports this module: standard library and ``events`` only; what it
needs to hear marks and prints comes with its first job. No lock, no thread, no pipe: one ``os.write`` of one line, which survives
whatever happens to the child afterwards. A child whose folder is gone (the recording is over) writes nothing.
"""

from __future__ import annotations

import itertools
import json
import marshal
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from threading import get_ident
from time import perf_counter_ns
from types import CodeType
from typing import Any, Final

from ..events import Verb, WorkRow
from .gauge import gauge
from .reprs import called, function_name, message, short

if sys.platform != "win32":
    import fcntl

HIGH: Final = 500
"""A program that closes the descriptors it finds (a daemon does) gives low numbers to the user's next files: ours are above them."""
MOST_PENS: Final = 4
quoted: Final = json.encoder.encode_basestring_ascii
"""``json.dumps`` of a text, ten times as fast."""
LINES_BETWEEN_LOOKS: Final = 64


class Pen:
    """Appends rows to ``<folder>/<pid>.jsonl``."""

    def __init__(self, folder: str) -> None:
        self._descriptor = -1
        self._lines = 0
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
            self._descriptor = high(os.open(os.path.join(folder, f"{os.getpid()}.jsonl"), flags, 0o600))  # hot in workers

    def __bool__(self) -> bool:
        return self._descriptor >= 0

    def write(self, line: str) -> None:
        """Append a line; a folder or a disk that is gone never hurts the user's code."""
        try:
            os.write(self._descriptor, line.encode("utf-8", "replace"))
            self._lines += 1
            if self._lines % LINES_BETWEEN_LOOKS == 0 and not os.fstat(self._descriptor).st_nlink:
                self.close()  # the recording is over: a process that lives on must not fill a disk with what nobody can read
        except OSError:
            self._descriptor = -1

    def close(self) -> None:
        """Let go of the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with suppress(OSError):
                os.close(descriptor)


def high(descriptor: int) -> int:
    """Move a descriptor to a high number, where there are such numbers."""
    if sys.platform != "win32":
        with suppress(OSError):
            high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
            os.close(descriptor)
            return high
    return descriptor


@cache
def _pens() -> dict[tuple[int, str], Pen]:
    """Return the pens by process and folder: a forked child finds its parent's and must not use them."""
    return {}


def pen(folder: str) -> Pen:
    """Return this process's pen for a folder; one that writes nothing where the folder is gone."""
    pens = _pens()
    key = (os.getpid(), folder)
    found = pens.get(key)
    if found is None:
        while len(pens) >= MOST_PENS:
            pens.pop(next(iter(pens))).close()
        found = pens[key] = Pen(folder)
    return found


def write(folder: str, row: WorkRow) -> bool:
    """Write a row of any kind; places in code become file, line and function. Return false once the folder is gone."""
    out = pen(folder)
    if out:
        data = {key: place(*value) if _is_site(value) else value for key, value in row[-1].items()}
        out.write(json.dumps((*row[:-1], data), default=str) + "\n")
    return bool(out)


def _is_site(value: Any) -> bool:
    return type(value) is tuple and len(value) == 2 and type(value[0]) is CodeType


def place(code: CodeType, offset: int) -> list[Any]:
    """Return ``[file, line, function]`` of a place in code."""
    lines = (line for start, end, line in code.co_lines() if start <= offset < end and line is not None)
    return [code.co_filename, next(lines, code.co_firstlineno), code.co_qualname]


def unframed(error: BaseException) -> None:
    """Take the calling wrapper's frame off a traceback; a bare ``raise`` right after this does not put it back."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


@cache
def _numbers() -> itertools.count[int]:
    return itertools.count(1)


class Timed:
    """A job's function that writes down each of its calls.

    Args:
        func: the user's.
        batch: id of the ``SPAWN`` row of the call that submitted it.
        owner: marker of the recording.
        folder: where to write.
        arguments: whether to keep a text of the arguments.
        results: whether to keep a text of what it returns.
        safe: the worker may be older than the import of this package, and must not fail on it.
    """

    __slots__ = ("_name", "arguments", "batch", "folder", "func", "owner", "results", "safe")

    def __init__(
        self, func: Any, batch: str, owner: int, folder: str, arguments: bool = True, results: bool = False, safe: bool = False
    ) -> None:
        self.func, self.batch, self.owner, self.folder = func, batch, owner, folder
        self.arguments, self.results, self.safe = arguments, results, safe
        self._name = ""

    def __reduce__(self) -> Any:
        given = (self.func, self.batch, self.owner, self.folder, self.arguments, self.results)
        return (eval, (_SAFE, {"given": given})) if self.safe else (Timed, given)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        out = pen(self.folder)
        if not out:
            try:
                return self.func(*args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
        if not self._name:
            self._name = quoted(function_name(self.func))
        pid, thread = os.getpid(), get_ident()
        job = f"{self.batch}/{pid}.{next(_numbers())}"
        text = quoted(called(self.func, args, kwargs)) if self.arguments else "null"
        measure, ledger = gauge(), _ledger()
        begin = perf_counter_ns()
        used = measure.begin(begin)
        out.write(
            f'["begin",{begin},{pid},{thread},"{job}",{{"of":"{self.batch}","function":{self._name},"arguments":{text},"cpu":{used[0]}}}]\n'
        )
        ledger.inside(job, self.owner, self.folder)
        end: dict[str, Any] = {}
        try:
            result = self.func(*args, **kwargs)
            if self.results:
                end["result"] = short(result)
            return result
        except BaseException as error:
            end["error"], end["message"] = type(error).__qualname__, message(error)
            unframed(error)
            raise
        finally:
            ledger.leave(job)
            now = perf_counter_ns()
            end.update(measure.end(begin, used, now))
            data = f'{{"cpu":{end["cpu"]}}}' if len(end) == 1 else json.dumps(end)  # most ends say no more
            out.write(f'["end",{now},{pid},{thread},"{job}",{data}]\n')


def _rebuild(name: str, otherwise: str) -> str:
    """Return an expression that unpickles to one of the classes here, or to something else in a process that cannot import them."""
    package = __name__.partition(".")[0]
    return (
        f"(__import__('sys').modules.get({__name__!r})"
        f" or __import__('importlib.util').util.find_spec({package!r}) and __import__({__name__!r}, fromlist=['{name}'])"
        f" or type('', (), {{'{name}': staticmethod({otherwise})}})).{name}(*given)"
    )


class _Compiled:
    """An expression that travels as code: to compile its text for every chunk of a map would take longer than all the rest."""

    def __init__(self, text: str) -> None:
        self._code = marshal.dumps(compile(text, "<async_magics>", "eval"))

    def __reduce__(self) -> Any:
        return (marshal.loads, (self._code,))


_SAFE: Final = _Compiled(_rebuild("Timed", "lambda func, *rest: func"))
"""The bare function: an error would kill the worker and leave ``Pool.map`` waiting for ever."""
_MAIN: Final = _rebuild(
    "Main",
    "lambda *given: given[-1] or (lambda: (lambda process: (process.__dict__.pop('run', 0), process.run())[1])"
    "(__import__('multiprocessing.process').process.current_process()))",
)
"""A call of the stock ``run``."""


def _ledger() -> Any:
    """Return where this process writes down what a job or a process does: a forked worker has its parent's, a fresh one gets its own."""
    process = sys.modules.get("multiprocessing.process")
    nested = getattr(process.BaseProcess.start, "works", None) if process is not None else None
    if nested is not None:
        return nested
    own = _own_ledger()
    if own.pid != os.getpid():  # it came with a fork of a process like that
        own.forked(write)
    return own


@cache
def _own_ledger() -> Any:
    """Return the ledger of a process that was started anew: it hears marks and prints, for the process's life."""
    from .. import marks
    from ..events import EventLog
    from ..works import Works
    from .marks import Marks
    from .patching import UndoStack
    from .prints import Prints

    works = Works(EventLog(0), perf_counter_ns, member=lambda raw: None, over=lambda work: None)
    works.forked(write)
    works.fresh = True
    undo = UndoStack()
    for source in (Marks(), Prints()) if marks.notes is None else ():
        source.listen(works, undo)
    return works


class Main:
    """Stands in for ``run`` on one ``Process`` while it is started; travels with it to the child.

    Args:
        work: its id.
        owner: marker of the recording.
        folder: where to write.
        worker: it is a pool's, which takes jobs from elsewhere.
        own: a ``run`` that the user has set on the object.
    """

    def __init__(self, work: str, owner: int, folder: str, worker: bool = False, own: Callable[[], None] | None = None) -> None:
        self.work, self.owner, self.folder, self.worker, self.own = work, owner, folder, worker, own

    def __reduce__(self) -> Any:
        return (eval, (_MAIN, {"given": (self.work, self.owner, self.folder, self.worker, self.own)}))

    def __call__(self) -> None:
        pid, thread = os.getpid(), get_ident()
        measure, ledger = gauge(), _ledger()
        begin = perf_counter_ns()
        used = measure.begin(begin)
        write(self.folder, (Verb.BEGIN, begin, pid, thread, self.work, {"cpu": used[0], "process_cpu": time.process_time_ns()}))
        if not self.worker:
            ledger.inside(self.work, self.owner, self.folder)
        end: dict[str, Any] = {}
        try:
            self._stock()()
        except SystemExit as error:
            if error.code:
                end["error"], end["message"] = "SystemExit", short(error.code)
            unframed(error)
            raise
        except BaseException as error:
            end["error"], end["message"] = type(error).__qualname__, message(error)
            unframed(error)
            raise
        finally:
            now = perf_counter_ns()
            end.update(measure.end(begin, used, now), process_cpu=time.process_time_ns())
            write(self.folder, (Verb.END, now, pid, thread, self.work, end))

    def _stock(self) -> Callable[[], None]:
        """Return the ``run`` that would have been called without us."""
        process = sys.modules["multiprocessing.process"].current_process()
        if self.own is None:
            process.__dict__.pop("run", None)
        else:
            process.__dict__["run"] = self.own
        run: Callable[[], None] = process.run
        return run
