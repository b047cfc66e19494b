"""Checks about one task: ``trace.task("a").overlaps("b")``. Imports ``analysis``, ``model`` and this folder."""

from __future__ import annotations

from typing import Final

from ..analysis.phrases import Duration, Phrase, Value
from ..analysis.tracks import process_of, thread_of
from ..lang import marked
from ..model import Outcome, Task, Trace
from .figure import Figure
from .lives import begin, moment, never_began, one, said
from .verdict import Verdict

_ENDS: Final = {
    Outcome.RETURNED: marked("{task} returned at {to} s"),
    Outcome.RAISED: marked("{task} raised {exception} at {to} s"),
    Outcome.CANCELLED: marked("{task} was cancelled at {to} s"),
    Outcome.UNFINISHED: marked("{task} had not finished when the recording ended"),
}


class CheckedTask:
    """One task that can be asked about.

    Attributes:
        task: what the trace knows of it.
    """

    def __init__(self, trace: Trace, task: Task) -> None:
        self.task = task
        self._trace = trace

    def overlaps(self, other: str | CheckedTask) -> Verdict:
        """Tell whether this task and another one were there at the same time, from their first steps to their ends."""
        a, b, trace = self.task, self._other(other), self._trace
        idle = self._never_began(a, b)
        if idle is not None:
            return idle
        common = min(trace.end_ns_of(a.id), trace.end_ns_of(b.id)) - max(begin(a), begin(b))
        if common > 0:
            text = marked("{a} and {b} ran at the same time for {time}")
            return self._verdict(True, Phrase(text, {"a": said(a), "b": said(b), "time": Duration(common)}))
        first, then = sorted((a, b), key=lambda task: (begin(task), trace.end_ns_of(task.id)))
        times = {"a_from": begin(first), "a_to": trace.end_ns_of(first.id), "b_from": begin(then), "b_to": trace.end_ns_of(then.id)}
        text = marked("{a} ran {a_from}–{a_to} s, {b} {b_from}–{b_to} s: one after the other")
        shown = {name: moment(trace, t_ns) for name, t_ns in times.items()}
        return self._verdict(False, Phrase(text, {"a": said(first), "b": said(then), **shown}))

    def ran_before(self, other: str | CheckedTask) -> Verdict:
        """Tell whether this task ended before another one began."""
        a, b, trace = self.task, self._other(other), self._trace
        idle = self._never_began(a, b)
        if idle is not None:
            return idle
        values: dict[str, Value] = {
            "a": said(a),
            "b": said(b),
            "a_to": moment(trace, trace.end_ns_of(a.id)),
            "b_from": moment(trace, begin(b)),
        }
        if trace.end_ns_of(a.id) <= begin(b) and a.ended_ns is not None:
            return self._verdict(True, Phrase(marked("{a} ended at {a_to} s, {b} began at {b_from} s"), values))
        return self._verdict(False, Phrase(marked("{b} began at {b_from} s, {a} ended only at {a_to} s"), values))

    def in_process(self) -> Verdict:
        """Tell whether the task ran in another process than the traced code."""
        return self._verdict(process_of(self._trace, self.task.track) != process_of(self._trace, self._home), self._place())

    def in_thread(self) -> Verdict:
        """Tell whether the task ran in another thread than the traced code, of the same process."""
        trace, track = self._trace, self.task.track
        same = process_of(trace, track) == process_of(trace, self._home)
        return self._verdict(same and thread_of(trace, track) != thread_of(trace, self._home), self._place())

    def returned(self) -> Verdict:
        """Tell whether the task came to its end without an exception."""
        return self._verdict(self.task.outcome is Outcome.RETURNED, self._end())

    def raised(self, exception: str | type[BaseException] | None = None) -> Verdict:
        """Tell whether the task ended with an exception, of this name if one is given."""
        name = exception.__name__ if isinstance(exception, type) else exception
        right = name is None or (self.task.exception or "").rpartition(".")[2] == name.rpartition(".")[2]
        return self._verdict(self.task.outcome is Outcome.RAISED and right, self._end())

    def was_cancelled(self) -> Verdict:
        """Tell whether the task was cancelled."""
        return self._verdict(self.task.outcome is Outcome.CANCELLED, self._end())

    @property
    def seconds(self) -> Figure:
        """How long the task took, from its first step to its end."""
        took = (self._trace.end_ns_of(self.task.id) - begin(self.task)) / 1e9
        return Figure(took, marked("{name} took {value} s"), self._trace, said(self.task))

    @property
    def _home(self) -> int:
        return self._trace.tasks[0].track

    def _other(self, other: str | CheckedTask) -> Task:
        return other.task if isinstance(other, CheckedTask) else one(self._trace, other, None)

    def _never_began(self, *tasks: Task) -> Verdict | None:
        idle = [task for task in tasks if task.begun_ns is None]
        return Verdict(False, tuple(map(never_began, idle)), self._trace) if idle else None

    def _place(self) -> Phrase:
        trace, track = self._trace, self.task.track
        thread, process = trace.tracks[thread_of(trace, track)], trace.tracks[process_of(trace, track)]
        text = marked("{task} ran in the process {process}, in the thread {thread}")
        return Phrase(text, {"task": said(self.task), "process": process.name, "thread": thread.name})

    def _end(self) -> Phrase:
        values: dict[str, Value] = {
            "task": said(self.task),
            "to": moment(self._trace, self._trace.end_ns_of(self.task.id)),
            "exception": self.task.exception or "?",
        }
        return Phrase(_ENDS[self.task.outcome], values)

    def _verdict(self, ok: bool, reason: Phrase) -> Verdict:
        return Verdict(ok, (reason,), self._trace)

    def __repr__(self) -> str:
        return f"<task {said(self.task)}>"
