"""Rules about processes that the user starts one by one. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ...lang import marked
from ...model import InstantKind, Location, Outcome, Task, TaskKind, Trace
from ..intervals import length, merged
from ..phrases import At, Duration, Names, Phrase, counted
from ..pool_use import begun, ended
from ..tracks import home, process_of
from .finding import Finding
from .wording import endless, function_of, interrupted, names_of, outlives_cell

_TERMINATED: Final = -15


@dataclass(frozen=True, slots=True)
class StartDominates:
    """Processes whose start took longer than their work.

    Attributes:
        least: so many that one line started.
        times: so many times as long as the work.
        floor_ns: what all the starts took together at least.
    """

    code: str = "AM521"
    summary: str = marked("processes that take longer to start than to work")
    least: int = 2
    times: float = 2.0
    floor_ns: int = 10_000_000

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each line that starts them."""
        lines: defaultdict[Location | None, list[Task]] = defaultdict(list)
        for task in trace.tasks:
            if task.kind is TaskKind.PROCESS and not task.older and task.begun_ns is not None and task.outcome is Outcome.RETURNED:
                lines[task.created_at].append(task)
        for group in lines.values():
            start = sum(begun(task) - task.created_ns for task in group)
            work = sum(ended(task) - begun(task) for task in group)
            if len(group) >= self.least and start >= self.floor_ns and start >= self.times * work:
                yield self._finding(group, start, work)

    def _finding(self, group: Sequence[Task], start: int, work: int) -> Finding:
        function = function_of(group[0])
        return Finding(
            code=self.code,
            what=counted(
                "{n} process of {function}(){at} took {start} to start and {work} to work",
                "{n} processes of {function}(){at} took {start} to start and {work} to work",
                n=len(group),
                function=function,
                at=At(group[0].created_at),
                start=Duration(start),
                work=Duration(work),
            ),
            why=Phrase(marked("A process costs milliseconds, or with spawn a good part of a second, before it does anything.")),
            instead=Phrase(
                marked("Call {function}() directly, or let a few processes do many calls: `pool.map({function}, items, chunksize=100)`."),
                {"function": function},
            ),
            tasks=tuple(task.id for task in group),
            start_ns=group[0].created_ns,
            end_ns=max(map(ended, group)),
            location=group[0].created_at,
            cost_ns=length(merged((task.created_ns, begun(task)) for task in group)),
        )


