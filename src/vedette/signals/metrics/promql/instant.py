"""The functions over instant vectors and scalars, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

import numpy as np

from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql import functions_histogram as histograms
from vedette.signals.metrics.promql import functions_label as labels
from vedette.signals.metrics.promql import functions_math as math
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.invariance import unwrapped
from vedette.signals.metrics.promql.labels import NAME, drop_metadata
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.tree import Call, Expr, MatrixSelector, String, VectorSelector
from vedette.signals.metrics.promql.vectors import Scalar, Steps, Vector, full, merged


class Evaluator(Protocol):
    """What functions need of the evaluation they are part of."""

    @property
    def notes(self) -> Annotations:
        """Where warnings and infos go."""

    def vector(self, expr: Expr, steps: Steps) -> Vector:
        """Evaluate an instant vector."""

    def scalar(self, expr: Expr, steps: Steps) -> Scalar:
        """Evaluate a scalar."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, at some steps."""

    evaluator: Evaluator
    call: Call
    steps: Steps

    @property
    def arguments(self) -> Sequence[Expr]:
        """The arguments, as written."""
        return self.call.arguments

    def vector(self, number: int) -> Vector:
        """Evaluate an argument that is a vector."""
        return self.evaluator.vector(self.arguments[number], self.steps)

    def scalar(self, number: int) -> Scalar:
        """Evaluate an argument that is a scalar."""
        return self.evaluator.scalar(self.arguments[number], self.steps)

    def text(self, number: int) -> str:
        """Return an argument that is a string."""
        found = unwrapped(self.arguments[number])
        assert isinstance(found, String)  # noqa: S101 -- the parser checks arguments
        return found.value


InstantFunction: TypeAlias = Callable[[Asked], Vector]
ScalarFunction: TypeAlias = Callable[[Asked], Scalar]


def _pointwise(asked: Asked) -> Vector:
    return math.pointwise(math.POINTWISE[asked.call.function], asked.vector(0))


def _statistic(asked: Asked) -> Vector:
    return histograms.statistic(asked.call.function, asked.vector(0))


def _date(asked: Asked) -> Vector:
    name = asked.call.function
    if asked.arguments:
        return math.pointwise(lambda values: math.date_part(name, values), asked.vector(0))
    seconds = (asked.steps.times // 1000).astype(np.float64)
    return full([()], math.date_part(name, seconds)[None])


def _round(asked: Asked) -> Vector:
    return math.rounded(asked.vector(0), asked.scalar(1) if len(asked.arguments) > 1 else 1.0)


def _sort(asked: Asked) -> Vector:
    """Sort a single step's series; over several steps they are in the order of their labels anyway."""
    vector = asked.vector(0).floats().without_empty()
    if asked.steps.count > 1:
        asked.evaluator.notes.warn(texts.SORT_IN_RANGE, asked.call.span)
        return vector
    values = vector.values[:, 0] if vector.steps else np.zeros(0)
    keys = -values if asked.call.function == "sort_desc" else values
    return vector.take(np.argsort(keys, kind="stable"))


def _absent(asked: Asked) -> Vector:
    vector = asked.vector(0)
    return absence(asked.arguments[0], vector, asked.steps)


def absence(expr: Expr, vector: Vector, steps: Steps) -> Vector:
    """Return 1 where what an expression gave is empty."""
    missing = ~np.any(vector.present, axis=0, keepdims=True)
    return Vector([labels_of_absent(expr)], np.ones((1, steps.count)), missing)


def labels_of_absent(expr: Expr) -> Labels:
    """Return the labels a selector asks for by equality, each just once."""
    expr = unwrapped(expr)
    if isinstance(expr, MatrixSelector):
        expr = expr.vector
    if not isinstance(expr, VectorSelector):
        return ()
    found: dict[str, str] = {}
    seen: set[str] = set()
    for matcher in expr.matchers:
        if matcher.name == NAME:
            continue
        if matcher.op == "=" and matcher.name not in seen:
            found[matcher.name] = matcher.value
            seen.add(matcher.name)
        else:
            found.pop(matcher.name, None)
    return tuple(sorted((name, value) for name, value in found.items() if value))


def _timestamp(asked: Asked) -> Vector:
    vector = asked.vector(0)
    times = np.broadcast_to(asked.steps.times / 1000, vector.values.shape)
    return merged(Vector(drop_metadata(vector.labels), times, vector.present))


def _quantile(asked: Asked) -> Vector:
    wanted = asked.scalar(0)
    vector = asked.vector(1)
    notes = asked.evaluator.notes
    for each in np.unique(wanted).tolist():
        if not texts.is_quantile(each):
            notes.warn(texts.invalid_quantile(each), asked.arguments[0].span)
    question = histograms.quantile(wanted)
    return histograms.answer(question, vector, asked.steps, notes, asked.arguments[1].span)


def _fraction(asked: Asked) -> Vector:
    question = histograms.fraction(asked.scalar(0), asked.scalar(1))
    span = asked.arguments[2].span
    return histograms.answer(question, asked.vector(2), asked.steps, asked.evaluator.notes, span)


def _label_replace(asked: Asked) -> Vector:
    target, replacement, source, pattern = (asked.text(number) for number in range(1, 5))
    labels.check_replace(target, pattern)
    return labels.replace(asked.vector(0), target, replacement, source, pattern)


def _label_join(asked: Asked) -> Vector:
    target, separator, *sources = (asked.text(number) for number in range(1, len(asked.arguments)))
    labels.check_join(target, sources)
    return labels.join(asked.vector(0), target, separator, sources)


def _scalar(asked: Asked) -> Scalar:
    vector = asked.vector(0).floats()
    values = np.where(vector.present, vector.values, 0.0).sum(axis=0) if len(vector) else np.zeros(asked.steps.count)
    return np.where(np.count_nonzero(vector.present, axis=0) == 1, values, np.nan)


INSTANT_FUNCTIONS: Final[Mapping[str, InstantFunction]] = MappingProxyType(
    {
        **dict.fromkeys(math.POINTWISE, _pointwise),
        **dict.fromkeys(math.DATES, _date),
        **dict.fromkeys(histograms.STATISTICS, _statistic),
        "round": _round,
        "clamp": lambda asked: math.clamped(asked.vector(0), asked.scalar(1), asked.scalar(2)),
        "clamp_min": lambda asked: math.clamped(asked.vector(0), asked.scalar(1), np.inf),
        "clamp_max": lambda asked: math.clamped(asked.vector(0), -np.inf, asked.scalar(1)),
        "sort": _sort,
        "sort_desc": _sort,
        "absent": _absent,
        "timestamp": _timestamp,
        "vector": lambda asked: full([()], asked.scalar(0)[None]),
        "histogram_quantile": _quantile,
        "histogram_fraction": _fraction,
        "label_replace": _label_replace,
        "label_join": _label_join,
    }
)

SCALAR_FUNCTIONS: Final[Mapping[str, ScalarFunction]] = MappingProxyType(
    {
        "pi": lambda asked: np.full(asked.steps.count, np.pi),
        "time": lambda asked: asked.steps.times / 1000,
        "scalar": _scalar,
    }
)
