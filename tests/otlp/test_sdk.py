"""The OpenTelemetry SDK for Python, unmodified, over HTTP and gRPC."""

import logging

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

RESOURCE = Resource.create({"service.name": "shop", "service.version": "1.2.3", "service.instance.id": "shop-1"})


@pytest.fixture(params=["http", "grpc"])
def exporters(request, server, project_name):
    key = server.new_project(project_name)
    headers = {"authorization": f"Bearer {key}"}
    if request.param == "http":
        options = {"headers": headers, "compression": Compression.Gzip}
        return (
            HttpSpans(f"{server.url}/v1/traces", **options),
            HttpLogs(f"{server.url}/v1/logs", **options),
            HttpMetrics(f"{server.url}/v1/metrics", **options),
        )
    options = {"endpoint": server.grpc, "insecure": True, "headers": tuple(headers.items())}
    return GrpcSpans(**options), GrpcLogs(**options), GrpcMetrics(**options)


def test_spans_of_the_sdk_become_a_trace(server, exporters, project_name):
    """Names, kinds, attributes, events, status and exceptions arrive as they were recorded."""
    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(BatchSpanProcessor(exporters[0]))
    tracer = provider.get_tracer("tests", "0.1")
    with tracer.start_as_current_span("GET /cart", kind=trace.SpanKind.SERVER) as root:
        root.set_attributes({"http.response.status_code": 500, "ratio": 0.5, "cached": False, "tags": ["a", "b"]})
        with pytest.raises(RuntimeError), tracer.start_as_current_span("charge card"):
            raise RuntimeError("declined")
    assert provider.force_flush()
    trace_id = f"{root.get_span_context().trace_id:032x}"

    found = server.get(f"/api/traces/{trace_id}", project=project_name)

    parent, child = found["spans"]
    assert (parent["name"], parent["kind"], parent["service"]) == ("GET /cart", "server", "shop")
    assert parent["attributes"] == {
        "http.response.status_code": "500", "ratio": "0.5", "cached": "false", "tags": '["a","b"]',
    }  # fmt: skip
    assert parent["scope"] == {"name": "tests", "version": "0.1"}
    assert parent["resource"]["service.version"] == "1.2.3"
    assert child["parent_span_id"] == parent["span_id"]
    assert child["status"] == {"code": "error", "message": "RuntimeError: declined"}
    assert child["events"][0]["attributes"]["exception.message"] == "declined"
    listed = server.get("/api/traces", project=project_name)["items"]
    assert [(each["root_name"], each["span_count"], each["error_count"]) for each in listed] == [("GET /cart", 2, 1)]


def test_records_of_stdlib_logging_are_found(server, exporters, project_name):
    """A record keeps its severity, text, attributes and the trace it was written in."""
    provider = LoggerProvider(resource=RESOURCE)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporters[1]))
    logger = logging.getLogger(f"shop.{project_name}")
    logger.addHandler(LoggingHandler(logger_provider=provider))
    with TracerProvider(resource=RESOURCE).get_tracer("tests").start_as_current_span("work") as span:
        logger.error("payment of %s declined", "Charlie", extra={"order": 42})
    assert provider.force_flush()

    (record,) = server.get("/api/logs", project=project_name, query="DECLINED level:>=error order:42")["items"]

    assert record["body"] == "payment of Charlie declined"
    assert (record["severity"], record["service"]) == ("error", "shop")
    assert record["trace_id"] == f"{span.get_span_context().trace_id:032x}"


def test_metrics_of_the_sdk_are_counted(server, exporters, project_name):
    """A counter, a gauge and a histogram are accepted without a refusal."""
    provider = MeterProvider([PeriodicExportingMetricReader(exporters[2], 60_000)], resource=RESOURCE)
    meter = provider.get_meter("tests")
    meter.create_counter("orders", unit="{order}").add(3, {"country": "DE"})
    meter.create_histogram("checkout.duration", unit="s").record(0.2)
    meter.create_gauge("queue.length").set(7)
    assert provider.force_flush()

    arrivals = server.get("/api/overview", project=project_name)["arrivals"]

    provider.shutdown()
    assert {each["signal"]: each["total"] for each in arrivals}["metrics"] == 3
