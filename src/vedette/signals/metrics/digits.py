"""Values as decimal digits: 12.34 is 1234 with scale 2.

Most of what is measured are whole numbers or has a few decimals. Neighbours then differ by small whole numbers, which
take a third of the room that the differences of their binary forms take. Whatever does not come back bit by bit is kept
as its bits: NaN of every kind, infinities, the negative zero, and numbers that are no short decimals.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Digits = NDArray[np.int64]
Scales = NDArray[np.int8]
Bools = NDArray[np.bool_]

BITS: Final = -1
"""The scale of values kept as their bits."""

MOST: Final = 6
"""The largest scale; migrations and the table's column `Value` know it too."""

_POWERS: Final[Floats] = np.array([10.0**scale for scale in range(MOST + 1)])
_LARGEST = float(1 << 53)


def to_digits(values: Floats, scales: Scales) -> tuple[Digits, Scales]:
    """Return digits and scale of each value; `scales` says which to try first, larger ones are tried after it."""
    with np.errstate(all="ignore"):
        if not scales.any():
            digits, fits = _whole(values)
        else:
            digits, fits = _scaled(values, _POWERS[scales])
        if fits.all():
            return digits, scales
        found = scales.copy()
        left = np.flatnonzero(~fits)
        digits[left], found[left] = values[left].view(np.int64), BITS
        left = left[_may_fit(values[left])]
        for scale in range(1, MOST + 1):
            if not len(left):
                break
            more, fits = _scaled(values[left], np.float64(_POWERS[scale]))
            fits &= scales[left] < scale
            digits[left[fits]], found[left[fits]] = more[fits], scale
            left = left[~fits]
        return digits, found


def from_digits(digits: Digits, scales: Scales) -> Floats:
    """Return the values."""
    if not scales.any():
        return digits.astype(np.float64)
    least, most = int(scales.min()), int(scales.max())
    if least == most:
        return digits.view(np.float64) if least == BITS else digits / _POWERS[least]
    values = digits / _POWERS[scales]  # the scale -1 reads the last power: any will do, it is overwritten
    if least == BITS:
        np.copyto(values, digits.view(np.float64), where=scales == BITS)
    return values


def _may_fit(values: Floats) -> Bools:
    """Rule out what has more decimals than the largest scale: one trial instead of one for each scale."""
    _, fits = _scaled(values, np.float64(_POWERS[MOST]))
    large: Bools = np.abs(values) >= _LARGEST / _POWERS[MOST]
    return fits | large


def _whole(values: Floats) -> tuple[Digits, Bools]:
    digits = values.astype(np.int64)
    return digits, digits.astype(np.float64).view(np.int64) == values.view(np.int64)


def _scaled(values: Floats, powers: Floats | np.float64) -> tuple[Digits, Bools]:
    scaled = np.rint(values * powers)
    digits = scaled.astype(np.int64)
    back = digits / powers
    return digits, (back.view(np.int64) == values.view(np.int64)) & (np.abs(scaled) < _LARGEST)
