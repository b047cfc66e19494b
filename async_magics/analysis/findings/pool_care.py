"""Rules about how pools are looked after: closed in the end, and made after what they are to call. Imports as its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...lang import marked
from ...model import InstantKind, Task, Trace
from ..phrases import Names, Phrase, counted
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
        how = marked("Use `with {kind}(…) as pool:`; for this one `{call}`.")
        return Finding(
            code=self.code,
            what=counted(
                "{pools} was not closed: use `with {kind}(…) as pool:`",
                "{pools} were not closed: use `with {kind}(…) as pool:`",
                n=len(pools),
                pools=Names(names_of(pools)),
                kind=kind,
            ),
            why=Phrase(marked("The workers stay when the cell has ended, idle, until Python exits.")),
            instead=Phrase(how, {"kind": kind, "call": "pool.shutdown()" if "Executor" in kind else "pool.terminate()"}),
            tasks=tuple(pool.id for pool in pools),
            start_ns=pools[0].created_ns,
            end_ns=trace.end_ns,
            location=pools[0].created_at,
            error=True,
        )
