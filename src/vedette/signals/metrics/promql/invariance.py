"""Which expressions have the same value at every step: those are evaluated once."""

from typing import Final

from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    Number,
    Paren,
    String,
    Subquery,
    Unary,
    VectorSelector,
)

TIME_DEPENDENT: Final = frozenset(
    {
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "days_in_month",
        "hour",
        "minute",
        "month",
        "predict_linear",
        "time",
        "timestamp",
        "year",
    }
)
"""Functions that look at the step's time, so that constant arguments do not make them constant."""


def unwrapped(expr: Expr) -> Expr:
    """Return an expression without parentheses around it."""
    while isinstance(expr, Paren):
        expr = expr.expr
    return expr


def is_invariant(expr: Expr) -> bool:
    """Return whether an expression does not depend on the step.

    An aggregation's parameter is not looked at: upstream evaluates `topk(scalar(x), y @ 0)` once as well.
    """
    match expr:
        case Number() | String():
            return True
        case VectorSelector() | Subquery():
            return expr.at is not None
        case MatrixSelector():
            return expr.vector.at is not None
        case Paren() | Unary() | Aggregate():
            return is_invariant(expr.expr)
        case Binary():
            return is_invariant(expr.left) and is_invariant(expr.right)
        case Call():
            return _is_invariant_call(expr)


def _is_invariant_call(call: Call) -> bool:
    if call.function == "timestamp":
        argument = unwrapped(call.arguments[0])
        return isinstance(argument, VectorSelector) and argument.at is not None
    return call.function not in TIME_DEPENDENT and all(is_invariant(each) for each in call.arguments)