@dataclass(frozen=True, slots=True)
class NotJoined:
    """A process that was still at work when the cell ended.

    Attributes:
        slack_ns: who ends so soon after the cell was about to end anyway.
    """

    code: str = "AM522"
    summary: str = marked("a process that was not joined")
    slack_ns: int = 100_000_000

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for all of them; a cell that was interrupted got no further."""
        left = [] if interrupted(trace) else [task for task in trace.tasks if self._left(trace, task)]
        if left:
            yield self._finding(trace, left)

    def _left(self, trace: Trace, task: Task) -> bool:
        if task.kind is not TaskKind.PROCESS or task.parent is None or not outlives_cell(trace, task, self.slack_ns):
            return False
        return task.created_ns < trace.code_ns and trace.tasks[task.parent].kind is not TaskKind.PROCESS

    def _finding(self, trace: Trace, left: Sequence[Task]) -> Finding:
        daemon = all(task.daemon for task in left)
        return Finding(
            code=self.code,
            what=counted(
                "{names}{at} was still at work when the cell ended: nobody joined it",
                "{names}{at} were still at work when the cell ended: nobody joined them",
                n=len(left),
                names=Names(names_of(left)),
                at=At(left[0].created_at),
            ),
            why=Phrase(
                marked("What comes next cannot rely on its work; a daemon process is killed in the middle of it when Python exits.")
                if daemon
                else marked("What comes next cannot rely on its work, and Python waits for it when it exits.")
            ),
            instead=Phrase(marked("Wait for it: `process.join()`.")),
            tasks=tuple(task.id for task in left),
            start_ns=trace.cell_end_ns or 0,
            end_ns=trace.end_ns,
            location=left[0].created_at,
        )


@dataclass(frozen=True, slots=True)
class DaemonCutOff:
    """A daemon, process or thread, that a process took with it when it ended."""

    code: str = "AM523"
    summary: str = marked("a daemon cut off in the middle of its work")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for each; those of the recording process itself live on when the cell ends."""
        killed = {instant.task for instant in trace.instants if instant.kind is InstantKind.KILLED}
        hosts = {process_of(trace, task.track): task for task in trace.tasks if task.kind is TaskKind.PROCESS and task.ended_ns is not None}
        hosts.pop(home(trace), None)
        for task in trace.tasks:
            host = self._host(trace, task, hosts)
            if host is not None and task.id not in killed and _unfinished(task):
                yield self._finding(task, host)

    @staticmethod
    def _host(trace: Trace, task: Task, hosts: dict[int, Task]) -> Task | None:
        """Return the process that a daemon belonged to and did not outlive."""
        if task.kind not in (TaskKind.PROCESS, TaskKind.THREAD) or not task.daemon or endless(task):
            return None
        if task.begun_ns is None or task.parent is None:
            return None
        return hosts.get(process_of(trace, trace.tasks[task.parent].track))

    def _finding(self, task: Task, host: Task) -> Finding:
        return Finding(
            code=self.code,
            what=Phrase(
                marked("{host} ended and took its daemon {name}{at} with it, which was in the middle of its work"),
                {"host": host.name, "name": task.name, "at": At(task.created_at)},
            ),
            why=Phrase(marked("A process that ends kills its daemons: no `finally` runs, and what they were writing stays half written.")),
            instead=Phrase(marked("Wait for it first: `{kind}.join()`; or let it be no daemon."), {"kind": str(task.kind)}),
            tasks=(task.id, host.id),
            start_ns=begun(task),
            end_ns=ended(host),
            location=task.created_at,
        )


def _unfinished(task: Task) -> bool:
    return task.outcome is Outcome.UNFINISHED or task.exit_code == _TERMINATED


@dataclass(frozen=True, slots=True)
class FailedUnseen:
    """A process that an exception or a signal ended, which ``join`` does not tell; one that leaves with an exit code may mean it."""

    code: str = "AM524"
    summary: str = marked("a process that failed")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for all of them; not for those that somebody killed, or a cell that was interrupted."""
        killed = {instant.task for instant in trace.instants if instant.kind is InstantKind.KILLED}
        failed = [task for task in trace.tasks if task.id not in killed and self._failed(task)]
        if failed and not interrupted(trace):
            yield self._finding(failed)

    @staticmethod
    def _failed(task: Task) -> bool:
        if task.kind is not TaskKind.PROCESS or task.outcome is not Outcome.RAISED or task.older:
            return False
        if task.begun_ns is None and task.exit_code is None:
            return False  # it was `start()` that raised
        code = task.exit_code or 0
        by_itself = bool(task.exception) and task.exception != "SystemExit" and not (task.exception or "").startswith("exit code")
        return by_itself and not (task.daemon and code == _TERMINATED)

    def _finding(self, failed: Sequence[Task]) -> Finding:
        first = failed[0]
        how = f"{first.exception}: {first.message}" if first.message else str(first.exception)
        return Finding(
            code=self.code,
            what=counted(
                "{names}{at} failed and nobody was told: {how}",
                "{names}{at} failed and nobody was told: {how}",
                n=len(failed),
                names=Names(names_of(failed)),
                at=At(first.created_at),
                how=how,
            ),
            why=Phrase(marked("`join()` raises nothing, whatever ended the process, so the cell goes on as if its work were done.")),
            instead=Phrase(
                marked("Look at `process.exitcode`; or submit {function}() to a `ProcessPoolExecutor`, whose `result()` raises it here."),
                {"function": function_of(first)},
            ),
            tasks=tuple(task.id for task in failed),
            start_ns=first.created_ns,
            end_ns=max(map(ended, failed)),
            location=first.created_at,
            error=True,
        )
