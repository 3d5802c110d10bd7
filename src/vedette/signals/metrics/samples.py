"""Samples read from the store, in batches of whole series."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import SeriesBook
from vedette.signals.metrics.digits import COLUMNS as DECIMALS
from vedette.signals.metrics.digits import Decimals, decimals, joined, stored
from vedette.signals.metrics.histograms.columns import from_arrow
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.facts import fact
from vedette.signals.metrics.promql.selecting import WORKERS
from vedette.signals.metrics.promql.source import Batch
from vedette.signals.metrics.rows import BLOCK_MS
from vedette.signals.metrics.series import Selected
from vedette.storage.telemetry.port import TelemetryStore, Value

Ints = NDArray[np.int64]

_BATCH_SAMPLES = 600_000
_LARGEST_BATCH = 1_000_000
# Looking up a block costs the engine as much as reading so many samples, several times over.
_SAMPLES_OF_BLOCK = 20_000
_LEAST_SAMPLES = 200_000
_USUAL_INTERVAL_MS = 15_000
_HISTOGRAMS = 2
_MOST_NAMES = 200
_TIMES = "Time > fromUnixTimestamp64Milli({start:Int64}) AND Time <= fromUnixTimestamp64Milli({end:Int64})"
# The id tells the name, and the time the block: these are for finding the place, not to be read.
_PLACE = "Name IN {names:Array(String)} AND Block >= {first:Int32} AND Block <= {last:Int32}"
_OF_MANY = (
    f"WHERE Project = {{project:UInt32}} AND indexHint({_PLACE})"
    f" AND SeriesId >= {{low:UInt64}} AND SeriesId <= {{high:UInt64}} AND {_TIMES}"
)
# A question of one series is mostly its own planning: every condition counts, and those few rows are cut here.
_OF_ONE = (
    "PREWHERE SeriesId = {low:UInt64}"
    f" WHERE Project = {{project:UInt32}} AND indexHint({_PLACE} AND {_TIMES}) SETTINGS max_threads = 1"
)
HISTOGRAM_COLUMNS = (
    "Schema, ZeroThreshold, ZeroCount, Count, Sum, Hint, PositiveIndexes, PositiveCounts,"
    " NegativeIndexes, NegativeCounts, CustomBounds"
)
Check = Callable[[], float]
"""Raises when the question should end; else returns the seconds that are left."""


class StoredSelection:
    """Selected series and a way to their samples."""

    least_range_ms = 0

    def __init__(
        self,
        store: TelemetryStore,
        project: ProjectId,
        found: Selected,
        start_ms: int,
        end_ms: int,
        check: Check,
        *,
        is_whole: bool,
    ) -> None:
        self._store, self._project, self._found, self._check = store, project, found, check
        self._start_ms, self._end_ms, self._is_whole = start_ms, end_ms, is_whole
        # Before the table is asked: rows move from the journal to the table, never back.
        self._recent = _recent(store.recent("samples"), found.ids, start_ms, end_ms)

    @property
    def labels(self) -> Sequence[Labels]:
        """The labels of each series."""
        return self._found.labels

    def batches(self) -> Iterator[Batch]:
        """Return an iterator that several threads may share."""
        length_ms = self._end_ms - self._start_ms
        size = min(max(length_ms // BLOCK_MS * _SAMPLES_OF_BLOCK, _BATCH_SAMPLES), _LARGEST_BATCH)
        return Batches(self, length_ms / _USUAL_INTERVAL_MS, size)

    @property
    def found(self) -> Selected:
        """The series."""
        return self._found

    def read(self, first: int, end: int) -> Batch:
        """Read the samples of the series from `first` to before `end`."""
        ids = self._found.ids[first:end]
        columns = ", ".join(DECIMALS)
        stored = self._query("samples", columns, ids, first, end)
        batch, has_doubles = _arranged(self._recent.added(stored, first, end), ids, first)
        if has_doubles and _arranged(stored, ids, first)[1]:
            # Which of them is the later one only the engine knows.
            stored = self._query("samples FINAL", columns, ids, first, end)
            batch, _ = _arranged(self._recent.added(stored, first, end), ids, first)
        if (self._found.kinds[first:end] & _HISTOGRAMS).any():
            return with_histograms(batch, self._query("histogram_samples", HISTOGRAM_COLUMNS, ids, first, end), ids)
        return batch

    def _query(self, table: str, columns: str, ids: NDArray[np.uint64], first: int, end: int) -> pa.Table:
        left_s = self._check()
        values: dict[str, Value] = {
            "project": int(self._project),
            "names": sorted(set(self._found.names[first:end])),
            "first": (self._start_ms + 1) // BLOCK_MS,
            "last": self._end_ms // BLOCK_MS,
            "low": int(ids.min()),
            "high": int(ids.max()),
            "start": self._start_ms,
            "end": self._end_ms,
        }
        which = _OF_MANY if len(ids) > 1 else _OF_ONE
        if not self._is_whole and len(ids) > 1:
            which += " AND SeriesId IN {ids:Array(UInt64)}"
            values["ids"] = ids.tolist()
        found = self._store.query(
            f"SELECT SeriesId, toUnixTimestamp64Milli(Time) AS Millis, {columns} FROM {table} {which}",
            values,
            timeout_s=max(left_s, 0.001),
        )
        return found if len(ids) > 1 else self._within(found)

    def _within(self, table: pa.Table) -> pa.Table:
        times = table["Millis"].to_numpy()
        kept = (times > self._start_ms) & (times <= self._end_ms)
        return table if kept.all() else table.filter(pa.array(kept))


class HeadSelection:
    """Selected series whose samples of the window are all in memory."""

    least_range_ms = 0

    def __init__(self, labels: Sequence[Labels], batch: Batch) -> None:
        self.labels, self._batch = labels, batch

    def batches(self) -> Iterator[Batch]:
        """Return an iterator over the one batch."""
        return iter([self._batch])


def from_head(book: SeriesBook, found: Selected, start_ms: int, end_ms: int) -> HeadSelection | None:
    """Return the samples in `start_ms` < t <= `end_ms`, None where the head of the book lacks some."""
    if not len(found.ids) or (found.kinds & _HISTOGRAMS).any():
        return None
    slots = _slots(book, found)
    if slots is None or (read := book.head.read(slots, start_ms, end_ms)) is None:
        return None
    offsets, times, values = read
    if not _rises(times, offsets):
        order, offsets, times = _sorted(None, offsets, times, None)
        values = values[order]
    return HeadSelection(found.labels, Batch(0, offsets, times, values))


def _slots(book: SeriesBook, found: Selected) -> NDArray[np.int32] | None:
    """Return where the series are in the head, -1 for those that were not written to this book."""
    tracked = book.tracked
    known, count = fact(found.labels, ("slots", book), _Places), len(tracked)
    if known.count != count and (known.slots is None or (known.slots < 0).any()):
        get = tracked.get
        known.slots = np.array([get(each, -1) for each in found.ids.tolist()], np.int32)
        known.count = count
    return known.slots


@dataclass(slots=True)
class _Places:
    """Slots of a selection, as they were when the book tracked so many series."""

    slots: NDArray[np.int32] | None = None
    count: int = -1


class Readable(Protocol):
    """Selected series whose samples can be read in runs of neighbours."""

    @property
    def found(self) -> Selected:
        """The series."""

    def read(self, first: int, end: int) -> Batch:
        """Read the samples of the series from `first` to before `end`."""


class Batches(Iterator[Batch]):
    """Hands out runs of series of at most about `size` samples; learns from the first how dense they are."""

    def __init__(self, selection: Readable, per_series: float, size: int = _BATCH_SAMPLES) -> None:
        self._selection = selection
        self._count = len(selection.found.ids)
        self._lock = threading.Lock()
        self._next = 0
        self._per_series = max(per_series, 1.0)
        self._read_series = self._read_samples = 0
        self.expected = self._count * self._per_series
        """How many samples there will be, about."""
        rounds = max(-(-self.expected // (size * WORKERS)), 1)
        self._size = max(self.expected / (rounds * WORKERS), _LEAST_SAMPLES)

    def __next__(self) -> Batch:
        with self._lock:
            first = self._next
            if first >= self._count:
                raise StopIteration
            size = max(math.ceil(self._size / self._per_series), 1)
            end = self._next = min(first + size, self._count, self._last_name(first))
        batch = self._selection.read(first, end)
        with self._lock:
            self._read_series += end - first
            self._read_samples += len(batch.times_ms)
            self._per_series = max(self._read_samples / self._read_series, 1.0)
        return batch

    def _last_name(self, first: int) -> int:
        """Return where the batch must end to have no more names than a query should list."""
        names = self._selection.found.names
        if names[first] == names[-1]:
            return len(names)
        seen: set[str] = set()
        for place in range(first, len(names)):
            seen.add(names[place])
            if len(seen) > _MOST_NAMES:
                return place
        return len(names)


@dataclass(frozen=True, slots=True)
class _Recent:
    """Rows of the journal that belong to a selection, in its order; `place` is that of the series."""

    place: Ints
    ids: NDArray[np.uint64]
    times_ms: Ints
    values: Decimals

    def added(self, table: pa.Table, first: int, end: int) -> pa.Table:
        """Return rows of the table and, behind them, those of the journal for the same series."""
        begin, stop = np.searchsorted(self.place, [first, end])
        if begin == stop:
            return table
        here = slice(int(begin), int(stop))
        columns = {"SeriesId": self.ids[here], "Millis": self.times_ms[here]}
        columns |= self.values.at(here).columns()
        return pa.concat_tables([table, pa.table(columns).cast(table.schema)])


def _recent(tables: Sequence[pa.Table], ids: NDArray[np.uint64], start_ms: int, end_ms: int) -> _Recent:
    """Select the rows of a journal by series and time."""
    if not tables or not len(ids):
        nothing = np.zeros(0, np.int64)
        return _Recent(nothing, nothing.astype(np.uint64), nothing, decimals(np.zeros(0), np.zeros(0, np.int8)))
    found = np.concatenate([each["SeriesId"].to_numpy() for each in tables])
    times = np.concatenate([each["Time"].cast(pa.int64()).to_numpy() for each in tables])
    by_id = np.argsort(ids)
    slots = np.minimum(np.searchsorted(ids[by_id], found), len(ids) - 1)
    place = by_id[slots]
    wanted = np.flatnonzero((ids[place] == found) & (times > start_ms) & (times <= end_ms))
    order = wanted[np.lexsort((times[wanted], place[wanted]))]
    values = joined([stored(each) for each in tables])
    return _Recent(place[order], found[order], times[order], values.at(order))


def _arranged(table: pa.Table, ids: NDArray[np.uint64], first: int) -> tuple[Batch, bool]:
    """Put rows, which come in runs of one series each, into the order of series and time.

    Also tell whether there were several for the same series and time.
    """
    order, offsets, times = _in_runs(table, ids)
    count = len(times)
    if not _rises(times, offsets):
        order, offsets, times = _sorted(order, offsets, times, None)
    values = stored(table).values()
    if order is not None:
        values = values[order]
    return Batch(first, offsets, times, values), len(times) < count


def in_order(table: pa.Table, ids: NDArray[np.uint64]) -> tuple[Ints | None, Ints, Ints]:
    """Return which row comes where (None: they are in order), the offsets of the series, and the times in order.

    Of rows of the same series and time the last one counts, or that of the highest Version where there are versions.
    """
    order, offsets, times = _in_runs(table, ids)
    if _rises(times, offsets):
        return order, offsets, times
    versions = table["Version"].to_numpy() if "Version" in table.column_names else None
    if versions is not None and order is not None:
        versions = versions[order]
    return _sorted(order, offsets, times, versions)


def _in_runs(table: pa.Table, ids: NDArray[np.uint64]) -> tuple[Ints | None, Ints, Ints]:
    """Do the same, but leave the rows of each series in the order they came in; those of other series are left out."""
    found, times = table["SeriesId"].to_numpy(), table["Millis"].to_numpy()
    if not len(found):
        return None, np.zeros(len(ids) + 1, np.int64), times
    heads = np.append(0, np.flatnonzero(found[1:] != found[:-1]) + 1)
    lengths = np.diff(np.append(heads, len(found)))
    by_id = np.argsort(ids)
    place = np.minimum(np.searchsorted(ids[by_id], found[heads]), len(ids) - 1)
    series = by_id[place]
    known = ids[series] == found[heads]
    if not known.all():  # a series that came up after the index was asked
        heads, lengths, series = heads[known], lengths[known], series[known]
    per_series = np.zeros(len(ids), np.int64)
    np.add.at(per_series, series, lengths)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(per_series)])
    order = None
    if not (known.all() and (series[1:] > series[:-1]).all()):
        runs = np.lexsort((times[heads], series))
        heads, lengths = heads[runs], lengths[runs]
        shift = heads - (np.cumsum(lengths) - lengths)
        order = np.repeat(shift, lengths)
        order += np.arange(len(order))
        times = times[order]
    return order, offsets, times


def _rises(times: Ints, offsets: Ints) -> bool:
    """Whether times rise within each series."""
    rising = times[1:] > times[:-1]
    inner = offsets[1:-1]
    rising[inner[(inner > 0) & (inner < len(times))] - 1] = True
    return bool(rising.all())


def _sorted(
    order: Ints | None, offsets: Ints, times: Ints, versions: NDArray[np.uint64] | None
) -> tuple[Ints, Ints, Ints]:
    """Sort by time within each series and keep the last of equal times: rows of several parts overlap."""
    series = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    by_time = np.lexsort((times, series) if versions is None else (versions, times, series))
    times, series = times[by_time], series[by_time]
    last = np.concatenate([(times[1:] != times[:-1]) | (series[1:] != series[:-1]), [True]])
    kept = by_time[last]
    counts = np.bincount(series[last], minlength=len(offsets) - 1)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return kept if order is None else order[kept], offsets, times[last]


def with_histograms(floats: Batch, table: pa.Table, ids: NDArray[np.uint64]) -> Batch:
    """Join floats and histograms of the same series; at equal times the histogram counts.

    Where floats say for how many samples they stand, the column `Samples` says it of histograms.
    """
    order, offsets, times = in_order(table, ids)
    if not len(times):
        return floats
    rows = np.arange(len(times)) if order is None else order
    series = np.concatenate(
        [np.repeat(np.arange(len(ids)), np.diff(floats.offsets)), np.repeat(np.arange(len(ids)), np.diff(offsets))]
    )
    all_times = np.concatenate([floats.times_ms, times])
    is_histogram = np.concatenate([np.zeros(len(floats.times_ms), np.bool_), np.ones(len(times), np.bool_)])
    joined = np.lexsort((is_histogram, all_times, series))
    series, all_times = series[joined], all_times[joined]
    kept = np.concatenate([(all_times[1:] != all_times[:-1]) | (series[1:] != series[:-1]), [True]])
    joined, series = joined[kept], series[kept]
    mask = is_histogram[joined]
    values = np.concatenate([floats.values, np.full(len(times), np.nan)])[joined]
    chosen = rows[joined[mask] - len(floats.times_ms)]
    columns = from_arrow(table.take(pa.array(chosen)), mask)
    counts = np.bincount(series, minlength=len(ids))
    new_offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    stand_for = None
    if floats.counts is not None:
        stand_for = np.concatenate([floats.counts, table["Samples"].to_numpy()[rows].astype(np.float64)])[joined]
    return Batch(floats.first, new_offsets, all_times[kept], values, columns, stand_for)


def newest_sample_ms(store: TelemetryStore) -> int:
    """Return the latest time (Unix ms) of all samples in the table, 0 without any; the engine knows it of each part."""
    newest = store.query("SELECT toUnixTimestamp64Milli(max(Time)) AS Newest FROM samples")
    return int(newest["Newest"][0].as_py())
