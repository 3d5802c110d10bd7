"""Figures from durations that were counted in buckets (see migration 0001: bucket = floor(ln(ns) / ln(1.1)))."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MIDDLE = float(np.sqrt(1.1))


@dataclass(frozen=True, slots=True)
class Durations:
    """Counts over (groups, buckets); `buckets` ascend."""

    buckets: npt.NDArray[np.int16]
    counts: Counts

    @classmethod
    def gathered(cls, group: Counts, groups: int, bucket: npt.NDArray[np.int16], count: Counts) -> "Durations":
        """Arrange rows of (group, bucket, count)."""
        buckets, place = np.unique(bucket, return_inverse=True)
        counts = np.zeros((groups, len(buckets)), np.int64)
        np.add.at(counts, (group, place), count)
        return cls(buckets, counts)

    @property
    def totals(self) -> Counts:
        """Return the count of each group."""
        totals: Counts = self.counts.sum(axis=1)
        return totals

    def quantile_ms(self, quantile: float) -> Floats:
        """Return the quantile of each group in milliseconds, exact to 5 %; NaN for an empty group."""
        if not self.counts.shape[1]:
            return np.full(len(self.counts), np.nan)
        running = self.counts.cumsum(axis=1)
        wanted = np.maximum(np.ceil(running[:, -1] * quantile), 1)
        place = (running < wanted[:, None]).sum(axis=1).clip(0, len(self.buckets) - 1)
        values: Floats = 1.1 ** self.buckets[place].astype(np.float64) * _MIDDLE / 1e6
        return np.where(running[:, -1] > 0, values, np.nan)
