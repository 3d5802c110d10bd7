"""The series and values of OTLP data points other than exponential histograms."""

import math
from bisect import bisect_left
from functools import lru_cache
from typing import Any

from vedette.ingest.otlp.metric_wire import EXPONENTIAL, HISTOGRAM, SUMMARY
from vedette.signals.metrics.points import STALE

Extra = tuple[tuple[str, str], ...]

NO_VALUE_FLAG = 1
_INFINITE: Extra = (("le", "+Inf"),)


def series_of(kind: int, point: Any) -> list[tuple[str, Extra]]:
    """Return what the series of a point have behind the metric's name, and their labels beside its attributes."""
    if kind == HISTOGRAM:
        buckets = zip(point.explicit_bounds, point.bucket_counts, strict=False)
        series = [("_bucket", _le(bound)) for bound, _ in buckets]
        series += [("_bucket", _INFINITE), ("_count", ())]
        return [*series, ("_sum", ())] if point.HasField("sum") else series
    if kind == SUMMARY:
        quantiles = [("", (("quantile", _text(each.quantile)),)) for each in point.quantile_values]
        return [*quantiles, ("_count", ()), ("_sum", ())]
    return [("", ())]


def values_of(kind: int, point: Any) -> list[float]:
    """Return the value of each of these series; a point that says it has none ends them."""
    if point.flags & NO_VALUE_FLAG:
        return [STALE] * len(series_of(kind, point))
    if kind == HISTOGRAM:
        values, running = [], 0
        for _, count in zip(point.explicit_bounds, point.bucket_counts, strict=False):
            running += count
            values.append(float(running))
        values += [float(point.count), float(point.count)]
        return [*values, point.sum] if point.HasField("sum") else values
    if kind == SUMMARY:
        return [*(each.value for each in point.quantile_values), float(point.count), point.sum]
    return [float(getattr(point, point.WhichOneof("value") or "as_int"))]


def size_of(kind: int, point: Any) -> int:
    """Return how many buckets or quantiles a point has."""
    if kind == HISTOGRAM:
        return len(point.bucket_counts)
    if kind == EXPONENTIAL:
        return len(point.positive.bucket_counts) + len(point.negative.bucket_counts)
    return len(point.quantile_values) if kind == SUMMARY else 0


def bucket_of(point: Any, exemplar: Any) -> tuple[str, Extra]:
    """Return the bucket of a histogram that an exemplar fell into."""
    value = getattr(exemplar, exemplar.WhichOneof("value") or "as_double")
    place = bisect_left(point.explicit_bounds, value)
    return "_bucket", _le(point.explicit_bounds[place]) if place < len(point.explicit_bounds) else _INFINITE


@lru_cache(maxsize=8192)
def _le(bound: float) -> Extra:
    return (("le", _text(bound)),)


def _text(value: float) -> str:
    """Return a number as Prometheus writes it in a label: the shortest form, without `.0`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
