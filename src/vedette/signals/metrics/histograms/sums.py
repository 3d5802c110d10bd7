"""Sums and averages of many native histograms, with compensated (Kahan-Babuška-Neumaier) summation."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.arithmetic import reduce_to, widen_zero, with_custom
from vedette.signals.metrics.histograms.buckets import shared_bounds
from vedette.signals.metrics.histograms.histogram import NO_BUCKETS, Buckets, Hint, Histogram, Incompatible

_HEAD = 3
"""The columns of a dense row before its buckets: zero count, count, sum."""

COUNT_COLUMN, SUM_COLUMN = 1, 2


class Total(NamedTuple):
    """A sum or an average, and what had to be put up with."""

    histogram: Histogram
    hints_collided: bool
    """Some had the hint RESET, some NO_RESET."""
    bounds_reconciled: bool
    """Custom bounds differed; the result has those all share."""


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Histograms of one layout as rows: zero count, count, sum, then the positive and the negative buckets.

    `model` has the layout (schema, zero threshold, custom bounds); `positive` and `negative` name the bucket columns.
    """

    model: Histogram
    positive: NDArray[np.int32]
    negative: NDArray[np.int32]
    rows: NDArray[np.float64]

    def histogram(self, row: NDArray[np.float64], hint: Hint) -> Histogram:
        """Return a row as a histogram without empty buckets."""
        split = _HEAD + len(self.positive)
        zero_count, count, total = row[:_HEAD].tolist()
        return Histogram(
            self.model.schema,
            self.model.zero_threshold,
            zero_count,
            count,
            total,
            _buckets(self.positive, row[_HEAD:split]),
            _buckets(self.negative, row[split:]),
            self.model.custom,
            hint,
        )


def total(histograms: Sequence[Histogram]) -> Total:
    """Return the sum of at least one histogram; raises Incompatible."""
    summed = totals([histograms])[0]
    if summed is None:
        raise Incompatible
    return summed


def totals(groups: Sequence[Sequence[Histogram]]) -> list[Total | None]:
    """Return the sum of each group of at least one histogram; None where exponential meets custom buckets.

    Groups whose histograms all have one layout are summed together, a whole matrix of them at a time.
    """
    aligned: dict[int, tuple[Sequence[Histogram], bool]] = {}
    for i, group in enumerate(groups):
        with suppress(Incompatible):
            aligned[i] = align(group)
    layouts: dict[tuple[int, float, tuple[float, ...] | None], list[int]] = {}
    for i, (group, _) in aligned.items():
        layouts.setdefault((group[0].schema, group[0].zero_threshold, group[0].custom), []).append(i)
    results: list[Total | None] = [None] * len(groups)
    for members in layouts.values():
        hints = [joint_hints(groups[i]) for i in members]
        summed = _summed([aligned[i][0] for i in members], [hint for hint, _ in hints])
        for i, histogram, (_, collided) in zip(members, summed, hints, strict=True):
            results[i] = Total(histogram, collided, aligned[i][1])
    return results


def mean(histograms: Sequence[Histogram]) -> Total:
    """Return the average of at least one histogram; raises Incompatible.

    Where the sum overflows the average is computed incrementally instead.
    """
    aligned, reconciled = align(histograms)
    hint, collided = joint_hints(histograms)
    dense = densify(aligned)
    with np.errstate(all="ignore"):
        high, low = compensated(dense.rows[:, None, :])
        overflows = bool(np.isinf(high).any())
        row = _incremental_mean(dense.rows) if overflows else (high / len(aligned) + low / len(aligned))[0]
    return Total(dense.histogram(row, hint), collided, reconciled)


def means(groups: Sequence[Sequence[Histogram]]) -> list[Total | None]:
    """Return the average of each group of at least one histogram; None where exponential meets custom buckets."""
    results: list[Total | None] = [None] * len(groups)
    for i, group in enumerate(groups):
        with suppress(Incompatible):
            results[i] = mean(group)
    return results


def joint_hints(histograms: Sequence[Histogram]) -> tuple[Hint, bool]:
    """Return the hint of a sum, and whether hints RESET and NO_RESET were both among the parts."""
    hints = {h.hint for h in histograms}
    if len(hints) == 1:
        return hints.pop(), False
    return Hint.GAUGE if Hint.GAUGE in hints else Hint.UNKNOWN, Hint.RESET in hints and Hint.NO_RESET in hints


def align(histograms: Sequence[Histogram]) -> tuple[Sequence[Histogram], bool]:
    """Return the histograms in one layout, and whether custom bounds differed; raises Incompatible."""
    first = histograms[0]
    schema, threshold, custom = first.schema, first.zero_threshold, first.custom
    if all(h.schema == schema and h.zero_threshold == threshold and h.custom == custom for h in histograms):
        return histograms, False
    if len({h.is_custom for h in histograms}) > 1:
        raise Incompatible
    if first.custom is not None:
        shared = first.custom
        for h in histograms:
            shared = shared_bounds(shared, h.custom or ())
        return [with_custom(h, shared) for h in histograms], True
    histograms = _with_one_zero_bucket(histograms)
    schema = min(h.schema for h in histograms)
    return [reduce_to(h, schema) for h in histograms], False


