"""The file for Perfetto keeps to the Trace Event Format: names, nesting, arrows, numbers, exact to the nanosecond."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from async_magics.export import perfetto
from async_magics.export.perfetto import PERFETTO, events
from async_magics.model import Cause, InstantKind, Trace, WaitKind
from async_magics.testing import TraceScript, line, ns
from async_magics.views.spec import ChartOptions
from tests.strategies import traces

Event = dict[str, Any]
Place = tuple[int, int]


def nanoseconds(event: Event, key: str = "ts") -> int:
    """Return a time of the file, which is in microseconds; nothing may be lost in it."""
    found = round(event[key] * 1000)
    assert found / 1000 == event[key]
    return found


def place(event: Event) -> Place:
    return event["pid"], event["tid"]


def of_kind(found: list[Event], kind: str) -> list[Event]:
    return [event for event in found if event["ph"] == kind]


def validate(found: list[Event]) -> None:
    """Check what Perfetto and Chrome ask of a file, and more: nesting without overlaps, arrows that stand on slices."""
    assert {event["ph"] for event in found} <= set("MXsfiC")
    body = [event for event in found if event["ph"] != "M"]
    assert found[: len(found) - len(body)] == of_kind(found, "M"), "metadata comes first"
    assert [nanoseconds(event) for event in body] == sorted(nanoseconds(event) for event in body)
    assert all(event["ts"] >= 0 and event["name"] for event in body)
    named = {place(event) for event in of_kind(found, "M") if event["name"] == "thread_name"}
    assert len({tid for _, tid in named}) == len(named), "thread ids are unique in the whole file"
    assert {place(event) for event in of_kind(found, "X")} <= named
    assert {event["pid"] for event in body} <= {event["pid"] for event in of_kind(found, "M") if event["name"] == "process_name"}
    assert all(event["args"]["name"] for event in of_kind(found, "M") if event["name"].endswith("_name"))
    slices = nested(of_kind(found, "X"))
    starts, ends = of_kind(found, "s"), of_kind(found, "f")
    assert Counter(event["id"] for event in starts) == Counter(event["id"] for event in ends) == Counter(range(1, len(starts) + 1))
    order = {id(event): position for position, event in enumerate(found)}
    for start, end in zip(sorted(starts, key=lambda e: e["id"]), sorted(ends, key=lambda e: e["id"]), strict=True):
        assert order[id(start)] < order[id(end)] and (start["name"], start["cat"]) == (end["name"], end["cat"])
        assert end["bp"] == "e"
        for point in (start, end):
            moment = nanoseconds(point)
            assert any(begin <= moment < stop for begin, stop in slices[place(point)]), f"{point} stands on no slice"


def nested(slices: list[Event]) -> dict[Place, list[tuple[int, int]]]:
    """Check that slices of a track, in the order of the file, lie inside each other or apart; return them by track."""
    by_track: defaultdict[Place, list[tuple[int, int]]] = defaultdict(list)
    for event in slices:
        by_track[place(event)].append((nanoseconds(event), nanoseconds(event) + nanoseconds(event, "dur")))
    for track in by_track.values():
        around: list[int] = []
        for start, end in track:
            while around and around[-1] <= start:
                around.pop()
            assert start <= end and (not around or end <= around[-1]), "slices lap over each other"
            around.append(end)
    return by_track


@given(traces())
@settings(max_examples=200)
def test_any_trace_gives_a_valid_file(trace: Trace) -> None:
    found = events(trace)
    validate(found)
    edges = Counter((edge.kind.value, edge.start_ns, max(edge.start_ns, edge.end_ns)) for edge in trace.edges())
    ends = {event["id"]: nanoseconds(event) for event in of_kind(found, "f")}
    assert Counter((event["name"], nanoseconds(event), ends[event["id"]]) for event in of_kind(found, "s")) == edges
    states = [event for event in of_kind(found, "X") if event["cat"] in ("running", "ready", "waiting")]
    assert Counter(map(nanoseconds, states)) == Counter(trace.slices.start_ns)
    assert len(of_kind(found, "i")) == len(trace.instants) + len(trace.notes)
    assert len([event for event in of_kind(found, "X") if event["cat"] == "span"]) == len(trace.spans)
    assert all(min(event["args"].values()) >= 0 for event in of_kind(found, "C"))


@pytest.fixture
def trace() -> Trace:
    script = TraceScript("demo")
    process = script.process("worker", "crunch", "9", at=0.5, begin=0.75, pid=4712)
    a = script.task("Task-1", "fetch", "1")
    b = script.task("Task-2", "fetch", "2", at=0.125, parent=a)
    script.running(a, 0, 0.25)
    script.waiting(a, 0.25, 1, WaitKind.TASK, targets=(b,), chain=(line(7, "await b"),))
    script.running(a, 1, 1.5, cause=Cause.TASK, waker=b, cpu_ns=ns(0.5))
    script.ready(b, 0.125, 0.25, Cause.TASK, waker=a, location=line(3))
    script.running(b, 0.25, 0.875)
    script.running(process, 0.75, 1.25)
    script.end(b, 0.875)
    script.end(a, 1.5)
    script.end(process, 1.25)
    script.span("load", b, 0.3, 0.6)
    script.span("parse", b, 0.5, 0.8)
    script.span("inner", b, 0.55, 0.7)
    script.instant(InstantKind.MARK, 0.4, task=b, text="half")
    script.note("look", 0.5, a)
    return script.trace(cell_end=2.0)


def test_every_task_has_a_named_track_under_its_process(trace: Trace) -> None:
    names = {event["tid"]: event["args"]["name"] for event in of_kind(events(trace), "M") if event["name"] == "thread_name"}
    assert list(names.values()) == ["cell", "worker crunch(9)", "Task-1 fetch(1)", "Task-2 fetch(2)", "spans of Task-2", "spans of Task-2"]
    pids = {event["pid"]: event["args"]["name"] for event in of_kind(events(trace), "M") if event["name"] == "process_name"}
    assert pids == {1: "python", 4712: "worker"}
    assert [event["pid"] for event in of_kind(events(trace), "X") if event["name"] == "crunch(9)"] == [4712]
    assert min(names) > max(pids), "no task may be taken for a process's main thread"


def test_states_say_what_for_who_and_where(trace: Trace) -> None:
    told = {(event["name"], event["ts"]): event["args"] for event in of_kind(events(trace), "X")}
    assert told["Task-2", 250_000] == {"wait": "Task-2", "line": "cell:7", "code": "await b"}
    assert told["ready", 125_000] == {"waker": "Task-1", "cause": "task", "line": "cell:3"}
    assert told["running", 1_000_000] == {"waker": "Task-2", "cause": "task", "cpu µs": 500_000.0}


def test_an_arrow_to_a_task_that_is_over_gets_something_to_stand_on(trace: Trace) -> None:
    stubs = [event for event in of_kind(events(trace), "X") if event["cat"] == "edge"]
    assert [(event["name"], event["ts"], event["dur"]) for event in stubs] == [("await", 1_000_000, 0.001)]


def test_spans_that_lap_over_each_other_stand_on_two_tracks(trace: Trace) -> None:
    tracks = {event["name"]: event["tid"] for event in of_kind(events(trace), "X") if event["cat"] == "span"}
    assert tracks["load"] != tracks["parse"] == tracks["inner"]


def test_where_a_span_stands_is_found_without_looking_at_other_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    script, looked = TraceScript(), []
    for number in range(50):
        script.span("load", script.task(f"t{number}"), 0.0, 1.0)
    stock = perfetto._row_for
    monkeypatch.setattr(perfetto, "_row_for", lambda rows, *rest: looked.append(len(rows)) or stock(rows, *rest))
    assert len([event for event in of_kind(events(script.trace()), "X") if event["cat"] == "span"]) == 50
    assert looked == [0] * 50


def test_counters_tell_how_many_were_in_each_state(trace: Trace) -> None:
    counted = [(event["ts"], *event["args"].values()) for event in of_kind(events(trace), "C") if event["name"] == "tasks"]
    assert counted == [
        (0.0, 1, 0, 0), (125_000.0, 1, 1, 0), (250_000.0, 1, 0, 1), (500_000.0, 1, 1, 1), (750_000.0, 2, 0, 1),
        (875_000.0, 1, 0, 1), (1_000_000.0, 2, 0, 0), (1_250_000.0, 1, 0, 0), (1_500_000.0, 0, 0, 0),
    ]  # fmt: skip


def test_two_processes_of_one_number_are_told_apart(tmp_path: Path) -> None:
    script = TraceScript()
    for _ in range(2):
        script.running(script.process("child", pid=7), 0, 1)
    found = [event for event in of_kind(events(script.trace()), "M") if event["name"] == "process_name"]
    assert len({event["pid"] for event in found}) == 3


def test_the_file_is_one_json_object_with_an_event_a_line(trace: Trace, tmp_path: Path) -> None:
    PERFETTO.write(trace, tmp_path / "t", ChartOptions())
    text = (tmp_path / "t").read_text(encoding="ascii")
    whole = json.loads(text)
    assert whole["traceEvents"] == events(trace)
    assert whole["displayTimeUnit"] == "ns" and whole["otherData"]["name"] == "demo"
    assert text.count("\n") == len(whole["traceEvents"]) + 2
