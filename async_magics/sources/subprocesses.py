"""Source ``subprocesses``: other programs, started with ``subprocess`` or asyncio, which both end in ``subprocess.Popen``.

Imports ``recorder`` and siblings.
"""

from __future__ import annotations

import subprocess
import sys
import weakref
from asyncio import base_subprocess
from collections.abc import Callable
from threading import get_ident
from types import FrameType
from typing import Any

from ..events import Verb
from ..recorder import Recorder
from .child import unframed
from .commands import command_line, program
from .joins import Join, Joins
from .patching import dressed_as
from .processes import code_of
from .reprs import message
from .sampler import users_line


class Subprocesses:
    """Watches the programs that traced code starts."""

    name = "subprocesses"
    in_children = True

    def unavailable(self) -> str | None:
        """Always there."""
        return None

    def install(self, recorder: Recorder) -> None:
        """Patch what starts, signals and waits for a program."""
        self._recorder, self._works = recorder, recorder.works
        self._safely = recorder.noting("a program")
        self._joins = Joins(self._works)
        self._begun: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._busy: set[tuple[int, str]] = set()
        kind: Any = subprocess.Popen
        recorder.undo.patch(kind, "__init__", self._starting(kind.__init__))
        for name in ("wait", "communicate"):
            recorder.undo.patch(kind, name, self._waiting(getattr(kind, name), name))
        transport: Any = base_subprocess.BaseSubprocessTransport
        recorder.undo.patch(transport, "_process_exited", self._exiting(transport._process_exited))
        for name in ("send_signal", "terminate", "kill"):
            recorder.undo.patch(kind, name, self._killing(getattr(kind, name), name, lambda popen: popen))
            recorder.undo.patch(transport, name, self._killing(getattr(transport, name), name, lambda transport: transport._proc))

    # ------------------------------------------------------------------ start
    def _starting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        source, works = self, self._works

        def init(self: Any, args: Any, *rest: Any, **kwargs: Any) -> None:
            owner = works.owner()
            work = source._safely(source._spawn, args, owner, sys._getframe(1)) if owner is not None else None
            try:
                stock(self, args, *rest, **kwargs)
            except BaseException as error:
                if work is not None:
                    works.emit(Verb.FAILED, work, error=type(error).__qualname__, message=message(error))
                unframed(error)
                raise
            if work is not None:
                source._safely(source._has_started, self, work, owner)

        # a warning about encodings is for the line outside this file
        init.__code__ = init.__code__.replace(co_filename=subprocess.__file__)
        return dressed_as(init, stock)

    def _spawn(self, command: Any, owner: int, caller: FrameType) -> str:
        works = self._works
        work = works.new("program")
        works.emit(
            Verb.SPAWN,
            work,
            kind="subprocess",
            by=works.by(),
            owner=owner,
            name=program(command),
            function=program(command),
            arguments=command_line(command) if self._recorder.arguments else None,
            site=users_line(caller),
        )
        return work

    def _has_started(self, popen: Any, work: str, owner: int) -> None:
        self._works.emit(Verb.STARTED, work, pid=popen.pid)
        self._begun[popen] = work
        self._recorder.pending(work, owner)
        self._works.watch(popen.pid, work, code_of(popen))

    # ------------------------------------------------------------------ wait
    def _waiting(self, stock: Callable[..., Any], name: str) -> Callable[..., Any]:
        source = self

        def wait(self: Any, *args: Any, **kwargs: Any) -> Any:
            work = source._safely(source._running, self)
            key = (get_ident(), work)
            if work is None or key in source._busy:
                try:
                    return stock(self, *args, **kwargs)
                except BaseException as error:
                    unframed(error)
                    raise
            source._busy.add(key)
            try:
                with Join(source._joins, self.pid, work, name, code_of(self)):
                    return stock(self, *args, **kwargs)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                source._busy.discard(key)

        return dressed_as(wait, stock)

    # ------------------------------------------------------------------ signals
    def _killing(self, stock: Callable[..., Any], name: str, popen_of: Callable[[Any], Any]) -> Callable[..., Any]:
        source = self

        def kill(self: Any, *args: Any) -> Any:
            work = source._safely(source._running, popen_of(self))
            key = (get_ident(), f"kill {work}")
            outermost = work is not None and key not in source._busy
            if outermost:
                source._busy.add(key)
                source._safely(source._asked_to_die, work, name, args, sys._getframe(1))
            try:
                return stock(self, *args)
            except BaseException as error:
                unframed(error)
                raise
            finally:
                if outermost:
                    source._busy.discard(key)

        return dressed_as(kill, stock)

    def _asked_to_die(self, work: str, name: str, args: tuple[Any, ...], caller: FrameType) -> None:
        how = f"signal {int(args[0])}" if name == "send_signal" and args else name
        self._works.emit(Verb.KILL, work, how=how, by=self._works.by(), site=users_line(caller))

    def _exiting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        """Note what asyncio has learnt: it waits in its own way, and forgets the ``Popen`` soon."""
        source = self

        def _process_exited(self: Any, returncode: Any) -> None:
            popen = self._proc
            stock(self, returncode)
            source._safely(source._running, popen)

        return dressed_as(_process_exited, stock)

    def _running(self, popen: Any) -> str | None:
        """Return the work of a program that the recording has started here, unless it is known to be dead."""
        if popen is None or popen.returncode is None:
            return self._begun.get(popen) if popen is not None else None
        work = self._begun.pop(popen, None)
        if work is not None:
            self._works.gone(popen.pid, work, popen.returncode)
        return None
