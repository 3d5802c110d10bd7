"""Spans and log records as OTLP messages, gathered by service."""

from collections.abc import Mapping
from functools import lru_cache

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span, Status

Value = str | int | float | bool
NS = 1_000_000_000
_SEVERITIES: dict[str, SeverityNumber.ValueType] = {
    "INFO": SeverityNumber.SEVERITY_NUMBER_INFO,
    "WARNING": SeverityNumber.SEVERITY_NUMBER_WARN,
    "ERROR": SeverityNumber.SEVERITY_NUMBER_ERROR,
}


@lru_cache(maxsize=8192)
def attribute(key: str, value: Value) -> KeyValue:
    """Return an attribute; `bool` is told from `int`."""
    if isinstance(value, bool):
        return KeyValue(key=key, value=AnyValue(bool_value=value))
    if isinstance(value, str):
        return KeyValue(key=key, value=AnyValue(string_value=value))
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    return KeyValue(key=key, value=AnyValue(double_value=value))


def attributes(values: Mapping[str, Value]) -> list[KeyValue]:
    """Return attributes."""
    return [attribute(key, value) for key, value in values.items()]


def resource(service: str, release: str, host: str, instance: str = "") -> Resource:
    """Return the resource the fleet's programs have."""
    return Resource(
        attributes=attributes(
            {
                "telemetry.sdk.language": "python",
                "telemetry.sdk.name": "opentelemetry",
                "service.name": service,
                "service.version": release,
                "service.instance.id": instance or f"{service}-1",
                "deployment.environment.name": "production",
                "host.name": host,
            }
        )
    )


class Spans:
    """Spans on their way into one request."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._begin()

    def _begin(self) -> None:
        self.count = 0
        self._request = ExportTraceServiceRequest()
        self._scopes: dict[tuple[str, str], ScopeSpans] = {}

    def add(
        self,
        service: tuple[str, str],
        name: str,
        kind: Span.SpanKind.ValueType,
        ids: tuple[int, int, int],
        times_s: tuple[float, float],
        values: Mapping[str, Value],
        *,
        error: str | None = None,
    ) -> Span:
        """Add a span; `ids` are its trace's, its own and its parent's (0 = none), `times_s` are start and duration."""
        if service not in self._scopes:
            within = self._request.resource_spans.add(resource=resource(*service, self._host))
            self._scopes[service] = within.scope_spans.add(scope=InstrumentationScope(name=service[0]))
        trace, own, parent = ids
        start_ns = int(times_s[0] * NS)
        span = self._scopes[service].spans.add(
            trace_id=trace.to_bytes(16, "big"),
            span_id=own.to_bytes(8, "big"),
            parent_span_id=parent.to_bytes(8, "big") if parent else b"",
            name=name,
            kind=kind,
            start_time_unix_nano=start_ns,
            end_time_unix_nano=start_ns + int(times_s[1] * NS),
            attributes=attributes(values),
        )
        if error is not None:
            span.status.code = Status.STATUS_CODE_ERROR
            span.status.message = error
        self.count += 1
        return span

    def take(self) -> bytes:
        """Return the request and begin another."""
        body = self._request.SerializeToString()
        self._begin()
        return body


class Logs:
    """Log records on their way into one request."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._begin()

    def _begin(self) -> None:
        self.count = 0
        self._request = ExportLogsServiceRequest()
        self._scopes: dict[tuple[str, str], ScopeLogs] = {}

    def add(
        self,
        service: tuple[str, str],
        severity: str,
        body: str,
        at_s: float,
        ids: tuple[int, int],
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Add a record; `ids` are those of the span it was written in."""
        if service not in self._scopes:
            within = self._request.resource_logs.add(resource=resource(*service, self._host))
            self._scopes[service] = within.scope_logs.add(scope=InstrumentationScope(name=service[0]))
        record: LogRecord = self._scopes[service].log_records.add(
            time_unix_nano=int(at_s * NS),
            observed_time_unix_nano=int(at_s * NS),
            severity_text=severity,
            severity_number=_SEVERITIES[severity],
            trace_id=ids[0].to_bytes(16, "big"),
            span_id=ids[1].to_bytes(8, "big"),
            attributes=attributes(values or {}),
        )
        record.body.string_value = body
        self.count += 1

    def take(self) -> bytes:
        """Return the request and begin another."""
        body = self._request.SerializeToString()
        self._begin()
        return body
