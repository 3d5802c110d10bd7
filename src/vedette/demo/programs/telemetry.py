"""The stock SDKs, set up as their own documentation says; addresses and names come from their own variables.

OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, SENTRY_DSN,
SENTRY_RELEASE, SENTRY_ENVIRONMENT.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Literal

import sentry_sdk
from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from sentry_sdk.integrations.otlp import OTLPIntegration

Exporters = tuple[SpanExporter, LogRecordExporter, MetricExporter]


def begin(protocol: Literal["http", "grpc"], *, serves: bool = True, views: Sequence[View] = ()) -> None:
    """Set up traces, logs, metrics and errors; all is sent and closed when the process ends.

    A program that serves nothing goes without Sentry's integrations of web frameworks, which import each of them.
    """
    spans, logs, samples = _over_http() if protocol == "http" else _over_grpc()
    resource = Resource.create()

    tracer_provider = TracerProvider(resource=resource)
    tracer_provider.add_span_processor(BatchSpanProcessor(spans))
    trace.set_tracer_provider(tracer_provider)

    logger_provider = LoggerProvider(resource=resource)
    logger_provider.add_log_record_processor(BatchLogRecordProcessor(logs))
    set_logger_provider(logger_provider)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    LoggingInstrumentor().instrument()

    metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(samples)], resource=resource, views=views))

    sentry_sdk.init(
        integrations=[OTLPIntegration(setup_otlp_traces_exporter=False, setup_propagator=False)],
        auto_enabling_integrations=serves,
        in_app_include=["vedette.demo"],  # installed programs count as libraries otherwise
        send_default_pii=False,
        shutdown_timeout=2,
    )
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _over_http() -> Exporters:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    return OTLPSpanExporter(), OTLPLogExporter(), OTLPMetricExporter()


def _over_grpc() -> Exporters:
    # Imported only by the program that speaks it: gRPC costs each process 10 MB.
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

    return OTLPSpanExporter(), OTLPLogExporter(), OTLPMetricExporter()
