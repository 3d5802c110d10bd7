"""Vectors over time: the values of many series at many steps, in blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.promql.limits import ExecutionError
from vedette.signals.metrics.promql.source import Labels

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Objects: TypeAlias = NDArray[np.object_]

Scalar: TypeAlias = Floats
"""A scalar over time: one value per step, shape (T,)."""

DUPLICATES = "vector cannot contain metrics with the same labelset"


@dataclass(frozen=True, slots=True)
class Steps:
    """The times an expression is evaluated at: `start_ms`, every `step_ms`, `count` of them."""

    start_ms: int
    step_ms: int
    count: int

    @classmethod
    def between(cls, start_ms: int, end_ms: int, step_ms: int) -> "Steps":
        """Return the steps from start to end, which may lie between two steps."""
        return cls(start_ms, step_ms, max(0, (end_ms - start_ms) // step_ms + 1))

    @property
    def end_ms(self) -> int:
        """The last step."""
        return self.start_ms + (self.count - 1) * self.step_ms

    @property
    def times(self) -> Ints:
        """All steps, shape (T,)."""
        return self.start_ms + self.step_ms * np.arange(self.count, dtype=np.int64)

    def shifted(self, by_ms: int) -> "Steps":
        """Return the same steps so much later."""
        return replace(self, start_ms=self.start_ms + by_ms)

    @property
    def first(self) -> "Steps":
        """Just the first of the steps."""
        return replace(self, count=1)


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """S series at T steps. Where `present` is False the other arrays mean nothing.

    `histograms` holds a Histogram or None per cell; cells with one have no value. None: there are no histograms.
    Arrays may be views of others and are never written to once they are here.
    """

    labels: list[Labels]
    values: Floats
    present: Bools
    histograms: Objects | None = None

    @property
    def steps(self) -> int:
        """T."""
        return int(self.values.shape[1])

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.intp] | Sequence[int]) -> "Vector":
        """Return some of the series, in that order."""
        rows = np.asarray(rows, np.intp)
        return Vector(
            [self.labels[row] for row in rows.tolist()],
            self.values[rows],
            self.present[rows],
            None if self.histograms is None else self.histograms[rows],
        )

    def relabelled(self, labels: list[Labels]) -> "Vector":
        """Return the same with other labels."""
        return replace(self, labels=labels)

    def without_empty(self) -> "Vector":
        """Return the series that have any sample."""
        if is_full(self.present):
            return self
        kept = self.present.any(axis=1)
        return self if kept.all() else self.take(np.flatnonzero(kept))

    def floats(self) -> "Vector":
        """Return the same less the histograms."""
        if self.histograms is None:
            return self
        return Vector(self.labels, self.values, self.present & ~holds(self.histograms))

    def repeated(self, steps: int) -> "Vector":
        """Return a vector of one step, repeated."""
        shape = (len(self), steps)
        return Vector(
            self.labels,
            np.broadcast_to(self.values, shape),
            np.broadcast_to(self.present, shape),
            None if self.histograms is None else np.broadcast_to(self.histograms, shape),
        )


def empty(steps: int) -> Vector:
    """Return the vector without series."""
    return Vector([], np.zeros((0, steps)), np.zeros((0, steps), np.bool_))


def full(labels: list[Labels], values: Floats) -> Vector:
    """Return the vector that has a value everywhere."""
    return Vector(labels, values, everywhere(values.shape))


def everywhere(shape: tuple[int, ...]) -> Bools:
    """Return a mask that is True everywhere, without memory of its own."""
    return np.broadcast_to(np.True_, shape)


def is_full(mask: Bools) -> bool:
    """Whether a mask is True everywhere."""
    if mask.size == 0:
        return True
    flat = mask[tuple(slice(1) if stride == 0 else slice(None) for stride in mask.strides)]
    return bool(flat.all())


def holds(histograms: Objects) -> Bools:
    """Return where there are histograms."""
    return np.asarray(histograms != None, np.bool_)  # noqa: E711 -- cell by cell


def no_histograms(shape: tuple[int, ...]) -> Objects:
    """Return cells for histograms, all None."""
    return np.full(shape, None, np.object_)


def kept_histograms(cells: Objects | None) -> Objects | None:
    """Return the cells, or None when they are all empty."""
    return None if cells is None or not holds(cells).any() else cells


def distinct(vector: Vector) -> Vector:
    """Return the series that have samples; two with the same labels are an error, whatever their steps."""
    vector = vector.without_empty()
    if len(set(vector.labels)) != len(vector.labels):
        raise ExecutionError(DUPLICATES)
    return vector


def merged(vector: Vector) -> Vector:
    """Join series with the same labels; that both have a sample at one step is an error."""
    places: dict[Labels, int] = {}
    rows = [places.setdefault(each, len(places)) for each in vector.labels]
    if len(places) == len(rows):
        return vector
    into = np.array(rows, np.intp)
    shape = (len(places), vector.steps)
    seen = np.zeros(shape, np.int32)
    np.add.at(seen, into, vector.present)
    if (seen > 1).any():
        raise ExecutionError(DUPLICATES)
    values = np.zeros(shape)
    histograms = None if vector.histograms is None else no_histograms(shape)
    for row, place in enumerate(rows):
        mask = vector.present[row]
        values[place, mask] = vector.values[row, mask]
        if histograms is not None and vector.histograms is not None:
            histograms[place, mask] = vector.histograms[row, mask]
    return Vector(list(places), values, seen > 0, histograms)


def joined(vectors: Sequence[Vector], steps: int) -> Vector:
    """Put the series of several vectors one after the other."""
    if len(vectors) == 1:
        return vectors[0]
    if not vectors:
        return empty(steps)
    cells = None
    if any(each.histograms is not None for each in vectors):
        cells = np.concatenate(
            [no_histograms(each.values.shape) if each.histograms is None else each.histograms
             for each in vectors]
        )  # fmt: skip
    return Vector(
        [label for each in vectors for label in each.labels],
        np.concatenate([each.values for each in vectors]),
        np.concatenate([each.present for each in vectors]),
        cells,
    )


def cell(histograms: Objects, row: int, step: int) -> Histogram:
    """Return the histogram of a cell known to hold one."""
    found = histograms[row, step]
    assert isinstance(found, Histogram)  # noqa: S101 -- the caller's mask says so
    return found
