"""OTLP metrics as series and samples, by the OpenTelemetry rules for Prometheus."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from vedette.ingest.otlp.decoder import Limits
from vedette.ingest.otlp.wire import OtlpOutcome, OtlpUnit, attributes_of, parse
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.naming import labels_of, metric_name, target_labels
from vedette.signals.metrics.rows import Family, Samples, SeriesBook
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Decoded

_DELTA = 1
_NO_VALUE_FLAG = 1
_MOST_BUCKETS = 4096  # each becomes a series; an empty one is a single byte on the wire


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the data points of one request and resource go."""

    unit: OtlpUnit
    outcome: OtlpOutcome
    labels: dict[str, str]
    oldest_s: float
    newest_s: float


@dataclass(slots=True)
class MetricsDecoder:
    """Decodes metrics requests; histograms and summaries become the classic `_bucket`, `_sum`, `_count` series."""

    retention: Retention
    limits: Limits
    book: SeriesBook = field(default_factory=SeriesBook)

    def decode(self, units: Sequence[OtlpUnit]) -> Decoded[OtlpOutcome]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [OtlpOutcome() for _ in units]
        samples = Samples(self.book)
        now = time.time()
        for unit, outcome in zip(units, outcomes, strict=True):
            try:
                request = parse(unit.payload, ExportMetricsServiceRequest)
            except VedetteError as error:
                outcome.error = error
                continue
            assert isinstance(request, ExportMetricsServiceRequest)  # noqa: S101 - what parse was given
            oldest = self.retention.oldest_s(unit.project, "metrics", now)
            for resource in request.resource_metrics:
                attributes = attributes_of(resource.resource.attributes)
                labels = target_labels(attributes)
                target = _Target(unit, outcome, labels, oldest, now + self.limits.max_future_s)
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        self._metric(metric, target, samples)
                if attributes and outcome.accepted:
                    _target_info(unit.project, attributes, labels, now, samples)
        return Decoded(samples.tables(), outcomes, samples.committed)

    def _metric(self, metric: Any, target: _Target, samples: Samples) -> None:
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        data = getattr(metric, kind)
        is_counter = kind == "sum" and data.is_monotonic
        name = metric_name(metric.name, metric.unit, is_counter=is_counter, is_gauge=kind == "gauge")
        kind_name = "counter" if is_counter else {"sum": "gauge", "exponential_histogram": "histogram"}.get(kind, kind)
        if getattr(data, "aggregation_temporality", 0) == _DELTA:
            kind_name = f"delta_{kind_name}"
        family = Family(name, metric.name, kind_name, metric.unit, metric.description)
        for point in data.data_points:
            self._point(point, kind, family, target, samples)

    def _point(self, point: Any, kind: str, family: Family, target: _Target, samples: Samples) -> None:
        seconds = point.time_unix_nano / 1e9
        reason = self._refusal(point, kind, seconds, target)
        outcome = target.outcome
        if reason:
            outcome.refused[reason] = outcome.refused.get(reason, 0) + 1
            return
        project = target.unit.project
        labels = labels_of(attributes_of(point.attributes)) | target.labels
        for suffix, extra, value in _POINTS[kind](point):
            member = (
                family
                if not suffix
                else Family(family.name + suffix, family.source_name, family.type, family.unit, family.help)
            )
            series = samples.series(project, member, labels | extra)
            samples.add(project, series, point.time_unix_nano // 1_000_000, value)
        outcome.accepted += 1
        outcome.newest_s = max(seconds, outcome.newest_s or seconds)

    def _refusal(self, point: Any, kind: str, seconds: float, target: _Target) -> str | None:
        if len(point.attributes) > self.limits.max_attributes:
            return "too_many_attributes"
        if _BUCKETS.get(kind, _none)(point) > _MOST_BUCKETS:
            return "too_many_buckets"
        if seconds < target.oldest_s:
            return "too_old"
        if seconds > target.newest_s:
            return "in_future"
        return None


Value = tuple[str, dict[str, str], float]
PointValues = Callable[[Any], Iterator[Value]]


def _number(point: Any) -> Iterator[Value]:
    if point.flags & _NO_VALUE_FLAG:
        yield "", {}, math.nan
    else:
        yield "", {}, float(getattr(point, point.WhichOneof("value") or "as_int"))


def _histogram(point: Any) -> Iterator[Value]:
    running = 0
    for count, bound in zip(point.bucket_counts, point.explicit_bounds, strict=False):
        running += count
        yield "_bucket", {"le": _bound(bound)}, running
    yield from _ends(point)


def _exponential(point: Any) -> Iterator[Value]:
    """Give each bucket's upper bound, base ** (index + 1) with base = 2 ** (2 ** -scale); negatives come first."""
    running = 0
    factor = _power(-point.scale)
    for place in range(len(point.negative.bucket_counts) - 1, -1, -1):
        running += point.negative.bucket_counts[place]
        yield "_bucket", {"le": _bound(-_power(factor * (point.negative.offset + place)))}, running
    running += point.zero_count
    yield "_bucket", {"le": _bound(point.zero_threshold)}, running
    for place, count in enumerate(point.positive.bucket_counts):
        running += count
        yield "_bucket", {"le": _bound(_power(factor * (point.positive.offset + place + 1)))}, running
    yield from _ends(point)


def _power(exponent: float) -> float:
    try:
        return float(2.0**exponent)
    except OverflowError:
        return math.inf


def _ends(point: Any) -> Iterator[Value]:
    yield "_bucket", {"le": "+Inf"}, point.count
    yield "_count", {}, point.count
    if point.HasField("sum"):
        yield "_sum", {}, point.sum


def _summary(point: Any) -> Iterator[Value]:
    for each in point.quantile_values:
        yield "", {"quantile": _bound(each.quantile)}, each.value
    yield "_count", {}, point.count
    yield "_sum", {}, point.sum


def _bound(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:.1f}" if value == int(value) and abs(value) < 1e15 else repr(value)


_POINTS: dict[str, PointValues] = {
    "gauge": _number,
    "sum": _number,
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}


def _none(_point: Any) -> int:
    return 0


_BUCKETS: dict[str, Callable[[Any], int]] = {
    "histogram": lambda point: len(point.bucket_counts),
    "exponential_histogram": lambda point: len(point.positive.bucket_counts) + len(point.negative.bucket_counts),
    "summary": lambda point: len(point.quantile_values),
}


def _target_info(
    project: ProjectId, attributes: dict[str, str], labels: dict[str, str], now_s: float, samples: Samples
) -> None:
    identity = {"service.name", "service.namespace", "service.instance.id"}
    rest = labels_of({key: value for key, value in attributes.items() if key not in identity})
    if labels and rest:
        family = Family("target_info", "target_info", "gauge", help="Attributes of the resource that sent metrics.")
        samples.add(project, samples.series(project, family, rest | labels), int(now_s * 1000), 1.0)
