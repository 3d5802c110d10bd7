"""Distributions of the past: with fixed bounds, and with buckets that fit what is measured."""

import math
from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    Exemplar,
    ExponentialHistogram,
    Histogram,
)

from vedette.demo.history.otlp import NS, Value, attributes

Labels = tuple[tuple[str, Value], ...]
_EXAMPLES = 20  # what the SDK keeps at most between two readings


@dataclass(slots=True)
class Distribution:
    """Counts by fixed bounds."""

    bounds: tuple[float, ...]
    buckets: list[int] = field(default_factory=list)
    total: float = 0

    def add(self, value: float) -> None:
        """Count a value."""
        if not self.buckets:
            self.buckets = [0] * (len(self.bounds) + 1)
        self.buckets[bisect_left(self.bounds, value)] += 1
        self.total += value

    def read(self, histogram: Histogram, begin_ns: int, at_ns: int, labels: Labels) -> None:
        """Add what was counted so far."""
        histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
        histogram.data_points.add(
            time_unix_nano=at_ns,
            start_time_unix_nano=begin_ns,
            count=sum(self.buckets),
            sum=self.total,
            bucket_counts=self.buckets,
            explicit_bounds=self.bounds,
            attributes=attributes(dict(labels)),
        )


@dataclass(slots=True)
class FineDistribution:
    """Counts by powers of two, each cut into sixteen: the scale at which the SDK ends with values of this width.

    Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
    """

    scale = 4
    buckets: Counter[int] = field(default_factory=Counter)
    total: float = 0
    examples: deque[Exemplar] = field(default_factory=lambda: deque(maxlen=_EXAMPLES))

    def add(self, value: float, at_s: float, ids: tuple[int, int]) -> None:
        """Count a value above 0 and keep it as an exemplar of its trace and span."""
        self.buckets[math.ceil(math.log2(value) * 2**self.scale) - 1] += 1
        self.total += value
        trace, span = ids[0].to_bytes(16, "big"), ids[1].to_bytes(8, "big")
        self.examples.append(Exemplar(time_unix_nano=int(at_s * NS), as_double=value, trace_id=trace, span_id=span))

    def read(self, histogram: ExponentialHistogram, begin_ns: int, at_ns: int, labels: Labels) -> None:
        """Add what was counted so far, and the exemplars since the reading before."""
        histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
        first, last = min(self.buckets), max(self.buckets)
        point = histogram.data_points.add(
            time_unix_nano=at_ns,
            start_time_unix_nano=begin_ns,
            count=self.buckets.total(),
            sum=self.total,
            scale=self.scale,
            exemplars=self.examples,
            attributes=attributes(dict(labels)),
        )
        point.positive.offset = first
        point.positive.bucket_counts.extend(self.buckets[index] for index in range(first, last + 1))
        self.examples.clear()
