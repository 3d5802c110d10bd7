"""Sums that stay exact to the last digits.

Two-sum after Knuth and compensated summation after Neumaier ("Rundungsfehleranalyse einiger Verfahren zur Summation
endlicher Summen", 1974): what rounding loses is added up apart and added at the end.
"""

import numpy as np

from vedette.signals.metrics.promql.vectors import Bools, Floats


def two_sum(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Return the rounded sum and what rounding lost; the loss is NaN where the sum is not finite."""
    total = left + right
    virtual = total - left
    return total, (left - (total - virtual)) + (right - virtual)


def settled(total: Floats, lost: Floats) -> Floats:
    """Return a sum with its loss, which means nothing where the sum is not finite."""
    return np.where(np.isfinite(total), total + lost, total)


def sum_rows(rows: Floats) -> tuple[Floats, Floats | None]:
    """Return the sum over axis 0 and the loss, None when there is none to speak of; at least one row."""
    if len(rows) == 1:
        return rows[0], None
    if rows.min() >= 0 or rows.max() <= 0:
        # Nothing can cancel: plain addition is exact to a few units in the last place.
        return np.add.reduce(rows, axis=0), None
    lost = np.zeros(rows.shape[1:])
    while len(rows) > 1:
        half = len(rows) // 2
        total, loss = two_sum(rows[:half], rows[half : 2 * half])
        lost += np.add.reduce(loss, axis=0)
        rows = np.concatenate([total, rows[2 * half :]]) if len(rows) % 2 else total
    return rows[0], lost


def running(values: Floats) -> tuple[Floats, Floats]:
    """Return running totals along axis 1 with a zero before them, and the running losses."""
    height, width = values.shape
    totals = np.zeros((height, width + 1))
    np.cumsum(values, axis=1, out=totals[:, 1:])
    before, after = totals[:, :-1], totals[:, 1:]
    virtual = after - before
    losses = np.zeros((height, width + 1))
    np.cumsum((before - (after - virtual)) + (values - virtual), axis=1, out=losses[:, 1:])
    return totals, losses


class Neumaier:
    """A running compensated sum of arrays, step by step as upstream does it."""

    def __init__(self, total: Floats) -> None:
        self.total = total
        self.lost = np.zeros_like(total)

    def add(self, value: Floats, where: Bools) -> None:
        """Add where the mask says so."""
        total = self.total + value
        larger = np.abs(self.total) >= np.abs(value)
        loss = np.where(larger, (self.total - total) + value, (value - total) + self.total)
        lost = np.where(np.isinf(total), 0.0, self.lost + loss)
        self.total = np.where(where, total, self.total)
        self.lost = np.where(where, lost, self.lost)
