"""A project's series, read from samples or from rollups, whatever the question needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.labels import NAME, Labels
from vedette.signals.metrics.promql.source import Batch, Purpose, Selection
from vedette.signals.metrics.promql.tree import Matcher
from vedette.signals.metrics.rollups.buckets import COLUMNS, Buckets, from_table, joined, sum_up
from vedette.signals.metrics.rollups.choice import Plan, choose, kept
from vedette.signals.metrics.rollups.events import form_of
from vedette.signals.metrics.rollups.histograms import COLUMNS as HISTOGRAM_COLUMNS
from vedette.signals.metrics.rollups.histograms import of_samples, seen, serves
from vedette.signals.metrics.rollups.hours import Hours, now
from vedette.signals.metrics.samples import Batches, Check, StoredSelection, from_head, in_order, with_histograms
from vedette.signals.metrics.series import Selected, SeriesIndex
from vedette.storage.telemetry.port import TelemetryStore, Value
from vedette.storage.telemetry.retention import Retention

_HISTOGRAMS: Final = 2
_EVENTS: Final = 3
"""Samples that a bucket turns into, about."""
_KEYS: Final = (
    "Project = {project:UInt32} AND Name IN {names:Array(String)} AND Block >= {first:Int32} AND Block <= {last:Int32}"
    " AND SeriesId >= {low:UInt64} AND SeriesId <= {high:UInt64}"
    " AND Time > fromUnixTimestamp64Milli({start:Int64}) AND Time <= fromUnixTimestamp64Milli({end:Int64})"
)
_NEAR_A_STEP: Final = (
    " AND positiveModulo({at:Int64} - toUnixTimestamp64Milli(Time) + {size:Int64}, {step:Int64}) < {reach:Int64}"
)


@dataclass(frozen=True, slots=True)
class Rollups:
    """What there is besides samples: which hours are rolled up, and how long anything is kept."""

    hours: Hours
    retention: Retention


@dataclass(frozen=True, slots=True)
class RolledSource:
    """One project's series in the telemetry store, for one question."""

    store: TelemetryStore
    index: SeriesIndex
    project: ProjectId
    check: Check
    most_series: int
    rollups: Rollups | None = None
    shelf: Shelf | None = None

    def select(
        self, matchers: Sequence[Matcher], start_ms: int, end_ms: int, purpose: Purpose | None = None
    ) -> Selection:
        """Return the matching series that have samples in `start_ms` < t <= `end_ms` or near it.

        Where there are native histograms and thinned out ones do not serve, samples are read as long as there are any.
        """
        self.check()
        plan = None
        if purpose is not None and self.rollups is not None:
            have = kept(self.rollups.retention, self.project, now())
            plan = choose(purpose, start_ms, end_ms, have, self.rollups.hours)
        if plan is not None:
            start_ms = min(start_ms, plan.first_end_ms - plan.least_range_ms)
        found = self.index.select(self.project, matchers, start_ms, end_ms, most=self.most_series)
        if plan is None and self.shelf is not None:
            in_memory = from_head(self.shelf.book, found, start_ms, end_ms)
            if in_memory is not None:
                return in_memory
        is_whole = all(each.name == NAME and each.op == "=" for each in matchers)
        if plan is None or self._needs_samples(found, plan, start_ms):
            return StoredSelection(self.store, self.project, found, start_ms, end_ms, self.check, is_whole=is_whole)
        return RolledSelection(self, found, plan, end_ms, is_whole=is_whole)

    def _needs_samples(self, found: Selected, plan: Plan, start_ms: int) -> bool:
        if serves(plan) or self.rollups is None or not (found.kinds & _HISTOGRAMS).any():
            return False
        return start_ms >= kept(self.rollups.retention, self.project, now()).samples_ms


