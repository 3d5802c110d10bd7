"""The functions and aggregations of PromQL: arguments, results, and what they do in a sentence.

Source: https://prometheus.io/docs/prometheus/latest/querying/functions/ and …/operators/#aggregation-operators
"""

from dataclasses import dataclass

from vedette.signals.metrics.promql.tree import Kind

_S, _V, _M, _T = Kind.SCALAR, Kind.VECTOR, Kind.MATRIX, Kind.STRING
_KINDS = {"s": _S, "v": _V, "m": _M, "t": _T}


@dataclass(frozen=True, slots=True)
class Function:
    """A function. The last `variadic` of its arguments may be left out; -1 allows any number of the last one."""

    name: str
    arguments: tuple[Kind, ...]
    variadic: int
    returns: Kind
    is_experimental: bool
    sentence: str

    @property
    def fewest(self) -> int:
        """How many arguments it needs at least."""
        return len(self.arguments) - (1 if self.variadic else 0)

    @property
    def most(self) -> int | None:
        """How many arguments it takes at most; None is any number."""
        if self.variadic < 0:
            return None
        return self.fewest + self.variadic


@dataclass(frozen=True, slots=True)
class Aggregation:
    """An aggregation operator; `parameter` is what it takes before the vector."""

    name: str
    parameter: Kind | None
    is_experimental: bool
    sentence: str


def _function(row: str, sentence: str) -> Function:
    """Read `name(kinds…) result`: `?` behind an argument that may be left out, `*` behind one that may repeat.

    `!` behind the result marks what is experimental.
    """
    signature, _, result = row.partition(" ")
    name, _, kinds = signature.rstrip(")").partition("(")
    variadic = 1 if kinds.endswith("?") else -1 if kinds.endswith("*") else 0
    if name == "histogram_quantiles":
        variadic = 9
    return Function(
        name,
        tuple(_KINDS[each] for each in kinds.rstrip("?*")),
        variadic,
        _KINDS[result.rstrip("!")],
        result.endswith("!"),
        sentence,
    )


