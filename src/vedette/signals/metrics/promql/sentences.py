"""A sentence for each part of a query."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from vedette.signals.metrics.promql.functions import FUNCTIONS
from vedette.signals.metrics.promql.printer import show
from vedette.signals.metrics.promql.syntax.numerals import shown_number
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    At,
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

_UNITS = [("year", 31_536_000_000), ("week", 604_800_000), ("day", 86_400_000), ("hour", 3_600_000)]
_UNITS += [("minute", 60_000), ("second", 1000), ("millisecond", 1)]

_MATCHES = {"=": "is", "!=": "is not", "=~": "matches", "!~": "does not match"}

_OVER_RANGE = {
    "rate": "per-second increase, averaged over {range}",
    "irate": "per-second increase between the last two samples of {range}",
    "increase": "increase over {range}",
    "delta": "change over {range}",
    "idelta": "difference of the last two samples of {range}",
    "deriv": "per-second slope of a line through {range}",
    "changes": "how often the value changed in {range}",
    "resets": "how often the counter was reset in {range}",
    "avg_over_time": "average of {range}",
    "min_over_time": "least value of {range}",
    "max_over_time": "greatest value of {range}",
    "sum_over_time": "sum of all samples of {range}",
    "count_over_time": "number of samples in {range}",
    "last_over_time": "newest sample of {range}",
    "first_over_time": "oldest sample of {range}",
    "present_over_time": "1 for each series with a sample in {range}",
    "absent_over_time": "1 if there is no sample at all in {range}",
    "stddev_over_time": "standard deviation of {range}",
    "stdvar_over_time": "variance of {range}",
}

_AGGREGATES = {
    "sum": "sum",
    "avg": "average",
    "min": "least value",
    "max": "greatest value",
    "count": "number of series",
    "group": "1 for each group",
    "stddev": "standard deviation",
    "stdvar": "variance",
    "topk": "the {parameter} greatest series",
    "bottomk": "the {parameter} least series",
    "quantile": "the {parameter} quantile",
    "count_values": "number of series with each value, the value in the label {parameter}",
}

_ARITHMETIC = {
    "+": "sum of left and right",
    "-": "left minus right",
    "*": "left times right",
    "/": "left divided by right",
    "%": "remainder of left divided by right",
    "^": "left to the power of right",
    "atan2": "angle of the point (right, left)",
    "</": "histograms on the left without what lies above right",
    ">/": "histograms on the left without what lies below right",
}

_COMPARISONS = {
    "==": "equal to",
    "!=": "different from",
    ">": "greater than",
    "<": "less than",
    ">=": "at least",
    "<=": "at most",
}

_SETS = {
    "and": "series on the left that have a partner on the right",
    "or": "series on the left, and those on the right that have no partner there",
    "unless": "series on the left that have no partner on the right",
}


def sentence_of(expr: Expr) -> str:
    """Return what an expression does; what its own parts do is left to their sentences."""
    return _WRITERS[type(expr)](expr)


def time_span(ms: int) -> str:
    """Return a length of time in words: `5 minutes`, `1 hour 30 minutes`."""
    words = []
    for unit, size in _UNITS:
        if unit in ("year", "week") and ms % size:
            continue
        count, ms = divmod(ms, size)
        if count:
            words.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(words) or "0 seconds"


def _last(ms: int) -> str:
    """Return `the last 5 minutes`; a single unit goes without its number."""
    return f"the last {time_span(ms).removeprefix('1 ') if time_span(ms).count(' ') == 1 else time_span(ms)}"


def _when(at: At | None, offset_ms: int) -> str:
    words = ""
    if isinstance(at, str):
        words = f", as of the {at} of the queried time range"
    elif at is not None:
        words = f", as of {_moment(at)}"
    if offset_ms:
        words += f", {time_span(abs(offset_ms))} {'earlier' if offset_ms > 0 else 'later'}"
    return words


def _moment(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"Unix time {at_ms / 1000:g}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _conditions(matchers: Sequence[Matcher]) -> str:
    said = []
    for each in matchers:
        label = "the name" if each.name == "__name__" else each.name
        if each.value == "" and each.op in ("=", "!="):
            said.append(f"{label} is {'absent' if each.op == '=' else 'present'}")
        else:
            said.append(f'{label} {_MATCHES[each.op]} "{each.value}"')
    return _listed(said) if said else ""


def _series(selector: VectorSelector) -> str:
    matchers = list(selector.matchers)
    name = next((each for each in matchers if each.name == "__name__" and each.op == "="), None)
    if name is not None:
        matchers.remove(name)
    what = f"series of {name.value}" if name is not None else "all series"
    return what + (f" where {_conditions(matchers)}" if matchers else "")


def _selector(expr: VectorSelector) -> str:
    return f"current value of the {_series(expr)}{_when(expr.at, expr.offset_ms)}".replace("the all", "all")


def _range(expr: MatrixSelector) -> str:
    selector = expr.vector
    return f"samples of {_last(expr.range_ms)}, {_series(selector)}{_when(selector.at, selector.offset_ms)}"


def _subquery(expr: Subquery) -> str:
    step = f"every {time_span(expr.step_ms)}" if expr.step_ms is not None else "at the default interval"
    return f"values of {_last(expr.range_ms)}, worked out {step}{_when(expr.at, expr.offset_ms)}"


def _unary(expr: Unary) -> str:
    return "the same with its sign turned" if expr.op == "-" else "the same"


def _call(expr: Call) -> str:
    ranged = next((each for each in expr.arguments if isinstance(each, MatrixSelector | Subquery)), None)
    if ranged is not None and expr.function in _OVER_RANGE:
        return _OVER_RANGE[expr.function].format(range=_last(ranged.range_ms))
    if expr.function == "histogram_quantile":
        return f"value below which {_share(expr.arguments[0])} of the observations lie"
    if expr.function == "quantile_over_time" and ranged is not None:
        return f"the {show(expr.arguments[0])} quantile of {_last(ranged.range_ms)}"
    sentence = FUNCTIONS[expr.function].sentence.rstrip(".")
    given = [show(each) for each in expr.arguments if isinstance(each, Number | String)]
    return sentence[0].lower() + sentence[1:] + (f" ({', '.join(given)})" if given else "")


def _share(expr: Expr) -> str:
    if isinstance(expr, Number) and 0 <= expr.value <= 1:
        return f"{shown_number(round(expr.value * 100, 6))} %"
    return f"the share {show(expr)}"


def _aggregate(expr: Aggregate) -> str:
    parameter = show(expr.parameter) if expr.parameter is not None else ""
    what = _AGGREGATES.get(expr.op, expr.op).format(parameter=parameter)
    if not expr.grouping:
        return f"{what}, every label kept apart" if expr.is_without else f"{what} of all"
    if expr.is_without:
        return f"{what}, kept apart by all labels except {_listed(expr.grouping)}"
    return f"{what}, kept apart by {_listed(expr.grouping)}"


def _binary(expr: Binary) -> str:
    return _operation(expr) + (_partners(expr.matching) if expr.matching is not None else "")


def _operation(expr: Binary) -> str:
    if expr.op in _SETS:
        return _SETS[expr.op]
    if expr.op not in _COMPARISONS:
        return _ARITHMETIC[expr.op]
    than = f"{_COMPARISONS[expr.op]} {show(expr.right) if isinstance(expr.right, Number) else 'right'}"
    if expr.returns_bool:
        return f"1 where left is {than}, otherwise 0"
    if isinstance(expr.left, Number):
        return f"only values on the right for which {show(expr.left)} is {_COMPARISONS[expr.op]} the value"
    return f"only values on the left that are {than}"


def _partners(matching: Matching) -> str:
    words = ""
    if matching.is_on:
        words = f", matched on {_listed(matching.labels)}" if matching.labels else ", matched whatever the labels"
    elif matching.labels:
        words = f", matched on all labels except {_listed(matching.labels)}"
    sides = {"many-to-one": ("left", "right"), "one-to-many": ("right", "left")}
    if matching.cardinality in sides:
        many, one = sides[matching.cardinality]
        words += f"; several series on the {many} may share one on the {one}"
        words += f", from which they take {_listed(matching.include)}" if matching.include else ""
    return words


_WRITERS: dict[type, Callable[..., str]] = {
    VectorSelector: _selector,
    MatrixSelector: _range,
    Subquery: _subquery,
    Unary: _unary,
    Binary: _binary,
    Aggregate: _aggregate,
    Call: _call,
    Paren: lambda expr: sentence_of(expr.expr),
    Number: lambda expr: f"the number {show(expr)}",
    String: lambda expr: f"the text {show(expr)}",
}
