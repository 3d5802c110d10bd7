"""Estimates from native histograms."""

import math

import pytest

from histograms.shorthand import custom, exponential
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.histograms.quantiles import Skew, average, fraction, quantile, stddev, stdvar

ONE_TO_SIXTEEN = exponential({0: 2, 1: 3, 3: 1, 4: 4}, zero=2)


@pytest.mark.parametrize(
    ("q", "value"), [(0, 0.0), (0.1, 0.0006), (0.5, 2 ** (2 / 3)), (0.6, 4 * 2**0.2), (0.9, 16 * 2**-0.3), (1, 16.0)]
)
def test_interpolates_exponentially_and_within_the_zero_bucket_linearly(q, value):
    """The zero bucket begins at 0 as there are no negative observations."""
    assert quantile(q, ONE_TO_SIXTEEN).value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("q", "value"), [(0, -16.0), (0.1, -16 * 2**-0.3), (0.5, -(2 ** (2 / 3))), (0.9, -0.0006), (1, 0.0)]
)
def test_mirrors_negative_buckets(q, value):
    """Quantiles of the negated observations."""
    assert quantile(q, exponential({}, {0: 2, 1: 3, 3: 1, 4: 4}, zero=2)).value == pytest.approx(value, rel=1e-12)


def test_the_zero_bucket_is_symmetrical_between_both_signs():
    """Half of its observations are below 0."""
    both = exponential({1: 1}, {1: 1}, zero=2, threshold=0.5)
    assert quantile(0.5, both).value == 0
    assert quantile(0.375, both).value == -0.25


@pytest.mark.parametrize(("q", "value"), [(-0.1, -math.inf), (1.1, math.inf)])
def test_outside_of_zero_and_one(q, value):
    """No quantile is there."""
    assert quantile(q, ONE_TO_SIXTEEN).value == value


def test_without_observations_or_rank_there_is_no_quantile():
    """NaN says so."""
    assert math.isnan(quantile(0.5, exponential({})).value)
    assert math.isnan(quantile(math.nan, ONE_TO_SIXTEEN).value)


def test_interpolates_custom_buckets_linearly():
    """The first bucket begins at 0 when its bound is positive; the last one has no end."""
    h = custom((2, 4, 8), [2, 2, 4, 2])
    assert [quantile(q, h).value for q in (0.1, 0.3, 0.6, 0.95)] == pytest.approx([1.0, 3.0, 6.0, 8.0])
    assert quantile(0.1, custom((-2, 4), [5, 5])).value == -2


def test_observations_of_nan_raise_quantiles():
    """They count as higher than all buckets."""
    h = exponential({1: 8}, total=math.nan, missing=2)
    assert quantile(0.4, h).value == pytest.approx(math.sqrt(2))
    assert quantile(0.4, h).skew is Skew.HIGHER
    above = quantile(0.9, h)
    assert math.isnan(above.value)
    assert above.skew is Skew.NAN


def test_a_sum_of_nan_from_infinities_is_no_skew():
    """+Inf and -Inf were observed: both are in buckets."""
    assert quantile(0.5, exponential({1: 8}, total=math.nan)).skew is Skew.NONE


def test_buckets_that_do_not_add_up_give_the_last_bound():
    """As after a loss of precision."""
    assert quantile(0.1, Histogram(0, 0.001, 0, 10, 5.0, exponential({1: 0.5}).positive)).value == 2.0


@pytest.mark.parametrize(
    ("lower", "upper", "value"),
    [
        (-math.inf, math.inf, 1.0),
        (1, 2, 0.25),
        (0, 0.0005, 1 / 12),
        (-math.inf, 0, 0.0),
        (2, 4, 0.0),
        (3, 1, 0.0),
        (1, math.sqrt(2), 0.125),
        (8, math.inf, 1 / 3),
    ],
)
def test_fractions(lower, upper, value):
    """The share of observations between two bounds."""
    assert fraction(lower, upper, ONE_TO_SIXTEEN).value == pytest.approx(value, rel=1e-12)


def test_fractions_of_negative_buckets():
    """Interpolated towards the other side."""
    h = exponential({}, {1: 4})
    assert fraction(-2, -math.sqrt(2), h).value == pytest.approx(0.5)
    assert fraction(-math.inf, -math.sqrt(2), h).value == pytest.approx(0.5)


def test_fractions_of_custom_buckets():
    """Nothing is known of where observations are in a bucket without end."""
    h = custom((2, 4), [4, 2, 2])
    assert fraction(0, 1, h).value == pytest.approx(0.25)
    assert fraction(3, 100, h).value == pytest.approx(0.125)
    assert fraction(3, math.inf, h).value == pytest.approx(0.375)


def test_fractions_do_not_contain_nan():
    """All of the fractions together are less than 1."""
    assert fraction(-math.inf, math.inf, exponential({1: 8}, total=math.nan, missing=2)) == (0.8, Skew.HIGHER)


def test_no_fraction_without_observations_or_bounds():
    """NaN says so."""
    assert math.isnan(fraction(0, 1, exponential({})).value)
    assert math.isnan(fraction(math.nan, 1, ONE_TO_SIXTEEN).value)


def test_variance_takes_the_geometric_middle_of_buckets():
    """(1, 4] of schema -1 has its middle at 2."""
    h = exponential({1: 2}, schema=-1, total=6.0)
    assert average(h) == 3
    assert stdvar(h) == 1
    assert stddev(h) == 1


def test_variance_takes_the_arithmetic_middle_of_custom_buckets():
    """And zero for the zero bucket of exponential ones."""
    assert stdvar(custom((1, 3), [0, 2], total=6.0)) == 1
    assert stdvar(exponential({}, zero=2, total=6.0)) == 9


def test_no_variance_without_observations():
    """NaN says so."""
    assert math.isnan(stdvar(exponential({})))
    assert math.isnan(average(exponential({})))


def test_bounds_agree_with_the_instrumentation_libraries():
    """Their table of bounds differs from the nearest numbers in the last digit here and there."""
    assert quantile(1, exponential({-1: 1}, schema=1)).value == 0.7071067811865475
