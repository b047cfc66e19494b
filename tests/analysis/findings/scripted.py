"""What tests of single rules share: lines of a cell, a rule's findings as text."""

from __future__ import annotations

from async_magics.analysis.findings import Lint
from async_magics.lang import translation
from async_magics.model import Location, Trace
from async_magics.testing import line

ENGLISH = translation("en")
ASYNCIO = "/usr/lib/python3/asyncio/tasks.py"


def said(lint: Lint, trace: Trace, lang: str = "en") -> list[str]:
    """Return what a rule says first about a trace, one text for each finding; the whole text must be sayable."""
    words = translation(lang)
    found = list(lint.check(trace))
    assert all(finding.code == lint.code and "{" not in finding.text(words) for finding in found)
    return [finding.what.say(words) for finding in found]


def chain(*lines: int, function: str = "main", inside: str = "sleep") -> tuple[Location, ...]:
    """Return an await chain through lines of the cell down to a function of asyncio."""
    return (*(line(number, function=function) for number in lines), Location(file=ASYNCIO, line=1, function=inside))
