"""Plain forks: the child writes down that it is one, the parent learns of its end, and nothing of the parent's is hurt."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from async_magics.events import Verb

from .ledger import record
from .test_processes import program

pytestmark = pytest.mark.skipif(not Path("/proc/thread-self/children").exists(), reason="only Linux tells who was forked")


def test_fork() -> None:
    """A fork has a work of its own, begun in the child, dead in the parent; it belongs to who forked."""

    def cell() -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(3)
        assert os.waitpid(pid, 0) == (pid, 3 << 8)
        pids.append(pid)

    pids: list[int] = []
    ledger = record(cell)
    rows = {row[0]: row for row in ledger.log.works}
    assert set(rows) == {Verb.FORKED, Verb.BEGIN, Verb.DIED}
    assert rows[Verb.FORKED][2] == rows[Verb.BEGIN][2] == rows[Verb.DIED][5]["pid"] == pids[0]
    assert len({row[4] for row in ledger.log.works}) == 1
    assert rows[Verb.FORKED][5] == {"by": ledger.marker, "owner": ledger.marker}
    assert rows[Verb.DIED][5]["code"] == 3


def test_child_that_exits_properly() -> None:
    """A forked child that runs the parent's exit functions removes nothing of it, prints nothing, and writes what it did."""
    done = program("leaves_by_exit")
    rows = json.loads(done.stdout)
    assert [row[0] for row in rows if row[4].startswith("fork")].count(Verb.FORKED) == 1
    assert done.stderr == ""
