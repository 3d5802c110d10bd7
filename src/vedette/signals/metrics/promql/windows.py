"""The windows of a range function: for each row of a tile and each step, which samples lie in (end - range, end]."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.tiles import Tile
from vedette.signals.metrics.promql.vectors import Bools, Floats, Ints, Steps

Index: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where windows end and how long they are.

    Step k's window ends at `ends` + k times the step of `steps`, or, when `is_fixed`, at `ends` for every step.
    """

    steps: Steps
    ends_ms: int
    range_ms: int
    is_fixed: bool = False

    @property
    def ends(self) -> Ints:
        """The end of each step's window, shape (T,)."""
        if self.is_fixed:
            return np.full(self.steps.count, self.ends_ms)
        return self.ends_ms + self.steps.step_ms * np.arange(self.steps.count, dtype=np.int64)


@dataclass(eq=False)
class Windows:
    """The windows over one tile.

    `low` is the first sample of each window, `high` one past its last: (T,) where the rows share their times, else
    (n, T). Windows may be empty.
    """

    tile: Tile
    frame: Frame
    low: Index = field(init=False)
    high: Index = field(init=False)

    def __post_init__(self) -> None:
        frame = self.frame
        if self.tile.is_shared:
            self.low = np.searchsorted(self.tile.times_ms, frame.ends - frame.range_ms, "right")
            self.high = np.searchsorted(self.tile.times_ms, frame.ends, "right")
        else:
            self.low, self.high = _bounds(self.tile.times_ms, frame)

    @property
    def values(self) -> Floats:
        """All samples of the tile, (n, M)."""
        return self.tile.values

    @property
    def shape(self) -> tuple[int, int]:
        """(n, T)."""
        return len(self.tile.rows), self.frame.steps.count

    @cached_property
    def counts(self) -> Index:
        """How many samples each window has."""
        return self.high - self.low

    @cached_property
    def widest(self) -> int:
        """How many samples the largest window has."""
        return int(self.counts.max()) if self.counts.size else 0

    def pick(self, matrix: Floats, index: Index) -> Floats:
        """Take a sample per window from (n, M); the index may be beyond where its window is empty. Gives (n, T)."""
        if index.ndim == 1:
            width = matrix.shape[1]
            step = _stride(index, width)
            if step:
                return matrix[:, index[0] : index[-1] + 1 : step]
            return np.take(matrix, index, axis=1, mode="clip")
        flat = self._flat(index, matrix.shape[1])
        return np.take(np.ascontiguousarray(matrix).reshape(-1), flat)

    def pick_times(self, index: Index) -> Ints:
        """Take the time of a sample per window: (T,) or (n, T)."""
        times = self.tile.times_ms
        if times.ndim == 1:
            return np.take(times, index, mode="clip")
        return np.take(times.reshape(-1), self._flat(index, times.shape[1]))

    def _flat(self, index: Index, width: int) -> Index:
        """Return an (n, T) index as one into a flattened (n, width); those most used are kept."""
        if width == self.values.shape[1]:
            if index is self.low:
                return self._flat_low
            if index is self.final:
                return self._flat_final
        return _flattened(index, width)

    @cached_property
    def _flat_low(self) -> Index:
        return _flattened(self.low, self.values.shape[1])

    @cached_property
    def _flat_final(self) -> Index:
        return _flattened(self.final, self.values.shape[1])

    @cached_property
    def final(self) -> Index:
        """The last sample of each window."""
        return self.high - 1

    @cached_property
    def first(self) -> Floats:
        """The first value of each window, (n, T); anything where it is empty."""
        return self.pick(self.values, self.low)

    @cached_property
    def last(self) -> Floats:
        """The last value of each window, (n, T); anything where it is empty."""
        return self.pick(self.values, self.final)

    def with_at_least(self, count: int) -> Bools:
        """Return which windows have that many samples, (n, T)."""
        return np.broadcast_to(self.counts >= count, self.shape)


def _stride(index: Index, width: int) -> int:
    """Return the step of an index that is a slice, else 0."""
    if len(index) == 0 or index[0] < 0 or index[-1] >= width:
        return 0
    if len(index) == 1:
        return 1
    step = int(index[1] - index[0])
    return step if step > 0 and (np.diff(index) == step).all() else 0


def _flattened(index: Index, width: int) -> Index:
    flat = np.clip(index, 0, width - 1)
    flat += np.arange(len(index))[:, None] * width
    return flat


def _bounds(times: Ints, frame: Frame) -> tuple[Index, Index]:
    """Return the bounds of all windows, (n, T) each, for rows with times of their own, (n, M)."""
    steps = frame.steps
    ahead, rest = divmod(frame.range_ms, steps.step_ms)
    if frame.is_fixed or rest or ahead > steps.count:
        return _passed(times, frame, frame.range_ms), _passed(times, frame, 0)
    # Windows start where others, so many steps before, have ended.
    longer = Frame(replace(steps, count=steps.count + ahead), frame.ends_ms - frame.range_ms, 0)
    passed = _passed(times, longer, 0)
    return passed[:, : steps.count], passed[:, ahead:]


def _passed(times: Ints, frame: Frame, after_ms: int) -> Index:
    """Count for each row and step the samples that are `after_ms` or longer before the window's end.

    Each sample is sorted into the first step that sees it pass; running totals of these counts are the answer.
    """
    height, steps = len(times), frame.steps.count
    if frame.is_fixed or steps == 1:
        count = np.count_nonzero(times <= frame.ends_ms - after_ms, axis=1)
        return np.repeat(count[:, None], steps, axis=1)
    first = -((frame.ends_ms - after_ms - times) // frame.steps.step_ms)
    np.clip(first, 0, steps, out=first)
    first += np.arange(height)[:, None] * (steps + 1)
    arrivals = np.bincount(first.reshape(-1), minlength=height * (steps + 1)).reshape(height, steps + 1)
    return np.cumsum(arrivals[:, :steps], axis=1)
