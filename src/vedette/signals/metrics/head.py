"""The newest samples of each series, in memory: what alerts, live graphs and stats ask for again and again.

A question to the engine costs four milliseconds however little it asks for. The head holds the last samples of every
series that is being written, a row each, and knows from which time on it holds all of them: windows that begin there or
later are read from it alone.
"""

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Slots = NDArray[np.int32]
Floats = NDArray[np.float64]

_DEPTH: Final = 80
"""Samples of each series: five minutes of one every four seconds."""
MOST_SERIES: Final = 1 << 16
"""Series of higher slots are not held."""
_REACH_MS: Final = 20 * 60_000
_MOST_CELLS: Final = 2_000_000
_FIRST_WIDTH: Final = 24
_MOST_ROUNDS: Final = 8
_NEVER: Final = np.iinfo(np.int64).min


class Head:
    """The newest samples by slot of a book. For use by several threads; about 1.4 KB a series, of 65,536 at most.

    `floor_ms`: no sample that is later has been written before.
    """

    def __init__(self, floor_ms: int) -> None:
        self._lock = threading.Lock()
        self._floor_ms = floor_ms
        self._newest_ms = floor_ms
        self._has_others = False
        self._allocate(1024)

    @property
    def newest_ms(self) -> int:
        """The latest time of all samples, or the floor."""
        return self._newest_ms

    def add(self, slots: Slots, times_ms: Ints, values: Floats, now_ms: int) -> None:
        """Take samples that whoever asks may find now, in the order they came in."""
        if not len(slots):
            return
        old = times_ms <= now_ms - _REACH_MS
        with self._lock:
            self._newest_ms = max(self._newest_ms, int(times_ms.max()))
            if old.any():
                self._floor_ms = max(self._floor_ms, int(times_ms[old].max()))
            others = slots >= MOST_SERIES
            if others.any():
                self._has_others = True
            kept = ~(old | others)
            if not kept.all():
                slots, times_ms, values = slots[kept], times_ms[kept], values[kept]
            if not len(slots):
                return
            self._grow(int(slots.max()) + 1)
            for _ in range(_MOST_ROUNDS):
                slots, times_ms, values = self._round(slots, times_ms, values)
                if not len(slots):
                    return
            np.maximum.at(self._floors, slots, times_ms)  # too many of one series at once: they are not held

    def lift(self, floor_ms: int) -> None:
        """Note samples up to a time that are not here."""
        with self._lock:
            self._floor_ms = max(self._floor_ms, floor_ms)
            self._newest_ms = max(self._newest_ms, floor_ms)

    def read(self, slots: Slots, start_ms: int, end_ms: int) -> tuple[Ints, Ints, Floats] | None:
        """Return offsets by series, times and values of the samples in `start_ms` < t <= `end_ms`, as they came in.

        Slot -1 stands for a series that was not written. None when not all of these samples are here.
        """
        with self._lock:
            if start_ms < self._floor_ms or (self._has_others and (slots < 0).any()):
                return None
            known = np.flatnonzero((slots >= 0) & (slots < len(self._floors)))
            rows = slots[known].astype(np.intp)
            if (self._floors[rows] > start_ms).any():
                return None
            counts = self._counts[rows]
            width = self._width(rows, counts, start_ms)
            if width * len(rows) > _MOST_CELLS:
                return None
            column = np.arange(width)
            places = (counts[:, None] - width + column) % _DEPTH
            places += rows[:, None] * _DEPTH
            times = np.take(self._times, places)
            inside = (times > start_ms) & (times <= end_ms) & (column >= width - counts[:, None])
            found = np.take(self._values, places[inside])
        sizes = np.zeros(len(slots), np.int64)
        sizes[known] = np.count_nonzero(inside, axis=1)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]), times[inside], found

    def _width(self, rows: NDArray[np.intp], counts: Ints, start_ms: int) -> int:
        """Return how many of the last samples of each series reach back to the start."""
        most = min(int(counts.max(initial=0)), _DEPTH)
        if self._is_mixed[rows].any():
            return most
        width = min(_FIRST_WIDTH, most)
        while width < most:
            before = self._times[rows * _DEPTH + (counts - width - 1) % _DEPTH]
            if not ((before > start_ms) & (counts > width)).any():
                break
            width = min(2 * width, most)
        return width

    def _round(self, slots: Slots, times_ms: Ints, values: Floats) -> tuple[Slots, Ints, Floats]:
        """Take the first sample of each series, and return the others."""
        number = np.arange(len(slots), dtype=np.int32)
        self._marks[slots[::-1]] = number[::-1]
        is_first = self._marks[slots] == number
        if is_first.all():
            self._put(slots, times_ms, values)
            return slots[:0], times_ms[:0], values[:0]
        self._put(slots[is_first], times_ms[is_first], values[is_first])
        rest = ~is_first
        return slots[rest], times_ms[rest], values[rest]

    def _put(self, slots: Slots, times_ms: Ints, values: Floats) -> None:
        counts = self._counts[slots]
        places = slots.astype(np.intp) * _DEPTH + counts % _DEPTH
        last = self._lasts[slots]
        late = times_ms <= last
        if late.any():
            self._is_mixed[slots[late]] = True
        full = counts >= _DEPTH
        if full.any():
            gone = slots[full]
            self._floors[gone] = np.maximum(self._floors[gone], self._times[places[full]])
        self._times[places], self._values[places] = times_ms, values
        self._counts[slots] = counts + 1
        self._lasts[slots] = np.maximum(last, times_ms)

    def _allocate(self, rows: int) -> None:
        self._times = np.zeros(rows * _DEPTH, np.int64)
        self._values = np.zeros(rows * _DEPTH)
        self._counts = np.zeros(rows, np.int64)
        self._floors = np.full(rows, _NEVER)
        self._lasts = np.full(rows, _NEVER)
        self._is_mixed = np.zeros(rows, np.bool_)
        self._marks = np.zeros(rows, np.int32)

    def _grow(self, rows: int) -> None:
        have = len(self._floors)
        if rows <= have:
            return
        before = (self._times, self._values, self._counts, self._floors, self._lasts, self._is_mixed)
        self._allocate(min(max(2 * have, rows), MOST_SERIES))
        after = (self._times, self._values, self._counts, self._floors, self._lasts, self._is_mixed)
        for old, new in zip(before, after, strict=True):
            new[: len(old)] = old
