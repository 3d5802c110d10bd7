"""The quantile of samples, as `quantile` and `quantile_over_time` have it: interpolated between ranks."""

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.vectors import Bools, Floats


def of_rows(values: Floats, inside: Bools, wanted: Floats) -> Floats:
    """Return a quantile of the last axis of `values`, less what is not `inside`; `wanted` fits the other axes.

    NaN counts as smaller than everything. Outside 0 … 1 the quantile is infinite, of nothing it is NaN.
    """
    count = np.count_nonzero(inside, axis=-1)
    is_nan = np.isnan(values) & inside
    nans = np.count_nonzero(is_nan, axis=-1)
    ordered = np.where(inside, values, np.inf)
    ordered[is_nan] = -np.inf
    ordered.sort(axis=-1)
    wanted = np.broadcast_to(wanted, count.shape)
    sound = (wanted >= 0) & (wanted <= 1) & (count > 0)
    rank = np.where(sound, wanted, 0.0) * np.maximum(count - 1, 0)
    lower = np.floor(rank)
    weight = rank - lower
    below = lower.astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    with np.errstate(all="ignore"):
        result = _at(ordered, below, nans) * (1 - weight) + _at(ordered, above, nans) * weight
    result = np.where(wanted < 0, -np.inf, np.where(wanted > 1, np.inf, result))
    return np.where(np.isnan(wanted) | (count == 0), np.nan, result)


def _at(ordered: Floats, rank: NDArray[np.intp], nans: NDArray[np.intp]) -> Floats:
    """Take the value at a rank; the first `nans` ranks are NaN."""
    found = np.take_along_axis(ordered, rank[..., None], axis=-1)[..., 0]
    return np.where(rank < nans, np.nan, found)
