"""Processes: every way to start one, to end, to be waited for, and nothing that a user could notice."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import threading
from functools import cache
from multiprocessing import connection
from pathlib import Path
from typing import Any

import pytest

from async_magics.events import Verb
from async_magics.works import PREFIX

from . import in_children
from .in_children import ENDINGS, MARKS
from .ledger import record

METHODS = ("fork", "spawn", "forkserver")
ROOT = Path(__file__).parents[2]


def program(name: str, method: str = "fork", traced: str = "1") -> subprocess.CompletedProcess[str]:
    """Run a function of ``in_children`` as a program in a process group of its own."""
    command = [sys.executable, "-m", "tests.sources.in_children", name, method, traced]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120, start_new_session=True)
    assert done.returncode == 0, done.stderr
    return done


@cache
def endings(method: str) -> list[Any]:
    """Return the rows of processes that ended in every way."""
    rows: list[Any] = json.loads(program("endings", method).stdout)
    return rows


def data(rows: list[Any], verb: Verb) -> list[dict[str, Any]]:
    return [row[5] for row in rows if row[0] == verb]


# ---------------------------------------------------------------------- rows
@pytest.mark.parametrize("method", METHODS)
def test_life(method: str) -> None:
    """Who started a process, how, and with what; begin and end in it; the wait for it; how it died."""
    context: Any = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()

    def cell() -> None:
        process = context.Process(target=in_children.give_back, args=(theirs, 7), name="one", daemon=True)
        process.start()
        assert ours.recv() == 7
        process.join()
        assert process.exitcode == 0

    ledger = record(cell)
    (work,) = ledger.processes
    assert (work.spawn["kind"], work.spawn["method"], work.spawn["name"], work.spawn["daemon"]) == ("process", method, "one", 1)
    assert (work.spawn["by"], work.spawn["owner"]) == (ledger.marker, ledger.marker)
    assert work.spawn["function"] == "give_back" and work.spawn["arguments"].endswith("7")
    assert work.spawn["site"][0] is cell.__code__
    by_verb = {row[0]: row for row in work.rows}
    assert set(by_verb) == {"spawn", "started", "begin", "end", "wait", "waited", "died"}
    pid = by_verb["started"][5]["pid"]
    assert by_verb["begin"][2] == by_verb["end"][2] == by_verb["died"][5]["pid"] == pid != os.getpid()
    assert by_verb["waited"][5]["code"] == by_verb["died"][5]["code"] == 0 and by_verb["wait"][5]["how"] == "join"
    assert by_verb["begin"][1] <= by_verb["end"][1] <= by_verb["died"][1] <= by_verb["waited"][1]
    assert not ledger.log.problems


def test_failed_start() -> None:
    """A process that cannot be pickled is written down as failed."""

    def cell() -> None:
        with pytest.raises(Exception, match="lambda"):
            multiprocessing.get_context("spawn").Process(target=lambda: None).start()

    (work,) = record(cell).processes
    assert work.verbs == ["spawn", "failed"] and work.rows[1][5]["error"]


@pytest.mark.parametrize("name", ["terminate", "kill"])
def test_kill(name: str) -> None:
    """Who asked a process to die, and how, comes before its death."""

    def cell() -> None:
        process = multiprocessing.get_context("fork").Process(target=threading.Event().wait)
        process.start()
        getattr(process, name)()
        process.join()

    ledger = record(cell)
    (work,) = ledger.processes
    verbs = [verb for verb in work.verbs if verb in ("kill", "died")]
    assert verbs == ["kill", "died"]
    (kill,), (died,) = data(work.rows, Verb.KILL), data(work.rows, Verb.DIED)
    assert kill["how"] == name and kill["by"] == ledger.marker and kill["site"][0] is cell.__code__
    assert died["code"] == (-15 if name == "terminate" else -9)


def test_closed_without_join() -> None:
    """A process that is polled and closed, never joined, is known to be dead."""

    def cell() -> None:
        process = multiprocessing.get_context("fork").Process(target=in_children.nothing)
        process.start()
        connection.wait([process.sentinel])
        while process.is_alive():
            pass
        process.close()

    (work,) = record(cell).processes
    assert [died.get("code") for died in data(work.rows, Verb.DIED)] == [0]


def test_outside_is_left_alone() -> None:
    """A process that untraced code starts while a recording runs is not recorded."""
    go, done = threading.Event(), threading.Event()

    def elsewhere() -> None:
        go.wait()
        process = multiprocessing.get_context("fork").Process(target=in_children.nothing)
        process.start()
        process.join()
        done.set()

    def cell() -> None:
        go.set()
        done.wait()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    ledger = record(cell)
    thread.join()
    assert not ledger.log.works


def test_nested() -> None:
    """What a forked process starts is recorded in it, and belongs to it."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def cell() -> None:
        process = context.Process(target=in_children.nested, args=(theirs,))
        process.start()
        assert ours.recv() == 7
        process.join()

    ledger = record(cell)
    outer, grandchild, program = ledger.processes
    assert grandchild.spawn["by"] == outer.id == program.spawn["by"]
    assert grandchild.spawn["name"] == "grandchild" and grandchild.spawn["owner"] == ledger.marker
    file, line, function = grandchild.spawn["site"]
    assert file == in_children.__file__ and function == "nested" and line > in_children.nested.__code__.co_firstlineno
    assert data(grandchild.rows, Verb.DIED)[0]["code"] == 7
    assert program.spawn["kind"] == "subprocess" and "died" in program.verbs


