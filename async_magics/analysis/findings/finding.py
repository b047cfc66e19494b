"""What one lint noticed, and what a lint is. Imports ``lang``, ``model`` and ``analysis.phrases`` only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ...lang import Catalogue
from ...model import Location, Trace
from ..phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth changing in the user's program, or worth understanding.

    Attributes:
        code: of the rule, ``"AM102"``; its page in the documentation is named after it.
        what: what happened, with names, times and the line.
        why: why it matters.
        instead: what to write instead.
        tasks: ids of the tasks concerned, the culprit first.
        start_ns, end_ns: where on the chart it happened.
        location: the line to look at.
        cost_ns: about how much wall time it cost; the dearest are shown first.
        error: it is a mistake whatever it cost (a coroutine never awaited, a deadlock); shown before all that merely costs time.
    """

    code: str
    what: Phrase
    why: Phrase = field(default_factory=lambda: Phrase(""))
    instead: Phrase = field(default_factory=lambda: Phrase(""))
    tasks: tuple[int, ...] = ()
    start_ns: int = 0
    end_ns: int = 0
    location: Location | None = None
    cost_ns: int = 0
    error: bool = False

    def text(self, words: Catalogue) -> str:
        """Return all of it, one sentence after the other."""
        return " ".join(filter(None, (phrase.say(words) for phrase in (self.what, self.why, self.instead))))


class Lint(Protocol):
    """A rule. Thresholds are fields of the dataclass that implements it."""

    @property
    def code(self) -> str:
        """``AM`` and three digits."""

    @property
    def summary(self) -> str:
        """What it notices, a phrase in English, marked for translation: ``"a blocking call in the loop"``."""

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield what it notices. A healthy program gives nothing."""
