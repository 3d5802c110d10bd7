"""What a query evaluates to."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.vectors import Bools, Floats, Ints, Objects

ResultKind = Literal["scalar", "vector", "matrix", "string"]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The samples of a range vector: those of series j are [offsets[j], offsets[j + 1]).

    Where `histograms` has one the value means nothing.
    """

    offsets: Ints
    times_ms: Ints
    values: Floats
    histograms: list[Histogram | None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """S series at T times, as matrices; a range vector has `points` instead, and no times.

    A scalar has one row and no labels. `text` is the value of a string. Where `present` is False the other cells mean
    nothing; `histograms` has a Histogram or None per cell, None when there are none at all. The series of a matrix are
    in the order of their labels, those of a vector in the order the query gives.
    """

    kind: ResultKind
    labels: list[Labels]
    times_ms: Ints
    values: Floats
    present: Bools
    histograms: Objects | None = None
    text: str = ""
    warnings: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)
    points: Points | None = None


NO_VALUES: NDArray[np.float64] = np.zeros((0, 0))
