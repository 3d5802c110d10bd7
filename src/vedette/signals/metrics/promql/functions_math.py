"""Functions that turn each float of a vector into another one; histograms are left out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.labels import drop_metadata
from vedette.signals.metrics.promql.vectors import Floats, Scalar, Vector, merged

Pointwise: TypeAlias = Callable[[Floats], Floats]

POINTWISE: Final[Mapping[str, Pointwise]] = MappingProxyType(
    {
        "abs": np.abs,
        "ceil": np.ceil,
        "floor": np.floor,
        "exp": np.exp,
        "sqrt": np.sqrt,
        "ln": np.log,
        "log2": np.log2,
        "log10": np.log10,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "tanh": np.tanh,
        "asinh": np.arcsinh,
        "acosh": np.arccosh,
        "atanh": np.arctanh,
        "rad": lambda v: v * np.pi / 180,
        "deg": lambda v: v * 180 / np.pi,
        "sgn": np.sign,
    }
)


def pointwise(function: Pointwise, vector: Vector) -> Vector:
    """Apply a function to each float; the result is another metric."""
    vector = vector.floats()
    with np.errstate(all="ignore"):
        return merged(Vector(drop_metadata(vector.labels), function(vector.values), vector.present))


def rounded(vector: Vector, nearest: Scalar | float) -> Vector:
    """Round to multiples of `nearest`, halves upwards."""
    with np.errstate(all="ignore"):
        inverse = 1.0 / np.asarray(nearest, np.float64)
    return pointwise(lambda v: np.floor(v * inverse + 0.5) / inverse, vector)


def clamped(vector: Vector, lowest: Scalar | float, highest: Scalar | float) -> Vector:
    """Keep values between two bounds; where these contradict each other there is no result."""
    result = pointwise(lambda v: np.maximum(lowest, np.minimum(highest, v)), vector)
    sound = ~(np.asarray(highest) < np.asarray(lowest))
    return result if sound.all() else Vector(result.labels, result.values, result.present & sound)


_DAYS_BEFORE_1970: Final = 719_468
"""Days from 0000-03-01 to 1970-01-01."""


def _civil(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return year, month and day of days since 1970, by eras of 400 years that begin in March.

    Source: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
    """
    shifted = days + _DAYS_BEFORE_1970
    era, of_era = np.divmod(shifted, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    march_month = (5 * of_year + 2) // 153
    day = of_year - (153 * march_month + 2) // 5 + 1
    month = np.where(march_month < 10, march_month + 3, march_month - 9)
    return year + 400 * era + (month <= 2), month, day


def _is_leap(year: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))


_MONTH_DAYS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_DAYS_BEFORE: Final = np.concatenate([[0, 0], np.cumsum(_MONTH_DAYS[1:12])])


def _days_in_month(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    year, month, _ = _civil(seconds // 86_400)
    return np.asarray(_MONTH_DAYS[month] + ((month == 2) & _is_leap(year)))


def _day_of_year(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    year, month, day = _civil(seconds // 86_400)
    return _DAYS_BEFORE[month] + day + ((month > 2) & _is_leap(year))


DATES: Final[Mapping[str, Callable[[NDArray[np.int64]], NDArray[np.int64]]]] = MappingProxyType(
    {
        "minute": lambda s: s // 60 % 60,
        "hour": lambda s: s // 3600 % 24,
        "day_of_week": lambda s: (s // 86_400 + 4) % 7,
        "day_of_month": lambda s: _civil(s // 86_400)[2],
        "day_of_year": _day_of_year,
        "days_in_month": _days_in_month,
        "month": lambda s: _civil(s // 86_400)[1],
        "year": lambda s: _civil(s // 86_400)[0],
    }
)
"""Parts of a date in UTC, by Unix seconds."""


def date_part(name: str, values: Floats) -> Floats:
    """Return a part of the dates that values are as Unix seconds."""
    with np.errstate(all="ignore"):
        return DATES[name](values.astype(np.int64)).astype(np.float64)
