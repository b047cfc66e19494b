"""The trace for ui.perfetto.dev and chrome://tracing: Trace Event Format, JSON.

Tasks of a loop interleave on one thread, so each task gets a track of its own: a thread of that format, under its process. On it stands
the task's life, inside it its states; arrows are the trace's edges. What the code named with ``span`` goes on tracks below.
Format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU and
https://perfetto.dev/docs/getting-started/other-formats. Imports ``lang``, ``model``, ``analysis`` and ``views.labels``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..analysis.stats import works_of
from ..analysis.tracks import home, process_of
from ..lang import translation
from ..lang.plain import clean
from ..model import Cause, Edge, Location, Slice, State, Task, TrackKind
from ..views.labels import call_of, task_name, wait_texts
from .rows import place_text

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions

Event: TypeAlias = dict[str, Any]
_SpanSlice: TypeAlias = tuple[str, int, int, Location | None]
"""Name, start, end, line."""
_STATES: Final[Mapping[State, str]] = {State.RUNNING: "running", State.RUNNABLE: "ready", State.WAITING: "waiting"}
_LONGEST: Final = 200
_ORDER: Final = {"X": 0, "s": 1, "f": 2, "i": 3, "C": 4}
"""At one moment: slices before the arrows that begin or end in them, and an arrow's beginning before its end."""


