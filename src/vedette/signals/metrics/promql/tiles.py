"""Samples of many series as matrices, a cache-friendly piece at a time.

Series that were scraped together have the same times. Tiles keep such series together, so that a window's bounds are
worked out once for all of them; other series get a tile in which each row has times of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.vectors import Floats, Ints

CELLS: Final = 1 << 16
"""How many cells a tile's widest matrix has at most: half a megabyte, so that temporaries stay in a core's cache."""

_FAR: Final = 1 << 62
"""A time no window reaches: it fills the rows of a tile that are shorter than others."""

_MIN_SHARED_CELLS: Final = 8192
"""Below this the fixed cost of a tile is more than sharing its times saves (measured)."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples of `n` series, one after the other: those of row j are [offsets[j], offsets[j + 1])."""

    offsets: Ints
    times_ms: Ints
    values: Floats

    def keep(self, mask: NDArray[np.bool_]) -> "Samples":
        """Return just some of the samples."""
        if mask.all():
            return self
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(mask, dtype=np.int64)])
        return Samples(before[self.offsets], self.times_ms[mask], self.values[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """`n` series with at most M > 0 samples each.

    `rows` are their numbers in the batch; `values` is (n, M), short rows repeat their last value. `times_ms` is (M,)
    where all rows have the same times, else (n, M).
    """

    rows: NDArray[np.intp]
    times_ms: Ints
    values: Floats

    @property
    def is_shared(self) -> bool:
        """Whether all rows have the same times."""
        return self.times_ms.ndim == 1


def cut(samples: Samples, steps: int) -> Iterator[Tile]:
    """Cut samples into tiles whose matrices, (n, M) and (n, `steps`), are small."""
    lengths = np.diff(samples.offsets)
    if lengths.size == 0:
        return
    width = int(lengths[0])
    if width and (lengths == width).all():
        times = samples.times_ms.reshape(-1, width)
        if (times == times[0]).all():
            yield from _rows(np.arange(len(lengths)), times[0], samples.values.reshape(-1, width), steps)
            return
    is_odd = lengths > 0
    for rows in _alike(samples, np.flatnonzero(is_odd), lengths, steps):
        times, values = _matrices(samples, rows, int(lengths[rows[0]]))
        if (times == times[0]).all():
            is_odd[rows] = False
            yield from _rows(rows, times[0], values, steps)
    yield from _ragged(samples, np.flatnonzero(is_odd), lengths, steps)


def _matrices(samples: Samples, rows: NDArray[np.intp], width: int) -> tuple[Ints, Floats]:
    """Return times and values, (n, `width`) each, of rows with so many samples; views where they are neighbours."""
    start, end = int(samples.offsets[rows[0]]), int(samples.offsets[rows[-1] + 1])
    if end - start == len(rows) * width:
        return samples.times_ms[start:end].reshape(-1, width), samples.values[start:end].reshape(-1, width)
    index = samples.offsets[rows][:, None] + np.arange(width)
    return samples.times_ms[index], samples.values[index]


def _rows(rows: NDArray[np.intp], times: Ints, values: Floats, steps: int) -> Iterator[Tile]:
    height = max(1, CELLS // max(len(times), steps))
    for start in range(0, len(rows), height):
        part = slice(start, start + height)
        yield Tile(rows[part], times, values[part])


def _alike(samples: Samples, rows: NDArray[np.intp], lengths: Ints, steps: int) -> Iterator[NDArray[np.intp]]:
    """Yield sets of rows that probably have the same times: as many samples, from the same first to the same last."""
    if len(rows) < 2:
        return
    starts = samples.offsets[rows]
    totals = np.add.reduceat(samples.times_ms, starts)
    marks = np.stack([lengths[rows], samples.times_ms[starts], samples.times_ms[starts + lengths[rows] - 1], totals])
    mixed = (marks.astype(np.uint64) * np.array([[0x9E3779B97F4A7C15], [0xC2B2AE3D27D4EB4F], [0x165667B19E3779F9], [3]],
                                                np.uint64)).sum(axis=0)  # fmt: skip
    order = np.argsort(mixed, kind="stable")
    edges = np.flatnonzero(np.diff(mixed[order])) + 1
    for group in np.split(rows[order], edges):
        if len(group) * max(int(lengths[group[0]]), steps) >= _MIN_SHARED_CELLS and len(group) > 1:
            yield np.sort(group)


def _ragged(samples: Samples, rows: NDArray[np.intp], lengths: Ints, steps: int) -> Iterator[Tile]:
    """Yield tiles of rows with times of their own; rows of one tile differ in length by less than the half."""
    rows = rows[np.argsort(-lengths[rows], kind="stable")]
    start = 0
    while start < len(rows):
        width = int(lengths[rows[start]])
        height = max(1, CELLS // max(width, steps))
        part = rows[start : start + height]
        part = part[: int(np.count_nonzero(2 * lengths[part] > width))]
        start += len(part)
        column = np.arange(width)
        own = lengths[part][:, None]
        index = samples.offsets[part][:, None] + np.minimum(column, own - 1)
        yield Tile(part, np.where(column < own, samples.times_ms[index], _FAR), samples.values[index])
