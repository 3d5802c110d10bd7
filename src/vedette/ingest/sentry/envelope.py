"""Take a Sentry envelope apart. Source: https://develop.sentry.dev/sdk/data-model/envelopes/#serialization-format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.ingest.leniency import parse_json
from vedette.kit.errors import Fault, Invalid

MOST_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `payload` is not parsed yet."""

    type: str
    headers: Mapping[str, Any]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers and items of one envelope."""

    headers: Mapping[str, Any]
    items: tuple[Item, ...]


def read_headers(body: bytes) -> dict[str, Any]:
    """Return the headers alone, the first line; raises Invalid."""
    return _object(body.partition(b"\n")[0], "header")


def read_envelope(body: bytes) -> Envelope:
    """Take an envelope apart; raises Invalid that says which line or item is at fault."""
    return Envelope(read_headers(body), tuple(_items(body, body.find(b"\n") + 1 or len(body))))


def _items(body: bytes, position: int) -> Iterator[Item]:
    number = 0
    while position < len(body):
        line, position = _line(body, position)
        if not line.strip():
            continue
        where = f"item {number}"
        if number >= MOST_ITEMS:
            raise Invalid("too many items", faults=[Fault(where, f"an envelope holds at most {MOST_ITEMS} items")])
        headers = _object(line, f"{where} header")
        kind = headers.get("type")
        if not isinstance(kind, str) or not kind:
            raise Invalid("an item has no type", faults=[Fault(f"{where} header", "`type` is missing or not text")])
        length = headers.get("length")
        if length is None:
            payload, position = _line(body, position)
        else:
            if not isinstance(length, int) or isinstance(length, bool) or length < 0:
                fault = Fault(f"{where} header", f"`length` is {str(length)[:40]!r}, not a number of bytes")
                raise Invalid("an item has no usable length", faults=[fault])
            payload, position = _measured(body, position, length, where)
        yield Item(kind[:64], headers, payload)
        number += 1


def _line(body: bytes, position: int) -> tuple[bytes, int]:
    end = body.find(b"\n", position)
    return (body[position:], len(body)) if end < 0 else (body[position:end], end + 1)


def _measured(body: bytes, position: int, length: int, where: str) -> tuple[bytes, int]:
    end = position + length
    if end > len(body):
        what = f"declares {length} bytes, but {len(body) - position} follow"
        raise Invalid("the envelope ends early", faults=[Fault(where, what)])
    if end < len(body) and body[end : end + 1] not in {b"\n", b"\r"}:
        raise Invalid("an item is longer than it declares", faults=[Fault(where, f"no line ends after {length} bytes")])
    return body[position:end], end + 1


def _object(line: bytes, where: str) -> dict[str, Any]:
    value = parse_json(line, where)
    if not isinstance(value, dict):
        raise Invalid("the envelope is malformed", faults=[Fault(where, "must be a JSON object")])
    return value
