"""Range functions over samples that each stand for several: windows of values, and of how many samples made them."""

from collections.abc import Callable
from typing import TypeAlias

from vedette.signals.metrics.promql import functions_over_time as over_time
from vedette.signals.metrics.promql.vectors import Bools, Floats
from vedette.signals.metrics.promql.windows import Windows

Rolled: TypeAlias = Callable[[Windows, Windows], tuple[Floats, Bools]]
"""Takes windows of values and the same windows of counts."""


def total(counts: Windows) -> Floats:
    """Return how many samples each window stands for, (n, T)."""
    return over_time.total(counts)[0]


def count(_: Windows, counts: Windows) -> tuple[Floats, Bools]:
    """Count each window's samples."""
    return over_time.total(counts)


def average(sums: Windows, counts: Windows) -> tuple[Floats, Bools]:
    """Return each window's mean from sums of samples."""
    values, present = over_time.total(sums)
    return values / total(counts), present


def risen(totals: Windows, _: Windows) -> tuple[Floats, Bools]:
    """Return by how much running totals have risen from each window's first to its last."""
    return totals.last - totals.first, totals.with_at_least(1)
