"""Requests of remote write, built by hand."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cramjam
import httpx

WRITE_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


@dataclass(frozen=True)
class Series:
    """Labels, and samples as (milliseconds, value) in the order of time."""

    labels: dict[str, str]
    samples: Sequence[tuple[int, float]]


def write_request(series: Iterable[Series]) -> bytes:
    """Return a request of remote write 1.0, compressed."""
    return bytes(cramjam.snappy.compress_raw(b"".join(_field(1, _series(each)) for each in series)))


def _series(series: Series) -> bytes:
    labels = (
        _field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in sorted(series.labels.items())
    )
    samples = (_field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(at)) for at, value in series.samples)
    return b"".join((*labels, *samples))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def remote_write(url: str, body: bytes) -> None:
    """Have a Prometheus take a request of remote write."""
    answer = httpx.post(f"{url}/api/v1/write", content=body, headers=WRITE_HEADERS, timeout=60)
    assert answer.status_code == 204, answer.text
