"""Many native histograms, column by column."""

import math

import numpy as np
import pyarrow as pa

from histograms.shorthand import custom, exponential
from vedette.signals.metrics.histograms.arithmetic import equal
from vedette.signals.metrics.histograms.columns import from_arrow, from_histograms, to_arrow
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.histograms.otlp import STALE

SOME = [
    exponential({1: 2, 70: 1}, {-3: 4}, schema=3, zero=1, total=2.5, hint=Hint.RESET),
    custom((0.5, 1, 2.5), [1, 0, 3, 4], total=-1.0),
    exponential({}, total=math.nan, hint=Hint.GAUGE),
    custom((), [7]),
]


def test_columns_give_back_the_histograms():
    """By their number, and by the sample they are."""
    columns = from_histograms(SOME, np.array([True, False, True, True, False, True]))
    for place, (sample, h) in enumerate(zip((0, 2, 3, 5), SOME, strict=True)):
        for read in (columns.at(sample), columns.row(place)):
            assert equal(read, h)
            assert (read.hint, read.custom) == (h.hint, h.custom)
    assert len(columns) == 4


def test_arrow_gives_back_the_histograms():
    """Also from a part of a larger batch."""
    batch = to_arrow(from_histograms(SOME))
    for rows, expected in (
        (batch, SOME),
        (batch.slice(1, 2), SOME[1:3]),
        (pa.Table.from_batches([batch, batch]), SOME * 2),
    ):
        columns = from_arrow(rows)
        assert len(columns) == len(expected)
        assert all(equal(columns.row(i), h) for i, h in enumerate(expected))
        assert [columns.row(i).hint for i in range(len(columns))] == [h.hint for h in expected]


def test_no_rows_are_no_histograms():
    """In each of the forms."""
    empty = to_arrow(from_histograms([]))
    assert len(from_arrow(empty)) == 0
    assert len(from_arrow(pa.Table.from_batches([], schema=empty.schema))) == 0


def test_the_end_of_a_series_is_told_from_a_sum_of_nan():
    """Its bits survive the way to the store and back."""
    columns = from_arrow(to_arrow(from_histograms([STALE, Histogram(0, 0, 0, 1, math.nan)])))
    assert [columns.row(i).is_stale for i in range(2)] == [True, False]
