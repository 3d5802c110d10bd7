"""Buckets of one sign: their sums, coarser forms and comparison."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import NO_BUCKETS, Buckets


def merged(indexes: NDArray[np.int32], counts: NDArray[np.float64]) -> Buckets:
    """Return buckets from ascending indexes that may repeat: counts of the same index are summed."""
    if len(indexes) == 0:
        return NO_BUCKETS
    starts = np.flatnonzero(np.concatenate([[True], indexes[1:] != indexes[:-1]]))
    return Buckets(indexes[starts], np.add.reduceat(counts, starts))


def reduced(buckets: Buckets, by: int) -> Buckets:
    """Return the buckets at a resolution lower by that many schemas: 2**by neighbours become one."""
    if by == 0 or not len(buckets):
        return buckets
    return merged((((buckets.indexes.astype(np.int64) - 1) >> by) + 1).astype(np.int32), buckets.counts)


def plus(a: Buckets, b: Buckets, sign: float = 1.0) -> Buckets:
    """Return a + sign * b; indexes of either are in the result, even where counts cancel out."""
    if not len(b):
        return a
    if len(a) == len(b) and bool((a.indexes == b.indexes).all()):
        return Buckets(a.indexes, a.counts + sign * b.counts)
    indexes = np.concatenate([a.indexes, b.indexes])
    order = np.argsort(indexes, kind="stable")
    return merged(indexes[order], np.concatenate([a.counts, sign * b.counts])[order])


def populated(buckets: Buckets) -> Buckets:
    """Return the buckets without those whose count is zero."""
    keep = buckets.counts != 0
    return buckets if bool(keep.all()) else Buckets(buckets.indexes[keep], buckets.counts[keep])


def has_shrunk(current: Buckets, previous: Buckets) -> bool:
    """Whether any bucket of `previous` has a smaller count in `current`, or is populated and missing there."""
    if len(current) == len(previous) and bool((current.indexes == previous.indexes).all()):
        return bool((current.counts < previous.counts).any())
    if not len(current):
        return bool((previous.counts != 0).any())
    at = np.minimum(np.searchsorted(current.indexes, previous.indexes), len(current) - 1)
    found = current.indexes[at] == previous.indexes
    return bool(np.where(found, current.counts[at] < previous.counts, previous.counts != 0).any())


def shared_bounds(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    """Return the custom bounds that are in both."""
    other = set(b)
    return tuple(bound for bound in a if bound in other)


def with_bounds(buckets: Buckets, bounds: Sequence[float], coarser: Sequence[float]) -> Buckets:
    """Return buckets of custom bounds in terms of a subset of these bounds."""
    ends = np.array([*bounds, np.inf])
    return merged(np.searchsorted(np.array(coarser), ends[buckets.indexes]).astype(np.int32), buckets.counts)


def same(a: Buckets, b: Buckets) -> bool:
    """Whether both have the same populated buckets, to the last bit."""
    a, b = populated(a), populated(b)
    return np.array_equal(a.indexes, b.indexes) and a.counts.tobytes() == b.counts.tobytes()
