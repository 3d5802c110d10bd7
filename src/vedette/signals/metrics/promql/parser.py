"""PromQL text to a checked tree.

A hand-written operator-precedence parser: it finds the fault that Prometheus' generated parser reports first. The
source of the grammar is https://prometheus.io/docs/prometheus/latest/querying/basics/ and its generated parser.
"""

from vedette.signals.metrics.promql import checks
from vedette.signals.metrics.promql.functions import AGGREGATIONS, FUNCTIONS
from vedette.signals.metrics.promql.kinds import kind_of
from vedette.signals.metrics.promql.syntax import durations, modifiers
from vedette.signals.metrics.promql.syntax.grouping import grouping, matching
from vedette.signals.metrics.promql.syntax.lexer import AGGREGATORS, PREPROCESSORS, Token
from vedette.signals.metrics.promql.syntax.quoting import quote, unquote
from vedette.signals.metrics.promql.syntax.selectors import NAMES, matchers, named
from vedette.signals.metrics.promql.syntax.words import Words
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Kind,
    Matcher,
    Matching,
    Number,
    Paren,
    Span,
    String,
    Unary,
    VectorSelector,
)

DEEPEST = 100
"""How deep brackets and signs may be nested; the recursion of the parser stays well within Python's own limit."""

_POWERS = {
    "or": 1,
    **dict.fromkeys(["and", "unless"], 2),
    **dict.fromkeys(["==", "!=", "<=", "<", ">=", ">", "</", ">/"], 3),
    **dict.fromkeys(["+", "-"], 4),
    **dict.fromkeys(["*", "/", "%", "atan2"], 5),
    "^": 6,
}
_UNARY = 6
_SET = frozenset(["and", "or", "unless"])
_CALLED = PREPROCESSORS | {"IDENTIFIER"}
_STARTS = NAMES | {"NUMBER", "DURATION", "STRING", "(", "{", "+", "-"}


def parse(text: str) -> Expr:
    """Return the tree of a query. Raises ParseError, whose text is what Prometheus answers."""
    words = Words(text)
    if words.kind == "END":
        words.fail(0, "no expression found in input")
    parser = _Parser(words)
    expr = parser.expression(0)
    if words.kind != "END":
        words.unexpected()
    checks.check(text, expr)
    return expr