@dataclass(frozen=True, slots=True)
class PerfettoExporter:
    """Writes one event a line, in order of time."""

    suffixes: tuple[str, ...] = (".perfetto.json",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the file."""
        head = {"displayTimeUnit": "ns", "otherData": _facts(trace)}
        with target.open("w", encoding="ascii", newline="\n") as file:
            file.write(json.dumps(head)[:-1] + ', "traceEvents": [\n')
            file.write(",\n".join(json.dumps(event, separators=(",", ":")) for event in events(trace)))
            file.write("\n]}\n")


PERFETTO: Final = PerfettoExporter()


def events(trace: Trace) -> list[Event]:
    """Return every event: metadata first, then by time; of slices that begin together the longest first."""
    rows = _Rows(trace)
    found = [*rows.lives(), *rows.states(), *rows.spans(), *rows.arrows(), *rows.instants(), *rows.counters()]
    found.sort(key=lambda event: (event["ts"], _ORDER[event["ph"]], -event.get("dur", 0)))
    for event in found:  # only now: whole nanoseconds sort exactly
        event["ts"] /= 1000
        if "dur" in event:
            event["dur"] /= 1000
    return [*rows.metadata(), *found]


def _facts(trace: Trace) -> Mapping[str, Any]:
    facts = {"name": trace.name, "title": trace.title, "python": trace.python, "began_unix_ns": str(trace.anchor.wall_ns)}
    return facts | {"dropped": trace.dropped, "problems": list(trace.problems)}


class _Rows:
    """Gives every task its place, and makes the events; times in nanoseconds."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._words = translation("en")  # data, not a chart: the same words for everybody
        self._pids = _pids(trace)
        self._first_tid = 10 ** len(str(max(self._pids.values())))
        self._pid_of = [self._pids[process_of(trace, task.track)] for task in trace.tasks]
        self._home = self._pids[home(trace)]
        self._waits = [next(iter(wait_texts(self._words, wait, trace.tasks)), "") for wait in trace.slices.waits]
        self._span_rows = list(_stacked(trace))
        self._life = self._lives()

    def _lives(self) -> list[tuple[int, int]]:
        """Return when each task was there: from its creation to its end, and all of its slices."""
        trace = self._trace
        found = [[task.created_ns, trace.end_ns_of(task.id)] for task in trace.tasks]
        for task, start, end in zip(trace.slices.task, trace.slices.start_ns, trace.slices.end_ns, strict=True):
            found[task] = [min(found[task][0], start), max(found[task][1], end)]
        return [(start, max(end, start + 1)) for start, end in found]

    def _at(self, task: int | None) -> Event:
        if task is None:
            return {"pid": self._home, "tid": self._home}
        return {"pid": self._pid_of[task], "tid": self._first_tid + task}

    def metadata(self) -> Iterator[Event]:
        """Yield names and order of processes, of tasks, and of the tracks of spans."""
        tracks = self._trace.tracks
        for order, (track, pid) in enumerate(self._pids.items()):
            named = _name(tracks[track].name) if track < len(tracks) else "python"
            yield from self._named("process", {"pid": pid, "tid": pid}, named, order)
        for task in self._trace.tasks:
            yield from self._named("thread", self._at(task.id), _title(task), task.id)
        for row, (task_id, _) in enumerate(self._span_rows):
            owner = "" if task_id is None else f" of {task_name(self._trace.tasks[task_id])}"
            yield from self._named("thread", self._span_place(row), f"spans{owner}", len(self._trace.tasks) + row)

    @staticmethod
    def _named(what: str, place: Event, name: str, order: int) -> Iterator[Event]:
        yield {"ph": "M", "name": f"{what}_name", **place, "args": {"name": name}}
        yield {"ph": "M", "name": f"{what}_sort_index", **place, "args": {"sort_index": order}}

    def lives(self) -> Iterator[Event]:
        """Yield a slice for each task's life."""
        for task, (start, end) in zip(self._trace.tasks, self._life, strict=True):
            args = {
                "task": task.id, "kind": task.kind.value, "outcome": task.outcome.value, "parent": task.parent,
                "created at": place_text(task.created_at), "exception": task.exception, "message": task.message,
                "result": task.result, "exit code": task.exit_code,
            }  # fmt: skip
            name = call_of(task) or task_name(task)
            yield self._slice(self._at(task.id), name, task.kind.value, start, end, args)

    def states(self) -> Iterator[Event]:
        """Yield a slice for each of the trace's."""
        for item, wait in zip(self._trace.slices, self._trace.slices.wait, strict=True):
            name = _STATES[item.state]
            waits = self._waits[wait] if item.wait is not None else ""
            named = waits if item.state is State.WAITING and waits else name
            yield self._slice(self._at(item.task), named, name, item.start_ns, item.end_ns, self._told(item, waits))

    def _told(self, item: Slice, waits: str) -> Event:
        waker = None if item.waker is None else task_name(self._trace.tasks[item.waker])
        cause = None if item.cause is Cause.UNKNOWN else item.cause.name.lower()
        place = item.wait.chain[0] if item.wait is not None and item.wait.chain else item.location
        cpu = None if item.cpu_ns is None else item.cpu_ns / 1000
        return {"wait": waits, "waker": waker, "cause": cause, **_line(place), "cpu µs": cpu}

    @staticmethod
    def _slice(place: Event, name: str, category: str, start: int, end: int, args: Event) -> Event:
        told = {key: _name(value) if isinstance(value, str) else value for key, value in args.items() if value not in (None, "")}
        return {"ph": "X", "ts": start, "dur": end - start, "name": name, "cat": category, **place, "args": told}

    def spans(self) -> Iterator[Event]:
        """Yield what the code named, on tracks of its own: a span may begin inside one step and end inside another."""
        for row, (_, spans) in enumerate(self._span_rows):
            for name, start, end, place in spans:
                yield self._slice(self._span_place(row), _name(name), "span", start, end, _line(place))

    def _span_place(self, row: int) -> Event:
        task = self._span_rows[row][0]
        tid = self._first_tid + len(self._trace.tasks) + row
        return {"pid": self._home if task is None else self._pid_of[task], "tid": tid}

    def arrows(self) -> Iterator[Event]:
        """Yield two ends for each edge; one that lies outside its task's life gets a slice of a nanosecond to stand on."""
        stubs: set[tuple[int, int]] = set()
        for number, edge in enumerate(self._trace.edges(), start=1):
            for task, moment in ((edge.source, edge.start_ns), (edge.target, _end(edge))):
                if not self._life[task][0] <= moment < self._life[task][1] and (task, moment) not in stubs:
                    stubs.add((task, moment))
                    yield self._slice(self._at(task), edge.kind.value, "edge", moment, moment + 1, {})
            told: Event = {"name": edge.kind.value, "cat": "edge", "id": number}
            yield {"ph": "s", "ts": edge.start_ns, **told, **self._at(edge.source), "args": _line(edge.location)}
            yield {"ph": "f", "bp": "e", "ts": _end(edge), **told, **self._at(edge.target)}

    def instants(self) -> Iterator[Event]:
        """Yield points in time and the author's remarks."""
        for instant in self._trace.instants:
            by = None if instant.by is None else task_name(self._trace.tasks[instant.by])
            args = {"text": clean(instant.text, _LONGEST), "by": by, **_line(instant.location)}
            yield self._point(instant.task, instant.t_ns, instant.kind.value, "instant", args)
        for note in self._trace.notes:
            yield self._point(note.task, note.t_ns, _name(note.text), "note", {})

    def _point(self, task: int | None, t_ns: int, name: str, category: str, args: Event) -> Event:
        told = {key: value for key, value in args.items() if value}
        scope = "p" if task is None else "t"
        return {"ph": "i", "ts": t_ns, "s": scope, "name": name, "cat": category, **self._at(task), "args": told}

    def counters(self) -> Iterator[Event]:
        """Yield how many tasks were in each state, at every moment at which that changed."""
        counted = {task.id for task in works_of(self._trace)}
        table = self._trace.slices
        changes: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(State))
        for task, start, end, state in zip(table.task, table.start_ns, table.end_ns, table.state, strict=True):
            if task in counted:
                changes[start][state] += 1
                changes[end][state] -= 1
        now = [0] * len(State)
        for moment in sorted(changes):
            if any(changes[moment]):
                now = [have + more for have, more in zip(now, changes[moment], strict=True)]
                told = {_STATES[state]: now[state] for state in State}
                yield {"ph": "C", "ts": moment, "name": "tasks", "pid": self._home, "tid": self._home, "args": told}


