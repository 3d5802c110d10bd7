"""A plain reading of metrics requests, point by point: what the decoder must say, and nothing of how."""

import math
from bisect import bisect_left
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_DELTA

from vedette.ingest.otlp.wire import attributes_of
from vedette.signals.metrics.histograms.arithmetic import add
from vedette.signals.metrics.histograms.otlp import STALE as STALE_HISTOGRAM
from vedette.signals.metrics.histograms.otlp import from_data_point
from vedette.signals.metrics.histograms.wire import Invalid
from vedette.signals.metrics.labels import LabelFault, check, labels_of
from vedette.signals.metrics.naming import labels_of as labels_from
from vedette.signals.metrics.naming import metric_name, target_labels
from vedette.signals.metrics.points import STALE

IDENTITY = {"service.name", "service.namespace", "service.instance.id"}


@dataclass
class Said:
    """What one request says: samples as (labels, time, value), in order."""

    is_malformed: bool = False
    accepted: int = 0
    refused: dict = field(default_factory=dict)
    samples: list = field(default_factory=list)
    histograms: list = field(default_factory=list)
    exemplars: list = field(default_factory=list)
    families: set = field(default_factory=set)


class Refused(Exception):
    """A point is not taken; the text is the reason."""


class PlainReader:
    """Reads requests one after the other and remembers the totals of deltas by series."""

    def __init__(self, *, max_attributes, max_labels):
        self.max_attributes, self.max_labels = max_attributes, max_labels
        self.totals, self.histogram_totals = {}, {}

    def read(self, project, payload):
        said = Said()
        try:
            request = ExportMetricsServiceRequest.FromString(payload)
        except DecodeError:
            return Said(is_malformed=True)
        for resource in request.resource_metrics:
            attributes = attributes_of(resource.resource.attributes)
            target = target_labels(attributes)
            newest = 0
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    newest = max(newest, self.metric(project, metric, target, said))
            rest = {key: value for key, value in attributes.items() if key not in IDENTITY}
            if newest and target and rest:
                labels = labels_of({**labels_from(rest), **target, "__name__": "target_info"})
                if self.is_legal(labels):
                    said.families.add(("target_info", "gauge"))
                    said.samples.append((labels, newest, 1.0))
        return said

    def metric(self, project, metric, target, said):
        kind = metric.WhichOneof("data")
        if kind is None:
            return 0
        data = getattr(metric, kind)
        is_counter = kind == "sum" and data.is_monotonic
        name = metric_name(metric.name, metric.unit, is_counter=is_counter, is_gauge=kind == "gauge")
        types = {"sum": "counter" if is_counter else "gauge", "exponential_histogram": "histogram"}
        said.families.add((name, types.get(kind, kind)))
        is_delta = getattr(data, "aggregation_temporality", 0) == AGGREGATION_TEMPORALITY_DELTA
        newest = 0
        for point in data.data_points:
            try:
                self.point(project, kind, name, point, target, said, is_delta and not point.flags & 1)
            except Refused as refused:
                said.refused[str(refused)] = said.refused.get(str(refused), 0) + 1
            else:
                said.accepted += 1
                newest = max(newest, point.time_unix_nano // 1_000_000)
        return newest

    def point(self, project, kind, name, point, target, said, is_delta):
        if len(point.attributes) > self.max_attributes:
            raise Refused("too_many_attributes")
        attributes = attributes_of(point.attributes)
        time_ms = point.time_unix_nano // 1_000_000

        def series(suffix, extra):
            return labels_of({**labels_from(attributes), **target, **extra, "__name__": name + suffix})

        values = [] if kind == "exponential_histogram" else self.values(kind, point)
        named = [(series(suffix, extra), value) for suffix, extra, value in values] or [(series("", {}), None)]
        for labels, _ in named:
            if fault := self.fault(labels):
                raise Refused(fault)
        if kind == "exponential_histogram":
            self.native(project, named[0][0], point, time_ms, said, is_delta)
        elif is_delta:
            self.deltas(project, named, time_ms, said)
        else:
            said.samples += [(labels, time_ms, STALE if point.flags & 1 else value) for labels, value in named]
        for exemplar in point.exemplars if kind in {"sum", "histogram", "exponential_histogram"} else ():
            suffix, extra = self.bucket(point, exemplar) if kind == "histogram" else ("", {})
            said.exemplars.append((series(suffix, extra), exemplar.time_unix_nano // 1_000_000, value_of(exemplar)))

    def deltas(self, project, named, time_ms, said):
        if any(time_ms < self.totals.get((project, labels), (-math.inf, 0.0))[0] for labels, _ in named):
            raise Refused("out_of_order_delta")
        for labels, value in named:
            last, total = self.totals.get((project, labels), (-math.inf, 0.0))
            total += value if time_ms > last else 0.0
            self.totals[project, labels] = time_ms, total
            said.samples.append((labels, time_ms, total))

    def native(self, project, labels, point, time_ms, said, is_delta):
        histogram = STALE_HISTOGRAM
        if not point.flags & 1:
            try:
                histogram = from_data_point(
                    point.scale,
                    point.zero_threshold,
                    point.zero_count,
                    point.count,
                    point.sum if point.HasField("sum") else None,
                    (point.positive.offset, list(point.positive.bucket_counts)),
                    (point.negative.offset, list(point.negative.bucket_counts)),
                    is_delta=is_delta,
                )
            except Invalid:
                raise Refused("invalid_histogram") from None
        if is_delta:
            last, total = self.histogram_totals.get((project, labels), (-math.inf, None))
            if time_ms < last:
                raise Refused("out_of_order_delta")
            if total is not None:
                histogram = add(total, histogram).histogram if time_ms > last else total
            self.histogram_totals[project, labels] = time_ms, histogram
        said.histograms.append((labels, time_ms, histogram))

    def values(self, kind, point):
        if kind == "histogram":
            running = 0
            for count, bound in zip(point.bucket_counts, point.explicit_bounds, strict=False):
                running += count
                yield "_bucket", {"le": number(bound)}, float(running)
            yield "_bucket", {"le": "+Inf"}, float(point.count)
            yield "_count", {}, float(point.count)
            if point.HasField("sum"):
                yield "_sum", {}, point.sum
        elif kind == "summary":
            for each in point.quantile_values:
                yield "", {"quantile": number(each.quantile)}, each.value
            yield "_count", {}, float(point.count)
            yield "_sum", {}, point.sum
        else:
            yield "", {}, value_of(point)

    def bucket(self, point, exemplar):
        place = bisect_left(point.explicit_bounds, value_of(exemplar))
        is_last = place == len(point.explicit_bounds)
        return "_bucket", {"le": "+Inf" if is_last else number(point.explicit_bounds[place])}

    def fault(self, labels):
        try:
            check(labels, most=self.max_labels)
        except LabelFault as fault:
            return fault.reason
        return None

    def is_legal(self, labels):
        return self.fault(labels) is None


def value_of(point):
    return float(point.as_double if point.WhichOneof("value") == "as_double" else point.as_int)


def number(value):
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
