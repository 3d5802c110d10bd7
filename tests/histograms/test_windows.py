"""Functions over the native histograms of one window."""

import numpy as np
import pytest

from histograms.shorthand import counts, custom, exponential, places
from vedette.signals.metrics.histograms.arithmetic import compact
from vedette.signals.metrics.histograms.histogram import Hint
from vedette.signals.metrics.histograms.windows import (
    Note,
    avg_over_time,
    avgs_over_time,
    changes,
    increase,
    increases,
    instant_increase,
    interpolate,
    resets,
    sum_over_time,
    sums_over_time,
)

GROWING = [exponential({1: 1 + i, 2: i}, zero=2 * i, total=3.0 * i) for i in range(5)]


def test_increase_is_the_last_less_the_first():
    """The result is a gauge without empty buckets."""
    result = increase(GROWING, is_counter=True)
    assert result.notes is Note.NONE
    assert result.histogram.hint is Hint.GAUGE
    assert (counts(result.histogram.positive), result.histogram.zero_count) == ({1: 4, 2: 4}, 8)
    assert (result.histogram.count, result.histogram.sum) == (16, 12)


def test_increase_adds_what_resets_took():
    """A counter that starts anew goes on from where it was."""
    window = [exponential({1: 5}), exponential({1: 7}), exponential({1: 2}), exponential({1: 3, 4: 1})]
    assert counts(increase(window, is_counter=True).histogram.positive) == {1: 5, 4: 1}


def test_a_reset_after_the_first_sample_makes_it_nothing():
    """Its layout does not matter then: it may even be of the other kind."""
    window = [custom((1,), [50]), exponential({1: 2}), exponential({1: 6})]
    assert counts(increase(window, is_counter=True).histogram.positive) == {1: 6}


def test_increase_finds_the_lowest_resolution():
    """Of all samples of the window."""
    window = [exponential({1: 1}, schema=2), exponential({1: 3}, schema=0), exponential({1: 5}, schema=0)]
    result = increase(window, is_counter=True).histogram
    assert (result.schema, counts(result.positive)) == (0, {1: 4})


def test_increase_refuses_to_mix_kinds():
    """There is no result, and a note."""
    window = [exponential({1: 1}), exponential({1: 2}), custom((1,), [5])]
    assert increase(window, is_counter=True).histogram is None
    assert increase(window, is_counter=True).notes is Note.MIXED_KINDS


def test_increase_of_gauges_and_delta_of_counters_are_noted():
    """The result is there all the same."""
    gauges = [exponential({1: 1}, hint=Hint.GAUGE), exponential({1: 4}, hint=Hint.GAUGE)]
    assert increase(gauges, is_counter=True).notes is Note.NOT_A_COUNTER
    assert increase(gauges, is_counter=False).notes is Note.NONE
    assert increase(GROWING, is_counter=False).notes is Note.NOT_A_GAUGE


def test_delta_may_be_negative():
    """Gauges do not reset."""
    window = [exponential({1: 5}, hint=Hint.GAUGE), exponential({1: 2}, hint=Hint.GAUGE)]
    assert counts(increase(window, is_counter=False).histogram.positive) == {1: -3}


def test_custom_bounds_that_change_are_reconciled():
    """With a note for the operation in which it happened."""
    result = increase([custom((1, 2), [1, 1]), custom((2,), [5])], is_counter=True)
    assert (result.histogram.custom, counts(result.histogram.positive)) == ((2,), {0: 3})
    assert result.notes is Note.RECONCILED_SUBTRACTING


SERIES = [
    GROWING,
    [exponential({1: n}) for n in (5, 7, 2, 3, 9, 1, 1, 4)],
    [exponential({1: n, 9: 1 if n > 3 else 0}) for n in (9, 1, 5, 3, 6)],
    [exponential({1: n}, hint=Hint(hint)) for n, hint in ((5, 0), (7, 1), (9, 2), (3, 2), (4, 3))],
    [exponential({1: n}, schema=n % 2) for n in (1, 2, 3, 4, 5)],
    [exponential({1: 1}, total=total) for total in (1e308, 1e308, -1e308, 3.0)],
    [custom((1, 2), [n, 2 * n]) for n in (3, 4, 1, 5)],
]


