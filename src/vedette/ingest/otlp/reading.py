"""Data points read: the known ones many at once, others one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vedette.ingest.otlp.exponential import read_exponentials
from vedette.ingest.otlp.metric_batch import Batch, Run
from vedette.ingest.otlp.metric_wire import EXPONENTIAL, GAUGE, HISTOGRAM, SUM, SUMMARY
from vedette.ingest.otlp.points import NO_VALUE_FLAG, bucket_of, series_of, size_of, values_of
from vedette.ingest.otlp.steady import (
    Histograms,
    Ints,
    Numbers,
    is_known_by,
    read_buckets,
    read_histograms,
    read_numbers,
)
from vedette.ingest.otlp.streams import Catalogue, Meaning, Shape, Stream, plain
from vedette.ingest.otlp.wire import attributes_of
from vedette.signals.metrics.histograms.columns import HistogramColumns
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.histograms.otlp import STALE, from_data_point
from vedette.signals.metrics.histograms.wire import Invalid
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import LabelFault, Labels, labels_of
from vedette.signals.metrics.naming import labels_of as labels_from
from vedette.signals.metrics.points import Exemplar

MOST_BUCKETS: Final = 4096
"""Each becomes a series; an empty one is a single byte on the wire."""

_BY_NUMBER = frozenset({GAUGE, SUM})


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples with the number of the point they are from; those of a point follow each other."""

    points: Ints
    slots: Slots
    times_ms: Ints
    values: NDArray[np.float64]

    def at(self, chosen: NDArray[Any]) -> "Samples":
        """Return some of them."""
        return Samples(self.points[chosen], self.slots[chosen], self.times_ms[chosen], self.values[chosen])


@dataclass(frozen=True, slots=True)
class Native:
    """An exponential histogram, with the number of its point."""

    point: int
    slot: int
    time_ms: int
    histogram: Histogram


@dataclass(frozen=True, slots=True)
class NativeColumns:
    """Exponential histograms in columns, with the number of the point of each."""

    points: Ints
    slots: Slots
    times_ms: Ints
    columns: HistogramColumns


@dataclass(slots=True)
class Reading:
    """What the points of a batch say. `refused` has the reason of each point that is not taken."""

    samples: Samples
    times_ms: Ints
    """Of each point."""
    native_columns: NativeColumns | None
    natives: list[Native]
    """Those read one by one, and all deltas, in the order they were sent."""
    exemplars: list[tuple[int, Exemplar]]
    ended: set[int]
    """Points that say only that their series end."""
    refused: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Met:
    """The series of a point that was read in full."""

    slots: Slots
    meaning: Meaning
    is_new: bool


