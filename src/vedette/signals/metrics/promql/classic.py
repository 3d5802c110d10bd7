"""Quantiles and fractions of classic histograms: series of cumulative buckets, many histograms at once.

Counts are (..., B): the buckets of a histogram, by rising upper bound, on the last axis. Within a bucket observations
count as spread evenly. Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.vectors import Bools, Floats

_TOLERANCE: Final = 1e-12
"""Relative differences between buckets up to here are floating-point noise."""

_SMALLEST: Final = 2.2250738585072014e-308


class Forced(NamedTuple):
    """Which histograms had counts that fell, from which bound to which, and the greatest fall; shape (...)."""

    where: Bools
    lowest: Floats
    highest: Floats
    difference: Floats


def coalesced(bounds: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return buckets in the order of their bounds, those with equal bounds added up."""
    order = np.argsort(bounds, kind="stable")
    bounds, counts = bounds[order], counts[..., order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(bounds) != 0) + 1])
    return (
        (bounds, counts) if len(starts) == len(bounds) else (bounds[starts], np.add.reduceat(counts, starts, axis=-1))
    )


def monotonic(bounds: Floats, counts: Floats) -> tuple[Floats, Forced | None]:
    """Return counts that never fall, and where they did; noise is smoothed out in silence."""
    with np.errstate(all="ignore"):
        steps = np.diff(counts, axis=-1)
        noise = np.abs(steps) < _TOLERANCE * (np.abs(counts[..., 1:]) + np.abs(counts[..., :-1]))
        odd = ((steps < 0) | (noise & (steps != 0)) | np.isnan(steps)).any(axis=-1)
        if not odd.any():
            return counts, None
        some = counts[odd]
        fixed, forced = _forced(bounds, some.reshape(-1, some.shape[-1]))
    result = counts.copy()
    result[odd] = fixed
    if not forced.where.any():
        return result, None
    spread = [np.zeros(odd.shape, np.bool_), *(np.zeros(odd.shape) for _ in range(3))]
    for whole, part in zip(spread, forced, strict=True):
        whole[odd] = part
    return result, Forced(spread[0] > 0, *spread[1:])


def _forced(bounds: Floats, counts: Floats) -> tuple[Floats, Forced]:
    counts = counts.copy()
    height = len(counts)
    lowest, highest = np.full(height, np.inf), np.full(height, -np.inf)
    difference = np.zeros(height)
    before = counts[:, 0].copy()
    for bucket in range(1, counts.shape[1]):
        now = counts[:, bucket].copy()
        noise = _almost_equal(before, now)
        fell = ~noise & (now < before)
        lowest[fell] = np.minimum(lowest[fell], bounds[bucket])
        highest[fell] = np.maximum(highest[fell], bounds[bucket])
        difference[fell] = np.maximum(difference[fell], before[fell] - now[fell])
        counts[:, bucket] = before = np.where(noise | fell, before, now)
    return counts, Forced(np.isfinite(lowest) | np.isfinite(highest) | (difference > 0), lowest, highest, difference)


def _almost_equal(left: Floats, right: Floats) -> Bools:
    total = np.abs(left) + np.abs(right)
    apart = np.abs(left - right)
    tiny = (left == 0) | (right == 0) | (total < _SMALLEST)
    close = np.where(
        tiny, apart < _TOLERANCE * _SMALLEST, apart / np.minimum(total, np.finfo(np.float64).max) < _TOLERANCE
    )
    return np.asarray((left == right) | close | (np.isnan(left) & np.isnan(right)))


def quantile(bounds: Floats, counts: Floats, wanted: Floats) -> tuple[Floats, Forced | None]:
    """Return a quantile of each histogram, `wanted` fits (...); bounds are those `coalesced` gives."""
    if bounds[-1] != np.inf:
        return _outside(np.full(counts.shape[:-1], np.nan), wanted), None
    counts, forced = monotonic(bounds, counts)
    if forced is not None:
        sound = (wanted >= 0) & (wanted <= 1)
        forced = forced._replace(where=forced.where & sound)
    if len(bounds) < 2:
        return _outside(np.full(counts.shape[:-1], np.nan), wanted), forced
    total = counts[..., -1]
    with np.errstate(all="ignore"):
        rank = np.where((wanted >= 0) & (wanted <= 1), wanted, 0.0) * total
        reached = counts[..., :-1] >= rank[..., None]
        at = np.where(reached.any(axis=-1), reached.argmax(axis=-1), len(bounds) - 1)
        lower = np.where(at > 0, bounds[np.maximum(at - 1, 0)], 0.0)
        before = np.where(at > 0, _at(counts, np.maximum(at - 1, 0)), 0.0)
        share = (rank - before) / (_at(counts, at) - before)
        value = lower + (bounds[at] - lower) * share
    value = np.where((at == 0) & (bounds[0] <= 0), bounds[0], value)
    value = np.where(at == len(bounds) - 1, bounds[-2], value)
    return _outside(np.where(total == 0, np.nan, value), wanted), forced


def _at(counts: Floats, index: NDArray[np.intp]) -> Floats:
    return np.take_along_axis(counts, index[..., None], axis=-1)[..., 0]


def _outside(values: Floats, wanted: Floats) -> Floats:
    """Put in what quantiles that are none give."""
    values = np.where(wanted < 0, -np.inf, np.where(wanted > 1, np.inf, values))
    return np.where(np.isnan(wanted), np.nan, values)


def fraction(bounds: Floats, counts: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the share of observations between two bounds that fit (...); bounds are those `coalesced` gives."""
    total = counts[..., -1]
    if bounds[-1] != np.inf:
        return np.full(total.shape, np.nan)
    with np.errstate(all="ignore"):
        ranks = [np.minimum(_rank(bounds, counts, np.broadcast_to(v, total.shape)), total) for v in (lower, upper)]
        share = np.where(lower >= upper, 0.0, (ranks[1] - ranks[0]) / total)
    return np.where((total == 0) | np.isnan(lower) | np.isnan(upper), np.nan, share)


def _rank(bounds: Floats, counts: Floats, value: Floats) -> Floats:
    """Return how many observations are below a value."""
    lowest = 0.0 if bounds[0] > 0 else -np.inf
    starts = np.concatenate([[lowest], bounds[:-1]])
    before = np.concatenate([np.zeros((*counts.shape[:-1], 1)), counts[..., :-1]], axis=-1)
    rank = counts[..., -1].copy()
    is_set = np.zeros(value.shape, np.bool_)
    for bucket, (start, end) in enumerate(zip(starts.tolist(), bounds.tolist(), strict=True)):
        beyond = ~is_set & (start >= value)
        rank = np.where(beyond, before[..., bucket], rank)
        inside = ~is_set & ~beyond & (start < value) & (end > value)
        within = counts[..., bucket] - before[..., bucket]
        part = (
            counts[..., bucket] if start == -np.inf else before[..., bucket] + within * (value - start) / (end - start)
        )
        rank = np.where(inside, part, rank)
        is_set |= beyond | inside
    return rank
