"""OTLP's JSON form: protobuf's JSON mapping, but ids are hexadecimal and enums are numbers.

Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

from vedette.ingest.leniency import loads
from vedette.kit.errors import Fault, Invalid

_IDS = {
    "traceId": 16, "spanId": 8, "parentSpanId": 8,
    "trace_id": 16, "span_id": 8, "parent_span_id": 8,
}  # fmt: skip
_DEEPEST = 100


def to_protobuf(body: bytes, message: Callable[[], Message]) -> bytes:
    """Return a JSON request as protobuf; raises Invalid that says where."""
    try:
        document = loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid("the body is not valid JSON", faults=[Fault(f"character {error.pos}", error.msg)]) from None
    if not isinstance(document, dict):
        raise Invalid("the body is not an OTLP message", faults=[Fault("body", "must be a JSON object")])
    parsed = message()
    try:
        _ids_to_base64(document, "", _DEEPEST)
        json_format.ParseDict(document, parsed, ignore_unknown_fields=True, max_recursion_depth=_DEEPEST)
        return parsed.SerializeToString()
    except (json_format.ParseError, ValueError, TypeError, RecursionError) as error:
        raise Invalid("the body is not a valid OTLP message", faults=[Fault("body", str(error)[:300])]) from None


def _ids_to_base64(value: Any, path: str, depth: int) -> None:
    if depth == 0:
        raise Invalid("the body is nested too deeply", faults=[Fault(path[:200], f"more than {_DEEPEST} levels")])
    if isinstance(value, dict):
        for key, each in value.items():
            if key in _IDS and isinstance(each, str):
                try:
                    value[key] = base64.b64encode(binascii.unhexlify(each)).decode()
                except (binascii.Error, ValueError):
                    fault = Fault(f"{path}.{key}".lstrip("."), f"{each[:40]!r} is not hexadecimal")
                    raise Invalid("an id is not valid", faults=[fault]) from None
            elif isinstance(each, dict | list):
                _ids_to_base64(each, f"{path}.{key}", depth - 1)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            if isinstance(each, dict | list):
                _ids_to_base64(each, f"{path}[{place}]", depth - 1)
