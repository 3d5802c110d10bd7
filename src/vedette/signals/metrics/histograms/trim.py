"""Taking observations above or below a threshold out of a native histogram: the operators `</` and `>/`."""

import math
from dataclasses import dataclass, replace

import numpy as np

from vedette.signals.metrics.histograms.arithmetic import compact
from vedette.signals.metrics.histograms.bounds import edges
from vedette.signals.metrics.histograms.histogram import Buckets, Histogram


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A populated bucket; `is_linear` when observations are taken to be spread evenly on a linear scale."""

    lower: float
    upper: float
    count: float
    is_linear: bool

    @property
    def middle(self) -> float:
        """The value its observations are taken to have on average."""
        return _middle(self.lower, self.upper, is_linear=self.is_linear)


def trim_above(h: Histogram, threshold: float) -> Histogram:
    """Return the histogram without its observations above the threshold; `h </ threshold`.

    Count and sum are estimated anew from the buckets when anything was taken out.
    """
    return _trimmed(h, threshold, keeps_below=True)


def trim_below(h: Histogram, threshold: float) -> Histogram:
    """Return the histogram without its observations below the threshold; `h >/ threshold`."""
    return _trimmed(h, threshold, keeps_below=False)


def _trimmed(h: Histogram, threshold: float, *, keeps_below: bool) -> Histogram:
    positive, kept_p, sum_p = _side(h, h.positive, threshold, sign=1, keeps_below=keeps_below)
    negative, kept_n, sum_n = _side(h, h.negative, threshold, sign=-1, keeps_below=keeps_below)
    zero_count, zero_sum = h.zero_count, 0.0
    if h.zero_count > 0:
        zero_count, middle = _zero(h, threshold, keeps_below=keeps_below)
        zero_sum = zero_count * middle
    if zero_count == h.zero_count and positive is h.positive and negative is h.negative:
        return h
    trimmed = replace(
        h,
        zero_count=zero_count,
        count=kept_p + kept_n + zero_count,
        sum=sum_p + sum_n + zero_sum,
        positive=positive,
        negative=negative,
    )
    return compact(trimmed)


def _side(
    h: Histogram, buckets: Buckets, threshold: float, *, sign: int, keeps_below: bool
) -> tuple[Buckets, float, float]:
    """Return the buckets of one sign that remain, their count and their estimated sum; the same buckets if all do."""
    near, far = (bounds * sign for bounds in edges(h, buckets))
    lower, upper = (near, far) if sign > 0 else (far, near)
    counts = buckets.counts.tolist()
    kept_sum = 0.0
    kept = []
    for low, high, count in zip(lower.tolist(), upper.tolist(), counts, strict=True):
        bucket = _Bucket(low, high, count, h.is_custom)
        remains, middle = (0.0, 0.0) if count == 0 else _remains(bucket, threshold, keeps_below=keeps_below)
        kept.append(remains)
        kept_sum += remains * middle
    if kept == counts:
        return buckets, math.fsum(kept), kept_sum
    return Buckets(buckets.indexes, np.array(kept)), math.fsum(kept), kept_sum


def _remains(bucket: _Bucket, threshold: float, *, keeps_below: bool) -> tuple[float, float]:
    """Return how many observations of a bucket remain, and the value they are taken to have."""
    if (bucket.upper <= threshold) if keeps_below else (bucket.lower >= threshold):
        return bucket.count, bucket.middle
    if (bucket.lower >= threshold) if keeps_below else (bucket.upper <= threshold):
        return 0.0, 0.0
    if math.isinf(bucket.lower):
        return _of_lowest(bucket, threshold, keeps_below=keeps_below)
    if math.isinf(bucket.upper):
        return (0.0, bucket.lower) if keeps_below else (bucket.count, threshold)
    below = bucket.count * _share_below(bucket, threshold)
    if keeps_below:
        return below, _middle(bucket.lower, threshold, is_linear=bucket.is_linear)
    return bucket.count - below, _middle(threshold, bucket.upper, is_linear=bucket.is_linear)


def _of_lowest(bucket: _Bucket, threshold: float, *, keeps_below: bool) -> tuple[float, float]:
    """Return what remains of a bucket from -Inf on; it is taken to begin at 0 if its upper bound is positive."""
    is_finite = math.isfinite(bucket.upper)
    if keeps_below:
        if threshold > 0 and is_finite:
            return bucket.count * threshold / bucket.upper, threshold / 2
        return (bucket.count, threshold) if bucket.upper <= 0 else (0.0, 0.0)
    if threshold >= 0 and is_finite:
        return bucket.count * (1 - threshold / bucket.upper), (threshold + bucket.upper) / 2
    return (bucket.count, 0.0) if threshold == -math.inf else (0.0, 0.0)


def _zero(h: Histogram, threshold: float, *, keeps_below: bool) -> tuple[float, float]:
    has_negative, has_positive = bool(h.negative.counts.any()), bool(h.positive.counts.any())
    lower = 0.0 if has_positive and not has_negative else -h.zero_threshold
    upper = 0.0 if has_negative and not has_positive else h.zero_threshold
    if threshold <= lower:
        return (0.0, 0.0) if keeps_below else (h.zero_count, (lower + upper) / 2)
    if threshold >= upper:
        return (h.zero_count, (lower + upper) / 2) if keeps_below else (0.0, 0.0)
    if keeps_below:
        return h.zero_count * (threshold - lower) / (upper - lower), (lower + threshold) / 2
    return h.zero_count * (upper - threshold) / (upper - lower), (threshold + upper) / 2


def _share_below(bucket: _Bucket, value: float) -> float:
    if bucket.is_linear:
        return (value - bucket.lower) / (bucket.upper - bucket.lower)
    low, high, at = (math.log2(abs(bound)) for bound in (bucket.lower, bucket.upper, value))
    return (at - low) / (high - low) if value > 0 else 1 - (at - high) / (low - high)


def _middle(lower: float, upper: float, *, is_linear: bool) -> float:
    if math.isinf(lower):
        if math.isinf(upper):
            return 0.0
        return upper / 2 if upper > 0 else upper
    if math.isinf(upper):
        return lower
    if is_linear:
        return (lower + upper) / 2
    return math.copysign(math.sqrt(abs(lower * upper)), upper or lower)
