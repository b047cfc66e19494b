"""Rows about works -> traces: threads, processes, pools with workers and jobs, generators; and what must hold for any rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from async_magics.clock import ClockAnchor
from async_magics.events import EventLog, Kind, Verb
from async_magics.model import InstantKind, Outcome, State, Task, TaskKind, Trace, TrackKind, WaitKind
from async_magics.model.check import check
from async_magics.model.codec import from_json, to_json
from async_magics.model.fold import Frame, fold

MARKER = -1001
BEGIN = 1_000_000
HERE, MAIN = 1, 11
"""The recording process, and its thread."""


@dataclass
class Script:
    """Writes the log of a cell that starts works."""

    log: EventLog = field(default_factory=EventLog)
    last: int = BEGIN

    def __post_init__(self) -> None:
        self.log.add(Kind.RECORDING_BEGAN, BEGIN, MARKER, 0, MAIN)
        self.log.add(Kind.ROOT, BEGIN, MARKER, 0, None)

    def row(self, verb: Verb, at: int, work: str, pid: int = HERE, thread: int = MAIN, **data: Any) -> None:
        self.last = max(self.last, BEGIN + at)
        self.log.worked((verb, BEGIN + at, pid, thread, work, data))

    def spawn(self, at: int, work: str, kind: str, **data: Any) -> None:
        self.row(Verb.SPAWN, at, work, kind=kind, by=data.pop("by", MARKER), owner=data.pop("owner", MARKER), **data)

    def run(self, work: str, begin: int, end: int | None, pid: int = HERE, thread: int = MAIN, of: str | None = None, **data: Any) -> None:
        self.row(Verb.BEGIN, begin, work, pid, thread, cpu=data.pop("cpu", 0), process_cpu=4, **({"of": of} if of else {}))
        if end is not None:
            self.row(Verb.END, end, work, pid, thread, **data)

    def started(self, at: int, work: str, pid: int) -> None:
        self.log.worked((Verb.STARTED, BEGIN + at, HERE, MAIN, work, {"pid": pid}))

    def trace(self, ended: int | None = None) -> Trace:
        end = self.last if ended is None else BEGIN + ended
        self.log.add(Kind.RECORDING_ENDED, end, MARKER)
        anchor = ClockAnchor(mono_ns=BEGIN, wall_ns=0)
        trace = fold(self.log, Frame(marker=MARKER, anchor=anchor, now_ns=max(end, self.last), name="x", pid=HERE, cpu_ns=5, cores=2))
        check(trace)
        assert from_json(to_json(trace)) == trace
        return trace


def rows(trace: Trace, task: Task) -> list[tuple[int, int, State]]:
    return [(piece.start_ns, piece.end_ns, piece.state) for piece in trace.slices.of(task.id)]


def only(trace: Trace, kind: TaskKind) -> Task:
    (found,) = [task for task in trace.tasks if task.kind is kind]
    return found


def every(trace: Trace, kind: TaskKind) -> list[Task]:
    return [task for task in trace.tasks if task.kind is kind]


def test_a_process_from_start_to_end() -> None:
    """Start-up is time in which it was ready, its CPU time is what its process used, its parent waits for it."""
    script = Script()
    script.spawn(10, "p", "process", name="Process-1", function="f", arguments="1", method="fork", site=["cell.py", 3, "<module>"])
    script.started(20, "p", 2)
    script.run("p", 50, 90, pid=2, thread=22, process_cpu=30)
    script.row(Verb.WAIT, 60, "p", how="join")
    script.row(Verb.DIED, 95, "p", code=0)
    script.row(Verb.WAITED, 96, "p")
    trace = script.trace(100)
    task = only(trace, TaskKind.PROCESS)
    assert rows(trace, task) == [(10, 50, State.RUNNABLE), (50, 90, State.RUNNING)]
    assert (task.outcome, task.exit_code, task.cpu_ns, task.method, task.call) == (Outcome.RETURNED, 0, 26, "fork", "f(1)")
    assert task.created_at is not None and task.created_at.line == 3
    assert [(piece.start_ns, piece.end_ns) for piece in trace.slices.of(0) if piece.wait and piece.wait.kind is WaitKind.JOIN] == [(60, 96)]
    assert [piece.wait.targets for piece in trace.slices.of(0) if piece.wait] == [(task.id,)]
    track = trace.tracks[task.track]
    assert (track.kind, track.pid, trace.tracks[track.parent or 0].name) == (TrackKind.THREAD, 2, "Process-1")
    assert trace.cpu_ns == 35


def ending(code: int | None, *, error: str | None = None, kill: bool = False, finished: bool = False) -> tuple[Outcome, str | None]:
    script = Script()
    script.spawn(10, "p", "process")
    script.started(20, "p", 2)
    script.run("p", 30, 80 if finished or error else None, pid=2, **({"error": error} if error else {}))
    if kill:
        script.row(Verb.KILL, 85, "p", how="terminate", by=MARKER)
    if code is not None:
        script.row(Verb.DIED, 90, "p", code=code)
    task = only(script.trace(100), TaskKind.PROCESS)
    return task.outcome, task.exception


def test_how_processes_end() -> None:
    """Returned, raised, exited, killed by a signal, terminated by the program, still alive."""
    assert ending(0, finished=True) == (Outcome.RETURNED, None)
    assert ending(1, error="ValueError") == (Outcome.RAISED, "ValueError")
    assert ending(3) == (Outcome.RAISED, "exit code 3")
    assert ending(-9) == (Outcome.RAISED, "SIGKILL")
    assert ending(-15, kill=True) == (Outcome.CANCELLED, None)
    assert ending(None) == (Outcome.UNFINISHED, None)


def test_a_pool_with_workers_and_calls() -> None:
    """Calls run on their workers' tracks; workers idle between; calls that nobody began are counted."""
    script = Script()
    script.spawn(0, "pool", "pool", name="Pool(2)", method="fork")
    for number, pid in enumerate((2, 3)):
        script.spawn(5, f"w{pid}", "worker", name=f"ForkPoolWorker-{pid}")
        script.started(8, f"w{pid}", pid)
        script.run(f"w{pid}", 10 + number, None, pid=pid, thread=20 + pid)
    script.row(Verb.WORKERS, 12, "pool", pids=[2, 3])
    script.spawn(20, "b", "batch", function="f", pool="pool", method="map", items=4, chunk=2)
    script.row(Verb.WAIT, 21, "b", how="map")
    script.run("b/1", 25, 45, pid=2, thread=22, of="b")
    script.run("b/2", 26, 46, pid=3, thread=23, of="b", error="ValueError")
    script.run("b/3", 50, None, pid=2, thread=22, of="b")
    script.row(Verb.DIED, 60, "w2", code=-9)
    script.row(Verb.WAITED, 70, "b")
    trace = script.trace(80)
    pool = only(trace, TaskKind.POOL)
    workers, jobs = every(trace, TaskKind.WORKER), every(trace, TaskKind.JOB)
    assert [task.parent for task in workers] == [pool.id, pool.id] == [job.pool for job in jobs][:2]
    assert [job.track for job in jobs] == [workers[0].track, workers[1].track, workers[0].track]
    assert rows(trace, workers[0]) == [
        (5, 10, State.RUNNABLE),
        (10, 25, State.WAITING),
        (25, 45, State.RUNNING),
        (45, 50, State.WAITING),
        (50, 60, State.RUNNING),
    ]
    assert rows(trace, jobs[0]) == [(20, 25, State.RUNNABLE), (25, 45, State.RUNNING)]
    assert [(job.outcome, job.exception) for job in jobs] == [
        (Outcome.RETURNED, None),
        (Outcome.RAISED, "ValueError"),
        (Outcome.RAISED, "SIGKILL"),
    ]
    assert [(job.parent, job.chunk) for job in jobs] == [(0, 2)] * 3
    texts = [(instant.kind, instant.text) for instant in trace.instants]
    assert (InstantKind.NEVER_BEGUN, "1 × f") in texts and (InstantKind.NOT_CLOSED, "") in texts
    waits = [piece.wait for piece in trace.slices.of(0) if piece.wait]
    assert [(wait.kind, wait.name, wait.targets, wait.count) for wait in waits] == [(WaitKind.RESULT, "map(f)", (pool.id,), 4)]


