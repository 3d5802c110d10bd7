"""A native histogram as a value.

Semantics follow the specification of native histograms of Prometheus
(https://prometheus.io/docs/specs/native_histograms/). All counts are absolute and floating-point.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

CUSTOM: Final = -53
"""The schema of histograms whose bucket bounds are listed in the histogram itself."""

MIN_SCHEMA: Final = -4
MAX_SCHEMA: Final = 8


class Hint(IntEnum):
    """What is known about a counter reset between a histogram and its predecessor; numbers as on the wire."""

    UNKNOWN = 0
    RESET = 1
    NO_RESET = 2
    GAUGE = 3


class Incompatible(ValueError):
    """One histogram has exponential buckets, the other has custom ones: they cannot be combined."""

    def __init__(self) -> None:
        super().__init__(
            "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Buckets of one sign, by strictly ascending index; buckets that are absent are empty.

    Bucket i of schema s holds the (absolute) values in (2**((i-1) * 2**-s), 2**(i * 2**-s)]; of custom buckets it is
    the one whose upper bound is custom[i], or +Inf for i = len(custom). Counts may be zero.
    """

    indexes: NDArray[np.int32]
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, counts: dict[int, float]) -> "Buckets":
        """Return buckets with the given counts by index."""
        ordered = sorted(counts)
        return cls(np.array(ordered, np.int32), np.array([counts[i] for i in ordered], np.float64))

    def __len__(self) -> int:
        return len(self.indexes)


NO_BUCKETS: Final = Buckets(np.empty(0, np.int32), np.empty(0, np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """A native histogram. Its arrays are never written to: they may be shared between values.

    `schema` is -4 … 8, or CUSTOM. `custom` lists the finite upper bounds of custom buckets, strictly rising; None with
    other schemas. With custom buckets the zero threshold, the zero count and the negative buckets are zero and empty.
    """

    schema: int
    zero_threshold: float
    zero_count: float
    count: float
    sum: float
    positive: Buckets = NO_BUCKETS
    negative: Buckets = NO_BUCKETS
    custom: tuple[float, ...] | None = None
    hint: Hint = Hint.UNKNOWN

    @property
    def is_custom(self) -> bool:
        """Whether the bucket bounds are listed in the histogram."""
        return self.schema == CUSTOM

    @property
    def is_stale(self) -> bool:
        """Whether this marks the end of its series: the sum is the stale NaN."""
        return bool(np.float64(self.sum).view(np.uint64) == STALE_BITS)


class Combined(NamedTuple):
    """A sum or difference of histograms, and what had to be put up with."""

    histogram: Histogram
    hints_collided: bool
    """One side had the hint RESET, the other NO_RESET."""
    bounds_reconciled: bool
    """The custom bounds differed; the result has those both sides share."""


STALE_BITS: Final = np.uint64(0x7FF0000000000002)
