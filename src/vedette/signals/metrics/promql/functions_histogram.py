"""Functions over histograms, native ones and those made of classic buckets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms import quantiles as native
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.histograms.quantiles import Estimate, Skew
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql import classic
from vedette.signals.metrics.promql.annotations import Annotations, ForcedMonotonic
from vedette.signals.metrics.promql.classic import Forced
from vedette.signals.metrics.promql.labels import drop_metadata, drop_name, value_of, without
from vedette.signals.metrics.promql.numbers import parse
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import (
    Bools,
    Floats,
    Scalar,
    Steps,
    Vector,
    holds,
    is_full,
    joined,
    merged,
)

_BOUND: Final = "le"
_CELLS: Final = 1 << 19

STATISTICS: Final[Mapping[str, Callable[[Histogram], float]]] = MappingProxyType(
    {
        "histogram_count": lambda h: h.count,
        "histogram_sum": lambda h: h.sum,
        "histogram_avg": native.average,
        "histogram_stddev": native.stddev,
        "histogram_stdvar": native.variance,
    }
)


def statistic(name: str, vector: Vector) -> Vector:
    """Return a figure of each native histogram; floats are left out."""
    values, present = _by_cell(vector, lambda histogram, _: STATISTICS[name](histogram))
    return merged(Vector(drop_name(vector.labels), values, present).without_empty())


def _by_cell(vector: Vector, function: Callable[[Histogram, int], float]) -> tuple[Floats, Bools]:
    """Apply a function to each histogram and its step."""
    values, present = np.zeros(vector.values.shape), np.zeros(vector.values.shape, np.bool_)
    if vector.histograms is not None:
        present = holds(vector.histograms) & vector.present
        for row, step in np.argwhere(present).tolist():
            values[row, step] = function(vector.histograms[row, step], step)
    return values, present


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of histograms: of native ones cell by cell, of classic ones many at a time.

    `of_classic` gets bounds, counts (G, t, B) and the steps (t,) they stand for.
    """

    of_native: Callable[[Histogram, int], Estimate]
    of_classic: Callable[[Floats, Floats, NDArray[np.intp]], tuple[Floats, Forced | None]]
    skew_texts: Mapping[Skew, str]


def quantile(wanted: Scalar) -> Question:
    """Ask for a quantile, one per step."""
    return Question(
        lambda histogram, step: native.quantile(float(wanted[step]), histogram),
        lambda bounds, counts, steps: classic.quantile(bounds, counts, wanted[steps]),
        {Skew.HIGHER: texts.NAN_SKEW, Skew.NAN: texts.NAN_RESULT},
    )


def fraction(lower: Scalar, upper: Scalar) -> Question:
    """Ask for the share of observations between two bounds."""
    return Question(
        lambda histogram, step: native.fraction(float(lower[step]), float(upper[step]), histogram),
        lambda bounds, counts, steps: (classic.fraction(bounds, counts, lower[steps], upper[steps]), None),
        {Skew.HIGHER: texts.NAN_FRACTION, Skew.NAN: texts.NAN_FRACTION},
    )


def answer(question: Question, vector: Vector, steps: Steps, notes: Annotations, span: Span) -> Vector:
    """Put a question to all histograms of a vector; `span` is where that stands in the query."""
    vector, classics = _classics(vector.without_empty(), notes, span)

    def estimate(histogram: Histogram, step: int) -> float:
        found = question.of_native(histogram, step)
        if found.skew in question.skew_texts:
            notes.inform(question.skew_texts[found.skew], span)
        return found.value

    values, present = _by_cell(vector, estimate)
    natives = Vector(drop_metadata(vector.labels), values, present).without_empty()
    parts = [natives, *_answers(question, vector, classics, _Noter(steps, notes, span))]
    return merged(joined([each for each in parts if len(each)], steps.count))


_Classic: TypeAlias = tuple[Labels, list[tuple[float, int]]]
"""The labels of a classic histogram and, for each of its series, the bound and the row."""


