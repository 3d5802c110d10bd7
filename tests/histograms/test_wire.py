"""Native histograms as senders transmit them."""

import math
from dataclasses import replace

import pytest

from histograms.shorthand import counts
from vedette.signals.metrics.histograms.histogram import CUSTOM, Hint
from vedette.signals.metrics.histograms.otlp import STALE, from_data_point
from vedette.signals.metrics.histograms.wire import Invalid, Message, Side, from_message, to_spans

INTEGER = Message(
    schema=1,
    zero_threshold=0.001,
    zero_count=2,
    count=14,
    sum=18.4,
    positive=Side(spans=[(-1, 2), (1, 2)], deltas=[1, 1, -1, 0]),
    negative=Side(spans=[(3, 3)], deltas=[2, -2, 5]),
    hint=2,
)
FLOAT = Message(
    schema=CUSTOM,
    zero_threshold=0,
    zero_count=0,
    count=3.5,
    sum=9.0,
    positive=Side(spans=[(1, 2)], counts=[1.5, 2.0]),
    negative=Side(),
    custom=[1, 2],
    is_float=True,
)


def test_reads_integer_histograms():
    """Deltas become counts; empty buckets are left out."""
    h = from_message(INTEGER)
    assert counts(h.positive) == {-1: 1, 0: 2, 2: 1, 3: 1}
    assert counts(h.negative) == {3: 2, 5: 5}
    assert (h.schema, h.zero_threshold, h.zero_count, h.count, h.sum, h.hint) == (1, 0.001, 2, 14, 18.4, Hint.NO_RESET)


def test_reads_float_histograms_with_custom_bounds():
    """Counts are absolute; the last bucket is the one up to +Inf."""
    h = from_message(FLOAT)
    assert (counts(h.positive), h.custom, h.count) == ({1: 1.5, 2: 2}, (1, 2), 3.5)


def test_reduces_resolutions_beyond_the_finest():
    """Schema 10 is schema 8 in four times as many buckets."""
    h = from_message(
        replace(
            INTEGER, schema=10, count=9, zero_count=0, positive=Side([(1, 5)], deltas=[1, 1, 0, 0, 0]), negative=Side()
        )
    )
    assert (h.schema, counts(h.positive)) == (8, {1: 7, 2: 2})


def test_reads_the_end_of_a_series():
    """Nothing but the sum matters."""
    assert from_message(replace(INTEGER, sum=STALE.sum, count=0)).is_stale


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"schema": 53}, "invalid schema.*got schema 53"),
        ({"schema": -5}, "invalid schema.*got schema -5"),
        ({"custom": [1.0]}, "must not have custom bounds"),
        ({"count": 13}, "14 observations found in buckets, but the Count field is 13"),
        ({"sum": math.nan, "count": 13}, "should be at least"),
        ({"positive": Side([(0, 3)], deltas=[1, 1])}, "positive side: spans need 3 buckets, have 2"),
        ({"negative": Side([(0, 1)], deltas=[1, 1])}, "negative side: spans need 1 buckets, have 2"),
        ({"positive": Side([(0, 1), (-1, 1)], deltas=[1, 1])}, "span whose offset is negative"),
        ({"positive": Side([(0, 2)], deltas=[1, -2])}, "bucket number 2 has observation count of -1"),
        ({"positive": Side([(2**31 - 2, 2)], deltas=[1, 0])}, "beyond the range"),
        ({"positive": Side([(0, 10**9)], deltas=[1, 0])}, "spans need 1000000000 buckets"),
        ({"zero_threshold": math.nan}, "zero threshold"),
        ({"zero_threshold": -1.0}, "zero threshold"),
    ],
)
def test_refuses_what_is_no_integer_histogram(changed, message):
    """Saying why."""
    with pytest.raises(Invalid, match=message):
        from_message(replace(INTEGER, **changed))


def test_observations_of_nan_are_in_no_bucket():
    """The count may then be larger than that of the buckets."""
    assert from_message(replace(INTEGER, sum=math.nan, count=20)).count == 20


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"custom": [2, 1]}, "strictly increasing"),
        ({"custom": [1, 1]}, "strictly increasing"),
        ({"custom": [1, math.nan]}, "must not be NaN"),
        ({"custom": [1, math.inf]}, "must be finite"),
        ({"custom": [1]}, "too few"),
        ({"zero_count": 1}, "zero count of 0"),
        ({"zero_threshold": 1}, "zero threshold of 0"),
        ({"negative": Side([(0, 1)], counts=[1.0])}, "must not have negative buckets"),
        ({"positive": Side([(-1, 2)], counts=[1.5, 2.0])}, "offset is negative"),
        ({"positive": Side([(1, 2)], counts=[1.5, -2.0])}, "bucket number 2"),
        ({"count": -1}, "observation count is -1"),
        ({"positive": Side([(1, 2)], counts=[1.5, math.nan])}, "bucket number 2"),
    ],
)
def test_refuses_what_is_no_float_histogram(changed, message):
    """Saying why."""
    with pytest.raises(Invalid, match=message):
        from_message(replace(FLOAT, **changed))


def test_gives_back_spans():
    """As they are transmitted."""
    spans, values = to_spans(from_message(INTEGER).positive)
    assert (spans, values.tolist()) == ([(-1, 2), (1, 2)], [1, 2, 1, 1])


def test_reads_exponential_data_points():
    """Their bucket 0 begins where bucket 1 of native histograms does."""
    h = from_data_point(3, 0.0, 2, 9, 4.5, (-1, [1, 0, 3]), (2, [3]))
    assert (counts(h.positive), counts(h.negative)) == ({0: 1, 2: 3}, {3: 3})
    assert (h.schema, h.zero_threshold, h.zero_count, h.count, h.sum) == (3, 1e-128, 2, 9, 4.5)
    assert h.hint is Hint.UNKNOWN


def test_reduces_data_points_of_a_finer_scale():
    """Scale 10 by two: four buckets become one."""
    h = from_data_point(10, 0.5, 0, 6, None, (3, [1, 1, 1, 1, 1, 1]), (0, []))
    assert (h.schema, h.zero_threshold, h.sum, counts(h.positive)) == (8, 0.5, 0, {1: 1, 2: 4, 3: 1})


def test_refuses_data_points_of_a_coarser_scale():
    """There is no schema for them."""
    with pytest.raises(Invalid, match="must be >= -4, was -5"):
        from_data_point(-5, 0.0, 0, 0, 0.0, (0, []), (0, []))


def test_delta_points_become_gauges():
    """They are summed over time; no resets are looked for."""
    assert from_data_point(0, 0.0, 0, 0, 0.0, (0, []), (0, []), is_delta=True).hint is Hint.GAUGE
