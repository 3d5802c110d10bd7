"""What the evaluator reads samples from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.columns import HistogramColumns
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.tree import Matcher

__all__ = ["Batch", "Labels", "Selection", "Source"]



@dataclass(frozen=True, slots=True)
class Batch:
    """The samples of `n` neighbouring series of a selection.

    Sample i of the batch belongs to series `first + j` where offsets[j] <= i < offsets[j + 1]. Within a series times
    rise strictly. Stale markers are among the values, their bits intact. Where `histograms` is given, its `mask`
    (one bool per sample) says which samples are histograms; `values` holds NaN there.
    """

    first: int
    offsets: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    histograms: HistogramColumns | None = None


class Selection(Protocol):
    """Series that were selected, and their samples."""

    @property
    def labels(self) -> Sequence[Labels]:
        """The labels of each series."""

    def batches(self) -> Iterator[Batch]:
        """Give the samples batch by batch (about a million samples each), every series in exactly one batch.

        Batches may be consumed by several threads at once; each then gets other batches.
        """


class Source(Protocol):
    """One project's series."""

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Selection:
        """Return the series that match and have samples in the times `start_ms` < t <= `end_ms`, and those samples.

        A series without any sample there may be among them. Raises a VedetteError when there are too many.
        """
