"""What the evaluator reads samples from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.columns import HistogramColumns
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.tree import Matcher

__all__ = ["Batch", "Labels", "Purpose", "Selection", "Source"]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What samples are wanted for: a function over windows, or (None) the latest sample at each step.

    Windows are `range_ms` long, for the latest sample that is the lookback; the first ends `range_ms` after the start
    of the range that is asked for, and they are `step_ms` apart, 0 where there is but one.
    """

    function: str | None
    range_ms: int
    step_ms: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The samples of `n` neighbouring series of a selection.

    Sample i of the batch belongs to series `first + j` where offsets[j] <= i < offsets[j + 1]. Within a series times
    rise strictly. Stale markers are among the values, their bits intact. Where `histograms` is given, its `mask`
    (one bool per sample) says which samples are histograms; `values` holds NaN there. Where `counts` is given, each
    value is made of so many samples, in the way the `rolled` form of the function that was named takes them.
    """

    first: int
    offsets: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    histograms: HistogramColumns | None = None
    counts: NDArray[np.float64] | None = None


class Selection(Protocol):
    """Series that were selected, and their samples."""

    @property
    def labels(self) -> Sequence[Labels]:
        """The labels of each series."""

    @property
    def least_range_ms(self) -> int:
        """How long windows must be at least: shorter ones would find nothing, as nothing finer is kept."""

    def batches(self) -> Iterator[Batch]:
        """Give the samples batch by batch (about a million samples each), every series in exactly one batch.

        Batches may be consumed by several threads at once; each then gets other batches. An iterator with an attribute
        `expected` tells how many samples there will be, about.
        """


class Source(Protocol):
    """One project's series."""

    def select(
        self, matchers: Sequence[Matcher], start_ms: int, end_ms: int, purpose: Purpose | None = None
    ) -> Selection:
        """Return the series that match and have samples in the times `start_ms` < t <= `end_ms`, and those samples.

        A source that knows the purpose may give other samples instead that lead to the same result, or nearly.

        A series without any sample there may be among them. Raises a VedetteError when there are too many.
        """
