"""Remote write 1.0: many requests in, rows out.

A steady sender repeats the same labels with one sample each. Such bodies are only cut into their series, and each is
hashed without its last bytes, where a lone sample stands; a hash met before says which series it is, because it was
entered for bytes that were read in full and were nothing but labels. Whatever is not of that form the engine reads in
full. Hashing is the one loop over series here: a tenth of a microsecond each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
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
    Ints,
    Secret,
    WriteUnit,
    counts,
    framed,
    projects_mixed,
)
from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import SeriesBook, Shelf
from vedette.signals.metrics.intake import Assembler, Floats, Rest, Written
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import LabelFault, Labels, labels_of
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.protobuf import MessageShape, ProtobufReader
from vedette.storage.telemetry.writer import Decoded

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
    """The series of all requests, in order: where their bytes are, and whose they are."""

    projects: Sequence[ProjectId]
    unit: Ints
    series: list[bytes]
    sizes: Ints = field(init=False)
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = np.fromiter(map(len, self.series), np.int64, len(self.series))
        self.slots = np.full(len(self.series), -1, np.int32)

    def labels(self, place: int) -> Labels:
        """Read the labels of one series; raises LabelFault when they are no text."""
        try:
            message = read("Labels", self.series[place])
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
        requests: dict[int, Any] = {}
        for number, unit in enumerate(units):
            try:
                requests[number] = read("Request1", unit.payload)
            except DecodeError:
                outcomes[number].error = _invalid("no message, or one that ends early")
        try:
            return self._decode(units, requests, outcomes)
        except StoreFault:  # at least one is malformed further in: find out which
            for number in list(requests):
                try:
                    batch = _batch(units, {number: requests[number]})
                    self._full(batch, np.arange(len(batch.unit)))
                except StoreFault as error:
                    outcomes[number].error = _invalid(str(error).partition("\n")[0][:200])
                    del requests[number]
            return self._decode(units, requests, outcomes)

    def _decode(
        self, units: Sequence[WriteUnit], requests: Mapping[int, Any], outcomes: Sequence[Written]
    ) -> Decoded[Written]:
        if not requests:
            return Decoded({}, outcomes)
        batch = _batch(units, requests)
        book = self.shelf.open()
        lone = _lone_samples(batch)
        keys = _keys(batch, lone)
        batch.slots = np.where(lone.is_lone, book.find(keys), -1).astype(np.int32)
        known = batch.slots >= 0
        floats = Floats(
            batch.unit[known].astype(np.int32), batch.slots[known], lone.times_ms[known], lone.values[known]
        )
        rest = Rest()
        if not known.all():
            floats = floats.and_(self._read_in_full(batch, np.flatnonzero(~known), lone, keys, book, outcomes, rest))
        for number, request in requests.items():
            for message in request.metadata[:_MOST_METADATA]:
                rest.families += [(number, family) for family in family_of(message)]
        return self.assembler.assemble(
            book, batch.projects, floats, rest, lambda slots: _labels_of(batch, slots), outcomes
        )

    def _full(self, batch: _Batch, places: Ints) -> tuple[pa.Table, NDArray[np.uint64]]:
        """Read series with everything but the text of their labels, and a hash of those."""
        table = self.reader.read(
            _SERIES,
            framed([batch.series[place] for place in places.tolist()]),
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
        lone_keys: NDArray[np.uint64],
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
        length = (batch.sizes - lone.length)[places]
        encoded = table["sizes"].combine_chunks().flatten().to_numpy().astype(np.int64)
        learnable = lone.is_lone[places] & (sizes == 1) & (slots >= 0) & (encoded == length)
        book.learn(lone_keys[places[learnable]], slots[learnable])
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
    sizes = batch.sizes
    payload = b"".join(batch.series)
    if len(payload) < _LONE:
        nothing = np.zeros(len(sizes), np.int64)
        return _Lone(nothing.astype(np.bool_), nothing, nothing, nothing.astype(np.float64))
    ends = np.cumsum(sizes)
    is_far = ends >= _LONE
    ends = np.maximum(ends, _LONE)
    words = np.ndarray(len(payload) - 7, "<u8", payload, strides=(1,))  # those that begin at each byte
    last = words[ends - 8]
    time = last >> _TWO_BYTES
    is_time = (last & _SECOND_BYTE == _TIME_TAG) & (time & _HIGH_BITS == _SIX_BYTES)
    is_zero = words[ends - _LONE_ZERO] & _THREE_BYTES == _ZERO_BEGINS
    is_value = words[ends - _LONE] & _THREE_BYTES == _VALUE_BEGINS
    times_ms = time & np.uint64(0x7F)
    for group in range(1, 6):
        times_ms |= (time >> np.uint64(group)) & np.uint64(0x7F << 7 * group)
    length = np.where(is_zero, _LONE_ZERO, _LONE)
    values = np.where(is_zero, 0.0, words[ends - 15].view(np.float64))
    is_lone = is_time & (is_zero | is_value) & (sizes > length) & is_far
    return _Lone(is_lone, length, times_ms.view(np.int64), values)


_TWO_BYTES, _THREE_BYTES, _SECOND_BYTE = np.uint64(16), np.uint64(0xFFFFFF), np.uint64(0xFF00)
_TIME_TAG, _VALUE_BEGINS, _ZERO_BEGINS = np.uint64(0x1000), np.uint64(0x091012), np.uint64(0x100712)
_HIGH_BITS, _SIX_BYTES = np.uint64(0x8080_8080_8080), np.uint64(0x0080_8080_8080)


def _batch(units: Sequence[WriteUnit], requests: Mapping[int, Any]) -> _Batch:
    """Put the series of several requests one after the other."""
    series = [list(each.timeseries) for each in requests.values()]
    sizes = [len(each) for each in series]
    return _Batch(
        [unit.project for unit in units],
        np.repeat(np.array(list(requests), np.int64), sizes),
        series[0] if len(series) == 1 else list(chain.from_iterable(series)),
    )


def _keys(batch: _Batch, lone: _Lone) -> NDArray[np.uint64]:
    """Return a keyed hash of what precedes a lone sample (Python's own, keyed anew in each process)."""
    sizes = np.where(lone.is_lone, batch.sizes - lone.length, 0).tolist()
    hashes = [hash(each[:size]) for each, size in zip(batch.series, sizes, strict=True)]
    return np.array(hashes, np.int64).view(np.uint64) ^ projects_mixed(batch.projects, batch.unit)


def _invalid(what: str) -> Invalid:
    return Invalid("the body is not a valid remote write 1.0 message", faults=[Fault("body", what)])


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
