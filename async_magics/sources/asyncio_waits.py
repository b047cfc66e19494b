"""What a suspended asyncio task waits for: read off its chain of awaits at the moment it suspends.

The chain is keyed by code and offset; the first frame of the chain that is one of asyncio's own waiting functions tells what
kind of wait it is, and its locals tell the details (a delay, a lock, the futures). Only asyncio's frames are looked into here,
never the user's. Imports ``events`` only.
"""

from __future__ import annotations

import asyncio
import functools
import gc
from asyncio import futures, locks, queues, streams, taskgroups, tasks, threads
from asyncio import subprocess as aio_subprocess
from collections.abc import Callable
from types import AsyncGeneratorType, BuiltinFunctionType, CodeType, CoroutineType, FrameType, FunctionType, GeneratorType, MethodType
from typing import Any, Final, TypeAlias

from ..events import EventLog, Site

Wait: TypeAlias = tuple[int, str, int | None, int | None, tuple[int, ...], str, int]
"""``(chain, kind, delay_ns, count, ids of the futures waited for, name, id of the lock or queue)``; ``kind`` is a ``WaitKind``'s value."""

Details: TypeAlias = tuple[int | None, int | None, tuple[int, ...], str, int]
NOTHING: Final[Details] = (None, None, (), "", 0)
MOST_TARGETS: Final = 200
MOST_SAME: Final = 50_000
_NUMBERS: Final = frozenset({int, float})
_SLEEP: Final = tasks.sleep.__code__


class _NoDebug:
    """As much of a loop as a future needs to come to life."""

    def get_debug(self) -> bool:
        return False


FUTURE_ITER: Final[type] = type(asyncio.Future.__await__(asyncio.Future(loop=_NoDebug())))  # type: ignore[arg-type]
"""The type of what a coroutine awaits when it awaits a future."""


def name_of(function: object) -> str:
    """Return the qualified name of a callable or coroutine without running user code, bounded; ``""`` if it has none."""
    if isinstance(function, functools.partial):
        return name_of(function.func)
    if type(function) in (FunctionType, BuiltinFunctionType, MethodType, CoroutineType, GeneratorType, AsyncGeneratorType):
        return str(function.__qualname__)[:200]  # type: ignore[attr-defined]
    if isinstance(function, type):
        return str(type.__dict__["__qualname__"].__get__(function))[:200]
    return type(function).__name__[:200]


def _sleep(local: dict[str, Any]) -> Details:
    return _ns(local.get("delay")), None, (), "", 0


def _wait_for(local: dict[str, Any]) -> Details:
    inner = local.get("fut")
    if isinstance(inner, tasks.Task):
        return _ns(local.get("timeout")), None, (id(inner),), name_of(inner.get_coro()), 0
    return _ns(local.get("timeout")), None, (), name_of(inner) if inner is not None else "", 0


def _wait(local: dict[str, Any]) -> Details:
    waited = local.get("fs") or ()
    return _ns(local.get("timeout")), len(waited), _ids(waited), str(local.get("return_when", "")), 0


def _group(local: dict[str, Any]) -> Details:
    members = local["self"]._tasks
    return None, len(members), _ids(members), "", id(local["self"])


def _object(local: dict[str, Any]) -> Details:
    return None, None, (), "", id(local.get("self"))


def _to_thread(local: dict[str, Any]) -> Details:
    return None, None, (), name_of(local.get("func")), 0


def _named(name: str) -> Callable[[dict[str, Any]], Details]:
    return lambda local: (None, None, (), name, id(local.get("self")))


def _plain(_local: dict[str, Any]) -> Details:
    return NOTHING


def _ns(seconds: object) -> int | None:
    return int(seconds * 1e9) if isinstance(seconds, (int, float)) and -1e9 < seconds < 1e9 else None


def _ids(waited: Any) -> tuple[int, ...]:
    return tuple(id(item) for item in list(waited)[:MOST_TARGETS])


def _code(function: Any) -> CodeType | None:
    return getattr(function, "__code__", None)


