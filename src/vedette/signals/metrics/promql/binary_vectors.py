"""Binary operators between vectors, or a vector and a scalar: which series meet, and what the results are called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.binary import ARITHMETIC, COMPARISONS, TRIMS, Histograms, cells
from vedette.signals.metrics.promql.labels import (
    METADATA,
    NAME,
    drop_metadata,
    only,
    show,
    value_of,
    with_label,
    without,
)
from vedette.signals.metrics.promql.limits import ExecutionError
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.tree import Matching, Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects, Scalar, Vector, empty, holds, joined, merged


@dataclass(frozen=True, slots=True)
class Operator:
    """A binary operator as it stands in a query."""

    symbol: str
    returns_bool: bool
    notes: Annotations
    span: Span

    @property
    def drops_name(self) -> bool:
        """Whether the result is another metric than the operand."""
        return self.returns_bool or self.symbol in ARITHMETIC

    def apply(
        self, left: Floats, lefts: Objects | None, right: Floats, rights: Objects | None, present: Bools
    ) -> tuple[Floats, Bools, Objects | None, Bools]:
        """Return values, where there is a result, histograms, and where the operator could be applied at all."""
        histograms = Histograms(self.symbol, self.notes, self.span)
        applied = present
        found: Objects | None = None
        holding_too: Bools | None = None
        if lefts is not None or rights is not None:
            found, holding_too, failed = histograms.apply(left, lefts, right, rights, present)
            applied = present & ~failed
            present = present & ~_any_histogram(lefts, rights)
        if self.symbol in TRIMS and present.any():
            histograms.note_floats()
            applied = applied & ~present
        values, holding = cells(self.symbol, left, right, present)
        if holding_too is not None:
            holding = holding | holding_too
        if self.returns_bool:
            return holding.astype(np.float64), applied, None, applied
        return values, holding, found if holding_too is not None and holding_too.any() else None, applied


def _any_histogram(lefts: Objects | None, rights: Objects | None) -> Bools | np.bool_:
    masks = [holds(each) for each in (lefts, rights) if each is not None]
    return np.logical_or.reduce(masks) if masks else np.False_


def with_scalar(operator: Operator, vector: Vector, scalar: Scalar, *, scalar_is_left: bool) -> Vector:
    """Apply an operator to each sample and the step's scalar; comparisons keep the vector's value."""
    other = np.broadcast_to(scalar, vector.values.shape)
    if scalar_is_left:
        values, present, histograms, _ = operator.apply(other, None, vector.values, vector.histograms, vector.present)
        if operator.symbol in COMPARISONS and not operator.returns_bool:
            values = vector.values
    else:
        values, present, histograms, _ = operator.apply(vector.values, vector.histograms, other, None, vector.present)
    labels = drop_metadata(vector.labels) if operator.drops_name else vector.labels
    return merged(Vector(labels, values, present, histograms))


def _signatures(sides: Sequence[Vector], matching: Matching) -> tuple[list[NDArray[np.intp]], int]:
    """Return for each side the number of each series' match group, and how many groups there are."""
    numbers: dict[Labels, int] = {}
    names = frozenset(matching.labels)
    if matching.is_on:
        keys = [[only(each, names) for each in side.labels] for side in sides]
    else:
        dropped = names | {NAME}
        keys = [[without(each, dropped) for each in side.labels] for side in sides]
    rows = [np.array([numbers.setdefault(key, len(numbers)) for key in side], np.intp) for side in keys]
    return rows, len(numbers)


def _present_by_group(vector: Vector, groups: NDArray[np.intp], count: int) -> Bools:
    """Return for each match group at which steps any of its series is present."""
    found = np.zeros((count, vector.steps), np.bool_)
    if len(groups):
        order = np.argsort(groups, kind="stable")
        starts = np.concatenate([[0], np.flatnonzero(np.diff(groups[order])) + 1])
        found[groups[order][starts]] = np.logical_or.reduceat(vector.present[order], starts, axis=0)
    return found


