"""Deaths: each told once, with what the system still knows, and nothing is reaped."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from async_magics.clock import MONOTONIC
from async_magics.events import EventLog, Verb
from async_magics.sources import watcher
from async_magics.sources.watcher import Watcher
from async_magics.works import Works, unwatched


class Watching:
    """A watcher, its ledger, and the works that are over."""

    def __init__(self) -> None:
        self.log = EventLog()
        self.over: list[str] = []
        self.works = Works(self.log, MONOTONIC, lambda raw: None, self.over.append)
        self.watcher = Watcher(self.works, self.log.problem)

    @property
    def died(self) -> list[tuple[str, Any]]:
        self.watcher.look()
        return [(row[4], row[5].get("code")) for row in self.log.works if row[0] == Verb.DIED]


@pytest.fixture
def watching() -> Iterator[Watching]:
    found = Watching()
    before = len([*Path("/proc/self/fd").iterdir()])
    yield found
    found.watcher.close()
    assert len([*Path("/proc/self/fd").iterdir()]) == before
    assert found.works.watch is unwatched and not found.log.problems


@pytest.fixture
def sleeper() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Return what starts a process that sleeps."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["sleep", "60"]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def dead(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process is dead, and leave it unreaped."""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def test_killed(watching: Watching, sleeper: Any) -> None:
    """A death is known with its signal, once, and whose it is can still ask the system."""
    process = sleeper()
    watching.works.watch(process.pid, "one")
    watching.works.watch(process.pid, "the same again")
    assert watching.died == []
    process.kill()
    dead(process)
    assert watching.died == watching.died == [("one", -9)]
    assert watching.over == ["one"]
    assert process.wait() == -9


def test_reaped_before_it_was_seen(watching: Watching, sleeper: Any) -> None:
    """Where somebody was quicker, he is asked for the exit code."""
    process = sleeper()
    watching.works.watch(process.pid, "one", lambda: process.returncode)
    process.send_signal(signal.SIGTERM)
    process.wait()
    assert watching.died == [("one", -15)]


def test_told_by_who_waited(watching: Watching, sleeper: Any) -> None:
    """Who waited tells; the watcher does not tell again."""
    process = sleeper()
    watching.works.watch(process.pid, "one")
    process.kill()
    process.wait()
    watching.works.gone(process.pid, "one", -9)
    assert watching.died in ([("one", -9)], [("one", None), ("one", -9)])
    watching.works.gone(process.pid, "one", -9)
    assert watching.died[-2:] in ([("one", -9)], [("one", None), ("one", -9)])


def test_an_exit_code_that_comes_late(watching: Watching, sleeper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that another one reaps, as the fork server does, died when it was seen to; its code comes to who asks, once."""
    monkeypatch.setattr(watcher, "_exit_code", lambda pid, descriptor: None)
    process = sleeper()
    watching.works.watch(process.pid, "one")
    process.kill()
    dead(process)
    assert watching.died == [("one", None)]
    for _ in range(2):
        watching.works.gone(process.pid, "one", -9)
    assert watching.died == [("one", None), ("one", -9)]
    (first, second) = [row for row in watching.log.works if row[0] == Verb.DIED]
    assert first[1] == second[1]


def test_dead_before_it_is_watched(watching: Watching, sleeper: Any) -> None:
    """A process that is gone already is told at once."""
    process = sleeper()
    process.kill()
    process.wait()
    watching.works.watch(process.pid, "one", lambda: process.returncode)
    assert watching.died == [("one", -9)]


def test_sentinel(watching: Watching, sleeper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without descriptors of processes a sentinel serves; without that, nothing is watched."""
    monkeypatch.delattr(os, "pidfd_open")
    process, other = sleeper(), sleeper()
    read, write = os.pipe()
    watching.works.watch(process.pid, "one", None, read)
    watching.works.watch(other.pid, "other")
    process.kill()
    dead(process)
    os.close(write)
    assert watching.died == [("one", -9)]
    os.close(read)
