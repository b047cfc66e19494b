"""When and how works ended, and what CPU time they used. Imports ``words`` and ``drafts`` of this folder."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Final

from .drafts import WORKER, Draft, Drafts
from .words import Outcome, TaskKind

_SIGTERM: Final = -int(signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class End:
    """When and how a work ended; ``t_ns`` is ``None`` while it goes on."""

    t_ns: int | None
    outcome: Outcome
    exception: str | None = None
    message: str | None = None


class Ends:
    """Tells ends, given all drafts."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._known: dict[int, End] = {}

    def of(self, draft: Draft) -> End:
        """Return when and how a work ended."""
        found = self._known.get(id(draft))
        if found is None:
            found = self._known[id(draft)] = self._of(draft)
        return found

    def _of(self, draft: Draft) -> End:
        if draft.failed is not None:
            return End(draft.failed[0], Outcome.RAISED, str(draft.failed[1].get("error", "")), draft.failed[1].get("message") or None)
        if draft.kind == TaskKind.POOL:
            return End(draft.closed[0], Outcome.RETURNED) if draft.closed else End(None, Outcome.UNFINISHED)
        if draft.kind == WORKER:
            return self._worker_end(draft)
        if draft.steps:
            return self._last_step(draft)
        if draft.ended is not None:
            error = draft.ended[1].get("error")
            if error and not (error == "SystemExit" and draft.died is not None):  # ``sys.exit(3)``: others see the 3
                return End(draft.ended[0], Outcome.RAISED, str(error), draft.ended[1].get("message") or None)
            return End(draft.ended[0], Outcome.RETURNED) if not self._code(draft) else self._died(draft)
        if draft.cancelled and draft.back_ns is not None:
            return End(draft.back_ns, Outcome.CANCELLED)
        if draft.died is not None:
            return self._died(draft)
        if draft.worker is not None and draft.worker.died is not None:
            return self._died(draft.worker)
        if draft.refused is not None and draft.back_ns is not None:
            return End(draft.back_ns, Outcome.RAISED, str(draft.refused["error"]), draft.refused.get("message") or None)
        return End(None, Outcome.UNFINISHED)

    def _worker_end(self, draft: Draft) -> End:
        pool = self._drafts.get(draft.given.get("pool"))
        closed = pool.closed if pool is not None else None
        ended_ns = draft.died[0] if draft.died else draft.ended[0] if draft.ended else None
        if closed is not None and (self._code(draft) in (0, _SIGTERM) or ended_ns is None):  # terminating a pool kills its workers
            return End(ended_ns if ended_ns is not None else max(closed[0], self._last_job(draft)), Outcome.RETURNED)
        if draft.died is not None:
            return self._died(draft)
        return End(ended_ns, Outcome.UNFINISHED if ended_ns is None else Outcome.RETURNED)

    @staticmethod
    def _last_job(draft: Draft) -> int:
        return max((job.ended[0] for job in draft.jobs if job.ended), default=0)

    @staticmethod
    def _last_step(draft: Draft) -> End:
        _begin, end_ns, how, *_rest = draft.steps[-1]
        if how in ("yield", ""):
            return End(None, Outcome.UNFINISHED)
        return End(end_ns, Outcome.RETURNED) if how == "return" else End(end_ns, Outcome.RAISED, how)

    @staticmethod
    def _code(draft: Draft) -> int:
        return int((draft.died[1].get("code") if draft.died else 0) or 0)

    def _died(self, draft: Draft) -> End:
        assert draft.died is not None
        t_ns, data = draft.died
        code = data.get("code")
        if draft.kills and code != 0 and (code is None or code < 0 or any("by" in kill for _t_ns, kill in draft.kills)):
            return End(t_ns, Outcome.CANCELLED)  # an executor stops all of its workers, also the one that had just left by itself
        if not code:
            return End(t_ns, Outcome.RETURNED)
        return End(t_ns, Outcome.RAISED, signal_name(-code) if code < 0 else f"exit code {code}")


def used(draft: Draft) -> int | None:
    """Return the CPU time of a work's own code, in ns; ``None`` where nobody measured it."""
    begin, end = draft.begun[3] if draft.begun else {}, draft.ended[1] if draft.ended else {}
    for key in ("process_cpu", "cpu") if draft.pid is not None else ("cpu",):
        if key in begin and key in end:
            return max(0, int(end[key]) - int(begin[key]))
    if draft.died and draft.died[1].get("cpu") is not None and not draft.given.get("older"):
        return int(draft.died[1]["cpu"])
    if draft.kind == WORKER:
        known = [ns for job in draft.jobs if (ns := used(job)) is not None]
        return sum(known) if known else None
    return None


def spent(draft: Draft) -> int:
    """Return the CPU time of a work's process in all, its start included, in ns; 0 where nobody measured it."""
    end = draft.ended[1] if draft.ended else {}
    died = draft.died[1] if draft.died else {}
    return int(end.get("process_cpu") or died.get("cpu") or used(draft) or 0)


def signal_name(number: int) -> str:
    """Return ``SIGKILL`` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
