"""Queries of every kind that Prometheus 2.42 and 3 answer alike.

Left out is what changed in between: names of functions, newer functions, and subqueries whose range begins at one of
their own steps (the times at which these queries are asked see to that).
"""

from collections.abc import Iterator
from pathlib import Path

GAUGES = ("temperature", "sparse", 'odd{kind!~"inf|nan|large"}')
COUNTERS = ("requests_total", 'errors_total{code=~"4..|5.."}', "latency_seconds_count")

OVER_TIME = ("avg", "min", "max", "sum", "count", "stddev", "stdvar", "last", "present")
OF_COUNTERS = ("rate", "increase", "irate", "resets", "changes")
OF_GAUGES = ("delta", "idelta", "deriv", "changes")
MATHS = (
    *("abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "sin", "cos", "tan", "atan", "sinh"),
    *("cosh", "tanh", "asinh", "deg", "rad", "round", "sort", "sort_desc"),
)
CLOCK = ("minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year")
AGGREGATIONS = ("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar")


def queries() -> list[str]:
    """Return all of them, each once."""
    return list(dict.fromkeys([*_listed(), *_over_time(), *_functions(), *_aggregations(), *_operators()]))


def _listed() -> Iterator[str]:
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if line and not line.startswith("#"))
    yield from GAUGES + COUNTERS


def _over_time() -> Iterator[str]:
    for place, name in enumerate(OVER_TIME):
        for metric in (*GAUGES, "requests_total"):
            yield f"{name}_over_time({metric}[{('1m', '5m', '17m', '40m')[place % 4]}])"
    for name in (*OVER_TIME[:6], "last", "present"):
        yield f"{name}_over_time(temperature[10m:1m])"
        yield f"{name}_over_time(rate(requests_total[5m])[30m:2m])"
    for q in ("0", "0.25", "0.5", "0.99", "1", "1.5", "-1"):
        yield f"quantile_over_time({q}, temperature[10m])"


def _functions() -> Iterator[str]:
    for name in OF_COUNTERS:
        for span, metric in zip(("2m", "5m", "20m"), COUNTERS, strict=True):
            yield f"{name}({metric}[{span}])"
    for name in OF_GAUGES:
        for span, metric in zip(("3m", "11m", "5m"), GAUGES, strict=True):
            yield f"{name}({metric}[{span}])"
    yield from (f"{name}(temperature)" for name in MATHS)
    yield from (f"{name}()" for name in (*CLOCK, "time", "pi"))
    yield from (f"{name}(timestamp(temperature))" for name in CLOCK)
    for q in ("0", "0.5", "0.9", "0.99", "1"):
        yield f"histogram_quantile({q}, rate(latency_seconds_bucket[5m]))"
        yield f"histogram_quantile({q}, sum by (le, job) (rate(latency_seconds_bucket[10m])))"


def _aggregations() -> Iterator[str]:
    for name in AGGREGATIONS:
        yield f"{name}(temperature)"
        yield f"{name} by (job) (rate(requests_total[5m]))"
        yield f"{name} without (instance, code) (requests_total)"
        yield f"{name} by (zone, none) (sparse)"
    for name in ("min", "max", "count", "group"):
        yield f"{name}(odd)"
    for k in ("1", "3", "100", "0"):
        yield f"topk({k}, rate(requests_total[5m]))"
        yield f"bottomk by (job) ({k}, temperature)"
    yield from (f"quantile by (job) ({q}, temperature)" for q in ("0", "0.3", "0.5", "1", "7"))


def _operators() -> Iterator[str]:
    for operator in ("+", "-", "*", "/", "%", "^", "atan2"):
        yield f"-temperature {operator} on (job, instance) sparse"
        yield f"-temperature {operator} 3"
        yield f"3 {operator} -temperature"
        yield f"rate(requests_total[5m]) {operator} on (job, instance, code) rate(errors_total[5m])"
    for operator in ("==", "!=", ">", "<", ">=", "<="):
        yield f"temperature {operator} 20"
        yield f"temperature {operator} bool 20"
        yield f"20 {operator} temperature"
        yield f"requests_total {operator} ignoring (code) group_left errors_total{{code='404'}}"
        yield f"1 {operator} bool 2"
    for operator in ("and", "or", "unless"):
        yield f"temperature {operator} sparse"
        yield f'up {operator} on (job) limit{{job=~"a.*"}}'
        yield f'requests_total {operator} ignoring (code) errors_total{{code="500"}} > 50'
