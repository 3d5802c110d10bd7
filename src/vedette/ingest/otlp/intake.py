"""What OTLP's two transports share: from a checked request to a committed one and its answer."""

from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from vedette.guard.access import Project
from vedette.ingest.door import Door
from vedette.ingest.otlp import logs, spans
from vedette.ingest.otlp.decoder import Limits, OtlpDecoder
from vedette.ingest.otlp.metrics import MetricsDecoder
from vedette.ingest.otlp.wire import OtlpOutcome, OtlpUnit
from vedette.kit.errors import VedetteError
from vedette.kit.ids import Signal
from vedette.storage.telemetry.protobuf import ProtobufReader
from vedette.storage.telemetry.writer import Decoder

_EXPLAINED = {
    "invalid_trace_id": "trace_id must be 16 bytes and not all zero",
    "invalid_span_id": "span_id must be 8 bytes and not all zero",
    "too_many_attributes": "more attributes than the limit `max_attributes`",
    "out_of_order_delta": "a delta older than one added before",
    "invalid_histogram": "a histogram that is none",
    "too_many_buckets": "more than 4096 buckets or quantiles",
    "too_old": "older than the retention of this signal",
    "in_future": "further in the future than `max_future_minutes`",
}


@dataclass(frozen=True, slots=True)
class OtlpService:
    """One of OTLP's three services."""

    signal: Signal
    path: str
    method: str
    request: Callable[[], Message]
    response: Callable[[], Message]
    rejected_field: str
    decoder: Decoder[OtlpUnit, OtlpOutcome]


def services(door: Door, reader: ProtobufReader, metrics: MetricsDecoder) -> tuple[OtlpService, ...]:
    """Return the services of traces, logs and metrics."""
    admission = door.admission
    limits = Limits(admission.max_attributes, admission.max_future_s)
    package = "/opentelemetry.proto.collector"
    return (
        OtlpService(
            "traces",
            "/v1/traces",
            f"{package}.trace.v1.TraceService/Export",
            ExportTraceServiceRequest,
            ExportTraceServiceResponse,
            "rejected_spans",
            OtlpDecoder(
                "traces", "otel_traces", spans.SHAPE, ExportTraceServiceRequest, spans.flatten_spans,
                reader, admission.retention, limits,
            ),
        ),
        OtlpService(
            "logs",
            "/v1/logs",
            f"{package}.logs.v1.LogsService/Export",
            ExportLogsServiceRequest,
            ExportLogsServiceResponse,
            "rejected_log_records",
            OtlpDecoder(
                "logs", "otel_logs", logs.SHAPE, ExportLogsServiceRequest, logs.flatten_logs,
                reader, admission.retention, limits,
            ),
        ),
        OtlpService(
            "metrics",
            "/v1/metrics",
            f"{package}.metrics.v1.MetricsService/Export",
            ExportMetricsServiceRequest,
            ExportMetricsServiceResponse,
            "rejected_data_points",
            metrics,
        ),
    )  # fmt: skip


async def export(door: Door, service: OtlpService, project: Project, payload: bytes, protocol: str) -> Message:
    """Commit one request and return its answer, with partial success when some records were refused.

    Raises Invalid, Busy or Unavailable, each entered in the ledger.
    """
    unit = OtlpUnit(project.id, payload, protocol)
    try:
        outcome = await door.writers[service.signal].write(service.decoder, unit, len(payload))
        if outcome.error is not None:
            raise outcome.error
    except VedetteError as error:
        raise door.refused(project, protocol, service.signal, error) from None
    door.ledger.accepted(project.id, service.signal, outcome.accepted, protocol=protocol, newest=outcome.newest_s)
    answer = service.response()
    if outcome.refused:
        for reason, count in outcome.refused.items():
            door.ledger.refused(project.id, protocol, service.signal, reason, count)
        partial = answer.partial_success  # type: ignore[attr-defined]
        setattr(partial, service.rejected_field, sum(outcome.refused.values()))
        partial.error_message = "; ".join(
            f"{count} refused: {_EXPLAINED.get(reason, reason)}" for reason, count in outcome.refused.items()
        )
    return answer
