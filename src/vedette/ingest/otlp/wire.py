"""OTLP requests of several senders read as one message, and the parts that all signals share."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.ids import ProjectId

SCHEMA = Path(str(resources.files(__package__).joinpath("otlp.proto")))
UNKNOWN_SERVICE = "unknown_service"

_ANY_KINDS = (
    "none",
    "string_value",
    "bool_value",
    "int_value",
    "double_value",
    "array_value",
    "kvlist_value",
    "bytes_value",
)
_ANY_ENUM = ", ".join(f"'{kind}' = {number}" for number, kind in enumerate(_ANY_KINDS))
ANY_VALUE = (
    f"Tuple(value Enum8({_ANY_ENUM}),"
    " string_value String, bool_value UInt8, int_value Int64, double_value Float64,"
    " array_value String, kvlist_value String, bytes_value String)"
)
KEY_VALUES = f"Array(Tuple(key String, value {ANY_VALUE}))"

_UNIT_TAG = b"\xc0\x3e"  # field 1000, varint
_UNITS_TAG = b"\x0a"  # field 1, length-delimited

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class OtlpUnit:
    """The body of one request: protobuf, decompressed, not yet checked."""

    project: ProjectId
    payload: bytes
    protocol: str


@dataclass(slots=True)
class OtlpOutcome:
    """What became of one request: records stored, records refused by reason, or an error for the whole."""

    accepted: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    newest_s: float | None = None
    error: VedetteError | None = None


def parse(payload: bytes, message: Callable[[], Message]) -> Message:
    """Check the wire format and the UTF-8 of every string; raises Invalid."""
    parsed = message()
    try:
        parsed.ParseFromString(payload)
    except (DecodeError, ValueError, RecursionError) as error:
        raise Invalid("the body is not a valid OTLP message", faults=[Fault("body", str(error)[:200])]) from None
    return parsed


def framed(payloads: Sequence[tuple[int, bytes]]) -> bytes:
    """Join request bodies into one batch message, each followed by its number.

    Protobuf merges a message whose bytes follow another's, so a field can be added to a message by appending it.
    """
    parts: list[bytes] = []
    for number, payload in payloads:
        suffix = _UNIT_TAG + _VarintBytes(number)
        parts += (_UNITS_TAG, _VarintBytes(len(payload) + len(suffix)), payload, suffix)
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Origin:
    """A resource: its service and its attributes."""

    service: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """An instrumentation scope."""

    name: str
    version: str
    attributes: Mapping[str, str]


@lru_cache(maxsize=4096)
def origin(resource: bytes) -> Origin:
    """Decode a Resource message."""
    attributes = attributes_of(Resource.FromString(resource).attributes)
    return Origin(attributes.get("service.name") or UNKNOWN_SERVICE, attributes)


@lru_cache(maxsize=4096)
def scope(message: bytes) -> Scope:
    """Decode an InstrumentationScope message."""
    parsed = InstrumentationScope.FromString(message)
    return Scope(parsed.name, parsed.version, attributes_of(parsed.attributes))


def attributes_of(pairs: Any) -> dict[str, str]:
    """Return KeyValue messages as text; the last of equal keys wins."""
    return {pair.key: text_of(pair.value) for pair in pairs}


def text_of(value: AnyValue) -> str:
    """Return an attribute value as the text it is stored as: lists and maps as JSON."""
    plain = plain_of(value)
    match plain:
        case str():
            return plain
        case bool():
            return "true" if plain else "false"
        case None:
            return ""
        case int() | float():
            return str(plain)
        case _:
            return orjson.dumps(plain, option=orjson.OPT_NON_STR_KEYS, default=str).decode()


def plain_of(value: AnyValue) -> Any:
    """Return an attribute value as Python's own types; bytes as base64 text, as OTLP's JSON form does."""
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [plain_of(each) for each in value.array_value.values]
        case "kvlist_value":
            return {each.key: plain_of(each.value) for each in value.kvlist_value.values}
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case kind:
            return getattr(value, kind)
