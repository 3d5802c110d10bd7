"""Request bodies made once; each send gets ids and times of its own, written over the old ones by numpy.

So the load costs the generator little, and the store a real load's entropy.
"""

import base64
import gzip
import json
import random
import struct
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from google.protobuf.json_format import MessageToDict

from bench import otlp

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Kind = Literal["spans", "logs", "metrics", "numbers", "spans-json", "spans-gzip", "sentry", "events"]
_VARIANTS = 6
_INSTANCES = 4


class Body(Protocol):
    """A request body, fresh for each send."""

    def fresh(self, newest_ns: int) -> bytes: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Pool:
    """Bodies of `records` records each, which become `rows` rows of the store's main table."""

    bodies: Sequence[Body]
    records: int
    rows: int
    bytes_each: float
    content_type: str
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where values of one width lie in a body, and the values themselves."""

    places: Ints
    values: Bytes

    def over(self, body: Bytes, mask: Bytes) -> None:
        """Write the values combined with a mask: equal ones stay equal, and no send repeats another."""
        width = self.values.shape[1]
        body[self.places[:, None] + np.arange(width)] = self.values ^ mask


class _Binary:
    """A protobuf body."""

    def __init__(self, raw: bytes, ids: Sequence[bytes], times_ns: Sequence[int]) -> None:
        """Take the ids and times in the order in which they stand in the body."""
        self._raw = np.frombuffer(raw, np.uint8)
        wanted = sorted(_places(raw, ids, times_ns))
        self._ids = [_fields(wanted, 16), _fields(wanted, 8)]
        self._time_places = np.array([place for place, value in wanted if isinstance(value, int)], np.int64)
        self._times = np.array([value for _, value in wanted if isinstance(value, int)], np.int64)

    def fresh(self, newest_ns: int) -> bytes:
        body = self._raw.copy()
        for fields in self._ids:
            if len(fields.places):
                width = fields.values.shape[1]
                fields.over(body, np.frombuffer(random.randbytes(width), np.uint8))
        times = (self._times + (newest_ns - self._times.max())).astype("<i8").view(np.uint8).reshape(-1, 8)
        body[self._time_places[:, None] + np.arange(8)] = times
        return body.tobytes()


def _places(raw: bytes, ids: Sequence[bytes], times_ns: Sequence[int]) -> list[tuple[int, bytes | int]]:
    found: list[tuple[int, bytes | int]] = []
    at = 0
    for each in ids:
        at = raw.index(each, at)
        found.append((at, each))
        at += len(each)
    at = 0
    for moment in times_ns:
        at = raw.index(struct.pack("<Q", moment), at)
        found.append((at, moment))
        at += 8
    return found


def _fields(wanted: Sequence[tuple[int, bytes | int]], width: int) -> _Fields:
    found = [(place, value) for place, value in wanted if isinstance(value, bytes) and len(value) == width]
    values = np.frombuffer(b"".join(value for _, value in found), np.uint8).reshape(-1, width)
    return _Fields(np.array([place for place, _ in found], np.int64), values)


class _Export:
    """Metrics of one instance: each send has one time, which no other send has."""

    def __init__(self, raw: bytes, time_ns: int) -> None:
        """Take a body all of whose points have this time."""
        self._parts = raw.split(b"\x19" + struct.pack("<Q", time_ns))
        self._last_ns = time_ns

    def fresh(self, newest_ns: int) -> bytes:
        self._last_ns = max(newest_ns, self._last_ns + 1_000_000)
        return (b"\x19" + struct.pack("<Q", self._last_ns)).join(self._parts)


@dataclass(frozen=True, slots=True)
class _Static:
    """A body that is sent as it is."""

    raw: bytes

    def fresh(self, newest_ns: int) -> bytes:  # noqa: ARG002 - the interface
        return self.raw


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A Sentry envelope; the server recognises retries by the event id, so each send has its own."""

    before: bytes
    between: bytes
    after: bytes

    def fresh(self, newest_ns: int) -> bytes:  # noqa: ARG002 - the event has no time: it is that of its arrival
        own = uuid.uuid4().hex.encode()
        return self.before + own + self.between + own + self.after


def pool(kind: Kind, batch: int) -> Pool:
    """Make bodies of `batch` records."""
    dice = random.Random(17)
    return _MAKERS[kind](dice, batch)


def _spans(dice: random.Random, batch: int) -> Pool:
    bodies = [_span_body(dice, batch) for _ in range(_VARIANTS)]
    return _pool(bodies, batch, batch, "application/x-protobuf")


def _span_body(dice: random.Random, batch: int) -> _Binary:
    request = otlp.spans(dice, batch, time.time_ns())
    ids, times = [], []
    for each in (span for resource in request.resource_spans for span in resource.scope_spans[0].spans):
        ids += [each.trace_id, each.span_id, *([each.parent_span_id] if each.parent_span_id else [])]
        times += [each.start_time_unix_nano, each.end_time_unix_nano]
    return _Binary(request.SerializeToString(), ids, times)


def _logs(dice: random.Random, batch: int) -> Pool:
    bodies = []
    for _ in range(_VARIANTS):
        request = otlp.logs(dice, batch, time.time_ns())
        ids, times = [], []
        for each in (record for resource in request.resource_logs for record in resource.scope_logs[0].log_records):
            ids += [each.trace_id, each.span_id]
            times += [each.time_unix_nano, each.observed_time_unix_nano]
        bodies.append(_Binary(request.SerializeToString(), ids, times))
    return _pool(bodies, batch, batch, "application/x-protobuf")


def _metrics(dice: random.Random, batch: int) -> Pool:
    return _metrics_of(dice, batch, otlp.METRIC_KINDS)