def test_functions_that_workers_do_not_know_as_they_are_now() -> None:
    """Said of the recording whose code called them."""
    script = Script()
    for at, how, owner in ((5, "unknown", MARKER), (6, "old", MARKER), (7, "old", MARKER - 1)):
        site = ["<cell>", 3, "<module>"]
        script.row(Verb.STALE, at, f"stale{at}", by=MARKER, owner=owner, function="f()", how=how, site=site)
    found = [(item.kind, item.t_ns, item.task, item.text, item.location and item.location.line) for item in script.trace(20).instants]
    assert found == [(InstantKind.UNKNOWN_IN_WORKERS, 5, 0, "f()", 3), (InstantKind.OLD_IN_WORKERS, 6, 0, "f()", 3)]


def test_a_worker_that_never_came_to_its_code() -> None:
    """It was starting up all the time; one of which only a job tells had started up by then."""
    script = Script()
    script.spawn(0, "pool", "pool", name="Pool(2)", method="spawn")
    for pid in (2, 3):
        script.spawn(5, f"w{pid}", "worker", name=f"SpawnPoolWorker-{pid}")
        script.started(8, f"w{pid}", pid)
    script.row(Verb.WORKERS, 12, "pool", pids=[2, 3])
    script.spawn(20, "j", "job", function="f", pool="pool", method="apply")
    script.run("j/2.1", 25, 45, pid=2, thread=22, of="j")
    script.row(Verb.CLOSED, 50, "pool", how="exit")
    trace = script.trace(50)
    busy, late = every(trace, TaskKind.WORKER)
    assert rows(trace, busy) == [(5, 25, State.RUNNABLE), (25, 45, State.RUNNING), (45, 50, State.WAITING)] and busy.begun_ns == 25
    assert rows(trace, late) == [(5, 50, State.RUNNABLE)] and late.begun_ns is None


