"""Functions over the native histograms of one series within a window of time.

Texts of annotations are the caller's: `Note` says which ones are due. What results are
to be multiplied with (extrapolation, per second) is the caller's as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms import sums
from vedette.signals.metrics.histograms.arithmetic import add, compact, equal, is_reset, reduce_to, scale, subtract
from vedette.signals.metrics.histograms.histogram import Combined, Hint, Histogram, Incompatible


class Note(Flag):
    """What a result should be annotated with."""

    NONE = 0
    NOT_A_COUNTER = auto()
    """A function for counters met a gauge histogram: "this native histogram metric is not a counter"."""
    NOT_A_GAUGE = auto()
    """A function for gauges met a counter histogram: "this native histogram metric is not a gauge"."""
    MIXED_KINDS = auto()
    """Exponential and custom buckets met; there is no result."""
    RECONCILED_ADDING = auto()
    """Mismatched custom buckets were reconciled during addition."""
    RECONCILED_SUBTRACTING = auto()
    """Mismatched custom buckets were reconciled during subtraction."""
    RECONCILED_AGGREGATING = auto()
    """Mismatched custom buckets were reconciled during aggregation."""
    HINTS_COLLIDED = auto()
    """Conflicting counter resets during histogram aggregation."""


Factors: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Tells what results are to be multiplied with: from counts at the beginning of windows and their growth."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one window, None if there is none, and what to say about it."""

    histogram: Histogram | None
    notes: Note = Note.NONE


def increase(window: Sequence[Histogram], *, is_counter: bool) -> Outcome:
    """Return how much a series of at least two histograms has grown: last - first, and what resets have taken.

    Not extrapolated: for `rate` and `increase` of counters, and for `delta` of gauges, where resets do not count.
    """
    notes = _kind_notes((window[0], window[-1]) if not is_counter else window, is_counter=is_counter)
    first, last = window[0], window[-1]
    relevant = list(window[1:]) if is_counter else [last]
    if is_counter and is_reset(window[1], first):
        first = _nothing_like(window[1])
    if any(h.is_custom != first.is_custom for h in relevant):
        return Outcome(None, notes | Note.MIXED_KINDS)
    schema = min(first.schema, *(h.schema for h in relevant))
    result = subtract(reduce_to(last, schema), first)
    notes |= Note.RECONCILED_SUBTRACTING if result.bounds_reconciled else Note.NONE
    if is_counter:
        for previous, current in pairwise([first, *window[1:]]):
            if is_reset(current, previous):
                result = add(result.histogram, previous)
                notes |= Note.RECONCILED_ADDING if result.bounds_reconciled else Note.NONE
    return Outcome(compact(replace(result.histogram, hint=Hint.GAUGE)), notes)


def increases(
    series: Sequence[Histogram],
    firsts: NDArray[np.int64],
    ends: NDArray[np.int64],
    *,
    is_counter: bool,
    factors: Factors | None = None,
) -> list[Outcome]:
    """Return `increase` for many windows of one series; window w is series[firsts[w]:ends[w]], at least two long.

    `factors` tells what each is to be multiplied with, from the counts of observations at the beginning of each window
    and how much they grew. Where the layout of buckets stays the same all windows are computed together.
    """
    spans = list(zip(firsts.tolist(), ends.tolist(), strict=True))
    if not spans:
        return []
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    used = series[low:high]
    counts = np.array([h.count for h in used])[firsts - low]
    if not _has_one_layout(used):
        outcomes = [increase(series[start:end], is_counter=is_counter) for start, end in spans]
        return outcomes if factors is None else _scaled(outcomes, counts, factors)
    dense = sums.densify(used)
    with np.errstate(all="ignore"):
        grown = _grown(dense.rows, _resets(used, dense), firsts - low, ends - low - 1, is_counter=is_counter)
        if factors is not None:
            grown *= factors(counts, grown[:, sums.COUNT_COLUMN])[:, None]
    notes = _NotesOfWindows(used, is_counter=is_counter)
    return [
        Outcome(dense.histogram(row, Hint.GAUGE), notes.of(start - low, end - low))
        for row, (start, end) in zip(grown, spans, strict=True)
    ]


