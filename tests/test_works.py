"""The ledger: the private folder of children's files is made once, removed once, by the process that made it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from async_magics.clock import MONOTONIC
from async_magics.events import EventLog, Verb, WorkRow
from async_magics.works import PREFIX, Works, sweep


def ledger() -> Works:
    return Works(EventLog(), MONOTONIC, lambda raw: None, lambda work: None)


def test_folder() -> None:
    """It is private and goes with ``close``."""
    works = ledger()
    folder = Path(works.folder())
    assert works.folder() == str(folder) and folder.stat().st_mode & 0o777 == 0o700
    works.close()
    assert not folder.exists()


def test_child_removes_nothing() -> None:
    """In a forked child the same ledger writes elsewhere, belongs to nobody until code of the recording runs, and removes nothing."""
    works = ledger()
    folder = Path(works.folder())
    works.enter("before", 1)
    rows: list[tuple[str, WorkRow]] = []
    keep = [True]

    def write(where: str, row: WorkRow) -> bool:
        rows.append((where, row))
        return keep[0]

    works.forked(write)
    assert works.owner() is None and works.by() is None
    works.inside("job", 2, str(folder))
    assert (works.owner(), works.by()) == (2, "job")
    works.emit(Verb.STEP, "job", end=3)
    assert [(where, row[4]) for where, row in rows] == [(str(folder), "job")]
    works.close()
    assert folder.exists()
    keep[0] = False
    works.emit(Verb.STEP, "job", end=3)
    assert works.owner() is None, "the recording is over"
    folder.rmdir()


def test_killed_kernel_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a killed process is removed by the next recording; that of a living one stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = "import os, time, tempfile; from tests.test_works import ledger; tempfile.tempdir = os.environ['HERE']; "
    code += "print(ledger().folder(), flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "HERE": str(tmp_path)}
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], env=environment, stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout is not None
        folder = Path(kernel.stdout.readline().strip())
        sweep()
        assert folder.is_dir()
        kernel.send_signal(signal.SIGKILL)
    works = ledger()
    mine = Path(works.folder())
    assert [path.name for path in tmp_path.glob(f"{PREFIX}*")] == [mine.name]
    works.close()


def test_exit_removes_the_folder() -> None:
    """A recording that is still open when Python ends leaves no folder."""
    code = "from tests.test_works import ledger; print(ledger().folder())"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(tempfile.gettempdir()) and not Path(done.stdout.strip()).exists()
