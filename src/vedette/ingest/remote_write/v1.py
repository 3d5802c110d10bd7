"""Remote write 1.0: many requests in, rows out.

A steady sender repeats the same labels with one sample each. The engine only cuts such bodies into their series and
hashes each without its last bytes, where a lone sample stands; a hash met before says which series it is, because it
was entered for bytes that were read in full and were nothing but labels. Whatever is not of that form is read in full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from vedette.ingest.remote_write.messages import read
from vedette.ingest.remote_write.rare import family_of, read_exemplar, read_histogram
from vedette.ingest.remote_write.wire import (
    SAMPLES,
    SCHEMA,
    Bytes,
    Ints,
    Secret,
    WriteUnit,
    counts,
    framed,
    projects_mixed,
    raw,
)
from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import SeriesBook, Shelf, Slots
from vedette.signals.metrics.intake import Assembler, Floats, Rest, Written
from vedette.signals.metrics.labels import LabelFault, Labels, labels_of
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.protobuf import MessageShape, ProtobufReader
from vedette.storage.telemetry.writer import Decoded

_BATCH = MessageShape(SCHEMA, "Batch1", "units Array(Tuple(timeseries Array(String), metadata Array(String)))")
_SERIES = MessageShape(
    SCHEMA,
    "Series1",
    "timeseries Array(Tuple(labels Array(Tuple(name String, value String)),"
    f" {SAMPLES}, exemplars Array(String), histograms Array(String)))",
)
_VARINT = "1 + ({0} > 127) + ({0} > 16383) + ({0} > 2097151)"
_PAIR_SIZE = f"(length(p.1) + length(p.2) + 2 + {_VARINT.format('length(p.1)')} + {_VARINT.format('length(p.2)')})"
_LABEL_SIZE = f"1 + {_PAIR_SIZE} + {_VARINT.format(_PAIR_SIZE)}"
_LONE, _LONE_ZERO = 18, 9  # bytes of a sample with a six-byte time; proto3 leaves a zero value out
_MOST_METADATA = 10_000


@dataclass(slots=True)
class _Batch:
    """The series of all requests, in order: their bytes, hashes, and whose they are."""

    projects: Sequence[ProjectId]
    unit: Ints
    offsets: Ints
    data: Bytes
    keys: NDArray[np.uint64]
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.slots = np.full(len(self.unit), -1, np.int32)

    def bytes_of(self, place: int) -> bytes:
        return self.data[self.offsets[place] : self.offsets[place + 1]].tobytes()

    def labels(self, place: int) -> Labels:
        """Read the labels of one series; raises LabelFault when they are no text."""
        try:
            message = read("Labels", self.bytes_of(place))
        except (DecodeError, UnicodeDecodeError) as error:
            raise LabelFault("invalid_label", f"labels cannot be read: {error}") from None
        return labels_of((each.name, each.value) for each in message.labels)


@dataclass(slots=True)
class WriteV1Decoder:
    """Decodes bodies of remote write 1.0."""

    reader: ProtobufReader
    shelf: Shelf
    assembler: Assembler
    secret: Secret = field(default_factory=Secret)

    def decode(self, units: Sequence[WriteUnit]) -> Decoded[Written]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [Written() for _ in units]
        sound = [place for place, unit in enumerate(units) if unit.payload]
        try:
            parts = self._decode(units, sound, outcomes)
        except StoreFault:
            parts = None
        if parts is None:  # at least one is malformed: find out which
            sound = [place for place in sound if self._is_sound(units[place], outcomes[place])]
            parts = self._decode(units, sound, outcomes)
        return parts

    def _is_sound(self, unit: WriteUnit, outcome: Written) -> bool:
        try:
            batch, _ = self._cut([unit], [0])
            self._full(batch, np.arange(len(batch.unit)))
        except StoreFault as error:
            fault = Fault("body", str(error).partition("\n")[0][:200])
            outcome.error = Invalid("the body is not a valid remote write 1.0 message", faults=[fault])
            return False
        return True

    def _cut(self, units: Sequence[WriteUnit], sound: Sequence[int]) -> tuple[_Batch, list[tuple[int, bytes]]]:
        """Cut requests into series and metadata, still as bytes."""
        lone = f"if(substring(s, -{_LONE_ZERO}, 3) = unhex('120710'), {_LONE_ZERO}, {_LONE})"
        hashed = f"sipHash64Keyed({self.secret.sql}, substring(s, 1, greatest(length(s) - {lone}, 0)))"
        table = self.reader.read(
            _BATCH,
            framed([units[place].payload for place in sound]),
            select=f"units, arrayMap(u -> arrayMap(s -> {hashed}, u.timeseries), units) AS keys",
        )
        requests = table["units"].combine_chunks().flatten()
        series, metadata = requests.field("timeseries"), requests.field("metadata")
        numbers = np.array(sound, np.int64)
        unit = np.repeat(numbers, counts(series))
        offsets, data = raw(series.flatten())
        projects = [each.project for each in units]
        keys = table["keys"].combine_chunks().flatten().flatten().to_numpy() ^ projects_mixed(projects, unit)
        told = np.repeat(numbers, counts(metadata)).tolist()
        return _Batch(projects, unit, offsets, data, keys), list(
            zip(told, metadata.flatten().cast(pa.binary()).to_pylist(), strict=True)
        )

    def _decode(
        self, units: Sequence[WriteUnit], sound: Sequence[int], outcomes: Sequence[Written]
    ) -> Decoded[Written]:
        if not sound:
            return Decoded({}, outcomes)
        batch, metadata = self._cut(units, sound)
        book = self.shelf.open()
        lone = _lone_samples(batch)
        batch.slots = np.where(lone.is_lone, book.find(batch.keys), -1).astype(np.int32)
        others = np.flatnonzero(batch.slots < 0)
        known = batch.slots >= 0
        floats = Floats(
            batch.unit[known].astype(np.int32), batch.slots[known], lone.times_ms[known], lone.values[known]
        )
        rest = Rest()
        if len(others):
            floats = floats.and_(self._read_in_full(batch, others, lone, book, outcomes, rest))
        for unit, message in metadata[:_MOST_METADATA]:
            rest.families += [(unit, family) for family in family_of(message)]
        return self.assembler.assemble(
            book,
            batch.projects,
            floats,
            rest,
            lambda slots: _labels_of(batch, slots),
            outcomes,
        )

    def _full(self, batch: _Batch, places: Ints) -> tuple[pa.Table, NDArray[np.uint64]]:
        """Read series with everything but the text of their labels, and a hash of those."""
        table = self.reader.read(
            _SERIES,
            framed([batch.bytes_of(place) for place in places.tolist()]),
            select="timeseries.samples AS samples, timeseries.exemplars AS exemplars,"
            " timeseries.histograms AS histograms,"
            f" arrayMap(l -> arraySum(p -> {_LABEL_SIZE}, l), timeseries.labels) AS sizes,"
            f" arrayMap(l -> sipHash64Keyed({self.secret.sql}, 'labels', l), timeseries.labels) AS keys",
        )
        return table, table["keys"].combine_chunks().flatten().to_numpy()

    def _read_in_full(
        self,
        batch: _Batch,
        places: Ints,
        lone: "_Lone",
        book: SeriesBook,
        outcomes: Sequence[Written],
        rest: Rest,
    ) -> Floats:
        table, keys = self._full(batch, places)
        unit = batch.unit[places]
        slots, faults = book.by_key(
            keys ^ projects_mixed(batch.projects, unit),
            lambda place: (batch.projects[int(unit[place])], batch.labels(int(places[place]))),
        )
        batch.slots[places] = slots
        samples = table["samples"].combine_chunks().flatten()
        sizes = counts(samples)
        for place, fault in faults.items():
            outcomes[int(unit[place])].refuse(fault.reason, fault.detail, max(int(sizes[place]), 1))
        # What precedes a lone sample is labels and nothing else if it is as long as these labels are when encoded.
        length = (batch.offsets[1:] - batch.offsets[:-1])[places] - lone.length[places]
        encoded = table["sizes"].combine_chunks().flatten().to_numpy().astype(np.int64)
        learnable = lone.is_lone[places] & (sizes == 1) & (slots >= 0) & (encoded == length)
        book.learn(batch.keys[places[learnable]], slots[learnable])
        _read_rare(table, batch, places, rest, outcomes)
        values = samples.flatten()
        return Floats(
            np.repeat(unit, sizes).astype(np.int32),
            np.repeat(slots, sizes),
            values.field("timestamp").to_numpy(),
            values.field("value").to_numpy(),
        )


@dataclass(frozen=True, slots=True)
class _Lone:
    """Which series end in what looks like one sample with a time of six bytes, and that sample."""

    is_lone: NDArray[np.bool_]
    length: Ints
    times_ms: Ints
    values: NDArray[np.float64]


def _lone_samples(batch: _Batch) -> _Lone:
    """Read the last bytes of each series: `12 10 09 <8: value> 10 <6: time>` or, for a zero, `12 07 10 <6: time>`."""
    ends, sizes = batch.offsets[1:], batch.offsets[1:] - batch.offsets[:-1]
    # Shorter ones are read from the beginning of the data: what is found there is not used.
    tail = batch.data[np.maximum(ends, _LONE)[:, None] - np.arange(_LONE, 0, -1)] if len(batch.data) >= _LONE else None
    if tail is None:
        nothing = np.zeros(len(sizes), np.int64)
        return _Lone(nothing.astype(np.bool_), nothing, nothing, nothing.astype(np.float64))
    time = tail[:, 12:].astype(np.int64)
    is_time = (tail[:, 11] == 0x10) & (time[:, :5] >= 0x80).all(axis=1) & (time[:, 5] < 0x80)
    is_zero = (tail[:, 9] == 0x12) & (tail[:, 10] == 0x07) & (tail[:, 11] == 0x10)
    is_value = (tail[:, 0] == 0x12) & (tail[:, 1] == 0x10) & (tail[:, 2] == 0x09)
    length = np.where(is_zero, _LONE_ZERO, _LONE)
    values = np.where(is_zero, 0.0, np.ascontiguousarray(tail[:, 3:11]).view("<f8")[:, 0])
    shifts = np.arange(6, dtype=np.int64) * 7
    return _Lone(
        is_time & (is_zero | is_value) & (sizes > length), length, ((time & 0x7F) << shifts).sum(axis=1), values
    )


def _read_rare(table: pa.Table, batch: _Batch, places: Ints, rest: Rest, outcomes: Sequence[Written]) -> None:
    for column in ("exemplars", "histograms"):
        lists = table[column].combine_chunks().flatten()
        messages = lists.flatten().cast(pa.binary()).to_pylist()
        rows = np.repeat(np.arange(len(places)), counts(lists)).tolist()
        for row, message in zip(rows, messages, strict=True):
            place = int(places[row])
            slot, unit = int(batch.slots[place]), int(batch.unit[place])
            if slot < 0:
                continue
            if column == "exemplars":
                read_exemplar(message, "Exemplar1", unit, batch.labels(place), _own_labels, rest, outcomes[unit])
            else:
                read_histogram(message, unit, slot, rest, outcomes[unit])


def _own_labels(message: Any) -> Labels:
    return labels_of((each.name, each.value) for each in message.labels)


def _labels_of(batch: _Batch, slots: Slots) -> list[Labels]:
    """Return the labels of slots from any series of the batch that has them."""
    unique, places = np.unique(batch.slots, return_index=True)
    return [batch.labels(place) for place in places[np.searchsorted(unique, slots)].tolist()]
