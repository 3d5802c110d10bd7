"""OTLP requests as tests send them."""

import time
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}


def traces(*names: str, trace_id: bytes = b"t" * 16, **changes: Any) -> ExportTraceServiceRequest:
    """Spans of one trace, the first of them its root; `changes` are set on every span."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    attribute = resource.resource.attributes.add(key="service.name")
    attribute.value.string_value = "shop"
    spans = resource.scope_spans.add().spans
    now = time.time_ns()
    for place, name in enumerate(names):
        span = spans.add(
            trace_id=trace_id,
            span_id=bytes([place + 1]) * 8,
            parent_span_id=bytes([1]) * 8 if place else b"",
            name=name,
            kind=2,
            start_time_unix_nano=now,
            end_time_unix_nano=now + 5_000_000,
        )
        for field, value in changes.items():
            setattr(span, field, value)
    return request


def logs(*bodies: str, **changes: Any) -> ExportLogsServiceRequest:
    """Log records of service `shop`."""
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    attribute = resource.resource.attributes.add(key="service.name")
    attribute.value.string_value = "shop"
    records = resource.scope_logs.add().log_records
    for body in bodies:
        record = records.add(time_unix_nano=time.time_ns(), severity_number=9)
        record.body.string_value = body
        for field, value in changes.items():
            setattr(record, field, value)
    return request


def gauge(name: str, value: float, **attributes: str) -> ExportMetricsServiceRequest:
    """One data point of a gauge."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name=name)
    point = metric.gauge.data_points.add(as_double=value, time_unix_nano=time.time_ns())
    for key, text in attributes.items():
        point.attributes.add(key=key).value.string_value = text
    return request
