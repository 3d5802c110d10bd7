"""From samples with labels to committed rows: what every way in for metrics shares."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import FLOATS, HISTOGRAMS, Hours, SeriesBook, Shelf
from vedette.signals.metrics.histograms.columns import HistogramColumns, from_histograms
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import LabelFault, Labels
from vedette.signals.metrics.points import Exemplar, Family, Points
from vedette.signals.metrics.rollups.hours import Hours as RolledHours
from vedette.signals.metrics.rollups.hours import hour_rows
from vedette.signals.metrics.rows import (
    LabelsOf,
    exemplar_rows,
    family_rows,
    histogram_rows,
    sample_rows,
    series_rows,
)
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Decoded, Writers

_MOST_FAULTS = 5
_EARLIEST_MS, _LATEST_MS = -2_208_988_800_000, 10_413_791_999_999  # what DateTime64(3) can hold
_MOST_FAMILIES = 100_000
_FAMILY_EVERY_S = 86_400


@dataclass(slots=True)
class Written:
    """What became of one sender's points; `faults` are the first few in words, `error` is set when nothing was read."""

    samples: int = 0
    histograms: int = 0
    exemplars: int = 0
    newest_s: float | None = None
    refused: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    error: VedetteError | None = None

    def refuse(self, reason: str, detail: str, count: int = 1) -> None:
        """Count records that are not kept."""
        self.refused[reason] = self.refused.get(reason, 0) + count
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(detail)


@dataclass(frozen=True, slots=True)
class Limits:
    """Which samples are taken."""

    retention: Retention
    max_future_s: float


@dataclass(frozen=True, slots=True)
class Floats:
    """Samples of several senders; slot -1 stands for a series that was refused and is left out."""

    units: NDArray[np.int32]
    slots: Slots
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]

    def and_(self, other: "Floats") -> "Floats":
        """Return both, one after the other."""
        return Floats(
            np.concatenate([self.units, other.units]),
            np.concatenate([self.slots, other.slots]),
            np.concatenate([self.times_ms, other.times_ms]),
            np.concatenate([self.values, other.values]),
        )


@dataclass(frozen=True, slots=True)
class OneHistogram:
    """A native histogram of one sender."""

    unit: int
    slot: int
    time_ms: int
    histogram: Histogram


@dataclass(frozen=True, slots=True)
class HistogramRun:
    """Native histograms of several senders, column by column."""

    units: NDArray[np.int32]
    slots: Slots
    times_ms: NDArray[np.int64]
    columns: HistogramColumns


@dataclass(slots=True)
class Rest:
    """What comes beside the samples; exemplars and families with their sender."""

    histograms: list[OneHistogram] = field(default_factory=list)
    runs: list[HistogramRun] = field(default_factory=list)
    exemplars: list[tuple[int, Exemplar]] = field(default_factory=list)
    families: list[tuple[int, Family]] = field(default_factory=list)

    def all_runs(self) -> list[HistogramRun]:
        """Return all native histograms in columns."""
        if not self.histograms:
            return self.runs
        each = self.histograms
        loose = HistogramRun(
            np.array([one.unit for one in each], np.int32),
            np.array([one.slot for one in each], np.int32),
            np.array([one.time_ms for one in each], np.int64),
            from_histograms([one.histogram for one in each]),
        )
        return [*self.runs, loose]


