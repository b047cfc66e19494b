"""A program that meets every error of threads, executors and pools says the same with and without a recording."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
METHODS = ("fork", "spawn", "forkserver")


@cache
def output(method: str, *traced: str) -> list[str]:
    """Return what the program prints, but for addresses and for which of two lines of ``result`` an already known error comes from."""
    command = [sys.executable, "-m", "tests.sources.pool_programs", method, *traced]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    text = re.sub(r"0x[0-9a-f]+", "0x", done.stdout + done.stderr)
    return re.sub(r"line \d+, in (result|exception|next|wait)\b", r"line, in \1", text).splitlines()


@pytest.mark.parametrize("method", METHODS)
def test_what_a_user_sees(method: str) -> None:
    """Results, tracebacks in this process and from others, errors of pickle and their notes, signatures: all the same."""
    plain = output(method)
    assert len([line for line in plain if line.startswith("Traceback")]) > 50
    assert output(method, "traced") == plain
