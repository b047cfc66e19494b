"""Bounded text of a command line, with what looks like a secret hidden. Runs no user code, and never looks at an environment."""

from __future__ import annotations

import os
import re
import shlex
from typing import Any, Final

from .reprs import SECRET, short, without_secrets

MOST_WORDS: Final = 12
LONGEST_WORD: Final = 60
LONGEST: Final = 200
_HIDDEN: Final = "***"
_SHORT_SECRET: Final = re.compile(r"-[pu]\b")
"""``-p`` and ``-u`` are a password and a user with it, to programs enough (mysql, curl) that what follows may be one."""


def program(command: Any) -> str:
    """Return the base name of the program that a ``Popen`` of these ``args`` runs."""
    words = _words(command)
    return os.path.basename(words[0].rstrip("/\\"))[:LONGEST_WORD] if words else short(command, 30)


def command_line(command: Any) -> str:
    """Return the words of ``Popen``'s ``args`` after the program, as one would type them."""
    words = _words(command)
    shown = _shown(words[1:MOST_WORDS])
    text = " ".join([*shown, "…"] if len(words) > MOST_WORDS else shown)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _words(command: Any) -> list[str]:
    if type(command) in (list, tuple):
        return [_word(item) for item in command[: MOST_WORDS + 1]]
    if isinstance(command, (str, bytes, os.PathLike)):
        return _word(command).split(None, MOST_WORDS)
    return []


def _word(item: Any) -> str:
    """Return an argument as text, cut where no secret can be cut in two and then be taken for something else."""
    if isinstance(item, os.PathLike) and type(item).__module__.startswith("pathlib"):
        item = os.fspath(item)
    if type(item) is bytes:
        item = item[:4000].decode("utf-8", "replace")
    return str(item[:4000]) if type(item) is str else short(item, 30)


def _shown(words: list[str]) -> list[str]:
    shown, hide = [], False
    for word in words:
        name, equals, _value = word.partition("=")
        if hide:
            text, hide = _HIDDEN, False
        elif equals and SECRET.search(name) and not re.search(r"\s", name):
            text = f"{name}={_HIDDEN}"
        else:
            hide = word.startswith("-") and bool(SECRET.search(name) or _SHORT_SECRET.fullmatch(word))
            text = without_secrets(word)
        shown.append(_bounded(text))
    return shown


def _bounded(text: str) -> str:
    text = text if len(text) <= LONGEST_WORD else text[:LONGEST_WORD] + "…"
    return text if text == _HIDDEN or text.endswith(f"={_HIDDEN}") else shlex.quote(text)
