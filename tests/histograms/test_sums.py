"""Sums and averages of many native histograms."""

import math

import pytest

from histograms.shorthand import counts, custom, exponential
from vedette.signals.metrics.histograms.histogram import Hint, Incompatible
from vedette.signals.metrics.histograms.sums import mean, means, total, totals


def test_sums_histograms_of_one_layout():
    """Buckets that only some have are in the sum."""
    result = total([exponential({1: 1, 9: 2}, zero=1, total=1.5), exponential({1: 3}, {4: 5}), exponential({2: 1})])
    assert counts(result.histogram.positive) == {1: 4, 2: 1, 9: 2}
    assert counts(result.histogram.negative) == {4: 5}
    assert (result.histogram.count, result.histogram.zero_count, result.histogram.sum) == (13, 1, 1.5)


def test_sums_lose_nothing_to_rounding():
    """Compensation keeps what a running total would drop."""
    parts = [exponential({1: value}, total=value) for value in (1e100, 1.0, 2.0, -1e100)]
    assert total(parts).histogram.sum == 3
    assert counts(total(parts).histogram.positive) == {1: 3}


def test_sums_at_the_lowest_resolution_and_the_widest_zero_bucket():
    """The same as adding one after the other."""
    parts = [
        exponential({1: 1, 2: 1}, schema=1, threshold=0.001),
        exponential({-1: 2, 1: 1}, schema=0, threshold=0.25),
        exponential({1: 5}, schema=2, threshold=0.5),
    ]
    result = total(parts).histogram
    assert (result.schema, result.zero_threshold, result.zero_count) == (0, 0.5, 2)
    assert counts(result.positive) == {1: 8}


def test_sums_custom_buckets_by_the_bounds_all_share():
    """And says that bounds were reconciled."""
    result = total([custom((1, 2, 5), [1, 2, 3]), custom((1, 2, 5), [1, 2, 3]), custom((2, 5), [10, 20])])
    assert result.bounds_reconciled
    assert (result.histogram.custom, counts(result.histogram.positive)) == ((2, 5), {0: 16, 1: 26})


def test_a_group_that_mixes_kinds_has_no_sum():
    """Other groups do."""
    mixed = [exponential({1: 1}), custom((1,), [1])]
    assert [each is None for each in totals([mixed, [exponential({1: 1})]])] == [True, False]
    assert [each is None for each in means([[exponential({1: 1})], mixed])] == [False, True]
    with pytest.raises(Incompatible):
        total(mixed)


def test_sums_many_groups_of_unlike_length_and_layout():
    """Each on its own."""
    groups = [
        [exponential({1: 1}), exponential({1: 2}), exponential({3: 4})],
        [exponential({1: 1}, schema=3)],
        [exponential({5: 1}), exponential({5: 2})],
        [custom((1,), [1, 2]), custom((1,), [3])],
    ]
    results = [each.histogram for each in totals(groups) if each]
    assert [counts(each.positive) for each in results] == [{1: 3, 3: 4}, {1: 1}, {5: 3}, {0: 4, 1: 2}]
    assert [each.schema for each in results] == [0, 3, 0, -53]


def test_hints_of_a_sum():
    """A collision is a collision even where a gauge is among the parts."""
    result = total([exponential({1: 1}, hint=hint) for hint in (Hint.RESET, Hint.NO_RESET, Hint.GAUGE)])
    assert (result.histogram.hint, result.hints_collided) == (Hint.GAUGE, True)


def test_averages():
    """Of all counts and the sum."""
    result = mean([exponential({1: 1}, total=1.0), exponential({1: 2, 2: 3}, total=4.0)]).histogram
    assert (counts(result.positive), result.count, result.sum) == ({1: 1.5, 2: 1.5}, 3, 2.5)


def test_averages_beyond_the_range_of_numbers():
    """The sum would be infinite, the average is not."""
    parts = [exponential({1: 1e308}, total=1.5e308)] * 3
    assert mean(parts).histogram.sum == pytest.approx(1.5e308, rel=1e-15)
    assert counts(mean(parts).histogram.positive) == pytest.approx({1: 1e308}, rel=1e-15)
    assert math.isinf(mean([exponential({1: 1}, total=math.inf), exponential({1: 1})]).histogram.sum)
