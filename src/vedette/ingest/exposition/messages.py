"""The messages `io.prometheus.client.MetricFamily`, one after the other with the length before each.

Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from vedette.ingest.exposition.exposed import ExpositionError

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _FIELD.TYPE_STRING,
    "double": _FIELD.TYPE_DOUBLE,
    "int32": _FIELD.TYPE_INT32,
    "int64": _FIELD.TYPE_INT64,
    "uint32": _FIELD.TYPE_UINT32,
    "uint64": _FIELD.TYPE_UINT64,
    "sint32": _FIELD.TYPE_SINT32,
    "sint64": _FIELD.TYPE_SINT64,
}
# name of a message -> its fields: number, type ("*" before what is repeated), name
_MESSAGES: dict[str, list[tuple[int, str, str]]] = {
    "Pair": [(1, "string", "name"), (2, "string", "value")],
    "Moment": [(1, "int64", "seconds"), (2, "int32", "nanos")],
    "Example": [(1, "*Pair", "label"), (2, "double", "value"), (3, "Moment", "timestamp")],
    "Gauge": [(1, "double", "value")],
    "Counter": [(1, "double", "value"), (2, "Example", "exemplar")],
    "Quantile": [(1, "double", "quantile"), (2, "double", "value")],
    "Summary": [(1, "uint64", "sample_count"), (2, "double", "sample_sum"), (3, "*Quantile", "quantile")],
    "Bucket": [
        (1, "uint64", "cumulative_count"), (2, "double", "upper_bound"), (3, "Example", "exemplar"),
        (4, "double", "cumulative_count_float"),
    ],
    "Span": [(1, "sint32", "offset"), (2, "uint32", "length")],
    "Histogram": [
        (1, "uint64", "sample_count"), (2, "double", "sample_sum"), (3, "*Bucket", "bucket"),
        (4, "double", "sample_count_float"), (5, "sint32", "schema"), (6, "double", "zero_threshold"),
        (7, "uint64", "zero_count"), (8, "double", "zero_count_float"), (9, "*Span", "negative_span"),
        (10, "*sint64", "negative_delta"), (11, "*double", "negative_count"), (12, "*Span", "positive_span"),
        (13, "*sint64", "positive_delta"), (14, "*double", "positive_count"), (16, "*Example", "exemplars"),
    ],
    "Metric": [
        (1, "*Pair", "label"), (2, "Gauge", "gauge"), (3, "Counter", "counter"), (4, "Summary", "summary"),
        (5, "Gauge", "untyped"), (6, "int64", "timestamp_ms"), (7, "Histogram", "histogram"),
    ],
    "Family": [
        (1, "string", "name"), (2, "string", "help"), (3, "int32", "type"), (4, "*Metric", "metric"),
        (5, "string", "unit"),
    ],
}  # fmt: skip


@cache
def family_class() -> Any:
    """Return the class of MetricFamily messages."""
    file = descriptor_pb2.FileDescriptorProto(
        name="vedette/families.proto", package="vedette.families", syntax="proto2"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, kind, label in fields:
            added = message.field.add(name=label, number=number)
            added.label = _FIELD.LABEL_REPEATED if kind[0] == "*" else _FIELD.LABEL_OPTIONAL
            plain = kind.lstrip("*")
            if plain in _SCALARS:
                added.type = _SCALARS[plain]
            else:
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{file.package}.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.Family"))


def messages(body: bytes) -> Iterator[Any]:
    """Give the messages of a body; raises ExpositionError."""
    place = 0
    while place < len(body):
        length = shift = 0
        while True:
            if place >= len(body) or shift > 28:
                raise ExpositionError(f"the length before byte {place} is none")
            byte = body[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if place + length > len(body):
            raise ExpositionError(f"the message at byte {place} ends early: unexpected EOF")
        try:
            yield family_class().FromString(body[place : place + length])
        except DecodeError as error:
            raise ExpositionError(f"the message at byte {place} is no MetricFamily: {error}") from None
        place += length
