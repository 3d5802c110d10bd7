"""Aggregations that need all series of a group at once: topk, bottomk, quantile, count_values."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.display import text
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.groups import Groups
from vedette.signals.metrics.promql.labels import NAME, is_name, only, with_label, without
from vedette.signals.metrics.promql.limits import ExecutionError
from vedette.signals.metrics.promql.numbers import general, plain
from vedette.signals.metrics.promql.quantiles import of_rows
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.syntax.quoting import quote
from vedette.signals.metrics.promql.tiles import CELLS
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Scalar, Vector, empty, holds

_INT64 = 2.0**63


def members_of(groups: Groups) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of each group, in the order of the groups."""
    order = np.argsort(groups.members, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(groups.members[order])) + 1) if len(order) else ()


def check_k(k: Scalar) -> bool:
    """Return whether any step has a k of at least 1; raises ExecutionError for what is no count."""
    if np.isnan(k).any():
        raise ExecutionError("Parameter value is NaN")
    if k.max() < 1:
        return False
    if k.min() <= -_INT64:
        raise ExecutionError(f"Scalar value {general(float(k.min()))} underflows int64")
    if k.max() >= _INT64:
        raise ExecutionError(f"Scalar value {general(float(k.max()))} overflows int64")
    return True


def rank(vector: Vector, groups: Groups, k: Scalar, *, is_top: bool) -> Vector:
    """Return the k highest or lowest series of each group at each step; for a single step in that order."""
    kept = np.zeros(vector.values.shape, np.bool_)
    counts = np.maximum(np.trunc(k), 0).astype(np.int64)
    for rows in members_of(groups):
        part = max(1, 4 * CELLS // len(rows))
        for start in range(0, vector.steps, part):
            piece = slice(start, start + part)
            keys = vector.values[rows, piece].T
            chosen = _lowest(-keys if is_top else keys, vector.present[rows, piece].T, counts[piece])
            kept[rows, piece] = chosen.T
    rows = np.flatnonzero(kept.any(axis=1))
    if vector.steps == 1:
        keys = -vector.values[rows, 0] if is_top else vector.values[rows, 0]
        rows = rows[np.lexsort((keys, groups.members[rows]))]
    return Vector([vector.labels[row] for row in rows.tolist()], vector.values[rows], kept[rows])


def _lowest(keys: Floats, present: Bools, counts: NDArray[np.int64]) -> Bools:
    """Mark in each row the `counts` lowest keys among those present, the first of equal ones; NaN comes last."""
    sound = present & ~np.isnan(keys)
    chosen = np.zeros(keys.shape, np.bool_)
    width = keys.shape[1]
    ordered = np.where(sound, keys, np.nan)
    for k in np.unique(counts).tolist():
        rows = np.flatnonzero(counts == k)
        if k >= width:
            chosen[rows] = present[rows]
        elif k >= 1:
            part = ordered[rows]
            bound = np.partition(part, k - 1, axis=1)[:, k - 1 : k]
            below = sound[rows] & ((part < bound) | np.isnan(bound))
            level = (part == bound) | (np.isnan(bound) & present[rows] & ~sound[rows])
            room = k - np.count_nonzero(below, axis=1)
            chosen[rows] = below | (level & (np.cumsum(level, axis=1) <= room[:, None]))
    return chosen


def quantile(vector: Vector, groups: Groups, wanted: Scalar) -> Vector:
    """Return a quantile of each group at each step."""
    values = np.zeros((len(groups.labels), vector.steps))
    present = np.zeros(values.shape, np.bool_)
    for number, rows in enumerate(members_of(groups)):
        part = max(1, 4 * CELLS // len(rows))
        for start in range(0, vector.steps, part):
            piece = slice(start, start + part)
            inside = vector.present[rows, piece].T
            values[number, piece] = of_rows(vector.values[rows, piece].T, inside, wanted[piece])
            present[number, piece] = inside.any(axis=1)
    return Vector(groups.labels, values, present)


def note_quantile(wanted: Scalar, notes: Annotations, span: Span) -> None:
    """Warn of quantiles outside 0 … 1."""
    if np.isnan(wanted).any():
        notes.warn(texts.invalid_quantile(np.nan), span)
    sound = wanted[~np.isnan(wanted)]
    for each in (np.max(sound, initial=0.0), np.min(sound, initial=0.0)):
        if not texts.is_quantile(float(each)):
            notes.warn(texts.invalid_quantile(float(each)), span)


def check_label(label: str) -> None:
    """Raise ExecutionError for a label's name that is none."""
    if not is_name(label):
        raise ExecutionError(f"invalid label name {quote(label)}")


def count_values(
    vector: Vector, label: str, grouping: Sequence[str], *, is_without: bool, hold: Callable[[int, int], None]
) -> Vector:
    """Count for each group, value and step the series that have the value, which becomes a label.

    `hold` is asked, with series and steps, before the result grows.
    """
    names = frozenset(grouping)
    is_lost = is_without and label in names | {NAME}
    found: dict[Labels, Floats] = {}
    for row, each in enumerate(vector.labels):
        base = without(each, names | {NAME, label}) if is_without else only(each, names - {label})
        for value, at in _values_of(vector, row):
            labels = base if is_lost else with_label(base, label, value)
            if labels not in found:
                hold(len(found) + 1, vector.steps)
                found[labels] = np.zeros(vector.steps)
            found[labels][at] += 1
    if not found:
        return empty(vector.steps)
    counts = np.array(list(found.values()))
    return Vector(list(found), counts, counts > 0)


def _values_of(vector: Vector, row: int) -> Iterator[tuple[str, Bools]]:
    """Yield each value a series has, printed, and where."""
    present = vector.present[row]
    if vector.histograms is not None:
        cells = holds(vector.histograms[row]) & present
        for step in np.flatnonzero(cells).tolist():
            yield text(vector.histograms[row, step]), np.arange(vector.steps) == step
        present = present & ~cells
    values = vector.values[row]
    for value in np.unique(values[present]).tolist():
        at = np.isnan(values) if value != value else values == value  # noqa: PLR0124 -- NaN
        yield plain(value), at & present
