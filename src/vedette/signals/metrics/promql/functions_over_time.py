"""Range functions that sum a window up: sum_over_time and its kin.

All take windows of floats and give values and where they are, both (n, T).
"""

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.quantiles import of_rows
from vedette.signals.metrics.promql.sums import Neumaier, running
from vedette.signals.metrics.promql.tiles import CELLS
from vedette.signals.metrics.promql.vectors import Bools, Floats
from vedette.signals.metrics.promql.windows import Index, Windows


def count(windows: Windows) -> tuple[Floats, Bools]:
    """Count each window's samples."""
    return np.broadcast_to(windows.counts, windows.shape).astype(np.float64), windows.with_at_least(1)


def presence(windows: Windows) -> tuple[Floats, Bools]:
    """Return 1 for each window that is not empty."""
    return np.broadcast_to(np.float64(1), windows.shape), windows.with_at_least(1)


def last(windows: Windows) -> tuple[Floats, Bools]:
    """Return each window's last value."""
    return windows.last, windows.with_at_least(1)


def first(windows: Windows) -> tuple[Floats, Bools]:
    """Return each window's first value."""
    return windows.first, windows.with_at_least(1)


def total(windows: Windows) -> tuple[Floats, Bools]:
    """Sum each window up."""
    sums, unsure = _plain_sums(windows) or _fast_sums(windows)
    for row in unsure.tolist():
        exact = _slow_sums(windows, row)
        sums[row] = np.where(np.isfinite(exact.total), exact.total + exact.lost, exact.total)
    return sums, windows.with_at_least(1)


def average(windows: Windows) -> tuple[Floats, Bools]:
    """Return each window's mean."""
    sums, unsure = _plain_sums(windows) or _fast_sums(windows)
    with np.errstate(all="ignore"):
        sums /= np.maximum(windows.counts, 1)
        for row in unsure.tolist():
            sums[row] = _slow_means(windows, row)
    return sums, windows.with_at_least(1)


def _plain_sums(windows: Windows) -> tuple[Floats, NDArray[np.intp]] | None:
    """Sum up the only window of each row, where no values of different signs can cancel each other out.

    Returns the rows whose sum is too large for a float too; None where it is not that simple.
    """
    values = windows.values
    if windows.frame.steps.count != 1 or not (values.min() >= 0 or values.max() <= 0):
        return None
    if windows.low.ndim == 1:
        sums = values[:, int(windows.low[0]) : int(windows.high[0])].sum(axis=1)
    else:
        column = np.arange(values.shape[1])
        inside = (column >= windows.low) & (column < windows.high)
        sums = (values if inside.all() else np.where(inside, values, 0.0)).sum(axis=1)
    return sums[:, None], np.flatnonzero(~np.isfinite(sums))


def _fast_sums(windows: Windows) -> tuple[Floats, NDArray[np.intp]]:
    """Sum windows up as differences of running totals; also return the rows for which that is not exact enough.

    Losses are tracked, so that a row is in doubt only where a window is smaller than the losses of the whole row by
    many digits, or where totals overflow.
    """
    values = windows.values
    special = None
    with np.errstate(all="ignore"):
        if not np.isfinite(values.sum()):
            special = ~np.isfinite(values)
            values = np.where(special, 0.0, values)
        totals, losses = running(values)
        sums = windows.pick(totals, windows.high) - windows.pick(totals, windows.low)
        lost = windows.pick(losses, windows.high) - windows.pick(losses, windows.low)
        sums += lost
        doubtful = np.abs(losses).max(axis=1) * 1e-5
        unsure = ~np.isfinite(totals[:, -1]) | ~np.isfinite(doubtful)
        small = np.abs(sums) < doubtful[:, None]
        if small.any():
            tiny = (values != 0) & (np.abs(values) < doubtful[:, None])
            unsure |= (small & (sums != 0)).any(axis=1) | tiny.any(axis=1)
    if special is not None and special.any():
        _restore(windows, sums, special)
    return sums, np.flatnonzero(unsure)


def _restore(windows: Windows, sums: Floats, special: Bools) -> None:
    """Put NaN and infinities, which running totals cannot hold, back into the sums."""
    kinds = (
        (np.isnan(windows.values), np.nan),
        (windows.values == np.inf, np.inf),
        (windows.values == -np.inf, -np.inf),
    )
    for which, value in kinds:
        if (special & which).any():
            seen = np.zeros((len(special), special.shape[1] + 1))
            np.cumsum(which, axis=1, out=seen[:, 1:])
            inside = windows.pick(seen, windows.high) > windows.pick(seen, windows.low)
            np.add(sums, value, out=sums, where=inside)


def _bounds(windows: Windows, row: int) -> tuple[Index, Index]:
    if windows.low.ndim == 1:
        return windows.low, windows.high
    return windows.low[row], windows.high[row]


