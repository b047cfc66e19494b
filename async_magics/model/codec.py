"""A trace as JSON text and back: compact, the same text for equal traces, and nothing believed on the way in.

The file is one object: a few facts about the recording, then tables (see ``columns``) of texts, lines, lists of ids, tracks,
tasks, waits, slices, instants, spans and notes. Ids are positions. It holds no number with a point and nothing that could run.
Imports ``errors``, ``clock`` and this folder only.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, Final, NoReturn

from ..clock import ClockAnchor
from ..errors import TraceFormatError
from .check import check
from .columns import INT64, WIDE, Column, Flag, Ids, Loaded, Maybe, Number, Place, Places, Rising, Table, Text, Word, Written
from .columns import deltas, fail, known_keys, undo_deltas, whole_numbers
from .slices import NONE, SliceTable
from .trace import Instant, Location, Note, Span, Task, Trace, Track, Wait
from .words import Cause, InstantKind, Outcome, State, TaskKind, TrackKind, WaitKind

FORMAT: Final = "async_magics trace"
SCHEMA: Final = 1
"""Goes up with every change that an older version could not read."""

LOCATIONS: Final = Table("locations", Location, {"file": Text(), "line": Column(), "function": Text(), "text": Text()})
TRACKS: Final = Table(
    "tracks", Track, {"kind": Word(TrackKind), "name": Text(), "parent": Maybe(), "pid": Maybe(), "tid": Maybe(0, WIDE)}
)  # fmt: skip
TASKS: Final = Table(
    "tasks",
    Task,
    {
        "kind": Word(TaskKind), "name": Text(), "function": Text(), "arguments": Text(optional=True), "track": Column(),
        "parent": Maybe(), "created_ns": Rising(), "created_at": Place(optional=True), "defined_at": Place(optional=True),
        "begun_ns": Maybe(), "ended_ns": Maybe(), "outcome": Word(Outcome), "exception": Text(optional=True),
        "message": Text(optional=True), "result": Text(optional=True), "group": Maybe(), "eager": Flag(), "older": Flag(),
        "pool": Maybe(), "method": Text(), "daemon": Flag(), "exit_code": Maybe(), "cpu_ns": Maybe(0), "no_core_ns": Maybe(0),
        "switches": Maybe(0), "delivered_ns": Maybe(0), "chunk": Maybe(1),
    },
)  # fmt: skip
WAITS: Final = Table(
    "waits",
    Wait,
    {
        "kind": Word(WaitKind), "delay_ns": Maybe(-WIDE, WIDE), "deadline_ns": Maybe(-WIDE, WIDE), "count": Maybe(),
        "targets": Ids(), "name": Text(), "chain": Places(),
    },
)  # fmt: skip
INSTANTS: Final = Table(
    "instants",
    Instant,
    {
        "kind": Word(InstantKind), "t_ns": Rising(), "task": Maybe(), "by": Maybe(), "cause": Number(Cause),
        "location": Place(optional=True), "text": Text(),
    },
)  # fmt: skip
SPANS: Final = Table(
    "spans",
    Span,
    {"start_ns": Rising(), "name": Text(), "task": Maybe(), "end_ns": Maybe(0), "location": Place(optional=True)},
)  # fmt: skip
NOTES: Final = Table("notes", Note, {"t_ns": Rising(), "text": Text(), "task": Maybe()})

_SLICES: Final[Mapping[str, tuple[int, int, int]]] = {
    "state": (0, len(State) - 1, State.RUNNING.value),
    "wait": (NONE, 2**31 - 1, NONE),
    "cause": (0, len(Cause) - 1, Cause.UNKNOWN.value),
    "waker": (NONE, INT64, NONE),
    "location": (NONE, 2**31 - 1, NONE),
    "cpu_ns": (NONE, INT64, NONE),
}
"""The plain columns of slices: lowest and highest value, and the one that lets the column be left out."""
_REQUIRED: Final = frozenset({"task", "gap_ns", "duration_ns"})
_TEXTS: Final = ("name", "title", "source", "python")
_NUMBERS: Final = ("end_ns", "dropped", "threshold_ns")
_PERHAPS: Final = ("cell_end_ns", "cpu_ns", "cores")
_TABLES: Final = ("texts", "lists", "locations", "tracks", "tasks", "waits", "slices", "instants", "spans", "notes")
_KEYS: Final = dict.fromkeys(("format", "schema", *_TEXTS, *_NUMBERS, *_PERHAPS, "anchor", "problems", "runs_ns", *_TABLES))


_LATER: Final[Mapping[str, Any]] = {"runs_ns": [], "spans": SPANS.write((), Written()), "notes": NOTES.write((), Written())}
"""What the first files of this schema did not have; one without it is read as one that has none."""


def to_json(trace: Trace) -> str:
    """Return the trace as one line of ASCII; equal traces give equal text."""
    out = Written()
    slices, waits = _write_slices(trace.slices, out)
    tables = {
        "tracks": TRACKS.write(trace.tracks, out),
        "tasks": TASKS.write(trace.tasks, out),
        "waits": WAITS.write(waits, out),
        "slices": slices,
        "instants": INSTANTS.write(trace.instants, out),
        "spans": SPANS.write(trace.spans, out),
        "notes": NOTES.write(trace.notes, out),
    }
    tables["locations"] = LOCATIONS.write(out.locations.values, out)
    whole = {
        "format": FORMAT,
        "schema": SCHEMA,
        **{key: getattr(trace, key) for key in (*_TEXTS, *_NUMBERS)},
        "anchor": [trace.anchor.mono_ns, trace.anchor.wall_ns],
        **{key: getattr(trace, key) for key in _PERHAPS},
        "problems": list(trace.problems),
        "runs_ns": list(trace.runs_ns),
        "texts": out.texts.values,
        "lists": out.lists.values,
        **tables,
    }
    return json.dumps(whole, separators=(",", ":"))


def from_json(text: str | bytes) -> Trace:
    """Return the trace that ``to_json`` wrote.

    Raises:
        TraceFormatError: for anything else, with one line that says what is wrong and where.
    """
    whole = _parsed(text)
    _schema(whole)
    whole = {**_LATER, **whole}
    for key in _KEYS.keys() - known_keys(whole, "the file", _KEYS).keys():
        fail(key, "is missing")
    trace = Trace(**_facts(whole), **_tables(whole))
    check(trace)
    return trace


def _facts(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of ``Trace`` that are no tables."""
    mono_ns, wall_ns = whole_numbers(whole["anchor"], "anchor", 2)
    found: dict[str, Any] = {key: _texts([whole[key]], key)[0] for key in _TEXTS}
    found |= {key: whole_numbers([whole[key]], key, low=0)[0] for key in _NUMBERS}
    found |= {key: Maybe(0).read([whole[key]], key, 1, Loaded())[0] for key in _PERHAPS}
    return found | {
        "anchor": ClockAnchor(mono_ns=mono_ns, wall_ns=wall_ns),
        "problems": tuple(_texts(whole["problems"], "problems")),
        "runs_ns": tuple(whole_numbers(whole["runs_ns"], "runs_ns", low=0)),
    }


