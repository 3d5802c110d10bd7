"""How native histograms are shown: buckets as the HTTP API lists them, and as text."""

import math
from decimal import Decimal
from typing import NamedTuple

from vedette.signals.metrics.histograms.bounds import Intervals, intervals
from vedette.signals.metrics.histograms.histogram import Histogram

EXPONENT_FROM = 6
LEFT_OPEN, RIGHT_OPEN, OPEN, CLOSED = range(4)


class ShownBucket(NamedTuple):
    """A populated bucket; `rule` says which bounds belong to it: LEFT_OPEN, RIGHT_OPEN, OPEN or CLOSED."""

    rule: int
    lower: float
    upper: float
    population: float


def api_buckets(h: Histogram) -> list[ShownBucket]:
    """Return the populated buckets, ascending; those that overlap with the zero bucket begin or end where it does."""
    return _shown(h, intervals(h))


def text(h: Histogram) -> str:
    """Return the histogram as in `{count:3, sum:4.5, [-0.5,0.5]:1, (1,2]:2}`; every bucket with its own bounds."""
    buckets = [_bucket(bucket) for bucket in _shown(h, intervals(h, clipped=False))]
    return "{" + ", ".join([f"count:{number(h.count)}", f"sum:{number(h.sum)}", *buckets]) + "}"


def _shown(h: Histogram, rows: Intervals) -> list[ShownBucket]:
    negatives = len(h.negative)
    closed = negatives if h.zero_count > 0 else None
    if h.custom is not None:
        closed = 0 if len(h.positive) and h.positive.indexes[0] == 0 else None
    columns = (rows.lower.tolist(), rows.upper.tolist(), rows.counts.tolist())
    return [
        ShownBucket(CLOSED if i == closed else RIGHT_OPEN if i < negatives else LEFT_OPEN, lower, upper, count)
        for i, (lower, upper, count) in enumerate(zip(*columns, strict=True))
        if count != 0
    ]


def number(value: float) -> str:
    """Return the shortest text that reads back as the number; with an exponent below 1e-4 and from 1e6 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}".replace("inf", "Inf")
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    shown = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + int(exponent) if value else 1
    lead = "-" if sign else ""
    if not -4 <= point - 1 < EXPONENT_FROM:
        return f"{lead}{shown[0]}{'.' if shown[1:] else ''}{shown[1:]}e{point - 1:+03d}"
    if point <= 0:
        return f"{lead}0.{'0' * -point}{shown}"
    whole, rest = shown[:point].ljust(point, "0"), shown[point:]
    return f"{lead}{whole}{'.' if rest else ''}{rest}"


def _bucket(bucket: ShownBucket) -> str:
    left = "[" if bucket.rule in (RIGHT_OPEN, CLOSED) else "("
    right = "]" if bucket.rule in (LEFT_OPEN, CLOSED) else ")"
    return f"{left}{number(bucket.lower)},{number(bucket.upper)}{right}:{number(bucket.population)}"
