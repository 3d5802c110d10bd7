"""Many histograms, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import CUSTOM, NO_BUCKETS, Buckets, Hint, Histogram


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Rows of buckets, one after the other: row r is [offsets[r], offsets[r + 1]) of the other arrays."""

    offsets: NDArray[np.int64]
    indexes: NDArray[np.int32]
    counts: NDArray[np.float64]

    def at(self, row: int) -> Buckets:
        """Return one row; it shares memory with this."""
        start, end = self.offsets[row], self.offsets[row + 1]
        return NO_BUCKETS if start == end else Buckets(self.indexes[start:end], self.counts[start:end])


@dataclass(frozen=True, slots=True, eq=False)
class HistogramColumns:
    """The histograms among a run of samples.

    `mask` has one bool per sample; the other columns have one entry per True, in the same order. `bound_offsets` and
    `bounds` list the custom bounds of each histogram, none for those with exponential buckets.
    """

    mask: NDArray[np.bool_]
    schema: NDArray[np.int8]
    zero_threshold: NDArray[np.float64]
    zero_count: NDArray[np.float64]
    count: NDArray[np.float64]
    sum: NDArray[np.float64]
    hint: NDArray[np.uint8]
    positive: Ragged
    negative: Ragged
    bound_offsets: NDArray[np.int64]
    bounds: NDArray[np.float64]
    rows: NDArray[np.int64] = field(init=False)
    """For each sample the number of its histogram; meaningless where `mask` is False."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", np.cumsum(self.mask, dtype=np.int64) - 1)

    def __len__(self) -> int:
        return len(self.schema)

    def at(self, sample: int) -> Histogram:
        """Return the histogram of a sample of the run; `mask[sample]` must be True."""
        return self.row(int(self.rows[sample]))

    def row(self, row: int) -> Histogram:
        """Return the histogram of that number among the histograms."""
        schema = int(self.schema[row])
        start, end = self.bound_offsets[row], self.bound_offsets[row + 1]
        return Histogram(
            schema,
            float(self.zero_threshold[row]),
            float(self.zero_count[row]),
            float(self.count[row]),
            float(self.sum[row]),
            self.positive.at(row),
            self.negative.at(row),
            tuple(self.bounds[start:end].tolist()) if schema == CUSTOM else None,
            Hint(int(self.hint[row])),
        )


def from_histograms(histograms: Sequence[Histogram], mask: NDArray[np.bool_] | None = None) -> HistogramColumns:
    """Return the columns of histograms; `mask` places them among samples, None means that every sample is one."""
    lengths = [0 if h.custom is None else len(h.custom) for h in histograms]
    return HistogramColumns(
        mask=np.ones(len(histograms), np.bool_) if mask is None else mask,
        schema=np.array([h.schema for h in histograms], np.int8),
        zero_threshold=np.array([h.zero_threshold for h in histograms], np.float64),
        zero_count=np.array([h.zero_count for h in histograms], np.float64),
        count=np.array([h.count for h in histograms], np.float64),
        sum=np.array([h.sum for h in histograms], np.float64),
        hint=np.array([h.hint for h in histograms], np.uint8),
        positive=_ragged([h.positive for h in histograms]),
        negative=_ragged([h.negative for h in histograms]),
        bound_offsets=_offsets(lengths),
        bounds=np.array([b for h in histograms for b in h.custom or ()], np.float64),
    )


def _ragged(rows: Sequence[Buckets]) -> Ragged:
    return Ragged(
        _offsets([len(row) for row in rows]),
        np.concatenate([row.indexes for row in rows] or [NO_BUCKETS.indexes]),
        np.concatenate([row.counts for row in rows] or [NO_BUCKETS.counts]),
    )


def _offsets(lengths: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(lengths, np.int64))])