def _classics(vector: Vector, notes: Annotations, span: Span) -> tuple[Vector, list[_Classic]]:
    """Find the classic histograms; where one and a native one have the same labels both are taken out."""
    are_floats = vector.floats().present
    groups: dict[Labels, list[tuple[float, int]]] = {}
    for row in np.flatnonzero(are_floats.any(axis=1)).tolist():
        text = value_of(vector.labels[row], _BOUND)
        bound = parse(text)
        if bound is None:
            notes.warn(texts.bad_bucket(text), span)
        else:
            groups.setdefault(without(vector.labels[row], (_BOUND,)), []).append((bound, row))
    vector = Vector(vector.labels, vector.values, vector.present, vector.histograms)
    if vector.histograms is not None:
        vector = _without_mixed(vector, groups, notes, span)
    return vector, list(groups.items())


def _without_mixed(
    vector: Vector, groups: Mapping[Labels, list[tuple[float, int]]], notes: Annotations, span: Span
) -> Vector:
    assert vector.histograms is not None  # noqa: S101 -- asked by the caller
    cells = holds(vector.histograms) & vector.present
    present = vector.present.copy()
    for row in np.flatnonzero(cells.any(axis=1)).tolist():
        rows = [other for _, other in groups.get(vector.labels[row], [])]
        if not rows:
            continue
        mixed = cells[row] & (vector.present[rows] & ~cells[rows]).any(axis=0)
        if mixed.any():
            notes.warn(texts.MIXED_CLASSIC_NATIVE, span)
            present[row] &= ~mixed
            for other in rows:
                present[other] &= ~mixed | cells[other]
    return Vector(vector.labels, vector.values, present, vector.histograms)


@dataclass(frozen=True, slots=True)
class _Noter:
    steps: Steps
    notes: Annotations
    span: Span

    def note(self, forced: Forced | None, steps: NDArray[np.intp]) -> None:
        """Note where counts had to be made to rise; `steps` are those of the last axis."""
        if forced is None or not forced.where.any():
            return
        times = self.steps.times[steps[np.flatnonzero(forced.where.any(axis=0))]]
        where = ForcedMonotonic(
            int(times.min()),
            int(times.max()),
            float(forced.lowest[forced.where].min()),
            float(forced.highest[forced.where].max()),
            float(forced.difference[forced.where].max()),
            int(np.count_nonzero(forced.where)),
        )
        self.notes.forced_monotonic(where, self.span)


def _answers(question: Question, vector: Vector, classics: Sequence[_Classic], noter: _Noter) -> Iterator[Vector]:
    """Answer for classic histograms: those with the same bounds, and all their buckets, together."""
    alike: dict[tuple[float, ...], list[_Classic]] = {}
    for labels, buckets in classics:
        buckets.sort()
        alike.setdefault(tuple([bound for bound, _ in buckets]), []).append((labels, buckets))
    for bounds, members in alike.items():
        height = max(1, _CELLS // (len(bounds) * max(1, vector.steps)))
        for start in range(0, len(members), height):
            yield _answer(question, vector, np.array(bounds), members[start : start + height], noter)


def _answer(question: Question, vector: Vector, bounds: Floats, members: Sequence[_Classic], noter: _Noter) -> Vector:
    rows = np.array([[row for _, row in buckets] for _, buckets in members], np.intp)
    present = vector.floats().present[rows]
    labels = drop_metadata([labels for labels, _ in members])
    shape = (len(members), vector.steps)
    values, found = np.zeros(shape), np.zeros(shape, np.bool_)
    complete = np.ones(shape, np.bool_) if is_full(present) else np.asarray(present.all(axis=1))
    steps = np.flatnonzero(complete.any(axis=0))
    if len(steps):
        merged_bounds, counts = classic.coalesced(bounds, vector.values[rows[:, :, None], steps].transpose(0, 2, 1))
        part, forced = question.of_classic(merged_bounds, counts, steps)
        if forced is not None:
            forced = forced._replace(where=forced.where & complete[:, steps])
        noter.note(forced, steps)
        values[:, steps], found[:, steps] = part, True
        found &= complete
    for member, step in np.argwhere(present.any(axis=1) & ~complete).tolist():
        some = present[member, :, step]
        merged_bounds, counts = classic.coalesced(bounds[some], vector.values[rows[member, some], step][None, None])
        part, forced = question.of_classic(merged_bounds, counts, np.array([step]))
        noter.note(forced, np.array([step]))
        values[member, step], found[member, step] = part[0, 0], True
    return Vector(labels, values, found)