def test_an_older_pool_is_there_from_the_start() -> None:
    """A pool of an earlier cell, and its workers of which no row tells, are guests."""
    script = Script()
    script.spawn(5, "pool", "pool", name="Pool(2)", older=True, owner=None)
    script.row(Verb.WORKERS, 6, "pool", pids=[2, 3])
    script.spawn(10, "j", "job", function="f", pool="pool", method="apply")
    script.run("j/2.1", 20, 30, pid=2, thread=22, of="j")
    trace = script.trace(40)
    assert only(trace, TaskKind.POOL).older
    assert [(task.older, task.parent) for task in every(trace, TaskKind.WORKER)] == [(True, only(trace, TaskKind.POOL).id)] * 2
    assert rows(trace, only(trace, TaskKind.JOB)) == [(10, 20, State.RUNNABLE), (20, 30, State.RUNNING)]
    assert not [instant for instant in trace.instants if instant.kind is InstantKind.NOT_CLOSED]


def test_a_thread_waits_for_what_it_started() -> None:
    """What a thread creates is its child; where it joins it waits, and its CPU time is that of the rest."""
    script = Script()
    script.spawn(0, "t", "thread", name="Thread-1", function="outer")
    script.run("t", 2, 60, thread=12, cpu=100)
    script.log.works[-1] = (*script.log.works[-1][:5], {"cpu": 140})
    script.row(Verb.SPAWN, 10, "u", thread=12, kind="thread", by="t", owner=MARKER, name="Thread-2")
    script.run("u", 11, 50, thread=13)
    script.row(Verb.WAIT, 20, "u", thread=12, how="join")
    script.row(Verb.WAITED, 52, "u", thread=12)
    trace = script.trace(70)
    outer, inner = every(trace, TaskKind.THREAD)
    assert inner.parent == outer.id
    assert rows(trace, outer) == [
        (0, 2, State.RUNNABLE),
        (2, 20, State.RUNNING),
        (20, 52, State.WAITING),
        (52, 60, State.RUNNING),
    ]
    assert outer.cpu_ns == 40
    assert sum(piece.cpu_ns or 0 for piece in trace.slices.of(outer.id)) in (39, 40)


def test_generators_take_turns() -> None:
    """Every next() is a step, every yield a wait; one that was not finished is still pending."""
    script = Script()
    for name, first in (("a", 10), ("b", 20)):
        script.spawn(5, name, "generator", function=name, arguments="")
        for turn in range(2):
            begin = first + 20 * turn
            script.row(Verb.STEP, begin, name, end=BEGIN + begin + 3, how="yield")
    script.row(Verb.STEP, 60, "a", end=BEGIN + 62, how="return")
    trace = script.trace(70)
    first, second = every(trace, TaskKind.GENERATOR)
    assert [piece for piece in rows(trace, first) if piece[2] is State.RUNNING] == [
        (10, 13, State.RUNNING),
        (30, 33, State.RUNNING),
        (60, 62, State.RUNNING),
    ]
    assert (first.outcome, second.outcome) == (Outcome.RETURNED, Outcome.UNFINISHED)
    assert rows(trace, second)[-1] == (43, 70, State.WAITING)
    assert first.call == "a()"


