"""Sums, differences and resets of native histograms."""

import math

import pytest

from histograms.shorthand import counts, custom, exponential
from vedette.signals.metrics.histograms.arithmetic import (
    add,
    compact,
    divide,
    equal,
    is_reset,
    negate,
    reduce_to,
    scale,
    subtract,
    widen_zero,
)
from vedette.signals.metrics.histograms.histogram import Hint, Incompatible


def test_adds_buckets_by_index():
    """Buckets of either side are in the sum."""
    result = add(exponential({0: 1, 2: 3}, zero=1, total=4.0), exponential({2: 2, 5: 7}, {1: 4}, total=2.5)).histogram
    assert counts(result.positive) == {0: 1, 2: 5, 5: 7}
    assert counts(result.negative) == {1: 4}
    assert (result.count, result.sum, result.zero_count) == (18, 6.5, 1)


def test_adds_at_the_lower_resolution():
    """Four buckets of schema 2 are one of schema 0."""
    fine = exponential({-3: 1, 0: 1, 1: 1, 4: 1, 5: 1}, schema=2)
    result = add(fine, exponential({1: 10}, schema=0)).histogram
    assert result.schema == 0
    assert counts(result.positive) == {0: 2, 1: 12, 2: 1}


def test_subtracts_to_empty_buckets_that_compaction_takes_away():
    """A difference may leave buckets without a count."""
    result = subtract(exponential({1: 2, 2: 3}), exponential({1: 2})).histogram
    assert counts(result.positive) == {1: 0, 2: 3}
    assert counts(compact(result).positive) == {2: 3}


def test_widens_the_zero_bucket_to_the_other_ones_threshold():
    """Buckets below the wider threshold become part of the zero bucket."""
    narrow = exponential({-1: 3, 1: 4}, {-2: 1}, zero=1, threshold=0.125)
    result = add(narrow, exponential({1: 1}, zero=5, threshold=0.5)).histogram
    assert (result.zero_threshold, result.zero_count) == (0.5, 10)
    assert counts(result.positive) == {1: 5}
    assert not len(result.negative)


def test_widens_the_zero_bucket_beyond_a_bucket_it_would_cut():
    """A threshold of 0.75 lies within (0.5, 1], which is populated: both zero buckets reach to 1."""
    cut = exponential({0: 3, 1: 4}, zero=1, threshold=0.125)
    result = add(exponential({2: 1}, zero=5, threshold=0.75), cut).histogram
    assert (result.zero_threshold, result.zero_count) == (1.0, 9)
    assert counts(result.positive) == {1: 4, 2: 1}


def test_an_empty_bucket_does_not_widen_the_zero_bucket():
    """Only populated buckets must not be cut."""
    assert widen_zero(exponential({0: 0, 1: 4}, threshold=0.125), 0.75).zero_threshold == 0.75


def test_widening_looks_at_both_signs():
    """A cut negative bucket moves the threshold for positive buckets, too."""
    widened = widen_zero(exponential({0: 2, 1: 3}, {1: 7}, threshold=0.25), 1.5)
    assert (widened.zero_threshold, widened.zero_count) == (2.0, 12)
    assert not len(widened.positive)


def test_reconciles_custom_bounds_to_those_shared():
    """Buckets are merged up to the next bound both sides have."""
    result = add(custom((1, 2, 5), [1, 2, 3, 4]), custom((2, 3, 5), [10, 20, 30, 40]))
    assert result.bounds_reconciled
    assert result.histogram.custom == (2, 5)
    assert counts(result.histogram.positive) == {0: 13, 1: 53, 2: 44}


def test_custom_bounds_without_anything_in_common_leave_one_bucket():
    """Everything is then in the bucket up to +Inf."""
    result = add(custom((1,), [1, 2]), custom((3,), [4]))
    assert result.histogram.custom == ()
    assert counts(result.histogram.positive) == {0: 7}


def test_refuses_to_mix_exponential_and_custom_buckets():
    """There is no common form."""
    with pytest.raises(Incompatible, match="mix of exponential and custom"):
        add(exponential({1: 1}), custom((1,), [1]))


