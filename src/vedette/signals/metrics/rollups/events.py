"""What functions get to see of buckets: samples in their stead that lead to the same result, or nearly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import STALE_BITS
from vedette.signals.metrics.promql.source import Batch
from vedette.signals.metrics.rollups.buckets import Buckets, Floats, Ints
from vedette.signals.metrics.rollups.choice import Plan

_STALE: Final = np.array([STALE_BITS], np.uint64).view(np.float64)[0]


@dataclass(frozen=True, slots=True)
class Form:
    """How a function reads buckets: the columns it needs, and what makes samples of them."""

    columns: tuple[str, ...]
    events: Callable[[Buckets, int, Plan, int], Batch]


def _offsets(series: Ints, count: int) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(series, minlength=count))])


def _one_each(column: str, *, with_counts: bool = False) -> Form:
    """Show one sample per bucket, at its end."""

    def events(buckets: Buckets, count: int, _: Plan, _end_ms: int) -> Batch:
        values: Floats = getattr(buckets, column)
        counts = buckets.counts if with_counts else None
        return Batch(0, _offsets(buckets.series, count), buckets.ends, values, counts=counts)

    return Form(tuple({column, "counts"}), events)


def _outermost(value: str, time: str) -> Form:
    """Show the first or the last sample of each bucket."""

    def events(buckets: Buckets, count: int, _: Plan, _end_ms: int) -> Batch:
        return Batch(0, _offsets(buckets.series, count), getattr(buckets, time), getattr(buckets, value))

    return Form((value, time, "counts"), events)


def _laid_out(
    buckets: Buckets,
    count: int,
    mask: NDArray[np.bool_],
    times: Ints,
    values: Floats,
    counts: Floats | None = None,
) -> Batch:
    """Make samples of (n, k) times, values and, if given, counts: those of the mask, row by row."""
    kept = np.flatnonzero(mask.reshape(-1))
    series = np.repeat(buckets.series, mask.sum(axis=1))
    return Batch(
        0,
        _offsets(series, count),
        times.reshape(-1)[kept],
        values.reshape(-1)[kept],
        counts=None if counts is None else counts.reshape(-1)[kept],
    )


def _both_ends(buckets: Buckets, count: int, _: Plan, _end_ms: int) -> Batch:
    """Show the first and the last sample of each bucket."""
    is_first = buckets.first_ms < buckets.last_ms
    mask = np.stack([is_first, np.ones(len(buckets), np.bool_)], axis=1)
    times = np.stack([buckets.first_ms, buckets.last_ms], axis=1)
    return _laid_out(buckets, count, mask, times, np.stack([buckets.first, buckets.last], axis=1))


def _rising(*, is_counter: bool) -> Callable[[Buckets, int, Plan, int], Batch]:
    """Show both ends of each bucket, or the last samples where windows cut through buckets.

    Falls inside a bucket are acted out between its ends: the series rises to the sum of the values it fell from, then
    falls to zero, which adds up to the same rise.
    """

    def events(buckets: Buckets, count: int, plan: Plan, _end_ms: int) -> Batch:
        size = len(buckets)
        several = buckets.first_ms < buckets.last_ms
        falls = np.zeros(size, np.bool_)
        if is_counter:
            falls = (buckets.dropped != 0) & (buckets.last_ms - buckets.first_ms > 2)
        is_first = several
        if not plan.is_exact:
            fell = np.zeros(size, np.bool_)
            fell[1:] = (buckets.series[1:] == buckets.series[:-1]) & (buckets.first[1:] < buckets.last[:-1])
            is_first = several & (falls | fell) if is_counter else np.zeros(size, np.bool_)
        zero, last = np.zeros(size), buckets.last_ms
        mask = np.stack([is_first, falls, falls, np.ones(size, np.bool_)], axis=1)
        times = np.stack([buckets.first_ms, last - 2, last - 1, last], axis=1)
        values = np.stack([buckets.first, buckets.dropped, zero, buckets.last], axis=1)
        if not plan.is_exact:
            return _laid_out(buckets, count, mask, times, values)
        counts = np.stack([np.ones(size), zero, zero, np.where(several, buckets.counts - 1, 1)], axis=1)
        return _laid_out(buckets, count, mask, times, values, counts)

    return events


def _turned(inside: str, differs: Callable[[Floats, Floats], NDArray[np.bool_]]) -> Form:
    """Show a running total of what happens between neighbouring samples."""

    def events(buckets: Buckets, count: int, plan: Plan, end_ms: int) -> Batch:
        ends = _both_ends(buckets, count, plan, end_ms)
        several = buckets.first_ms < buckets.last_ms
        number = np.cumsum(1 + several) - 1
        happened = np.zeros(len(ends.values))
        happened[1:] = differs(ends.values[1:], ends.values[:-1])
        happened[number[several]] = getattr(buckets, inside)[several]
        heads = ends.offsets[:-1]
        happened[heads[heads < len(happened)]] = 0
        return replace(ends, values=np.cumsum(happened), counts=np.ones(len(happened)))

    return Form(("first", "first_ms", "last", "last_ms", inside, "counts"), events)


def _latest(buckets: Buckets, count: int, plan: Plan, end_ms: int) -> Batch:
    """Show both ends, the marker behind the last, and the first again at steps too late to find it by looking back.

    What a series did between the ends of a bucket is not known; its first value stands for it.
    """
    purpose = plan.purpose
    step_ms, at_ms = max(purpose.step_ms, 1), plan.first_end_ms
    is_first = buckets.first_ms < buckets.last_ms
    # The steps within [first + lookback, last): numbers `low` to before `high`.
    most = (end_ms - at_ms) // step_ms + 1 if purpose.step_ms else 1
    low = np.clip(-((at_ms - buckets.first_ms - purpose.range_ms) // step_ms), 0, most)
    high = np.clip(-((at_ms - buckets.last_ms) // step_ms), 0, most)
    width = int(max((high - low).max(), 0)) if len(buckets) else 0
    number = low[:, None] + np.arange(width)
    filled = number < high[:, None]
    is_ended = buckets.ended_ms > buckets.last_ms
    one = np.ones(len(buckets), np.bool_)
    mask = np.column_stack([is_first, filled, one, is_ended])
    times = np.column_stack([buckets.first_ms, at_ms + number * step_ms, buckets.last_ms, buckets.ended_ms])
    values = np.column_stack(
        [buckets.first, np.broadcast_to(buckets.first[:, None], number.shape), buckets.last, np.full(len(one), _STALE)]
    )
    return _laid_out(buckets, count, mask, times, values)


_ENDS: Final = ("first", "first_ms", "last", "last_ms", "counts")
_LAST: Final = _outermost("last", "last_ms")
FORMS: Final[Mapping[str | None, Form]] = {
    None: Form((*_ENDS, "ended_ms"), _latest),
    "rate": Form((*_ENDS, "dropped"), _rising(is_counter=True)),
    "increase": Form((*_ENDS, "dropped"), _rising(is_counter=True)),
    "delta": Form(_ENDS, _rising(is_counter=False)),
    "irate": Form(_ENDS, _both_ends),
    "idelta": Form(_ENDS, _both_ends),
    "deriv": Form(_ENDS, _both_ends),
    "predict_linear": Form(_ENDS, _both_ends),
    "timestamp": Form(_ENDS, _both_ends),
    "resets": _turned("resets", lambda now, before: now < before),
    "changes": _turned("changes", lambda now, before: now != before),
    "sum_over_time": _one_each("sums"),
    "avg_over_time": _one_each("sums", with_counts=True),
    "count_over_time": _one_each("counts", with_counts=True),
    "min_over_time": _one_each("least"),
    "max_over_time": _one_each("most"),
    "present_over_time": _one_each("counts"),
    "absent_over_time": _one_each("counts"),
    "first_over_time": _outermost("first", "first_ms"),
    "last_over_time": _LAST,
}
"""By function; others see the last sample of each bucket."""


def form_of(function: str | None) -> Form:
    """Return how a function reads buckets."""
    return FORMS.get(function, _LAST)
