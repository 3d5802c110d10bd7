"""Quantiles of durations that histograms of several kinds and bounds have counted."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.signals.metrics.histograms.bounds import intervals
from vedette.signals.metrics.promql.result import Result

Floats = npt.NDArray[np.float64]

_OTHERWISE_SECONDS = "milliseconds"
# Where native histograms are looked at, in ms: about ten bounds to a doubling, from 10 microseconds to ten minutes.
_NATIVE_BOUNDS_MS = np.geomspace(0.01, 600_000, 260)


@dataclass(frozen=True, slots=True)
class Spread:
    """Rates of requests that took at most `bounds_ms` (ascending), by bound and step, and of all by step.

    Within a bucket durations are taken to be spread evenly, as PromQL's histogram_quantile does.
    """

    bounds_ms: Floats
    below: Floats
    total: Floats

    def quantile_ms(self, quantile: float) -> Floats:
        """Return the quantile at each step; NaN where nothing was counted, the highest bound where it is beyond."""
        steps = len(self.total)
        if not len(self.bounds_ms):
            return np.full(steps, np.nan)
        wanted = self.total * quantile
        above = np.minimum((self.below < wanted).sum(axis=0), len(self.bounds_ms) - 1)
        at = np.arange(steps)
        low = np.where(above > 0, self.below[above - 1, at], 0.0)
        start = np.where(above > 0, self.bounds_ms[above - 1], 0.0)
        inside = self.below[above, at] - low
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(inside > 0, (wanted - low) / inside, 0.0).clip(0, 1)
        found: Floats = start + share * (self.bounds_ms[above] - start)
        return np.where(self.total > 0, found, np.nan)

    def over(self, steps: slice, lengths: Floats) -> "Spread":
        """Return how many there were in some of the steps, by the lengths of all steps."""
        some = lengths[steps]
        return Spread(self.bounds_ms, (self.below[:, steps] @ some)[:, None], np.array([self.total[steps] @ some]))


def spread_of(classic: Result, native: Result) -> Spread:
    """Join the answers of `@http_buckets(job)` and `@http_native(job)`.

    Where a job has histograms of several names they tell the same, so that the first by name counts.
    """
    steps, kinds = classic.values.shape[1], _by_job(classic)
    cells = [] if native.histograms is None else [native.histograms]
    bounds = [each for each, _ in kinds] + ([_NATIVE_BOUNDS_MS] if cells else [])
    union = np.unique(np.concatenate([each[np.isfinite(each)] for each in bounds])) if bounds else np.zeros(0)
    below, total = np.zeros((len(union), steps)), np.zeros(steps)
    for bounds_ms, counts in kinds:
        finite = np.isfinite(bounds_ms)
        below += _at(union, bounds_ms[finite], counts[finite])
        total += counts[-1]
    for rows in cells:
        for row in rows:
            for step, cell in enumerate(row):
                if cell is None:
                    continue
                parts = intervals(cell)
                if len(parts.counts):
                    edges = np.stack([parts.lower, parts.upper], axis=1).ravel() * 1000
                    running = np.repeat(np.concatenate([[0.0], parts.counts.cumsum()]), 2)[1:-1]
                    below[:, step] += np.interp(union, edges, running)
                    total[step] += running[-1]
    return Spread(union, below, total)


def _by_job(result: Result) -> list[tuple[Floats, Floats]]:
    """Return bounds in ms, ascending, and running counts by bound and step, for every job."""
    values = np.where(result.present & np.isfinite(result.values), result.values, 0.0)
    jobs: dict[str, dict[str, list[tuple[float, int]]]] = {}
    for row, labels in enumerate(map(dict, result.labels)):
        name, bound = labels["histogram"], _bound(labels.get("le", ""))
        if not math.isnan(bound):
            factor = 1.0 if name.endswith(_OTHERWISE_SECONDS) else 1000.0
            jobs.setdefault(labels.get("job", ""), {}).setdefault(name, []).append((bound * factor, row))
    found = []
    for kinds in jobs.values():
        ordered = sorted(kinds[min(kinds)])
        # Counts that fall from one bound to the next are no counts: as histogram_quantile, the higher one holds.
        rising = np.maximum.accumulate(values[[row for _, row in ordered]].clip(min=0.0), axis=0)
        found.append((np.array([bound for bound, _ in ordered]), rising))
    return found


def _bound(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _at(wanted: Floats, bounds: Floats, counts: Floats) -> Floats:
    """Interpolate running counts, which begin with 0 at 0, at other bounds."""
    known = np.concatenate([[0.0], bounds])
    running = np.concatenate([np.zeros((1, counts.shape[1])), counts])
    right = np.searchsorted(known, wanted).clip(1, max(len(known) - 1, 1))
    if len(known) == 1:
        return np.zeros((len(wanted), counts.shape[1]))
    width = np.maximum(known[right] - known[right - 1], 1e-300)
    share = ((wanted - known[right - 1]) / width).clip(0, 1)[:, None]
    between: Floats = running[right - 1] + share * (running[right] - running[right - 1])
    return between
