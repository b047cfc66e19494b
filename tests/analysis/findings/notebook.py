"""Runs cells in a kernel-like process and returns their traces."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from async_magics.analysis.findings import Finding, findings
from async_magics.lang import translation
from async_magics.model import Trace
from async_magics.model.codec import from_json

WITHIN_S = 120
ENGLISH = translation("en")


@dataclass(frozen=True, slots=True)
class Ran:
    """A cell that ran.

    Attributes:
        trace: what was recorded, with tasks that outlived the cell followed for a while.
        error: the name of the exception that ended it.
    """

    trace: Trace
    error: str | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What all rules notice."""
        return findings(self.trace)


class Notebook:
    """A process that is asked to run cells; each request is a notebook of its own."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.kernel"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment,
        )  # fmt: skip

    def run(self, cells: Sequence[str], *, interrupt: float | None = None, settle: float = 1.0) -> list[Ran]:
        """Run cells one after the other; return what came of each that was traced.

        Args:
            cells: their texts; one that does not begin with ``%`` is run with the magic on top.
            interrupt: press the stop button so many seconds after the recording of the last cell began.
            settle: follow tasks that outlive the cells for so many seconds.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps({"cells": list(cells), "interrupt": interrupt, "settle": settle}), file=self._process.stdin, flush=True)
        if not select.select([self._process.stdout], [], [], WITHIN_S)[0]:
            raise AssertionError(f"the cells do not end:\n{cells}")
        answer = json.loads(self._process.stdout.readline())
        assert answer["cells"] is not None, answer["output"]
        return [Ran(from_json(cell["trace"]), cell["error"]) for cell in answer["cells"]]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def told(found: Sequence[Finding]) -> list[str]:
    """Return findings as text, for an assertion's message."""
    return [f"{finding.code} {finding.text(ENGLISH)}" for finding in found]


def codes(ran: Sequence[Ran]) -> set[str]:
    """Return the codes of all that the rules notice in cells."""
    return {finding.code for one in ran for finding in one.findings}