def test_pool_worker_outlives_the_recording() -> None:
    """A worker forked by traced code is a worker; afterwards it works, starts processes, and writes nothing."""
    pools: list[Any] = []
    ledger = record(lambda: pools.append(multiprocessing.get_context("fork").Pool(1)))
    (worker,) = [work for work in ledger.processes if work.spawn["kind"] == "worker"]
    written = len(ledger.log.works)
    assert "arguments" not in worker.spawn and worker.verbs[:2] == ["spawn", "started"]
    with pools[0] as pool:
        assert pool.apply(owner_here) is None
    pool.join()
    assert len(ledger.log.works) == written


def owner_here() -> Any:
    works = multiprocessing.process.BaseProcess.start.works  # type: ignore[attr-defined]
    assert works.in_child and works.pid == os.getpid()
    return works.owner()


# ---------------------------------------------------------------------- endings
@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("method", METHODS)
def test_records_survive(method: str, how: str) -> None:
    """Whatever ends a process, every row that it wrote is there, and its exit code is known."""
    rows = endings(method)
    (spawn,) = [row for row in rows if row[0] == Verb.SPAWN and row[5]["name"] == how]
    mine = [row for row in rows if row[4] == spawn[4]]
    assert [row[4] for row in rows if row[0] == Verb.STEP and row[4].startswith(f"{how} ")] == [f"{how} {n}" for n in range(MARKS)]
    assert data(mine, Verb.BEGIN)
    assert [died["code"] for died in data(mine, Verb.DIED) if "code" in died] + [w["code"] for w in data(mine, Verb.WAITED)]
    assert {found["code"] for found in data(mine, Verb.DIED) + data(mine, Verb.WAITED) if "code" in found} == {ENDINGS[how][1]}
    ends = data(mine, Verb.END)
    assert [end.get("error") for end in ends] == {"return": [None], "exception": ["ValueError"], "interrupt": ["KeyboardInterrupt"]}.get(
        how, []
    )


# ---------------------------------------------------------------------- what a user sees
@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_see(method: str) -> None:
    """Tracebacks of children, pickling errors, wrong calls and what a process says of itself are, byte for byte, as without us."""
    plain, traced = (re.sub("0x[0-9a-f]+", "0x", program("seen", method, on).stderr) for on in "01")
    assert traced == plain and "in run" in plain and "in target" in plain


def test_no_warning() -> None:
    """Our threads are gone at a fork: Python does not warn of them, and ``threading`` does not list them."""
    assert program("warned").stdout.split() == ["0", "1"]


def test_no_leaks() -> None:
    """Many recordings of processes and programs leave no descriptor, thread, zombie or folder."""

    def cell() -> None:
        process = multiprocessing.get_context("fork").Process(target=in_children.nothing)
        process.start()
        process.join()
        process.close()
        subprocess.run(["true"], check=True)

    def state() -> tuple[int, ...]:
        children = Path("/proc/thread-self/children").read_text().split()
        return len([*Path("/proc/self/fd").iterdir()]), len([*Path("/proc/self/task").iterdir()]), len(children)

    record(cell)
    before = state()
    for _ in range(20):
        record(cell)
    assert state() == before
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob(f"{PREFIX}{os.getpid()}-*"))
