"""OTLP log records as rows of `otel_logs`."""

import time

import numpy as np
import pyarrow as pa

from vedette.ingest.otlp.columns import (
    Nested,
    hexadecimal,
    lengths,
    maps,
    repeated,
    repeated_maps,
    texts,
    times,
    unsigned_to_signed,
)
from vedette.ingest.otlp.decoder import Flat, Limits
from vedette.ingest.otlp.wire import ANY_VALUE, KEY_VALUES, SCHEMA, origin, scope
from vedette.storage.telemetry.protobuf import MessageShape

SHAPE = MessageShape(
    SCHEMA,
    "LogBatch",
    "units Array(Tuple(unit UInt32, resource_logs Array(Tuple(resource String, schema_url String, scope_logs"
    " Array(Tuple(scope String, schema_url String, log_records Array(Tuple(time_unix_nano UInt64,"
    f" severity_number Int32, severity_text String, body {ANY_VALUE}, attributes {KEY_VALUES}, flags UInt32,"
    " trace_id String, span_id String, observed_time_unix_nano UInt64, event_name String))))))))",
)


def flatten_logs(units: Nested, limits: Limits) -> Flat:
    """Map a LogBatch to columns.

    A record without a time was seen when it was observed, and without that, now (OTLP logs data model).
    """
    resources = units.children("resource_logs")
    scopes = resources.children("scope_logs")
    records = scopes.children("log_records")
    record = records.items.field

    numbers = units.items.field("unit").to_numpy().astype(np.int64)
    resource_of = scopes.parents[records.parents]
    origins = [origin(raw) for raw in resources.items.field("resource").cast(pa.binary()).to_pylist()]
    scope_values = [scope(raw) for raw in scopes.items.field("scope").cast(pa.binary()).to_pylist()]

    observed = unsigned_to_signed(record("observed_time_unix_nano"))
    observed = np.where(observed == 0, time.time_ns(), observed)
    seen = unsigned_to_signed(record("time_unix_nano"))
    seen = np.where(seen == 0, observed, seen)
    severity = np.clip(record("severity_number").to_numpy(), 0, 24).astype(np.uint8)

    columns = {
        "Timestamp": times(seen),
        "ObservedTimestamp": times(observed),
        "TraceId": hexadecimal(record("trace_id")),
        "SpanId": hexadecimal(record("span_id")),
        "TraceFlags": pa.array((record("flags").to_numpy() & 0xFF).astype(np.uint8)),
        "SeverityText": record("severity_text").dictionary_encode(),
        "SeverityNumber": pa.array(severity),
        "ServiceName": repeated([each.service for each in origins], resource_of),
        "Body": texts(record("body")),
        "ResourceSchemaUrl": repeated(resources.items.field("schema_url").to_pylist(), resource_of),
        "ResourceAttributes": repeated_maps([dict(each.attributes) for each in origins], resource_of),
        "ScopeSchemaUrl": repeated(scopes.items.field("schema_url").to_pylist(), records.parents),
        "ScopeName": repeated([each.name for each in scope_values], records.parents),
        "ScopeVersion": repeated([each.version for each in scope_values], records.parents),
        "ScopeAttributes": repeated_maps([dict(each.attributes) for each in scope_values], records.parents),
        "LogAttributes": maps(record("attributes")),
        "EventName": record("event_name").dictionary_encode(),
    }
    return Flat(
        columns,
        numbers[resources.parents[resource_of]],
        seen,
        (("too_many_attributes", lengths(record("attributes")) > limits.max_attributes),),
    )
