"""Transactions of the Sentry protocol as spans of `otel_traces`, in the words of OpenTelemetry.

Source: https://develop.sentry.dev/sdk/data-model/event-payloads/transaction/ and …/span/.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from vedette.ingest.arrival import Arrival, Refused
from vedette.ingest.leniency import Trimmer, time_ns
from vedette.ingest.sentry.events import hex_id, service_of, tags_of
from vedette.storage.telemetry.writer import Decoded

MOST_SPANS = 5000
_TEXT = pa.string()
_MAP = pa.map_(_TEXT, _TEXT)
SCHEMA = pa.schema(
    [
        ("Project", pa.uint32()),
        ("Timestamp", pa.timestamp("ns", "UTC")),
        ("TraceId", _TEXT),
        ("SpanId", _TEXT),
        ("ParentSpanId", _TEXT),
        ("SpanName", _TEXT),
        ("SpanKind", _TEXT),
        ("ServiceName", _TEXT),
        ("ResourceAttributes", _MAP),
        ("ScopeName", _TEXT),
        ("ScopeVersion", _TEXT),
        ("SpanAttributes", _MAP),
        ("Duration", pa.uint64()),
        ("StatusCode", _TEXT),
        ("StatusMessage", _TEXT),
    ]
)
Span = tuple[Any, ...]

_KINDS = (
    ("http.server", "Server"),
    ("websocket.server", "Server"),
    ("rpc.server", "Server"),
    ("grpc.server", "Server"),
    ("queue.process", "Consumer"),
    ("queue.task", "Consumer"),
    ("queue.publish", "Producer"),
    ("queue.submit", "Producer"),
    ("http.client", "Client"),
    ("grpc.client", "Client"),
    ("rpc", "Client"),
    ("db", "Client"),
    ("cache", "Client"),
)
# A server did its work when the caller asked for the impossible; whoever called sees a failure.
_CALLERS_FAULT = {
    "already_exists",
    "cancelled",
    "failed_precondition",
    "invalid_argument",
    "not_found",
    "out_of_range",
    "permission_denied",
    "unauthenticated",
}


def spans_of(transaction: Mapping[str, Any], arrival: Arrival) -> tuple[list[Span], int]:
    """Return the spans of a transaction, its root first, and how many values were cut; raises Refused."""
    trim = Trimmer()
    trace = _mapping(_mapping(transaction.get("contexts")).get("trace"))
    trace_id, root_id = hex_id(trace.get("trace_id"), 32), hex_id(trace.get("span_id"), 16)
    if not trace_id or not root_id:
        raise Refused("no_trace_id", "a transaction needs contexts.trace.trace_id and span_id")
    arrival.time_of(transaction.get("timestamp"), "traces")
    resource, service = _resource(transaction, arrival, trim)
    sdk = _mapping(transaction.get("sdk"))
    scope = (trim.name(sdk.get("name")), trim.name(sdk.get("version")))
    root = trace | {
        "data": _of_request(transaction) | _mapping(trace.get("data")),
        "start_timestamp": transaction.get("start_timestamp"),
        "timestamp": transaction.get("timestamp"),
        "tags": tags_of(transaction, arrival, trim),
    }
    name = trim.text(transaction.get("transaction"), 500) or trim.name(trace.get("op")) or "<unnamed>"
    common = (arrival, trim, trace_id, service, resource, scope)
    found = [_span(root, name, *common)]
    children = transaction.get("spans")
    for child in children if isinstance(children, list) else ():
        if not isinstance(child, Mapping) or not hex_id(child.get("span_id"), 16) or len(found) >= MOST_SPANS:
            trim.cuts += 1
            continue
        label = trim.text(child.get("description"), 500) or trim.name(child.get("op")) or "<unnamed>"
        found.append(_span(child, label, *common))
    return found, trim.cuts


def size_of(spans: Sequence[Span]) -> int:
    """About how much memory spans take while they wait."""
    return sum(400 + sum(len(key) + len(value) for key, value in span[11]) for span in spans)


class _SpanRows:
    """Spans of many requests become one table."""

    def decode(self, units: Sequence[Sequence[Span]]) -> Decoded[None]:
        columns = zip(*(span for unit in units for span in unit), strict=True)
        arrays = [pa.array(list(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)]
        return Decoded({"otel_traces": pa.Table.from_arrays(arrays, schema=SCHEMA)}, [None] * len(units))


SPAN_ROWS = _SpanRows()


def _span(
    span: Mapping[str, Any],
    name: str,
    arrival: Arrival,
    trim: Trimmer,
    trace_id: str,
    service: str,
    resource: list[tuple[str, str]],
    scope: tuple[str, str],
) -> Span:
    end = time_ns(span.get("timestamp")) or arrival.received_ns
    start = min(time_ns(span.get("start_timestamp")) or end, end)
    op, status = trim.name(span.get("op")), trim.name(span.get("status"))
    kind = next((kind for prefix, kind in _KINDS if op.startswith(prefix)), "Internal")
    return (
        int(arrival.project),
        start,
        hex_id(span.get("trace_id"), 32) or trace_id,
        hex_id(span.get("span_id"), 16),
        hex_id(span.get("parent_span_id"), 16),
        name,
        kind,
        service,
        resource,
        *scope,
        list(_attributes(span, op, arrival, trim)),
        end - start,
        _status_code(status, kind),
        "" if status == "ok" else status,
    )


def _attributes(span: Mapping[str, Any], op: str, arrival: Arrival, trim: Trimmer) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    given = {"sentry.op": op, "sentry.origin": span.get("origin"), "sentry.description": span.get("description")}
    for source in (given, _mapping(span.get("tags")), _mapping(span.get("data"))):
        for key, value in source.items():
            if value is None or value == "":
                continue
            if len(found) >= arrival.admission.max_attributes:
                trim.cuts += 1
                continue
            found[trim.name(key)] = trim.text(value, 4000)
    yield from found.items()


def _of_request(transaction: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a transaction says of its HTTP request, in the words of OpenTelemetry."""
    request = _mapping(transaction.get("request"))
    response = _mapping(_mapping(transaction.get("contexts")).get("response"))
    return {
        "http.request.method": request.get("method"),
        "url.full": request.get("url"),
        "http.response.status_code": response.get("status_code"),
        "user.id": _mapping(transaction.get("user")).get("id"),
    }


def _status_code(status: str, kind: str) -> str:
    if status in {"", "unknown"}:
        return "Unset"
    if status == "ok":
        return "Ok"
    return "Unset" if kind == "Server" and status in _CALLERS_FAULT else "Error"


def _resource(event: Mapping[str, Any], arrival: Arrival, trim: Trimmer) -> tuple[list[tuple[str, str]], str]:
    release = trim.name(event.get("release"))
    service = service_of(event, tags_of(event, arrival, Trimmer()), release, trim) or "unknown_service"
    given = {
        "service.name": service,
        "service.version": release,
        "deployment.environment.name": trim.name(event.get("environment")),
        "host.name": trim.name(event.get("server_name")),
        "telemetry.sdk.name": trim.name(_mapping(event.get("sdk")).get("name")),
        "telemetry.sdk.version": trim.name(_mapping(event.get("sdk")).get("version")),
    }
    return [(name, value) for name, value in given.items() if value], service


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