def _windows(series, shortest):
    """Return the bounds of every window, as arrays."""
    pairs = [(i, j) for i in range(len(series)) for j in range(i + shortest, len(series) + 1)]
    return places(*(i for i, _ in pairs)), places(*(j for _, j in pairs))


def _same(found, expected):
    """Compare outcomes but for empty buckets."""
    assert found.notes is expected.notes
    assert counts(found.histogram.positive) == counts(compact(expected.histogram).positive)
    for field in ("count", "sum", "schema", "hint", "custom"):
        assert getattr(found.histogram, field) == getattr(expected.histogram, field)


@pytest.mark.parametrize("is_counter", [True, False])
@pytest.mark.parametrize("series", SERIES)
def test_many_increases_at_once_are_what_each_is_alone(series, is_counter):
    """The matrix form is a faster way, not another one."""
    firsts, ends = _windows(series, 2)
    together = increases(series, firsts, ends, is_counter=is_counter)
    for start, end, found in zip(firsts, ends, together, strict=True):
        _same(found, increase(series[start:end], is_counter=is_counter))


@pytest.mark.parametrize("series", SERIES)
def test_many_sums_at_once_are_what_each_is_alone(series):
    """Averages, too."""
    firsts, ends = _windows(series, 1)
    for many, one in ((sums_over_time, sum_over_time), (avgs_over_time, avg_over_time)):
        for start, end, found in zip(firsts, ends, many(series, firsts, ends), strict=True):
            _same(found, one(series[start:end]))


@pytest.mark.parametrize("series", [GROWING, SERIES[4]])
def test_increases_are_scaled_by_what_the_caller_says(series):
    """Of the counts at the beginning and their growth."""
    seen = []

    def factors(before, rises):
        seen.extend([before.tolist(), rises.tolist()])
        return np.array([0.5, 2.0])

    found = increases(series, places(0, 1), places(2, 4), is_counter=True, factors=factors)
    plain = increases(series, places(0, 1), places(2, 4), is_counter=True)
    assert seen == [[series[0].count, series[1].count], [each.histogram.count for each in plain]]
    ratios = [a.histogram.count / b.histogram.count for a, b in zip(found, plain, strict=True)]
    assert ratios == [0.5, 2.0]


def test_instant_increase_looks_at_two_samples():
    """After a reset the last one is the growth."""
    before, after = exponential({1: 5}), exponential({1: 7, 2: 1})
    assert counts(instant_increase(before, after, is_counter=True).histogram.positive) == {1: 2, 2: 1}
    assert counts(instant_increase(after, before, is_counter=True).histogram.positive) == {1: 5}
    assert counts(instant_increase(after, before, is_counter=False).histogram.positive) == {1: -2, 2: -1}
    assert instant_increase(before, custom((1,), [1]), is_counter=False).notes is Note.NOT_A_GAUGE | Note.MIXED_KINDS


def test_sums_and_averages_over_time():
    """With notes of collisions and reconciled bounds."""
    assert counts(sum_over_time(GROWING).histogram.positive) == {1: 15, 2: 10}
    assert counts(avg_over_time(GROWING).histogram.positive) == {1: 3, 2: 2}
    collided = [exponential({1: 1}, hint=Hint.RESET), exponential({1: 2}, hint=Hint.NO_RESET)]
    assert sum_over_time(collided).notes is Note.HINTS_COLLIDED
    assert avg_over_time([custom((1, 2), [1]), custom((1,), [1])]).notes is Note.RECONCILED_AGGREGATING
    assert sum_over_time([custom((1,), [1]), exponential({1: 1})]).notes is Note.MIXED_KINDS


def test_resets_and_changes_between_histograms_and_floats():
    """A change of kind is both."""
    window = [None, None, exponential({1: 1}), exponential({1: 1}), exponential({1: 2}), exponential({1: 1}), None]
    assert resets(window) == 3
    assert changes(window) == 4


def test_interpolates_between_two_samples():
    """After a reset the counter started from nothing."""
    before, after = exponential({1: 4}), exponential({1: 8, 2: 4})
    assert counts(interpolate(before, after, 0.25, is_counter=True).histogram.positive) == {1: 5, 2: 1}
    assert counts(interpolate(after, before, 0.25, is_counter=True).histogram.positive) == {1: 1}
