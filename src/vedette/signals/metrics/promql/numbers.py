"""Floating-point numbers as Go reads and prints them, since labels and messages carry them."""

import math
import re
from decimal import Decimal
from functools import lru_cache

_LITERAL = re.compile(
    r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+\.?[0-9a-fA-F]*[pP][+-]?\d+)"
)
_NAMED = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}


@lru_cache(maxsize=4096)
def parse(text: str) -> float | None:
    """Return the number, or None when it is none for Go's strconv.ParseFloat."""
    if _LITERAL.fullmatch(text):
        value = float.fromhex(text) if "x" in text.lower() else float(text)
        return None if math.isinf(value) else value
    sign = -1.0 if text.startswith("-") else 1.0
    named = _NAMED.get(text.lstrip("+-").lower()) if len(text) - len(text.lstrip("+-")) <= 1 else None
    return None if named is None else sign * named


def plain(value: float) -> str:
    """Print without an exponent, with as many digits as the value needs."""
    if not math.isfinite(value):
        return _special(value)
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0") if "." in text else text


def general(value: float) -> str:
    """Print as Go's %g and %v do: with an exponent below 1e-4 and from 1e6 on."""
    if not math.isfinite(value):
        return _special(value)
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 -- finite, see above
    point = len(digits) + exponent - 1
    if -4 <= point < 6:
        return plain(value)
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if point < 0 else '+'}{abs(point):02d}"


def open_metrics(value: float) -> str:
    """Print as OpenMetrics wants label values that are numbers: `1.0`, not `1`."""
    text = general(value)
    return text if any(c in text for c in "e.NI") else f"{text}.0"


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"
