"""A trace as OpenTelemetry sees one: a span for each task and for each operation that the code named, under who created it.

Here the spans as plain data; ``otlp`` writes them to a file, ``otel_sdk`` hands them to an exporter. Ids come from the trace's content: the
same trace gives the same spans. Names of attributes: https://opentelemetry.io/docs/specs/semconv/. Imports ``lang``, ``model``,
``analysis`` and ``views.labels``; nothing of OpenTelemetry.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..analysis.stats import stats
from ..analysis.tracks import process_of, thread_of
from ..lang.plain import clean
from ..model import Edge, EdgeKind, InstantKind, Location, Outcome, Task, Trace
from ..model import Span as Named
from ..model.codec import to_json
from ..views.labels import call_of, task_name

Value: TypeAlias = str | int | float | bool
MOST: Final = 128
"""Events and links of one span; OpenTelemetry's own limit. What is more is counted."""
_LONGEST: Final = 500
_LINKED: Final = frozenset((EdgeKind.AWAIT, EdgeKind.WAKE))
INT64: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A moment in a span; time in nanoseconds since 1970."""

    name: str
    unix_ns: int
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another span that this one had to do with."""

    span_id: int
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtelSpan:
    """One span.

    Attributes:
        trace_id, span_id: 128 and 64 bits, never 0.
        parent_id: the creator's; ``None`` for a root.
        name: the call.
        start_unix_ns, end_unix_ns: nanoseconds since 1970; what was pending ends with the recording.
        attributes: by semantic convention where there is one, else under ``async_magics.``.
        events, links: at most ``MOST`` of each.
        dropped_events, dropped_links: how many did not fit.
        error: message of what the task raised; ``None``: it did not.
    """

    trace_id: int
    span_id: int
    parent_id: int | None
    name: str
    start_unix_ns: int
    end_unix_ns: int
    attributes: Mapping[str, Value]
    events: Sequence[Event] = field(default=())
    links: Sequence[Link] = field(default=())
    dropped_events: int = 0
    dropped_links: int = 0
    error: str | None = None


def resource(trace: Trace) -> dict[str, Value]:
    """Return what all spans have in common."""
    found: dict[str, Value] = {"service.name": clean(trace.name, 80) or "trace", "process.runtime.version": trace.python}
    return found | {"telemetry.sdk.language": "python", "async_magics.dropped": trace.dropped}


def spans(trace: Trace) -> Iterator[OtelSpan]:
    """Yield the spans of tasks, then those that the code named."""
    yield from _Maker(trace).all()


