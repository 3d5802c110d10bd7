"""From nested Arrow, as the engine hands it over, to the flat columns of a table. Vectorised throughout."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValueList

from vedette.ingest.otlp.wire import Bools, Ints, text_of

STRINGS = pa.string()
MAP = pa.map_(STRINGS, STRINGS)
TIME = pa.timestamp("ns", "UTC")

_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype="<u2")
_STRING, _BOOL, _INT, _DOUBLE, _ARRAY, _KVLIST, _BYTES = range(1, 8)


@dataclass(frozen=True, slots=True)
class Nested:
    """The elements of a repeated field, flattened, and the row each belongs to."""

    items: pa.StructArray
    parents: Ints

    def children(self, name: str) -> "Nested":
        """Flatten a repeated field of these elements."""
        return flatten(self.items.field(name))


def flatten(lists: pa.ListArray) -> Nested:
    """Flatten a list column."""
    return Nested(lists.flatten(), np.repeat(np.arange(len(lists)), lengths(lists)))


def lengths(lists: pa.ListArray) -> Ints:
    """Return how many elements each row has."""
    return np.diff(offsets(lists)).astype(np.int64)


def offsets(lists: pa.ListArray) -> npt.NDArray[np.int32]:
    """Return where each row's elements begin, counted from the first."""
    raw: npt.NDArray[np.int32] = lists.offsets.to_numpy()
    return raw - raw[0] if len(raw) and raw[0] else raw


def hexadecimal(raw: pa.Array) -> pa.StringArray:
    """Return bytes as lower-case hexadecimal text."""
    starts, data = _text_buffers(raw)
    digits = _HEX[data]
    return pa.StringArray.from_buffers(len(raw), pa.py_buffer((starts * 2).astype(np.int32)), pa.py_buffer(digits))


def byte_lengths(raw: pa.Array) -> npt.NDArray[np.int32]:
    """Return the number of bytes of each value."""
    return np.diff(_text_buffers(raw)[0])


def _text_buffers(raw: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    buffers = raw.buffers()
    starts = (
        np.frombuffer(buffers[1], np.int32)[raw.offset : raw.offset + len(raw) + 1]
        if buffers[1]
        else np.zeros(1, np.int32)
    )
    data = np.frombuffer(buffers[2], np.uint8) if buffers[2] else np.zeros(0, np.uint8)
    if not len(starts):
        starts = np.zeros(1, np.int32)
    return starts - starts[0], data[starts[0] : starts[-1]]


def is_blank_id(raw: pa.Array, size: int) -> Bools:
    """Tell which ids are not `size` bytes long or all zero: what OTLP calls invalid."""
    starts, data = _text_buffers(raw)
    not_zero = np.concatenate(([0], np.cumsum(data != 0)))
    blank: Bools = (np.diff(starts) != size) | (not_zero[starts[1:]] == not_zero[starts[:-1]])
    return blank


def texts(values: pa.StructArray) -> pa.StringArray:
    """Return AnyValue structs as text. Only lists and maps, which are rare, pass through Python one by one."""
    kinds: npt.NDArray[np.int8] = values.field("value").to_numpy(zero_copy_only=False)
    strings = values.field("string_value")
    present = np.unique(kinds[kinds > _STRING])
    if not len(present):
        return strings
    places: list[Ints] = []
    rendered: list[pa.Array] = []
    for kind in present:
        here = np.nonzero(kinds == kind)[0]
        places.append(here)
        rendered.append(_RENDER[int(kind)](values, pa.array(here)))
    where = np.concatenate(places)
    replacements = pa.concat_arrays(rendered).take(pa.array(np.argsort(where, kind="stable")))
    return pc.replace_with_mask(strings, pa.array(kinds > _STRING), replacements)


def _cast(column: str) -> Callable[[pa.StructArray, pa.Array], pa.StringArray]:
    return lambda values, here: values.field(column).take(here).cast(STRINGS)


def _booleans(values: pa.StructArray, here: pa.Array) -> pa.StringArray:
    return pc.if_else(values.field("bool_value").take(here).cast(pa.bool_()), "true", "false")


def _decoded(column: str, wrap: Callable[[bytes], AnyValue]) -> Callable[[pa.StructArray, pa.Array], pa.StringArray]:
    def render(values: pa.StructArray, here: pa.Array) -> pa.StringArray:
        raw = values.field(column).take(here).cast(pa.binary())
        return pa.array([text_of(wrap(each)) for each in raw.to_pylist()], STRINGS)

    return render


_RENDER: dict[int, Callable[[pa.StructArray, pa.Array], pa.StringArray]] = {
    _BOOL: _booleans,
    _INT: _cast("int_value"),
    _DOUBLE: _cast("double_value"),
    _ARRAY: _decoded("array_value", lambda raw: AnyValue(array_value=ArrayValue.FromString(raw))),
    _KVLIST: _decoded("kvlist_value", lambda raw: AnyValue(kvlist_value=KeyValueList.FromString(raw))),
    _BYTES: _decoded("bytes_value", lambda raw: AnyValue(bytes_value=raw)),
}


def maps(lists: pa.ListArray) -> pa.MapArray:
    """Return repeated KeyValue as a map of text; of equal keys the engine keeps the first."""
    pairs = lists.flatten()
    return pa.MapArray.from_arrays(
        pa.array(offsets(lists), pa.int32()), pairs.field("key"), texts(pairs.field("value"))
    )


def nested_lists(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """Return one field of repeated messages as a list column."""
    return pa.ListArray.from_arrays(pa.array(offsets(lists), pa.int32()), values)


def times(nanoseconds: npt.NDArray[np.int64]) -> pa.Array:
    """Return Unix nanoseconds as UTC times."""
    return pa.array(nanoseconds, pa.int64()).cast(TIME)


def named(codes: npt.NDArray[np.int32], names: Sequence[str]) -> pa.DictionaryArray:
    """Return numbers as names; unknown numbers get the first."""
    safe = np.where((codes >= 0) & (codes < len(names)), codes, 0).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(safe), pa.array(names, STRINGS))


def repeated(values: Sequence[str], rows: Ints) -> pa.DictionaryArray:
    """Return the value of each row's parent."""
    encoded = pa.array(values, STRINGS).dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.take(pa.array(rows)), encoded.dictionary)


def repeated_maps(values: Sequence[dict[str, str]], rows: Ints) -> pa.MapArray:
    """Return the map of each row's parent."""
    return pa.array([list(each.items()) for each in values], MAP).take(pa.array(rows))


def unsigned_to_signed(column: pa.Array) -> Ints:
    """Return unsigned nanoseconds as signed ones; beyond the year 2262 they stop at the largest."""
    values: npt.NDArray[np.uint64] = column.to_numpy()
    return np.minimum(values, np.uint64(np.iinfo(np.int64).max)).astype(np.int64)
