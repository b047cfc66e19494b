"""OpenTelemetry spans as a file: one ``ExportTraceServiceRequest`` in OTLP/JSON, as collectors and back ends read it.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hexadecimal, 64-bit numbers as text, enumerations as numbers.
Needs nothing but the standard library. Imports ``otel``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .otel import Event, Link, OtelSpan, Value, resource, spans

if TYPE_CHECKING:
    from pathlib import Path

    from ..model import Trace
    from ..views.spec import ChartOptions

_INTERNAL: Final = 1
"""SPAN_KIND_INTERNAL."""
_ERROR: Final = 2
"""STATUS_CODE_ERROR; 0, which is left out, says nothing."""


@dataclass(frozen=True, slots=True)
class OtlpExporter:
    """Writes one line of ASCII, as the file exporter of OpenTelemetry's collector does."""

    suffixes: tuple[str, ...] = (".otlp.json",)

    def write(self, trace: Trace, target: Path, options: ChartOptions) -> None:
        """Write the file."""
        target.write_bytes(json.dumps(request(trace), separators=(",", ":")).encode("ascii") + b"\n")


OTLP: Final = OtlpExporter()


def request(trace: Trace) -> dict[str, Any]:
    """Return the whole message."""
    told = [_span(span) for span in spans(trace)]
    scoped = {"scope": {"name": "async_magics"}, "spans": told}
    return {"resourceSpans": [{"resource": {"attributes": _attributes(resource(trace))}, "scopeSpans": [scoped]}]}


def _span(span: OtelSpan) -> dict[str, Any]:
    found = {
        "traceId": f"{span.trace_id:032x}",
        "spanId": f"{span.span_id:016x}",
        "parentSpanId": "" if span.parent_id is None else f"{span.parent_id:016x}",
        "name": span.name,
        "kind": _INTERNAL,
        "startTimeUnixNano": str(span.start_unix_ns),
        "endTimeUnixNano": str(span.end_unix_ns),
        "attributes": _attributes(span.attributes),
        "events": [_event(event) for event in span.events],
        "droppedEventsCount": span.dropped_events,
        "links": [_link(span, link) for link in span.links],
        "droppedLinksCount": span.dropped_links,
        "status": {} if span.error is None else {"code": _ERROR, "message": span.error},
    }
    return {key: value for key, value in found.items() if value or key == "status"}


def _event(event: Event) -> dict[str, Any]:
    return {"timeUnixNano": str(event.unix_ns), "name": event.name, "attributes": _attributes(event.attributes)}


def _link(span: OtelSpan, link: Link) -> dict[str, Any]:
    return {"traceId": f"{span.trace_id:032x}", "spanId": f"{link.span_id:016x}", "attributes": _attributes(link.attributes)}


def _attributes(told: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in told.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
