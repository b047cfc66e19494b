"""Checks about a whole trace, for tests and autograders. Imports ``analysis``, ``model``, ``recorded`` and this folder."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..analysis.blocking import blocking_rows
from ..analysis.phrases import Duration, Phrase, Value
from ..analysis.intervals import most_at_once
from ..analysis.stats import stats
from ..errors import OptionError
from ..lang import marked
from ..model import Trace
from ..recorded import Recorded
from .figure import Figure, number
from .leaks import leaks
from .lives import at_work, found, moment, one, said
from .task import CheckedTask
from .verdict import Verdict


class Checked(Recorded):
    """A trace that can be asked whether a program did what it should. Every answer is a ``Verdict`` or can be compared to one."""

    def task(self, name: str, nth: int | None = None) -> CheckedTask:
        """Return the task of this name; where none has it, of this function (``fetch``) or call (``fetch(1)``).

        Args:
            name: which task.
            nth: which of several, in order of creation from 0; negative from the end.

        Raises:
            GradingError: there is none, or several and ``nth`` does not say which; with what there is.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        return CheckedTask(self.trace, one(self.trace, name, nth))

    @property
    def max_concurrency(self) -> Figure:
        """The largest number of tasks at work at one moment; what counts as at work is told at ``Stats.max_concurrency``."""
        return Figure(stats(self.trace).max_concurrency, marked("{value} at once at the most"), self.trace)

    def at_once(self, name: str) -> Figure:
        """Return the largest number at one moment of the tasks of this name or function, or of spans that the code named so.

        A task counts from its first step to its end, but not while it waits for a semaphore or a lock: then others have their turn;
        one that begins with that counts from its own turn on.
        """
        trace = self.trace
        spans = at_work(trace, found(trace, name))
        if not spans:
            spans = [(span.start_ns, trace.end_ns if span.end_ns is None else span.end_ns) for span in trace.spans if span.name == name]
        return Figure(most_at_once(spans), marked("{name}: {value} at once at the most"), trace, name)

    def count(self, name: str) -> Figure:
        """Return how many tasks have this name, function or call."""
        return Figure(len(found(self.trace, name)), marked("{name}: {value} in all"), self.trace, name)

    @property
    def seconds(self) -> Figure:
        """How long the traced code took."""
        return Figure(self.trace.code_ns / 1e9, marked("it took {value} s"), self.trace)

    def no_blocking(self, longer_than: float = 0.1) -> Verdict:
        """Tell whether no step held up a loop on which other tasks were waiting to go on.

        Args:
            longer_than: seconds, at least a millisecond.
        """
        if not longer_than >= 0.001:
            raise OptionError(f"longer_than is a number of seconds from 0.001, not {longer_than!r}")
        trace = replace(self.trace, threshold_ns=round(longer_than * 1e9))
        rows = [trace.slices[row] for row in blocking_rows(trace)]
        if not rows:
            return self._verdict(True, Phrase(marked("nothing held up the loop for {time}"), {"time": Duration(trace.threshold_ns)}))
        longest = max(rows, key=lambda item: item.duration_ns)
        values: dict[str, Value] = {"task": said(trace.tasks[longest.task]), "time": Duration(longest.duration_ns)}
        if longest.location is None:
            return self._verdict(False, Phrase(marked("{task} held up the loop for {time}"), values))
        text = marked("{task} held up the loop for {time} at {line}: {code}")
        return self._verdict(False, Phrase(text, {**values, "line": longest.location, "code": longest.location.text}))

    def no_leaks(self) -> Verdict:
        """Tell whether nothing was left behind: no pending task, unclosed pool, running process, coroutine that nobody awaited."""
        left = tuple(leaks(self.trace))
        return Verdict(not left, left or (Phrase(marked("nothing was left behind")),), self.trace)

    def finished_in_order(self, *names: str) -> Verdict:
        """Tell whether these tasks finished, and in this order."""
        trace = self.trace
        tasks = [one(trace, name, None) for name in names]
        ends = [task.ended_ns for task in tasks if task.ended_ns is not None]
        ok = len(ends) == len(tasks) and ends == sorted(ends)
        reasons = [
            Phrase(marked("{task} had not finished when the recording ended"), {"task": said(task)})
            if task.ended_ns is None
            else Phrase(marked("{task} finished at {to} s"), {"task": said(task), "to": moment(trace, task.ended_ns)})
            for task in sorted(tasks, key=lambda task: (task.ended_ns is None, trace.end_ns_of(task.id)))
        ]
        return Verdict(ok, tuple(reasons), trace)

    def faster_than(self, other: Recorded | Trace, times: float = 1.0) -> Verdict:
        """Tell whether the traced code took less time than another one, so many times less at the least."""
        mine, theirs = self.trace, other.trace if isinstance(other, Recorded) else other
        ratio = theirs.code_ns / max(mine.code_ns, 1)
        values: dict[str, Value] = {
            "time": Duration(mine.code_ns),
            "other": theirs.name,
            "other_time": Duration(theirs.code_ns),
            "ratio": number(ratio),
        }
        text = marked("it took {time}, {other} took {other_time}: {ratio} times as fast")
        asked = Phrase(marked("wanted: {sign} {wanted}"), {"sign": "≥", "wanted": number(times)})
        ok = ratio > times if times == 1.0 else ratio >= times
        return Verdict(ok, (Phrase(text, values),) if ok else (Phrase(text, values), asked), mine)

    def no_findings(self, ignore: Collection[str] = ()) -> Verdict:
        """Tell whether no rule has anything to say about the trace, those with the codes in ``ignore`` left out."""
        from ..analysis.findings import findings

        said_by_rules = tuple(finding.what for finding in findings(self.trace, ignore))
        return Verdict(not said_by_rules, said_by_rules or (Phrase(marked("no findings")),), self.trace)

    def _verdict(self, ok: bool, reason: Phrase) -> Verdict:
        return Verdict(ok, (reason,), self.trace)
