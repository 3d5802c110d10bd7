"""What holds for any native histogram."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.signals.metrics.histograms.arithmetic import add, equal, is_reset, reduce_to, subtract
from vedette.signals.metrics.histograms.bounds import intervals
from vedette.signals.metrics.histograms.columns import from_arrow, from_histograms, to_arrow
from vedette.signals.metrics.histograms.histogram import CUSTOM, Buckets, Histogram
from vedette.signals.metrics.histograms.quantiles import fraction, quantile
from vedette.signals.metrics.histograms.sums import total
from vedette.signals.metrics.histograms.wire import Message, Side, from_message, to_spans

sides = st.dictionaries(st.integers(-40, 40), st.integers(1, 1000).map(float), max_size=12)
thresholds = st.sampled_from([0.0, 1e-128, 0.001, 0.3, 0.5, 1.0, 2.5])


@st.composite
def exponentials(draw: st.DrawFn) -> Histogram:
    schema, positive, negative = draw(st.integers(-4, 8)), draw(sides), draw(sides)
    zero, threshold = float(draw(st.integers(0, 50))), draw(thresholds)
    positive, negative = (
        {i: n for i, n in side.items() if 2 ** (i * 2.0**-schema) > threshold} for side in (positive, negative)
    )
    return _histogram(schema, threshold, zero, draw(st.integers(-1000, 1000)), positive, negative)


@st.composite
def customs(draw: st.DrawFn) -> Histogram:
    bounds = sorted(draw(st.sets(st.integers(-5, 5).map(float), max_size=6)))
    populations = draw(st.dictionaries(st.integers(0, len(bounds)), st.integers(1, 1000).map(float)))
    total = float(draw(st.integers(-1000, 1000)))
    return Histogram(CUSTOM, 0.0, 0.0, sum(populations.values()), total, Buckets.of(populations), custom=tuple(bounds))


kinds = st.sampled_from([exponentials(), customs()])
pairs = kinds.flatmap(lambda kind: st.tuples(kind, kind))


def _histogram(
    schema: int, threshold: float, zero: float, total: int, positive: dict[int, float], negative: dict[int, float]
) -> Histogram:
    count = zero + sum(positive.values()) + sum(negative.values())
    return Histogram(schema, threshold, zero, count, float(total), Buckets.of(positive), Buckets.of(negative))


def _population(h: Histogram) -> float:
    return float(h.zero_count + h.positive.counts.sum() + h.negative.counts.sum())


@given(pairs)
def test_addition_commutes(pair):
    """Neither side is special."""
    a, b = pair
    assert equal(add(a, b).histogram, add(b, a).histogram)


@given(pairs)
def test_sums_lose_no_observations(pair):
    """They are in some bucket, whatever the layouts were."""
    result = add(*pair).histogram
    assert _population(result) == result.count == pair[0].count + pair[1].count


@given(pairs)
def test_adding_many_is_adding_one_by_one(pair):
    """The matrix form gives what the pair does."""
    assert equal(total(pair).histogram, add(*pair).histogram)


@given(pairs)
def test_subtracting_what_was_added_leaves_the_rest(pair):
    """At the layout of the sum."""
    a, b = pair
    rest = subtract(add(a, b).histogram, b).histogram
    assert (rest.count, rest.sum, _population(rest)) == (a.count, a.sum, a.count)


@given(pairs)
def test_adding_is_no_reset(pair):
    """A sum has every observation its parts have."""
    assert not is_reset(add(*pair).histogram, pair[0])


@given(st.integers(-4, 8), st.integers(-4, 8), sides, sides)
def test_reducing_before_adding_is_reducing_after(schema, target, one, other):
    """Buckets are merged the same way."""
    target = min(schema, target)
    a, b = (_histogram(schema, 0.0, 1.0, 5, side, {}) for side in (one, other))
    after = reduce_to(add(a, b).histogram, target)
    assert equal(after, add(reduce_to(a, target), reduce_to(b, target)).histogram)


@given(exponentials(), st.floats(0, 1))
def test_quantiles_lie_within_a_populated_bucket(h, q):
    """Or there is no observation at all."""
    value = quantile(q, h).value
    if h.count == 0:
        assert np.isnan(value)
        return
    rows = intervals(h)
    slack = 1e-12 * np.maximum(np.abs(rows.lower), np.abs(rows.upper))
    assert ((rows.lower - slack <= value) & (value <= rows.upper + slack) & (rows.counts > 0)).any()


@given(exponentials(), st.floats(0.001, 0.999))
def test_fractions_are_the_inverse_of_quantiles(h, q):
    """As far as rounding goes, and where there is no gap between buckets at that rank."""
    if h.count == 0 or h.zero_threshold == 0:
        return
    value = quantile(q, h).value
    assert fraction(-np.inf, value, h).value == pytest.approx(q, abs=1e-6)


@given(exponentials())
def test_integer_messages_give_back_the_histogram(h):
    """By spans and deltas."""
    positive, negative = (
        Side(spans, deltas=np.diff(values, prepend=0.0).astype(np.int64))
        for spans, values in (to_spans(h.positive), to_spans(h.negative))
    )
    message = Message(h.schema, h.zero_threshold, h.zero_count, h.count, h.sum, positive, negative)
    assert equal(from_message(message), h)


@given(customs())
def test_float_messages_give_back_the_histogram(h):
    """By spans and counts."""
    spans, values = to_spans(h.positive)
    message = Message(
        h.schema, 0.0, 0.0, h.count, h.sum, Side(spans, counts=values), Side(), custom=h.custom or (), is_float=True
    )
    assert equal(from_message(message), h)


@given(st.lists(kinds.flatmap(lambda kind: kind)))
def test_columns_give_back_the_histograms(some):
    """Through Arrow."""
    columns = from_arrow(to_arrow(from_histograms(some)))
    assert all(equal(columns.row(i), h) for i, h in enumerate(some))
