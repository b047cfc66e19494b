"""Programs whose ``__main__`` is like a notebook's: no file, so that no child can import it. Each runs in a process group of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

METHODS: Final = ("fork", "spawn", "forkserver")
_ROOT: Final = Path(__file__).parents[2]
_BEFORE: Final = """
import os, sys, time, signal
from async_magics.sources.process_guard import ProcessGuard
guard = ProcessGuard(lambda text: print("PROBLEM", text))
guard.install()
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
context = multiprocessing.get_context({method!r})
def outcome(call, *args):
    try:
        print(repr(call(*args)))
    except Exception as error:
        print(type(error).__name__, error)
"""


class Ran(NamedTuple):
    """What a program wrote."""

    lines: list[str]
    errors: str
    code: str

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """The line that each warning of ours points at, and its text."""
        found = re.findall(r"<string>:(\d+): AsyncMagicsWarning: (.*)", self.errors)
        return [(self.code.splitlines()[int(number) - 1].strip(), text) for number, text in found]


def run(program: str, method: str = "fork", *, timeout: float = 30, before: str = _BEFORE) -> Ran:
    """Run a program; fail if it does not end, and end whatever it leaves behind."""
    code = f"{before.format(method=method)}\n{program}\nprint('end')"
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _end(child)
        out, err = child.communicate()
        raise AssertionError(f"the program hangs; it said:\n{out}\n{err}") from None
    finally:
        _end(child)
    assert out.endswith("end\n") and "PROBLEM" not in out, f"{out}\n{err}"
    return Ran(out.splitlines()[:-1], err, code)


def _end(child: subprocess.Popen[str]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
