"""Native histograms from OTLP exponential histograms.

Bucket i of an exponential histogram of scale s is (2**(i * 2**-s), 2**((i+1) * 2**-s)]: one below the index used here
(https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.buckets import merged, populated
from vedette.signals.metrics.histograms.histogram import (
    MAX_SCHEMA,
    MIN_SCHEMA,
    NO_BUCKETS,
    STALE_BITS,
    Buckets,
    Hint,
    Histogram,
)
from vedette.signals.metrics.histograms.wire import Invalid

DEFAULT_ZERO_THRESHOLD: Final = 1e-128
"""The width of the zero bucket when a data point states none."""

STALE: Final = Histogram(0, 0.0, 0.0, 0.0, float(STALE_BITS.view(np.float64)))
"""What a data point without a recorded value becomes: the end of its series."""


def from_data_point(
    scale: int,
    zero_threshold: float,
    zero_count: int,
    count: int,
    sum: float | None,  # noqa: A002 - the field's name
    positive: tuple[int, Sequence[int] | NDArray[np.int64]],
    negative: tuple[int, Sequence[int] | NDArray[np.int64]],
    *,
    is_delta: bool = False,
) -> Histogram:
    """Return the histogram of a data point; raises Invalid when its scale is below -4.

    `positive` and `negative` are the offset and the counts. A scale above 8 is reduced to 8. Delta points become gauge
    histograms: they are to be summed over time, and no counter resets are to be seen in them.
    """
    if scale < MIN_SCHEMA:
        raise Invalid(f"cannot convert exponential to native histogram. Scale must be >= {MIN_SCHEMA}, was {scale}")
    if not 0 <= zero_threshold < np.inf:
        raise Invalid(f"exponential histogram has a zero threshold of {zero_threshold}, which must be finite and >= 0")
    by = max(scale - MAX_SCHEMA, 0)
    return Histogram(
        schema=scale - by,
        zero_threshold=zero_threshold or DEFAULT_ZERO_THRESHOLD,
        zero_count=float(zero_count),
        count=float(count),
        sum=0.0 if sum is None else sum,
        positive=_buckets(*positive, by),
        negative=_buckets(*negative, by),
        hint=Hint.GAUGE if is_delta else Hint.UNKNOWN,
    )


def _buckets(offset: int, counts: Sequence[int] | NDArray[np.int64], by: int) -> Buckets:
    if not len(counts):
        return NO_BUCKETS
    indexes = ((np.arange(len(counts), dtype=np.int64) + offset) >> by) + 1
    limits = np.iinfo(np.int32)
    if indexes[0] <= limits.min or indexes[-1] >= limits.max:
        raise Invalid("exponential histogram has buckets beyond the range of indexes")
    return populated(merged(indexes.astype(np.int32), np.asarray(counts, np.float64)))
