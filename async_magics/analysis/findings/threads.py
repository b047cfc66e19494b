"""Rules about threads. Imports ``analysis``, ``lang`` and ``model`` only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...lang import marked
from ...model import State, Task, TaskKind, Trace, WaitKind
from ..cores import CoreUse, core_use
from ..phrases import At, Names, Number, Phrase, counted
from ..pool_use import begun, ended
from ..tracks import home, process_of
from .finding import Finding
from .wording import function_of, interrupted, names_of, outlives_cell


@dataclass(frozen=True, slots=True)
class TookTurns:
    """Threads that computed at once had one core between them: the GIL. ``analysis.cores`` judges; nothing is said on doubt."""

    code: str = "AM501"
    summary: str = marked("threads that only took turns under the GIL")

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for the threads of each process."""
        yield from (self._finding(trace, use) for use in core_use(trace, processes=False) if use.turns)

    def _finding(self, trace: Trace, use: CoreUse) -> Finding:
        tasks = [trace.tasks[task] for task in use.tasks]
        start, end = min(map(begun, tasks)), max(map(ended, tasks))
        jobs = any(task.kind is TaskKind.JOB for task in tasks)
        instead = (
            marked("Compute in processes: `with ProcessPoolExecutor() as pool: pool.map({function}, items)`, or a free-threaded Python.")
            if jobs
            else marked("Compute in processes: `Process(target={function}, args=…)`, or `ProcessPoolExecutor`; or a free-threaded Python.")
        )
        return Finding(
            code=self.code,
            what=counted(
                "{n} thread{at} computed one at a time: {cores} cores between them (the GIL)",
                "{n} threads{at} computed one at a time: {cores} cores between them (the GIL)",
                n=use.count,
                at=At(tasks[0].created_at),
                cores=Number(use.cores, 2),
            ),
            why=Phrase(marked("Only one thread at a time runs Python code, so together they took as long as one after the other.")),
            instead=Phrase(instead, {"function": function_of(tasks[0])}),
            tasks=use.tasks,
            start_ns=start,
            end_ns=end,
            location=tasks[0].created_at,
            cost_ns=round((end - start) * (1 - 1 / min(use.count, trace.cores or use.count))),
        )


@dataclass(frozen=True, slots=True)
class DaemonThreadLeft:
    """A daemon thread that still ran when the cell ended.

    Attributes:
        slack_ns: who ends so soon after the cell was about to end anyway.
    """

    code: str = "AM502"
    summary: str = marked("a daemon thread still running when the cell ended")
    slack_ns: int = 100_000_000

    def check(self, trace: Trace) -> Iterator[Finding]:
        """Yield one finding for all of them."""
        left = [] if interrupted(trace) else [task for task in trace.tasks if self._left(trace, task)]
        if left:
            yield Finding(
                code=self.code,
                what=Phrase(
                    marked("still running when the cell ended: daemon thread {names}{at}"),
                    {"names": Names(names_of(left)), "at": At(left[0].created_at)},
                ),
                why=Phrase(marked("Nobody ends it: it goes on behind later cells, and is cut off in mid-work when Python exits.")),
                instead=Phrase(
                    marked("Let it look at an Event: `while not stop.is_set(): …`; and before the cell ends `stop.set(); thread.join()`.")
                ),
                tasks=tuple(task.id for task in left),
                start_ns=trace.cell_end_ns or 0,
                end_ns=trace.end_ns,
                location=left[0].created_at,
            )

    def _left(self, trace: Trace, task: Task) -> bool:
        if task.kind is not TaskKind.THREAD or not task.daemon or task.begun_ns is None:
            return False
        here = process_of(trace, task.track) == home(trace)
        return here and outlives_cell(trace, task, self.slack_ns) and not _is_timer(trace, task)


def _is_timer(trace: Trace, thread: Task) -> bool:
    """Whether a thread is a ``Timer`` that has not fired: it does nothing yet."""
    pieces = trace.slices.of(thread.id)
    last = pieces[-1] if pieces else None
    return last is not None and last.state is State.WAITING and last.wait is not None and last.wait.kind is WaitKind.SLEEP
