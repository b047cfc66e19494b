"""What a replay has to say at every step, read off the trace's slices and instants without any of the replay's own code."""

from __future__ import annotations

from collections import defaultdict

from async_magics.analysis.blocking import LOOPED
from async_magics.analysis.replay import Phase, Replay, Situation, replay
from async_magics.model import InstantKind, Slice, State, TaskKind, Trace


class Told:
    """A trace, asked for moments the slow and simple way."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.slices: dict[int, list[Slice]] = defaultdict(list)
        for item in trace.slices:
            if item.start_ns < item.end_ns:
                self.slices[item.task].append(item)
        self.edges = [self._edges(task) for task in range(len(trace.tasks))]

    def _edges(self, task: int) -> set[int]:
        found, own = self.trace.tasks[task], self.slices[task]
        ends = {found.created_ns, *(item.start_ns for item in own), *(item.end_ns for item in own)}
        return ends if found.ended_ns is None else ends | {found.ended_ns}

    def slice_at(self, task: int, t_ns: int) -> Slice | None:
        return next((item for item in self.slices[task] if item.start_ns <= t_ns < item.end_ns), None)

    def phase(self, task: int, t_ns: int) -> Phase | None:
        """What a task does just after a moment; ``None``: there is no such task yet."""
        own, found = self.slices[task], self.trace.tasks[task]
        here = self.slice_at(task, t_ns)
        if here is None and own and found.ended_ns is None and t_ns >= own[-1].end_ns >= self.trace.end_ns:
            here = own[-1]  # so it stayed when the recording ended
        if here is not None:
            if here.state is not State.RUNNABLE:
                return Phase.RUNNING if here.state is State.RUNNING else Phase.WAITING
            if found.kind is TaskKind.JOB:
                return Phase.QUEUED
            return Phase.READY if found.kind in LOOPED else Phase.STARTING
        if t_ns < min([found.created_ns, *(item.start_ns for item in own)]):
            return None
        last_ns = max((item.end_ns for item in own), default=found.created_ns)
        if found.ended_ns is not None and t_ns >= max(last_ns, found.ended_ns):
            return Phase.ENDED
        return Phase.UNKNOWN

    def goes_on_ns(self, task: int, t_ns: int) -> float:
        """When a ready task runs; never: later than anything."""
        own = self.trace.slices.of(task)  # those that take no time as well: to run for no time is to run
        here = self.slice_at(task, t_ns) or own[-1]
        after = own[own.index(here) + 1 : own.index(here) + 2]
        return here.end_ns if after and after[0].state is State.RUNNING and after[0].start_ns == here.end_ns else float("inf")

    def queues(self, t_ns: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for task in self.trace.tasks:
            if self.phase(task.id, t_ns) is Phase.READY:
                found[task.track].append(task.id)
        return {track: sorted(tasks, key=lambda task: (self.goes_on_ns(task, t_ns), task)) for track, tasks in found.items()}

    def printed(self, t_ns: int) -> list[str]:
        found = [instant for instant in self.trace.instants if instant.kind is InstantKind.PRINTED and instant.t_ns <= t_ns]
        return [instant.text for instant in sorted(found, key=lambda instant: instant.t_ns)]


def checked(trace: Trace, *, possible: bool = True) -> Replay:
    """Return the replay of a trace after comparing every step of it with the trace; ``possible``: no two tasks ran on a loop at once."""
    found, told = replay(trace), Told(trace)
    assert found.complete
    times = [moment.t_ns for moment in found.moments]
    assert times == sorted(times)
    assert set(times) >= {item.start_ns for item in trace.slices if item.start_ns < item.end_ns}
    for step, t_ns in enumerate(times):
        whole = step + 1 == len(times) or times[step + 1] > t_ns
        _compare(told, found.at(step), t_ns, whole)
    if possible:
        _questions(found)
    return found


def _compare(told: Told, seen: Situation, t_ns: int, whole: bool) -> None:
    """Of several steps in one nanosecond all but the last are on their way: then only those that do not change are compared."""
    for task, edges in enumerate(told.edges):
        if whole or t_ns not in edges:
            state, expected = seen.tasks.get(task), told.phase(task, t_ns)
            assert (None if state is None else state.phase) == expected, (t_ns, task)
            here = told.slice_at(task, t_ns)
            if here is not None:
                assert state is not None and state.wait == here.wait and state.since_ns == here.start_ns
    if whole:
        assert {track: list(queue) for track, queue in seen.ready.items()} == told.queues(t_ns)
        assert [instant.text for instant in seen.printed] == told.printed(t_ns)
        for pool in seen.pools:
            _compare_pool(told, seen, pool.pool, t_ns)


def _compare_pool(told: Told, seen: Situation, pool: int, t_ns: int) -> None:
    (state,) = [one for one in seen.pools if one.pool == pool]
    jobs = [task for task in told.trace.tasks if task.pool == pool and task.kind is TaskKind.JOB]
    doing = {job.id: told.phase(job.id, t_ns) for job in jobs}
    assert set(state.queue) == {job for job, phase in doing.items() if phase is Phase.QUEUED}
    assert set(state.done) == {job for job, phase in doing.items() if phase is Phase.ENDED}
    busy = {job for _worker, job in state.workers if job is not None}
    assert busy <= {job for job, phase in doing.items() if phase in (Phase.RUNNING, Phase.WAITING)}


def _questions(found: Replay) -> None:
    """The answer to every question is what ran: nobody else of that loop began a step in between."""
    tasks = found.trace.tasks
    for question in found.questions:
        track = tasks[question.answer].track
        assert question.answer in question.candidates and len(question.candidates) > 1
        assert track not in found.at(question.step).running or len(_running(found, question.step, track)) > 0
        between = [found.at(step).tasks for step in range(question.step + 1, question.until)]
        assert all(state[task].phase is not Phase.RUNNING for state in between for task in question.candidates)
        assert found.at(question.until).tasks[question.answer].phase is Phase.RUNNING


def _running(found: Replay, step: int, track: int) -> list[int]:
    states = found.at(step).tasks.values()
    return [state.task for state in states if state.phase is Phase.RUNNING and found.trace.tasks[state.task].track == track]
