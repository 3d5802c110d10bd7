"""From groups to samples in the store: values as they stand, and the ends of series that are gone."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.ingest.pushgateway.groups import Group, Groups, Series
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import STALE, Exemplar, Family, Points

PROTOCOL = "pushgateway"
_MOST_AT_ONCE = 10_000
_STALE_HISTOGRAM = Histogram(0, 0.0, 0.0, 0.0, float(STALE))

Sample = tuple[Labels, float | Histogram, Family | None]
"""A series, its value, and what it means."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be written at one time: values, and series that ended."""

    at_ms: int
    samples: Sequence[Sample] = ()
    ended: Sequence[Series] = ()
    exemplars: Sequence[Exemplar] = ()


@dataclass(slots=True)
class Standing:
    """The groups of a project and which series' ends are not written yet.

    What is due is taken at once, without waiting in between: a later end always has a later time than an earlier value.
    """

    groups: Groups
    _ended: dict[Series, None] = field(default_factory=dict)
    _last_ms: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written, now or later."""
        return not self.groups.by_key and not self._ended

    def put(self, after: Group) -> None:
        """Let a group stand; the series it no longer has are to end."""
        before = self.groups.by_key.get(after.key)
        self.groups.put(after)
        self.end(before.series if before is not None else ())
        for series in after.series:
            self._ended.pop(series, None)

    def remove(self, group: Group) -> None:
        """Take a group away; its series are to end."""
        self.groups.remove(group.key)
        self.end(group.series)

    def end(self, ended: Iterable[Series]) -> None:
        """Let series end that no group has."""
        self._ended.update((each, None) for each in ended if not self.groups.has(each))

    def due(self, groups: Iterable[Group], exemplars: Sequence[Exemplar] = (), *, at_s: float | None = None) -> Due:
        """Return what is to be written of some groups now (or at `at_s`), with all ends."""
        self._last_ms = max(round((at_s or time.time()) * 1000), self._last_ms + 1)
        ended, self._ended = self._ended, {}
        return Due(self._last_ms, [each for group in groups for each in _samples(group)], list(ended), exemplars)


class PushWriter:
    """Writes what is due, and counts it."""

    def __init__(self, intake: MetricIntake, ledger: Ledger) -> None:
        self._intake, self._ledger = intake, ledger

    async def write(self, project: ProjectId, own: Standing, due: Due) -> None:
        """Write; values that could not be written come again with the next round, and so do ends."""
        stale = [(labels, _STALE_HISTOGRAM if is_native else STALE, None) for labels, is_native in due.ended]
        samples, exemplars = [*stale, *due.samples], due.exemplars
        for start in range(0, len(samples), _MOST_AT_ONCE):
            batch = samples[start : start + _MOST_AT_ONCE]
            try:
                written = await self._intake.write(project, _points(batch, due.at_ms, exemplars))
            except VedetteError as error:
                self._ledger.refused(project, PROTOCOL, "metrics", error.code, len(samples) - start)
                own.end(due.ended)
                return
            exemplars = ()
            count = written.samples + written.histograms
            self._ledger.accepted(project, "metrics", count, protocol=PROTOCOL, newest=written.newest_s)
            for reason, refused in written.refused.items():
                self._ledger.refused(project, PROTOCOL, "metrics", reason, refused)


def _samples(group: Group) -> Iterator[Sample]:
    for each in group.all_families:
        yield from ((labels, value, each.family) for labels, value in each.samples)
        yield from ((labels, value, each.family) for labels, value in each.histograms)


def _points(batch: Sequence[Sample], at_ms: int, exemplars: Sequence[Exemplar]) -> Points:
    floats = [(labels, value) for labels, value, _ in batch if not isinstance(value, Histogram)]
    return Points(
        [labels for labels, _ in floats],
        np.full(len(floats), at_ms, np.int64),
        np.array([value for _, value in floats], np.float64),
        histograms=[(labels, at_ms, value) for labels, value, _ in batch if isinstance(value, Histogram)],
        exemplars=[each if each.time_ms else replace(each, time_ms=at_ms) for each in exemplars],
        families=list({family.name: family for _, _, family in batch if family is not None}.values()),
    )
