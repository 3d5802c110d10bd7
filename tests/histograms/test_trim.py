"""Taking observations out of native histograms."""

import math

import pytest

from histograms.shorthand import counts, custom, exponential
from vedette.signals.metrics.histograms.trim import trim_above, trim_below


def test_drops_buckets_beyond_the_threshold_and_estimates_anew():
    """What remains is taken to be in the geometric middle of its bucket."""
    h = exponential({1: 2, 3: 4}, total=99.0)
    above, below = trim_above(h, 2), trim_below(h, 2)
    assert (counts(above.positive), above.count, above.sum) == ({1: 2}, 2, pytest.approx(2 * math.sqrt(2)))
    assert (counts(below.positive), below.count, below.sum) == ({3: 4}, 4, pytest.approx(4 * math.sqrt(32)))


def test_interpolates_within_a_bucket():
    """Exponentially: half of (1, 4] lies below 2."""
    h = exponential({1: 4}, schema=-1)
    assert counts(trim_above(h, 2).positive) == {1: 2}
    assert counts(trim_below(h, 2).positive) == {1: 2}
    assert trim_above(h, 2).sum == pytest.approx(2 * math.sqrt(2))
    assert counts(trim_above(exponential({}, {1: 4}, schema=-1), -2).negative) == {1: 2}


def test_interpolates_the_zero_bucket_linearly():
    """From 0 on when there are only positive observations."""
    assert trim_above(exponential({3: 1}, zero=4, threshold=0.5), 0.125).zero_count == 1
    assert trim_above(exponential({3: 1}, {3: 1}, zero=4, threshold=0.5), 0.25).zero_count == 3


def test_interpolates_custom_buckets_linearly():
    """The first begins at 0 when its bound is positive; nothing is known of the last."""
    h = custom((2, 4), [4, 4, 4])
    assert counts(trim_above(h, 1).positive) == {0: 2}
    assert counts(trim_above(h, 3).positive) == {0: 4, 1: 2}
    assert counts(trim_above(h, 9).positive) == {0: 4, 1: 4}
    assert counts(trim_below(h, 3).positive) == {1: 2, 2: 4}
    assert counts(trim_below(h, 9).positive) == {2: 4}
    assert counts(trim_below(h, 1).positive) == {0: 2, 1: 4, 2: 4}


def test_nothing_to_take_out_leaves_the_histogram_as_it_is():
    """With the sum that was observed."""
    h = exponential({1: 2}, zero=1, total=3.5)
    assert trim_above(h, 2) is h
    assert trim_below(h, -1) is h
