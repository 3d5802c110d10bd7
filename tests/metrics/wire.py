"""Bodies of remote write, byte by byte."""

import struct
from collections.abc import Mapping, Sequence

import cramjam

V1 = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"}
V2 = {"Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request", "Content-Encoding": "snappy"}


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(place: int, value: int) -> bytes:
    return varint(place << 3) + varint(value)


def double(place: int, value: float) -> bytes:
    return varint(place << 3 | 1) + struct.pack("<d", value)


def sample(value: float, time_ms: int) -> bytes:
    """A sample as Go writes it: a zero value is left out."""
    is_zero = struct.pack("<d", value) == bytes(8)
    return (b"" if is_zero else double(1, value)) + number(2, time_ms)


def label(name: str, value: str) -> bytes:
    return field(1, field(1, name.encode()) + field(2, value.encode()))


def series(labels: Mapping[str, str], *samples: tuple[float, int], rest: bytes = b"", ordered: bool = True) -> bytes:
    """A TimeSeries of version 1.0 as a field of the request."""
    pairs = sorted(labels.items()) if ordered else labels.items()
    return field(1, b"".join([*(label(*pair) for pair in pairs), *(field(2, sample(*each)) for each in samples), rest]))


def metadata(kind: int, name: str, text: str, unit: str) -> bytes:
    return field(3, number(1, kind) + field(2, name.encode()) + field(4, text.encode()) + field(5, unit.encode()))


def compressed(*parts: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(b"".join(parts)))


def packed(place: int, values: Sequence[int]) -> bytes:
    return field(place, b"".join(map(varint, values)))