def _numbers(dice: random.Random, batch: int) -> Pool:
    return _metrics_of(dice, batch, ("sum", "gauge"))


def _metrics_of(dice: random.Random, batch: int, kinds: Sequence[str]) -> Pool:
    bodies, rows = [], 0
    for instance in range(_INSTANCES):
        now_ns = time.time_ns()
        request, rows = otlp.metrics(dice, batch, now_ns, instance=instance, kinds=kinds)
        bodies.append(_Export(request.SerializeToString(), now_ns))
    return _pool(bodies, batch, rows, "application/x-protobuf")


def _spans_json(dice: random.Random, batch: int) -> Pool:
    bodies = [
        _Static(json.dumps(_hexadecimal(MessageToDict(otlp.spans(dice, batch, time.time_ns())))).encode())
        for _ in range(_VARIANTS)
    ]
    return _pool(bodies, batch, batch, "application/json")


def _hexadecimal(value: object) -> object:
    """Write ids as OTLP/JSON has them: hexadecimal, where protobuf's own JSON has base64."""
    if isinstance(value, dict):
        return {
            key: _hex_of(each) if key in {"traceId", "spanId", "parentSpanId"} else _hexadecimal(each)
            for key, each in value.items()
        }
    return [_hexadecimal(each) for each in value] if isinstance(value, list) else value


def _hex_of(text: str) -> str:
    return base64.b64decode(text).hex()


def _spans_gzip(dice: random.Random, batch: int) -> Pool:
    bodies = [_Static(gzip.compress(_span_body(dice, batch).fresh(time.time_ns()), 6)) for _ in range(_VARIANTS)]
    made = _pool(bodies, batch, batch, "application/x-protobuf")
    return Pool(made.bodies, batch, batch, made.bytes_each, made.content_type, "gzip")


def _sentry(dice: random.Random, _: int) -> Pool:
    bodies = []
    for _ in range(64):
        event = json.dumps(_error_event(dice)).encode()
        before, after = b'{"event_id":"', b'",' + event[1:]
        between = b'","sent_at":"2030-01-01T00:00:00Z"}\n{"type":"event"}\n{"event_id":"'
        bodies.append(_Envelope(before, between, after))
    return _pool(bodies, 1, 1, "application/x-sentry-envelope")


def _error_event(dice: random.Random) -> dict[str, object]:
    kind = dice.choice(("ValueError", "KeyError", "TimeoutError", "TypeError", "LookupError"))
    frames = [
        {
            "filename": f"shop/{module}.py",
            "module": f"shop.{module}",
            "function": f"step_{number}",
            "lineno": 20 + number,
            "in_app": number > 3,
            "context_line": f"    return self.step_{number + 1}(order, customer)",
            "pre_context": [
                "    def step(self, order, customer):",
                "        order.check()",
                "        customer.check()",
            ],
            "post_context": ["", "    def after(self):", "        self.close()"],
            "vars": {"order": f"<Order {dice.randrange(10**6)}>", "customer": f"<Customer {dice.randrange(10**6)}>"},
        }
        for number, module in enumerate(dice.choices(("web", "orders", "payments", "mail", "stock"), k=12))
    ]
    return {
        "platform": "python",
        "level": "error",
        "release": "shop@2.7.3",
        "environment": "production",
        "server_name": "node-1",
        "transaction": "/api/checkout",
        "user": {"id": f"u-{dice.randrange(10_000)}"},
        "tags": {"region": "eu-west-1", "plan": dice.choice(("free", "pro"))},
        "contexts": {"trace": {"trace_id": dice.randbytes(16).hex(), "span_id": dice.randbytes(8).hex()}},
        "breadcrumbs": {
            "values": [
                {"category": "httplib", "type": "http", "data": {"url": f"http://db/{number}", "method": "GET"}}
                for number in range(20)
            ]
        },
        "request": {"method": "POST", "url": "http://shop/api/checkout", "headers": {"accept": "application/json"}},
        "sdk": {"name": "sentry.python.fastapi", "version": "2.20.0"},
        "exception": {
            "values": [
                {
                    "type": kind,
                    "value": f"order {dice.randrange(10**6)} is gone",
                    "mechanism": {"type": "starlette", "handled": False},
                    "stacktrace": {"frames": frames},
                }
            ]
        },
    }


def _events(dice: random.Random, batch: int) -> Pool:
    bodies = []
    for _ in range(_VARIANTS):
        events = [
            {
                "name": dice.choice(("page_view", "search", "product_viewed", "add_to_cart", "checkout_started")),
                "distinct_id": f"u-{dice.randrange(100_000)}",
                "session_id": f"s-{dice.getrandbits(40):010x}",
                "properties": {
                    "path": f"/products/{dice.randrange(1000)}",
                    "browser": dice.choice(("Chrome", "Firefox", "Safari")),
                    "country": dice.choice(("DE", "FR", "NL")),
                    "price": round(dice.uniform(5, 300), 2),
                    "is_new": dice.random() < 0.2,
                },
            }
            for _ in range(batch)
        ]
        bodies.append(_Static(json.dumps(events).encode()))
    return _pool(bodies, batch, batch, "application/json")


def _pool(bodies: Sequence[Body], records: int, rows: int, content_type: str) -> Pool:
    size = sum(len(each.fresh(time.time_ns())) for each in bodies) / len(bodies)
    return Pool(bodies, records, rows, size, content_type)


_MAKERS: dict[Kind, Callable[[random.Random, int], Pool]] = {
    "spans": _spans,
    "logs": _logs,
    "metrics": _metrics,
    "numbers": _numbers,
    "spans-json": _spans_json,
    "spans-gzip": _spans_gzip,
    "sentry": _sentry,
    "events": _events,
}