@dataclass(slots=True)
class _Reader:
    batch: Batch
    catalogue: Catalogue
    max_attributes: int
    parts: list[Samples] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    slots: list[NDArray[np.int32]] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)
    native_columns: NativeColumns | None = None
    natives: list[Native] = field(default_factory=list)
    exemplars: list[tuple[int, Exemplar]] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)

    def read(self) -> Reading:
        self._numbers([run for run in self.batch.runs if run.stream.kind in _BY_NUMBER])
        self._histograms([run for run in self.batch.runs if run.stream.kind == HISTOGRAM])
        self._exponentials([run for run in self.batch.runs if run.stream.kind == EXPONENTIAL])
        for run in self.batch.runs:
            if run.stream.kind == SUMMARY:
                for point in range(run.first, run.last):
                    met = self._one(run.stream, point)
                    if met is not None and met.is_new:
                        self.catalogue.learn_meaning(run.stream, met.meaning, met.slots)
        samples = self._samples()
        natives = sorted(self.natives, key=lambda each: each.point)
        times_ms = np.zeros(len(self.batch.begins), np.int64)
        times_ms[samples.points] = samples.times_ms
        times_ms[[each.point for each in natives]] = [each.time_ms for each in natives]
        if self.native_columns is not None:
            times_ms[self.native_columns.points] = self.native_columns.times_ms
        return Reading(samples, times_ms, self.native_columns, natives, self.exemplars, self.ended, self.refused)

    def _numbers(self, runs: Sequence[Run]) -> None:
        points = _points_of(runs)
        if not len(points):
            return
        ends = self.batch.ends[points]
        found = read_numbers(self.batch.data, self.batch.begins[points], ends)
        payload, known_from, known_to = self.batch.payload, found.known_from.tolist(), ends.tolist()
        slots = _numbers_of(runs, payload, known_from, known_to)
        slots[~found.steady] = -1
        known = slots >= 0
        self.parts.append(Samples(points[known], slots[known], found.times_ms[known], found.values[known]))
        for run, place in _others(runs, known):
            self._new_number(run.stream, int(points[place]), found, place)

    def _new_number(self, stream: Stream, point: int, found: Numbers, place: int) -> None:
        met = self._one(stream, point)
        if met is None or not met.is_new:
            return
        payload, begin, end = self.batch.payload, int(found.known_from[place]), int(self.batch.ends[point])
        is_known_by_bytes = found.steady[place] and is_known_by(payload, begin, end, is_histogram=False)
        self._learn(stream, met, payload[begin:end] if is_known_by_bytes else None, int(met.slots[0]))

    def _histograms(self, runs: Sequence[Run]) -> None:
        points = _points_of(runs)
        if not len(points):
            return
        found = read_histograms(self.batch.data, self.batch.begins[points], self.batch.ends[points])
        payload, known_from, known_to = self.batch.payload, found.known_from.tolist(), found.known_to.tolist()
        shapes: list[Shape | None] = []
        for run, first, last in _places(runs):
            get = run.stream.shapes.get
            tails = zip(known_from[first:last], known_to[first:last], strict=True)
            shapes += [get(payload[begin:end]) for begin, end in tails]
        forms = zip(shapes, found.steady.tolist(), found.bucket_counts.tolist(), found.has_sum.tolist(), strict=True)
        alike: dict[tuple[int, int, bool], list[int]] = {}
        known = np.zeros(len(points), np.bool_)
        for place, (shape, is_steady, buckets, has_sum) in enumerate(forms):
            if shape is not None and is_steady and shape.buckets == buckets and shape.has_sum == has_sum:
                alike.setdefault((buckets, len(shape.slots), has_sum), []).append(place)
                known[place] = True
        for (buckets, _, _), places in alike.items():
            self._alike(points, found, shapes, np.array(places), buckets)
        for run, place in _others(runs, known):
            self._new_histogram(run.stream, int(points[place]), found, place)

    def _alike(
        self, points: Ints, found: Histograms, shapes: Sequence[Shape | None], places: Ints, buckets: int
    ) -> None:
        """Take known points with the same number of buckets and of series."""
        slots = np.array([shape.slots for place in places.tolist() if (shape := shapes[place]) is not None])
        has_sum = bool(found.has_sum[places[0]])
        bounded = slots.shape[1] - 2 - has_sum
        values = np.empty(slots.shape)
        values[:, :bounded] = read_buckets(self.batch.data, found.buckets_from[places], buckets, bounded)
        values[:, bounded] = values[:, bounded + 1] = found.counts[places]
        if has_sum:
            values[:, -1] = found.sums[places]
        each = slots.shape[1]
        self.parts.append(
            Samples(
                np.repeat(points[places], each), slots.ravel(), np.repeat(found.times_ms[places], each), values.ravel()
            )
        )

    def _new_histogram(self, stream: Stream, point: int, found: Histograms, place: int) -> None:
        met = self._one(stream, point)
        if met is None or not met.is_new:
            return
        payload, begin, end = self.batch.payload, int(found.known_from[place]), int(found.known_to[place])
        is_known_by_bytes = found.steady[place] and is_known_by(payload, begin, end, is_histogram=True)
        shape = Shape(met.slots, int(found.bucket_counts[place]), bool(found.has_sum[place]))
        self._learn(stream, met, payload[begin:end] if is_known_by_bytes else None, shape)

    def _exponentials(self, runs: Sequence[Run]) -> None:
        points = _points_of(runs)
        if not len(points):
            return
        begins = self.batch.begins[points]
        found = read_exponentials(self.batch.payload, begins, self.batch.ends[points], most_buckets=MOST_BUCKETS)
        payload, known_from, known_to = self.batch.payload, begins.tolist(), found.known_to.tolist()
        slots = _numbers_of(runs, payload, known_from, known_to)
        slots[~found.steady] = -1
        known = slots >= 0
        is_delta = np.repeat([run.is_delta for run in runs], [run.last - run.first for run in runs])
        for place in np.flatnonzero(known & is_delta).tolist():
            histogram = replace(found.columns.row(place), hint=Hint.GAUGE)
            self.natives.append(Native(int(points[place]), int(slots[place]), int(found.times_ms[place]), histogram))
        rows = np.flatnonzero(known & ~is_delta)
        if len(rows):
            columns = found.columns.take(rows)
            self.native_columns = NativeColumns(points[rows], slots[rows], found.times_ms[rows], columns)
        for run, place in _others(runs, known):
            met = self._one(run.stream, int(points[place]))
            if met is not None and met.is_new:
                known_by = payload[known_from[place] : known_to[place]] if found.steady[place] else None
                self._learn(run.stream, met, known_by, int(met.slots[0]))

    def _learn(self, stream: Stream, met: "_Met", known_by: bytes | None, series: int | Shape) -> None:
        if known_by is None or not self.catalogue.learn(stream, known_by, series):
            self.catalogue.learn_meaning(stream, met.meaning, met.slots)

    def _one(self, stream: Stream, point: int) -> "_Met | None":
        """Read one point in full; None when it is refused; raises DecodeError."""
        sent = stream.parse(self.batch.bytes_of(point))
        if len(sent.attributes) > self.max_attributes:
            self.refused[point] = "too_many_attributes"
        elif size_of(stream.kind, sent) > MOST_BUCKETS:
            self.refused[point] = "too_many_buckets"
        else:
            try:
                return self._take(stream, point, sent)
            except LabelFault as fault:
                self.refused[point] = fault.reason
            except Invalid:
                self.refused[point] = "invalid_histogram"
        return None

    def _take(self, stream: Stream, point: int, sent: Any) -> "_Met":
        attributes = plain(sent.attributes)
        time_ms = sent.time_unix_nano // 1_000_000
        series = series_of(stream.kind, sent)
        meaning = attributes, *series
        slots = stream.met.get(meaning)
        if is_new := slots is None:
            slots = self.catalogue.series(stream, attributes, series)
        if stream.kind == EXPONENTIAL:
            histogram = _histogram(sent, is_delta=self.batch.runs[self.batch.run_of[point]].is_delta)
            self.natives.append(Native(point, int(slots[0]), time_ms, histogram))
        else:
            self.points.append(point)
            self.slots.append(slots)
            self.times_ms.append(time_ms)
            self.values.append(values_of(stream.kind, sent))
        if sent.flags & NO_VALUE_FLAG:
            self.ended.add(point)
        if stream.kind in {SUM, HISTOGRAM, EXPONENTIAL}:
            for each in sent.exemplars:
                own = bucket_of(sent, each) if stream.kind == HISTOGRAM else ("", ())
                self.exemplars.append((point, _exemplar(each, stream.labels(attributes, [own])[0])))
        return _Met(slots, meaning, is_new)

    def _samples(self) -> Samples:
        """Return all samples in the order of their points."""
        sizes = [len(each) for each in self.slots]
        parts = [
            *self.parts,
            Samples(
                np.repeat(np.array(self.points, np.int64), sizes),
                np.concatenate([np.empty(0, np.int32), *self.slots]),
                np.repeat(np.array(self.times_ms, np.int64), sizes),
                np.array([value for each in self.values for value in each], np.float64),
            ),
        ]
        joined = Samples(
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.slots for part in parts]),
            np.concatenate([part.times_ms for part in parts]),
            np.concatenate([part.values for part in parts]),
        )
        return joined.at(np.argsort(joined.points, kind="stable"))


