"""A number of a trace that can be asked about: ``trace.max_concurrency >= 3`` gives a verdict. Imports ``verdict`` and what it does."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import ClassVar

from ..analysis.phrases import Number, Phrase
from ..lang import marked
from ..model import Trace
from .verdict import Verdict


class Figure:
    """A number that remembers what it counts; comparisons give verdicts.

    Attributes:
        value: the number.
    """

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # == gives a verdict

    def __init__(self, value: float, what: str, trace: Trace, subject: str = "") -> None:
        self.value = value
        self._what, self._trace, self._subject = what, trace, subject

    def __ge__(self, wanted: float | Figure) -> Verdict:
        return self._compare(operator.ge, "≥", wanted)

    def __gt__(self, wanted: float | Figure) -> Verdict:
        return self._compare(operator.gt, ">", wanted)

    def __le__(self, wanted: float | Figure) -> Verdict:
        return self._compare(operator.le, "≤", wanted)

    def __lt__(self, wanted: float | Figure) -> Verdict:
        return self._compare(operator.lt, "<", wanted)

    def __eq__(self, wanted: object) -> Verdict:  # type: ignore[override]
        return self._compare(operator.eq, "=", wanted) if isinstance(wanted, int | float | Figure) else NotImplemented

    def __ne__(self, wanted: object) -> Verdict:  # type: ignore[override]
        return self._compare(operator.ne, "≠", wanted) if isinstance(wanted, int | float | Figure) else NotImplemented

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"{self.value:g}" if isinstance(self.value, int) else f"{self.value:.3f}"

    def _compare(self, compare: Callable[[float, float], bool], sign: str, wanted: float | Figure) -> Verdict:
        wanted = wanted.value if isinstance(wanted, Figure) else wanted
        ok = compare(self.value, wanted)
        counted = Phrase(self._what, {"value": number(self.value), "name": self._subject})
        asked = Phrase(marked("wanted: {sign} {wanted}"), {"sign": sign, "wanted": number(wanted)})
        return Verdict(ok, (counted,) if ok else (counted, asked), self._trace)


def number(value: float) -> Number:
    """Return a number as it is to be said: whole, or with as many decimals as it takes to tell it from its neighbours."""
    if float(value).is_integer():
        return Number(value, 0)
    return Number(value, 2 if abs(value) >= 1 else 3)