def densify(histograms: Sequence[Histogram]) -> Dense:
    """Return histograms of one layout as rows of a matrix."""
    positive, left = _columns([h.positive for h in histograms])
    negative, right = _columns([h.negative for h in histograms])
    head = np.array([(h.zero_count, h.count, h.sum) for h in histograms])
    return Dense(histograms[0], positive, negative, np.concatenate([head, left, right], axis=1))


def sliding(
    rows: NDArray[np.float64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums of rows[starts[w]:ends[w]] for each w, and what rounding has taken from them; none is empty."""
    longest = int((ends - starts).max())
    padded = np.concatenate([rows, np.zeros((1, rows.shape[1]))])
    nothing = len(rows)
    return compensated(padded[np.where(starts + place < ends, starts + place, nothing)] for place in range(longest))


def compensated(parts: Iterable[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum of arrays of one shape, and what rounding has taken from it."""
    rest = iter(parts)
    high = next(rest).copy()
    low = np.zeros_like(high)
    summed, grown, error = np.empty_like(high), np.empty_like(high), np.empty_like(high)
    with np.errstate(all="ignore"):
        for part in rest:
            # Knuth's branch-free two-sum: the exact error of high + part.
            np.add(high, part, out=summed)
            np.subtract(summed, high, out=grown)
            np.subtract(summed, grown, out=error)
            np.subtract(high, error, out=error)
            np.subtract(part, grown, out=grown)
            low += error
            low += grown
            high, summed = summed, high
    low[np.isinf(high)] = 0
    return high, low


def _summed(groups: Sequence[Sequence[Histogram]], hints: Sequence[Hint]) -> list[Histogram]:
    """Return the sums of groups that share one layout, each with its hint."""
    lengths = [len(group) for group in groups]
    dense = densify([h for group in groups for h in group])
    if min(lengths) == max(lengths) == 1:
        return [dense.histogram(row, hint) for row, hint in zip(dense.rows, hints, strict=True)]
    parts = np.zeros((max(lengths), len(groups), dense.rows.shape[1]))
    if min(lengths) == max(lengths):
        parts[:] = dense.rows.reshape(len(groups), lengths[0], -1).transpose(1, 0, 2)
    else:
        for g, (start, end) in enumerate(pairwise(np.cumsum([0, *lengths]).tolist())):
            parts[: end - start, g] = dense.rows[start:end]
    high, low = compensated(parts)
    return [dense.histogram(row, hint) for row, hint in zip(high + low, hints, strict=True)]


def _incremental_mean(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of rows whose sum exceeds the range of numbers."""
    high, low = rows[0], np.zeros(rows.shape[1])
    for n, row in enumerate(rows[1:], start=2):
        share = (n - 1) / n
        high, low = _plus(high * share, low * share, row / n)
    return np.asarray(high + low)


def _plus(
    high: NDArray[np.float64], low: NDArray[np.float64], part: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    summed = high + part
    lost = np.where(np.abs(high) >= np.abs(part), (high - summed) + part, (part - summed) + high)
    return summed, np.where(np.isinf(summed), 0, low + lost)


def _with_one_zero_bucket(histograms: Sequence[Histogram]) -> list[Histogram]:
    widened = list(histograms)
    while len({h.zero_threshold for h in widened}) > 1:
        threshold = max(h.zero_threshold for h in widened)
        widened = [widen_zero(h, threshold) for h in widened]
    return widened


def _columns(rows: Sequence[Buckets]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the indexes that occur, ascending, and the counts of each row under them."""
    lengths = [len(row.indexes) for row in rows]
    if not any(lengths):
        return NO_BUCKETS.indexes, np.empty((len(rows), 0))
    indexes = np.concatenate([row.indexes for row in rows])
    counts = np.concatenate([row.counts for row in rows])
    names, columns = _distinct(indexes)
    matrix = np.zeros((len(rows), len(names)))
    matrix[np.repeat(np.arange(len(rows)), lengths), columns] = counts
    return names, matrix


def _distinct(indexes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the distinct indexes, ascending, and for each index its place among them."""
    low, high = int(indexes.min()), int(indexes.max())
    if high - low > 4 * len(indexes) + 1024:
        names, places = np.unique(indexes, return_inverse=True)
        return names, places
    present = np.zeros(high - low + 1, np.bool_)
    present[indexes - low] = True
    return (np.flatnonzero(present) + low).astype(np.int32), (np.cumsum(present) - 1)[indexes - low]


def _buckets(indexes: NDArray[np.int32], counts: NDArray[np.float64]) -> Buckets:
    keep = counts.nonzero()[0]
    if not len(keep):
        return NO_BUCKETS
    return Buckets(indexes, counts) if len(keep) == len(counts) else Buckets(indexes[keep], counts[keep])