def read(batch: Batch, catalogue: Catalogue, *, max_attributes: int) -> Reading:
    """Read every point of a batch; raises DecodeError when one is no message."""
    return _Reader(batch, catalogue, max_attributes).read()


def labels_by_slot(batch: Batch, point: int, slots: Sequence[int]) -> dict[int, Labels]:
    """Return the labels of the series of a point, which are `slots`."""
    stream = batch.runs[batch.run_of[point]].stream
    sent = stream.parse(batch.bytes_of(point))
    labels = stream.labels(plain(sent.attributes), series_of(stream.kind, sent))
    return dict(zip(slots, labels, strict=True))


def _points_of(runs: Sequence[Run]) -> Ints:
    if not runs:
        return np.empty(0, np.int64)
    return np.concatenate([np.arange(run.first, run.last) for run in runs])


def _places(runs: Sequence[Run]) -> Iterator[tuple[Run, int, int]]:
    """Give each run and where its points begin and end among those of all these runs."""
    last = 0
    for run in runs:
        first, last = last, last + run.last - run.first
        yield run, first, last


def _numbers_of(runs: Sequence[Run], payload: bytes, begins: Sequence[int], ends: Sequence[int]) -> Slots:
    """Return the series of points with one by their bytes, -1 for unknown ones."""
    numbers: list[int] = []
    for run, first, last in _places(runs):
        get = run.stream.slots.get
        numbers += [
            get(payload[begin:end], -1) for begin, end in zip(begins[first:last], ends[first:last], strict=True)
        ]
    return np.array(numbers, np.int32)


def _others(runs: Sequence[Run], known: NDArray[np.bool_]) -> Iterator[tuple[Run, int]]:
    """Give the places of points that are not known, with their runs."""
    if known.all():
        return
    for run, first, last in _places(runs):
        for place in (np.flatnonzero(~known[first:last]) + first).tolist():
            yield run, place


def _histogram(point: Any, *, is_delta: bool) -> Histogram:
    if point.flags & NO_VALUE_FLAG:
        return STALE
    return from_data_point(
        point.scale,
        point.zero_threshold,
        point.zero_count,
        point.count,
        point.sum if point.HasField("sum") else None,
        (point.positive.offset, list(point.positive.bucket_counts)),
        (point.negative.offset, list(point.negative.bucket_counts)),
        is_delta=is_delta,
    )


def _exemplar(exemplar: Any, series: Labels) -> Exemplar:
    labels = labels_from(attributes_of(exemplar.filtered_attributes))
    if exemplar.trace_id:
        labels["trace_id"] = exemplar.trace_id.hex()
    if exemplar.span_id:
        labels["span_id"] = exemplar.span_id.hex()
    value = getattr(exemplar, exemplar.WhichOneof("value") or "as_double")
    return Exemplar(series, labels_of(labels), exemplar.time_unix_nano // 1_000_000, float(value))