def test_works_of_others_stay_away() -> None:
    """A work that belongs to another recording, or to none, is not in the trace."""
    script = Script()
    script.spawn(5, "t", "thread", owner=MARKER - 1)
    script.row(Verb.SPAWN, 6, "u", kind="thread", name="x")
    assert [task.kind for task in script.trace(10).tasks] == [TaskKind.CELL]


def test_a_start_that_failed() -> None:
    """A process that could not be started has raised there and then."""
    script = Script()
    script.spawn(5, "p", "process", function="<lambda>")
    script.row(Verb.FAILED, 8, "p", error="PicklingError", message="no")
    task = only(script.trace(10), TaskKind.PROCESS)
    assert (task.outcome, task.exception, task.message, task.ended_ns, task.begun_ns) == (Outcome.RAISED, "PicklingError", "no", 8, None)


WORKS = st.sampled_from(["a", "b", "c", "d"])
ROWS = st.tuples(
    st.sampled_from(Verb),
    st.integers(0, 200),
    st.sampled_from([HERE, 2, 3]),
    st.sampled_from([MAIN, 22]),
    WORKS,
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["thread", "process", "pool", "worker", "job", "batch", "generator", "call", "subprocess"]),
            "how": st.sampled_from(["yield", "return", "join", "map"]),
            "end": st.integers(BEGIN, BEGIN + 300),
            "pids": st.lists(st.sampled_from([2, 3]), max_size=2),
            "future": st.just(99),
        },
        optional={
            "by": WORKS | st.just(MARKER), "owner": st.just(MARKER), "of": WORKS, "pool": WORKS, "pid": st.sampled_from([2, 3]),
            "code": st.sampled_from([0, 1, -9]), "cpu": st.integers(0, 50), "error": st.just("ValueError"), "items": st.integers(0, 3),
            "site": st.just(["f.py", 1, "f"]),
        },
    ),
)  # fmt: skip


@given(st.lists(ROWS, max_size=25))
def test_any_rows_make_a_trace(given_rows: list[Any]) -> None:
    """Whatever a child managed to write before it died, in whatever order it comes: the trace keeps to its rules."""
    script = Script()
    for verb, at, pid, thread, work, data in given_rows:
        script.log.worked((verb, BEGIN + at, pid, thread, work, data))
    trace = script.trace(250)
    for task in trace.tasks:
        for one, other in pairwise(trace.slices.of(task.id)):
            assert one.end_ns <= other.start_ns


def test_a_process_of_an_earlier_cell_is_named_where_it_is_waited_for() -> None:
    """It has no lane in this trace, but the wait says which one it is."""
    script = Script()
    script.spawn(1, "p", "process", owner=MARKER - 1, name="helper")
    script.row(Verb.WAIT, 10, "p", how="join")
    script.row(Verb.WAITED, 20, "p")
    trace = script.trace(30)
    assert [(piece.wait.kind, piece.wait.name, piece.wait.targets) for piece in trace.slices if piece.wait] == [
        (WaitKind.JOIN, "join(helper)", ()),
    ]


def test_threads_of_a_pool_that_have_no_names_are_numbered() -> None:
    """Workers of which only their jobs tell can be told apart."""
    script = Script()
    for pool in ("a", "b"):
        script.spawn(1, pool, "pool", name=pool)
        for number in range(2):
            script.spawn(2, f"{pool}{number}", "job", pool=pool)
            script.run(f"{pool}{number}", 3, 9, thread=100 + number + 10 * (pool == "b"))
    assert [worker.name for worker in every(script.trace(10), TaskKind.WORKER)] == ["worker 1", "worker 2"] * 2


def test_a_job_that_came_back_without_having_begun() -> None:
    """What could not be sent has failed when its future said so."""
    script = Script()
    script.spawn(1, "pool", "pool", name="pool")
    script.spawn(2, "job", "job", pool="pool", function="f")
    script.row(Verb.BACK, 5, "job", error="PicklingError", message="no")
    job = only(script.trace(10), TaskKind.JOB)
    assert (job.outcome, job.exception, job.message, job.ended_ns) == (Outcome.RAISED, "PicklingError", "no", 5)