class Assembler:
    """Turns numbered series and their samples into rows, and writes down series and families when they are news."""

    def __init__(self, limits: Limits, shelf: Shelf, rolled: RolledHours | None = None) -> None:
        self._limits, self._shelf, self._rolled = limits, shelf, rolled
        self._families: dict[tuple[int, str], tuple[Family, float]] = {}

    def assemble(
        self,
        book: SeriesBook,
        projects: Sequence[ProjectId],
        floats: Floats,
        rest: Rest,
        labels_of: LabelsOf,
        outcomes: Sequence[Written],
    ) -> Decoded[Written]:
        """Return the rows of several senders (`projects` by unit) and complete their outcomes."""
        tables = {}
        hours: list[Hours] = []
        floats = self._admit(floats, projects, outcomes)
        if len(floats.slots):
            hours.append(book.unwritten(floats.slots, floats.times_ms, FLOATS))
            tables["samples"] = sample_rows(book, floats.slots, floats.times_ms, floats.values)
        runs = [run for each in rest.all_runs() if len((run := self._admit_run(each, projects, outcomes)).slots)]
        if runs:
            hours += [book.unwritten(run.slots, run.times_ms, HISTOGRAMS) for run in runs]
            parts = [histogram_rows(book, run.slots, run.times_ms, run.columns) for run in runs]
            tables["histogram_samples"] = pa.concat_tables(parts)
        if rest.exemplars:
            tables["exemplars"] = exemplar_rows([(projects[unit], each) for unit, each in rest.exemplars])
            for unit, _ in rest.exemplars:
                outcomes[unit].exemplars += 1
        news = self._news(projects, rest.families)
        if news:
            tables["metric_families"] = family_rows(news)
        hours = [each for each in hours if len(each.slots)]
        if hours:  # before the samples, so that a sample never stands without its series
            tables = {"series": series_rows(book, hours, labels_of)} | tables
        now_ms = int(time.time() * 1000)
        late = self._late(np.concatenate([floats.times_ms, *(run.times_ms for run in runs)]), now_ms)
        written = [(floats.units, floats.times_ms), *((run.units, run.times_ms) for run in runs)]
        earliest = _earliest(projects, written)

        def committed() -> None:
            self._noted(late)
            for each in hours:
                book.written(each)
            if hours:
                self._shelf.printed(set(projects))
            self._shelf.keep(book, floats.slots, floats.times_ms, floats.values, now_ms)
            self._shelf.changes.written(earliest)
            self._told(news)

        return Decoded(late | tables, outcomes, committed)

    def _late(self, times_ms: NDArray[np.int64], now_ms: int) -> dict[str, pa.Table]:
        """Return rows about hours that are rolled up already; they come first, so that no kill loses them."""
        hours = self._rolled.note(times_ms, now_ms) if self._rolled is not None else []
        return {"rollup_dirty": hour_rows(hours, now_ms)} if hours else {}

    def _noted(self, late: Mapping[str, pa.Table]) -> None:
        if self._rolled is not None and late:
            self._rolled.noted(late["rollup_dirty"]["Hour"].to_pylist())

    def _admit(self, floats: Floats, projects: Sequence[ProjectId], outcomes: Sequence[Written]) -> Floats:
        keep = self._keep(floats.units, floats.slots, floats.times_ms, projects, outcomes)
        if not keep.all():
            floats = Floats(floats.units[keep], floats.slots[keep], floats.times_ms[keep], floats.values[keep])
        for outcome, count in _counted(floats.units, floats.times_ms, outcomes):
            outcome.samples += count
        return floats

    def _admit_run(self, run: HistogramRun, projects: Sequence[ProjectId], outcomes: Sequence[Written]) -> HistogramRun:
        keep = self._keep(run.units, run.slots, run.times_ms, projects, outcomes)
        if not keep.all():
            columns = run.columns.take(np.flatnonzero(keep))
            run = HistogramRun(run.units[keep], run.slots[keep], run.times_ms[keep], columns)
        for outcome, count in _counted(run.units, run.times_ms, outcomes):
            outcome.histograms += count
        return run

    def _keep(
        self,
        units: NDArray[np.int32],
        slots: Slots,
        times_ms: NDArray[np.int64],
        projects: Sequence[ProjectId],
        outcomes: Sequence[Written],
    ) -> NDArray[np.bool_]:
        """Tell which samples are taken, and count the others."""
        now_s = time.time()
        oldest = np.array([self._oldest_ms(project, now_s) for project in projects])
        keep = slots >= 0
        too_old = times_ms < oldest[units]
        in_future = times_ms > self._newest_ms(now_s)
        for reason, mask in (("too_old", too_old), ("in_future", in_future)):
            refused = mask & keep
            if refused.any():
                keep &= ~mask
                for unit, count in enumerate(np.bincount(units[refused], minlength=len(projects)).tolist()):
                    if count:
                        outcomes[unit].refuse(reason, _TIMES[reason], count)
        return keep

    def _oldest_ms(self, project: ProjectId, now_s: float) -> float:
        return max(self._limits.retention.oldest_s(project, "metrics", now_s) * 1000, _EARLIEST_MS)

    def _newest_ms(self, now_s: float) -> float:
        return min((now_s + self._limits.max_future_s) * 1000, _LATEST_MS)

    def _news(
        self, projects: Sequence[ProjectId], families: Sequence[tuple[int, Family]]
    ) -> list[tuple[ProjectId, Family]]:
        due = time.monotonic() - _FAMILY_EVERY_S
        news: dict[tuple[ProjectId, str], Family] = {}
        for unit, family in families:
            known = self._families.get((projects[unit], family.name))
            if known is None or known[0] != family or known[1] < due:
                news[projects[unit], family.name] = family
        return [(project, family) for (project, _), family in news.items()]

    def _told(self, news: Sequence[tuple[ProjectId, Family]]) -> None:
        if len(self._families) > _MOST_FAMILIES:
            self._families.clear()
        for project, family in news:
            self._families[project, family.name] = (family, time.monotonic())


