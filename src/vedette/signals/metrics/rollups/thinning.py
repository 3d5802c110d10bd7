"""Native histograms thinned out: of each bucket of time those samples from which rises can be told.

These are the first and the last one, and those before and after a reset: between two of them that follow each other
the histogram rose, so that `rate` of what is left is that of all, if it is known how many there were.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.arithmetic import is_reset
from vedette.signals.metrics.histograms.columns import HistogramColumns
from vedette.signals.metrics.histograms.histogram import STALE_BITS, Hint

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Thinned:
    """Which rows are left, in their order, and for how many samples each stands since the one before in its bucket."""

    rows: Ints
    samples: Ints


def thin(series: Ints, times_ms: Ints, columns: HistogramColumns, size_ms: int, *, keep_firsts: bool = True) -> Thinned:
    """Thin out histograms in the order of series and time.

    Without the first ones nothing is known about how a series began, and about resets at the beginning of a bucket only
    what its neighbours show. A stale marker is left where nothing follows it in its bucket, and stands for none.
    """
    buckets = -(-times_ms // size_ms)
    is_marker = np.ascontiguousarray(columns.sum).view(np.uint64) == STALE_BITS
    values = np.flatnonzero(~is_marker)
    before, after = values[:-1], values[1:]
    of_one = series[before] == series[after]
    same = of_one & (buckets[before] == buckets[after])
    kept = np.ones(len(values), np.bool_)
    if len(values):
        is_first, is_last = np.append(True, ~same), np.append(~same, True)
        fell = np.append(False, _resets(columns, before, after, same if keep_firsts else of_one))
        kept = is_last | fell | np.append(fell[1:], False)
        if keep_firsts:
            kept |= is_first
    rows = values[kept]
    number = np.arange(len(values))
    begins = np.maximum.accumulate(np.where(is_first, number, 0)) if len(values) else number
    places = number[kept]
    previous = np.append(-1, places[:-1])
    samples = places - np.maximum(previous, begins[kept] - 1)
    markers = np.flatnonzero(is_marker & _is_last(series, buckets))
    joined = np.concatenate([rows, markers])
    order = np.argsort(joined, kind="stable")
    return Thinned(joined[order], np.concatenate([samples, np.zeros(len(markers), np.int64)])[order])


def _is_last(series: Ints, buckets: Ints) -> Bools:
    last = np.ones(len(series), np.bool_)
    last[:-1] = (series[1:] != series[:-1]) | (buckets[1:] != buckets[:-1])
    return last


def _resets(columns: HistogramColumns, before: Ints, after: Ints, wanted: Bools) -> Bools:
    """Tell which of the wanted pairs have a counter reset between them; gauges have none."""
    hint = columns.hint[after]
    found: Bools = wanted & (hint == int(Hint.RESET))
    open_ = np.flatnonzero(wanted & (hint == Hint.UNKNOWN))
    a, b = before[open_], after[open_]
    alike = (columns.schema[a] == columns.schema[b]) & (columns.zero_threshold[a] == columns.zero_threshold[b])
    alike &= _same(columns.bound_offsets, columns.bounds, a, b)
    for side in (columns.positive, columns.negative):
        alike &= _same(side.offsets, side.indexes, a, b)
    fell = (columns.count[b] < columns.count[a]) | (columns.zero_count[b] < columns.zero_count[a])
    for side in (columns.positive, columns.negative):
        fell[alike] |= _any_fell(side.offsets, side.counts, a[alike], b[alike])
    for place in np.flatnonzero(~alike).tolist():
        fell[place] = is_reset(columns.row(int(b[place])), columns.row(int(a[place])))
    found[open_] = fell
    return found


def _same(offsets: Ints, items: NDArray[np.generic], a: Ints, b: Ints) -> Bools:
    """Tell for pairs of rows whether their items are the same."""
    lengths = np.diff(offsets)
    same = np.asarray(lengths[a] == lengths[b])
    places, owners = _flat(offsets, a[same], b[same])
    differs = np.bincount(owners, items[places[0]] != items[places[1]], minlength=int(same.sum()))
    same[same] = differs == 0
    return same


def _any_fell(offsets: Ints, counts: NDArray[np.float64], a: Ints, b: Ints) -> Bools:
    """Tell for pairs of rows of the same length whether any count of the second is less."""
    places, owners = _flat(offsets, a, b)
    return np.asarray(np.bincount(owners, counts[places[1]] < counts[places[0]], minlength=len(a)) > 0)


def _flat(offsets: Ints, a: Ints, b: Ints) -> tuple[tuple[Ints, Ints], Ints]:
    """Return the places of the items of pairs of rows of the same length, and the pair of each."""
    lengths = np.diff(offsets)[a]
    owners = np.repeat(np.arange(len(a)), lengths)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return (offsets[a][owners] + within, offsets[b][owners] + within), owners
