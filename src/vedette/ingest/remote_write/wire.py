"""What both versions of remote write share: requests of several senders as one message, and their rare parts."""

import secrets
from collections.abc import Sequence
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


def raw(values: pa.Array) -> tuple[Ints, Bytes]:
    """Return where each byte string begins (one more for the end of the last) and all their bytes."""
    buffers = values.buffers()
    if not len(values) or buffers[1] is None:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(buffers[1], np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    data = np.frombuffer(buffers[2], np.uint8) if buffers[2] is not None else np.zeros(0, np.uint8)
    return offsets, data


def projects_mixed(projects: Sequence[ProjectId], units: Ints) -> NDArray[np.uint64]:
    """Return a number per element that keeps equal labels of different projects apart."""
    return np.array(projects, np.uint64)[units] * np.uint64(0x9E3779B97F4A7C15)