def _tables(whole: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(whole["lists"], list):
        fail("lists", "should be a list")
    lists = [tuple(whole_numbers(ids, "lists")) for ids in whole["lists"]]
    found = Loaded(texts=_texts(whole["texts"], "texts"), lists=lists)
    found = Loaded(texts=found.texts, lists=lists, locations=LOCATIONS.read(whole["locations"], found))
    return {
        "tracks": tuple(TRACKS.read(whole["tracks"], found, numbered=True)),
        "tasks": tuple(TASKS.read(whole["tasks"], found, numbered=True)),
        "slices": _read_slices(whole["slices"], WAITS.read(whole["waits"], found), found.locations),
        "instants": tuple(INSTANTS.read(whole["instants"], found)),
        "spans": tuple(SPANS.read(whole["spans"], found)),
        "notes": tuple(NOTES.read(whole["notes"], found)),
    }


def _write_slices(table: SliceTable, out: Written) -> tuple[dict[str, list[int]], list[Wait]]:
    """Return the columns, and the waits in the order in which they are used."""
    waits = {old: new for new, old in enumerate(dict.fromkeys(i for i in table.wait if i != NONE))}
    places = {old: out.locations(table.locations[old]) for old in dict.fromkeys(table.location) if old != NONE}
    columns: dict[str, list[int]] = {name: getattr(table, name).tolist() for name in _SLICES}
    columns["wait"] = [waits.get(i, NONE) for i in table.wait]
    columns["location"] = [places.get(i, NONE) for i in table.location]
    starts, ends = table.start_ns.tolist(), table.end_ns.tolist()
    written = {
        "task": deltas(table.task.tolist()),
        "gap_ns": [start - end for start, end in zip(starts, [0, *ends], strict=False)],
        "duration_ns": [end - start for start, end in zip(starts, ends, strict=True)],
    }
    written |= {name: column for name, column in columns.items() if set(column) - {_SLICES[name][2]}}
    return written, [table.waits[old] for old in waits]


def _read_slices(raw: object, waits: list[Wait], locations: Any) -> SliceTable:
    """Return the table; ``gap_ns`` is the distance from the end of the row before, mostly 0."""
    found = known_keys(raw, "slices", dict.fromkeys((*_REQUIRED, *_SLICES)))
    for name in _REQUIRED - found.keys():
        fail(f"slices.{name}", "is missing")
    table = SliceTable()
    table.task = array("q", undo_deltas(found["task"], "slices.task", None, 0, INT64))
    length = len(table.task)
    gaps = whole_numbers(found["gap_ns"], "slices.gap_ns", length)
    durations = whole_numbers(found["duration_ns"], "slices.duration_ns", length, low=0)
    ends = list(accumulate(map(sum, zip(gaps, durations, strict=True))))
    starts = [end - duration for end, duration in zip(ends, durations, strict=True)]
    table.start_ns = array("q", whole_numbers(starts, "slices.gap_ns"))
    table.end_ns = array("q", whole_numbers(ends, "slices.duration_ns"))
    for name, (low, high, default) in _SLICES.items():
        limit = {"wait": len(waits) - 1, "location": len(locations) - 1}.get(name, high)
        values = whole_numbers(found.get(name, [default] * length), f"slices.{name}", length, low, max(limit, default))
        setattr(table, name, array(getattr(table, name).typecode, values))
    _fill(table.wait_id, waits, "waits")
    _fill(table.location_id, locations, "locations")
    return table


def _fill(number: Callable[[Any], int], values: list[Any], where: str) -> None:
    for position, value in enumerate(values):
        if number(value) != position:
            fail(where, f"holds entry {position} twice")


def _parsed(text: str | bytes) -> dict[str, Any]:
    """Return the object; Python's parser reads more than JSON allows, and deeper than the stack holds."""
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        whole = json.loads(decoded, object_pairs_hook=_object, parse_float=_no_float, parse_constant=_no_float)
    except UnicodeDecodeError:
        fail("the file", "is not UTF-8 text")
    except json.JSONDecodeError as error:
        fail("the file", f"is not JSON, or is cut off, at character {error.pos}")
    except RecursionError:
        fail("the file", "is nested too deeply")
    except TraceFormatError:
        raise
    except ValueError:  # an integer with more digits than Python converts
        fail("the file", "holds a number of absurd length")
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        fail("the file", f"does not begin as one: its format is not {FORMAT!r}")
    return whole


def _schema(whole: dict[str, Any]) -> None:
    schema = whole.get("schema")
    if type(schema) is not int or schema < 1:
        fail("schema", "should be a whole number from 1")
    if schema > SCHEMA:
        message = f"the trace was written by a newer version (schema {schema}; this one reads up to {SCHEMA}): upgrade async_magics"
        raise TraceFormatError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        for key, _ in pairs:
            if found.pop(key, pairs) is pairs:
                fail("the file", f"has the key {key[:40]!r} twice")
    return found


def _no_float(text: str) -> NoReturn:
    fail("the file", f"holds {text[:40]}; all numbers of a trace are whole")


def _texts(raw: object, where: str) -> list[str]:
    if not isinstance(raw, list) or set(map(type, raw)) - {str}:
        fail(where, "should be text")
    return raw