def parse_selector(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a selector such as a `match[]` parameter. Raises ParseError."""
    words = Words(text)
    if words.kind != "{" and words.kind not in NAMES:
        words.unexpected()
    selector = _selector(words)
    if words.kind != "END":
        words.unexpected()
    return selector.matchers


class _Parser:
    def __init__(self, words: Words) -> None:
        self.words = words
        self.depth = 0
        self.context = ""

    def expression(self, floor: int) -> Expr:
        """Read operands joined by operators that bind at least as tightly as `floor`."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.words.fail(self.words.token.start, f"expression is nested too deeply: more than {DEEPEST} levels")
        left = self._operand()
        words = self.words
        while (power := _POWERS.get(words.kind, -1)) >= floor:
            left = self._binary(left, words.take(), power)
        self.depth -= 1
        return left

    def _binary(self, left: Expr, operator: Token, power: int) -> Expr:
        how = matching(self.words)
        right = self.expression(power + (operator.kind != "^"))
        span = Span(left.span.start, right.span.end)
        if how.is_filling:
            self.words.check_text()
            self.words.fail(span.start, "binop fill modifiers are experimental and not enabled")
        found: Matching | None = how.matching
        kinds = {kind_of(left), kind_of(right)}
        if kinds != {Kind.VECTOR}:
            found = how.matching if how.matching.labels else None
        elif operator.kind in _SET and how.matching.cardinality == "one-to-one":
            found = Matching("many-to-many", how.matching.labels, how.matching.is_on)
        kind = Kind.SCALAR if kinds == {Kind.SCALAR} else Kind.VECTOR
        return Binary(operator.kind, left, right, span, how.returns_bool, found, kind)

    def _operand(self) -> Expr:
        kind = self.words.kind
        if kind in ("-", "+"):
            return self._unary(self.words.take())
        if kind == "{" or (kind in NAMES and not self._is_called(kind)):
            expr: Expr = _selector(self.words)
        else:
            expr = self._other(kind)
        while self.words.kind in modifiers.POSTFIX:
            expr = modifiers.apply(self.words, expr)
        return expr

    def _is_called(self, kind: str) -> bool:
        following = self.words.following()
        if kind in AGGREGATORS:
            return following in ("(", "by", "without")
        return following == "(" and kind in _CALLED

    def _unary(self, sign: Token) -> Expr:
        expr = self.expression(_UNARY)
        span = Span(sign.start, expr.span.end)
        if isinstance(expr, Number):
            return Number(-expr.value if sign.kind == "-" else expr.value, span, expr.is_duration)
        return Unary("-" if sign.kind == "-" else "+", expr, span)

    def _other(self, kind: str) -> Expr:
        words, token = self.words, self.words.token
        if kind in ("NUMBER", "DURATION"):
            value, is_duration = durations.number(words)
            return Number(value, Span(token.start, token.end), is_duration)
        if kind == "STRING":
            return String(unquote(words.take().text), Span(token.start, token.end))
        if kind == "(":
            words.take()
            expr = self.expression(0)
            return Paren(expr, Span(token.start, self._close().end))
        if kind in AGGREGATORS:
            return self._aggregate(words.take())
        if kind not in _CALLED:
            words.unexpected(self.context)
        return self._call(words.take())

    def _close(self) -> Token:
        if self.words.kind != ")":
            self.words.unexpected(self.context)
        return self.words.take()

    def _arguments(self) -> tuple[list[Expr], int]:
        """Read `(a, b)`; return the arguments and where the closing parenthesis ends."""
        words = self.words
        if words.kind != "(":
            words.unexpected(self.context)
        words.take()
        arguments: list[Expr] = []
        if words.kind != ")":
            arguments.append(self.expression(0))
            while comma := words.take_if(","):
                if words.kind not in _STARTS:
                    words.check_text()
                    words.fail(comma.start, "trailing commas not allowed in function call args")
                arguments.append(self.expression(0))
        return arguments, self._close().end

    def _call(self, name: Token) -> Expr:
        arguments, end = self._arguments()
        function = FUNCTIONS.get(name.text)
        if function is None:
            self.words.fail(name.start, f"unknown function with name {quote(name.text)}")
        if function.is_experimental:
            self.words.fail(name.start, f"function {quote(name.text)} is not enabled")
        return Call(function.name, tuple(arguments), Span(name.start, end))

    def _aggregate(self, operator: Token) -> Expr:
        words, outer = self.words, self.context
        self.context = "aggregation"
        is_without, labels = False, None
        if words.kind in ("by", "without"):
            is_without, labels = words.take().kind == "without", grouping(words)
        arguments, end = self._arguments()
        if labels is None and words.kind in ("by", "without"):
            is_without, labels = words.take().kind == "without", grouping(words)
            end = words.taken_end
        self.context = outer
        parameter, expr = self._split(operator, arguments)
        span = Span(operator.start, end)
        return Aggregate(operator.kind, expr, span, parameter, tuple(labels or ()), is_without)

    def _split(self, operator: Token, arguments: list[Expr]) -> tuple[Expr | None, Expr]:
        """Return the parameter and the vector among an aggregation's arguments."""
        what, wanted, reason = AGGREGATIONS[operator.kind], 1, ""
        if not arguments:
            reason = "no arguments for aggregate expression provided"
        elif what.is_experimental:
            reason = (
                f"{what.name}() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
            )
        else:
            wanted += what.parameter is not None
            if len(arguments) != wanted:
                reason = (
                    "wrong number of arguments for aggregate expression provided,"
                    f" expected {wanted}, got {len(arguments)}"
                )
        if reason:
            self.words.check_text()
            self.words.fail(operator.start, reason)
        return (arguments[0] if wanted == 2 else None), arguments[-1]


def _selector(words: Words) -> VectorSelector:
    start, name = words.token.start, ""
    if words.kind != "{":
        token = words.take()
        name = token.text
    found = matchers(words) if words.kind == "{" else ()
    return VectorSelector(name, named(name, found), Span(start, words.taken_end))
