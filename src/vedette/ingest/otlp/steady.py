"""Data points whose bytes are known but for times and values, read many at once.

A point begins with fields of eight bytes: its times, and its value or its count and sum. What follows is the same each
time, or can be told apart by its place: the counts before the bounds of a histogram, the extremes at its end. Such a
point is found by the bytes that stay, and is nothing but that because one with the same bytes was read in full.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PADDING: Final = bytes(64)
"""What must stand behind the data, so that the last point can be looked at as others can."""

_FIELD = 9  # bytes of a field of eight bytes with its tag
_START, _TIME, _THIRD, _FOURTH = 1, 2, 3, 4
_NUMBER_FIELDS = {0x11: _START, 0x19: _TIME, 0x21: _THIRD, 0x31: _FOURTH}  # the value as double, as integer
_HISTOGRAM_FIELDS = {0x11: _START, 0x19: _TIME, 0x21: _THIRD, 0x29: _FOURTH}  # count and sum
_ATTRIBUTES_OF_NUMBER, _ATTRIBUTES_OF_HISTOGRAM, _COUNTS, _BOUNDS, _MIN, _MAX = 0x3A, 0x4A, 0x32, 0x3A, 0x59, 0x61
_LARGE = np.uint64(1 << 48)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Points with one value; what is said of those that are not `steady` means nothing."""

    steady: Bools
    times_ms: Ints
    values: NDArray[np.float64]
    known_from: Ints


def read_numbers(data: Bytes, begins: Ints, ends: Ints) -> Numbers:
    """Read points of gauges and sums; known by the bytes from `known_from` to their end."""
    fields = _leading(data, begins, _NUMBER_FIELDS, 3)
    known_from = begins + fields.count * _FIELD
    third, fourth = fields.has(_THIRD), fields.has(_FOURTH)
    steady = fields.is_sound & fields.has(_TIME) & (third != fourth) & (known_from <= ends)
    doubles, integers = fields.read(_THIRD, "<f8"), fields.read(_FOURTH, "<i8")
    values = np.where(third, doubles, integers.astype(np.float64))
    return Numbers(steady, fields.times_ms(), values, known_from)


@dataclass(frozen=True, slots=True)
class Histograms:
    """Points of explicit histograms; what is said of those that are not `steady` means nothing."""

    steady: Bools
    times_ms: Ints
    counts: NDArray[np.float64]
    sums: NDArray[np.float64]
    has_sum: Bools
    buckets_from: Ints
    bucket_counts: Ints
    known_from: Ints
    known_to: Ints


def read_histograms(data: Bytes, begins: Ints, ends: Ints) -> Histograms:
    """Read points of explicit histograms but for the counts of their buckets."""
    fields = _leading(data, begins, _HISTOGRAM_FIELDS, 4)
    after = begins + fields.count * _FIELD
    low, high = data[after + 1].astype(np.int64), data[after + 2].astype(np.int64)
    is_long = low > 127
    has_buckets = data[after] == _COUNTS
    size = np.where(has_buckets, np.where(is_long, (low & 127) | (high << 7), low), 0)
    buckets_from = after + np.where(has_buckets, 2 + is_long, 0)
    known_from = buckets_from + size
    steady = fields.is_sound & fields.has(_TIME) & (size % 8 == 0) & ~(has_buckets & is_long & (high > 127))
    known_to = ends
    for tag in (_MAX, _MIN):
        behind = known_to - _FIELD
        known_to = np.where((behind >= known_from) & (data[behind] == tag), behind, known_to)
    counts = fields.read(_THIRD, "<u8").astype(np.float64)
    return Histograms(
        steady & (known_from <= known_to),
        fields.times_ms(),
        np.where(fields.has(_THIRD), counts, 0.0),
        fields.read(_FOURTH, "<f8"),
        fields.has(_FOURTH),
        buckets_from,
        size // 8,
        known_from,
        known_to,
    )


def read_buckets(data: Bytes, begins: Ints, counts: int, wanted: int) -> NDArray[np.float64]:
    """Return, for points with `counts` counts each, how many values the first `wanted` buckets hold together."""
    raw = np.ascontiguousarray(data[begins[:, None] + np.arange(counts * 8)]).view("<u8")[:, :wanted]
    if raw.size and raw.max() >= _LARGE:  # their sum might not fit
        return raw.astype(object).cumsum(axis=1).astype(np.float64)
    return raw.cumsum(axis=1).astype(np.float64)


def is_known_by(payload: bytes, begin: int, end: int, *, is_histogram: bool) -> bool:
    """Tell whether bytes hold attributes and nothing else, and the bounds of a histogram before them."""
    tag = _ATTRIBUTES_OF_HISTOGRAM if is_histogram else _ATTRIBUTES_OF_NUMBER
    place = begin
    while place < end:
        if payload[place] != tag and not (is_histogram and place == begin and payload[place] == _BOUNDS):
            return False
        place += 1
        length = shift = 0
        while True:
            byte = payload[place]
            place += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        place += length
    return place == end


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of eight bytes at the beginning of points: `kinds` one row a point, zero where there is none."""

    data: Bytes
    begins: Ints
    kinds: Bytes
    count: Ints
    is_sound: Bools

    def has(self, kind: int) -> Bools:
        found: Bools = (self.kinds == kind).any(axis=1)
        return found

    def read(self, kind: int, dtype: str) -> NDArray[Any]:
        """Return the field of that kind; meaningless where there is none."""
        places = self.begins + (self.kinds == kind).argmax(axis=1) * _FIELD + 1
        return np.ascontiguousarray(self.data[places[:, None] + np.arange(8)]).view(dtype)[:, 0]

    def times_ms(self) -> Ints:
        times: Ints = (self.read(_TIME, "<u8") // np.uint64(1_000_000)).astype(np.int64)
        return times


def _leading(data: Bytes, begins: Ints, kinds_by_tag: dict[int, int], most: int) -> _Fields:
    table = np.zeros(256, np.uint8)
    table[list(kinds_by_tag)] = list(kinds_by_tag.values())
    kinds = table[data[begins[:, None] + np.arange(most) * _FIELD]]
    for place in range(1, most):
        kinds[:, place] *= kinds[:, place - 1] > 0
    repeated = np.zeros(len(begins), np.bool_)
    for kind in kinds_by_tag.values():
        repeated |= (kinds == kind).sum(axis=1) > 1
    return _Fields(data, begins, kinds, np.count_nonzero(kinds, axis=1).astype(np.int64), ~repeated)
