"""What both versions of remote write share: requests of several senders as one message, and their rare parts."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import numpy as np
import pyarrow as pa
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]
from numpy.typing import NDArray

from vedette.kit.ids import ProjectId

SCHEMA = Path(str(resources.files(__package__).joinpath("remote_write.proto")))
SAMPLES = "samples Array(Tuple(value Float64, timestamp Int64))"

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class WriteUnit:
    """The body of one request: protobuf, decompressed, not yet checked."""

    project: ProjectId
    payload: bytes


@dataclass(frozen=True, slots=True)
class Secret:
    """Two random numbers that key the hashes of labels: nobody can make two label sets collide on purpose."""

    first: int = field(default_factory=lambda: secrets.randbits(64))
    second: int = field(default_factory=lambda: secrets.randbits(64))

    @property
    def sql(self) -> str:
        """Return the key as the engine's sipHash64Keyed takes it."""
        return f"(toUInt64({self.first}), toUInt64({self.second}))"


def framed(payloads: Sequence[bytes]) -> bytes:
    """Return a message whose repeated field 1 holds the payloads."""
    parts: list[bytes] = []
    for payload in payloads:
        parts += (b"\x0a", _VarintBytes(len(payload)), payload)
    return b"".join(parts)


def counts(lists: pa.ListArray) -> Ints:
    """Return how many elements each row has."""
    lengths: Ints = np.diff(lists.offsets.to_numpy()).astype(np.int64)
    return lengths


class Malformed(Exception):
    """Bytes that are no message; the text says where."""


_BYTES = 2  # the wire type of what has a length


def _varint(payload: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        byte = payload[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise Malformed(f"the length before byte {place} is too large")


def without_empty(payload: bytes, outer: int, inner: int) -> bytes:
    """Return a message whose submessages in field `outer` lack the empty packed arrays of field `inner`.

    Such an array is valid and says nothing (https://protobuf.dev/programming-guides/encoding/#packed); the engine
    refuses it. Raises Malformed.
    """
    parts: list[bytes] = []
    for number, kind, begin, body, end in _fields(payload):
        if (number, kind) != (outer, _BYTES):
            parts.append(payload[begin:end])
            continue
        message = payload[body:end]
        kept = b"".join(
            message[first:last]
            for field_, wire, first, content, last in _fields(message)
            if not (field_ == inner and wire == _BYTES and content == last)
        )
        parts += (payload[begin:body], kept) if kept == message else (tag(outer), _VarintBytes(len(kept)), kept)
    return b"".join(parts)


def tag(number: int) -> bytes:
    """Return what precedes the length of a field of bytes."""
    encoded: bytes = _VarintBytes(number << 3 | _BYTES)
    return encoded


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    """Give number and wire type of each field, where it begins, where its content does, and where it ends."""
    place = 0
    while place < len(message):
        begin = place
        try:
            key, place = _varint(message, place)
            body, kind = place, key & 7
            match kind:
                case 0:
                    while message[place] > 127:
                        place += 1
                    place += 1
                case 1 | 5:
                    place += 8 if kind == 1 else 4
                case 2:
                    length, body = _varint(message, place)
                    place = body + length
                case _:
                    raise Malformed(f"there is no wire type {kind} before byte {place}")
        except IndexError:
            place = len(message) + 1
        if place > len(message):
            raise Malformed("the message ends early")
        yield key >> 3, kind, begin, body, place


def projects_mixed(projects: Sequence[ProjectId], units: Ints) -> NDArray[np.uint64]:
    """Return a number per element that keeps equal labels of different projects apart."""
    return np.array(projects, np.uint64)[units] * np.uint64(0x9E3779B97F4A7C15)
