"""OTLP requests as programs and Collectors send them."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SERVICES = ("gateway", "catalog", "cart", "checkout", "payments", "search", "accounts", "mailer")
SPANS_PER_TRACE = 8
SPANS_PER_RESOURCE = 512
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_ROUTES = tuple(
    f"/api/{noun}/{rest}"
    for noun in ("products", "carts", "orders", "users", "reviews", "stock")
    for rest in ("{id}", "search", "{id}/items", "")
)
_TABLES = ("products", "carts", "orders", "users", "reviews", "stock")
_MESSAGES = (
    ("INFO", 9, "{method} {path} {status} in {ms:.1f} ms"),
    ("INFO", 9, "order o-{hex:010x} of user u-{user} paid: {amount:.2f} EUR"),
    ("INFO", 9, "cache hit for product {product} in region eu-west-{product}"),
    ("DEBUG", 5, "loaded {product} rows from {table} for user u-{user}"),
    ("WARN", 13, "slow query on {table}: {ms:.0f} ms, retrying with index hint"),
    ("ERROR", 17, "payment of order o-{hex:010x} failed: timeout after {ms:.0f} ms waiting for cardnet"),
)
_MESSAGE_WEIGHTS = (50, 15, 15, 12, 5, 3)
Value = str | int | float


def _attributes(**values: Value) -> list[KeyValue]:
    return [KeyValue(key=key.replace("__", "."), value=_any(value)) for key, value in values.items()]


def _any(value: Value) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(double_value=value)


def _resource(dice: random.Random) -> Resource:
    service = dice.choice(SERVICES)
    return Resource(
        attributes=_attributes(
            service__name=service,
            service__version=f"1.{dice.randrange(9)}.0",
            service__instance__id=f"{service}-{dice.randrange(4)}",
            deployment__environment__name="production",
            host__name=f"node-{dice.randrange(6)}",
            telemetry__sdk__language="python",
            telemetry__sdk__name="opentelemetry",
            telemetry__sdk__version="1.30.0",
        )
    )


def _chunks(count: int, size: int) -> Iterator[int]:
    while count > 0:
        yield min(count, size)
        count -= size


def spans(dice: random.Random, count: int, newest_ns: int) -> ExportTraceServiceRequest:
    """Return spans of about 300 bytes with six to eight attributes, eight to a trace."""
    request = ExportTraceServiceRequest()
    for part in _chunks(count, SPANS_PER_RESOURCE):
        scope = request.resource_spans.add(resource=_resource(dice)).scope_spans.add()
        scope.scope.name, scope.scope.version = "opentelemetry.instrumentation.fastapi", "0.51b0"
        trace, parents = b"", [b""]
        for number in range(part):
            if number % SPANS_PER_TRACE == 0:
                trace, parents = dice.randbytes(16), []
            own = dice.randbytes(8)
            span = scope.spans.add(trace_id=trace, span_id=own)
            if parents:
                span.parent_span_id = dice.choice(parents)
            parents.append(own)
            span.end_time_unix_nano = newest_ns - dice.randrange(10**9)
            span.start_time_unix_nano = span.end_time_unix_nano - int(dice.lognormvariate(16, 1))
            _describe(dice, span, is_entry=len(parents) == 1)
    return request


def _describe(dice: random.Random, span: Span, *, is_entry: bool) -> None:
    if is_entry or dice.random() < 0.3:
        route, status = dice.choice(_ROUTES), dice.choices((200, 201, 404, 500), (90, 5, 3, 2))[0]
        span.name, span.kind = f"GET {route}", Span.SPAN_KIND_SERVER
        span.attributes.extend(
            _attributes(
                http__request__method="GET",
                http__route=route,
                url__path=route.replace("{id}", str(dice.randrange(100_000))),
                http__response__status_code=status,
                server__address="shop.example",
                client__address=f"10.0.{dice.randrange(256)}.{dice.randrange(256)}",
                user_agent__original="Mozilla/5.0 (X11; Linux x86_64)",
                user__id=f"u-{dice.randrange(10_000)}",
            )
        )
        if status == 500:
            span.status.code = span.status.STATUS_CODE_ERROR
        return
    table = dice.choice(_TABLES)
    span.name, span.kind = f"SELECT {table}", Span.SPAN_KIND_CLIENT
    span.attributes.extend(
        _attributes(
            db__system__name="postgresql",
            db__operation__name="SELECT",
            db__collection__name=table,
            db__query__text=f"SELECT * FROM {table} WHERE id = $1 ORDER BY created_at LIMIT {dice.choice((1, 20, 50))}",
            db__response__returned_rows=dice.randrange(50),
            server__address=f"db-{dice.randrange(3)}.internal",
        )
    )


def logs(dice: random.Random, count: int, newest_ns: int) -> ExportLogsServiceRequest:
    """Return log records of about 200 bytes with three attributes."""
    request = ExportLogsServiceRequest()
    for part in _chunks(count, SPANS_PER_RESOURCE):
        scope = request.resource_logs.add(resource=_resource(dice)).scope_logs.add()
        scope.scope.name = "app"
        for _ in range(part):
            text, number, template = dice.choices(_MESSAGES, _MESSAGE_WEIGHTS)[0]
            at_ns = newest_ns - dice.randrange(10**9)
            record = scope.log_records.add(
                time_unix_nano=at_ns,
                observed_time_unix_nano=at_ns,
                severity_text=text,
                severity_number=number,
                trace_id=dice.randbytes(16),
                span_id=dice.randbytes(8),
                attributes=_attributes(
                    code__function__name=dice.choice(("handle", "load", "charge", "render")),
                    thread__id=dice.randrange(8),
                    user__id=f"u-{dice.randrange(10_000)}",
                ),
            )
            record.body.string_value = template.format(
                method="GET",
                path=f"/api/{dice.choice(_TABLES)}/{dice.randrange(100_000)}",
                status=dice.choice((200, 200, 200, 404)),
                ms=dice.lognormvariate(3, 1),
                hex=dice.getrandbits(40),
                user=dice.randrange(10_000),
                amount=dice.uniform(5, 300),
                product=dice.randrange(500),
                table=dice.choice(_TABLES),
            )
    return request


METRIC_KINDS = ("sum", "gauge", "histogram", "exponential")
_SETS = 20
_SCOPE = "opentelemetry.instrumentation.fastapi"


def metrics(
    dice: random.Random, count: int, newest_ns: int, *, instance: int, kinds: Sequence[str]
) -> tuple[ExportMetricsServiceRequest, int]:
    """Return an export of `count` data points and the rows of `samples` they become.

    Metrics take turns in being of the kinds and have up to twenty sets of attributes; all points have the same time, as
    those of an SDK do.
    """
    service = SERVICES[instance % len(SERVICES)]
    request = ExportMetricsServiceRequest()
    sent = request.resource_metrics.add(
        resource=Resource(
            attributes=_attributes(
                service__name=service,
                service__instance__id=f"{service}-{instance}",
                service__version="1.4.0",
                deployment__environment__name="production",
                telemetry__sdk__language="python",
                telemetry__sdk__version="1.30.0",
            )
        )
    )
    scope = sent.scope_metrics.add()
    scope.scope.name = _SCOPE
    samples = 1  # target_info
    for number, part in enumerate(_chunks(count, min(_SETS, max(count // 8, 1)))):
        kind = kinds[number % len(kinds)]
        metric = scope.metrics.add(name=f"shop.{kind}.of.{number}", description=f"What the shop counts as {number}.")
        for place in range(part):
            point = _MAKERS[kind](dice, metric, newest_ns)
            labels = _attributes(
                http__route=_ROUTES[place % len(_ROUTES)], http__request__method="GET", worker=f"w-{place % 8}"
            )
            point.attributes.extend(labels)
            samples += {"histogram": len(BOUNDS) + 3, "exponential": 0}.get(kind, 1)
    return request, samples


def _sum(dice: random.Random, metric: Metric, newest_ns: int) -> NumberDataPoint:
    metric.unit, data = "{request}", metric.sum
    data.is_monotonic, data.aggregation_temporality = True, AGGREGATION_TEMPORALITY_CUMULATIVE
    return data.data_points.add(
        start_time_unix_nano=newest_ns - _HOUR_NS, time_unix_nano=newest_ns, as_int=dice.randrange(10**6)
    )


def _gauge(dice: random.Random, metric: Metric, newest_ns: int) -> NumberDataPoint:
    metric.unit = "By"
    return metric.gauge.data_points.add(time_unix_nano=newest_ns, as_double=dice.random())


def _histogram(dice: random.Random, metric: Metric, newest_ns: int) -> HistogramDataPoint:
    metric.unit, data = "s", metric.histogram
    data.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
    counts = [dice.randrange(100) for _ in range(len(BOUNDS) + 1)]
    return data.data_points.add(
        start_time_unix_nano=newest_ns - _HOUR_NS,
        time_unix_nano=newest_ns,
        count=sum(counts),
        sum=sum(counts) * 0.1,
        bucket_counts=counts,
        explicit_bounds=BOUNDS,
        min=0.001,
        max=dice.uniform(1, 20),
    )


def _exponential(dice: random.Random, metric: Metric, newest_ns: int) -> ExponentialHistogramDataPoint:
    metric.unit, data = "s", metric.exponential_histogram
    data.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
    counts = [dice.randrange(200) for _ in range(40)]
    point = data.data_points.add(
        start_time_unix_nano=newest_ns - _HOUR_NS,
        time_unix_nano=newest_ns,
        count=sum(counts),
        sum=sum(counts) * 0.1,
        scale=3,
        zero_count=1,
        min=0.001,
        max=dice.uniform(1, 20),
    )
    point.positive.offset = -20
    point.positive.bucket_counts.extend(counts)
    return point


_HOUR_NS = 3600 * 10**9
_MAKERS: dict[str, Callable[[random.Random, Metric, int], Any]] = {
    "sum": _sum,
    "gauge": _gauge,
    "histogram": _histogram,
    "exponential": _exponential,
}
