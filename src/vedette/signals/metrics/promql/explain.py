"""What a query does, part by part, in plain English."""

from dataclasses import dataclass

from vedette.signals.metrics.promql import sentences
from vedette.signals.metrics.promql.kinds import kind_of
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Kind,
    Number,
    Paren,
    String,
    Subquery,
    Unary,
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a query: where it stands (UTF-8 bytes), what it gives, and in a sentence what it does."""

    text: str
    start: int
    end: int
    kind: Kind
    sentence: str
    children: tuple["Explained", ...]


def explain(expr: Expr, text: str) -> Explained:
    """Return the parts of a tree that was read from `text`; parentheses are left out, plain arguments too."""
    return _explained(expr, text.encode(errors="surrogatepass"))


def _explained(expr: Expr, text: bytes) -> Explained:
    while isinstance(expr, Paren):
        expr = expr.expr
    return Explained(
        text[expr.span.start : expr.span.end].decode(errors="replace"),
        expr.span.start,
        expr.span.end,
        kind_of(expr),
        sentences.sentence_of(expr),
        tuple(_explained(each, text) for each in _parts(expr)),
    )


def _parts(expr: Expr) -> list[Expr]:
    """Return the inner expressions worth a sentence of their own: literals are said in that of their parent."""
    parts: list[Expr] = []
    if isinstance(expr, Binary):
        parts = [expr.left, expr.right]
    elif isinstance(expr, Call):
        parts = list(expr.arguments)
    elif isinstance(expr, Aggregate):
        parts = [expr.expr] if expr.parameter is None else [expr.parameter, expr.expr]
    elif isinstance(expr, Subquery | Unary):
        parts = [expr.expr]
    return [each for each in parts if not isinstance(each, Number | String)]
