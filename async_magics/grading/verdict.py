"""What a check found: yes or no, and why, in words and as a chart. Imports ``errors``, ``lang``, ``analysis.phrases``, ``recorded``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..analysis.phrases import Phrase
from ..errors import GradingError
from ..lang import detect, translation
from ..model import Trace
from ..recorded import Recorded, in_notebook, present


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer to one check: true or false in a condition, a sentence where it is shown.

    ``~verdict`` is the opposite answer with the same reasons.

    Attributes:
        ok: the answer.
        reasons: what happened.
        trace: where.
    """

    ok: bool
    reasons: tuple[Phrase, ...]
    trace: Trace = field(repr=False)

    def __bool__(self) -> bool:
        return self.ok

    def __invert__(self) -> Verdict:
        return Verdict(not self.ok, self.reasons, self.trace)

    def __str__(self) -> str:
        """Return the reasons, in the reader's language."""
        words = translation(detect())
        return "; ".join(reason.say(words) for reason in self.reasons)

    def __repr__(self) -> str:
        words = translation(detect())
        return f"<{words.gettext('yes') if self.ok else words.gettext('no')}: {self}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Show the chart with the reasons below it."""
        data, metadata = Recorded(self.trace).gantt(caption=f"{'✓' if self.ok else '✗'} {self}")._repr_mimebundle_(include, exclude)
        data["text/plain"] = f"{self!r}\n\n{data.get('text/plain', '')}"
        return data, metadata


def require(*verdicts: Verdict) -> None:
    """Go on only if every check says yes.

    For the cells of an autograder, and wherever ``assert`` alone would not say why: a notebook shows the chart, other places
    print it in the error's text.

    Raises:
        GradingError: with the reasons of every check that said no. It is an ``AssertionError``.
    """
    failed = [verdict for verdict in verdicts if not verdict]
    if not failed:
        return
    told = "\n".join(map(str, failed))
    if in_notebook():
        _display(failed)
        raise GradingError(told)
    raise GradingError("\n\n".join([told, *(Recorded(trace).gantt().text() for trace in traces_of(failed))]))


def traces_of(verdicts: Sequence[Verdict]) -> list[Trace]:
    """Return the traces that verdicts are about, each once."""
    return list({id(verdict.trace): verdict.trace for verdict in verdicts}.values())


def _display(failed: Sequence[Verdict]) -> None:
    """Show each trace once, with all that was wrong in it."""
    for trace in traces_of(failed):
        about = [str(verdict) for verdict in failed if verdict.trace is trace]
        present(Recorded(trace).gantt(caption="✗ " + " · ".join(about)))
