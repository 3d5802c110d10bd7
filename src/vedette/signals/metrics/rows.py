"""Series, samples, histograms, exemplars and families as rows of their tables."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import Hours, SeriesBook
from vedette.signals.metrics.digits import decimals
from vedette.signals.metrics.histograms.columns import HistogramColumns, to_arrow
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import Labels, name_of, series_id
from vedette.signals.metrics.points import Exemplar, Family

BLOCK_MS = 1_800_000
_DAY_H = 24
_MAP = pa.map_(pa.string(), pa.string())
_TIME = pa.timestamp("ms", "UTC")

LabelsOf = Callable[[Slots], Sequence[Labels]]
"""Gives the labels of slots, in their order."""


def sample_rows(book: SeriesBook, slots: Slots, times_ms: NDArray[np.int64], values: NDArray[np.float64]) -> pa.Table:
    """Return rows of `samples`."""
    least = book.scales[slots]
    found = decimals(values, least)
    if found.scales is not least:
        np.maximum.at(book.scales, slots, found.scales)
    return pa.table(_keys(book, slots, times_ms) | found.columns())


def with_digits(rows: pa.Table) -> pa.Table:
    """Return rows of `samples` whose values are plain numbers as they are kept since."""
    if "Value" not in rows.column_names:
        return rows
    found = decimals(rows["Value"].to_numpy(), np.zeros(rows.num_rows, np.int8))
    for name, column in found.columns().items():
        rows = rows.append_column(name, column)
    return rows.drop_columns(["Value"])


def histogram_rows(
    book: SeriesBook, slots: Slots, times_ms: NDArray[np.int64], histograms: HistogramColumns
) -> pa.Table:
    """Return rows of `histogram_samples`; one histogram per slot and time."""
    columns = to_arrow(histograms)
    return pa.table(_keys(book, slots, times_ms) | dict(zip(columns.schema.names, columns.columns, strict=True)))


def series_rows(book: SeriesBook, hours: Sequence[Hours], labels_of: LabelsOf) -> pa.Table:
    """Return rows of `series`: one per slot, day and kind, with the hours as bits."""
    slots = np.concatenate([each.slots for each in hours])
    hour = np.concatenate([each.hours for each in hours])
    kinds = np.concatenate([np.full(len(each.slots), each.kind, np.uint8) for each in hours])
    days = hour // _DAY_H
    order = np.lexsort((kinds, days, slots))
    slots, hour, kinds, days = slots[order], hour[order], kinds[order], days[order]
    starts = np.flatnonzero(
        np.concatenate([[True], (slots[1:] != slots[:-1]) | (days[1:] != days[:-1]) | (kinds[1:] != kinds[:-1])])
    )
    bits = np.left_shift(np.uint32(1), (hour % _DAY_H).astype(np.uint32))
    unique, places = np.unique(slots[starts], return_inverse=True)
    labels = pa.array(labels_of(unique.astype(np.int32)), _MAP).take(pa.array(places))
    return pa.table(
        {
            "Project": book.projects[slots[starts]],
            "Name": _names(book, slots[starts]),
            "SeriesId": book.ids[slots[starts]],
            "Day": pa.array(days[starts].astype(np.int32)).cast(pa.date32()),
            "Hours": np.bitwise_or.reduceat(bits, starts),
            "Kinds": kinds[starts],
            "Labels": labels,
        }
    )


def exemplar_rows(exemplars: Sequence[tuple[ProjectId, Exemplar]]) -> pa.Table:
    """Return rows of `exemplars`."""
    return pa.table(
        {
            "Project": pa.array([project for project, _ in exemplars], pa.uint32()),
            "Name": [name_of(each.series) for _, each in exemplars],
            "SeriesId": pa.array([series_id(project, each.series) for project, each in exemplars], pa.uint64()),
            "Time": pa.array([each.time_ms for _, each in exemplars], pa.int64()).cast(_TIME),
            "Value": pa.array([each.value for _, each in exemplars], pa.float64()),
            "Labels": pa.array([each.labels for _, each in exemplars], _MAP),
            "SeriesLabels": pa.array([each.series for _, each in exemplars], _MAP),
        }
    )


def family_rows(families: Sequence[tuple[ProjectId, Family]]) -> pa.Table:
    """Return rows of `metric_families`."""
    return pa.table(
        {
            "Project": pa.array([project for project, _ in families], pa.uint32()),
            "Name": [each.name for _, each in families],
            "Type": [each.type for _, each in families],
            "Unit": [each.unit for _, each in families],
            "Help": [each.help for _, each in families],
            "SourceName": [each.source_name for _, each in families],
            "LastSeen": pa.array(np.full(len(families), int(time.time())), pa.uint32()),
        }
    )


def _keys(book: SeriesBook, slots: Slots, times_ms: NDArray[np.int64]) -> dict[str, pa.Array]:
    return {
        "Project": pa.array(book.projects[slots]),
        "Name": _names(book, slots),
        "Block": pa.array((times_ms // BLOCK_MS).astype(np.int32)),
        "SeriesId": pa.array(book.ids[slots]),
        "Time": pa.array(times_ms).cast(_TIME),
    }


def _names(book: SeriesBook, slots: Slots) -> pa.Array:
    """Return metric names as a dictionary array of only those names that occur."""
    codes, places = np.unique(book.codes[slots], return_inverse=True)
    return pa.DictionaryArray.from_arrays(
        pa.array(places.astype(np.int32)), pa.array([book.names[code] for code in codes.tolist()], pa.string())
    )