def combine_sets(symbol: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    """Apply `and`, `or` or `unless`."""
    (lefts, rights), count = _signatures((left, right), matching)
    if symbol == "or":
        seen = _present_by_group(left, lefts, count)
        rest = Vector(right.labels, right.values, right.present & ~seen[rights], right.histograms)
        return merged(joined([left.without_empty(), rest.without_empty()], left.steps))
    seen = _present_by_group(right, rights, count)[lefts]
    present = left.present & (seen if symbol == "and" else ~seen)
    return Vector(left.labels, left.values, present, left.histograms)


def combine(operator: Operator, left: Vector, right: Vector, matching: Matching) -> Vector:
    """Apply an operator to the series of two vectors that match; raises ExecutionError where matches are ambiguous."""
    if not len(left) or not len(right):
        return empty(left.steps)
    (lefts, rights), count = _signatures((left, right), matching)
    is_swapped = matching.cardinality == "one-to-many"
    many, one = (right, left) if is_swapped else (left, right)
    many_groups, one_groups = (rights, lefts) if is_swapped else (lefts, rights)
    _check_one_side(one, one_groups, count, np.any(many.present, axis=0, keepdims=True), matching)
    many_rows, one_rows = _pairs(many_groups, one_groups, count)
    from_many, from_one = _taken(many, many_rows), _taken(one, one_rows)
    first, second = (from_one, from_many) if is_swapped else (from_many, from_one)
    values, present, histograms, applied = operator.apply(
        first.values, first.histograms, second.values, second.histograms, first.present & second.present
    )
    labels = _result_labels(operator, from_many.labels, from_one.labels, matching)
    _check_many_side(applied, many_groups[many_rows], labels, matching)
    return merged(Vector(labels, values, present, histograms).without_empty())


def _taken(vector: Vector, rows: NDArray[np.intp]) -> Vector:
    return vector if len(rows) == len(vector) and (rows == np.arange(len(rows))).all() else vector.take(rows)


def _pairs(many: NDArray[np.intp], one: NDArray[np.intp], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of all pairs of series with the same group, by the row of the many side."""
    order = np.argsort(one, kind="stable")
    starts = np.searchsorted(one[order], np.arange(count + 1))
    sizes = np.diff(starts)[many]
    many_rows = np.repeat(np.arange(len(many)), sizes)
    within = np.arange(len(many_rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return many_rows, order[starts[many[many_rows]] + within]


def _check_one_side(
    one: Vector, groups: NDArray[np.intp], count: int, other_present: Bools, matching: Matching
) -> None:
    """Refuse two series of one match group at one step on the side that must have one."""
    repeated = np.flatnonzero(np.bincount(groups, minlength=count) > 1)
    for number in repeated.tolist():
        rows = np.flatnonzero(groups == number)
        present = one.present[rows] & other_present
        clash = np.flatnonzero(np.count_nonzero(present, axis=0) > 1)
        if len(clash):
            first, second = rows[np.flatnonzero(present[:, clash[0]])[:2]].tolist()
            shown = sorted((show(one.labels[first]), show(one.labels[second])))
            side = "left" if matching.cardinality == "one-to-many" else "right"
            names = frozenset(matching.labels)
            key = only(one.labels[second], names) if matching.is_on else without(one.labels[second], names | {NAME})
            raise ExecutionError(
                f"found duplicate series for the match group {show(key)} on the {side} hand-side of the operation: "
                f"[{shown[0]}, {shown[1]}];many-to-many matching not allowed: matching labels must be unique on one "
                "side"
            )


def _check_many_side(applied: Bools, groups: NDArray[np.intp], labels: list[Labels], matching: Matching) -> None:
    """Refuse series that could not be told apart in the result."""
    if matching.cardinality == "one-to-one":
        _refuse_repeats(applied, groups, "many-to-one matching must be explicit (group_left/group_right)")
        return
    numbers: dict[tuple[int, Labels], int] = {}
    keys = [numbers.setdefault(key, len(numbers)) for key in zip(groups.tolist(), labels, strict=True)]
    _refuse_repeats(applied, np.array(keys, np.intp), "grouping labels must ensure unique matches")


def _refuse_repeats(applied: Bools, keys: NDArray[np.intp], why: str) -> None:
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for key in np.unique(ordered[1:][ordered[1:] == ordered[:-1]]).tolist():
        if (np.count_nonzero(applied[keys == key], axis=0) > 1).any():
            raise ExecutionError(f"multiple matches for labels: {why}")


def _result_labels(
    operator: Operator, many: Sequence[Labels], one: Sequence[Labels], matching: Matching
) -> list[Labels]:
    """Return the labels of each pair's result."""
    dropped = METADATA if operator.drops_name else frozenset()
    names = frozenset(matching.labels)
    if matching.cardinality != "one-to-one":
        kept = [without(each, dropped) for each in many] if dropped else list(many)
        return [_included(each, other, matching.include) for each, other in zip(kept, one, strict=True)]
    if matching.is_on:
        return [only(each, names - dropped) for each in many]
    return [without(each, names | dropped) for each in many]


def _included(labels: Labels, other: Labels, include: Sequence[str]) -> Labels:
    for name in include:
        labels = with_label(labels, name, value_of(other, name))
    return labels
