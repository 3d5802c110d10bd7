"""Rollups of native histograms: written from samples, and read together with samples that are not rolled up yet."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.columns import ARROW, HistogramColumns, from_arrow, to_arrow
from vedette.signals.metrics.promql.source import Batch
from vedette.signals.metrics.rollups.choice import Plan
from vedette.signals.metrics.rollups.resolutions import ONE_HOUR, Resolution
from vedette.signals.metrics.rollups.thinning import thin
from vedette.signals.metrics.samples import HISTOGRAM_COLUMNS, in_order

Ints = NDArray[np.int64]
Ids = NDArray[np.uint64]

COLUMNS = f"{HISTOGRAM_COLUMNS}, Samples, Version"
_TIME = pa.timestamp("ms", "UTC")
_EXACT = frozenset(
    {
        None,
        "rate",
        "increase",
        "delta",
        "first_over_time",
        "last_over_time",
        "present_over_time",
        "absent_over_time",
    }
)
_CLOSE = frozenset({"irate", "idelta"})


def serves(plan: Plan) -> bool:
    """Tell whether thinned out histograms lead to the result of all, or nearly where the plan is not exact either."""
    function = plan.purpose.function
    return function in _EXACT or (function in _CLOSE and not plan.is_exact)


def histograms_of(where: str) -> str:
    """Return a SELECT of the histograms that meet a condition, in the order of series and time."""
    return (
        f"SELECT Project, Name, SeriesId, toUnixTimestamp64Milli(Time) AS Millis, {HISTOGRAM_COLUMNS}"
        f" FROM histogram_samples FINAL WHERE {where} ORDER BY Project, Name, SeriesId, Time"
    )


def thinned_rows(table: pa.Table, resolution: Resolution, version: int) -> pa.Table:
    """Return the rows of a rollup made of histograms in the order of series and time."""
    times = table["Millis"].to_numpy()
    series = _numbered(table["Project"].to_numpy(), table["SeriesId"].to_numpy())
    thinned = thin(series, times, from_arrow(table), resolution.ms)
    rows = table.take(pa.array(thinned.rows))
    times = times[thinned.rows]
    return pa.table(
        {
            "Project": rows["Project"],
            "Name": rows["Name"],
            "Block": pa.array((times // resolution.block_ms).astype(np.int32)),
            "SeriesId": rows["SeriesId"],
            "Time": pa.array(times).cast(_TIME),
            "Samples": pa.array(thinned.samples.astype(np.uint32)),
            **{name: rows[name] for name in ARROW.names},
            "Version": pa.array(np.full(len(times), version, np.uint64)),
        }
    )


def _numbered(projects: Ids, ids: Ids) -> Ints:
    differs = (projects[1:] != projects[:-1]) | (ids[1:] != ids[:-1])
    return np.cumsum(np.append(False, differs)[: len(ids)])


_ROWS = pa.schema(
    [
        pa.field("SeriesId", pa.uint64()),
        pa.field("Millis", pa.int64()),
        *ARROW,
        pa.field("Samples", pa.uint32()),
        pa.field("Version", pa.uint64()),
    ]
)


def of_samples(batch: Batch, ids: Ids) -> pa.Table | None:
    """Return the histograms of a batch of samples as rows of a rollup, each of which stands for itself."""
    if batch.histograms is None or not len(batch.histograms):
        return None
    mask = batch.histograms.mask
    series = np.repeat(np.arange(len(ids)), np.diff(batch.offsets))[mask]
    columns = to_arrow(batch.histograms)
    return pa.table(
        {
            "SeriesId": ids[series],
            "Millis": batch.times_ms[mask],
            **dict(zip(columns.schema.names, columns.columns, strict=True)),
            "Samples": np.ones(len(series), np.uint32),
            "Version": np.zeros(len(series), np.uint64),
        }
    )


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Rows of neighbouring series in the order of series (their place) and time."""

    table: pa.Table
    series: Ints
    times_ms: Ints

    def at(self, rows: Ints) -> "_Sorted":
        return _Sorted(self.table.take(pa.array(rows)), self.series[rows], self.times_ms[rows])

    @property
    def columns(self) -> HistogramColumns:
        return from_arrow(self.table)


def seen(tables: Iterable[pa.Table], ids: Ids, plan: Plan, end_ms: int) -> pa.Table:
    """Return the histograms a function gets to see, from rows of a rollup and of samples in any order."""
    table = pa.concat_tables([each.select(_ROWS.names).cast(_ROWS) for each in tables])
    rows = _in_force(_sorted(table, ids), plan.resolution.ms)
    if plan.is_exact or not len(rows.times_ms):
        return rows.table
    if plan.purpose.function is None:
        return _stood_in(rows, plan, end_ms) if plan.resolution is ONE_HOUR else rows.table
    # Windows cut through buckets: without the first ones distances tell how far results reach beyond what is known.
    thinned = thin(rows.series, rows.times_ms, rows.columns, plan.resolution.ms, keep_firsts=False)
    return rows.at(thinned.rows).table


def _sorted(table: pa.Table, ids: Ids) -> _Sorted:
    order, offsets, times = in_order(table, ids)
    table = table if order is None else table.take(pa.array(order))
    return _Sorted(table, np.repeat(np.arange(len(ids)), np.diff(offsets)), times)


def _in_force(rows: _Sorted, size_ms: int) -> _Sorted:
    """Leave out what an hour that was rolled up again left behind."""
    versions = rows.table["Version"].to_numpy()
    buckets = -(-rows.times_ms // size_ms)
    heads = np.append(True, (np.diff(rows.series) != 0) | (np.diff(buckets) != 0))[: len(buckets)]
    starts = np.flatnonzero(heads)
    if not len(starts):
        return rows
    newest = np.maximum.reduceat(versions, starts)
    kept = versions == np.repeat(newest, np.diff(np.append(starts, len(buckets))))
    return rows if kept.all() else rows.at(np.flatnonzero(kept))


def _stood_in(rows: _Sorted, plan: Plan, end_ms: int) -> pa.Table:
    """Show the first of each bucket again at steps too late to find it by looking back, as with floats."""
    purpose, size_ms = plan.purpose, plan.resolution.ms
    buckets = -(-rows.times_ms // size_ms)
    heads = np.flatnonzero(np.append(True, (np.diff(rows.series) != 0) | (np.diff(buckets) != 0)))
    lasts = np.append(heads[1:], len(buckets)) - 1
    step_ms, at_ms = max(purpose.step_ms, 1), plan.first_end_ms
    most = (end_ms - at_ms) // step_ms + 1 if purpose.step_ms else 1
    low = np.clip(-((at_ms - rows.times_ms[heads] - purpose.range_ms) // step_ms), 0, most)
    high = np.clip(-((at_ms - rows.times_ms[lasts]) // step_ms), 0, most)
    repeats = np.maximum(high - low, 0)
    within = np.arange(int(repeats.sum())) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    times = at_ms + (np.repeat(low, repeats) + within) * step_ms
    again = rows.table.take(pa.array(np.repeat(heads, repeats)))
    again = again.set_column(again.column_names.index("Millis"), "Millis", pa.array(times))
    again = again.set_column(again.column_names.index("Version"), "Version", pa.array(np.zeros(len(times), np.uint64)))
    return pa.concat_tables([rows.table, again])
