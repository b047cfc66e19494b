"""The file format: a round trip changes nothing, and every damaged or hostile file is refused in one line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from async_magics.errors import TraceFormatError
from async_magics.model import Cause, Location, SliceTable, State, Task, Trace, Wait, WaitKind, codec
from async_magics.model.check import check
from async_magics.model.codec import from_json, to_json
from async_magics.model.words import InstantKind
from async_magics.testing import TraceScript, line, ns
from tests.strategies import traces

Change = Callable[[dict[str, Any]], Any]


def demo() -> Trace:
    """Return a small trace in which every table has a row."""
    script = TraceScript("demo", title="Обед", source="await main()")
    a = script.task("Task-1", "fetch", "1", created_at=line(3, "create_task(fetch(1))"))
    b = script.task("Task-2", "fetch", "2", parent=a, at=0.1)
    script.ready(a, 0.0, 0.1)
    script.running(a, 0.1, 0.2)
    script.waiting(a, 0.2, 1.0, WaitKind.TASK, targets=(b,), chain=(line(4), line(5)))
    script.ready(a, 1.0, 1.1, Cause.TASK, waker=b, location=line(9))
    script.running(b, 0.2, 0.3)
    script.end(b, 1.0)
    script.instant(InstantKind.CANCEL_REQUESTED, 0.5, task=b, by=a)
    return script.trace(cell_end=2.0)


@given(traces())
@settings(max_examples=100, deadline=None)
def test_round_trip_changes_nothing(trace: Trace) -> None:
    text = to_json(trace)
    check(trace)
    assert from_json(text) == trace
    assert to_json(from_json(text)) == text
    assert text.isascii() and "\n" not in text


def test_every_field_of_the_model_is_written() -> None:
    for table in (codec.LOCATIONS, codec.TRACKS, codec.TASKS, codec.WAITS, codec.INSTANTS):
        assert [item.name for item in fields(table.kind) if item.name != "id"] == list(table.columns)  # type: ignore[arg-type]
    assert {item.name for item in fields(Trace)} <= codec._KEYS.keys()


def test_files_from_before_there_were_notes_are_read() -> None:
    trace = replace(demo(), spans=(), notes=(), runs_ns=())
    old = {key: value for key, value in json.loads(to_json(trace)).items() if key not in ("spans", "notes", "runs_ns")}
    assert from_json(json.dumps(old)) == trace


def test_equal_traces_give_equal_text_whatever_their_tables_hold() -> None:
    trace = demo()
    other = SliceTable()
    other.wait_id(Wait(kind=WaitKind.SLEEP))
    other.location_id(Location(file="unused", line=1, function="f"))
    for item in trace.slices:
        other.append(item)
    assert to_json(replace(trace, slices=other)) == to_json(trace)


def test_bytes_with_a_mark_of_their_order_are_read() -> None:
    assert from_json(b"\xef\xbb\xbf" + to_json(demo()).encode()) == demo()


def put(*path: Any) -> Change:
    """Return a change that sets the thing at a path (keys and positions) to the last argument."""
    *way, last, value = path

    def change(whole: dict[str, Any]) -> None:
        target: Any = whole
        for step in way:
            target = target[step]
        target[last] = value

    return change


def remove(key: str, table: str | None = None) -> Change:
    """Return a change that removes a key."""
    return lambda whole: (whole if table is None else whole[table]).pop(key)


DAMAGE: dict[str, tuple[Change, str]] = {
    "another format": (put("format", "chrome"), "format"),
    "schema of the future": (put("schema", 99), "newer version .schema 99"),
    "schema nonsense": (put("schema", "1"), "schema"),
    "schema true": (put("schema", True), "schema"),
    "missing key": (remove("end_ns"), "end_ns is missing"),
    "unknown key": (put("extra", 1), "unknown key 'extra'"),
    "missing column": (remove("name", "tasks"), "tasks.name is missing"),
    "unknown column": (put("tasks", "__class__", [1]), "unknown key"),
    "missing slices": (remove("task", "slices"), "slices.task is missing"),
    "name is a number": (put("name", 5), "name should be text"),
    "title is null": (put("title", None), "title"),
    "end is a text": (put("end_ns", "1"), "end_ns should hold whole numbers"),
    "end is true": (put("end_ns", True), "end_ns"),
    "end is negative": (put("end_ns", -1), "end_ns"),
    "anchor of three": (put("anchor", [1, 2, 3]), "anchor has 3"),
    "problems of numbers": (put("problems", [1]), "problems"),
    "texts of lists": (put("texts", [["a"]]), "texts"),
    "lists of texts": (put("lists", [["a"]]), "lists"),
    "lists is an object": (put("lists", {}), "lists"),
    "tasks is a list": (put("tasks", []), "tasks should be an object"),
    "column is an object": (put("tasks", "name", {}), "tasks.name should be a list"),
    "columns of unequal length": (put("tasks", "name", [0]), "tasks.name has 1 entries, not 3"),
    "text that does not exist": (put("tasks", "name", 0, 999), "tasks.name"),
    "negative text": (put("tasks", "name", 0, -1), "tasks.name"),
    "kind that does not exist": (put("tasks", "kind", 0, 3), "tasks.kind holds"),
    "parent that does not exist": (put("tasks", "parent", 1, 7), "tasks.parent"),
    "parent in a circle": (put("tasks", "parent", 0, 2), "circle"),
    "own parent": (put("tasks", "parent", 0, 0), "circle"),
    "track that does not exist": (put("tasks", "track", 0, 9), "tasks.track"),
    "flag of two": (put("tasks", "older", [0, 2, 0]), "tasks.older"),
    "flag true": (put("tasks", "older", [False, True, False]), "tasks.older"),
    "fraction": (put("tasks", "created_ns", 0, 0.5), "whole"),
    "line that does not exist": (put("tasks", "created_at", 1, 99), "tasks.created_at"),
    "ended before it was created": (put("tasks", "ended_ns", 2, 5), "before it was created"),
    "state that does not exist": (put("slices", "state", 0, 3), "slices.state"),
    "negative length": (put("slices", "duration_ns", 0, -5), "slices.duration_ns"),
    "slice before the beginning": (put("slices", "gap_ns", 0, -5), "outside"),
    "slice after the end": (put("slices", "duration_ns", 4, 10**15), "outside"),
    "overlap": (put("slices", "gap_ns", 1, -5), "overlap"),
    "task out of order": (put("slices", "task", [2, -1, 0, 0, 0]), "out of order"),
    "slice of nobody": (put("slices", "task", 4, 40), "slices.task"),
    "negative task": (put("slices", "task", 0, -1), "slices.task"),
    "waker that does not exist": (put("slices", "waker", 0, 3), "slices.waker"),
    "wait that does not exist": (put("slices", "wait", 2, 1), "slices.wait"),
    "wait of a running task": (put("slices", "wait", 1, 0), "does not wait"),
    "too large": (put("slices", "gap_ns", 0, 2**63), "slices.gap_ns"),
    "far too large": (put("slices", "gap_ns", 0, 10**400), "slices.gap_ns"),
    "same line twice": (lambda whole: [column.append(column[0]) for column in whole["locations"].values()], "twice"),
    "wait for nobody": (put("lists", 0, [7]), "targets"),
    "chain through no line": (put("lists", 1, [99]), "waits.chain"),
    "instant of nobody": (put("instants", "task", 0, 9), "instants.task"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_named_in_one_line(case: str) -> None:
    change, message = DAMAGE[case]
    whole = json.loads(to_json(demo()))
    before = json.dumps(whole)
    change(whole)
    assert json.dumps(whole) != before
    with pytest.raises(TraceFormatError, match=message) as caught:
        from_json(json.dumps(whole))
    assert "\n" not in str(caught.value)


HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "not JSON": "<html>",
    "a list": "[]",
    "a number": "1",
    "deep lists": "[" * 200_000,
    "deep objects": '{"a":' * 200_000 + "1" + "}" * 200_000,
    "not a number": '{"format": NaN}',
    "infinity": '{"format": -Infinity}',
    "twice": '{"format":"async_magics trace","format":"async_magics trace"}',
    "ten thousand digits": '{"format":' + "9" * 10_000 + "}",
    "not UTF-8": b"\xff\xfe\x00",
    "NUL": "\0",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_is_refused_in_one_line(case: str) -> None:
    with pytest.raises(TraceFormatError) as caught:
        from_json(HOSTILE[case])
    assert "\n" not in str(caught.value)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_file_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    text = to_json(demo())
    with pytest.raises(TraceFormatError):
        from_json(text[: data.draw(st.integers(0, len(text) - 1))])


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_value_anywhere_gives_a_trace_or_the_one_error(data: st.DataObject) -> None:
    whole = json.loads(to_json(demo()))
    key = data.draw(st.sampled_from([key for key in whole if key not in ("format", "schema")]))
    target = whole
    if isinstance(whole[key], dict) and data.draw(st.booleans()):
        target, key = whole[key], data.draw(st.sampled_from(list(whole[key])))
    if isinstance(target[key], list) and target[key] and data.draw(st.booleans()):
        target, key = target[key], data.draw(st.integers(0, len(target[key]) - 1))
    target[key] = data.draw(JSON)
    try:
        check(from_json(json.dumps(whole)))
    except TraceFormatError as error:
        assert "\n" not in str(error)


def big(rows: int, tasks: int = 1000) -> Trace:
    """Return a trace in which no two durations or deadlines are alike, which is the worst case."""
    table = SliceTable()
    now, owners = 0, rows // tasks
    for task in range(tasks):
        for row in range(owners):
            start, now = now, now + 1_000_003 + (task * 7919 + row * 104_729) % 999_983
            wait = Wait(kind=WaitKind.WAIT_FOR, delay_ns=ns(1), deadline_ns=now * 3, chain=(line(1), line(2)))
            state = State(row % 3)
            table.add(
                task, start, now, state, wait=table.wait_id(wait) if state is State.WAITING else -1,
                cause=row % 7, waker=(task * 31) % tasks, cpu_ns=now % 99_991,
            )  # fmt: skip
    owner = Task(id=0, kind=codec.TaskKind.ASYNCIO, name="Task-1", function="work", arguments="1", created_ns=5)
    return Trace(name="big", slices=table, end_ns=now, tasks=tuple(replace(owner, id=i, name=f"Task-{i}") for i in range(tasks)))


def test_two_hundred_thousand_slices_stay_small_and_load_fast() -> None:
    trace = big(200_000)
    text = to_json(trace)
    assert len(text) < 10_000_000
    before = time.process_time()
    loaded = from_json(text)
    spent = time.process_time() - before
    assert len(loaded.slices) == 200_000
    assert loaded.slices.start_ns == trace.slices.start_ns and loaded.slices.waits == trace.slices.waits
    assert spent < 2.0