def _counted(
    units: NDArray[np.int32], times_ms: NDArray[np.int64], outcomes: Sequence[Written]
) -> Iterator[tuple[Written, int]]:
    """Give how many samples each sender has, and note the time of its newest."""
    if not len(units):
        return
    newest = np.full(len(outcomes), np.iinfo(np.int64).min)
    np.maximum.at(newest, units, times_ms)
    for unit, count in enumerate(np.bincount(units, minlength=len(outcomes)).tolist()):
        if count:
            outcome, newest_s = outcomes[unit], float(newest[unit]) / 1000
            outcome.newest_s = newest_s if outcome.newest_s is None else max(outcome.newest_s, newest_s)
            yield outcome, count


def _earliest(
    projects: Sequence[ProjectId], written: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]]
) -> list[tuple[ProjectId, int]]:
    """Return the earliest time (ms) of what each project got, from units and times of samples."""
    found: dict[ProjectId, int] = {}
    is_one = len(set(projects)) == 1
    for units, times_ms in written:
        if not len(times_ms):
            continue
        if is_one:
            earliest = np.array([times_ms.min()])
        else:
            earliest = np.full(len(projects), _LATEST_MS + 1)
            np.minimum.at(earliest, units, times_ms)
        for project, time_ms in zip(projects, earliest.tolist(), strict=False):
            found[project] = min(found.get(project, time_ms), time_ms)
    return [(project, time_ms) for project, time_ms in found.items() if time_ms <= _LATEST_MS]


_TIMES: Mapping[str, str] = {
    "too_old": "samples older than the retention of metrics",
    "in_future": "samples further in the future than `max_future_minutes`",
}


@dataclass(frozen=True, slots=True)
class _Unit:
    project: ProjectId
    points: Points


class PointsDecoder:
    """The decoder of points that are labelled already."""

    def __init__(self, shelf: Shelf, assembler: Assembler) -> None:
        self._shelf, self._assembler = shelf, assembler

    def decode(self, units: Sequence[_Unit]) -> Decoded[Written]:
        """Return the rows of every unit together."""
        book = self._shelf.open()
        outcomes = [Written() for _ in units]
        by_slot: dict[int, Labels] = {}
        parts: list[Floats] = []
        rest = Rest()
        for number, unit in enumerate(units):
            points = unit.points
            slots = np.empty(len(points.series), np.int32)
            counts = (
                np.ones(len(slots), np.int64) if points.refs is None else np.bincount(points.refs, minlength=len(slots))
            )
            for place, labels in enumerate(points.series):
                slot = _numbered(book, unit.project, labels, outcomes[number], int(counts[place]))
                slots[place] = slot
                by_slot[slot] = labels
            per_sample = slots if points.refs is None else slots[points.refs]
            units_of = np.full(len(per_sample), number, np.int32)
            parts.append(Floats(units_of, per_sample, points.times_ms, points.values))
            for labels, time_ms, histogram in points.histograms:
                slot = _numbered(book, unit.project, labels, outcomes[number], 1)
                if slot >= 0:
                    by_slot[slot] = labels
                    rest.histograms.append(OneHistogram(number, slot, time_ms, histogram))
            rest.exemplars += [(number, each) for each in points.exemplars]
            rest.families += [(number, each) for each in points.families]
        floats = Floats(
            np.concatenate([each.units for each in parts]),
            np.concatenate([each.slots for each in parts]),
            np.concatenate([each.times_ms for each in parts]),
            np.concatenate([each.values for each in parts]),
        )
        return self._assembler.assemble(
            book,
            [unit.project for unit in units],
            floats,
            rest,
            lambda slots: [by_slot[slot] for slot in slots.tolist()],
            outcomes,
        )


def _numbered(book: SeriesBook, project: ProjectId, labels: Labels, outcome: Written, samples: int) -> int:
    try:
        return book.by_labels(project, labels)
    except LabelFault as fault:
        outcome.refuse(fault.reason, fault.detail, max(samples, 1))
        return -1


class MetricIntake:
    """Writes points of one project; returns once they are committed."""

    def __init__(self, writers: Writers, shelf: Shelf, assembler: Assembler) -> None:
        self._writers = writers
        self._decoder = PointsDecoder(shelf, assembler)

    async def write(self, project: ProjectId, points: Points) -> Written:
        """Commit points and say what became of them. Raises Busy and Unavailable as every writer."""
        return await self._writers.metrics.write(self._decoder, _Unit(project, points), points.size_bytes)
