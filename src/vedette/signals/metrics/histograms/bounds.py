"""Where buckets begin and end."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import MAX_SCHEMA, Buckets, Histogram

LARGEST: Final = float(np.finfo(np.float64).max)
"""The upper bound of the last regular bucket; the bucket behind it holds ±Inf."""


def _fractions() -> list[NDArray[np.float64]]:
    """Return for each schema from 0 on the bounds within [0.5, 1).

    Every other bound is the neighbouring one times the schema's growth factor, as the instrumentation libraries compute
    them: bounds then agree with theirs to the last bit. (Their square root of 2 is one unit in the last place low.)
    """
    tables = [np.array([0.5])]
    for schema in range(1, MAX_SCHEMA + 1):
        growth = math.nextafter(math.sqrt(2), 0) if schema == 1 else float(np.exp2(2.0**-schema))
        table = np.empty(1 << schema)
        table[0::2] = tables[-1]
        table[1::2] = tables[-1] * growth
        tables.append(table)
    return tables


_FRACTIONS: Final = _fractions()


def upper_bounds(schema: int, indexes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the upper bounds of exponential buckets (the lower ones are those of the index before)."""
    wide = indexes.astype(np.int64)
    if schema < 0:
        fractions, exponents = np.float64(0.5), (wide << -schema) + 1
    else:
        fractions, exponents = _FRACTIONS[schema][wide & ((1 << schema) - 1)], (wide >> schema) + 1
    with np.errstate(over="ignore", under="ignore"):
        bounds = np.ldexp(fractions, np.clip(exponents, -2000, 2000).astype(np.int32))
    return np.where((fractions == 0.5) & (exponents == 1025), LARGEST, bounds)


def edges(h: Histogram, buckets: Buckets) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper bounds of buckets of the histogram, as absolute values."""
    if h.custom is None:
        return upper_bounds(h.schema, buckets.indexes - np.int32(1)), upper_bounds(h.schema, buckets.indexes)
    table = np.array([-math.inf, *h.custom, math.inf])
    return table[buckets.indexes], table[buckets.indexes + 1]


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """All buckets of a histogram with ascending bounds, the zero bucket among them when it is populated."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    counts: NDArray[np.float64]


def intervals(h: Histogram, *, clipped: bool = True) -> Intervals:
    """Return the buckets in ascending order; if clipped, those that overlap with the zero bucket begin or end there."""
    lower, upper = edges(h, h.positive)
    threshold = h.zero_threshold
    if clipped:
        lower = np.where((lower > 0) & (lower < threshold), threshold, lower)
    parts = [(lower, upper, h.positive.counts)]
    if h.zero_count > 0:
        parts.insert(0, (np.array([-threshold]), np.array([threshold]), np.array([h.zero_count])))
    if len(h.negative):
        near, far = edges(h, h.negative)
        if clipped:
            near = np.where((near > 0) & (near < threshold), threshold, near)
        parts.insert(0, (-far[::-1], -near[::-1], h.negative.counts[::-1]))
    if len(parts) == 1:
        return Intervals(*parts[0])
    return Intervals(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )
