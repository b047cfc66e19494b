"""Programs started with ``subprocess`` and asyncio: their rows, and nothing that a user could notice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import warnings

import pytest

from async_magics.events import Verb

from .ledger import Work, record


def data(work: Work, verb: Verb) -> list[dict[str, object]]:
    return [row[5] for row in work.rows if row[0] == verb]


def test_run() -> None:
    """A program: its command line without secrets, one wait, its exit code."""

    def cell() -> None:
        assert subprocess.run([sys.executable, "-c", "raise SystemExit(4)", "--password=hidden"], check=False).returncode == 4

    ledger = record(cell)
    (work,) = ledger.processes
    assert work.spawn["kind"] == "subprocess" and work.spawn["site"][0] is cell.__code__ and work.spawn["by"] == ledger.marker
    assert work.spawn["function"].startswith("python") and work.spawn["arguments"] == "-c 'raise SystemExit(4)' --password=***"
    verbs = [verb for verb in work.verbs if verb != "died"]
    assert verbs == ["spawn", "started", "wait", "waited"]
    assert data(work, Verb.DIED)[0]["code"] == data(work, Verb.WAITED)[0]["code"] == 4


def test_no_such_program() -> None:
    """A program that is not there: the error and its traceback are as without us."""

    def cell() -> list[tuple[str, str]]:
        with pytest.raises(FileNotFoundError, match="no/such/program") as caught:
            subprocess.Popen(["/no/such/program"])
        return [(entry.name, str(entry.path)) for entry in caught.traceback]

    traced: list[list[tuple[str, str]]] = []
    (work,) = record(lambda: traced.append(cell())).processes
    assert traced == [cell()]
    assert work.verbs == ["spawn", "failed"] and data(work, Verb.FAILED)[0]["error"] == "FileNotFoundError"


def test_signals_and_time_out() -> None:
    """A wait that times out, a signal, a kill."""

    def cell() -> None:
        with subprocess.Popen(["sleep", "60"]) as sleeper:
            with pytest.raises(subprocess.TimeoutExpired, match="timed out"):
                sleeper.wait(timeout=0.01)
            sleeper.send_signal(signal.SIGCONT)
            sleeper.kill()

    (work,) = record(cell).processes
    assert [kill["how"] for kill in data(work, Verb.KILL)] == ["signal 18", "kill"]
    assert [waited.get("code") for waited in data(work, Verb.WAITED)] == [None, -9]
    assert data(work, Verb.DIED)[0]["code"] == -9


def test_asyncio() -> None:
    """A program that a task starts is its, and so is the signal that another task sends."""
    ids = {}

    async def main() -> None:
        process = await asyncio.create_subprocess_exec("sleep", "60")
        ids["main"] = id(asyncio.current_task())

        async def killer() -> None:
            ids["killer"] = id(asyncio.current_task())
            process.terminate()

        await asyncio.create_task(killer())
        assert await process.wait() == -15

    (work,) = record(lambda: asyncio.run(main())).processes
    assert work.spawn["by"] == ids["main"]
    (kill,) = data(work, Verb.KILL)
    assert (kill["by"], kill["how"]) == (ids["killer"], "terminate")
    assert data(work, Verb.DIED)[0]["code"] == -15


def test_encoding_warning() -> None:
    """A warning about the caller's line points to the caller."""
    code = "import subprocess, sys; from async_magics import trace\nwith trace():\n    subprocess.run(['true'], text=True)"
    command = [sys.executable, "-X", "warn_default_encoding", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "<string>:3: EncodingWarning" in done.stderr, done.stderr


def test_missing_argument() -> None:
    """A wrong call is told in the same words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(TypeError) as plain:
            subprocess.Popen()  # type: ignore[call-overload]

        def cell() -> None:
            with pytest.raises(TypeError) as traced:
                subprocess.Popen()  # type: ignore[call-overload]
            assert str(traced.value) == str(plain.value)

        record(cell)