@functools.cache
def rules() -> dict[CodeType, tuple[str, Callable[[dict[str, Any]], Details]]]:
    """Return asyncio's waiting functions: code -> kind of wait, and how to read the details from the frame's locals."""
    reader, writer, process = streams.StreamReader, streams.StreamWriter, aio_subprocess.Process
    loop = asyncio.BaseEventLoop
    selector = getattr(asyncio, "SelectorEventLoop", loop)
    condition, barrier = locks.Condition, getattr(locks, "Barrier", None)
    table: list[tuple[Any, str, Callable[[dict[str, Any]], Details]]] = [
        (tasks.sleep, "sleep", _sleep),
        (tasks.wait_for, "wait_for", _wait_for),
        (tasks.wait, "wait", _wait),
        (tasks._wait, "wait", _wait),  # type: ignore[attr-defined]
        (threads.to_thread, "executor", _to_thread),
        (locks.Lock.acquire, "Lock", _object),
        (locks.Event.wait, "Event", _object),
        (condition.wait, "Condition", _object),
        (condition.wait_for, "Condition", _object),
        (locks.Semaphore.acquire, "Semaphore", _object),
        (queues.Queue.get, "queue.get", _object),
        (queues.Queue.put, "queue.put", _object),
        (queues.Queue.join, "queue.join", _object),
        *((getattr(reader, name), "read", _named(name)) for name in ("read", "readline", "readexactly", "readuntil", "__anext__")),
        (writer.drain, "drain", _named("drain")),
        (writer.wait_closed, "drain", _named("wait_closed")),
        (streams.open_connection, "connect", _named("open_connection")),
        (streams.start_server, "connect", _named("start_server")),
        (loop.getaddrinfo, "connect", _named("getaddrinfo")),
        (loop.create_connection, "connect", _named("create_connection")),
        (loop.run_in_executor, "executor", _plain),
        *(
            (getattr(selector, name, None), "socket", _named(name))
            for name in ("sock_recv", "sock_recv_into", "sock_sendall", "sock_accept", "sock_connect", "sock_recvfrom", "sock_sendto")
        ),
        (process.wait, "subprocess", _named("wait")),
        (process.communicate, "subprocess", _named("communicate")),
        (aio_subprocess.create_subprocess_exec, "subprocess", _named("create_subprocess_exec")),
        (aio_subprocess.create_subprocess_shell, "subprocess", _named("create_subprocess_shell")),
        *((getattr(taskgroups.TaskGroup, name, None), "TaskGroup", _group) for name in ("__aexit__", "_aexit")),
    ]
    if barrier is not None:
        table.append((barrier.wait, "Barrier", _object))
    iterator = getattr(tasks, "_AsCompletedIterator", None)
    if iterator is not None:
        table += [(iterator._wait_for_one, "as_completed", _plain), (iterator.__anext__, "as_completed", _plain)]
    else:
        constants = tasks.as_completed.__code__.co_consts
        table += [(_Holder(code), "as_completed", _plain) for code in constants if isinstance(code, CodeType)]
    return {code: (kind, read) for function, kind, read in table if (code := _code(function)) is not None}


class _Holder:
    """Gives a bare code object the shape of a function."""

    def __init__(self, code: CodeType) -> None:
        self.__code__ = code


