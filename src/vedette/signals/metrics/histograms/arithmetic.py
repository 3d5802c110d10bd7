"""Arithmetic of native histograms.

Operands are brought to a common form first: zero buckets are widened to a threshold that cuts no populated bucket of
either side, resolutions are reduced to the lower one, and custom bounds to those both sides have.
"""

import math
import struct
from dataclasses import replace

import numpy as np

from vedette.signals.metrics.histograms.bounds import edges
from vedette.signals.metrics.histograms.buckets import (
    has_shrunk,
    plus,
    populated,
    reduced,
    same,
    shared_bounds,
    with_bounds,
)
from vedette.signals.metrics.histograms.histogram import (
    NO_BUCKETS,
    Buckets,
    Combined,
    Hint,
    Histogram,
    Incompatible,
)


def add(a: Histogram, b: Histogram) -> Combined:
    """Return a + b; raises Incompatible. Empty buckets may remain: see compact."""
    return _combine(a, b, 1.0)


def subtract(a: Histogram, b: Histogram) -> Combined:
    """Return a - b; raises Incompatible. The hint is the one addition gives: the operator `-` makes it GAUGE."""
    return _combine(a, b, -1.0)


def scale(h: Histogram, factor: float) -> Histogram:
    """Return the histogram with all counts and the sum multiplied; a negative factor makes it a gauge."""
    return Histogram(
        h.schema,
        h.zero_threshold,
        h.zero_count * factor,
        h.count * factor,
        h.sum * factor,
        Buckets(h.positive.indexes, h.positive.counts * factor) if len(h.positive) else NO_BUCKETS,
        Buckets(h.negative.indexes, h.negative.counts * factor) if len(h.negative) else NO_BUCKETS,
        h.custom,
        Hint.GAUGE if factor < 0 else h.hint,
    )


def divide(h: Histogram, scalar: float) -> Histogram:
    """Return the histogram with all counts and the sum divided; division by zero takes away all buckets."""
    with np.errstate(all="ignore"):
        zero_count, count, total = (np.array([h.zero_count, h.count, h.sum]) / scalar).tolist()
        return Histogram(
            h.schema,
            h.zero_threshold,
            zero_count,
            count,
            total,
            NO_BUCKETS if scalar == 0 else Buckets(h.positive.indexes, h.positive.counts / scalar),
            NO_BUCKETS if scalar == 0 else Buckets(h.negative.indexes, h.negative.counts / scalar),
            h.custom,
            Hint.GAUGE if scalar < 0 else h.hint,
        )


def negate(h: Histogram) -> Histogram:
    """Return -h, a gauge."""
    return scale(h, -1.0)


def compact(h: Histogram) -> Histogram:
    """Return the histogram without empty buckets."""
    positive, negative = populated(h.positive), populated(h.negative)
    return h if positive is h.positive and negative is h.negative else replace(h, positive=positive, negative=negative)


def equal(a: Histogram, b: Histogram) -> bool:
    """Whether both have the same layout and the same counts and sum to the last bit; hints do not matter."""
    return (
        a.schema == b.schema
        and a.zero_threshold == b.zero_threshold
        and a.custom == b.custom
        and struct.pack("3d", a.count, a.sum, a.zero_count) == struct.pack("3d", b.count, b.sum, b.zero_count)
        and same(a.positive, b.positive)
        and same(a.negative, b.negative)
    )


def is_reset(current: Histogram, previous: Histogram) -> bool:
    """Whether a counter was reset between two of its histograms.

    Hints RESET and NO_RESET of the current one decide. Otherwise there was a reset when any count has decreased, a
    populated bucket has gone, the resolution has risen, the zero bucket has become narrower or ends within a populated
    bucket of the previous histogram. The sum does not matter: observations may be negative.
    """
    if current.hint in (Hint.RESET, Hint.NO_RESET):
        return current.hint is Hint.RESET
    if current.count < previous.count:
        return True
    if current.custom is not None:
        return previous.custom is None or _has_custom_reset(current, previous)
    if current.schema > previous.schema or current.zero_threshold < previous.zero_threshold:
        return True
    widened = widen_zero(previous, current.zero_threshold)
    if widened.zero_threshold != current.zero_threshold or current.zero_count < widened.zero_count:
        return True
    before, now = reduce_to(widened, current.schema), _outside_zero(current)
    return has_shrunk(now.positive, before.positive) or has_shrunk(now.negative, before.negative)


