"""Rows of `otel_traces` and `otel_logs` for what Vedette says about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vedette.kit.ids import ProjectId

_MAP = pa.map_(pa.string(), pa.string())
_TIME = pa.timestamp("ns", "UTC")


@dataclass(frozen=True, slots=True)
class OwnSpan:
    """One request or job."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: str
    started_ns: int
    duration_ns: int
    status: str
    message: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnLog:
    """One event of Vedette's log; `severity` is OpenTelemetry's number."""

    time_ns: int
    severity: int
    level: str
    body: str
    logger: str
    attributes: Mapping[str, str]


def span_rows(project: ProjectId, resource: Mapping[str, str], spans: Sequence[OwnSpan]) -> pa.Table:
    """Return spans as rows."""
    count = len(spans)
    return pa.table(
        {
            "Project": pa.array([project] * count, pa.uint32()),
            "Timestamp": pa.array([each.started_ns for each in spans], pa.int64()).cast(_TIME),
            "TraceId": [each.trace_id for each in spans],
            "SpanId": [each.span_id for each in spans],
            "ParentSpanId": [each.parent_span_id for each in spans],
            "SpanName": [each.name for each in spans],
            "SpanKind": [each.kind for each in spans],
            "ServiceName": [resource["service.name"]] * count,
            "ResourceAttributes": pa.array([list(resource.items())] * count, _MAP),
            "ScopeName": ["vedette"] * count,
            "SpanAttributes": pa.array([list(each.attributes.items()) for each in spans], _MAP),
            "Duration": pa.array([each.duration_ns for each in spans], pa.uint64()),
            "StatusCode": [each.status for each in spans],
            "StatusMessage": [each.message for each in spans],
        }
    )


def log_rows(project: ProjectId, resource: Mapping[str, str], logs: Sequence[OwnLog]) -> pa.Table:
    """Return log events as rows."""
    count = len(logs)
    times = pa.array([each.time_ns for each in logs], pa.int64()).cast(_TIME)
    return pa.table(
        {
            "Project": pa.array([project] * count, pa.uint32()),
            "Timestamp": times,
            "ObservedTimestamp": times,
            "SeverityNumber": pa.array([each.severity for each in logs], pa.uint8()),
            "SeverityText": [each.level for each in logs],
            "ServiceName": [resource["service.name"]] * count,
            "Body": [each.body for each in logs],
            "ResourceAttributes": pa.array([list(resource.items())] * count, _MAP),
            "ScopeName": [each.logger for each in logs],
            "LogAttributes": pa.array([list(each.attributes.items()) for each in logs], _MAP),
        }
    )
