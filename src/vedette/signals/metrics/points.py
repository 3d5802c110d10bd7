"""Samples on their way in: one project's, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.labels import Labels

STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
"""The NaN that says a series has ended; only its bits tell it from other NaNs."""


@dataclass(frozen=True, slots=True)
class Family:
    """What the samples of one metric family mean; `type` as in OpenMetrics (`counter`, `gauge`, `histogram` …)."""

    name: str
    type: str = "unknown"
    unit: str = ""
    help: str = ""
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """An example of what a sample counts; its labels usually hold `trace_id`."""

    series: Labels
    labels: Labels
    time_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class Points:
    """Samples of one project. Sample i has the labels `series[refs[i]]`; `refs` None means one sample per series."""

    series: Sequence[Labels]
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]
    refs: NDArray[np.int32] | None = None
    histograms: Sequence[tuple[Labels, int, Histogram]] = ()
    exemplars: Sequence[Exemplar] = ()
    families: Sequence[Family] = ()

    @property
    def size_bytes(self) -> int:
        """About how much memory the points take until they are committed."""
        return (
            len(self.series) * 200
            + len(self.values) * 20
            + len(self.histograms) * 2000
            + len(self.exemplars) * 300
            + len(self.families) * 200
        )
