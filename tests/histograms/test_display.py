"""How native histograms are shown."""

import pytest

from histograms.shorthand import custom, exponential
from vedette.signals.metrics.histograms.display import api_buckets, number, text


def test_lists_populated_buckets_with_the_bounds_that_belong_to_them():
    """Negative ones include the lower bound, the zero bucket both, positive ones the upper one."""
    h = exponential({0: 1, 1: 0, 2: 3}, {1: 4}, zero=2, threshold=0.25)
    assert api_buckets(h) == [(1, -2, -1, 4), (3, -0.25, 0.25, 2), (0, 0.5, 1, 1), (0, 2, 4, 3)]


def test_the_first_custom_bucket_includes_both_bounds():
    """The others their upper one."""
    inf = float("inf")
    assert api_buckets(custom((1, 2), [1, 2, 3])) == [(3, -inf, 1, 1), (0, 1, 2, 2), (0, 2, inf, 3)]
    assert api_buckets(custom((1, 2), [0, 2])) == [(0, 1, 2, 2)]


def test_buckets_that_overlap_with_the_zero_bucket_begin_there():
    """In the API; text shows their own bounds."""
    h = exponential({0: 1}, {0: 1}, zero=1, threshold=0.75)
    assert [each[1:3] for each in api_buckets(h)] == [(-1, -0.75), (-0.75, 0.75), (0.75, 1)]
    assert text(h) == "{count:3, sum:0, [-1,-0.5):1, [-0.75,0.75]:1, (0.5,1]:1}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (12.5, "12.5"),
        (100000.0, "100000"),
        (1e6, "1e+06"),
        (123456789.0, "1.23456789e+08"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-2.5e-7, "-2.5e-07"),
        (1e100, "1e+100"),
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
        (float("nan"), "NaN"),
    ],
)
def test_shows_numbers_with_as_few_digits_as_needed(value, shown):
    """Small and large ones with an exponent."""
    assert number(value) == shown
