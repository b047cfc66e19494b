"""Threads of ours: listed by nobody, gone when asked, gone at every fork and back afterwards."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from async_magics.sources.aside import Aside


class Worker(Aside):
    """Says that it runs, until it is asked to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = threading.Event()
        self.native = 0

    def _work(self) -> None:
        self.native = threading.get_native_id()
        self.runs.set()
        while not self._asked(60):
            pass

    def _failed(self, error: Exception) -> None:
        raise error


def test_start_and_stop() -> None:
    """It is started once, listed nowhere, and really ends."""
    worker, listed = Worker(), threading.active_count()
    for _ in range(2):
        worker.start()
    assert worker.runs.wait(10) and threading.active_count() == listed
    assert Path(f"/proc/self/task/{worker.native}").exists()
    assert [worker.stop(), worker.stop()] == [True, False]


def test_gone_at_a_fork() -> None:
    """A child has no such thread, and can stop and start it; the parent has it again."""
    worker = Worker()
    worker.start()
    assert worker.runs.wait(10)
    worker.runs.clear()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        threads = len([*Path("/proc/self/task").iterdir()])
        stopped = worker.stop()
        worker.start()
        ran = worker.runs.wait(10)
        os.write(write, f"{threads} {stopped} {ran} {worker.stop()}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 100) == b"1 False True True"
    assert worker.runs.wait(10)
    assert worker.stop()
    os.close(read)
    os.close(write)
