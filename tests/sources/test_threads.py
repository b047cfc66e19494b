"""Threads: who started one, what it ran, how that ended, who waited for it."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import weakref
from typing import Any

import pytest

from async_magics.api import Recording
from async_magics.events import Verb

from .ledger import Ledger, Work, record
from .pool_programs import Broken, boom, square
from .waiting import main_waits


def threads(told: Ledger) -> list[Work]:
    return told.of(("thread",))


def data(work: Work, verb: Verb) -> dict[str, Any]:
    """Return the data of a work's only row of a verb."""
    (found,) = [row[5] for row in work.rows if row[0] == verb]
    return found


def started(thread: threading.Thread) -> threading.Thread:
    thread.start()
    thread.join(30)
    return thread


def test_life() -> None:
    """A thread has a creator, a call, a begin and an end in itself; who joins it waits, once."""
    idents = []

    def work(number: int, *, password: str) -> None:
        idents.append(threading.get_ident())
        main_waits("threading.py", "join")

    def cell() -> None:
        thread = threading.Thread(target=work, args=(3,), kwargs={"password": "x"}, name="mine", daemon=True)
        thread.start()
        thread.join()
        thread.join()  # over: nobody waits

    told = record(cell)
    (thread,) = threads(told)
    assert thread.call == "work(3, password='***')"
    assert {key: thread.spawn[key] for key in ("by", "owner", "name", "daemon")} == {
        "by": told.marker, "owner": told.marker, "name": "mine", "daemon": 1,
    }  # fmt: skip
    assert thread.spawn["site"][0].co_name == "cell"
    assert thread.spawn["defined"][0] is work.__code__
    assert thread.verbs[0] == Verb.SPAWN
    assert [verb for verb in thread.verbs if verb != Verb.BEGIN][1:] == [Verb.WAIT, Verb.END, Verb.WAITED]
    assert [row[3] for row in thread.rows if row[0] in (Verb.BEGIN, Verb.END)] == idents * 2
    assert data(thread, Verb.END)["cpu"] >= data(thread, Verb.BEGIN)["cpu"]
    assert data(thread, Verb.WAIT) == {"how": "join"}


def test_timer() -> None:
    """A timer is a thread that calls its function, with its arguments."""
    (timer,) = threads(record(lambda: started(threading.Timer(0.001, square, (3,)))))
    assert timer.call == "square(3)"
    assert "daemon" not in timer.spawn


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_errors() -> None:
    """An exception ends a thread with its name and text; leaving with a status is one too."""
    leaving = [threading.Thread(target=sys.exit, args=args) for args in ((), (3,))]
    told = record(lambda: [started(thread) for thread in (Broken(), *leaving)])
    assert [data(work, Verb.END).get("error") for work in threads(told)] == ["ZeroDivisionError", None, "SystemExit"]
    assert data(threads(told)[0], Verb.END)["message"].endswith("by zero")
    assert threads(told)[0].spawn["function"] == "Broken"


def test_could_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread for which there is no room has failed, and its error passes."""
    name = "_start_joinable_thread" if sys.version_info >= (3, 13) else "_start_new_thread"

    def cell() -> None:
        thread = threading.Thread(target=square)
        monkeypatch.setattr(threading, name, no_room)
        with pytest.raises(RuntimeError, match="no room"):
            thread.start()
        monkeypatch.undo()
        assert "run" not in vars(thread)

    def no_room(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("no room")

    (thread,) = threads(record(cell))
    assert thread.verbs == [Verb.SPAWN, Verb.FAILED]
    assert data(thread, Verb.FAILED) == {"error": "RuntimeError", "message": "no room"}


def test_what_a_thread_starts_is_its() -> None:
    """A thread that a thread starts has it as its creator; a task that runs a thread is the creator of that."""

    def outer() -> None:
        started(threading.Thread(target=square, args=(2,)))

    async def main() -> None:
        started(threading.Thread(target=outer))

    told = record(lambda: asyncio.run(main()))
    first, second = threads(told)
    assert type(first.spawn["by"]) is int
    assert first.spawn["by"] != told.marker
    assert second.spawn["by"] == first.id
    assert {work.spawn["owner"] for work in threads(told)} == {told.marker}


def test_an_own_run_is_kept() -> None:
    """A ``run`` that somebody has set on the object is called, and is still there afterwards."""
    ran: list[str] = []
    thread = threading.Thread()

    def run() -> None:
        ran.append("run" if vars(thread)["run"] is run else "replaced")

    thread.run = run  # type: ignore[method-assign]
    record(lambda: started(thread))
    assert ran == ["run"]
    assert vars(thread)["run"] is run


def test_nothing_is_kept_alive() -> None:
    """A thread that is over is gone with its last reference: there is no cycle."""
    gone: list[weakref.ref[threading.Thread]] = []

    def cell() -> None:
        gc.collect()
        gc.disable()
        try:
            thread = started(threading.Thread(target=square, args=(1,)))
            gone.append(weakref.ref(thread))
            del thread
            assert gone[0]() is None
        finally:
            gc.enable()

    record(cell)


def test_others_threads() -> None:
    """Neither threads that libraries keep for themselves are recorded, nor those of code that is not traced."""
    ready, go = threading.Event(), threading.Event()

    def elsewhere() -> None:
        ready.set()
        assert go.wait(30)
        started(threading.Thread(target=square, args=(5,)))

    def cell() -> None:
        from concurrent.futures import ThreadPoolExecutor

        go.set()
        other.join(30)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(square, 4).result()
        started(threading.Thread(target=asyncio.run, args=(nothing(),)))

    async def nothing() -> None: ...

    other = threading.Thread(target=elsewhere)
    other.start()
    assert ready.wait(30)
    assert [work.spawn["function"] for work in threads(record(cell))] == ["run"]


def test_outlives_the_code() -> None:
    """A recording made in a loop stays open until the thread is over."""
    gate = threading.Event()

    async def main() -> tuple[bool, str]:
        recording, settled = Recording(), asyncio.Event()
        recording.on_settled = settled.set
        with recording:
            thread = threading.Thread(target=gate.wait, args=(30,))
            thread.start()
        pending = recording.pending
        gate.set()
        await asyncio.wait_for(settled.wait(), 30)
        return pending, recording.tasks[1].outcome.value

    assert asyncio.run(main()) == (True, "returned")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_in_the_trace() -> None:
    """The cell waits for its thread, and the thread ends with its error."""
    recording = Recording()
    with recording:
        started(threading.Thread(target=boom, args=(1,), name="bad"))
    _cell, thread = recording.tasks
    assert (thread.name, thread.call, thread.exception) == ("bad", "boom(1)", "ZeroDivisionError")
    waits = [piece.wait for piece in recording.trace.slices.of(0) if piece.wait is not None]
    assert [wait.targets for wait in waits] in ([], [(1,)])