def _grown(
    rows: NDArray[np.float64],
    resets: NDArray[np.bool_],
    starts: NDArray[np.int64],
    lasts: NDArray[np.int64],
    *,
    is_counter: bool,
) -> NDArray[np.float64]:
    """Return how much rows grew from `starts` to `lasts`, and for counters what resets in between took."""
    if not is_counter:
        return np.asarray(rows[lasts] - rows[starts])
    nulled = resets[starts + 1]
    grown = rows[lasts] - np.where(nulled[:, None], 0.0, rows[starts])
    seen = np.cumsum(resets)
    for w in np.flatnonzero(seen[lasts] > seen[starts] + nulled):
        at = np.flatnonzero(resets[starts[w] + 2 : lasts[w] + 1]) + starts[w] + 1
        grown[w] += rows[at].sum(axis=0)
    return np.asarray(grown)


def _scaled(outcomes: list[Outcome], counts: NDArray[np.float64], factors: Factors) -> list[Outcome]:
    rises = np.array([0.0 if each.histogram is None else each.histogram.count for each in outcomes])
    return [
        each if each.histogram is None else replace(each, histogram=scale(each.histogram, factor))
        for each, factor in zip(outcomes, factors(counts, rises).tolist(), strict=True)
    ]


def instant_increase(previous: Histogram, last: Histogram, *, is_counter: bool) -> Outcome:
    """Return the growth between the last two histograms, for `irate` of counters and `idelta` of gauges."""
    notes = _kind_notes((previous, last), is_counter=is_counter)
    if is_counter and is_reset(last, previous):
        return Outcome(compact(replace(last, hint=Hint.GAUGE)), notes)
    try:
        result = subtract(last, previous)
    except Incompatible:
        return Outcome(None, notes | Note.MIXED_KINDS)
    notes |= Note.RECONCILED_SUBTRACTING if result.bounds_reconciled else Note.NONE
    return Outcome(compact(replace(result.histogram, hint=Hint.GAUGE)), notes)


def sum_over_time(window: Sequence[Histogram]) -> Outcome:
    """Return the sum of at least one histogram."""
    return _aggregated(sums.total, window)


def avg_over_time(window: Sequence[Histogram]) -> Outcome:
    """Return the average of at least one histogram."""
    return _aggregated(sums.mean, window)


def sums_over_time(series: Sequence[Histogram], firsts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Outcome]:
    """Return `sum_over_time` for many windows of one series; window w is series[firsts[w]:ends[w]], not empty."""
    return _over_time(series, firsts, ends, is_mean=False)


def avgs_over_time(series: Sequence[Histogram], firsts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Outcome]:
    """Return `avg_over_time` for many windows of one series."""
    return _over_time(series, firsts, ends, is_mean=True)


def _over_time(
    series: Sequence[Histogram], firsts: NDArray[np.int64], ends: NDArray[np.int64], *, is_mean: bool
) -> list[Outcome]:
    alone = avg_over_time if is_mean else sum_over_time
    spans = list(zip(firsts.tolist(), ends.tolist(), strict=True))
    if not spans:
        return []
    low, high = min(start for start, _ in spans), max(end for _, end in spans)
    used = series[low:high]
    if not _has_one_layout(used):
        return [alone(series[start:end]) for start, end in spans]
    dense = sums.densify(used)
    totals, lost = sums.sliding(dense.rows, firsts - low, ends - low)
    if is_mean and np.isinf(totals).any():
        return [alone(series[start:end]) for start, end in spans]
    counts = (ends - firsts)[:, None] if is_mean else 1
    outcomes = []
    for row, (start, end) in zip(totals / counts + lost / counts, spans, strict=True):
        hint, collided = sums.joint_hints(series[start:end])
        outcomes.append(Outcome(dense.histogram(row, hint), Note.HINTS_COLLIDED if collided else Note.NONE))
    return outcomes