class RolledSelection:
    """Selected series, and samples in the stead of theirs."""

    def __init__(self, source: RolledSource, found: Selected, plan: Plan, end_ms: int, *, is_whole: bool) -> None:
        self._source, self._plan, self._end_ms, self._is_whole = source, plan, end_ms, is_whole
        self.found = found
        self.least_range_ms = plan.least_range_ms
        self._form = form_of(plan.purpose.function)
        self._rest = [
            StoredSelection(source.store, source.project, found, start, end, source.check, is_whole=is_whole)
            for start, end in plan.rest
        ]

    @property
    def labels(self) -> Sequence[Labels]:
        """The labels of each series."""
        return self.found.labels

    def batches(self) -> Iterator[Batch]:
        """Return an iterator that several threads may share."""
        length = self._end_ms - self._plan.start_ms
        steps = length // self._plan.purpose.step_ms if self._plan.purpose.step_ms else 1
        return Batches(self, max(_EVENTS * length / self._plan.resolution.ms, steps))

    def read(self, first: int, end: int) -> Batch:
        """Read the series from `first` to before `end`."""
        samples = [each.read(first, end) for each in self._rest]
        parts = [sum_up(each, self._plan.resolution) for each in samples]
        if self._plan.start_ms < self._plan.end_ms:
            parts.append(self._table(first, end))
        buckets = joined(parts)
        if self._plan.purpose.function is not None and not (buckets.counts > 0).all():
            buckets = buckets.take(np.flatnonzero(buckets.counts > 0))
        batch = self._form.events(buckets, end - first, self._plan, self._end_ms)
        if (self.found.kinds[first:end] & _HISTOGRAMS).any():
            batch = self._with_histograms(batch, samples, first, end)
        return replace(batch, first=first)

    def _with_histograms(self, floats: Batch, samples: Sequence[Batch], first: int, end: int) -> Batch:
        plan, ids = self._plan, self.found.ids[first:end]
        tables = [rows for each in samples if (rows := of_samples(each, ids)) is not None]
        if plan.start_ms < plan.end_ms:
            tables.append(self._query(plan.resolution.histograms, HISTOGRAM_COLUMNS, plan.resolution.ms, first, end))
        if not tables:
            return floats
        return with_histograms(floats, seen(tables, ids, plan, self._end_ms), ids)

    def _table(self, first: int, end: int) -> Buckets:
        columns = ", ".join(f"{COLUMNS[name]} AS {name}" for name in self._form.columns)
        table = self._query(self._plan.resolution.table, f"Version, {columns}", 0, first, end)
        return from_table(table, *in_order(table, self.found.ids[first:end]))

    def _query(self, table: str, columns: str, more_ms: int, first: int, end: int) -> pa.Table:
        """Return rows of some series; `more_ms`: how long before the ends of their buckets they may be."""
        plan, ids = self._plan, self.found.ids[first:end]
        left_s = self._source.check()
        values: dict[str, Value] = {
            "project": int(self._source.project),
            "names": sorted(set(self.found.names[first:end])),
            "first": (plan.start_ms + 1) // plan.resolution.block_ms,
            "last": plan.end_ms // plan.resolution.block_ms,
            "low": int(ids.min()),
            "high": int(ids.max()),
            "start": plan.start_ms,
            "end": plan.end_ms,
        }
        where = _KEYS + self._near_a_step(values, more_ms) + self._those(ids, values)
        return self._source.store.query(
            f"SELECT SeriesId, toUnixTimestamp64Milli(Time) AS Millis, {columns} FROM {table} WHERE {where}",
            values,
            timeout_s=max(left_s, 0.001),
        )

    def _near_a_step(self, values: dict[str, Value], more_ms: int) -> str:
        """Return a condition that leaves out buckets between the windows, where there is room between them."""
        plan = self._plan
        reach = plan.resolution.ms + plan.purpose.range_ms + more_ms
        if plan.purpose.step_ms <= reach:
            return ""
        values |= {
            "at": plan.first_end_ms,
            "size": plan.resolution.ms,
            "step": plan.purpose.step_ms,
            "reach": reach,
        }
        return _NEAR_A_STEP

    def _those(self, ids: NDArray[np.uint64], values: dict[str, Value]) -> str:
        if self._is_whole:
            return ""
        values["ids"] = ids.tolist()
        return " AND SeriesId IN {ids:Array(UInt64)}"