class WaitReader:
    """Describes suspended tasks; keeps each different chain of awaits once, in ``log.chains``.

    Attributes:
        holders: id of a lock -> id of the task that holds it; kept by ``asyncio_locks``.
    """

    def __init__(self, log: EventLog) -> None:
        self.holders: dict[int, int] = {}
        self._chains = log.chains
        self._known: dict[tuple[Any, ...], tuple[int, str, Any, int]] = {}
        self._same: dict[Wait, Wait] = {}
        self._sleeps: dict[tuple[Any, ...], Wait] = {}
        self._sleeper, self._delay = 0, 0.0
        self._rules = rules()

    def asleep(self, future: Any, delay: Any) -> None:
        """Hear that ``asyncio.sleep`` has just set its timer: so its frame need not be looked into."""
        self._sleeper, self._delay = id(future), delay

    def __call__(self, task: Any) -> Wait:
        """Return what a task waits for that has just suspended on a future."""
        frames = []
        key: tuple[Any, ...] = ()
        awaited = task.get_coro()
        while type(awaited) is CoroutineType:
            code = awaited.cr_code
            if code is _SLEEP and id(task._fut_waiter) == self._sleeper and type(self._delay) in _NUMBERS:
                key = (*key, self._delay)
                found = self._sleeps.get(key)
                if found is not None:
                    return found
                key = key[:-1]
            frame = awaited.cr_frame
            if frame is None:
                break
            frames.append(frame)
            key = (*key, id(code), frame.f_lasti)
            awaited = awaited.cr_await
        if type(awaited) is not FUTURE_ITER and awaited is not None:
            for frame in _rest(awaited):
                frames.append(frame)
                key = (*key, id(frame.f_code), frame.f_lasti)
        number, kind, read, depth = self._known.get(key) or self._add(key, frames)
        wait = self._describe(task, number, kind, read, frames[depth] if frames else None)
        if read is _sleep and frames[-1].f_code is _SLEEP and id(task._fut_waiter) == self._sleeper:
            self._sleeps[(*key[:-2], self._delay)] = wait
        return wait

    def _describe(self, task: Any, number: int, kind: str, read: Any, frame: Any) -> Wait:
        wait: Wait
        if read is None:
            wait = (number, *_on_future(task._fut_waiter))
        else:
            try:
                wait = (number, kind, *read(frame.f_locals))
                if kind == "executor":  # the job for which the future stands
                    wait = (*wait[:4], (id(task._fut_waiter),), *wait[5:])
                elif kind == "Lock" and (holder := self.holders.get(wait[6])):
                    wait = (*wait[:4], (holder,), *wait[5:])
            except Exception:  # asyncio's internals differ from what we know: the kind still is right
                wait = (number, kind, *NOTHING)
        if len(self._same) > MOST_SAME:
            self._same.clear()
            self._sleeps.clear()
        return self._same.setdefault(wait, wait)

    def _add(self, key: tuple[Any, ...], frames: list[FrameType]) -> tuple[int, str, Any, int]:
        chain: tuple[Site, ...] = tuple((frame.f_code, frame.f_lasti) for frame in frames)
        self._chains.append(chain)
        found: tuple[int, str, Any, int] = (len(self._chains) - 1, "", None, 0)
        for depth, (code, _lasti) in enumerate(chain):
            rule = self._rules.get(code)
            if rule is not None:
                found = (found[0], rule[0], rule[1], depth)
                break
        self._known[key] = found
        return found


def _on_future(waiter: Any) -> tuple[str, int | None, int | None, tuple[int, ...], str, int]:
    """Describe a future awaited by the user's own code."""
    if isinstance(waiter, tasks.Task):
        return ("task", None, None, (id(waiter),), "", 0)
    if type(waiter) is tasks._GatheringFuture:  # type: ignore[attr-defined]
        children = waiter._children
        return ("gather", None, len(children), _ids(children), "", 0)
    for callback in _callbacks(waiter):
        qualname = getattr(callback, "__qualname__", "")
        if qualname == "shield.<locals>._outer_done_callback":
            return ("shield", None, None, _cells(callback, "inner"), "", 0)
        if qualname == "_chain_future.<locals>._call_check_cancel":
            return ("executor", None, None, (id(waiter),), "", 0)
    return ("future", None, None, (id(waiter),), "", 0)


def _callbacks(waiter: Any) -> list[Any]:
    """Return the future's done callbacks as functions."""
    if not futures.isfuture(waiter):
        return []
    return [entry[0] for entry in getattr(waiter, "_callbacks", None) or () if isinstance(entry, tuple)]


def _cells(function: Any, name: str) -> tuple[int, ...]:
    names, cells = function.__code__.co_freevars, function.__closure__ or ()
    return tuple(id(cell.cell_contents) for free, cell in zip(names, cells, strict=True) if free == name)


def _rest(awaited: Any) -> list[FrameType]:
    """Follow awaits through generators, asynchronous generators and ``__await__`` wrappers; at most 100 of them."""
    frames: list[FrameType] = []
    for _ in range(100):
        kind = type(awaited)
        if kind is CoroutineType:
            frame, onward = awaited.cr_frame, awaited.cr_await
        elif kind is GeneratorType:
            frame, onward = awaited.gi_frame, awaited.gi_yieldfrom
        elif kind is AsyncGeneratorType:
            frame, onward = awaited.ag_frame, awaited.ag_await
        else:
            frame, onward = None, _wrapped(awaited)
        if frame is not None:
            frames.append(frame)
        if onward is None:
            break
        awaited = onward
    return frames


def _wrapped(awaited: Any) -> Any:
    """Return what an ``asend()`` object or a coroutine's ``__await__`` wrapper drives; they do not say so themselves."""
    if type(awaited).__name__ not in ("async_generator_asend", "async_generator_athrow", "coroutine_wrapper", "anext_awaitable"):
        return None
    kinds = (AsyncGeneratorType, CoroutineType, GeneratorType)
    return next((found for found in gc.get_referents(awaited) if type(found) in kinds), None)