def resets(window: Sequence[Histogram | None]) -> int:
    """Return how often a counter was reset; None stands for a float: each change between the two kinds is a reset.

    Only pairs with a histogram are counted: resets between two floats are the caller's.
    """
    return sum(
        (a is None) != (b is None) or (a is not None and b is not None and is_reset(b, a)) for a, b in pairwise(window)
    )


def changes(window: Sequence[Histogram | None]) -> int:
    """Return how often the value changed; None stands for a float, and pairs of floats are the caller's."""
    return sum(
        (a is None) != (b is None) or (a is not None and b is not None and not equal(b, a)) for a, b in pairwise(window)
    )


def interpolate(before: Histogram, after: Histogram, share: float, *, is_counter: bool) -> Combined:
    """Return the histogram at `share` (0 … 1) of the way between two; raises Incompatible.

    When the counter was reset in between it is taken to have started from nothing.
    """
    if is_counter and is_reset(after, before):
        return Combined(scale(after, share), hints_collided=False, bounds_reconciled=False)
    difference = subtract(after, before)
    result = add(scale(difference.histogram, share), before)
    return Combined(
        result.histogram,
        difference.hints_collided or result.hints_collided,
        difference.bounds_reconciled or result.bounds_reconciled,
    )


def _aggregated(function: Callable[[Sequence[Histogram]], sums.Total], window: Sequence[Histogram]) -> Outcome:
    try:
        result = function(window)
    except Incompatible:
        return Outcome(None, Note.MIXED_KINDS)
    collided = Note.HINTS_COLLIDED if result.hints_collided else Note.NONE
    reconciled = Note.RECONCILED_AGGREGATING if result.bounds_reconciled else Note.NONE
    return Outcome(result.histogram, collided | reconciled)


def _kind_notes(histograms: Sequence[Histogram], *, is_counter: bool) -> Note:
    if is_counter:
        return Note.NOT_A_COUNTER if any(h.hint is Hint.GAUGE for h in histograms) else Note.NONE
    return Note.NOT_A_GAUGE if any(h.hint is not Hint.GAUGE for h in histograms) else Note.NONE


class _NotesOfWindows:
    """The notes of windows of one series."""

    def __init__(self, series: Sequence[Histogram], *, is_counter: bool) -> None:
        self._is_counter = is_counter
        self._gauges = [h.hint is Hint.GAUGE for h in series]
        self._before = np.cumsum([0, *self._gauges]).tolist()

    def of(self, start: int, end: int) -> Note:
        """Return the notes of one window."""
        if self._is_counter:
            return Note.NOT_A_COUNTER if self._before[end] > self._before[start] else Note.NONE
        return Note.NONE if self._gauges[start] and self._gauges[end - 1] else Note.NOT_A_GAUGE


def _nothing_like(h: Histogram) -> Histogram:
    return Histogram(h.schema, 0.0, 0.0, 0.0, 0.0, custom=h.custom)


def _has_one_layout(series: Sequence[Histogram]) -> bool:
    first = series[0]
    schema, threshold, custom = first.schema, first.zero_threshold, first.custom
    return all(h.schema == schema and h.zero_threshold == threshold and h.custom == custom for h in series)


def _resets(series: Sequence[Histogram], dense: sums.Dense) -> NDArray[np.bool_]:
    """Return for each histogram whether the counter was reset just before it; they have one layout."""
    counts = np.delete(dense.rows, sums.SUM_COLUMN, axis=1)
    shrunk = np.zeros(len(series), np.bool_)
    shrunk[1:] = (counts[1:] < counts[:-1]).any(axis=1)
    hints = np.array([h.hint for h in series])
    return np.asarray((hints == Hint.RESET) | (shrunk & (hints != Hint.NO_RESET)))
