"""OTLP metrics as series and samples, by the OpenTelemetry rules for Prometheus.

Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from vedette.ingest.otlp.cumulative import OutOfOrder, RunningHistograms, RunningTotals
from vedette.ingest.otlp.metric_batch import Batch, BatchMaker
from vedette.ingest.otlp.reading import Native, NativeColumns, Reading, labels_by_slot, read
from vedette.ingest.otlp.steady import Ints
from vedette.ingest.otlp.streams import Catalogue
from vedette.ingest.otlp.wire import OtlpOutcome, OtlpUnit
from vedette.signals.metrics.book import SeriesBook, Shelf
from vedette.signals.metrics.intake import Assembler, Floats, HistogramRun, OneHistogram, Rest, Written
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import Family
from vedette.storage.telemetry.writer import Decoded

_TARGET_INFO = Family("target_info", "gauge", "", "Attributes of the resource that sent metrics.", "target_info")


class MetricsDecoder:
    """Decodes metrics requests.

    Explicit histograms and summaries become the classic `_bucket`, `_sum`, `_count` series, exponential histograms
    native ones; deltas are added up. Requests are cut into points by their bytes, and points whose bytes are known but
    for times and values are read many at once; what is new or rare passes through protobuf's objects.
    """

    def __init__(self, shelf: Shelf, assembler: Assembler, *, max_attributes: int) -> None:
        self._shelf, self._assembler, self._max_attributes = shelf, assembler, max_attributes
        self._lock = threading.Lock()
        self._catalogue = Catalogue(shelf.open())
        self._totals, self._histograms = RunningTotals(), RunningHistograms()

    def decode(self, units: Sequence[OtlpUnit]) -> Decoded[OtlpOutcome]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [OtlpOutcome() for _ in units]
        with self._lock:
            book = self._shelf.open()
            if book is not self._catalogue.book or self._catalogue.is_full:
                self._catalogue = Catalogue(book)
            try:
                batch, reading = self._read(units, outcomes, check=False)
            except DecodeError:  # a point is none: protobuf's own parser says whose
                batch, reading = self._read(units, outcomes, check=True)
            reading = self._added_up(batch, reading, book)
            made, self._catalogue.made = self._catalogue.made, {}
        return _Telling(batch, reading, units, outcomes, made).rows(book, self._assembler)

    def _read(
        self, units: Sequence[OtlpUnit], outcomes: Sequence[OtlpOutcome], *, check: bool
    ) -> tuple[Batch, Reading]:
        maker = BatchMaker(self._catalogue)
        for number, (unit, outcome) in enumerate(zip(units, outcomes, strict=True)):
            maker.add(number, unit, outcome, check=check)
        batch = maker.batch()
        return batch, read(batch, self._catalogue, max_attributes=self._max_attributes)

    def _added_up(self, batch: Batch, reading: Reading, book: SeriesBook) -> Reading:
        """Return what was read with deltas added up; what is out of order is refused."""
        is_delta = batch.per_point(lambda run: run.is_delta).astype(np.bool_)
        is_delta[list(reading.ended)] = False
        natives = []
        for each in reading.natives:
            try:
                natives.append(self._native_added_up(each, book) if is_delta[each.point] else each)
            except OutOfOrder:
                reading.refused[each.point] = OutOfOrder.reason
        samples = reading.samples
        places = np.flatnonzero(is_delta[samples.points])
        if len(places):
            deltas = samples.at(places)
            totals, late = self._totals.add(book, deltas.slots, deltas.times_ms, deltas.values, deltas.points)
            reading.refused.update(dict.fromkeys(deltas.points[late].tolist(), OutOfOrder.reason))
            samples.values[places] = totals
        return replace(reading, natives=natives)

    def _native_added_up(self, each: Native, book: SeriesBook) -> Native:
        total = self._histograms.add(int(book.ids[each.slot]), each.time_ms, each.histogram)
        return replace(each, histogram=total)


@dataclass(slots=True)
class _Telling:
    """A batch that was read, on its way to rows."""

    batch: Batch
    reading: Reading
    units: Sequence[OtlpUnit]
    outcomes: Sequence[OtlpOutcome]
    made: Mapping[int, Labels]

    def rows(self, book: SeriesBook, assembler: Assembler) -> Decoded[OtlpOutcome]:
        """Return rows, and complete what is said to each sender."""
        written = [Written() for _ in self.units]
        taken = self._taken()
        unit = self.batch.per_point(lambda run: run.unit)
        for point, reason in self.reading.refused.items():
            refused = self.outcomes[unit[point]].refused
            refused[reason] = refused.get(reason, 0) + 1
        floats, rest = self._floats(unit, taken), self._rest(unit, taken)
        told = self._targets(taken, rest)
        projects = [each.project for each in self.units]
        decoded = assembler.assemble(book, projects, floats.and_(told), rest, self._labels, written)
        points = np.bincount(unit[taken], minlength=len(self.units)).tolist()
        for outcome, each, count in zip(self.outcomes, written, points, strict=True):
            for reason, refusals in each.refused.items():
                outcome.refused[reason] = outcome.refused.get(reason, 0) + refusals
            outcome.newest_s = each.newest_s
            outcome.accepted = count if each.samples + each.histograms else 0
        return Decoded(decoded.rows, self.outcomes, decoded.on_committed)

    def _taken(self) -> NDArray[np.bool_]:
        taken = np.ones(len(self.batch.begins), np.bool_)
        taken[list(self.reading.refused)] = False
        return taken

    def _floats(self, unit: Ints, taken: NDArray[np.bool_]) -> Floats:
        samples = self.reading.samples
        if not taken.all():
            samples = samples.at(taken[samples.points])
        return Floats(unit[samples.points].astype(np.int32), samples.slots, samples.times_ms, samples.values)

    def _rest(self, unit: Ints, taken: NDArray[np.bool_]) -> Rest:
        columns = self.reading.native_columns
        return Rest(
            [
                OneHistogram(int(unit[each.point]), each.slot, each.time_ms, each.histogram)
                for each in self.reading.natives
            ],
            [] if columns is None else [_run(columns, unit)],
            [(int(unit[point]), exemplar) for point, exemplar in self.reading.exemplars if taken[point]],
            [(run.unit, run.stream.family) for run in self.batch.runs],
        )

    def _targets(self, taken: NDArray[np.bool_], rest: Rest) -> Floats:
        """Return samples of `target_info`, at the time of the newest point of each resource."""
        target = self.batch.per_point(lambda run: run.target)
        newest = np.zeros(len(self.batch.targets), np.int64)
        np.maximum.at(newest, target[taken], self.reading.times_ms[taken])
        told = [
            (unit, each.info[0], int(time_ms))
            for (unit, each), time_ms in zip(self.batch.targets, newest, strict=True)
            if each.info is not None and time_ms
        ]
        rest.families += [(unit, _TARGET_INFO) for unit, _, _ in told]
        table = np.array(told, np.int64).reshape(-1, 3)
        return Floats(table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2], np.ones(len(told)))

    def _labels(self, slots: Slots) -> list[Labels]:
        """Return the labels of series of this batch: as they were made, or read again from a point they have."""
        labels = {**self.made} | {each.info[0]: each.info[1] for _, each in self.batch.targets if each.info is not None}
        missing = slots[[slot not in labels for slot in slots.tolist()]]
        natives = {each.slot: each.point for each in self.reading.natives}
        if (columns := self.reading.native_columns) is not None:
            natives.update(zip(columns.slots.tolist(), columns.points.tolist(), strict=True))
        for slot in missing.tolist():
            if slot in natives:
                labels.update(labels_by_slot(self.batch, natives[slot], [slot]))
        samples = self.reading.samples
        wanted = np.isin(samples.slots, missing)
        points = np.unique(samples.points[wanted])
        begins, ends = (np.searchsorted(samples.points, points, side=side).tolist() for side in ("left", "right"))
        for point, begin, end in zip(points.tolist(), begins, ends, strict=True):
            labels.update(labels_by_slot(self.batch, point, samples.slots[begin:end].tolist()))
        return [labels[slot] for slot in slots.tolist()]


def _run(natives: NativeColumns, unit: Ints) -> HistogramRun:
    return HistogramRun(unit[natives.points].astype(np.int32), natives.slots, natives.times_ms, natives.columns)
