"""What may follow an operand: `[5m]`, `[5m:1m]`, `offset 5m`, `@ 123`."""

import math
from dataclasses import replace

from vedette.signals.metrics.promql.syntax import durations, numerals
from vedette.signals.metrics.promql.syntax.durations import Duration
from vedette.signals.metrics.promql.syntax.words import Words
from vedette.signals.metrics.promql.tree import At, Expr, MatrixSelector, Span, Subquery, VectorSelector

POSTFIX = frozenset(["[", "offset", "@", "smoothed", "anchored"])

_ANY_DURATION = "number, duration, step(), or range()"
_WANTED = "must be preceded by an instant vector selector or range vector selector or a subquery"
_MOST_MS = (1 << 63) - 1


def apply(words: Words, expr: Expr) -> Expr:
    """Read one modifier and return the expression with it."""
    token = words.take()
    if token.kind == "[":
        return _bracket(words, expr, token.start)
    if token.kind == "offset":
        return _offset(words, expr)
    if token.kind != "@":
        words.fail(expr.span.start, f"{token.kind} modifier is experimental and not enabled")
    return _at(words, expr)


def _bracket(words: Words, expr: Expr, start: int) -> Expr:
    range_ms = Duration(words, "subquery or range selector", _ANY_DURATION).positive_ms()
    if words.take_if("]"):
        return _range(words, expr, start, range_ms)
    if words.take_if(":") is None:
        words.unexpected("subquery or range", '":" or "]"')
    step_ms = None
    if words.kind != "]":
        expected = 'number, duration, step(), range(), or "]"'
        step_ms = Duration(words, "subquery selector", expected).positive_ms()
        if words.kind != "]":
            words.unexpected("subquery selector", '"]"')
    return Subquery(expr, range_ms, step_ms, Span(expr.span.start, words.take().end))


def _range(words: Words, expr: Expr, start: int, range_ms: int) -> Expr:
    if not isinstance(expr, VectorSelector):
        words.fail(start, "ranges only allowed for vector selectors")
    if expr.offset_ms:
        words.fail(start, "no offset modifiers allowed before range")
    if expr.at is not None:
        words.fail(start, "no @ modifiers allowed before range")
    return MatrixSelector(expr, range_ms, Span(expr.span.start, words.taken_end))


def _offset(words: Words, expr: Expr) -> Expr:
    offset_ms = Duration(words, "offset", _ANY_DURATION).signed_ms()
    start = expr.span.start
    if not isinstance(expr, VectorSelector | MatrixSelector | Subquery):
        words.fail(start, f"offset modifier {_WANTED}")
    selector = expr.vector if isinstance(expr, MatrixSelector) else expr
    if selector.offset_ms:
        words.fail(start, "offset may not be set multiple times")
    return _changed(expr, offset_ms, selector.at, words.taken_end)


def _at(words: Words, expr: Expr) -> Expr:
    at = _time(words, expr)
    start = expr.span.start
    if not isinstance(expr, VectorSelector | MatrixSelector | Subquery):
        words.fail(start, f"@ modifier {_WANTED}")
    selector = expr.vector if isinstance(expr, MatrixSelector) else expr
    if selector.at is not None:
        words.fail(start, "@ <timestamp> may not be set multiple times")
    return _changed(expr, selector.offset_ms, at, words.taken_end)


def _time(words: Words, expr: Expr) -> At:
    if words.kind in ("start", "end"):
        at: At = "start" if words.take().kind == "start" else "end"
        if words.take_if("(") is None or words.take_if(")") is None:
            words.unexpected("@", "timestamp")
        return at
    sign = -1 if words.kind == "-" else 1
    if words.kind in ("+", "-"):
        words.take()
    if words.kind not in ("NUMBER", "DURATION"):
        words.unexpected("@", "timestamp")
    seconds = durations.number(words)[0] * sign
    if not -(2.0**63) < seconds < 2.0**63:
        shown = numerals.shown_number(seconds) if not math.isfinite(seconds) else f"{seconds:f}"
        words.fail(expr.span.start, f"timestamp out of bounds for @ modifier: {shown}")
    return max(-_MOST_MS - 1, min(_MOST_MS, numerals.rounded(seconds * 1000)))


def _changed(expr: VectorSelector | MatrixSelector | Subquery, offset_ms: int, at: At | None, end: int) -> Expr:
    span = Span(expr.span.start, end)
    if isinstance(expr, MatrixSelector):
        return replace(expr, vector=replace(expr.vector, offset_ms=offset_ms, at=at), span=span)
    return replace(expr, offset_ms=offset_ms, at=at, span=span)
