"""What a native histogram tells of its observations: quantiles, fractions, variance.

Within an exponential bucket observations are taken to be spread evenly on a logarithmic scale, within the zero bucket
and custom buckets evenly on a linear one. Observations of NaN are counted in `count` and in no bucket; they are
recognised by a sum of NaN.
"""

import math
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.bounds import Intervals, intervals
from vedette.signals.metrics.histograms.histogram import Histogram


class Skew(Enum):
    """What observations of NaN did to an estimate."""

    NONE = "none"
    HIGHER = "higher"
    """A quantile came out higher than it would without them; of a fraction: they are in none."""
    NAN = "NaN"
    """The quantile lies above all buckets: it is NaN."""


class Estimate(NamedTuple):
    """An estimate and whether observations of NaN had a part in it."""

    value: float
    skew: Skew = Skew.NONE


def quantile(q: float, h: Histogram) -> Estimate:
    """Return the q-quantile; ±Inf when q is outside 0 … 1, NaN when q is NaN or there are no observations."""
    if not 0 <= q <= 1:
        return Estimate(q * math.inf)
    if h.count == 0:
        return Estimate(math.nan)
    buckets = intervals(h)
    forward = math.isnan(h.sum) or q < 0.5
    rank = (q if forward else 1 - q) * h.count
    at, reached = _find(buckets.counts if forward else buckets.counts[::-1], rank)
    if at < 0:
        return _beyond(h, 0.0) if rank > 0 else Estimate(math.nan)
    at = at if forward else len(buckets.counts) - 1 - at
    lower, upper = float(buckets.lower[at]), float(buckets.upper[at])
    if h.custom is None:
        lower, upper = _natural(h, lower, upper)
    elif lower == -math.inf and upper > 0:
        lower = 0.0
    elif math.isinf(lower) or math.isinf(upper):
        return Estimate(upper if math.isinf(lower) else lower)
    reached = min(reached, h.count)
    if reached < rank:
        return _beyond(h, upper)
    count = float(buckets.counts[at])
    within = rank - (reached - count) if forward else reached - rank
    has_nan = math.isnan(h.sum) and float(buckets.counts.sum()) < h.count
    return Estimate(_interpolated(h, lower, upper, within / count), Skew.HIGHER if has_nan else Skew.NONE)


def fraction(lower: float, upper: float, h: Histogram) -> Estimate:
    """Return the share of observations between two bounds; NaN when a bound is NaN or there are no observations."""
    if h.count == 0 or math.isnan(lower) or math.isnan(upper):
        return Estimate(math.nan)
    if lower >= upper:
        return Estimate(0.0)
    buckets = intervals(h)
    if math.isnan(h.sum):
        count = float(buckets.counts.sum())
        skew = Skew.HIGHER if count < h.count else Skew.NONE
    else:
        count, skew = h.count, Skew.NONE
    before = np.concatenate([[0.0], np.cumsum(buckets.counts)])
    return Estimate((_rank(h, buckets, before, upper, count) - _rank(h, buckets, before, lower, count)) / h.count, skew)


def variance(h: Histogram) -> float:
    """Return the variance of the observations, each taken to be in the middle of its bucket."""
    buckets = intervals(h)
    keep = buckets.counts != 0
    low, high, counts = buckets.lower[keep], buckets.upper[keep], buckets.counts[keep]
    with np.errstate(all="ignore"):
        if h.is_custom:
            middles = (high + low) / 2
        else:
            middles = np.where((low <= 0) & (high >= 0), 0.0, np.copysign(np.sqrt(high * low), high))
        squares = counts * (middles - average(h)) ** 2
        total = np.float64(math.fsum(squares)) if np.isfinite(squares).all() else squares.sum()
        return float(total / np.float64(h.count))


stdvar = variance


def stddev(h: Histogram) -> float:
    """Return the standard deviation of the observations; see variance."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(variance(h)))


def average(h: Histogram) -> float:
    """Return the mean of the observations; NaN without any."""
    with np.errstate(all="ignore"):
        return float(np.float64(h.sum) / np.float64(h.count))


def _find(counts: NDArray[np.float64], rank: float) -> tuple[int, float]:
    """Return where the running total of populated buckets reaches a rank, and that total.

    That is the last bucket if it never does, -1 when there is none.
    """
    totals = np.cumsum(counts)
    hits = np.flatnonzero((totals >= rank) & (counts != 0))
    if len(hits):
        return int(hits[0]), float(totals[hits[0]])
    return len(counts) - 1, float(totals[-1]) if len(counts) else 0.0


def _beyond(h: Histogram, highest: float) -> Estimate:
    """Return the estimate for a rank above all buckets."""
    return Estimate(math.nan, Skew.NAN) if math.isnan(h.sum) else Estimate(highest)


def _natural(h: Histogram, lower: float, upper: float) -> tuple[float, float]:
    """Return the bounds of a bucket; one around zero ends there when one side of zero has no observations."""
    if lower <= 0 <= upper:
        if not len(h.negative) and len(h.positive):
            return 0.0, upper
        if not len(h.positive) and len(h.negative):
            return lower, 0.0
    return lower, upper


def _interpolated(h: Histogram, lower: float, upper: float, share: float) -> float:
    if h.is_custom or lower <= 0 <= upper:
        return lower + (upper - lower) * share
    low, high = np.log2(abs(lower)), np.log2(abs(upper))
    with np.errstate(over="ignore"):
        if lower > 0:
            return float(np.exp2(low + (high - low) * share))
        return float(-np.exp2(high + (low - high) * (1 - share)))


def _rank(h: Histogram, buckets: Intervals, before: NDArray[np.float64], value: float, count: float) -> float:
    """Return how many observations are at most `value`; `before` has the running totals, the first 0."""
    for i, bucket in enumerate(zip(buckets.lower.tolist(), buckets.upper.tolist(), strict=True)):
        lower, upper = _natural(h, *bucket)
        if lower >= value:
            return min(float(before[i]), count)
        if lower < value < upper:
            own = float(buckets.counts[i])
            if math.isinf(lower):
                return min(own, count)
            return min(float(before[i]) + own * _share_below(h, lower, upper, value), count)
    return count


def _share_below(h: Histogram, lower: float, upper: float, value: float) -> float:
    if h.is_custom or lower <= 0 <= upper:
        return (value - lower) / (upper - lower)
    low, high, at = math.log2(abs(lower)), math.log2(abs(upper)), math.log2(abs(value))
    return (at - low) / (high - low) if value > 0 else 1 - (at - high) / (low - high)