_FUNCTIONS = {
    "abs(v) v": "Each value without its sign.",
    "absent(v) v": "1 when the vector is empty, otherwise nothing.",
    "absent_over_time(m) v": "1 when the range holds no sample at all, otherwise nothing.",
    "acos(v) v": "The arc cosine of each value, in radians.",
    "acosh(v) v": "The inverse hyperbolic cosine of each value.",
    "asin(v) v": "The arc sine of each value, in radians.",
    "asinh(v) v": "The inverse hyperbolic sine of each value.",
    "atan(v) v": "The arc tangent of each value, in radians.",
    "atanh(v) v": "The inverse hyperbolic tangent of each value.",
    "avg_over_time(m) v": "The mean of the samples in the range.",
    "ceil(v) v": "Each value rounded up to a whole number.",
    "changes(m) v": "How often the value changed within the range.",
    "clamp(vss) v": "Each value, kept between a least and a greatest one.",
    "clamp_max(vs) v": "Each value, but never more than the given one.",
    "clamp_min(vs) v": "Each value, but never less than the given one.",
    "cos(v) v": "The cosine of each value given in radians.",
    "cosh(v) v": "The hyperbolic cosine of each value.",
    "count_over_time(m) v": "How many samples are in the range.",
    "day_of_month(v?) v": "The day of the month (1 to 31, UTC) of each value read as a Unix time.",
    "day_of_week(v?) v": "The day of the week (0 is Sunday, UTC) of each value read as a Unix time.",
    "day_of_year(v?) v": "The day of the year (1 to 366, UTC) of each value read as a Unix time.",
    "days_in_month(v?) v": "How many days the month (UTC) of each value read as a Unix time has.",
    "deg(v) v": "Radians as degrees.",
    "delta(m) v": "By how much a gauge has changed over the range.",
    "deriv(m) v": "The per-second slope of a line laid through the samples in the range.",
    "double_exponential_smoothing(mss) v!": "A smoothed value of the series in the range.",
    "end() s!": "The end of the queried range as a Unix time.",
    "exp(v) v": "e to the power of each value.",
    "first_over_time(m) v": "The oldest sample in the range.",
    "floor(v) v": "Each value rounded down to a whole number.",
    "histogram_avg(v) v": "The mean of the observations in each native histogram.",
    "histogram_count(v) v": "How many observations each native histogram holds.",
    "histogram_fraction(ssv) v": "The share of observations between two bounds.",
    "histogram_quantile(sv) v": "The value below which the given share of observations lies.",
    "histogram_quantiles(vtss*) v!": "Several quantiles of the same histograms, told apart by a label.",
    "histogram_stddev(v) v": "The estimated standard deviation of the observations in each native histogram.",
    "histogram_stdvar(v) v": "The estimated variance of the observations in each native histogram.",
    "histogram_sum(v) v": "The sum of the observations in each native histogram.",
    "hour(v?) v": "The hour of the day (0 to 23, UTC) of each value read as a Unix time.",
    "idelta(m) v": "The difference of the last two samples in the range.",
    "increase(m) v": "By how much a counter has risen over the range, resets taken into account.",
    "info(vv?) v!": "The vector, with labels of matching info metrics added.",
    "irate(m) v": "The per-second rise of a counter between the last two samples in the range.",
    "label_join(vttt*) v": "The vector, with a label joined from the values of others.",
    "label_replace(vtttt) v": "The vector, with a label set from another one by a regular expression.",
    "last_over_time(m) v": "The newest sample in the range.",
    "ln(v) v": "The natural logarithm of each value.",
    "log10(v) v": "The decimal logarithm of each value.",
    "log2(v) v": "The binary logarithm of each value.",
    "mad_over_time(m) v!": "The median absolute deviation of the samples in the range.",
    "max_of(ss) s!": "The greater of two numbers.",
    "max_over_time(m) v": "The greatest sample in the range.",
    "min_of(ss) s!": "The lesser of two numbers.",
    "min_over_time(m) v": "The least sample in the range.",
    "minute(v?) v": "The minute of the hour (0 to 59, UTC) of each value read as a Unix time.",
    "month(v?) v": "The month (1 to 12, UTC) of each value read as a Unix time.",
    "pi() s": "The number pi.",
    "predict_linear(ms) v": "What a gauge will be in so many seconds if it goes on as over the range.",
    "present_over_time(m) v": "1 for each series that has a sample in the range.",
    "quantile_over_time(sm) v": "The given quantile of the samples in the range.",
    "rad(v) v": "Degrees as radians.",
    "range() s!": "The length of the queried range in seconds.",
    "rate(m) v": "The per-second rise of a counter averaged over the range, resets taken into account.",
    "resets(m) v": "How often a counter was reset within the range.",
    "round(vs?) v": "Each value rounded to the nearest whole number, or multiple of the given one.",
    "scalar(v) s": "The value of the only series, as a plain number; NaN unless there is exactly one.",
    "sgn(v) v": "The sign of each value: 1, 0 or -1.",
    "sin(v) v": "The sine of each value given in radians.",
    "sinh(v) v": "The hyperbolic sine of each value.",
    "sort(v) v": "The series in order of their values, least first.",
    "sort_by_label(vt*) v!": "The series in order of the given labels.",
    "sort_by_label_desc(vt*) v!": "The series in reverse order of the given labels.",
    "sort_desc(v) v": "The series in order of their values, greatest first.",
    "sqrt(v) v": "The square root of each value.",
    "start() s!": "The start of the queried range as a Unix time.",
    "start_timestamp(v) v!": "When each series began to count, as a Unix time.",
    "stddev_over_time(m) v": "The standard deviation of the samples in the range.",
    "stdvar_over_time(m) v": "The variance of the samples in the range.",
    "step() s!": "The step of the query in seconds.",
    "sum_over_time(m) v": "The sum of the samples in the range.",
    "tan(v) v": "The tangent of each value given in radians.",
    "tanh(v) v": "The hyperbolic tangent of each value.",
    "time() s": "The time the query is evaluated for, as a Unix time.",
    "timestamp(v) v": "When each sample was taken, as a Unix time.",
    "ts_of_first_over_time(m) v!": "When the oldest sample in the range was taken.",
    "ts_of_last_over_time(m) v!": "When the newest sample in the range was taken.",
    "ts_of_max_over_time(m) v!": "When the greatest sample in the range was last taken.",
    "ts_of_min_over_time(m) v!": "When the least sample in the range was last taken.",
    "vector(s) v": "A number as a vector of one series without labels.",
    "year(v?) v": "The year (UTC) of each value read as a Unix time.",
}

FUNCTIONS: dict[str, Function] = {
    each.name: each for each in (_function(row, sentence) for row, sentence in _FUNCTIONS.items())
}

AGGREGATIONS: dict[str, Aggregation] = {
    each.name: each
    for each in (
        Aggregation("avg", None, False, "The mean of the group."),
        Aggregation("bottomk", _S, False, "The k least series of the group."),
        Aggregation("count", None, False, "How many series are in the group."),
        Aggregation("count_values", _T, False, "How many series of the group share each value."),
        Aggregation("group", None, False, "1 for each group."),
        Aggregation("limit_ratio", _S, True, "About the given share of the series of the group."),
        Aggregation("limitk", _S, True, "Any k series of the group."),
        Aggregation("max", None, False, "The greatest value of the group."),
        Aggregation("min", None, False, "The least value of the group."),
        Aggregation("quantile", _S, False, "The given quantile of the group."),
        Aggregation("stddev", None, False, "The standard deviation of the group."),
        Aggregation("stdvar", None, False, "The variance of the group."),
        Aggregation("sum", None, False, "The sum of the group."),
        Aggregation("topk", _S, False, "The k greatest series of the group."),
    )
}
