"""Command lines as text: what was run, bounded, without secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from async_magics.sources.commands import LONGEST, command_line, program


@pytest.mark.parametrize(
    ("command", "name", "rest"),
    [
        (["/usr/bin/ls", "-l", "a b"], "ls", "-l 'a b'"),
        ("ls -l | wc", "ls", "-l '|' wc"),
        (b"/bin/true", "true", ""),
        ([Path("/bin/cat"), b"x", 3], "cat", "x 3"),
        (Path("/bin/cat"), "cat", ""),
        (["x", "--password=abc", "--token", "abc", "y"], "x", "--password=*** --token *** y"),
        (["mysql", "-p", "abc"], "mysql", "-p ***"),
        (["curl", "https://me:abc@host/path"], "curl", "'https://***@host/path'"),
        (["curl", "-H", "Authorization: Bearer abc.def"], "curl", "-H 'Authorization: Bearer ***'"),
        (["env", "API_KEY=abc", "run"], "env", "API_KEY=*** run"),
        (["sh", "-c", "login --password abc; SECRET=abc run"], "sh", "-c 'login --password ***; SECRET=*** run'"),
        (["x", "ghp_abcdefghijklmnop"], "x", "***"),
        ([], "[]", ""),
    ],
)
def test_command_line(command: Any, name: str, rest: str) -> None:
    """The program and its words; values that look like secrets are hidden."""
    assert (program(command), command_line(command)) == (name, rest)
    assert "abc" not in command_line(command)


def test_bounded() -> None:
    """However long a command line is, its text is short."""
    assert len(command_line(["x", *["word" * 1000] * 1000])) <= LONGEST + 1
    assert len(program(["y" * 10_000])) < 100


def test_secret_at_the_cut() -> None:
    """A secret is hidden before a long word is cut."""
    assert "abc" not in command_line(["x", "a" * 50 + " --password=abcabcabcabc"])
