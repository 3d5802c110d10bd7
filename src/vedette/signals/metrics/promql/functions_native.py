"""Range functions for series that have native histograms in some windows.

What floats alone give is there already; these functions put in what the histograms of each window make of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from vedette.signals.metrics.histograms import windows as native
from vedette.signals.metrics.histograms.arithmetic import divide
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.histograms.windows import Note, Outcome
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Ints, Objects
from vedette.signals.metrics.promql.windows import Frame


@dataclass(slots=True, eq=False)
class Row:
    """One series with histograms: its samples, its windows, and the result to fill in (T cells each).

    Window k has the floats [float_low[k], float_high[k]) and the histograms [low[k], high[k]).
    """

    name: str
    frame: Frame
    float_times: Ints
    floats: Floats
    float_low: Ints
    float_high: Ints
    times: Ints
    histograms: list[Histogram]
    passed: Floats | None
    """How many samples there were up to each histogram, if not all of them are at hand."""
    low: Ints
    high: Ints
    values: Floats
    present: Bools
    cells: Objects
    notes: Annotations
    span: Span

    @property
    def has_floats(self) -> Bools:
        """Which windows have floats."""
        return self.float_high > self.float_low

    @property
    def has_histograms(self) -> Bools:
        """Which windows have histograms."""
        return self.high > self.low

    def warn(self, text: str) -> None:
        """Add a warning about the argument."""
        self.notes.warn(text, self.span)

    def put(self, step: int, outcome: Outcome) -> None:
        """Set one cell to a histogram, or to nothing, and note what is to be noted."""
        self._note(outcome.notes)
        self.present[step] = outcome.histogram is not None
        self.cells[step] = outcome.histogram

    def _note(self, notes: Note) -> None:
        if not notes:
            return
        for flag, text, is_info in (
            (Note.NOT_A_COUNTER, texts.not_counter(self.name), False),
            (Note.NOT_A_GAUGE, texts.not_gauge(self.name), False),
            (Note.MIXED_KINDS, texts.mixed_schemas(self.name), False),
            (Note.RECONCILED_ADDING, texts.bounds_reconciled("addition"), True),
            (Note.RECONCILED_SUBTRACTING, texts.bounds_reconciled("subtraction"), True),
            (Note.RECONCILED_AGGREGATING, texts.bounds_reconciled("aggregation"), True),
            (Note.HINTS_COLLIDED, texts.reset_collision("aggregation"), False),
        ):
            if flag in notes:
                (self.notes.inform if is_info else self.notes.warn)(text, self.span)


Native: TypeAlias = Callable[[Row], None]


def refuse_mixed(row: Row) -> Bools:
    """Take away results of windows with both kinds, warn of them, and return the windows of histograms alone."""
    mixed = row.has_floats & row.has_histograms
    if mixed.any():
        row.warn(texts.mixed_samples(row.name))
        row.present[mixed] = False
    return row.has_histograms & ~mixed


def extrapolated(*, is_counter: bool, is_rate: bool) -> Native:
    """Return rate, increase or delta."""

    def fill(row: Row) -> None:
        steps = np.flatnonzero(refuse_mixed(row) & (row.high - row.low > 1))

        def factors(counts: Floats, rises: Floats) -> Floats:
            found = _factors(row, steps, counts, rises, is_counter)
            return found / (row.frame.range_ms / 1000) if is_rate else found

        low, high = row.low[steps], row.high[steps]
        outcomes = native.increases(row.histograms, low, high, is_counter=is_counter, factors=factors)
        for step, outcome in zip(steps.tolist(), outcomes, strict=True):
            row.put(step, outcome)

    return fill


def _factors(row: Row, steps: Ints, counts: Floats, rises: Floats, is_counter: bool) -> Floats:
    """Return what the rises between the samples are to be multiplied with to cover the windows of some steps."""
    first, last = row.low[steps], row.high[steps] - 1
    ends_ms = row.frame.ends[steps]
    sampled = (row.times[last] - row.times[first]) / 1000
    average = sampled / (last - first if row.passed is None else row.passed[last] - row.passed[first])
    to_start = (row.times[first] - (ends_ms - row.frame.range_ms)) / 1000
    to_end = (ends_ms - row.times[last]) / 1000
    to_start = np.where(to_start >= average * 1.1, average / 2, to_start)
    to_end = np.where(to_end >= average * 1.1, average / 2, to_end)
    if is_counter:
        with np.errstate(all="ignore"):
            to_zero = np.where((rises > 0) & (counts >= 0), sampled * (counts / rises), np.inf)
        to_start = np.minimum(to_start, to_zero)
    return np.asarray((sampled + to_start + to_end) / sampled)


def instant_delta(*, is_rate: bool) -> Native:
    """Return irate or idelta: about the last two samples, of whatever kind."""

    def fill(row: Row) -> None:
        for step in np.flatnonzero(row.has_histograms).tolist():
            row.present[step] = False
            _instant(row, step, is_rate=is_rate)

    return fill


def _instant(row: Row, step: int, *, is_rate: bool) -> None:
    floats = [(int(row.float_times[i]), i, None) for i in _last_two(row.float_low[step], row.float_high[step])]
    histograms = [(int(row.times[i]), i, row.histograms[i]) for i in _last_two(row.low[step], row.high[step])]
    last_two = sorted([*floats, *histograms], key=lambda each: each[0])[-2:]
    if len(last_two) < 2:
        return
    (before_ms, before_at, before), (last_ms, last_at, last) = last_two
    if before is None and last is None:
        fell = is_rate and row.floats[last_at] < row.floats[before_at]
        change = float(row.floats[last_at] - (0.0 if fell else row.floats[before_at]))
        row.values[step] = change / ((last_ms - before_ms) / 1000) if is_rate else change
        row.present[step] = True
    elif before is None or last is None:
        row.warn(texts.mixed_samples(row.name))
    else:
        outcome = native.instant_increase(before, last, is_counter=is_rate)
        row.put(step, outcome)
        if is_rate and outcome.histogram is not None:
            row.cells[step] = divide(outcome.histogram, (last_ms - before_ms) / 1000)


def _last_two(low: np.int64, high: np.int64) -> range:
    return range(max(int(low), int(high) - 2), int(high))


def summed(function: Callable[[list[Histogram], Ints, Ints], list[Outcome]]) -> Native:
    """Return sum_over_time or avg_over_time."""

    def fill(row: Row) -> None:
        steps = np.flatnonzero(refuse_mixed(row))
        outcomes = function(row.histograms, row.low[steps], row.high[steps])
        for step, outcome in zip(steps.tolist(), outcomes, strict=True):
            row.put(step, outcome)

    return fill


def count(row: Row) -> None:
    """Count samples of both kinds."""
    row.values += row.high - row.low
    row.present |= row.has_histograms


def presence(row: Row) -> None:
    """Be 1 where there is any sample."""
    row.values[:] = 1.0
    row.present |= row.has_histograms


def outermost(*, is_last: bool) -> Native:
    """Return last_over_time or first_over_time."""

    def fill(row: Row) -> None:
        for step in np.flatnonzero(row.has_histograms).tolist():
            at = int(row.high[step]) - 1 if is_last else int(row.low[step])
            if row.float_high[step] > row.float_low[step]:
                other = row.float_times[row.float_high[step] - 1 if is_last else row.float_low[step]]
                if (row.times[at] < other) is np.bool_(is_last):
                    continue
            row.put(step, Outcome(row.histograms[at]))

    return fill


def ignored(row: Row) -> None:
    """Leave histograms out, and say so where there are floats, too."""
    if (row.has_floats & row.has_histograms).any():
        row.notes.inform(texts.ignored_in_range(row.name), row.span)


def counted(function: Callable[[list[Histogram | None]], int], is_counted: Callable[[Floats], Bools]) -> Native:
    """Return resets or changes: over both kinds in the order of time."""

    def fill(row: Row) -> None:
        for step in np.flatnonzero(row.has_histograms).tolist():
            floats = range(int(row.float_low[step]), int(row.float_high[step]))
            places = range(int(row.low[step]), int(row.high[step]))
            ordered = sorted(
                [*((row.float_times[i], None, row.floats[i]) for i in floats),
                 *((row.times[i], row.histograms[i], np.nan) for i in places)],
                key=lambda each: int(each[0]),
            )  # fmt: skip
            kinds = [each[1] for each in ordered]
            values = np.array([each[2] for each in ordered])
            are_floats = np.array([each is None for each in kinds])
            pairs = are_floats[1:] & are_floats[:-1] & is_counted(values)
            row.values[step] = function(kinds) + np.count_nonzero(pairs)
            row.present[step] = True

    return fill


def fell(values: Floats) -> Bools:
    """Return for each but the first value whether it is less than the one before."""
    return np.asarray(values[1:] < values[:-1])


def differs(values: Floats) -> Bools:
    """Return for each but the first value whether it is another than the one before."""
    return np.asarray((values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1])))
