"""Evaluating queries: the face of the evaluator."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.kit.errors import Invalid
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.promql.evaluation import Evaluation
from vedette.signals.metrics.promql.facts import as_list, fact
from vedette.signals.metrics.promql.invariance import unwrapped
from vedette.signals.metrics.promql.kinds import kind_of
from vedette.signals.metrics.promql.limits import Cancel, Limits, never
from vedette.signals.metrics.promql.memory import batches_of
from vedette.signals.metrics.promql.reading import is_marker
from vedette.signals.metrics.promql.result import Points, Result, ResultKind
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.promql.source import Batch, Labels, Source
from vedette.signals.metrics.promql.tree import Expr, Kind, MatrixSelector, String, Subquery
from vedette.signals.metrics.promql.vectors import Floats, Ints, Steps, Vector
from vedette.signals.metrics.promql.windows import Frame

_DEFAULT = Limits()


def evaluate_range(
    tree: Expr,
    source: Source,
    start_ms: int,
    end_ms: int,
    step_ms: int,
    limits: Limits = _DEFAULT,
    cancel: Cancel = never,
    *,
    text: str = "",
    shared: Shared | None = None,
) -> Result:
    """Evaluate a query at every step from start to end; `text` is what it was parsed from, for places in warnings.

    Aggregations are taken from `shared`, and left there, where it is given.

    Raises Invalid for what is no scalar or instant vector, ExecutionError for what cannot be evaluated, what `cancel`
    and `source` raise. Blocks; two threads share the work.
    """
    kind = kind_of(tree)
    if kind not in (Kind.SCALAR, Kind.VECTOR):
        raise Invalid(f'invalid expression type "{kind.value}" for range query, must be Scalar or instant Vector')
    steps = Steps.between(start_ms, end_ms, step_ms)
    evaluation = Evaluation(source, steps, limits, cancel, end_ms, shared=shared)
    with np.errstate(all="ignore"):
        vector = _values(tree, kind, steps, evaluation)
    order = fact(vector.labels, "order", lambda: _order(vector.labels))
    return _result("matrix", vector if order is None else vector.take(order), steps, evaluation, text)


def _order(labels: Sequence[Labels]) -> NDArray[np.intp] | None:
    """Return the order of label sets, None when they are in order."""
    order = np.array(sorted(range(len(labels)), key=labels.__getitem__), np.intp)
    return None if (order[1:] > order[:-1]).all() else order


def evaluate_instant(
    tree: Expr,
    source: Source,
    at_ms: int,
    limits: Limits = _DEFAULT,
    cancel: Cancel = never,
    *,
    text: str = "",
) -> Result:
    """Evaluate a query at one time. Otherwise like `evaluate_range`; range vectors and strings are fine, too."""
    steps = Steps(at_ms, 1, 1)
    evaluation = Evaluation(source, steps, limits, cancel, at_ms)
    tree = unwrapped(tree)
    kind = kind_of(tree)
    with np.errstate(all="ignore"):
        if isinstance(tree, String):
            nothing = np.zeros((0, 1))
            return Result("string", [], steps.times, nothing, nothing > 0, text=tree.value)
        if kind is Kind.MATRIX:
            return _range_vector(tree, steps, evaluation, text)
        vector = _values(tree, kind, steps, evaluation)
    return _result("scalar" if kind is Kind.SCALAR else "vector", vector, steps, evaluation, text)


def _values(tree: Expr, kind: Kind, steps: Steps, evaluation: Evaluation) -> Vector:
    if kind is Kind.VECTOR:
        return evaluation.vector(tree, steps).without_empty()
    values = evaluation.scalar(tree, steps)[None]
    return Vector([()], values, np.ones(values.shape, np.bool_))


def _result(
    kind: ResultKind, vector: Vector, steps: Steps, evaluation: Evaluation, text: str, points: Points | None = None
) -> Result:
    warnings, infos = evaluation.notes.shown(text)
    return Result(
        kind,
        vector.labels,
        steps.times,
        vector.values,
        vector.present,
        vector.histograms,
        warnings=warnings,
        infos=infos,
        points=points,
    )


def _range_vector(tree: Expr, steps: Steps, evaluation: Evaluation, text: str) -> Result:
    """Return the samples a range selector or subquery stands for."""
    if isinstance(tree, Subquery):
        inner, times, frame = evaluation.subquery(tree, steps)
        labels, batches = inner.labels, batches_of(inner, times)
    else:
        assert isinstance(tree, MatrixSelector)  # noqa: S101 -- there are no other expressions of that kind
        selection, frame = evaluation.select(tree, steps)
        labels, batches = as_list(selection.labels), selection.batches()
    kept, points = _points(labels, batches, frame)
    nothing = np.zeros((len(kept), 0))
    empty = Steps(steps.start_ms, 1, 0)
    return _result("matrix", Vector(kept, nothing, nothing > 0), empty, evaluation, text, points)


def _points(labels: list[Labels], batches: Iterable[Batch], frame: Frame) -> tuple[list[Labels], Points]:
    """Return the series that have samples in the window, by their labels, and these samples."""
    found: list[tuple[Labels, Ints, Floats, list[Histogram | None]]] = []
    for batch in batches:
        wanted = (batch.times_ms > frame.ends_ms - frame.range_ms) & (batch.times_ms <= frame.ends_ms)
        wanted &= ~is_marker(batch)
        for row in range(len(batch.offsets) - 1):
            at = np.arange(batch.offsets[row], batch.offsets[row + 1])
            at = at[wanted[at]]
            if len(at):
                columns = batch.histograms
                cells = [columns.at(i) if columns is not None and columns.mask[i] else None for i in at.tolist()]
                found.append((labels[batch.first + row], batch.times_ms[at], batch.values[at], cells))
    found.sort(key=lambda each: each[0])
    cells = [cell for each in found for cell in each[3]]
    points = Points(
        np.concatenate([[0], np.cumsum([len(each[1]) for each in found])]).astype(np.int64),
        np.concatenate([np.zeros(0, np.int64), *(each[1] for each in found)]),
        np.concatenate([np.zeros(0), *(each[2] for each in found)]),
        cells if any(cell is not None for cell in cells) else None,
    )
    return [each[0] for each in found], points
