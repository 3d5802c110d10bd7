"""From what a rule's query gives to the points that are written."""

from collections.abc import Iterable, Mapping

import numpy as np

from vedette.kit.errors import Invalid
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import STALE, Points
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.rules.rule import Rule


class RuleFailed(Invalid):
    """A rule's result cannot be recorded."""

    code, title = "rule_failed", "The rule's result cannot be recorded"


def recorded(rule: Rule, limit: int, result: Result) -> dict[Labels, float | Histogram]:
    """Return what a rule records: one value per series, with the rule's name and labels. Raises RuleFailed."""
    if result.kind not in ("vector", "scalar"):
        raise RuleFailed("rule result is not a vector or scalar")
    found: dict[Labels, float | Histogram] = {}
    rows = np.flatnonzero(result.present[:, 0])
    for row in rows.tolist():
        given = result.labels[row] if result.kind == "vector" else ()
        histogram = None if result.histograms is None else result.histograms[row, 0]
        value = float(result.values[row, 0]) if histogram is None else histogram
        found[labels_of(dict(given) | {NAME: rule.name} | dict(rule.labels))] = value
    if len(found) < len(rows):
        raise RuleFailed("vector contains metrics with the same labelset after applying rule labels")
    if 0 < limit < len(found):
        raise RuleFailed(f"exceeded limit of {limit} with {len(found)} series")
    return found


def points_of(found: Mapping[Labels, float | Histogram], ended: Iterable[Labels], at_ms: int) -> Points:
    """Return values, and stale markers for series that have ended, as points of one time."""
    floats = [(labels, value) for labels, value in found.items() if not isinstance(value, Histogram)]
    stale = [(labels, STALE) for labels in ended]
    series = [labels for labels, _ in floats + stale]
    return Points(
        series,
        np.full(len(series), at_ms, np.int64),
        np.array([value for _, value in floats + stale], np.float64),
        histograms=[(labels, at_ms, value) for labels, value in found.items() if isinstance(value, Histogram)],
    )
