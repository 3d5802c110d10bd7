"""OTLP metrics as series and samples, by the OpenTelemetry rules for Prometheus.

Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from vedette.ingest.otlp.cumulative import OutOfOrder, Running
from vedette.ingest.otlp.points import NO_VALUE_FLAG, bucket_of, values_of
from vedette.ingest.otlp.wire import OtlpOutcome, OtlpUnit, attributes_of, parse
from vedette.kit.errors import VedetteError
from vedette.signals.metrics.book import SeriesBook, Shelf
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.histograms.otlp import from_data_point
from vedette.signals.metrics.histograms.wire import Invalid
from vedette.signals.metrics.intake import Assembler, Floats, OneHistogram, Rest, Written
from vedette.signals.metrics.labels import NAME, LabelFault, Labels, labels_of
from vedette.signals.metrics.naming import labels_of as labels_from
from vedette.signals.metrics.naming import metric_name, target_labels
from vedette.signals.metrics.points import STALE, Exemplar, Family
from vedette.storage.telemetry.writer import Decoded

_DELTA = 1
_MOST_BUCKETS = 4096  # each becomes a series; an empty one is a single byte on the wire
_MOST_KNOWN = 200_000
_IDENTITY = {"service.name", "service.namespace", "service.instance.id"}


@dataclass(frozen=True, slots=True)
class _Target:
    """A resource of one request: where its points go and what they are labelled with."""

    number: int
    unit: OtlpUnit
    outcome: OtlpOutcome
    labels: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Collected:
    """Samples and the rest of all requests of a batch."""

    book: SeriesBook
    units: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    rest: Rest = field(default_factory=Rest)
    labels: dict[int, Labels] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)

    def add(self, unit: int, slot: int, time_ms: int, value: float) -> None:
        self.units.append(unit)
        self.slots.append(slot)
        self.times_ms.append(time_ms)
        self.values.append(value)

    def floats(self) -> Floats:
        return Floats(
            np.array(self.units, np.int32),
            np.array(self.slots, np.int32),
            np.array(self.times_ms, np.int64),
            np.array(self.values, np.float64),
        )


@dataclass(frozen=True, slots=True)
class _Series:
    """A series of a point: its slot in the book, its id and its labels."""

    slot: int
    id: int
    labels: Labels


class MetricsDecoder:
    """Decodes metrics requests.

    Explicit histograms and summaries become the classic `_bucket`, `_sum`, `_count` series, exponential histograms
    native ones; deltas are added up. Labels of points met before are not made again.
    """

    def __init__(self, shelf: Shelf, assembler: Assembler, *, max_attributes: int) -> None:
        self._shelf, self._assembler, self._max_attributes = shelf, assembler, max_attributes
        self._lock = threading.Lock()
        self._known_book: SeriesBook | None = None
        self._known: dict[tuple[object, ...], _Series] = {}
        self._running = Running()

    def decode(self, units: Sequence[OtlpUnit]) -> Decoded[OtlpOutcome]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [OtlpOutcome() for _ in units]
        with self._lock:
            book = self._shelf.open()
            if book is not self._known_book or len(self._known) > _MOST_KNOWN:
                self._known_book, self._known = book, {}
            collected = _Collected(book)
            for number, (unit, outcome) in enumerate(zip(units, outcomes, strict=True)):
                try:
                    request = parse(unit.payload, ExportMetricsServiceRequest)
                except VedetteError as error:
                    outcome.error = error
                    continue
                assert isinstance(request, ExportMetricsServiceRequest)  # noqa: S101 - what parse was given
                for resource in request.resource_metrics:
                    self._resource(resource, number, unit, outcome, collected)
        written = [Written() for _ in units]
        decoded = self._assembler.assemble(
            book,
            [unit.project for unit in units],
            collected.floats(),
            collected.rest,
            lambda slots: [collected.labels[slot] for slot in slots.tolist()],
            written,
        )
        for number, (outcome, each) in enumerate(zip(outcomes, written, strict=True)):
            for reason, count in each.refused.items():
                outcome.refused[reason] = outcome.refused.get(reason, 0) + count
            outcome.newest_s = each.newest_s
            kept = each.samples + each.histograms
            outcome.accepted = collected.points.get(number, 0) if kept else 0
        return Decoded(decoded.rows, outcomes, decoded.on_committed)

    def _resource(
        self, resource: Any, number: int, unit: OtlpUnit, outcome: OtlpOutcome, collected: _Collected
    ) -> None:
        attributes = attributes_of(resource.resource.attributes)
        target = _Target(number, unit, outcome, tuple(target_labels(attributes).items()))
        newest = 0
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                newest = max(newest, self._metric(metric, target, collected))
        if newest:
            self._target_info(attributes, target, newest, collected)

    def _metric(self, metric: Any, target: _Target, collected: _Collected) -> int:
        """Read one metric and return the newest time of its points."""
        kind = metric.WhichOneof("data")
        if kind is None:
            return 0
        data = getattr(metric, kind)
        is_counter = kind == "sum" and data.is_monotonic
        name = metric_name(metric.name, metric.unit, is_counter=is_counter, is_gauge=kind == "gauge")
        type_ = "counter" if is_counter else {"sum": "gauge", "exponential_histogram": "histogram"}.get(kind, kind)
        collected.rest.families.append(
            (target.number, Family(name, type_, metric.unit, metric.description, metric.name))
        )
        is_delta = getattr(data, "aggregation_temporality", 0) == _DELTA
        newest = 0
        for point in data.data_points:
            if (reason := self._refusal(point, kind)) is not None:
                target.outcome.refused[reason] = target.outcome.refused.get(reason, 0) + 1
                continue
            try:
                if kind == "exponential_histogram":
                    self._native(point, name, target, collected, is_delta=is_delta)
                else:
                    self._classic(point, kind, name, target, collected, is_delta=is_delta)
            except (_Refused, OutOfOrder) as refused:
                target.outcome.refused[refused.reason] = target.outcome.refused.get(refused.reason, 0) + 1
                continue
            collected.points[target.number] = collected.points.get(target.number, 0) + 1
            newest = max(newest, point.time_unix_nano // 1_000_000)
        return newest

    def _classic(
        self, point: Any, kind: str, name: str, target: _Target, collected: _Collected, *, is_delta: bool
    ) -> None:
        time_ms = point.time_unix_nano // 1_000_000
        attributes = _plain(point.attributes)
        for suffix, extra, value in values_of(kind, point):
            series = self._series(name + suffix, attributes, extra, target, collected)
            total = self._running.add(series.id, time_ms, value) if is_delta else value
            collected.add(target.number, series.slot, time_ms, total)
        if kind in {"sum", "histogram"}:
            for exemplar in point.exemplars:
                suffix, extra = bucket_of(point, exemplar) if kind == "histogram" else ("", ())
                series = self._series(name + suffix, attributes, extra, target, collected)
                collected.rest.exemplars.append((target.number, _exemplar(exemplar, series.labels)))

    def _native(self, point: Any, name: str, target: _Target, collected: _Collected, *, is_delta: bool) -> None:
        time_ms = point.time_unix_nano // 1_000_000
        series = self._series(name, _plain(point.attributes), (), target, collected)
        try:
            histogram = _histogram(point, is_delta=is_delta)
        except Invalid as error:
            raise _Refused("invalid_histogram") from error
        if is_delta:
            histogram = self._running.add_histogram(series.id, time_ms, histogram)
        collected.rest.histograms.append(OneHistogram(target.number, series.slot, time_ms, histogram))
        for exemplar in point.exemplars:
            collected.rest.exemplars.append((target.number, _exemplar(exemplar, series.labels)))

    def _series(
        self,
        name: str,
        attributes: tuple[tuple[str, str], ...],
        extra: tuple[tuple[str, str], ...],
        target: _Target,
        collected: _Collected,
    ) -> _Series:
        key = (target.unit.project, name, attributes, extra, target.labels)
        series = self._known.get(key)
        if series is None:
            labels = labels_of({**labels_from(dict(attributes)), **dict(target.labels), **dict(extra), NAME: name})
            try:
                slot = collected.book.by_labels(target.unit.project, labels)
            except LabelFault as fault:
                raise _Refused(fault.reason) from None
            series = self._known[key] = _Series(slot, int(collected.book.ids[slot]), labels)
        collected.labels[series.slot] = series.labels
        return series

    def _refusal(self, point: Any, kind: str) -> str | None:
        if len(point.attributes) > self._max_attributes:
            return "too_many_attributes"
        if _BUCKETS.get(kind, _none)(point) > _MOST_BUCKETS:
            return "too_many_buckets"
        return None

    def _target_info(self, attributes: dict[str, str], target: _Target, newest_ms: int, collected: _Collected) -> None:
        rest = tuple(sorted((key, value) for key, value in attributes.items() if key not in _IDENTITY))
        if not (target.labels and rest):
            return
        family = Family("target_info", "gauge", "", "Attributes of the resource that sent metrics.", "target_info")
        collected.rest.families.append((target.number, family))
        try:
            series = self._series("target_info", rest, (), target, collected)
        except _Refused:
            return
        collected.add(target.number, series.slot, newest_ms, 1.0)


def _histogram(point: Any, *, is_delta: bool) -> Histogram:
    if point.flags & NO_VALUE_FLAG:
        return Histogram(0, 0.0, 0.0, 0.0, STALE)
    return from_data_point(
        point.scale,
        point.zero_threshold,
        point.zero_count,
        point.count,
        point.sum if point.HasField("sum") else None,
        (point.positive.offset, list(point.positive.bucket_counts)),
        (point.negative.offset, list(point.negative.bucket_counts)),
        is_delta=is_delta,
    )


class _Refused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _plain(attributes: Any) -> tuple[tuple[str, str], ...]:
    """Return attributes as pairs of text, in the order sent."""
    texts = tuple((each.key, each.value.string_value) for each in attributes)
    if all(text for _, text in texts):
        return texts
    return tuple(attributes_of(attributes).items())


def _exemplar(exemplar: Any, series: Labels) -> Exemplar:
    labels = labels_from(attributes_of(exemplar.filtered_attributes))
    if exemplar.trace_id:
        labels["trace_id"] = exemplar.trace_id.hex()
    if exemplar.span_id:
        labels["span_id"] = exemplar.span_id.hex()
    value = getattr(exemplar, exemplar.WhichOneof("value") or "as_double")
    return Exemplar(series, labels_of(labels), exemplar.time_unix_nano // 1_000_000, float(value))


def _none(_point: Any) -> int:
    return 0


_BUCKETS: dict[str, Callable[[Any], int]] = {
    "histogram": lambda point: len(point.bucket_counts),
    "exponential_histogram": lambda point: len(point.positive.bucket_counts) + len(point.negative.bucket_counts),
    "summary": lambda point: len(point.quantile_values),
}
