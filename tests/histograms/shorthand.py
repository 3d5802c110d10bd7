"""Histograms in few words."""

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import CUSTOM, NO_BUCKETS, Buckets, Hint, Histogram


def exponential(
    positive: dict[int, float],
    negative: dict[int, float] | None = None,
    *,
    schema: int = 0,
    zero: float = 0.0,
    threshold: float = 0.001,
    total: float = 0.0,
    missing: float = 0.0,
    hint: Hint = Hint.UNKNOWN,
) -> Histogram:
    """Return a histogram whose count is that of its buckets and `missing` observations of NaN."""
    count = sum(positive.values()) + sum((negative or {}).values()) + zero + missing
    sides = (Buckets.of(side) if side else NO_BUCKETS for side in (positive, negative))
    return Histogram(schema, threshold, zero, count, total, *sides, hint=hint)


def custom(
    bounds: tuple[float, ...], counts: list[float], *, total: float = 0.0, hint: Hint = Hint.UNKNOWN
) -> Histogram:
    """Return a histogram of custom buckets with the counts of the first buckets."""
    buckets = Buckets(np.arange(len(counts), dtype=np.int32), np.array(counts, np.float64))
    return Histogram(CUSTOM, 0.0, 0.0, float(sum(counts)), total, buckets, custom=bounds, hint=hint)


def counts(buckets: Buckets) -> dict[int, float]:
    """Return the counts by index."""
    return dict(zip(buckets.indexes.tolist(), buckets.counts.tolist(), strict=True))


def places(*numbers: int) -> NDArray[np.int64]:
    """Return positions as an array."""
    return np.array(numbers, np.int64)
