"""Buckets in columns: read from a rollup, or summed up from samples that are not rolled up yet."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import STALE_BITS
from vedette.signals.metrics.promql.source import Batch
from vedette.signals.metrics.rollups.resolutions import Resolution

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Buckets of neighbouring series: `series` is each one's place among them; times are in Unix ms.

    In the order of series and time. See the table `samples_5m` for the rest.
    """

    series: Ints
    ends: Ints
    counts: Floats
    sums: Floats
    least: Floats
    most: Floats
    first: Floats
    first_ms: Ints
    last: Floats
    last_ms: Ints
    dropped: Floats
    resets: Floats
    changes: Floats
    ended_ms: Ints

    def take(self, order: Ints) -> "Buckets":
        """Return some of the buckets, in that order."""
        return Buckets(*(getattr(self, each.name)[order] for each in fields(self)))

    def __len__(self) -> int:
        return len(self.series)


COLUMNS: Final = {
    "counts": "toFloat64(Count)",
    "sums": "Sum",
    "least": "Min",
    "most": "Max",
    "first": "First",
    "first_ms": "toUnixTimestamp64Milli(FirstTime)",
    "last": "Last",
    "last_ms": "toUnixTimestamp64Milli(LastTime)",
    "dropped": "Dropped",
    "resets": "toFloat64(Resets)",
    "changes": "toFloat64(Changes)",
    "ended_ms": "toUnixTimestamp64Milli(EndTime)",
}
"""The columns of buckets as SQL over a table of rollups; those a question does not need stay zero."""


def from_table(table: pa.Table, order: Ints | None, offsets: Ints, ends: Ints) -> Buckets:
    """Return rows of a rollup, brought into order."""
    nothing = np.zeros(len(ends))
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        values = table[name].to_numpy() if name in table.column_names else None
        columns[name] = nothing if values is None else values if order is None else values[order]
    return Buckets(np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)), ends, **columns)


def sum_up(batch: Batch, resolution: Resolution) -> Buckets:
    """Return the buckets of samples, as the table would have them."""
    series = np.repeat(np.arange(len(batch.offsets) - 1), np.diff(batch.offsets))
    markers = np.ascontiguousarray(batch.values).view(np.uint64) == STALE_BITS
    is_value = ~np.isnan(batch.values)
    values = _of_values(series[is_value], batch.times_ms[is_value], batch.values[is_value], resolution)
    if not markers.any():
        return values
    return _with_markers(values, series[markers], batch.times_ms[markers], resolution)


def _of_values(series: Ints, times: Ints, values: Floats, resolution: Resolution) -> Buckets:
    ends = -(-times // resolution.ms) * resolution.ms
    if not len(ends):
        return _nothing()
    same = (series[1:] == series[:-1]) & (ends[1:] == ends[:-1])
    heads = np.flatnonzero(np.concatenate([[True], ~same]))
    tails = np.append(heads[1:], len(ends)) - 1
    before, after = values[:-1], values[1:]
    fell = np.concatenate([[False], same & (after < before)])
    differs = np.concatenate([[False], same & (after != before)])
    return Buckets(
        series[heads],
        ends[heads],
        (tails - heads + 1).astype(np.float64),
        np.add.reduceat(values, heads),
        np.minimum.reduceat(values, heads),
        np.maximum.reduceat(values, heads),
        values[heads],
        times[heads],
        values[tails],
        times[tails],
        np.add.reduceat(np.where(fell, np.concatenate([[0.0], before]), 0.0), heads),
        np.add.reduceat(fell.astype(np.float64), heads),
        np.add.reduceat(differs.astype(np.float64), heads),
        np.zeros(len(heads), np.int64),
    )


def _with_markers(values: Buckets, series: Ints, times: Ints, resolution: Resolution) -> Buckets:
    """Add the last stale marker of each bucket: to the bucket it ends, or as one of its own."""
    ends = -(-times // resolution.ms) * resolution.ms
    is_last = np.append((series[1:] != series[:-1]) | (ends[1:] != ends[:-1]), True)
    series, times, ends = series[is_last], times[is_last], ends[is_last]
    nothing, stale = np.zeros(len(ends)), np.full(len(ends), STALE_BITS, np.uint64).view(np.float64)
    alone = Buckets(
        series, ends, nothing, nothing, nothing, nothing, stale, times, stale, times, nothing, nothing, nothing, times
    )
    both = joined([values, alone])
    is_twice = np.concatenate([[False], (np.diff(both.series) == 0) & (np.diff(both.ends) == 0)])
    marker = np.flatnonzero(is_twice)
    ending = both.last_ms[marker] > both.last_ms[marker - 1]
    both.ended_ms[marker[ending] - 1] = both.last_ms[marker[ending]]
    return both.take(np.flatnonzero(~is_twice))


def joined(parts: Iterable[Buckets]) -> Buckets:
    """Join buckets, of which none is in two parts, in the order of series and time."""
    parts = [each for each in parts if len(each)]
    if len(parts) <= 1:
        return parts[0] if parts else _nothing()
    both = Buckets(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Buckets)))
    return both.take(np.lexsort((both.ends, both.series)))


def _nothing() -> Buckets:
    none, whole = np.zeros(0), np.zeros(0, np.int64)
    return Buckets(whole, whole, none, none, none, none, none, whole, none, whole, none, none, none, whole)
