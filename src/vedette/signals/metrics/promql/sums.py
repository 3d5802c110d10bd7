"""Sums that stay exact to the last digits.

Two-sum after Knuth and compensated summation after Neumaier ("Rundungsfehleranalyse einiger Verfahren zur Summation
endlicher Summen", 1974): what rounding loses is added up apart and added at the end.
"""

import numpy as np

from vedette.signals.metrics.promql.vectors import Bools, Floats

_WIDE = 512
"""From so many columns on, rows are added one by one; fewer are not worth a call each."""


def two_sum(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Return the rounded sum and what rounding lost; the loss is NaN where the sum is not finite."""
    total = left + right
    virtual = total - left
    return total, (left - (total - virtual)) + (right - virtual)


def settled(total: Floats, lost: Floats) -> Floats:
    """Return a sum with its loss, which means nothing where the sum is not finite."""
    return np.where(np.isfinite(total), total + lost, total)


def sum_rows(rows: Floats) -> tuple[Floats, Floats | None]:
    """Return the sum over axis 0 and the loss, None when there is none; at least one row.

    Rows of one sign are no exception: what other rows cancel later may leave just what was lost.
    """
    if len(rows) == 1:
        return rows[0], None
    return _one_by_one(rows) if rows.shape[1] >= _WIDE else _in_halves(rows)


def _one_by_one(rows: Floats) -> tuple[Floats, Floats]:
    total, lost = rows[0].copy(), np.zeros(rows.shape[1:])
    after, virtual, part = np.empty_like(total), np.empty_like(total), np.empty_like(total)
    for row in rows[1:]:
        np.add(total, row, out=after)
        np.subtract(after, total, out=virtual)
        np.subtract(after, virtual, out=part)
        lost += np.subtract(total, part, out=part)
        lost += np.subtract(row, virtual, out=part)
        total, after = after, total
    return total, lost


def _in_halves(rows: Floats) -> tuple[Floats, Floats]:
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
