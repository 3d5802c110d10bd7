"""Trees as text: on one line as Prometheus shows expressions, and indented as its `format_query` answers."""

import re
from collections.abc import Sequence

from vedette.signals.metrics.promql.syntax.numerals import shown_duration, shown_number
from vedette.signals.metrics.promql.syntax.quoting import quote
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    Matching,
    MatrixSelector,
    Number,
    Paren,
    String,
    Subquery,
    Unary,
    VectorSelector,
)

_PLAIN_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_LINE = 100
_INDENT = "  "


def show(expr: Expr) -> str:
    """Return an expression on one line, in Prometheus' canonical form."""
    if isinstance(expr, VectorSelector):
        return _series(expr) + _when(expr)
    if isinstance(expr, MatrixSelector):
        return f"{_series(expr.vector)}[{shown_duration(expr.range_ms)}]{_when(expr.vector)}"
    if isinstance(expr, Number):
        return _number(expr)
    if isinstance(expr, String):
        return quote(expr.value)
    if isinstance(expr, Binary):
        return f"{show(expr.left)} {_operator(expr)} {show(expr.right)}"
    return _compound(expr)


def prettify(expr: Expr) -> str:
    """Return an expression on as many lines as keep each within 100 characters where it can be split."""
    return _pretty(expr, 0)


def show_matcher(matcher: Matcher) -> str:
    """Return a matcher as it stands in braces."""
    return f"{_name(matcher.name)}{matcher.op}{quote(matcher.value)}"


def _compound(expr: Aggregate | Call | Paren | Subquery | Unary) -> str:
    if isinstance(expr, Call):
        return f"{expr.function}({', '.join([show(each) for each in expr.arguments])})"
    if isinstance(expr, Aggregate):
        return f"{_aggregation(expr)}({', '.join([show(each) for each in _aggregated(expr)])})"
    if isinstance(expr, Paren):
        return f"({show(expr.expr)})"
    if isinstance(expr, Unary):
        return expr.op + show(expr.expr)
    return show(expr.expr) + _steps(expr)


def _pretty(expr: Expr, level: int) -> str:
    text = show(expr)
    indent = _INDENT * level
    if isinstance(expr, Unary):
        return indent + expr.op + _pretty(expr.expr, level).strip()
    is_short = len(text.encode(errors="surrogatepass")) <= _LONGEST_LINE
    if isinstance(expr, Subquery):  # upstream does not indent a short one
        return text if is_short else _pretty(expr.expr, level) + _steps(expr)
    if is_short or isinstance(expr, VectorSelector | MatrixSelector | Number | String):
        return indent + text
    if isinstance(expr, Binary):
        return f"{_pretty(expr.left, level + 1)}\n{indent}{_operator(expr)}\n{_pretty(expr.right, level + 1)}"
    head, parts = _head(expr)
    inner = ",\n".join([_pretty(each, level + 1) for each in parts])
    return f"{indent}{head}(\n{inner}\n{indent})"


def _head(expr: Aggregate | Call | Paren) -> tuple[str, Sequence[Expr]]:
    if isinstance(expr, Aggregate):
        return _aggregation(expr), _aggregated(expr)
    if isinstance(expr, Call):
        return expr.function, expr.arguments
    return "", [expr.expr]


def _number(expr: Number) -> str:
    if not expr.is_duration:
        return shown_number(expr.value)
    sign = "-" if expr.value < 0 else ""
    return sign + shown_duration(int(abs(expr.value) * 1e9) // 1_000_000)


def _series(selector: VectorSelector) -> str:
    shown = sorted(
        show_matcher(each)
        for each in selector.matchers
        if not (selector.name and each == Matcher("__name__", "=", selector.name))
    )
    return selector.name + ("{" + ",".join(shown) + "}" if shown else "")


def _when(expr: VectorSelector | Subquery) -> str:
    at = ""
    if expr.at is not None:
        at = f" @ {expr.at}()" if isinstance(expr.at, str) else f" @ {expr.at / 1000:.3f}"
    if not expr.offset_ms:
        return at
    return f"{at} offset {'-' if expr.offset_ms < 0 else ''}{shown_duration(abs(expr.offset_ms))}"


def _steps(expr: Subquery) -> str:
    step = shown_duration(expr.step_ms) if expr.step_ms is not None else ""
    return f"[{shown_duration(expr.range_ms)}:{step}]{_when(expr)}"


def _operator(expr: Binary) -> str:
    shown = f"{expr.op} bool" if expr.returns_bool else expr.op
    return shown + (_matching(expr.matching) if expr.matching else "")


def _matching(matching: Matching) -> str:
    is_grouped = matching.cardinality in ("many-to-one", "one-to-many")
    shown = ""
    if matching.labels or matching.is_on or is_grouped:
        shown = f" {'on' if matching.is_on else 'ignoring'} ({_labels(matching.labels)})"
    if is_grouped:
        side = "left" if matching.cardinality == "many-to-one" else "right"
        shown += f" group_{side} ({_labels(matching.include)})"
    return shown


def _aggregation(expr: Aggregate) -> str:
    if expr.is_without:
        return f"{expr.op} without ({_labels(expr.grouping)}) "
    return f"{expr.op} by ({_labels(expr.grouping)}) " if expr.grouping else expr.op


def _aggregated(expr: Aggregate) -> list[Expr]:
    return [expr.expr] if expr.parameter is None else [expr.parameter, expr.expr]


def _labels(names: Sequence[str]) -> str:
    return ", ".join(_name(each) for each in names)


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else quote(name)
