"""What expressions evaluate to."""

from vedette.signals.metrics.promql.functions import FUNCTIONS
from vedette.signals.metrics.promql.tree import (
    Binary,
    Call,
    Expr,
    Kind,
    MatrixSelector,
    Number,
    Paren,
    String,
    Subquery,
    Unary,
)


def kind_of(expr: Expr) -> Kind:
    """Return the kind of value an expression gives; a faulty one gives what its form suggests."""
    while isinstance(expr, Paren | Unary):
        expr = expr.expr
    if isinstance(expr, Number):
        return Kind.SCALAR
    if isinstance(expr, String):
        return Kind.STRING
    if isinstance(expr, MatrixSelector | Subquery):
        return Kind.MATRIX
    if isinstance(expr, Call):
        return FUNCTIONS[expr.function].returns
    return expr.kind if isinstance(expr, Binary) else Kind.VECTOR