def reduce_to(h: Histogram, schema: int) -> Histogram:
    """Return the histogram at an exponential schema that is at most its own."""
    by = h.schema - schema
    if by == 0:
        return h
    return replace(h, schema=schema, positive=reduced(h.positive, by), negative=reduced(h.negative, by))


def widen_zero(h: Histogram, threshold: float) -> Histogram:
    """Return the histogram with a zero bucket that reaches to `threshold`, at least its own, or a bit farther.

    Farther when that would cut a populated bucket; such a bucket becomes part of the zero bucket.
    """
    if threshold == h.zero_threshold:
        return h
    low, high = edges(h, h.positive)
    low_n, high_n = edges(h, h.negative)
    while True:
        inside, inside_n = low < threshold, low_n < threshold
        cut = np.concatenate([high[inside & (h.positive.counts != 0)], high_n[inside_n & (h.negative.counts != 0)]])
        farthest = float(cut.max(initial=threshold))
        if farthest == threshold:
            break
        threshold = farthest
    swallowed = float(h.positive.counts[inside].sum() + h.negative.counts[inside_n].sum())
    return replace(
        h,
        zero_threshold=threshold,
        zero_count=h.zero_count + swallowed,
        positive=_kept(h.positive, inside),
        negative=_kept(h.negative, inside_n),
    )


def with_custom(h: Histogram, bounds: tuple[float, ...]) -> Histogram:
    """Return a histogram of custom buckets in terms of a subset of its bounds."""
    if h.custom is None or h.custom == bounds:
        return h
    return replace(h, custom=bounds, positive=with_bounds(h.positive, h.custom, bounds))


def joint_hint(a: Hint, b: Hint) -> tuple[Hint, bool]:
    """Return the hint of a sum or difference, and whether the two contradict each other."""
    if a is b:
        return a, False
    if Hint.GAUGE in (a, b):
        return Hint.GAUGE, False
    return Hint.UNKNOWN, Hint.UNKNOWN not in (a, b)


def _combine(a: Histogram, b: Histogram, sign: float) -> Combined:
    if a.is_custom != b.is_custom:
        raise Incompatible
    hint, collided = joint_hint(a.hint, b.hint)
    reconciled = a.custom != b.custom
    if a.custom is not None and b.custom is not None and reconciled:
        bounds = shared_bounds(a.custom, b.custom)
        a, b = with_custom(a, bounds), with_custom(b, bounds)
    while a.zero_threshold != b.zero_threshold:
        if a.zero_threshold < b.zero_threshold:
            a = widen_zero(a, b.zero_threshold)
        else:
            b = widen_zero(b, a.zero_threshold)
    schema = min(a.schema, b.schema)
    a, b = reduce_to(a, schema), reduce_to(b, schema)
    result = Histogram(
        schema,
        a.zero_threshold,
        a.zero_count + sign * b.zero_count,
        a.count + sign * b.count,
        a.sum + sign * b.sum,
        plus(a.positive, b.positive, sign),
        plus(a.negative, b.negative, sign),
        a.custom,
        hint,
    )
    return Combined(result, collided, reconciled)


def _has_custom_reset(current: Histogram, previous: Histogram) -> bool:
    bounds = shared_bounds(current.custom or (), previous.custom or ())
    return has_shrunk(with_custom(current, bounds).positive, with_custom(previous, bounds).positive)


def _outside_zero(h: Histogram) -> Histogram:
    """Return the histogram without the buckets that lie within its zero bucket."""
    lowest = min((int(side.indexes[0]) for side in (h.positive, h.negative) if len(side)), default=0)
    if h.zero_threshold == 0 or lowest * 2.0**-h.schema > math.log2(h.zero_threshold) + 1:
        return h
    return replace(
        h,
        positive=_kept(h.positive, edges(h, h.positive)[1] <= h.zero_threshold),
        negative=_kept(h.negative, edges(h, h.negative)[1] <= h.zero_threshold),
    )


def _kept(buckets: Buckets, dropped: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Buckets:
    if not dropped.any():
        return buckets
    return Buckets(buckets.indexes[~dropped], buckets.counts[~dropped])
