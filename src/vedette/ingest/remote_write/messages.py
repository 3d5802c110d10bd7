"""The messages of remote write as Python classes: requests cut into series, labels of new series, rare parts."""

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bytes": _FIELD.TYPE_BYTES,
    "string": _FIELD.TYPE_STRING,
    "double": _FIELD.TYPE_DOUBLE,
    "int64": _FIELD.TYPE_INT64,
    "uint64": _FIELD.TYPE_UINT64,
    "uint32": _FIELD.TYPE_UINT32,
    "int32": _FIELD.TYPE_INT32,
    "sint32": _FIELD.TYPE_SINT32,
    "sint64": _FIELD.TYPE_SINT64,
}
# name of a message -> its fields: number, type ("*" before what is repeated), name, and the oneof it belongs to
_MESSAGES: dict[str, list[tuple[int, str, str, str]]] = {
    "Request1": [(1, "*bytes", "timeseries", ""), (3, "*bytes", "metadata", "")],  # not looked into
    "Label": [(1, "string", "name", ""), (2, "string", "value", "")],
    "Sample": [(1, "double", "value", ""), (2, "int64", "timestamp", "")],
    "Exemplar1": [(1, "*Label", "labels", ""), (2, "double", "value", ""), (3, "int64", "timestamp", "")],
    "Exemplar2": [(1, "*uint32", "labels_refs", ""), (2, "double", "value", ""), (3, "int64", "timestamp", "")],
    "Labels": [(1, "*Label", "labels", "")],
    "Metadata1": [
        (1, "int32", "type", ""), (2, "string", "metric_family_name", ""), (4, "string", "help", ""),
        (5, "string", "unit", ""),
    ],
    "Metadata2": [(1, "int32", "type", ""), (3, "uint32", "help_ref", ""), (4, "uint32", "unit_ref", "")],
    "BucketSpan": [(1, "sint32", "offset", ""), (2, "uint32", "length", "")],
    "Histogram": [
        (1, "uint64", "count_int", "count"), (2, "double", "count_float", "count"), (3, "double", "sum", ""),
        (4, "sint32", "schema", ""), (5, "double", "zero_threshold", ""),
        (6, "uint64", "zero_count_int", "zero_count"), (7, "double", "zero_count_float", "zero_count"),
        (8, "*BucketSpan", "negative_spans", ""), (9, "*sint64", "negative_deltas", ""),
        (10, "*double", "negative_counts", ""), (11, "*BucketSpan", "positive_spans", ""),
        (12, "*sint64", "positive_deltas", ""), (13, "*double", "positive_counts", ""),
        (14, "int32", "reset_hint", ""), (15, "int64", "timestamp", ""), (16, "*double", "custom_values", ""),
    ],
}  # fmt: skip


@cache
def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="vedette/remote_write.proto", package="vedette.remote_write", syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, kind, label, oneof in fields:
            added = message.field.add(
                name=label, number=number, label=_FIELD.LABEL_REPEATED if kind[0] == "*" else _FIELD.LABEL_OPTIONAL
            )
            plain = kind.lstrip("*")
            if plain in _SCALARS:
                added.type = _SCALARS[plain]
            else:
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{file.package}.{plain}"
            if oneof:
                names = [each.name for each in message.oneof_decl]
                if oneof not in names:
                    message.oneof_decl.add(name=oneof)
                    names.append(oneof)
                added.oneof_index = names.index(oneof)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.{name}"))
        for name in _MESSAGES
    }


def read(name: str, payload: bytes) -> Any:
    """Parse one message; raises google.protobuf.message.DecodeError."""
    return _classes()[name].FromString(payload)
