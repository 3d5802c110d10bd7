"""Exponential histograms read many at once, into columns.

All points take a step at a time: each step passes over one field of every point that is not at its end. Points with
fields that are seldom there (flags, exemplars) or are written in a way of their own are left to be read one by one.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vedette.ingest.otlp.steady import Bools, Bytes, Ints
from vedette.signals.metrics.histograms.columns import HistogramColumns, Ragged
from vedette.signals.metrics.histograms.histogram import MAX_SCHEMA, MIN_SCHEMA, Hint
from vedette.signals.metrics.histograms.otlp import DEFAULT_ZERO_THRESHOLD

MOST_STEPS: Final = 64
"""More fields than a point has with as many attributes as are taken by default."""

_ATTRIBUTE, _START, _TIME, _COUNT, _SUM, _SCALE, _ZERO_COUNT = 0x0A, 0x11, 0x19, 0x21, 0x29, 0x30, 0x39
_POSITIVE, _NEGATIVE, _MIN, _MAX, _THRESHOLD = 0x42, 0x4A, 0x61, 0x69, 0x71
_KNOWN = (
    _ATTRIBUTE, _START, _TIME, _COUNT, _SUM, _SCALE, _ZERO_COUNT, _POSITIVE, _NEGATIVE, _MIN, _MAX, _THRESHOLD,
)  # fmt: skip
_OFFSET, _COUNTS = 0x08, 0x12  # of buckets
_FARTHEST = 1 << 30  # an offset beyond which indexes might not fit
_MOST_VARINT = 8  # bytes: larger counts are left to be read one by one


@dataclass(frozen=True, slots=True)
class Exponentials:
    """Points; what is said of those that are not `steady` means nothing. Known by their bytes up to `known_to`."""

    steady: Bools
    times_ms: Ints
    known_to: Ints
    columns: HistogramColumns


def read_exponentials(payload: bytes, begins: Ints, ends: Ints, *, most_buckets: int) -> Exponentials:
    """Read points as `from_data_point` does: coarser than schema 8 where they are finer, without empty buckets.

    Behind the last point `payload` has padding.
    """
    data = np.frombuffer(payload, np.uint8)
    fields = _walk(data, begins, ends)
    scale = fields.small(_SCALE)
    threshold = fields.number(_THRESHOLD, "<f8")
    steady = fields.steady & fields.has(_TIME) & (scale >= MIN_SCHEMA) & (threshold >= 0) & (threshold < np.inf)
    by = np.maximum(scale - MAX_SCHEMA, 0)
    positive, negative = (
        _buckets(payload, data, fields.places[tag], np.where(steady, fields.sizes[tag], 0))
        for tag in (_POSITIVE, _NEGATIVE)
    )
    steady &= positive.steady & negative.steady & (positive.lengths + negative.lengths <= most_buckets)
    count = len(begins)
    times = fields.number(_TIME, "<u8") // np.uint64(1_000_000)
    columns = HistogramColumns(
        mask=np.ones(count, np.bool_),
        schema=np.clip(scale - by, MIN_SCHEMA, MAX_SCHEMA).astype(np.int8),
        zero_threshold=np.where(threshold == 0, DEFAULT_ZERO_THRESHOLD, threshold),
        zero_count=fields.number(_ZERO_COUNT, "<u8").astype(np.float64),
        count=fields.number(_COUNT, "<u8").astype(np.float64),
        sum=fields.number(_SUM, "<f8"),
        hint=np.full(count, Hint.UNKNOWN, np.uint8),
        positive=positive.ragged(by),
        negative=negative.ragged(by),
        bound_offsets=np.zeros(count + 1, np.int64),
        bounds=np.empty(0),
    )
    return Exponentials(steady, times.astype(np.int64), fields.known_to, columns)


@dataclass(slots=True)
class _Fields:
    """Where the content of each field begins and how long it is, by tag; -1 where a point has none."""

    data: Bytes
    places: dict[int, Ints]
    sizes: dict[int, Ints]
    steady: Bools
    known_to: Ints

    def has(self, tag: int) -> Bools:
        return self.places[tag] >= 0

    def number(self, tag: int, dtype: str) -> NDArray[Any]:
        """Return a field of eight bytes, zero where there is none."""
        has = self.has(tag)
        numbers = np.ascontiguousarray(self.data[self.places[tag][:, None] + np.arange(8)]).view(dtype)[:, 0]
        return np.where(has, numbers, np.zeros(1, dtype))

    def small(self, tag: int) -> Ints:
        """Return a signed number of one byte, zero where there is none."""
        number = np.where(self.has(tag), self.data[self.places[tag]], 0).astype(np.int64)
        return (number >> 1) ^ -(number & 1)


def _walk(data: Bytes, begins: Ints, ends: Ints) -> _Fields:
    count = len(begins)
    places = {tag: np.full(count, -1, np.int64) for tag in _KNOWN}
    sizes = {tag: np.zeros(count, np.int64) for tag in _KNOWN}
    steady, known_to = np.ones(count, np.bool_), begins.copy()
    rows, place = np.arange(count), begins.copy()
    for _ in range(MOST_STEPS):
        walking = place < ends[rows]
        rows, place = rows[walking], place[walking]
        if not len(rows):
            break
        tags = data[place]
        body, size, sound = _content(data, place, tags)
        following = body + size
        for tag in np.unique(tags).tolist():
            chosen = tags == tag
            at = rows[chosen]
            if tag == _ATTRIBUTE:
                sound[chosen] &= known_to[at] == place[chosen]
                known_to[at] = following[chosen]
            elif tag in places:
                sound[chosen] &= places[tag][at] < 0
                places[tag][at], sizes[tag][at] = body[chosen], size[chosen]
            else:
                sound[chosen] = False
        sound &= following <= ends[rows]
        steady[rows[~sound]] = False
        rows, place = rows[sound], following[sound]
    steady[rows] &= place == ends[rows]
    return _Fields(data, places, sizes, steady, known_to)


def _content(data: Bytes, place: Ints, tags: Bytes) -> tuple[Ints, Ints, Bools]:
    """Return where the content of fields begins, its length, and whether it is written as is usual."""
    first, second = data[place + 1].astype(np.int64), data[place + 2].astype(np.int64)
    wire = tags & 7
    has_length = wire == 2
    is_long = has_length & (first > 127)
    length = np.where(is_long, (first & 127) | (second << 7), first)
    size = np.where(wire == 1, 8, np.where(has_length, length, 1))
    sound = (wire == 1) | (has_length & ~(is_long & (second > 127))) | ((wire == 0) & (first < 128))
    return place + 1 + has_length + is_long, size, sound


@dataclass(frozen=True, slots=True)
class _Sides:
    """The buckets of one sign of many points; `counts` one after the other, `lengths` of them a point."""

    steady: Bools
    offsets: Ints
    lengths: Ints
    counts: NDArray[np.float64]

    def ragged(self, by: Ints) -> Ragged:
        """Return the buckets at a resolution lower by so many schemas, without empty ones."""
        first = self.offsets - (np.cumsum(self.lengths) - self.lengths)
        indexes = np.arange(len(self.counts)) + np.repeat(first, self.lengths)
        points = np.repeat(np.arange(len(self.lengths)), self.lengths)
        counts = self.counts
        if by.any() and len(points):
            indexes >>= by[points]
            starts = np.flatnonzero((np.diff(points, prepend=-1) != 0) | (np.diff(indexes, prepend=0) != 0))
            points, indexes, counts = points[starts], indexes[starts], np.add.reduceat(counts, starts)
        filled = counts != 0
        per_point = np.bincount(points[filled], minlength=len(self.lengths))
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(per_point)])
        return Ragged(offsets, (indexes[filled] + 1).astype(np.int32), counts[filled])


def _buckets(payload: bytes, data: Bytes, begins: Ints, sizes: Ints) -> _Sides:
    """Read messages of buckets: an offset unless it is zero, and packed counts unless there are none."""
    begins = np.where(sizes > 0, begins, 0)
    ends = begins + sizes
    has_offset = (sizes > 1) & (data[begins] == _OFFSET)
    offset, width = _varint(data, begins + 1)
    after = begins + np.where(has_offset, 1 + width, 0)
    body, size, sound = _content(data, after, data[after])
    has_counts = after < ends
    steady = (sizes == 0) | (sound & (data[after] == _COUNTS) & (body + size == ends)) | (after == ends)
    offset = np.where(has_offset, (offset >> 1) ^ -(offset & 1), 0)
    size = np.where(steady & has_counts, size, 0)
    steady &= (np.abs(offset) < _FARTHEST) & (~has_offset | (width > 0)) & ((size == 0) | (data[body + size - 1] < 128))
    size = np.where(steady, size, 0)
    values, lengths, fits = _varints(payload, body, size)
    return _Sides(steady & fits, np.where(steady & fits, offset, 0), lengths, values)


def _varint(data: Bytes, places: Ints) -> tuple[Ints, Ints]:
    """Return a number of up to five bytes and how many it has; 0 bytes when it is longer."""
    raw = data[places[:, None] + np.arange(5)].astype(np.int64)
    ends = raw < 128
    width = np.where(ends.any(axis=1), ends.argmax(axis=1) + 1, 0)
    inside = np.arange(5) < width[:, None]
    return ((raw & 127) << (np.arange(5) * 7)).sum(axis=1, where=inside), width


def _varints(payload: bytes, begins: Ints, sizes: Ints) -> tuple[NDArray[np.float64], Ints, Bools]:
    """Return runs of numbers, how many each run has, and whether all of a run are small enough to be read so."""
    runs = zip(begins.tolist(), (begins + sizes).tolist(), strict=True)
    raw = np.frombuffer(b"".join([payload[begin:end] for begin, end in runs]), np.uint8)
    ends = np.flatnonzero(raw < 128)
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    lengths = np.diff(np.searchsorted(ends, bounds))
    fits = np.ones(len(sizes), np.bool_)
    if not len(ends):
        return np.empty(0), lengths, fits
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    widths = ends - starts + 1
    values = (raw[starts] & 127).astype(np.int64)
    for place in range(1, min(int(widths.max()), _MOST_VARINT)):
        longer = np.flatnonzero(widths > place)
        values[longer] |= (raw[starts[longer] + place] & 127).astype(np.int64) << 7 * place
    too_long = ends[widths > _MOST_VARINT]
    fits[np.searchsorted(bounds, too_long, side="right") - 1] = False
    return values.astype(np.float64), lengths, fits
