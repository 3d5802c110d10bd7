"""The values of OTLP data points other than exponential histograms: suffix, further labels, value."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from vedette.signals.metrics.points import STALE

Extra = tuple[tuple[str, str], ...]
Value = tuple[str, Extra, float]

NO_VALUE_FLAG = 1
_INFINITE: Extra = (("le", "+Inf"),)


def values_of(kind: str, point: Any) -> Iterator[Value]:
    """Give the values of one data point; one that says it has no value ends its series."""
    values = _KINDS[kind](point)
    if point.flags & NO_VALUE_FLAG:
        return ((suffix, extra, STALE) for suffix, extra, _ in values)
    return values


def bucket_of(point: Any, exemplar: Any) -> tuple[str, Extra]:
    """Return the bucket of a histogram that an exemplar fell into."""
    value = getattr(exemplar, exemplar.WhichOneof("value") or "as_double")
    place = bisect_left(point.explicit_bounds, value)
    return "_bucket", _le(point.explicit_bounds[place]) if place < len(point.explicit_bounds) else _INFINITE


def _number(point: Any) -> Iterator[Value]:
    yield "", (), float(getattr(point, point.WhichOneof("value") or "as_int"))


def _histogram(point: Any) -> Iterator[Value]:
    running = 0
    for count, bound in zip(point.bucket_counts, point.explicit_bounds, strict=False):
        running += count
        yield "_bucket", _le(bound), running
    yield "_bucket", _INFINITE, point.count
    yield "_count", (), point.count
    if point.HasField("sum"):
        yield "_sum", (), point.sum


def _summary(point: Any) -> Iterator[Value]:
    for each in point.quantile_values:
        yield "", (("quantile", _text(each.quantile)),), each.value
    yield "_count", (), point.count
    yield "_sum", (), point.sum


_KINDS: dict[str, Callable[[Any], Iterator[Value]]] = {
    "gauge": _number,
    "sum": _number,
    "histogram": _histogram,
    "summary": _summary,
}


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
