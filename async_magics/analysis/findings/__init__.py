"""Findings: what the picture means, in plain words. One rule is one class in a file here and one line in ``LINTS``.

Other packages add rules through the entry-point group ``async_magics.lints``. Imports ``analysis``, ``lang`` and ``model`` only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from ...lang import marked
from ...lang.plain import clean
from ...model import Trace
from ..phrases import Phrase
from .cancels import Delayed, Swallowed, WorkLost
from .crowds import Crowd
from .deadlocks import Circle, Forgotten
from .finding import Finding, Lint
from .gathers import GatherFailed
from .locks import Queued
from .loop import Blocking, Overload, Polling
from .pool_balance import Unbalanced
from .pool_care import NotClosed, Stale
from .pools import CostMoreThanItSaved, MadeForEveryCall
from .processes import DaemonCutOff, FailedUnseen, NotJoined, StartDominates
from .sequence import OneAfterAnother
from .tasks import Dropped, NeverAwaited, NeverRetrieved, Outlived
from .threads import DaemonThreadLeft, TookTurns

__all__ = ["GROUP", "LINTS", "Finding", "Lint", "findings", "lints"]

LINTS: Final[tuple[Lint, ...]] = (
    # asyncio
    OneAfterAnother(),
    Blocking(),
    Polling(),
    Overload(),
    Crowd(),
    NeverAwaited(),
    NeverRetrieved(),
    Dropped(),
    Outlived(),
    GatherFailed(),
    Swallowed(),
    Delayed(),
    WorkLost(),
    Queued(),
    Circle(),
    Forgotten(),
    # threads, processes, pools
    TookTurns(),
    DaemonThreadLeft(),
    CostMoreThanItSaved(),
    MadeForEveryCall(),
    Unbalanced(),
    NotClosed(),
    Stale(),
    StartDominates(),
    NotJoined(),
    DaemonCutOff(),
    FailedUnseen(),
)
"""Our own rules, in the order of their codes."""
GROUP: Final = "async_magics.lints"


def lints() -> Sequence[Lint]:
    """Return our own rules, then those of other packages."""
    return (*LINTS, *_others())


@cache
def _others() -> tuple[Lint, ...]:
    """Return the rules of other packages; looking through all that is installed takes longer than drawing a small chart."""
    return tuple(map(_loaded, entry_points(group=GROUP)))


def _loaded(point: EntryPoint) -> Lint:
    """Return a rule of another package; in place of one that cannot be imported, one that says so in every trace."""
    try:
        found: Lint = point.load()
    except Exception as error:
        return _Broken(clean(point.name, 40), error)
    return found


@dataclass(frozen=True)
class _Broken:
    """Stands for a rule that cannot be imported."""

    code: str
    error: Exception
    summary: str = ""

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Raise what importing it raised."""
        raise self.error


def _checked(lint: Lint, trace: Trace) -> list[Finding]:
    """Return what a rule notices; one that fails says so, and the chart is drawn all the same."""
    try:
        return list(lint.check(trace))
    except Exception as error:
        values = {"code": lint.code, "error": f"{type(error).__name__}: {error}"}
        return [Finding(code=lint.code, what=Phrase(marked("the rule {code} failed: {error}"), values))]


def findings(trace: Trace, ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return what the rules notice in a trace: mistakes first, then the dearest first.

    Args:
        trace: what happened.
        ignore: codes of rules that are switched off.
    """
    found = [finding for lint in lints() if lint.code not in ignore for finding in _checked(lint, trace)]
    return tuple(sorted(found, key=lambda finding: (not finding.error, -finding.cost_ns, finding.code, finding.start_ns)))
