"""Rules about the care of pools: closed in the end, made after what they call. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import Instant, InstantKind, Task, Trace
from ..phrases import At, Names, Phrase, counted
from .finding import Finding
from .wording import kind_of, names_of


@dataclass(frozen=True, slots=True)
class NotClosed:
    """A pool that was made in the cell and neither closed nor terminated in it."""

    code: str = "AM514"
    summary: str = marked("a pool that was not closed")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for all of them."""
        ids = dict.fromkeys(i.task for i in trace.instants if i.kind is InstantKind.NOT_CLOSED and i.task is not None)
        pools = [trace.tasks[pool] for pool in ids]
        if pools:
            yield self._finding(trace, pools)

    def _finding(self, trace: Trace, pools: list[Task]) -> Finding:
        kind = kind_of(pools[0])
        return Finding(
            code=self.code,
            what=counted(
                "{pools}{at} was not closed: use `with {kind}(…) as pool:`",
                "{pools}{at} were not closed: use `with {kind}(…) as pool:`",
                n=len(pools),
                pools=Names(names_of(pools)),
                at=At(pools[0].created_at),
                kind=kind,
            ),
            why=Phrase(marked("The workers stay when the cell has ended, idle, as long as anything refers to the pool.")),
            instead=Phrase(
                marked("To be rid of it now: `{call}`."),
                {"call": "pool.shutdown()" if "Executor" in kind else "pool.terminate(); pool.join()"},
            ),
            tasks=tuple(pool.id for pool in pools),
            start_ns=pools[0].created_ns,
            end_ns=trace.end_ns,
            location=pools[0].created_at,
            error=True,
        )


@dataclass(frozen=True, slots=True)
class Stale:
    """A function that the workers of a pool do not know, or know only as it was: they were started before."""

    code: str = "AM515"
    summary: str = marked("a function that a pool's workers do not know as it is now")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each function and each line that calls it."""
        seen = set()
        for instant in trace.instants:
            if instant.kind in _STALE and (instant.kind, instant.text, instant.location) not in seen:
                seen.add((instant.kind, instant.text, instant.location))
                yield self._finding(instant)

    def _finding(self, instant: Instant) -> Finding:
        return Finding(
            code=self.code,
            what=Phrase(_STALE[instant.kind], {"function": instant.text, "at": At(instant.location)}),
            why=Phrase(marked("A forked worker knows what was defined when it was started, and nothing of what came later.")),
            instead=Phrase(marked("Make a new pool below the definition; or `%taskprocesses by-value` sends functions as they are.")),
            tasks=() if instant.task is None else (instant.task,),
            start_ns=instant.t_ns,
            end_ns=instant.t_ns,
            location=instant.location,
            error=True,
        )


_STALE: Final[Mapping[InstantKind, str]] = {
    InstantKind.UNKNOWN_IN_WORKERS: marked("{function}{at} was defined after the pool's workers were started: they do not know it"),
    InstantKind.OLD_IN_WORKERS: marked("{function}{at} was changed after the pool's workers were started: they still run the old one"),
}
