"""Range functions about how a series moves: rate and its kin, resets and changes, lines through samples.

All take windows of floats and give values and where they are, both (n, T). Source of the semantics:
https://prometheus.io/docs/prometheus/latest/querying/functions/ and the engine's source.
"""

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.sums import Neumaier
from vedette.signals.metrics.promql.vectors import Bools, Floats
from vedette.signals.metrics.promql.windows import Windows


def extrapolated(
    windows: Windows, *, is_counter: bool, is_rate: bool, samples: Floats | None = None
) -> tuple[Floats, Bools]:
    """Return the rise over each window, extrapolated to its bounds; per second when `is_rate`.

    `samples` says how many there were in each window, if not all of them are at hand.
    """
    present = windows.with_at_least(2)
    rise = windows.last - windows.first
    if is_counter:
        _add_resets(windows, rise)
    # Times are subtracted as whole milliseconds: as seconds of this century they are exact to 0.1 µs only.
    first_ms, last_ms = windows.pick_times(windows.low), windows.pick_times(windows.final)
    ends_ms = windows.frame.ends
    sampled = np.where(windows.counts > 1, (last_ms - first_ms) / 1000, 1.0)
    average = sampled / np.maximum((windows.counts if samples is None else samples) - 1, 1)
    to_start = (first_ms - (ends_ms - windows.frame.range_ms)) / 1000
    to_end = (ends_ms - last_ms) / 1000
    near = average * 1.1
    to_start = np.where(to_start >= near, average / 2, to_start)
    to_end = np.where(to_end >= near, average / 2, to_end)
    scale = 1 / (sampled * (windows.frame.range_ms / 1000)) if is_rate else 1 / sampled
    if not is_counter:
        rise *= (sampled + to_start + to_end) * scale
        return rise, present
    # A counter was never below zero: the line through the samples starts where it crosses zero, if that is nearer.
    with np.errstate(all="ignore"):
        stretched = windows.first * sampled
        stretched /= rise
        if not windows.values.min() >= 0:
            stretched[~((rise > 0) & (windows.first >= 0))] = np.inf
        np.fmin(stretched, to_start, out=stretched)
        stretched += sampled + to_end
        stretched *= scale
        rise *= stretched
    return rise, present


def _add_resets(windows: Windows, rise: Floats) -> None:
    """Add to each window's rise the values its counter had before it fell."""
    values = windows.values
    fell = values[:, 1:] < values[:, :-1]
    rows = np.flatnonzero(fell.any(axis=1))
    if not len(rows):
        return
    part = rows if len(rows) < len(values) else slice(None)
    drops = np.zeros((len(rows), values.shape[1]))
    np.cumsum(np.where(fell[part], values[part, :-1], 0.0), axis=1, out=drops[:, 1:])
    shared = windows.low.ndim == 1
    low = windows.low if shared else windows.low[part]
    high = windows.high if shared else windows.high[part]
    rise[part] += windows.pick(drops, high - 1) - windows.pick(drops, low)
    if not np.isfinite(drops[:, -1]).all():
        _add_resets_singly(windows, rise, fell, rows[~np.isfinite(drops[:, -1])])


def _add_resets_singly(windows: Windows, rise: Floats, fell: Bools, rows: NDArray[np.intp]) -> None:
    """Do the same window by window, for rows in which running totals overflow."""
    low = np.broadcast_to(windows.low, windows.shape)
    high = np.broadcast_to(windows.high, windows.shape)
    for row in rows.tolist():
        for step in range(windows.shape[1]):
            start, end = int(low[row, step]), int(high[row, step])
            if end > start:
                seen = windows.values[row, start:end]
                rise[row, step] = seen[-1] - seen[0] + seen[:-1][fell[row, start : end - 1]].sum()


def instant_delta(windows: Windows, *, is_rate: bool) -> tuple[Floats, Bools]:
    """Return the difference of each window's last two samples; per second, and minding resets, when `is_rate`."""
    before = windows.pick(windows.values, windows.high - 2)
    change = windows.last - before
    if is_rate:
        change = np.where(windows.last < before, windows.last, change)
        apart = windows.pick_times(windows.final) - windows.pick_times(windows.high - 2)
        change = change / np.where(windows.counts > 1, apart / 1000, 1.0)
    return change, windows.with_at_least(2)


def resets(windows: Windows) -> tuple[Floats, Bools]:
    """Count how often each window's value fell."""
    return _count_pairs(windows, windows.values[:, 1:] < windows.values[:, :-1])


def changes(windows: Windows) -> tuple[Floats, Bools]:
    """Count how often each window's value changed; NaN after NaN is no change."""
    now, before = windows.values[:, 1:], windows.values[:, :-1]
    differ = now != before
    differ &= ~(np.isnan(now) & np.isnan(before))
    return _count_pairs(windows, differ)


def _count_pairs(windows: Windows, pairs: Bools) -> tuple[Floats, Bools]:
    """Count in each window the neighbours for which `pairs`, (n, M - 1), holds."""
    seen = np.zeros(windows.values.shape)
    np.cumsum(pairs, axis=1, out=seen[:, 1:])
    counted = windows.pick(seen, windows.final) - windows.pick(seen, windows.low)
    return counted, windows.with_at_least(1)


def derivative(windows: Windows) -> tuple[Floats, Bools]:
    """Return the slope, per second, of the line of least squares through each window."""
    slope, _ = _line(windows, windows.pick_times(windows.low))
    return slope, windows.with_at_least(2)


def predict_linear(windows: Windows, ahead_s: Floats) -> tuple[Floats, Bools]:
    """Return where that line is `ahead_s`, one value per step, after the step."""
    slope, intercept = _line(windows, windows.frame.steps.times)
    return slope * ahead_s + intercept, windows.with_at_least(2)


def _line(windows: Windows, zero_ms: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return slope and intercept at `zero_ms`, (T,) or (n, T), of the line of least squares through each window."""
    shape = windows.shape
    sum_x, sum_y, sum_xy, sum_xx = (Neumaier(np.zeros(shape)) for _ in range(4))
    constant = np.ones(shape, np.bool_)
    with np.errstate(all="ignore"):
        for place in range(windows.widest):
            inside = np.broadcast_to(place < windows.counts, shape)
            index = windows.low + place
            y = windows.pick(windows.values, index)
            x = np.broadcast_to((windows.pick_times(index) - zero_ms) / 1000, shape)
            constant &= ~inside | (y == windows.first) | (place == 0)
            sum_x.add(x, inside)
            sum_y.add(y, inside)
            sum_xy.add(x * y, inside)
            sum_xx.add(x * x, inside)
        count = np.broadcast_to(windows.counts, shape).astype(np.float64)
        total_x, total_y = sum_x.total + sum_x.lost, sum_y.total + sum_y.lost
        covariance = sum_xy.total + sum_xy.lost - total_x * total_y / count
        slope = covariance / (sum_xx.total + sum_xx.lost - total_x * total_x / count)
        intercept = total_y / count - slope * total_x / count
    level = np.where(np.isinf(windows.first), np.nan, windows.first)
    return np.where(constant, np.where(np.isnan(level), np.nan, 0.0), slope), np.where(constant, level, intercept)
