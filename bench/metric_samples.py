"""The samples of the comparison of metric stores, as remote write requests."""

import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import cramjam
import numpy as np
from numpy.typing import NDArray

JOBS = 10
PER_INSTANCE = 100
"""Series of each instance."""

BOUNDS = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf")
"""Bounds of the classic histogram `b_bucket` each instance has; its other series are counters named `m`."""

Labels: TypeAlias = tuple[tuple[str, str], ...]

STEP_MS = 15_000
_SAMPLE_BYTES = 18
"""Tag and length of a sample, tag and value, tag and the six bytes of a time of this century."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How much: series, samples per series, samples per request, connections, and the time (ms) where all ends."""

    series: int = 10_000
    hours: float = 6
    batch: int = 2_000
    connections: int = 4
    end_ms: int = field(default_factory=lambda: int(time.time()) // 60 * 60_000)

    @property
    def steps(self) -> int:
        """Samples per series."""
        return int(self.hours * 3_600_000 / STEP_MS)

    @property
    def samples(self) -> int:
        """Samples in all."""
        return self.series * self.steps


@dataclass(frozen=True, slots=True)
class Requests:
    """Compressed bodies for each connection, in the order of time; `samples` of each body, but for the last ones."""

    shape: Shape
    bodies: list[list[bytes]]

    @property
    def bytes_per_sample(self) -> float:
        """What a sample takes on the way."""
        return sum(len(body) for each in self.bodies for body in each) / self.shape.samples


def labels_of(shape: Shape) -> list[Labels]:
    """Return the labels of all series; neighbours belong to different instances."""
    instances = shape.series // PER_INSTANCE
    return [_labels(number, instance) for number in range(PER_INSTANCE) for instance in range(instances)]


def _labels(number: int, instance: int) -> Labels:
    job = instance % JOBS
    where = (("instance", f"10.0.{job}.{instance}:9100"), ("job", f"job-{job}"))
    if number < len(BOUNDS):
        return (("__name__", "b_bucket"), *where, ("le", BOUNDS[number]))
    path, code = f"/api/v1/resource-{number // 4}", ("200", "204", "404", "500")[number % 4]
    return (("__name__", "m"), ("code", code), *where, ("path", path))


def requests(shape: Shape) -> Requests:
    """Make all requests; a series belongs to one connection, and its samples come in the order of time."""
    labels = labels_of(shape)
    random = np.random.default_rng(15)
    bodies = []
    for connection in range(shape.connections):
        own = list(range(connection, len(labels), shape.connections))
        times = np.array([_offset_ms(labels[i]) for i in own], np.int64)
        values = _Counters(random, [labels[i] for i in own])
        bodies.append(list(_bodies(shape, [labels[i] for i in own], times, values)))
    return Requests(shape, bodies)


def _offset_ms(labels: Labels) -> int:
    """Return when within 15 s the series is sampled: targets are not scraped all at once, nor at full seconds."""
    instance = int(dict(labels)["instance"].rpartition(".")[2].partition(":")[0])
    return 1 + (instance * 1_477) % (STEP_MS - 1)


@dataclass(slots=True)
class _Counters:
    """Counters that grow at rates of their own; buckets of a histogram the faster the higher their bound.

    They begin far above zero: how a rate is extrapolated towards the zero of a counter changed after Prometheus 2.42.
    """

    random: np.random.Generator
    labels: list[Labels]
    now: NDArray[np.float64] = field(init=False)
    pace: NDArray[np.float64] = field(init=False)
    spread: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.now = np.floor(self.random.uniform(1e5, 1e6, len(self.labels)))
        self.pace = self.random.uniform(1, 500, len(self.labels))
        self.spread = np.full(len(self.labels), 0.1)
        for i, labels in enumerate(self.labels):
            if bound := dict(labels).get("le"):
                self.pace[i] = 100 * (1 + BOUNDS.index(bound))
                self.now[i] = 1000 * self.pace[i]
                self.spread[i] = 0.01

    def next(self) -> NDArray[np.float64]:
        """Return the values of the next step."""
        self.now = self.now + np.round(self.pace * (1 + self.spread * self.random.uniform(-1, 1, len(self.pace))), 3)
        return self.now


def _bodies(shape: Shape, labels: list[Labels], offsets_ms: NDArray[np.int64], values: _Counters) -> Iterator[bytes]:
    """Give the bodies of one connection; each holds the next `batch` samples, in the order of time."""
    messages = [_series(each) for each in labels]
    ends = np.cumsum([len(message) for message in messages])
    template = np.frombuffer(b"".join(messages), np.uint8)
    holes = ends[:, None] - _SAMPLE_BYTES + np.arange(_SAMPLE_BYTES)
    starts = np.concatenate([[0], ends[:-1]])
    room = shape.batch
    begin_ms = shape.end_ms - shape.steps * STEP_MS
    parts: list[NDArray[np.uint8]] = []
    for step in range(shape.steps):
        block = template.copy()
        block[holes] = _samples(values.next(), begin_ms + step * STEP_MS + offsets_ms)
        first = 0
        while first < len(labels):
            last = min(first + room, len(labels))
            parts.append(block[starts[first] : ends[last - 1]])
            room -= last - first
            first = last
            if not room:
                yield _compressed(parts)
                parts, room = [], shape.batch
    if parts:
        yield _compressed(parts)


def _compressed(parts: list[NDArray[np.uint8]]) -> bytes:
    return bytes(cramjam.snappy.compress_raw(np.concatenate(parts).tobytes()))


def _series(labels: Labels) -> bytes:
    """Return a TimeSeries message with one sample, whose bytes are the last ones and yet to be filled."""
    body = b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels)
    return _field(1, body + bytes(_SAMPLE_BYTES))


def _field(number: int, content: bytes) -> bytes:
    length = len(content)
    prefix = struct.pack("B", length) if length < 128 else struct.pack("BB", length & 127 | 128, length >> 7)
    return bytes([number << 3 | 2]) + prefix + content


def _samples(values: NDArray[np.float64], times_ms: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return one Sample message per row: field 2 of a TimeSeries; a double, then a time as a varint of six bytes."""
    rows = np.empty((len(values), _SAMPLE_BYTES), np.uint8)
    rows[:, :3] = (2 << 3 | 2, _SAMPLE_BYTES - 2, 1 << 3 | 1)
    rows[:, 3:11] = values.astype("<f8").view(np.uint8).reshape(-1, 8)
    rows[:, 11] = 2 << 3
    for place in range(6):
        rows[:, 12 + place] = (times_ms >> (7 * place)) & 127 | (128 if place < 5 else 0)
    return rows
