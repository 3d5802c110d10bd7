"""Remote write 2.0: strings are sent once per request, series refer to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from vedette.ingest.remote_write.messages import read
from vedette.ingest.remote_write.rare import read_exemplar, read_histogram, type_of
from vedette.ingest.remote_write.wire import (
    SAMPLES,
    SCHEMA,
    Ints,
    Malformed,
    Secret,
    WriteUnit,
    counts,
    framed,
    projects_mixed,
    without_empty,
)
from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Floats, Rest, Written
from vedette.signals.metrics.keys import Slots
from vedette.signals.metrics.labels import LabelFault, Labels, labels_of, name_of
from vedette.signals.metrics.points import Family
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.protobuf import MessageShape, ProtobufReader
from vedette.storage.telemetry.writer import Decoded

_BATCH = MessageShape(
    SCHEMA,
    "Batch2",
    "units Array(Tuple(symbols Array(String), timeseries Array(Tuple(labels_refs Array(UInt32),"
    f" {SAMPLES}, histograms Array(String), exemplars Array(String), metadata String))))",
)
_TIMESERIES, _LABELS_REFS = 5, 1


@dataclass(slots=True)
class _Batch:
    """The series of all requests in order, and the symbols of all requests one after the other."""

    projects: Sequence[ProjectId]
    unit: Ints
    symbols: pa.Array
    first_symbol: Ints  # of the request of each series
    symbol_count: Ints
    refs: Ints
    ref_offsets: Ints
    slots: Slots = field(init=False)

    def text(self, place: int, ref: int) -> str:
        """Return a symbol of the request of a series; raises IndexError when there is none, ValueError for no UTF-8."""
        if not 0 <= ref < self.symbol_count[place]:
            raise IndexError(f"there is no symbol {ref}")
        return bytes(self.symbols[int(self.first_symbol[place]) + ref].as_py()).decode()

    def pairs(self, place: int, refs: Sequence[int]) -> Labels:
        """Return references as labels; raises as `text`."""
        if len(refs) % 2:
            raise ValueError("an odd number of references")
        texts = [self.text(place, int(ref)) for ref in refs]
        return labels_of(zip(texts[::2], texts[1::2], strict=True))

    def labels(self, place: int) -> Labels:
        """Return the labels of a series; raises LabelFault."""
        refs = self.refs[self.ref_offsets[place] : self.ref_offsets[place + 1]].tolist()
        try:
            return self.pairs(place, refs)
        except (IndexError, ValueError) as error:
            raise LabelFault("invalid_label", f"labels cannot be read: {error}") from None


@dataclass(slots=True)
class WriteV2Decoder:
    """Decodes bodies of remote write 2.0."""

    reader: ProtobufReader
    shelf: Shelf
    assembler: Assembler
    secret: Secret = field(default_factory=Secret)

    def decode(self, units: Sequence[WriteUnit]) -> Decoded[Written]:
        """Decode requests of any projects together; a malformed one costs only itself."""
        outcomes = [Written() for _ in units]
        sound = [place for place, unit in enumerate(units) if unit.payload]
        try:
            table = self._read(units, sound)
        except StoreFault:
            units = [_mended(unit) for unit in units]
            sound = [place for place in sound if self._is_sound(units, place, outcomes[place])]
            table = self._read(units, sound)
        if table is None:
            return Decoded({}, outcomes)
        return self._assemble(units, sound, table, outcomes)

    def _read(self, units: Sequence[WriteUnit], sound: Sequence[int]) -> pa.Table | None:
        if not sound:
            return None
        return self.reader.read(
            _BATCH,
            framed([units[place].payload for place in sound]),
            select=f"units, arrayMap(u -> arrayMap(s -> sipHash64Keyed({self.secret.sql}, s), u.symbols), units)"
            " AS hashes",
        )

    def _is_sound(self, units: Sequence[WriteUnit], place: int, outcome: Written) -> bool:
        try:
            self._read(units, [place])
        except StoreFault as error:
            fault = Fault("body", str(error).partition("\n")[0][:200])
            outcome.error = Invalid("the body is not a valid remote write 2.0 message", faults=[fault])
            return False
        return True

    def _assemble(
        self, units: Sequence[WriteUnit], sound: Sequence[int], table: pa.Table, outcomes: Sequence[Written]
    ) -> Decoded[Written]:
        requests = table["units"].combine_chunks().flatten()
        symbols, series = requests.field("symbols"), requests.field("timeseries")
        per_request = counts(series)
        symbol_counts = counts(symbols)
        first = np.cumsum(symbol_counts) - symbol_counts
        each = series.flatten()
        refs = each.field("labels_refs")
        batch = _Batch(
            [unit.project for unit in units],
            np.repeat(np.array(sound, np.int64), per_request),
            symbols.flatten().cast(pa.binary()),
            np.repeat(first, per_request),
            np.repeat(symbol_counts, per_request),
            refs.flatten().to_numpy().astype(np.int64),
            refs.offsets.to_numpy().astype(np.int64) - int(refs.offsets[0].as_py() or 0)
            if len(refs)
            else np.zeros(1, np.int64),
        )
        hashes = table["hashes"].combine_chunks().flatten().flatten().to_numpy()
        keys = _keys(batch, hashes) ^ projects_mixed(batch.projects, batch.unit)
        book = self.shelf.open()
        rest = Rest()
        batch.slots, faults = book.by_key(
            keys, lambda place: self._describe(batch, each.field("metadata"), place, rest)
        )
        samples = each.field("samples")
        sizes = counts(samples)
        for place, fault in faults.items():
            outcomes[int(batch.unit[place])].refuse(fault.reason, fault.detail, max(int(sizes[place]), 1))
        _read_rare(each, batch, rest, outcomes)
        values = samples.flatten()
        floats = Floats(
            np.repeat(batch.unit, sizes).astype(np.int32),
            np.repeat(batch.slots, sizes),
            values.field("timestamp").to_numpy(),
            values.field("value").to_numpy(),
        )
        return self.assembler.assemble(
            book, batch.projects, floats, rest, lambda slots: _labels_of(batch, slots), outcomes
        )

    @staticmethod
    def _describe(batch: _Batch, metadata: pa.Array, place: int, rest: Rest) -> tuple[ProjectId, Labels]:
        """Return project and labels of a series met for the first time, and note its metadata."""
        labels = batch.labels(place)
        message = metadata[place].cast(pa.binary()).as_py()
        if message:
            try:
                told = read("Metadata2", message)
                texts = batch.text(place, told.help_ref), batch.text(place, told.unit_ref)
                family = _family_name(name_of(labels), type_of(told.type))
                rest.families.append((int(batch.unit[place]), Family(family, type_of(told.type), texts[1], texts[0])))
            except (DecodeError, IndexError, ValueError) as error:
                raise LabelFault("invalid_metadata", f"metadata cannot be read: {error}") from None
        return batch.projects[int(batch.unit[place])], labels


def _mended(unit: WriteUnit) -> WriteUnit:
    """Return a request without what is valid and yet unreadable for the engine, or as it is when it is not valid."""
    try:
        return WriteUnit(unit.project, without_empty(unit.payload, _TIMESERIES, _LABELS_REFS))
    except Malformed:
        return unit


def _family_name(name: str, kind: str) -> str:
    """Return the family of a series: histograms and summaries have several names."""
    suffixes = {"histogram": ("_bucket", "_count", "_sum"), "summary": ("_count", "_sum")}.get(kind, ())
    for suffix in suffixes:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def _keys(batch: _Batch, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of each series' labels: the sum of its symbols' keyed hashes, each times an odd number by place."""
    keys = np.zeros(len(batch.unit), np.uint64)
    lengths = np.diff(batch.ref_offsets)
    if not len(batch.refs) or not len(hashes):
        return keys
    place = np.arange(len(batch.refs)) - np.repeat(batch.ref_offsets[:-1], lengths)
    inside = batch.refs < np.repeat(batch.symbol_count, lengths)
    symbol = np.where(inside, batch.refs + np.repeat(batch.first_symbol, lengths), 0)
    weight = place.astype(np.uint64) * np.uint64(0xD1B54A32D192ED02) + np.uint64(0x9E3779B97F4A7C15)
    terms = hashes[symbol] * weight
    terms[~inside] = weight[~inside]
    filled = lengths > 0
    keys[filled] = np.add.reduceat(terms, batch.ref_offsets[:-1][filled])
    return keys ^ np.uint64(0x5851F42D4C957F2D)


def _read_rare(series: pa.StructArray, batch: _Batch, rest: Rest, outcomes: Sequence[Written]) -> None:
    for column in ("exemplars", "histograms"):
        lists = series.field(column)
        messages = lists.flatten().cast(pa.binary()).to_pylist()
        places = np.repeat(np.arange(len(lists)), counts(lists)).tolist()
        for place, message in zip(places, messages, strict=True):
            slot, unit = int(batch.slots[place]), int(batch.unit[place])
            if slot < 0:
                continue
            if column == "histograms":
                read_histogram(message, unit, slot, rest, outcomes[unit])
                continue

            def own_labels(sent: Any, place: int = place) -> Labels:
                return batch.pairs(place, sent.labels_refs)

            read_exemplar(message, "Exemplar2", unit, batch.labels(place), own_labels, rest, outcomes[unit])


def _labels_of(batch: _Batch, slots: Slots) -> list[Labels]:
    unique, places = np.unique(batch.slots, return_index=True)
    return [batch.labels(int(place)) for place in places[np.searchsorted(unique, slots)].tolist()]
