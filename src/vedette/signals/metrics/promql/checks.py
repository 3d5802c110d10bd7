"""Whether the parts of a tree fit together: kinds, numbers of arguments, selectors that would select everything.

The order of the checks is upstream's, so that of several faults the same one is reported.
"""

from typing import NoReturn

from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.functions import AGGREGATIONS, FUNCTIONS
from vedette.signals.metrics.promql.kinds import kind_of
from vedette.signals.metrics.promql.matching import matches_empty
from vedette.signals.metrics.promql.syntax.quoting import quote
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Kind,
    MatrixSelector,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
)

DEEPEST = 200
"""How many levels a tree may have; chains of operators count too. Those who walk it may recurse."""

COMPARISONS = frozenset(["==", "!=", "<=", "<", ">=", ">"])
SET_OPERATORS = frozenset(["and", "or", "unless"])
_PLAIN = {Kind.SCALAR: "scalar", Kind.VECTOR: "vector", Kind.MATRIX: "matrix", Kind.STRING: "string"}


def check(text: str, expr: Expr) -> None:
    """Raise ParseError unless the tree, read from `text`, can be evaluated."""
    _Checks(text).walk(expr, 0)


class _Checks:
    def __init__(self, text: str) -> None:
        self._text = text

    def walk(self, expr: Expr, depth: int) -> None:
        if depth > DEEPEST:
            self._fail(expr.span.start, f"expression is nested too deeply: more than {DEEPEST} levels")
        if isinstance(expr, VectorSelector | MatrixSelector):
            self._selector(expr.vector if isinstance(expr, MatrixSelector) else expr)
        elif isinstance(expr, Call):
            self._arity(expr)
            for place, argument in enumerate(expr.arguments):
                self.walk(argument, depth + 1)
                self._argument(expr, place, argument)
        elif isinstance(expr, Binary):
            self.walk(expr.left, depth + 1)
            self.walk(expr.right, depth + 1)
            self._binary(expr)
        elif isinstance(expr, Aggregate | Paren | Subquery | Unary):
            self.walk(expr.expr, depth + 1)
            self._around(expr, depth)

    def _fail(self, position: int, reason: str) -> NoReturn:
        raise ParseError(self._text, position, reason)

    def _expect(self, expr: Expr, wanted: Kind, where: str) -> None:
        kind = kind_of(expr)
        if kind is not wanted:
            self._fail(expr.span.start, f"expected type {wanted.value} in {where}, got {kind.value}")

    def _parameter(self, expr: Aggregate, depth: int) -> None:
        wanted = AGGREGATIONS[expr.op].parameter
        if wanted is not None and expr.parameter is not None:
            self.walk(expr.parameter, depth + 1)
            self._expect(expr.parameter, wanted, "aggregation parameter")

    def _around(self, expr: Aggregate | Paren | Subquery | Unary, depth: int) -> None:
        kind = kind_of(expr.expr)
        if isinstance(expr, Aggregate):
            self._expect(expr.expr, Kind.VECTOR, "aggregation expression")
            self._parameter(expr, depth)
        elif isinstance(expr, Unary):
            self._unary(expr)
        elif isinstance(expr, Subquery) and kind is not Kind.VECTOR:
            self._fail(expr.span.start, f"subquery is only allowed on instant vector, got {_PLAIN[kind]} instead")

    def _unary(self, expr: Unary) -> None:
        kind = kind_of(expr.expr)
        if kind not in (Kind.SCALAR, Kind.VECTOR):
            self._fail(
                expr.span.start,
                "unary expression only allowed on expressions of type scalar or instant vector,"
                f" got {quote(kind.value)}",
            )

    def _arity(self, expr: Call) -> None:
        function, got = FUNCTIONS[expr.function], len(expr.arguments)
        fewest, most = function.fewest, function.most
        if got < fewest or (most is not None and got > most):
            wanted = f"at least {fewest}" if got < fewest else f"at most {most}"
            wanted = wanted if function.variadic else str(fewest)
            self._fail(expr.span.start, f"expected {wanted} argument(s) in call to {quote(expr.function)}, got {got}")

    def _argument(self, expr: Call, place: int, argument: Expr) -> None:
        kinds = FUNCTIONS[expr.function].arguments
        self._expect(argument, kinds[min(place, len(kinds) - 1)], f"call to function {quote(expr.function)}")

    def _binary(self, expr: Binary) -> None:
        left, right = kind_of(expr.left), kind_of(expr.right)
        is_comparison = expr.op in COMPARISONS
        if expr.returns_bool and not is_comparison:
            self._fail(self._operator(expr), "bool modifier can only be used on comparison operators")
        if is_comparison and not expr.returns_bool and left is right is Kind.SCALAR:
            self._fail(self._operator(expr), "comparisons between scalars must use BOOL modifier")
        self._labels(expr)
        for side, kind in ((expr.left, left), (expr.right, right)):
            if kind not in (Kind.SCALAR, Kind.VECTOR):
                self._fail(side.span.start, "binary expression must contain only scalar and instant vector types")
        self._matching(expr, are_vectors=left is right is Kind.VECTOR)
        if expr.op in SET_OPERATORS and Kind.SCALAR in (left, right):
            reason = f"set operator {quote(expr.op)} not allowed in binary scalar expression"
            self._fail(expr.span.start, reason)

    def _labels(self, expr: Binary) -> None:
        if expr.matching is None or not expr.matching.is_on:
            return
        for label in expr.matching.labels:
            if label in expr.matching.include:
                reason = f"label {quote(label)} must not occur in ON and GROUP clause at once"
                self._fail(self._operator(expr), reason)

    def _matching(self, expr: Binary, *, are_vectors: bool) -> None:
        if expr.matching is None:
            return
        if not are_vectors:
            self._fail(expr.span.start, "vector matching only allowed between instant vectors")
        if expr.op in SET_OPERATORS and expr.matching.cardinality != "many-to-many":
            self._fail(expr.span.start, f"no grouping allowed for {quote(expr.op)} operation")

    def _operator(self, expr: Binary) -> int:
        """Return where the operator stands: behind the left side and white space."""
        between = self._text.encode(errors="surrogatepass")[expr.left.span.end : expr.right.span.start]
        return expr.left.span.end + len(between) - len(between.lstrip(b" \t\r\n"))

    def _selector(self, expr: VectorSelector) -> None:
        if expr.name:
            for matcher in expr.matchers[1:]:
                if matcher.name == "__name__":
                    reason = f"metric name must not be set twice: {quote(expr.name)} or {quote(matcher.value)}"
                    self._fail(expr.span.start, reason)
        elif all(matches_empty(each) for each in expr.matchers):
            self._fail(expr.span.start, "vector selector must contain at least one non-empty matcher")
