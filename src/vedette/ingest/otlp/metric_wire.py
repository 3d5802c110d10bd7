"""Metrics requests cut into data points without making objects of them.

What is expected here is what protobuf's writers make of a request: fields in the order of their numbers, each message
once. Anything else is `Unusual`, and is read and written again before it is cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from vedette.ingest.otlp.wire import scope

GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY = 0x2A, 0x3A, 0x4A, 0x52, 0x5A  # tags of `data` in a Metric
_DATA = frozenset({GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY})
_HEAD = frozenset({0x0A, 0x12, 0x1A, 0x62})  # name, description, unit; metadata behind the points
_FIRST, _SECOND, _THIRD = 0x0A, 0x12, 0x1A  # tags of fields 1 to 3 when they have a length
_TEMPORALITY, _MONOTONIC = 0x10, 0x18
_DELTA = 1
_LONGEST_VARINT = 70  # bits


class Unusual(Exception):
    """Bytes that are no message, or not written as usual."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a request: what stands around its points, and what kind of points they are."""

    header: bytes
    kind: int
    is_delta: bool
    is_monotonic: bool


@dataclass(slots=True)
class Points:
    """Where data points begin and end."""

    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


Enter = Callable[[bytes], Callable[[Metric], None]]
"""Takes a Resource; what it returns is called for every metric of that resource, once its points are cut."""


def cut(payload: bytes, begin: int, end: int, points: Points, enter: Enter) -> None:
    """Cut the request in `payload[begin:end]`; raises Unusual, with some points cut already."""
    try:
        for _, body, stop in _fields(payload, begin, end, {_FIRST}):
            _cut_resource(payload, body, stop, points, enter)
    except (IndexError, DecodeError, UnicodeDecodeError) as error:
        raise Unusual(str(error)) from None


def _cut_resource(payload: bytes, begin: int, end: int, points: Points, enter: Enter) -> None:
    resources: list[bytes] = []
    scopes: list[tuple[int, int]] = []
    for tag, body, stop in _fields(payload, begin, end, {_FIRST, _SECOND, _THIRD}):
        if tag == _FIRST:
            resources.append(payload[body:stop])
        elif tag == _SECOND:
            scopes.append((body, stop))
        else:
            payload[body:stop].decode()
    if len(resources) > 1:
        raise Unusual("a resource more than once")
    found = enter(resources[0] if resources else b"")
    for body, stop in scopes:
        _cut_scope(payload, body, stop, points, found)


def _cut_scope(payload: bytes, begin: int, end: int, points: Points, found: Callable[[Metric], None]) -> None:
    scopes = 0
    for tag, body, stop in _fields(payload, begin, end, {_FIRST, _SECOND, _THIRD}):
        if tag == _SECOND:
            found(_cut_metric(payload, body, stop, points))
        elif tag == _FIRST:
            scopes += 1
            scope(payload[body:stop])  # it says nothing of series, but must be one
        else:
            payload[body:stop].decode()
    if scopes > 1:
        raise Unusual("a scope more than once")


def _cut_metric(payload: bytes, begin: int, end: int, points: Points) -> Metric:
    kind, place = 0, begin
    at = body = stop = begin
    while place < end:
        tag = payload[place]
        length = payload[place + 1]
        if length < 128:
            following = place + 2
        else:
            length, following = _varint(payload, place + 1)
        if tag in _DATA and not kind:
            kind, at, body, stop = tag, place, following, following + length
        elif tag not in _HEAD:
            raise Unusual(f"a metric with the tag {tag}")
        place = following + length
    if place != end:
        raise Unusual("a metric ends early")
    if not kind:
        return Metric(payload[begin:end], 0, is_delta=False, is_monotonic=False)
    temporality, monotonic = _cut_points(payload, body, stop, points)
    return Metric(
        payload[begin:at] + payload[stop:end],
        kind,
        temporality == _DELTA and kind not in {GAUGE, SUMMARY},
        bool(monotonic) and kind == SUM,
    )


def _cut_points(payload: bytes, place: int, end: int, points: Points) -> tuple[int, int]:
    """Cut the data of a metric and return its temporality and whether it is monotonic."""
    temporality = monotonic = 0
    begin_at, end_at = points.begins.append, points.ends.append
    while place < end:
        tag, number = payload[place], payload[place + 1]
        place += 2
        if number > 127:
            following = payload[place]
            place += 1
            number += (following << 7) - 128
            if following > 127:
                number, place = _varint(payload, place - 2)
        if tag == _FIRST:
            begin_at(place)
            place += number
            end_at(place)
        elif tag == _TEMPORALITY:
            temporality = number
        elif tag == _MONOTONIC:
            monotonic = number
        else:
            raise Unusual(f"data of a metric with the tag {tag}")
    if place != end:
        raise Unusual("the data of a metric end early")
    return temporality, monotonic


def _fields(payload: bytes, place: int, end: int, known: set[int]) -> Iterator[tuple[int, int, int]]:
    """Give tag, begin and end of the content of each field; all of them have a length."""
    while place < end:
        tag = payload[place]
        if tag not in known:
            raise Unusual(f"a field with the tag {tag}")
        length, body = _varint(payload, place + 1)
        place = body + length
        yield tag, body, place
    if place != end:
        raise Unusual("a message ends early")


def _varint(payload: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, _LONGEST_VARINT, 7):
        byte = payload[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise Unusual("a length is too large")
