"""What selectors make of batches: the latest sample at each step, or a function of each step's window."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.arithmetic import is_reset
from vedette.signals.metrics.histograms.columns import HistogramColumns
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.facts import fact
from vedette.signals.metrics.promql.functions_native import Row
from vedette.signals.metrics.promql.functions_rolled import Rolled
from vedette.signals.metrics.promql.ranges import RangeFunction
from vedette.signals.metrics.promql.selecting import Consume, Piece, Work, samples_of, stale
from vedette.signals.metrics.promql.source import Batch, Labels
from vedette.signals.metrics.promql.tiles import Samples, Tile, cut
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects, Scalar, holds, no_histograms
from vedette.signals.metrics.promql.windows import Frame, Windows

_COUNTER_ENDINGS = ("_total", "_sum", "_count", "_bucket")


@dataclass(frozen=True, slots=True)
class Latest:
    """Takes each step's latest sample in the frame's range, unless it is a stale marker.

    `of_times`: gives the samples' times, in seconds, instead of their values.
    """

    frame: Frame
    of_times: bool = False

    def __call__(self, batch: Batch, consume: Consume) -> None:
        """Work off one batch."""
        if batch.histograms is not None or self.of_times:
            self._by_number(batch, consume)
            return
        has_stale = stale(batch.values) is not None
        for tile in cut(samples_of(batch), self.frame.steps.count):
            windows = Windows(tile, self.frame)
            values, present = windows.last, windows.with_at_least(1)
            markers = stale(values) if has_stale else None
            if markers is not None:
                present = present & ~markers
            consume(Piece(batch.first + tile.rows, values, present))

    def _by_number(self, batch: Batch, consume: Consume) -> None:
        """Do the same by the number of each sample in the batch, which tells more than its value."""
        numbers = Samples(batch.offsets, batch.times_ms, np.arange(len(batch.values), dtype=np.float64))
        markers = is_marker(batch)
        for tile in cut(numbers, self.frame.steps.count):
            windows = Windows(tile, self.frame)
            found = windows.last.astype(np.intp)
            present = windows.with_at_least(1) & ~markers[found]
            if self.of_times:
                consume(Piece(batch.first + tile.rows, batch.times_ms[found] / 1000, present))
            else:
                cells = _cells(batch.histograms, found, present)
                consume(Piece(batch.first + tile.rows, batch.values[found], present, cells))


def _cells(columns: HistogramColumns | None, found: NDArray[np.intp], present: Bools) -> Objects | None:
    if columns is None:
        return None
    wanted = present & columns.mask[found]
    if not wanted.any():
        return None
    cells = no_histograms(found.shape)
    numbers, places = np.unique(found[wanted], return_inverse=True)
    values = no_histograms(numbers.shape)
    values[:] = [columns.at(number) for number in numbers.tolist()]
    cells[wanted] = values[places]
    return cells


def odd_names(labels: Sequence[Labels], names: Sequence[str]) -> Bools | None:
    """Return which series are not named as counters are, None when all are."""

    def find() -> Bools | None:
        odd = {name for name in set(names) if name and not name.endswith(_COUNTER_ENDINGS)}
        return np.array([name in odd for name in names], np.bool_) if odd else None

    return fact(labels, "odd names", find)


def is_marker(batch: Batch) -> Bools:
    """Return which samples are stale markers, of either kind."""
    found = stale(batch.values)
    markers = np.zeros(len(batch.values), np.bool_) if found is None else found
    if batch.histograms is not None:
        sums = np.ascontiguousarray(batch.histograms.sum)
        markers = markers & ~batch.histograms.mask
        of_histograms = stale(sums)
        if of_histograms is not None:
            markers[np.flatnonzero(batch.histograms.mask)[of_histograms]] = True
    return markers


@dataclass(frozen=True, slots=True)
class Ranged:
    """Applies a function to each step's window. `names` are the metrics' names, of all series of the selection.

    `odd`: which of them are not named as counters are, where that is worth a note.
    """

    function: RangeFunction
    frame: Frame
    arguments: Sequence[Scalar]
    names: Sequence[str]
    notes: Annotations
    span: Span
    odd: Bools | None = None

    def __call__(self, batch: Batch, consume: Consume) -> None:
        """Work off one batch."""
        samples = samples_of(batch)
        rolled = None if batch.counts is None else self.function.rolled
        if batch.histograms is None and batch.counts is not None and rolled is not None:
            self._rolled(batch.first, samples, batch.counts, rolled, consume)
            return
        if batch.histograms is None:
            markers = stale(batch.values)
            self._floats(batch.first, samples if markers is None else samples.keep(~markers), consume)
            return
        kept = ~is_marker(batch)
        mixed = np.add.reduceat(np.append(batch.histograms.mask, False), batch.offsets[:-1]) > 0
        mixed &= np.diff(batch.offsets) > 0
        alone = kept & ~np.repeat(mixed, np.diff(batch.offsets))
        if batch.counts is not None and rolled is not None:
            self._rolled(batch.first, samples.keep(alone), batch.counts[alone], rolled, consume)
        else:
            self._floats(batch.first, samples.keep(alone), consume)
        for row in np.flatnonzero(mixed).tolist():
            consume(self._row(batch, batch.histograms, row, kept))

    def _floats(self, first: int, samples: Samples, consume: Consume) -> None:
        for tile in cut(samples, self.frame.steps.count):
            windows = Windows(tile, self.frame)
            piece = Piece(first + tile.rows, *self.function.floats(windows, self.arguments))
            self._note_odd(piece)
            consume(piece)

    def _rolled(self, first: int, samples: Samples, counts: Floats, function: Rolled, consume: Consume) -> None:
        steps = self.frame.steps.count
        of_counts = cut(Samples(samples.offsets, samples.times_ms, counts), steps)
        for tile, of_tile in zip(cut(samples, steps), of_counts, strict=True):
            windows = Windows(tile, self.frame)
            piece = Piece(first + tile.rows, *function(windows, Windows(of_tile, self.frame)))
            self._note_odd(piece)
            consume(piece)

    def _note_odd(self, piece: Piece) -> None:
        """Say which metrics have results although their names are not those of counters."""
        if self.odd is not None and self.odd[piece.rows].any():
            found = piece.present.any(axis=1) & self.odd[piece.rows]
            for name in {self.names[row] for row in piece.rows[found].tolist()}:
                self.notes.inform(texts.possible_gauge(name), self.span)

    def _row(self, batch: Batch, columns: HistogramColumns, number: int, kept: Bools) -> Piece:
        """Return what becomes of one series with histograms."""
        part = slice(int(batch.offsets[number]), int(batch.offsets[number + 1]))
        at = np.arange(part.start, part.stop)[kept[part]]
        floats, histograms = at[~columns.mask[at]], at[columns.mask[at]]
        times = batch.times_ms[histograms]
        values, present = self._alone(batch.times_ms[floats], batch.values[floats])
        row = Row(
            name=self.names[batch.first + number],
            frame=self.frame,
            float_times=batch.times_ms[floats],
            floats=batch.values[floats],
            float_low=self._places(batch.times_ms[floats], self.frame.range_ms),
            float_high=self._places(batch.times_ms[floats], 0),
            times=times,
            histograms=[columns.at(sample) for sample in histograms.tolist()],
            passed=None if batch.counts is None else np.cumsum(batch.counts[histograms]),
            low=self._places(times, self.frame.range_ms),
            high=self._places(times, 0),
            values=values,
            present=present,
            cells=no_histograms((self.frame.steps.count,)),
            notes=self.notes,
            span=self.span,
        )
        self.function.native(row)
        where = np.array([batch.first + number], np.intp)
        floats_only = row.present & ~holds(row.cells)
        self._note_odd(Piece(where, row.values[None], floats_only[None]))
        return Piece(where, row.values[None], row.present[None], row.cells[None])

    def _places(self, times: NDArray[np.int64], before_ms: int) -> NDArray[np.int64]:
        """Return for each step how many samples there are up to `before_ms` before the end of its window."""
        return np.searchsorted(times, self.frame.ends - before_ms, "right")

    def _alone(self, times: NDArray[np.int64], values: Floats) -> tuple[Floats, Bools]:
        """Return the result of the floats alone."""
        steps = self.frame.steps.count
        if not len(times):
            return np.zeros(steps), np.zeros(steps, np.bool_)
        windows = Windows(Tile(np.zeros(1, np.intp), times, values[None]), self.frame)
        result, present = self.function.floats(windows, self.arguments)
        return np.array(result[0]), np.array(present[0])


@dataclass(frozen=True, slots=True)
class FindingResets:
    """Does other work on batches whose histograms say of themselves whether a counter was reset since the one before.

    So Prometheus reads histograms of which only statistics are wanted, and sums of them tell contradictions.
    """

    work: Work

    def __call__(self, batch: Batch, consume: Consume) -> None:
        """Work off one batch."""
        is_plain = batch.histograms is not None and batch.counts is None
        self.work(_with_resets(batch, batch.histograms) if is_plain and batch.histograms else batch, consume)


def _with_resets(batch: Batch, columns: HistogramColumns) -> Batch:
    series = np.searchsorted(batch.offsets, np.flatnonzero(columns.mask), "right").tolist()
    hints = columns.hint.copy()
    before: Histogram | None = None
    for row, of in enumerate(series):
        current = columns.row(row)
        if row and series[row - 1] != of:
            before = None
        if current.is_stale:
            continue
        if before is not None and current.hint is Hint.UNKNOWN:
            hints[row] = Hint.RESET if is_reset(current, before) else Hint.NO_RESET
        before = current
    return replace(batch, histograms=replace(columns, hint=hints))
