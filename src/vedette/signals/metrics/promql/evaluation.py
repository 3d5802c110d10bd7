"""Evaluates a tree: every node to a vector or a scalar at all steps at once."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.signals.metrics.promql import aggregate_rank as ranking
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.aggregate import SUMMING, Aggregation
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.binary import SETS, scalars
from vedette.signals.metrics.promql.binary_vectors import Operator, combine, combine_sets, with_scalar
from vedette.signals.metrics.promql.facts import as_list, fact
from vedette.signals.metrics.promql.groups import group
from vedette.signals.metrics.promql.instant import INSTANT_FUNCTIONS, SCALAR_FUNCTIONS, Asked, absence
from vedette.signals.metrics.promql.invariance import is_invariant, unwrapped
from vedette.signals.metrics.promql.kinds import kind_of
from vedette.signals.metrics.promql.labels import METADATA, NAME, drop_metadata
from vedette.signals.metrics.promql.limits import Budget, Cancel, Limits
from vedette.signals.metrics.promql.memory import batches_of
from vedette.signals.metrics.promql.printer import show
from vedette.signals.metrics.promql.ranges import RANGE_FUNCTIONS
from vedette.signals.metrics.promql.reading import FindingResets, Latest, Ranged, odd_names
from vedette.signals.metrics.promql.selecting import Consume, Gathered, Piece, Stream, Work, names_of, pieces_of
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.promql.source import Labels, Purpose, Selection, Source
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    At,
    Binary,
    Call,
    Expr,
    Kind,
    Matching,
    MatrixSelector,
    Number,
    String,
    Subquery,
    Unary,
    VectorSelector,
)
from vedette.signals.metrics.promql.vectors import Scalar, Steps, Vector, distinct, empty, holds, merged
from vedette.signals.metrics.promql.windows import Frame

_WITH_RESETS = frozenset({"histogram_avg", "histogram_count", "histogram_sum"})
_WITHOUT_RESETS = frozenset({"histogram_fraction", "histogram_quantile"})
_OF_LEFT = frozenset({"and", "unless"})
_SUMS_OVER_TIME = frozenset({"avg_over_time", "sum_over_time"})
"""Source: what upstream reads by its iterator of histogram statistics (promql/engine.go)."""


@dataclass(eq=False)
class Evaluation:
    """One evaluation of one query; `queried` are the steps that were asked for, up to `end_ms`.

    Aggregations and functions of ranges that are in `shared` already are taken from there.
    """

    source: Source
    queried: Steps
    limits: Limits
    cancel: Cancel
    end_ms: int
    notes: Annotations = field(default_factory=Annotations)
    shared: Shared | None = None

    def __post_init__(self) -> None:
        self._budget = Budget(self.limits)
        self._finds_resets = False

    def scalar(self, expr: Expr, steps: Steps) -> Scalar:
        """Evaluate a scalar, shape (T,)."""
        expr = unwrapped(expr)
        if steps.count > 1 and not isinstance(expr, Number) and is_invariant(expr):
            return np.broadcast_to(self.scalar(expr, steps.first), (steps.count,))
        match expr:
            case Number():
                return np.full(steps.count, expr.value)
            case Unary():
                value = self.scalar(expr.expr, steps)
                return -value if expr.op == "-" else value
            case Binary():
                return scalars(expr.op, self.scalar(expr.left, steps), self.scalar(expr.right, steps))
            case Call():
                return SCALAR_FUNCTIONS[expr.function](Asked(self, expr, steps))
        raise AssertionError(expr)

    def vector(self, expr: Expr, steps: Steps) -> Vector:
        """Evaluate an instant vector."""
        self.cancel()
        expr = unwrapped(expr)
        if steps.count == 0:
            return empty(0)
        if steps.count > 1 and is_invariant(expr):
            once = self.vector(expr, steps.first)
            self._budget.hold(len(once), steps.count)
            return once.repeated(steps.count)
        return self._evaluated(expr, steps)

    def _evaluated(self, expr: Expr, steps: Steps) -> Vector:
        match expr:
            case VectorSelector():
                return self._whole(expr, self.instant(expr, steps), steps).without_empty()
            case Unary():
                return self._unary(expr, steps)
            case Binary():
                return self._binary(expr, steps)
            case Aggregate():
                return self._aggregate(expr, steps)
            case Call():
                return self._call(expr, steps)
        raise AssertionError(expr)

    def instant(self, selector: VectorSelector, steps: Steps, *, of_times: bool = False) -> Stream:
        """Return what reads the latest samples of the series a selector selects."""
        frame = self._frame(selector.at, selector.offset_ms, self.limits.lookback_ms, steps)
        if of_times and selector.at is not None:
            # Upstream leaves the offset out of account here.
            frame = self._frame(selector.at, 0, self.limits.lookback_ms, steps)
        selection = self._select(selector, frame, "timestamp" if of_times else None)
        labels = as_list(selection.labels)
        return Stream(labels, steps.count, selection.batches, Latest(frame, of_times), self._budget, self.cancel)

    def select(self, argument: MatrixSelector, steps: Steps, function: str = "") -> tuple[Selection, Frame]:
        """Return the series a range selector selects, and the windows it stands for."""
        frame = self._frame(argument.vector.at, argument.vector.offset_ms, argument.range_ms, steps)
        selection = self._select(argument.vector, frame, function)
        return selection, replace(frame, range_ms=max(frame.range_ms, selection.least_range_ms))

    def subquery(self, argument: Subquery, steps: Steps) -> tuple[Vector, Steps, Frame]:
        """Evaluate a subquery; return its values, the times they are of, and the windows over them.

        The times are multiples of the subquery's step, whatever those of the query are.
        """
        frame = self._frame(argument.at, argument.offset_ms, argument.range_ms, steps)
        step_ms = argument.step_ms or self.limits.subquery_step_ms
        first_ms = frame.ends_ms - frame.range_ms
        last_ms = frame.ends_ms if frame.is_fixed else int(frame.ends[-1])
        inner = Steps.between((first_ms // step_ms + 1) * step_ms, last_ms, step_ms)
        self._budget.hold(1, inner.count)
        if kind_of(argument.expr) is Kind.SCALAR:
            values = self.scalar(argument.expr, inner)
            return Vector([()], values[None], np.ones((1, inner.count), np.bool_)), inner, frame
        with self._finding_resets(yes=False):
            return self.vector(argument.expr, inner), inner, frame

    def _select(self, selector: VectorSelector, frame: Frame, function: str | None) -> Selection:
        self.cancel()
        last_ms = frame.ends_ms if frame.is_fixed else int(frame.ends[-1])
        step_ms = 0 if frame.is_fixed or frame.steps.count == 1 else frame.steps.step_ms
        purpose = Purpose(function, frame.range_ms, step_ms)
        return self.source.select(selector.matchers, frame.ends_ms - frame.range_ms, last_ms, purpose)

    def _frame(self, at: At | None, offset_ms: int, range_ms: int, steps: Steps) -> Frame:
        if at is None:
            return Frame(steps, steps.start_ms - offset_ms, range_ms)
        fixed = {"start": self.queried.start_ms, "end": self.end_ms}
        when_ms = at if isinstance(at, int) else fixed[at]
        return Frame(steps, when_ms - offset_ms, range_ms, is_fixed=True)

    def _unary(self, expr: Unary, steps: Steps) -> Vector:
        vector = self.vector(expr.expr, steps)
        if expr.op == "+":
            return vector
        minus = Operator("*", returns_bool=False, notes=self.notes, span=expr.span)
        return with_scalar(minus, vector, np.full(steps.count, -1.0), scalar_is_left=False)

    def _binary(self, expr: Binary, steps: Steps) -> Vector:
        operator = Operator(expr.op, expr.returns_bool, self.notes, expr.span)
        if kind_of(expr.left) is Kind.SCALAR:
            scalar = self.scalar(expr.left, steps)
            return with_scalar(operator, self.vector(expr.right, steps), scalar, scalar_is_left=True)
        left = self.vector(expr.left, steps)
        if kind_of(expr.right) is Kind.SCALAR:
            return with_scalar(operator, left, self.scalar(expr.right, steps), scalar_is_left=False)
        if not len(left) and expr.op in _OF_LEFT and isinstance(unwrapped(expr.right), VectorSelector):
            return left  # nor does a selector leave notes
        right = self.vector(expr.right, steps)
        matching = expr.matching or Matching()
        if expr.op in SETS:
            return combine_sets(expr.op, left, right, matching)
        return combine(operator, left, right, matching)

    def _call(self, call: Call, steps: Steps) -> Vector:
        if call.function in RANGE_FUNCTIONS:
            stream = self._ranged(call, steps)
            found = self._whole(call, stream, steps)
            if call.function == "absent_over_time":
                return absence(call.arguments[0], found, steps)
            return distinct(found) if stream.may_clash else found.without_empty()
        selector = unwrapped(call.arguments[0]) if call.arguments else None
        if call.function == "timestamp" and isinstance(selector, VectorSelector):
            found = self._whole(selector, self.instant(selector, steps, of_times=True), steps).without_empty()
            return merged(found.relabelled(drop_metadata(found.labels)))
        if call.function not in _WITH_RESETS | _WITHOUT_RESETS:
            return INSTANT_FUNCTIONS[call.function](Asked(self, call, steps))
        with self._finding_resets(yes=call.function in _WITH_RESETS):
            return INSTANT_FUNCTIONS[call.function](Asked(self, call, steps))

    @contextmanager
    def _finding_resets(self, *, yes: bool) -> Iterator[None]:
        before, self._finds_resets = self._finds_resets, yes
        try:
            yield
        finally:
            self._finds_resets = before

    def _ranged(self, call: Call, steps: Steps) -> Stream:
        """Return what applies a range function to its argument's windows."""
        function = RANGE_FUNCTIONS[call.function]
        arguments = [unwrapped(each) for each in call.arguments]
        given = [self.scalar(each, steps) for each in arguments if kind_of(each) is Kind.SCALAR]
        if call.function == "quantile_over_time":
            for each in np.unique(given[0]).tolist():
                if not texts.is_quantile(each):
                    self.notes.warn(texts.invalid_quantile(each), arguments[0].span)
        argument = next(each for each in arguments if isinstance(each, MatrixSelector | Subquery))
        if isinstance(argument, MatrixSelector):
            selection, frame = self.select(argument, steps, call.function)
            function = function.over(frame.range_ms / argument.range_ms)
            labels, batches = as_list(selection.labels), selection.batches
        else:
            inner, times, frame = self.subquery(argument, steps)
            labels, batches = inner.labels, lambda: batches_of(inner, times)
        names = names_of(labels)
        odd = odd_names(labels, names) if function.wants_counter else None
        work: Work = Ranged(function, frame, given, names, self.notes, arguments[0].span, odd)
        if self._finds_resets and call.function in _SUMS_OVER_TIME and isinstance(argument, MatrixSelector):
            work = FindingResets(work)
        drops = not function.keeps_name
        may_clash = drops and not fact(labels, "differ without metadata", lambda: _differ_without_metadata(labels))
        return Stream(labels, steps.count, batches, work, self._budget, self.cancel, drops, may_clash)

    def _stream(self, expr: Expr, steps: Steps) -> Stream | None:
        """Return what reads an aggregation's argument piece by piece, if it can be read so."""
        if steps.count > 1 and is_invariant(expr):
            return None
        if isinstance(expr, VectorSelector):
            stream = self.instant(expr, steps)
            return replace(stream, work=FindingResets(stream.work)) if self._finds_resets else stream
        if isinstance(expr, Call) and expr.function in RANGE_FUNCTIONS and expr.function != "absent_over_time":
            return self._ranged(expr, steps)
        return None

    def _aggregate(self, expr: Aggregate, steps: Steps) -> Vector:
        inner = unwrapped(expr.expr)
        if expr.op == "count_values":
            label = unwrapped(expr.parameter) if expr.parameter is not None else None
            assert isinstance(label, String)  # noqa: S101 -- the parser checks parameters
            ranking.check_label(label.value)
            vector = self.vector(inner, steps)
            hold = self._budget.hold
            return ranking.count_values(vector, label.value, expr.grouping, is_without=expr.is_without, hold=hold)
        if expr.op in SUMMING:
            return self._shared_sum(expr, inner, steps)
        assert expr.parameter is not None  # noqa: S101 -- the parser checks parameters
        parameter = self.scalar(expr.parameter, steps)
        vector = self.vector(inner, steps)
        if expr.op == "quantile":
            ranking.note_quantile(parameter, self.notes, expr.parameter.span)
        elif not ranking.check_k(parameter):
            return empty(steps.count)
        if vector.histograms is not None and (holds(vector.histograms) & vector.present).any():
            span = inner.span if expr.op == "quantile" else expr.span
            self.notes.inform(texts.ignored_in_aggregation(expr.op), span)
        vector = vector.floats().without_empty()
        groups = group(vector.labels, expr.grouping, is_without=expr.is_without)
        if expr.op == "quantile":
            return ranking.quantile(vector, groups, parameter)
        return ranking.rank(vector, groups, parameter, is_top=expr.op == "topk")

    def _shared_sum(self, expr: Aggregate, inner: Expr, steps: Steps) -> Vector:
        if self.shared is None:
            return self._sum(expr, inner, steps)

        def work() -> tuple[Vector, bool]:
            before = len(self.notes)
            vector = self._sum(expr, inner, steps)
            return vector, len(self.notes) == before

        return self.shared.once(self._key(expr, steps), work, self.cancel)

    def _key(self, expr: Expr, steps: Steps) -> Hashable:
        """Return what the values of an expression depend on, but for the samples."""
        return show(expr), steps, self.queried.start_ms, self.end_ms, self.limits.lookback_ms, self._finds_resets

    def _whole(self, expr: Expr, stream: Stream, steps: Steps) -> Vector:
        """Return all values of a stream, `expr`, as one vector."""
        found = None
        if self.shared is not None and self._may_share(self.shared, expr, stream, steps):
            before = len(self.notes)
            found = self.shared.once(
                self._key(expr, steps), lambda: (stream.gather(), len(self.notes) == before), self.cancel
            )
        if found is None or found.labels != stream.labels:
            found = stream.gather()
        return found.relabelled(stream.result_labels)

    def _read(self, expr: Expr, stream: Stream, steps: Steps, consume: Consume) -> None:
        """Read a stream, `expr`, unless another query has read the same; what is read, others may have."""
        if self.shared is None or not self._may_share(self.shared, expr, stream, steps):
            stream.run(consume)
            return
        is_read = False

        def work() -> tuple[Vector, bool]:
            nonlocal is_read
            before, kept = len(self.notes), Gathered(stream.labels, steps.count)

            def both(piece: Piece) -> None:
                consume(piece)
                kept.consume(piece)

            stream.run(both)
            is_read = True
            return kept.vector(), len(self.notes) == before

        found = self.shared.once(self._key(expr, steps), work, self.cancel)
        if is_read:
            return
        if found.labels != stream.labels:  # series have come up in between
            stream.run(consume)
            return
        for piece in pieces_of(found):
            consume(piece)

    def _may_share(self, shared: Shared, expr: Expr, stream: Stream, steps: Steps) -> bool:
        """Whether others may want the values of a stream and there is room to keep them."""
        return isinstance(expr, Call) and shared.wants(self._key(expr, steps), len(stream.labels) * steps.count)

    def _sum(self, expr: Aggregate, inner: Expr, steps: Steps) -> Vector:
        """Aggregate while reading, where that is possible."""
        stream = self._stream(inner, steps)
        labels = [] if stream is None else _labels_to_group(stream, expr)
        if stream is None or (stream.may_clash and len(set(labels)) < len(labels)):
            vector = self.vector(inner, steps) if stream is None else distinct(self._whole(inner, stream, steps))
            stream, labels = None, vector.labels
        groups = group(labels, expr.grouping, is_without=expr.is_without)
        self._budget.hold(len(groups.labels), steps.count)
        aggregation = Aggregation(expr.op, groups, steps.count, self.notes, inner.span)
        if stream is not None:
            self._read(inner, stream, steps, aggregation.consume)
        else:
            for piece in pieces_of(vector):
                aggregation.consume(piece)
        return aggregation.result().without_empty()


def _labels_to_group(stream: Stream, expr: Aggregate) -> list[Labels]:
    """Return labels by which an aggregation can group: those of the series, if that makes no difference."""
    if stream.may_clash or not METADATA.isdisjoint(expr.grouping):
        return stream.result_labels
    return stream.labels


def _differ_without_metadata(labels: list[Labels]) -> bool:
    """Whether it is plain to see that distinct label sets stay so: all have one name, and no type or unit."""
    if not labels or not labels[0] or labels[0][0][0] != NAME:
        return False
    first = labels[0][0]
    return all(each and each[0] == first and (len(each) == 1 or each[1][0][:2] != "__") for each in labels)
