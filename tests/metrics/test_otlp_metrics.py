"""OTLP metrics as Prometheus series: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/."""

from collections.abc import Callable
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE as CUMULATIVE
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_DELTA as DELTA

from metrics.conftest import Tenant

NS = 1_000_000


def send(tenant: Tenant, fill: Callable[[Any], None], **resource: str) -> ExportMetricsServiceResponse:
    """Send the metrics of one scope, which `fill` adds to."""
    request = ExportMetricsServiceRequest()
    sent = request.resource_metrics.add()
    for key, value in (
        {"service.name": "shop"} | {key.replace("_", "."): each for key, each in resource.items()}
    ).items():
        sent.resource.attributes.add(key=key).value.string_value = value
    fill(sent.scope_metrics.add().metrics)
    answer = tenant.server.post(
        "/v1/metrics",
        key=tenant.key,
        content=request.SerializeToString(),
        headers={"Content-Type": "application/x-protobuf"},
    )
    answer.raise_for_status()
    return ExportMetricsServiceResponse.FromString(answer.content)


def test_names_follow_the_rules(tenant: Tenant) -> None:
    """Dots become underscores, units words, counters get _total; a resource names job and instance."""

    def fill(metrics: Any) -> None:
        requests = metrics.add(name="http.server.requests", unit="{request}", description="Requests.").sum
        requests.is_monotonic, requests.aggregation_temporality = True, CUMULATIVE
        point = requests.data_points.add(time_unix_nano=tenant.now_ms * NS, as_int=7)
        point.attributes.add(key="http.route").value.string_value = "/"
        memory = metrics.add(name="memory.usage", unit="By").gauge
        memory.data_points.add(time_unix_nano=tenant.now_ms * NS, as_double=0.5)

    send(tenant, fill, service_namespace="eu", service_instance_id="a-1")
    target = {"job": "eu/shop", "instance": "a-1"}

    named = {"__name__": "http_server_requests_total", "http_route": "/"} | target
    assert tenant.vector("http_server_requests_total") == [(named, "7")]
    assert tenant.vector("memory_usage_bytes") == [({"__name__": "memory_usage_bytes"} | target, "0.5")]
    told = tenant.data("metadata", metric="http_server_requests_total")["http_server_requests_total"]
    assert told == [{"type": "counter", "help": "Requests.", "unit": "{request}"}]


def test_what_else_a_resource_says_is_target_info(tenant: Tenant) -> None:
    """Attributes that do not name the target are joined by job and instance."""

    def fill(metrics: Any) -> None:
        metrics.add(name="up").gauge.data_points.add(time_unix_nano=tenant.now_ms * NS, as_int=1)

    send(tenant, fill, service_instance_id="a-1", service_version="1.2")

    joined = tenant.vector("up * on (job, instance) group_left (service_version) target_info")
    assert joined == [({"job": "shop", "instance": "a-1", "service_version": "1.2"}, "1")]


def count(tenant: Tenant, at_ms: int, value: int) -> ExportMetricsServiceResponse:
    """Send one delta of a counter."""

    def fill(metrics: Any) -> None:
        orders = metrics.add(name="orders").sum
        orders.is_monotonic, orders.aggregation_temporality = True, DELTA
        orders.data_points.add(time_unix_nano=at_ms * NS, as_int=value)

    return send(tenant, fill)


def test_deltas_are_added_up(tenant: Tenant) -> None:
    """A counter grows by what is sent; the same point sent again adds nothing, an older one is refused."""
    for step, value in enumerate((3, 4, 5)):
        count(tenant, tenant.now_ms - 30_000 + step * 10_000, value)
    count(tenant, tenant.now_ms - 10_000, 5)
    late = count(tenant, tenant.now_ms - 25_000, 100)

    assert [value for _, value in tenant.samples("orders_total")] == ["3", "7", "12"]
    assert late.partial_success.rejected_data_points == 1
    assert "older than one added before" in late.partial_success.error_message


def test_delta_histograms_are_added_up(tenant: Tenant) -> None:
    """Every bucket is a counter, and a quantile comes out of them."""
    for step in range(2):

        def fill(metrics: Any, step: int = step) -> None:
            latency = metrics.add(name="latency", unit="s").histogram
            latency.aggregation_temporality = DELTA
            latency.data_points.add(
                time_unix_nano=(tenant.now_ms - 10_000 + step * 5000) * NS,
                bucket_counts=[1, 2, 1],
                explicit_bounds=[0.5, 2],
                count=4,
                sum=4.5,
            )

        send(tenant, fill)

    found = {labels["le"]: value for labels, value in tenant.vector("latency_seconds_bucket")}
    assert found == {"0.5": "2", "2": "6", "+Inf": "8"}
    assert tenant.vector("latency_seconds_sum")[0][1] == "9"
    assert tenant.vector("histogram_quantile(0.5, latency_seconds_bucket)")[0][1] == "1.25"


def test_exponential_histograms_become_native_ones(tenant: Tenant) -> None:
    """Cumulative as sent, deltas added up."""
    for step in range(2):

        def fill(metrics: Any, step: int = step) -> None:
            for name, temporality in (("steady", CUMULATIVE), ("grown", DELTA)):
                histogram = metrics.add(name=name).exponential_histogram
                histogram.aggregation_temporality = temporality
                point = histogram.data_points.add(
                    time_unix_nano=(tenant.now_ms - 10_000 + step * 5000) * NS, count=5, sum=10, scale=0, zero_count=1
                )
                point.positive.offset = 0
                point.positive.bucket_counts.extend([1, 3])

        send(tenant, fill)

    assert tenant.vector("histogram_count(steady)")[0][1] == "5"
    assert tenant.vector("histogram_count(grown)")[0][1] == "10"
    ((_, found),) = tenant.vector("grown")
    assert found["buckets"][1:] == [[0, "1", "2", "2"], [0, "2", "4", "6"]]


def test_a_point_without_a_value_ends_its_series(tenant: Tenant) -> None:
    """The flag "no recorded value" is a stale marker."""

    def fill(metrics: Any) -> None:
        points = metrics.add(name="gone").gauge.data_points
        points.add(time_unix_nano=(tenant.now_ms - 5000) * NS, as_int=1)
        points.add(time_unix_nano=(tenant.now_ms - 1000) * NS, flags=1)

    send(tenant, fill)

    assert tenant.vector("gone") == []
    assert len(tenant.vector("gone", tenant.now_ms - 2000)) == 1


def test_exemplars_of_a_histogram_stand_at_their_bucket(tenant: Tenant) -> None:
    """With the trace they come from."""

    def fill(metrics: Any) -> None:
        latency = metrics.add(name="latency").histogram
        latency.aggregation_temporality = CUMULATIVE
        point = latency.data_points.add(
            time_unix_nano=tenant.now_ms * NS, bucket_counts=[0, 1, 0], explicit_bounds=[1, 2], count=1, sum=1.5
        )
        point.exemplars.add(time_unix_nano=tenant.now_ms * NS, as_double=1.5, trace_id=b"\x01" * 16)

    send(tenant, fill)

    (found,) = tenant.data("query_exemplars", query="latency_bucket")
    assert found["seriesLabels"]["le"] == "2"
    assert found["exemplars"][0]["labels"] == {"trace_id": "01" * 16}
