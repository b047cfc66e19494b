"""CPython's own tests of asyncio give the same results with a recorder on as without."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MODULES = [
    "test_tasks",
    "test_futures",
    "test_taskgroups",
    "test_timeouts",
    "test_locks",
    "test_queues",
    "test_runners",
    "test_waitfor",
    "test_eager_task_factory",
]


def start(switch: str) -> subprocess.Popen[str]:
    program = Path(__file__).with_name("cpython_suite.py")
    command = [sys.executable, "-W", "ignore", str(program), switch, *MODULES]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def last_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate(timeout=800)
    assert process.returncode == 0, output
    return dict(json.loads(output.splitlines()[-1]))


@pytest.mark.skipif(importlib.util.find_spec("test.test_asyncio") is None, reason="this Python came without its own tests")
@pytest.mark.timeout(900)  # a minute of computing; more than one of those may go on beside it
def test_the_same_results() -> None:
    """More than a thousand tests, run side by side."""
    with start("off") as plain, start("on") as traced:
        off, on = last_line(plain), last_line(traced)
    assert on["run"] == off["run"] > 1000
    assert on["skipped"] == off["skipped"]
    assert on["bad"] == off["bad"], "\n".join(on["why"])
    assert on["tasks"] > 1000, "the recorder saw nothing: this test could not fail"
