"""OpenTelemetry: a span for each task, under who created it; the file as the protocol wants it, the SDK's objects alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from async_magics.clock import ClockAnchor
from async_magics.errors import ExportError
from async_magics.export.otel import MOST, spans
from async_magics.export.otlp import OTLP, request
from async_magics.model import Cause, InstantKind, Outcome, Trace, WaitKind
from async_magics.recorded import Recorded
from async_magics.testing import TraceScript, line, ns
from async_magics.views.spec import ChartOptions
from tests.strategies import traces

BEGAN = 1_700_000_000_000_000_000


@pytest.fixture
def trace() -> Trace:
    script = TraceScript("lunch")
    a = script.task("Task-1", "main", "", defined_at=line(2, function="main"))
    b = script.task("Task-2", "cook", "'soup'", at=0.5, parent=a, created_at=line(5))
    script.running(a, 0, 0.5)
    script.waiting(a, 0.5, 2, WaitKind.TASK, targets=(b,))
    script.running(a, 2, 2.5, cause=Cause.TASK, waker=b)
    script.ready(b, 0.5, 1, Cause.TASK, waker=a)
    script.running(b, 1, 2)
    script.end(b, 2, Outcome.RAISED, "ValueError", "too hot")
    script.end(a, 2.5)
    script.span("stir", b, 1.25, 1.5)
    script.instant(InstantKind.MARK, 1.5, task=b, text="salt")
    script.note("smells good", 1.75, b)
    return script.trace(cell_end=3, anchor=ClockAnchor(mono_ns=5, wall_ns=BEGAN))


def told(found: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as a dictionary."""
    return {each["key"]: next(iter(each["value"].values())) for each in found["attributes"]}


def written(trace: Trace, folder: Path) -> dict[str, dict[str, Any]]:
    OTLP.write(trace, folder / "t", ChartOptions())
    whole = json.loads((folder / "t").read_text(encoding="ascii"))
    assert set(whole) == {"resourceSpans"}
    return {span["name"]: span for span in whole["resourceSpans"][0]["scopeSpans"][0]["spans"]}


def test_spans_hang_under_their_creators(trace: Trace, tmp_path: Path) -> None:
    found = written(trace, tmp_path)
    assert list(found) == ["cell", "main()", "cook('soup')", "stir"]
    assert "parentSpanId" not in found["cell"]
    above = {name: found[name]["parentSpanId"] for name in ("main()", "cook('soup')", "stir")}
    assert above == {"main()": found["cell"]["spanId"], "cook('soup')": found["main()"]["spanId"], "stir": found["cook('soup')"]["spanId"]}
    assert len({span["traceId"] for span in found.values()}) == 1


def test_ids_and_times_are_as_the_protocol_wants_them(trace: Trace, tmp_path: Path) -> None:
    for span in written(trace, tmp_path).values():
        assert len(span["traceId"]) == 32 and len(span["spanId"]) == 16 and int(span["traceId"], 16) and int(span["spanId"], 16)
        assert isinstance(span["startTimeUnixNano"], str) and int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert span["kind"] == 1
    cook = written(trace, tmp_path)["cook('soup')"]
    assert (int(cook["startTimeUnixNano"]), int(cook["endTimeUnixNano"])) == (BEGAN + ns(0.5), BEGAN + ns(2))


def test_a_failure_is_a_status_and_an_event(trace: Trace, tmp_path: Path) -> None:
    cook = written(trace, tmp_path)["cook('soup')"]
    assert cook["status"] == {"code": 2, "message": "too hot"}
    assert [(event["name"], told(event)) for event in cook["events"]] == [
        ("mark", {"async_magics.text": "salt"}),
        ("note", {"async_magics.text": "smells good"}),
        ("exception", {"exception.type": "ValueError", "exception.message": "too hot"}),
    ]
    assert written(trace, tmp_path)["main()"]["status"] == {}


def test_links_tell_who_awaited_and_who_woke(trace: Trace, tmp_path: Path) -> None:
    found = written(trace, tmp_path)
    links = {name: [(told(link)["async_magics.edge"], link["spanId"]) for link in found[name].get("links", ())] for name in found}
    assert links["main()"] == [("await", found["cook('soup')"]["spanId"])]
    assert links["cook('soup')"] == [("wake", found["main()"]["spanId"])]


def test_attributes_have_the_conventions_names(trace: Trace, tmp_path: Path) -> None:
    attributes = told(written(trace, tmp_path)["main()"])
    assert attributes["code.function.name"] == "main"
    assert (attributes["code.file.path"], attributes["code.line.number"]) == ("cell", "2")
    assert (attributes["process.pid"], attributes["thread.id"], attributes["thread.name"]) == ("1", "1", "MainThread")
    assert attributes["async_magics.waiting_s"] == 1.5


def test_the_same_trace_gives_the_same_spans_and_another_one_others(trace: Trace) -> None:
    assert request(trace) == request(trace)
    other = TraceScript("lunch").trace()
    assert next(spans(trace)).trace_id != next(spans(other)).trace_id


def test_links_are_bounded_and_the_others_counted(tmp_path: Path) -> None:
    script = TraceScript()
    a, b = script.task("a", "main"), script.task("b", "other")
    for number in range(MOST + 5):
        script.waiting(a, number, number + 1, WaitKind.TASK, targets=(b,))
    found = written(script.trace(), tmp_path)["main"]
    assert (len(found["links"]), found["droppedLinksCount"]) == (MOST, 5)


@given(traces(max_tasks=3))
@settings(max_examples=50)
def test_any_trace_can_be_written(trace: Trace) -> None:
    found = [span for each in request(trace)["resourceSpans"] for scope in each["scopeSpans"] for span in scope["spans"]]
    assert len(found) == len(trace.tasks) + len(trace.spans)
    ids = {span["spanId"] for span in found}
    assert len(ids) == len(found) and {span.get("parentSpanId") for span in found} <= ids | {None}
    assert json.dumps(found, allow_nan=False)


def test_the_sdk_gets_the_same(trace: Trace) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    assert Recorded(trace).to_opentelemetry(exporter) == 4
    got, plain = exporter.get_finished_spans(), list(spans(trace))
    assert [span.name for span in got] == [span.name for span in plain]
    for span, wanted in zip(got, plain, strict=True):
        assert (span.context.trace_id, span.context.span_id) == (wanted.trace_id, wanted.span_id)
        assert (span.start_time, span.end_time) == (wanted.start_unix_ns, wanted.end_unix_ns)
        assert dict(span.attributes or {}) == dict(wanted.attributes)
        assert [event.name for event in span.events] == [event.name for event in wanted.events]
        assert [link.context.span_id for link in span.links] == [link.span_id for link in wanted.links]
        assert span.status.is_ok == (wanted.error is None)
        assert json.loads(span.to_json())["name"] == wanted.name


def test_an_exporter_that_fails_is_one_clear_line(trace: Trace) -> None:
    export = pytest.importorskip("opentelemetry.sdk.trace.export")

    class Refuses(export.SpanExporter):  # type: ignore[name-defined,misc]
        def export(self, spans: Any) -> Any:
            return export.SpanExportResult.FAILURE

    with pytest.raises(ExportError, match="Refuses could not export the spans"):
        Recorded(trace).to_opentelemetry(Refuses())


def test_without_the_sdk_one_line_says_what_to_install(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    with pytest.raises(ExportError, match=r'pip install "async_magics\[otel\]"'):
        Recorded(trace).to_opentelemetry(object())
