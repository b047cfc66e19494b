"""Traces as tables of plain columns, for data frames and column files: what is in them, once for all libraries.

Every table has a column ``task``, the id, by which they can be joined. A time stands twice: in whole nanoseconds since the recording
began (``start_ns``), exact, and in seconds (``start_s``), to compute with. Imports ``lang``, ``model``, ``analysis`` and
``views.labels``; no data-frame library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from ..analysis.tracks import process_of, thread_of
from ..lang import translation
from ..model import Cause, Location, State, Trace
from ..model.slices import NONE
from ..views.labels import wait_texts

Kind: TypeAlias = Literal["int", "float", "text", "word", "flag"]
"""``word``: one of few texts, worth a dictionary."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        kind: what its values are; any of them may be ``None``.
        values: one for each row.
    """

    kind: Kind
    values: Sequence[Any]


Table: TypeAlias = Mapping[str, Column]

_PLACE: Final = ("file", "line", "function")


def tasks_table(trace: Trace) -> Table:
    """Return one row for each task, the cell first."""
    from ..analysis.stats import stats

    tasks, times = trace.tasks, stats(trace).per_task

    def of(name: str, kind: Kind = "int") -> Column:
        return Column(kind, [getattr(task, name) for task in tasks])

    return {
        "task": of("id"),
        "name": of("name", "text"),
        "kind": _words(task.kind.value for task in tasks),
        "call": of("call", "text"),
        "function": of("function", "word"),
        **_where(trace, [task.track for task in tasks]),
        "parent": of("parent"),
        "pool": of("pool"),
        **_times("created", [task.created_ns for task in tasks]),
        **_times("begun", [task.begun_ns for task in tasks]),
        **_times("ended", [task.ended_ns for task in tasks]),
        **_times("busy", [each.busy_ns for each in times]),
        **_times("ready", [each.ready_ns for each in times]),
        **_times("waiting", [each.waiting_ns for each in times]),
        "steps": Column("int", [each.steps for each in times]),
        **_times("cpu", [task.cpu_ns for task in tasks]),
        "outcome": _words(task.outcome.value for task in tasks),
        "exception": of("exception", "word"),
        "message": of("message", "text"),
        "older": of("older", "flag"),
        **_places("created_at", [task.created_at for task in tasks]),
    }


def slices_table(trace: Trace) -> Table:
    """Return one row for each slice, ordered by task and time; read off the columns, since there may be a million."""
    table, tasks = trace.slices, trace.tasks
    words = translation("en")  # data, not a chart: the same words for everybody
    waits = [next(iter(wait_texts(words, wait, tasks)), "") for wait in table.waits]
    first_lines = [wait.chain[0] if wait.chain else None for wait in table.waits]
    places = [
        table.locations[line] if line != NONE else first_lines[wait] if wait != NONE else None
        for line, wait in zip(table.location, table.wait, strict=True)
    ]
    states = [state.name.lower() for state in State]
    causes = [cause.name.lower() for cause in Cause]
    return {
        "task": Column("int", table.task.tolist()),
        "name": Column("word", [tasks[task].name for task in table.task]),
        "call": Column("word", [tasks[task].call for task in table.task]),
        "state": Column("word", [states[state] for state in table.state]),
        **_times("start", table.start_ns.tolist()),
        **_times("end", table.end_ns.tolist()),
        **_times("duration", [end - start for start, end in zip(table.start_ns, table.end_ns, strict=True)]),
        "wait": Column("word", [None if wait == NONE else waits[wait] for wait in table.wait]),
        "wait_kind": Column("word", [None if wait == NONE else table.waits[wait].kind.value for wait in table.wait]),
        "waker": Column("int", [None if waker == NONE else waker for waker in table.waker]),
        "cause": Column("word", [None if cause == Cause.UNKNOWN else causes[cause] for cause in table.cause]),
        **_times("cpu", [None if cpu == NONE else cpu for cpu in table.cpu_ns]),
        **_places("", places),
    }


def edges_table(trace: Trace) -> Table:
    """Return one row for each edge, in order of time; ``task`` is the one that it comes from."""
    edges = sorted(trace.edges(), key=lambda edge: (edge.start_ns, edge.end_ns, edge.source, edge.target, edge.kind))
    return {
        "kind": _words(edge.kind.value for edge in edges),
        "task": Column("int", [edge.source for edge in edges]),
        "target": Column("int", [edge.target for edge in edges]),
        **_times("start", [edge.start_ns for edge in edges]),
        **_times("end", [edge.end_ns for edge in edges]),
        **_places("", [edge.location for edge in edges]),
    }


def instants_table(trace: Trace) -> Table:
    """Return one row for each instant, in order of time; ``task`` is the one that it happened to."""
    instants = sorted(trace.instants, key=lambda instant: instant.t_ns)
    return {
        "kind": _words(instant.kind.value for instant in instants),
        "task": Column("int", [instant.task for instant in instants]),
        "by": Column("int", [instant.by for instant in instants]),
        **_times("t", [instant.t_ns for instant in instants]),
        "cause": _words(None if instant.cause is Cause.UNKNOWN else instant.cause.name.lower() for instant in instants),
        "text": Column("text", [instant.text for instant in instants]),
        **_places("", [instant.location for instant in instants]),
    }


TABLES: Final[Mapping[str, Callable[[Trace], Table]]] = {
    "tasks": tasks_table,
    "slices": slices_table,
    "edges": edges_table,
    "instants": instants_table,
}


def sound(text: str) -> str:
    """Return the text with every half of a surrogate pair escaped: what no UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _words(values: Iterable[str | None]) -> Column:
    return Column("word", list(values))


def _times(name: str, values: Sequence[int | None]) -> Table:
    return {
        f"{name}_ns": Column("int", values),
        f"{name}_s": Column("float", [None if value is None else value / 1e9 for value in values]),
    }


def _places(prefix: str, places: Sequence[Location | None]) -> Table:
    kinds: tuple[Kind, ...] = ("word", "int", "word")
    return {
        f"{prefix}_{name}" if prefix else name: Column(kind, [None if place is None else getattr(place, name) for place in places])
        for name, kind in zip(_PLACE, kinds, strict=True)
    }


def _where(trace: Trace, tracks: Sequence[int]) -> Table:
    """Return the names of process and thread that each track belongs to."""
    known = len(trace.tracks)
    threads = {track: trace.tracks[thread_of(trace, track)].name if track < known else None for track in set(tracks)}
    processes = {track: trace.tracks[process_of(trace, track)] if track < known else None for track in set(tracks)}
    found = [processes[track] for track in tracks]
    return {
        "process": _words(None if process is None else process.name for process in found),
        "pid": Column("int", [None if process is None else process.pid for process in found]),
        "thread": _words(threads[track] for track in tracks),
    }
