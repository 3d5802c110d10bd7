"""Deltas added up: Prometheus' functions expect counters that grow.

A point sent again, because the answer to it was lost or its commit failed, has the time of the last one and is not
added twice; an older one is refused with all its values. A series that was forgotten starts again at zero, as after a
restart. Nothing here is for use by several threads at once.
"""

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.book import SeriesBook
from vedette.signals.metrics.histograms.arithmetic import add
from vedette.signals.metrics.histograms.histogram import Histogram, Incompatible

Ints = NDArray[np.int64]
Values = NDArray[np.float64]
Slots = NDArray[np.int32]

_MOST_HISTOGRAMS = 500_000
_MOST_CARRIED = 500_000
_NEVER = np.iinfo(np.int64).min


class OutOfOrder(Exception):
    """A delta that is older than one added before."""

    reason = "out_of_order_delta"


class RunningTotals:
    """The total of each series of a book and the time of its last delta."""

    def __init__(self) -> None:
        self._book: SeriesBook | None = None
        self._times = np.empty(0, np.int64)
        self._totals = np.empty(0, np.float64)
        self._carried: dict[int, tuple[int, float]] = {}

    def add(
        self, book: SeriesBook, slots: Slots, times_ms: Ints, values: Values, points: Ints
    ) -> tuple[Values, NDArray[np.bool_]]:
        """Return the total after each delta, and which deltas are refused; `points` says what belongs together."""
        self._open(book, int(slots.max(initial=-1)) + 1)
        if self._carried:
            self._take_over(book, slots)
        totals = np.empty(len(slots), np.float64)
        refused = np.zeros(len(slots), np.bool_)
        turns = _turns(slots, points)
        if turns is None:
            self._one_by_one(slots, times_ms, values, points, totals, refused)
        elif not turns.any():
            self._at_once(slice(None), slots, times_ms, values, points, totals, refused)
        else:
            for turn in range(int(turns.max()) + 1):
                self._at_once(np.flatnonzero(turns == turn), slots, times_ms, values, points, totals, refused)
        return totals, refused

    def _at_once(
        self,
        chosen: slice | Ints,
        slots: Slots,
        times_ms: Ints,
        values: Values,
        points: Ints,
        totals: Values,
        refused: NDArray[np.bool_],
    ) -> None:
        """Add the chosen deltas, which are all of different series."""
        slot, time, point = slots[chosen], times_ms[chosen], points[chosen]
        last = self._times[slot]
        late = time < last
        if late.any():
            late = np.isin(point, point[late])
        with np.errstate(invalid="ignore", over="ignore"):
            total = self._totals[slot] + np.where(time > last, values[chosen], 0.0)
        self._totals[slot] = np.where(late, self._totals[slot], total)
        self._times[slot] = np.where(late, last, time)
        totals[chosen], refused[chosen] = total, late

    def _one_by_one(
        self,
        slots: Slots,
        times_ms: Ints,
        values: Values,
        points: Ints,
        totals: Values,
        refused: NDArray[np.bool_],
    ) -> None:
        """Add deltas of which several in a point are of the same series, or points share only some of theirs."""
        starts = np.flatnonzero(np.diff(points, prepend=-1))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(points)], strict=True):
            if (times_ms[start:end] < self._times[slots[start:end]]).any():
                refused[start:end] = True
                continue
            for place in range(start, end):
                slot = slots[place]
                if times_ms[place] > self._times[slot]:
                    self._totals[slot] += values[place]
                self._times[slot] = times_ms[place]
                totals[place] = self._totals[slot]

    def _open(self, book: SeriesBook, size: int) -> None:
        if book is not self._book:
            self._carry()
            self._book = book
        missing = size - len(self._times)
        if missing > 0:
            missing = max(missing, len(self._times))
            self._times = np.concatenate([self._times, np.full(missing, _NEVER)])
            self._totals = np.concatenate([self._totals, np.zeros(missing)])

    def _carry(self) -> None:
        """Keep the totals by the ids of their series until the next book has numbers for them."""
        if self._book is not None:
            known = np.flatnonzero(self._times > _NEVER)
            known = known[np.argsort(self._times[known])][-_MOST_CARRIED:]
            ids, times, totals = self._book.ids[known], self._times[known], self._totals[known]
            pairs = zip(times.tolist(), totals.tolist(), strict=True)
            self._carried = dict(zip(ids.tolist(), pairs, strict=True))
        self._times, self._totals = np.empty(0, np.int64), np.empty(0, np.float64)

    def _take_over(self, book: SeriesBook, slots: Slots) -> None:
        for slot in np.unique(slots[self._times[slots] == _NEVER]).tolist():
            found = self._carried.pop(int(book.ids[slot]), None)
            if found is not None:
                self._times[slot], self._totals[slot] = found


def _turns(slots: Slots, points: Ints) -> Ints | None:
    """Return how many earlier deltas each has of its own series; None when that differs within a point."""
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    if is_first.all():
        return np.zeros(len(slots), np.int64)
    starts = np.flatnonzero(is_first)
    turns = np.empty(len(slots), np.int64)
    turns[order] = np.arange(len(slots)) - np.repeat(starts, np.diff(np.append(starts, len(slots))))
    is_same_point = points[1:] == points[:-1]
    return None if (turns[1:] != turns[:-1])[is_same_point].any() else turns


class RunningHistograms:
    """The total of each series of native histograms and the time of its last delta, by the id of the series."""

    def __init__(self) -> None:
        self._totals: dict[int, tuple[int, Histogram]] = {}

    def add(self, series: int, time_ms: int, histogram: Histogram) -> Histogram:
        """Return the total after a delta; raises OutOfOrder."""
        last, total = self._totals.pop(series, (_NEVER, None))
        if total is not None and time_ms < last:
            self._totals[series] = (last, total)
            raise OutOfOrder
        if total is None:
            total = histogram
        elif time_ms > last:
            try:
                total = add(total, histogram).histogram
            except Incompatible:
                total = histogram
        if len(self._totals) >= _MOST_HISTOGRAMS:  # forget the one that was longest without a delta
            del self._totals[next(iter(self._totals))]
        self._totals[series] = (time_ms, total)
        return total
