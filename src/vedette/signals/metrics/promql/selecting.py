"""Reading series: from batches of samples to values at steps, piece by piece, on two threads."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Semaphore
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import STALE_BITS
from vedette.signals.metrics.promql.facts import fact
from vedette.signals.metrics.promql.labels import drop_metadata
from vedette.signals.metrics.promql.limits import Budget, Cancel
from vedette.signals.metrics.promql.source import Batch, Labels
from vedette.signals.metrics.promql.tiles import CELLS, Samples
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects, Vector, no_histograms

WORKERS: Final = max(1, min(4, os.cpu_count() or 1))
_PATIENCE_S: Final = 0.2
_turns: Final = Semaphore(WORKERS + 1)
"""So many large batches are worked on at a time, by however many queries: more would take memory and no less time."""
_ALONE: Final = 200_000
"""A batch of fewer samples is done before another thread would have begun."""


class Piece(NamedTuple):
    """The values of some series, `rows` of the selection, at all steps."""

    rows: NDArray[np.intp]
    values: Floats
    present: Bools
    histograms: Objects | None = None


Consume: TypeAlias = Callable[[Piece], None]
"""Takes pieces, from several threads at once."""

Work: TypeAlias = Callable[[Batch, Consume], None]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Series whose values are worked out while somebody consumes them.

    `drops_metadata`: the results are other metrics than the series; `may_clash`: then two may have the same labels.
    """

    labels: list[Labels]
    steps: int
    batches: Callable[[], Iterable[Batch]]
    work: Work
    budget: Budget
    cancel: Cancel
    drops_metadata: bool = False
    may_clash: bool = False

    @property
    def result_labels(self) -> list[Labels]:
        """The labels of the results."""
        return drop_metadata(self.labels) if self.drops_metadata else self.labels

    def run(self, consume: Consume) -> None:
        """Work all batches off, on this thread and, if there is enough to do, others."""
        batches = iter(self.batches())
        source = _Shared(batches, self.budget, self.cancel)
        helpers: list[Future[None]] = []
        first = None
        is_much = getattr(batches, "expected", 0) > _ALONE
        if not is_much:
            first = source.next()
            if first is None:
                return
            is_much = len(first.values) * 1.0 + len(first.offsets) * self.steps > _ALONE
        if is_much:
            helpers = [_pool().submit(self._drain, source, consume, _turns) for _ in range(WORKERS - 1)]
        try:
            if first is not None:
                self.work(first, consume)
            self._drain(source, consume, _turns if is_much else None)
        except BaseException:
            source.close()
            raise
        finally:
            for each in helpers:
                if not each.cancel():
                    each.exception()
        for each in helpers:
            if not each.cancelled():
                each.result()

    def _drain(self, source: "_Shared", consume: Consume, turns: Semaphore | None) -> None:
        try:
            with np.errstate(all="ignore"):
                while self._next(source, consume, turns):
                    pass
        except BaseException:
            source.close()
            raise

    def _next(self, source: "_Shared", consume: Consume, turns: Semaphore | None) -> bool:
        """Work off one more batch, if there is one."""
        while turns is not None and not turns.acquire(timeout=_PATIENCE_S):
            self.cancel()
        try:
            batch = source.next()
            if batch is not None:
                self.work(batch, consume)
            return batch is not None
        finally:
            if turns is not None:
                turns.release()

    def gather(self) -> Vector:
        """Return all values as one vector, with the labels of the series."""
        self.budget.hold(len(self.labels), self.steps)
        gathered = Gathered(self.labels, self.steps)
        self.run(gathered.consume)
        return gathered.vector()


class _Shared:
    """An iterator of batches for several threads."""

    def __init__(self, batches: Iterator[Batch], budget: Budget, cancel: Cancel) -> None:
        self._batches = batches
        self._budget = budget
        self._cancel = cancel
        self._lock = Lock()
        self._is_over = False

    def next(self) -> Batch | None:
        self._cancel()
        # Selections read batches for several threads at once; generators cannot.
        with self._lock if isinstance(self._batches, Generator) else nullcontext():
            batch = None if self._is_over else next(self._batches, None)
        if batch is None:
            self._is_over = True
        else:
            self._budget.read(len(batch.values))
        return batch

    def close(self) -> None:
        self._is_over = True


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2 * WORKERS, thread_name_prefix="promql")


class Gathered:
    """The arrays of a vector while pieces of it arrive, from several threads; each row arrives in one piece."""

    def __init__(self, labels: list[Labels], steps: int) -> None:
        shape = (len(labels), steps)
        self._labels = labels
        self._values = np.empty(shape)
        self._present = np.zeros(shape, np.bool_)
        self._histograms: Objects | None = None
        self._lock = Lock()

    def consume(self, piece: Piece) -> None:
        """Take some of the series."""
        place = _slice(piece.rows)
        self._values[place] = piece.values
        self._present[place] = piece.present
        if piece.histograms is not None:
            with self._lock:
                if self._histograms is None:
                    self._histograms = no_histograms(self._values.shape)
            self._histograms[place] = piece.histograms

    def vector(self) -> Vector:
        """Return what has arrived."""
        return Vector(self._labels, self._values, self._present, self._histograms)


def _slice(rows: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Return neighbouring rows as a slice, which is faster to write to."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def stale(values: Floats) -> Bools | None:
    """Return which values are stale markers, None when there is no NaN at all."""
    with np.errstate(all="ignore"):
        if not np.isnan(values.sum()):
            return None
    found = values.view(np.uint64) == STALE_BITS
    return found if found.any() else None


def samples_of(batch: Batch) -> Samples:
    """Return a batch's samples."""
    return Samples(batch.offsets, batch.times_ms, batch.values)


def pieces_of(vector: Vector) -> Iterator[Piece]:
    """Give a vector piece by piece, so that what is done with each stays in a core's cache."""
    height = max(1, 4 * CELLS // max(1, vector.steps))
    for start in range(0, len(vector), height):
        rows = slice(start, min(start + height, len(vector)))
        histograms = None if vector.histograms is None else vector.histograms[rows]
        yield Piece(np.arange(rows.start, rows.stop), vector.values[rows], vector.present[rows], histograms)


def names_of(labels: Sequence[Labels]) -> list[str]:
    """Return the metric's name of each label set."""

    def find() -> list[str]:
        return [
            each[0][1] if each and each[0][0] == "__name__" else dict(each).get("__name__", "") for each in labels
        ]  # fmt: skip

    return fact(labels, "names", find)
