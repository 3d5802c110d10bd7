"""OTLP's JSON form: protobuf's JSON mapping, but ids are hexadecimal and enums are numbers.

Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

The document is turned into the arguments of the message's constructor, which is written in C: several times as fast
as protobuf's own JSON reader, and an error can say where in the document it is.
"""

import base64
import binascii
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from vedette.ingest.leniency import loads
from vedette.kit.errors import Fault, Invalid

_IDS = {"trace_id", "span_id", "parent_span_id"}
_DEEPEST = 100
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

Read = Callable[[Any, int], Any]


class _Fault(Exception):
    """What is wrong; the path to it is put together, from the inside out, while it travels up."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.path: list[str] = []


def to_protobuf(body: bytes, message: Callable[[], Message]) -> bytes:
    """Return a JSON request as protobuf; raises Invalid that says where."""
    try:
        document = loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid("the body is not valid JSON", faults=[Fault(f"character {error.pos}", error.msg)]) from None
    empty = message()
    try:
        values = _reader(empty.DESCRIPTOR)(document, _DEEPEST)
        return type(empty)(**values).SerializeToString()
    except _Fault as fault:
        where = "".join(reversed(fault.path)).lstrip(".") or "body"
        raise Invalid("the body is not a valid OTLP message", faults=[Fault(where[:300], str(fault))]) from None
    except (ValueError, TypeError, RecursionError) as error:  # a lone surrogate in a text, for one
        raise Invalid("the body is not a valid OTLP message", faults=[Fault("body", str(error)[:300])]) from None


@cache
def _reader(descriptor: Descriptor) -> Read:
    """Return what turns a JSON object into the arguments of a message; unknown fields are left out."""
    fields: dict[str, tuple[str, Read]] = {}
    where = descriptor.name

    def read(value: Any, depth: int) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _Fault(f"must be a JSON object ({where})")
        if depth == 0:
            raise _Fault(f"nested more than {_DEEPEST} levels deep")
        found: dict[str, Any] = {}
        for key, each in value.items():
            if each is None or (field := fields.get(key)) is None:
                continue
            try:
                found[field[0]] = field[1](each, depth - 1)
            except _Fault as fault:
                fault.path.append(f".{key}")
                raise
        return found

    # Messages contain each other (a value may be a list of values): fields are looked up when they are needed.
    for field in descriptor.fields:
        single = _single(field)
        reader = _repeated(single) if field.is_repeated else single
        fields[field.name] = fields[field.json_name] = (field.name, reader)
    return read


def _repeated(single: Read) -> Read:
    def read(value: Any, depth: int) -> list[Any]:
        if not isinstance(value, list):
            raise _Fault("must be a JSON array")
        found: list[Any] = []
        try:
            for each in value:
                found.append(single(each, depth))  # noqa: PERF401 - how far it came says where a fault is
        except _Fault as fault:
            fault.path.append(f"[{len(found)}]")
            raise
        return found

    return read


def _single(field: FieldDescriptor) -> Read:
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_MESSAGE:
        inner = field.message_type
        return lambda value, depth: _reader(inner)(value, depth)  # noqa: PLW0108 - messages contain themselves
    if kind in _INTEGERS:
        return _integer(*_INTEGERS[kind])
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return _enum(field.enum_type)
    if kind == FieldDescriptor.CPPTYPE_STRING:
        if field.type != FieldDescriptor.TYPE_BYTES:
            return _text
        return _hexadecimal if field.name in _IDS else _base64
    return _boolean if kind == FieldDescriptor.CPPTYPE_BOOL else _float


def _integer(least: int, most: int) -> Read:
    def read(value: Any, _depth: int) -> int:
        try:
            number = value if type(value) is int else int(value) if isinstance(value, str) else _whole(value)
        except ValueError:
            raise _Fault(f"{str(value)[:40]!r} is not a whole number") from None
        if not least <= number <= most:
            raise _Fault(f"{str(value)[:40]!r} is not between {least} and {most}")
        return number

    return read


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError(value)


def _enum(kind: EnumDescriptor | None) -> Read:
    integer = _integer(-(2**31), 2**31 - 1)
    numbers = {name: each.number for name, each in kind.values_by_name.items()} if kind else {}

    def read(value: Any, depth: int) -> int:
        if isinstance(value, str) and value in numbers:
            return numbers[value]
        number: int = integer(value, depth)
        return number

    return read


def _text(value: Any, _depth: int) -> str:
    if isinstance(value, str):
        return value
    raise _Fault("must be a text")


def _boolean(value: Any, _depth: int) -> bool:
    if isinstance(value, bool):
        return value
    raise _Fault("must be true or false")


def _float(value: Any, _depth: int) -> float:
    if isinstance(value, str) and value in _NUMBERS:
        return _NUMBERS[value]
    if isinstance(value, bool):
        raise _Fault("must be a number")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _Fault(f"{str(value)[:40]!r} is not a number") from None


def _hexadecimal(value: Any, _depth: int) -> bytes:
    try:
        return bytes.fromhex(_text(value, 0))
    except ValueError:
        raise _Fault(f"{str(value)[:40]!r} is not hexadecimal") from None


def _base64(value: Any, _depth: int) -> bytes:
    text = _text(value, 0)
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _Fault(f"{text[:40]!r} is not base64") from None
