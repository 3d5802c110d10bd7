"""Values as decimal digits: 12.34 is 1234 with scale 2.

Most of what is measured are whole numbers or has a few decimals. Neighbours then differ by small whole numbers, which
take a third of the room that the differences of their binary forms take. Counters of seconds are sums of such numbers
and miss them by what rounding added up: that is kept as a count of steps between neighbouring floats ("ulps"). What
is no decimal at all is kept as its bits, as are NaN of every kind, infinities and the negative zero. Every value comes
back bit by bit.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Scales = NDArray[np.int8]
Bools = NDArray[np.bool_]

BITS: Final = -1
"""The scale of values kept as their bits."""

MOST: Final = 9
"""The largest scale; migrations and the table's column `Value` know it too."""

COLUMNS: Final = ("Digits", "Scale", "Ulps")
"""The columns that make up a value."""

_POWERS: Final[Floats] = np.array([10.0**scale for scale in range(MOST + 1)])
_LARGEST = float(1 << 53)
_MOST_ULPS = (1 << 15) - 1
_FEW_ULPS = 64
_NEAR = 1 / 64
"""How near to a whole number scaled values must be to count as one when they are more than a few floats off."""


class Decimals(NamedTuple):
    """Values in columns: digits / 10**scale, and as many floats further; with the scale `BITS` digits are the bits."""

    digits: Ints
    scales: Scales
    ulps: NDArray[np.int16]

    def at(self, index: NDArray[np.intp] | slice) -> "Decimals":
        """Return some of them."""
        return Decimals(self.digits[index], self.scales[index], self.ulps[index])

    def columns(self) -> dict[str, pa.Array]:
        """Return them as columns of `samples`."""
        return dict(zip(COLUMNS, map(pa.array, self), strict=True))

    def values(self) -> Floats:
        """Return the values."""
        digits, scales, ulps = self
        least, most = (int(scales.min()), int(scales.max())) if scales.any() else (0, 0)
        if least == most:
            values = digits.view(np.float64) if least == BITS else digits / _POWERS[least]
        else:
            values = digits / _POWERS[scales]  # BITS reads the last power: any will do, it is overwritten
            if least == BITS:
                np.copyto(values, digits.view(np.float64), where=scales == BITS)
        return (values.view(np.int64) + ulps).view(np.float64) if ulps.any() else values


def joined(parts: Sequence[Decimals]) -> Decimals:
    """Return several, one after the other."""
    return Decimals(
        np.concatenate([each.digits for each in parts]),
        np.concatenate([each.scales for each in parts]),
        np.concatenate([each.ulps for each in parts]),
    )


def stored(table: pa.Table) -> Decimals:
    """Return the columns of rows of `samples`."""
    digits, scales, ulps = (table[name].to_numpy() for name in COLUMNS)
    return Decimals(digits, scales, ulps)


def decimals(values: Floats, scales: Scales) -> Decimals:
    """Take values apart; `scales` says which to try first with each, larger ones are tried after it."""
    ulps = np.zeros(len(values), np.int16)
    with np.errstate(all="ignore"):
        if not scales.any():
            digits = values.astype(np.int64)
            left = np.flatnonzero(digits.astype(np.float64).view(np.int64) != values.view(np.int64))
            if not len(left):
                return Decimals(digits, scales, ulps)
        else:
            digits, left = np.empty(len(values), np.int64), np.arange(len(values))
        found = scales.copy()
        left = _settle(values, left, scales[left], digits, found, ulps)
        least = scales[left]
        digits[left], found[left] = values[left].view(np.int64), BITS
        left, least = _hopeful(values, left, least)
        for scale in range(1, MOST + 1):
            if not len(left):
                break
            due = least < scale
            missed = _settle(values, left[due], np.full(int(due.sum()), scale, np.int8), digits, found, ulps)
            kept = ~due | np.isin(left, missed, assume_unique=True)
            left, least = left[kept], least[kept]
        return Decimals(digits, found, ulps)


def _hopeful(values: Floats, places: NDArray[np.intp], least: Scales) -> tuple[NDArray[np.intp], Scales]:
    """Leave out what has more decimals than the largest scale: one trial instead of one for each scale."""
    _, fits, _ = _scaled(values[places], _POWERS[MOST])
    fits |= np.abs(values[places]) >= _LARGEST / _POWERS[MOST]
    return places[fits], least[fits]


def _settle(
    values: Floats,
    places: NDArray[np.intp],
    tried: Scales,
    digits: Ints,
    scales: Scales,
    ulps: NDArray[np.int16],
) -> NDArray[np.intp]:
    """Fill in what fits the scales `tried`, and return the places of the others."""
    if not len(places):
        return places
    whole, fits, off = _scaled(values[places], _POWERS[tried])
    settled = places[fits]
    digits[settled], scales[settled], ulps[settled] = whole[fits], tried[fits], off[fits]
    return places[~fits]


def _scaled(values: Floats, powers: Floats | np.float64) -> tuple[Ints, Bools, Ints]:
    """Return digits, whether they do, and how many floats their value is off."""
    scaled = values * powers
    whole = np.rint(scaled)
    digits = whole.astype(np.int64)
    off = values.view(np.int64) - (digits / powers).view(np.int64)
    most = np.where(np.abs(scaled - whole) <= _NEAR, _MOST_ULPS, _FEW_ULPS)
    fits: Bools = (np.abs(whole) < _LARGEST) & (off >= -most) & (off <= most)
    return digits, fits, off
