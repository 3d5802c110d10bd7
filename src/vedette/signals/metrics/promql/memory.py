"""Samples held in memory as a source: what subqueries evaluate to, and what tests ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.columns import from_histograms
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.promql.labels import value_of
from vedette.signals.metrics.promql.matching import compile_matcher
from vedette.signals.metrics.promql.source import Batch, Labels, Purpose
from vedette.signals.metrics.promql.tree import Matcher
from vedette.signals.metrics.promql.vectors import Steps, Vector, holds, is_full

_BATCH: Final = 1 << 19
"""How many samples a batch has at most, unless one series has more."""


@dataclass(slots=True, eq=False)
class Series:
    """One series: its samples in the order of time. Values of histograms mean nothing."""

    labels: Labels
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    histograms: list[Histogram | None] | None = None

    def between(self, start_ms: int, end_ms: int) -> "Series":
        """Return the samples in (start, end]."""
        part = slice(*np.searchsorted(self.times_ms, [start_ms, end_ms], "right").tolist())
        cells = None if self.histograms is None else self.histograms[part]
        return Series(self.labels, self.times_ms[part], self.values[part], cells)


@dataclass(frozen=True, slots=True, eq=False)
class MemorySelection:
    """Series that were selected."""

    series: Sequence[Series]
    least_range_ms: int = 0

    @property
    def labels(self) -> Sequence[Labels]:
        """The labels of each series."""
        return [each.labels for each in self.series]

    def batches(self) -> Iterator[Batch]:
        """Give the samples batch by batch."""
        first = 0
        while first < len(self.series):
            last, size = first, 0
            while last < len(self.series) and (last == first or size + len(self.series[last].times_ms) <= _BATCH):
                size += len(self.series[last].times_ms)
                last += 1
            yield _batch(first, self.series[first:last])
            first = last


def _batch(first: int, series: Sequence[Series]) -> Batch:
    lengths = [len(each.times_ms) for each in series]
    cells = [cell for each in series for cell in each.histograms or [None] * len(each.times_ms)]
    mask = np.array([cell is not None for cell in cells], np.bool_)
    values = np.concatenate([each.values for each in series])
    values = np.where(mask, np.nan, values) if mask.any() else values
    return Batch(
        first,
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([each.times_ms for each in series]),
        values,
        from_histograms([cell for cell in cells if cell is not None], mask) if mask.any() else None,
    )


@dataclass(slots=True)
class MemorySource:
    """Series in memory."""

    series: dict[Labels, Series] = field(default_factory=dict)

    def add(self, series: Series) -> None:
        """Add a series, or samples to one that is there; at equal times the later ones count."""
        earlier = self.series.get(series.labels)
        if earlier is None:
            self.series[series.labels] = series
            return
        times = np.concatenate([earlier.times_ms, series.times_ms])
        cells = [*_cells(earlier), *_cells(series)]
        order = np.argsort(times, kind="stable")
        order = order[np.append(np.diff(times[order]) > 0, True)]
        values = np.concatenate([earlier.values, series.values])
        found = [cells[place] for place in order.tolist()]
        self.series[series.labels] = Series(series.labels, times[order], values[order], found)

    def select(
        self, matchers: Sequence[Matcher], start_ms: int, end_ms: int, _purpose: Purpose | None = None
    ) -> MemorySelection:
        """Return the series that match and have samples in (start, end]."""
        conditions = [(matcher.name, compile_matcher(matcher)) for matcher in matchers]
        found = [
            each.between(start_ms, end_ms)
            for labels, each in self.series.items()
            if all(condition(value_of(labels, name)) for name, condition in conditions)
        ]
        return MemorySelection([each for each in found if len(each.times_ms)])


def _cells(series: Series) -> list[Histogram | None]:
    return series.histograms or [None] * len(series.times_ms)


def batches_of(vector: Vector, steps: Steps) -> Iterator[Batch]:
    """Give the values of a vector as samples, batch by batch.

    Hints on counter resets are taken away: what was between the steps is not among the samples.
    """
    height = max(1, _BATCH // max(1, vector.steps))
    for first in range(0, len(vector), height):
        rows = slice(first, min(first + height, len(vector)))
        present = vector.present[rows]
        times = np.broadcast_to(steps.times, present.shape)
        offsets = np.concatenate([[0], np.cumsum(np.count_nonzero(present, axis=1))]).astype(np.int64)
        if vector.histograms is None and is_full(present):
            yield Batch(first, offsets, times.reshape(-1), vector.values[rows].reshape(-1))
            continue
        columns, values = None, vector.values[rows][present]
        if vector.histograms is not None:
            cells = vector.histograms[rows][present]
            mask = holds(cells)
            if mask.any():
                columns = from_histograms([_unhinted(each) for each in cells[mask].tolist()], mask)
                values = np.where(mask, np.nan, values)
        yield Batch(first, offsets, times[present], values, columns)


def _unhinted(histogram: Histogram) -> Histogram:
    return histogram if histogram.hint in (Hint.UNKNOWN, Hint.GAUGE) else replace(histogram, hint=Hint.UNKNOWN)