def _pids(trace: Trace) -> dict[int, int]:
    """Return a number for the track of each process: its own where no other has it."""
    tracks = [home(trace), *(process_of(trace, task.track) for task in trace.tasks)]
    tracks += [track.id for track in trace.tracks if track.kind is TrackKind.PROCESS]
    found: dict[int, int] = {}
    for track in sorted(set(tracks)):
        pid = trace.tracks[track].pid if track < len(trace.tracks) else None
        taken = found.values()
        found[track] = pid if pid and pid < 2**31 and pid not in taken else max(taken, default=0) + 1
    return found


def _end(edge: Edge) -> int:
    return max(edge.start_ns, edge.end_ns)


def _title(task: Task) -> str:
    call = call_of(task)
    return call or task_name(task) if task.name in ("", task.function, call) else f"{task_name(task)} {call}".strip()


def _name(text: str) -> str:
    return clean(text, _LONGEST) or "—"  # Perfetto refuses a name without letters


def _line(place: Location | None) -> Event:
    return {} if place is None else {"line": clean(place_text(place), _LONGEST), "code": clean(place.text, _LONGEST)}


def _stacked(trace: Trace) -> Iterator[tuple[int | None, list[_SpanSlice]]]:
    """Yield the spans of each task as rows in which they nest: one that laps over another's end goes into a further row."""
    rows: defaultdict[int | None, list[tuple[list[_SpanSlice], list[int]]]] = defaultdict(list)
    spans = [(span, trace.end_ns if span.end_ns is None else span.end_ns) for span in trace.spans]
    for span, end in sorted(spans, key=lambda pair: (pair[0].start_ns, -pair[1])):
        end = max(end, span.start_ns)
        row, around = _row_for(rows[span.task], span.start_ns, end)
        row.append((span.name, span.start_ns, end, span.location))
        around.append(end)
    for task, mine in rows.items():
        yield from ((task, row) for row, _ in mine)


def _row_for(rows: list[tuple[list[_SpanSlice], list[int]]], start: int, end: int) -> tuple[list[_SpanSlice], list[int]]:
    """Return the first row of a task into which an interval nests, and the ends of what is around it there; a new one if need be."""
    for row, around in rows:
        while around and around[-1] <= start:
            around.pop()
        if not around or end <= around[-1]:
            return row, around
    rows.append(([], []))
    return rows[-1]