def _slow_sums(windows: Windows, row: int) -> Neumaier:
    """Sum up one row's windows sample by sample."""
    low, high = _bounds(windows, row)
    values = windows.values[row]
    result = Neumaier(np.zeros(len(low)))
    for place in range(windows.widest):
        result.add(np.take(values, low + place, mode="clip"), low + place < high)
    return result


def _slow_means(windows: Windows, row: int) -> Floats:
    """Return the means of one row's windows; where a sum overflows, by a running mean from there on."""
    low, high = _bounds(windows, row)
    values = windows.values[row]
    plain = Neumaier(np.take(values, low, mode="clip"))
    mean, lost = np.zeros(len(low)), np.zeros(len(low))
    is_running = np.zeros(len(low), np.bool_)
    for place in range(1, windows.widest):
        inside = low + place < high
        value = np.take(values, low + place, mode="clip")
        before = (plain.total, plain.lost)
        plain.add(value, inside & ~is_running)
        turned = inside & ~is_running & np.isinf(plain.total)
        mean = np.where(turned, before[0] / place, mean)
        lost = np.where(turned, before[1] / place, lost)
        plain.total = np.where(turned, before[0], plain.total)
        plain.lost = np.where(turned, before[1], plain.lost)
        is_running |= turned
        share = place / (place + 1)
        step = Neumaier(share * mean)
        step.lost = share * lost
        step.add(value / (place + 1), is_running & inside)
        moved = is_running & inside
        mean, lost = np.where(moved, step.total, mean), np.where(moved, step.lost, lost)
    size = np.maximum(high - low, 1)
    return np.where(is_running, mean + lost, plain.total / size + plain.lost / size)


def extreme(windows: Windows, *, is_max: bool) -> tuple[Floats, Bools]:
    """Return each window's largest or smallest value; NaN only where there is nothing else.

    By doubling: level k holds the extreme of each 2**k neighbours, and two of them cover any window.
    """
    pick = np.fmax if is_max else np.fmin
    level = windows.values
    result = np.array(windows.first)
    levels = np.frexp(np.maximum(windows.counts, 1).astype(np.float64))[1] - 1
    for power in range(int(levels.max(initial=0)) + 1):
        if power:
            span = 1 << (power - 1)
            level = level.copy() if level is windows.values else level
            level[:, :-span] = pick(level[:, :-span], level[:, span:])
        at = levels == power
        if at.any():
            _cover(windows, level, power, at, result, pick)
    return result, windows.with_at_least(1)


def _cover(windows: Windows, level: Floats, power: int, at: Bools, result: Floats, pick: np.ufunc) -> None:
    """Fill in the windows of 2**power … 2**(power + 1) - 1 samples."""
    low, second = windows.low, windows.high - (1 << power)
    if low.ndim == 1:
        if at.all():
            result[:] = pick(windows.pick(level, low), windows.pick(level, second))
        else:
            result[:, at] = pick(windows.pick(level, low[at]), windows.pick(level, second[at]))
        return
    rows, steps = np.nonzero(at)
    width = level.shape[1]
    left = np.clip(low[rows, steps], 0, width - 1)
    right = np.clip(second[rows, steps], 0, width - 1)
    result[rows, steps] = pick(level[rows, left], level[rows, right])


def variance(windows: Windows) -> tuple[Floats, Bools]:
    """Return each window's population variance, by Welford's recurrence with compensation."""
    shape = windows.shape
    mean, spread = Neumaier(np.zeros(shape)), Neumaier(np.zeros(shape))
    with np.errstate(all="ignore"):
        for place in range(windows.widest):
            inside = np.broadcast_to(place < windows.counts, shape)
            value = windows.pick(windows.values, windows.low + place)
            delta = value - (mean.total + mean.lost)
            mean.add(delta / (place + 1), inside)
            spread.add(delta * (value - (mean.total + mean.lost)), inside)
        result = (spread.total + spread.lost) / np.maximum(windows.counts, 1)
    return result, windows.with_at_least(1)


def deviation(windows: Windows) -> tuple[Floats, Bools]:
    """Return each window's population standard deviation."""
    values, present = variance(windows)
    with np.errstate(all="ignore"):
        return np.sqrt(values), present


def quantile(windows: Windows, wanted: Floats) -> tuple[Floats, Bools]:
    """Return a quantile of each window; `wanted` has one per step."""
    height, steps = windows.shape
    result = np.zeros((height, steps))
    low = np.broadcast_to(windows.low, windows.shape)
    counts = np.broadcast_to(windows.counts, windows.shape)
    places = np.arange(max(1, windows.widest))
    part = max(1, 4 * CELLS // (len(places) * height))
    for start in range(0, steps, part):
        piece = slice(start, min(start + part, steps))
        inside = places < counts[:, piece, None]
        index = np.minimum(low[:, piece, None] + places, windows.values.shape[1] - 1)
        seen = windows.values[np.arange(height)[:, None, None], index]
        result[:, piece] = of_rows(seen, inside, wanted[None, piece])
    return result, windows.with_at_least(1)