@pytest.mark.parametrize(
    ("a", "b", "result", "collided"),
    [
        (Hint.RESET, Hint.RESET, Hint.RESET, False),
        (Hint.GAUGE, Hint.RESET, Hint.GAUGE, False),
        (Hint.NO_RESET, Hint.GAUGE, Hint.GAUGE, False),
        (Hint.UNKNOWN, Hint.RESET, Hint.UNKNOWN, False),
        (Hint.RESET, Hint.NO_RESET, Hint.UNKNOWN, True),
    ],
)
def test_hints_of_a_sum(a, b, result, collided):
    """Only RESET and NO_RESET contradict each other."""
    for left, right in ((a, b), (b, a)):
        summed = add(exponential({1: 1}, hint=left), exponential({1: 1}, hint=right))
        assert (summed.histogram.hint, summed.hints_collided) == (result, collided)


def test_scales_all_counts():
    """A negative factor makes a gauge of it."""
    result = scale(exponential({1: 4}, zero=2, total=3.0), 0.5)
    assert (result.count, result.zero_count, result.sum, counts(result.positive)) == (3, 1, 1.5, {1: 2})
    assert result.hint is Hint.UNKNOWN
    assert negate(result).hint is Hint.GAUGE
    assert negate(result).count == -3


def test_division_by_zero_leaves_no_buckets():
    """Count and sum are infinite, or NaN if they were zero."""
    result = divide(exponential({1: 4}, total=3.0), 0)
    assert (result.count, result.sum) == (math.inf, math.inf)
    assert math.isnan(result.zero_count)
    assert not len(result.positive)


def test_equality_ignores_empty_buckets_and_hints():
    """Layout, counts and sum decide."""
    assert equal(exponential({1: 2, 3: 0}), exponential({1: 2}, hint=Hint.GAUGE))
    assert not equal(exponential({1: 2}), exponential({2: 2}))
    assert not equal(exponential({1: 2}), exponential({1: 2}, threshold=0.1))
    assert not equal(exponential({1: 2}), exponential({1: 2}, total=1.0))
    assert equal(exponential({1: 2}, total=math.nan), exponential({1: 2}, total=math.nan))
    assert not equal(custom((1, 2), [1]), custom((1, 3), [1]))


def test_growth_is_no_reset():
    """Also where buckets appear, resolution falls, or the zero bucket widens."""
    before = exponential({0: 1, 1: 2}, {3: 1}, zero=1, schema=1, threshold=0.25)
    assert not is_reset(exponential({0: 1, 1: 2, 7: 1}, {3: 1}, zero=1, schema=1, threshold=0.25), before)
    assert not is_reset(exponential({0: 1, 1: 2}, {2: 1}, zero=1, schema=0, threshold=0.25), before)
    assert not is_reset(exponential({1: 3}, {3: 1}, zero=2, schema=1, threshold=1.0), before)


@pytest.mark.parametrize(
    "current",
    [
        exponential({1: 1}, zero=9, threshold=0.5),
        exponential({2: 9}, zero=1, threshold=0.5),
        exponential({1: 9}, zero=0, threshold=0.5),
        exponential({1: 9}, zero=1, threshold=0.25),
        exponential({2: 9, 1: 9}, zero=1, threshold=0.5, schema=1),
        exponential({1: 9}, zero=9, threshold=1.5),
        custom((1,), [9, 9]),
    ],
    ids=["fewer", "gone", "zero count", "narrower zero bucket", "finer", "cut bucket", "other kind"],
)
def test_what_is_a_reset(current):
    """Anything a counter cannot do without starting anew."""
    assert is_reset(current, exponential({1: 2}, zero=1, threshold=0.5))


def test_hints_decide_about_resets():
    """Unless they say nothing: UNKNOWN and GAUGE."""
    assert is_reset(exponential({1: 5}, hint=Hint.RESET), exponential({1: 2}))
    assert not is_reset(exponential({1: 1}, hint=Hint.NO_RESET), exponential({1: 2}))
    assert is_reset(exponential({1: 1}, hint=Hint.GAUGE), exponential({1: 2}))


def test_resets_of_custom_buckets_with_other_bounds():
    """Compared by the bounds both have."""
    assert not is_reset(custom((1, 5), [4, 4]), custom((1, 2, 5), [1, 1, 1]))
    assert is_reset(custom((1, 5), [0, 9]), custom((1, 2, 5), [1, 1, 1]))
    assert is_reset(custom((1, 5), [9]), exponential({1: 1}))


def test_reduces_negative_indexes_towards_zero():
    """Bucket 0 of schema 1 is (0.707…, 1]: of bucket 0 of schema 0; bucket -1 as well."""
    assert counts(reduce_to(exponential({-2: 1, -1: 2, 0: 4, 1: 8}, schema=1), 0).positive) == {-1: 1, 0: 6, 1: 8}
