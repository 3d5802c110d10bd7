"""Many histograms, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from vedette.signals.metrics.histograms.histogram import CUSTOM, NO_BUCKETS, Buckets, Hint, Histogram

ARROW: Final = pa.schema(
    [
        pa.field("Schema", pa.int8()),
        pa.field("ZeroThreshold", pa.float64()),
        pa.field("ZeroCount", pa.float64()),
        pa.field("Count", pa.float64()),
        pa.field("Sum", pa.float64()),
        pa.field("Hint", pa.uint8()),
        pa.field("PositiveIndexes", pa.list_(pa.int32())),
        pa.field("PositiveCounts", pa.list_(pa.float64())),
        pa.field("NegativeIndexes", pa.list_(pa.int32())),
        pa.field("NegativeCounts", pa.list_(pa.float64())),
        pa.field("CustomBounds", pa.list_(pa.float64())),
    ]
)
"""The columns of histograms in the table `metric_histograms`."""


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

    def take(self, rows: NDArray[np.int64]) -> "Ragged":
        """Return some rows, in the order asked for."""
        offsets, items = _taken(self.offsets, rows)
        return Ragged(offsets, self.indexes[items], self.counts[items])


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

    def take(self, rows: NDArray[np.int64]) -> "HistogramColumns":
        """Return the histograms of these numbers; every sample of the result is one."""
        bound_offsets, bounds = _taken(self.bound_offsets, rows)
        return HistogramColumns(
            mask=np.ones(len(rows), np.bool_),
            schema=self.schema[rows],
            zero_threshold=self.zero_threshold[rows],
            zero_count=self.zero_count[rows],
            count=self.count[rows],
            sum=self.sum[rows],
            hint=self.hint[rows],
            positive=self.positive.take(rows),
            negative=self.negative.take(rows),
            bound_offsets=bound_offsets,
            bounds=self.bounds[bounds],
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


def to_arrow(columns: HistogramColumns) -> pa.RecordBatch:
    """Return one row per histogram, as the table `metric_histograms` holds them."""
    return pa.RecordBatch.from_arrays(
        [
            pa.array(columns.schema),
            pa.array(columns.zero_threshold),
            pa.array(columns.zero_count),
            pa.array(columns.count),
            pa.array(columns.sum),
            pa.array(columns.hint),
            _list(columns.positive.offsets, columns.positive.indexes),
            _list(columns.positive.offsets, columns.positive.counts),
            _list(columns.negative.offsets, columns.negative.indexes),
            _list(columns.negative.offsets, columns.negative.counts),
            _list(columns.bound_offsets, columns.bounds),
        ],
        schema=ARROW,
    )


def from_arrow(rows: pa.RecordBatch | pa.Table, mask: NDArray[np.bool_] | None = None) -> HistogramColumns:
    """Return the histograms of rows that have at least the columns of `ARROW`; for `mask` see from_histograms."""
    if isinstance(rows, pa.Table):
        batches = rows.select(ARROW.names).combine_chunks().to_batches()
        rows = batches[0] if batches else pa.RecordBatch.from_pylist([], schema=ARROW)
    offsets, positive = _ragged_of(rows, "Positive")
    negative_offsets, negative = _ragged_of(rows, "Negative")
    bound_offsets, bounds = _flat(rows.column("CustomBounds"))
    return HistogramColumns(
        mask=np.ones(rows.num_rows, np.bool_) if mask is None else mask,
        schema=_numbers(rows, "Schema", np.int8),
        zero_threshold=_numbers(rows, "ZeroThreshold", np.float64),
        zero_count=_numbers(rows, "ZeroCount", np.float64),
        count=_numbers(rows, "Count", np.float64),
        sum=_numbers(rows, "Sum", np.float64),
        hint=_numbers(rows, "Hint", np.uint8),
        positive=Ragged(offsets, *positive),
        negative=Ragged(negative_offsets, *negative),
        bound_offsets=bound_offsets,
        bounds=bounds.astype(np.float64, copy=False),
    )


def _ragged_of(
    rows: pa.RecordBatch, sign: str
) -> tuple[NDArray[np.int64], tuple[NDArray[np.int32], NDArray[np.float64]]]:
    offsets, indexes = _flat(rows.column(f"{sign}Indexes"))
    _, counts = _flat(rows.column(f"{sign}Counts"))
    return offsets, (indexes.astype(np.int32, copy=False), counts.astype(np.float64, copy=False))


def _flat(lists: pa.ListArray) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return where each list begins and ends, and their items; a slice of a larger array is cut out of it."""
    offsets = lists.offsets.to_numpy().astype(np.int64)
    items = lists.values.to_numpy(zero_copy_only=False)
    return offsets - offsets[0], items[offsets[0] : offsets[-1]]


def _list(offsets: NDArray[np.int64], items: NDArray[Any]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(items))


def _numbers(rows: pa.RecordBatch, name: str, dtype: DTypeLike) -> NDArray[Any]:
    return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype)


def _ragged(rows: Sequence[Buckets]) -> Ragged:
    return Ragged(
        _offsets([len(row) for row in rows]),
        np.concatenate([row.indexes for row in rows] or [NO_BUCKETS.indexes]),
        np.concatenate([row.counts for row in rows] or [NO_BUCKETS.counts]),
    )


def _taken(offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets of some rows put one after the other, and the places of their items."""
    lengths = np.diff(offsets)[rows]
    taken = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return taken, np.arange(int(taken[-1])) + np.repeat(offsets[:-1][rows] - taken[:-1], lengths)


def _offsets(lengths: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(lengths, np.int64))])