class _Maker:
    """Knows the ids, and what happened to whom."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._digest = hashlib.sha256(to_json(trace).encode("ascii")).digest()
        self._trace_id = int.from_bytes(self._digest[:16]) or 1
        self._ids = [self._span_id("task", task.id) for task in trace.tasks]
        self._times = stats(trace).per_task
        self._links: defaultdict[int, list[Link]] = defaultdict(list)
        self._unlinked: defaultdict[int, int] = defaultdict(int)
        self._events: defaultdict[int, list[Event]] = defaultdict(list)
        for edge in trace.edges():
            if edge.kind in _LINKED:
                self._link(edge)
        for instant in trace.instants:
            if instant.kind is not InstantKind.CELL_ENDED:
                told: dict[str, Value] = {"async_magics.text": clean(instant.text, _LONGEST)} if instant.text else {}
                self._happened(instant.task, instant.kind.value, instant.t_ns, told | code(instant.location))
        for note in trace.notes:
            self._happened(note.task, "note", note.t_ns, {"async_magics.text": clean(note.text, _LONGEST)})

    def _span_id(self, what: str, number: int) -> int:
        return int.from_bytes(hashlib.sha256(self._digest + f"{what} {number}".encode()).digest()[:8]) or 1

    def _link(self, edge: Edge) -> None:
        """An awaiting task points to what it awaits, a woken one to who woke it."""
        source, target = (edge.source, edge.target) if edge.kind is EdgeKind.AWAIT else (edge.target, edge.source)
        if len(self._links[source]) >= MOST:
            self._unlinked[source] += 1
            return
        told: dict[str, Value] = {"async_magics.edge": edge.kind.value, "async_magics.at_s": edge.start_ns / 1e9}
        self._links[source].append(Link(span_id=self._ids[target], attributes=told))

    def _happened(self, task: int | None, name: str, t_ns: int, told: Mapping[str, Value]) -> None:
        self._events[task or 0].append(Event(name=name, unix_ns=self._unix(t_ns), attributes=told))

    def _unix(self, t_ns: int) -> int:
        return max(0, self._trace.anchor.wall_ns + t_ns)

    def all(self) -> Iterator[OtelSpan]:
        for task in self._trace.tasks:
            yield self._of_task(task)
        for number, named in enumerate(self._trace.spans):
            yield self._of_named(number, named)

    def _of_task(self, task: Task) -> OtelSpan:
        end = self._trace.end_ns_of(task.id)
        failed = task.outcome is Outcome.RAISED
        events = sorted(self._events[task.id] + self._exception(task, end), key=lambda event: event.unix_ns)
        return OtelSpan(
            trace_id=self._trace_id, span_id=self._ids[task.id],
            parent_id=None if task.parent is None else self._ids[task.parent],
            name=call_of(task) or task_name(task), attributes=self._told(task),
            start_unix_ns=self._unix(task.created_ns), end_unix_ns=self._unix(max(end, task.created_ns)),
            events=events[:MOST], dropped_events=max(0, len(events) - MOST),
            links=self._links[task.id], dropped_links=self._unlinked[task.id],
            error=clean(task.message or task.exception or "", _LONGEST) if failed else None,
        )  # fmt: skip

    def _of_named(self, number: int, named: Named) -> OtelSpan:
        end = self._trace.end_ns if named.end_ns is None else named.end_ns
        return OtelSpan(
            trace_id=self._trace_id, span_id=self._span_id("span", number),
            parent_id=None if named.task is None else self._ids[named.task],
            name=clean(named.name, _LONGEST) or "span", attributes={"async_magics.kind": "span", **code(named.location)},
            start_unix_ns=self._unix(named.start_ns), end_unix_ns=self._unix(max(end, named.start_ns)),
        )  # fmt: skip

    def _exception(self, task: Task, end: int) -> list[Event]:
        if task.outcome is not Outcome.RAISED or not task.exception:
            return []
        told: dict[str, Value] = {"exception.type": clean(task.exception, _LONGEST)}
        if task.message:
            told["exception.message"] = clean(task.message, _LONGEST)
        return [Event(name="exception", unix_ns=self._unix(end), attributes=told)]

    def _told(self, task: Task) -> dict[str, Value]:
        times = self._times[task.id]
        told: dict[str, Value] = {
            "async_magics.task": task.id, "async_magics.name": clean(task.name, _LONGEST), "async_magics.kind": task.kind.value,
            "async_magics.outcome": task.outcome.value, "async_magics.running_s": times.busy_ns / 1e9,
            "async_magics.ready_s": times.ready_ns / 1e9, "async_magics.waiting_s": times.waiting_ns / 1e9,
            "async_magics.steps": times.steps,
        }  # fmt: skip
        if task.function:
            told["code.function.name"] = clean(task.function, _LONGEST)
        place = task.defined_at or task.created_at
        if place is not None:
            told |= {"code.file.path": clean(place.file, _LONGEST), "code.line.number": place.line}
        return told | self._where(task.track)

    def _where(self, track: int) -> dict[str, Value]:
        tracks = self._trace.tracks
        if track >= len(tracks):
            return {}
        thread, process = tracks[thread_of(self._trace, track)], tracks[process_of(self._trace, track)]
        told: dict[str, Value] = {"thread.name": clean(thread.name, _LONGEST)}
        if thread.tid is not None and thread.tid < INT64:
            told["thread.id"] = thread.tid
        return told if process.pid is None else told | {"process.pid": process.pid}


def code(place: Location | None) -> dict[str, Value]:
    """Return a line as attributes."""
    if place is None:
        return {}
    told: dict[str, Value] = {"code.file.path": clean(place.file, _LONGEST), "code.line.number": place.line}
    return told | ({"code.function.name": clean(place.function, _LONGEST)} if place.function else {})
