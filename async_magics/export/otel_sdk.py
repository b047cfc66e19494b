"""OpenTelemetry spans for an exporter that the user gives; where it sends them is the user's affair. Imports ``errors`` and ``otel``.

opentelemetry-sdk is imported when it is used. Nothing here is registered anywhere: the user's own tracing is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ExportError
from .otel import OtelSpan, resource, spans

if TYPE_CHECKING:
    from ..model import Trace


def export(trace: Trace, exporter: Any) -> int:
    """Give every span of a trace to an exporter; return how many there were.

    Args:
        trace: what happened.
        exporter: a ``SpanExporter`` of ``opentelemetry.sdk.trace.export``. It is not shut down.

    Raises:
        ExportError: opentelemetry-sdk is not installed, or the exporter says that it failed.
    """
    try:
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError:
        raise ExportError('OpenTelemetry spans need its SDK: pip install "async_magics[otel]"') from None
    found = readable(trace)
    result = exporter.export(found)
    if result is not SpanExportResult.SUCCESS:
        raise ExportError(f"{type(exporter).__name__} could not export the spans: it returned {result!r}")
    return len(found)


def readable(trace: Trace) -> list[Any]:
    """Return the spans as objects of the SDK, ``ReadableSpan``."""
    from opentelemetry.sdk.resources import Resource

    common = Resource(dict(resource(trace)))
    return [_readable(span, common) for span in spans(trace)]


def _readable(span: OtelSpan, common: Any) -> Any:
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import Link, SpanKind, Status, StatusCode

    return ReadableSpan(
        name=span.name,
        context=_context(span, span.span_id),
        parent=None if span.parent_id is None else _context(span, span.parent_id),
        resource=common,
        attributes=dict(span.attributes),
        events=[Event(event.name, dict(event.attributes), event.unix_ns) for event in span.events],
        links=[Link(_context(span, link.span_id), dict(link.attributes)) for link in span.links],
        kind=SpanKind.INTERNAL,
        status=Status() if span.error is None else Status(StatusCode.ERROR, span.error),
        start_time=span.start_unix_ns,
        end_time=span.end_unix_ns,
        instrumentation_scope=InstrumentationScope("async_magics"),
    )


def _context(span: OtelSpan, span_id: int) -> Any:
    from opentelemetry.trace import SpanContext, TraceFlags

    return SpanContext(span.trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
