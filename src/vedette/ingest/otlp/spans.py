"""OTLP spans as rows of `otel_traces`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vedette.ingest.otlp.columns import (
    Nested,
    byte_lengths,
    hexadecimal,
    is_blank_id,
    lengths,
    maps,
    named,
    nested_lists,
    repeated,
    repeated_maps,
    times,
    unsigned_to_signed,
)
from vedette.ingest.otlp.decoder import Flat, Limits
from vedette.ingest.otlp.wire import KEY_VALUES, SCHEMA, origin, scope
from vedette.storage.telemetry.protobuf import MessageShape

KINDS = ("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer")
STATUSES = ("Unset", "Ok", "Error")

SHAPE = MessageShape(
    SCHEMA,
    "TraceBatch",
    "units Array(Tuple(unit UInt32, resource_spans Array(Tuple(resource String, scope_spans Array(Tuple(scope String,"
    " spans Array(Tuple(trace_id String, span_id String, trace_state String, parent_span_id String, name String,"
    " kind Int32, start_time_unix_nano UInt64, end_time_unix_nano UInt64,"
    f" attributes {KEY_VALUES},"
    f" events Array(Tuple(time_unix_nano UInt64, name String, attributes {KEY_VALUES})),"
    f" links Array(Tuple(trace_id String, span_id String, trace_state String, attributes {KEY_VALUES})),"
    " status Tuple(message String, code Int32)))))))))",
)


def flatten_spans(units: Nested, limits: Limits) -> Flat:
    """Map a TraceBatch to columns; refuses spans without valid ids or with too many attributes."""
    resources = units.children("resource_spans")
    scopes = resources.children("scope_spans")
    spans = scopes.children("spans")
    span = spans.items.field

    numbers = units.items.field("unit").to_numpy().astype(np.int64)
    resource_of = scopes.parents[spans.parents]
    origins = [origin(raw) for raw in resources.items.field("resource").cast(pa.binary()).to_pylist()]
    scope_values = [scope(raw) for raw in scopes.items.field("scope").cast(pa.binary()).to_pylist()]

    start = unsigned_to_signed(span("start_time_unix_nano"))
    duration = np.maximum(unsigned_to_signed(span("end_time_unix_nano")) - start, 0).astype(np.uint64)
    parents = hexadecimal(span("parent_span_id"))
    if (byte_lengths(span("parent_span_id")) > 0).any():
        parents = pc.if_else(pc.equal(parents, "0" * 16), "", parents)
    events, links = span("events"), span("links")
    event, link = events.flatten().field, links.flatten().field

    columns = {
        "Timestamp": times(start),
        "TraceId": hexadecimal(span("trace_id")),
        "SpanId": hexadecimal(span("span_id")),
        "ParentSpanId": parents,
        "TraceState": span("trace_state"),
        "SpanName": span("name").dictionary_encode(),
        "SpanKind": named(span("kind").to_numpy(), KINDS),
        "ServiceName": repeated([each.service for each in origins], resource_of),
        "ResourceAttributes": repeated_maps([dict(each.attributes) for each in origins], resource_of),
        "ScopeName": repeated([each.name for each in scope_values], spans.parents),
        "ScopeVersion": repeated([each.version for each in scope_values], spans.parents),
        "SpanAttributes": maps(span("attributes")),
        "Duration": pa.array(duration),
        "StatusCode": named(span("status").field("code").to_numpy(), STATUSES),
        "StatusMessage": span("status").field("message"),
        "Events.Timestamp": nested_lists(events, times(unsigned_to_signed(event("time_unix_nano")))),
        "Events.Name": nested_lists(events, event("name")),
        "Events.Attributes": nested_lists(events, maps(event("attributes"))),
        "Links.TraceId": nested_lists(links, hexadecimal(link("trace_id"))),
        "Links.SpanId": nested_lists(links, hexadecimal(link("span_id"))),
        "Links.TraceState": nested_lists(links, link("trace_state")),
        "Links.Attributes": nested_lists(links, maps(link("attributes"))),
    }
    return Flat(
        columns,
        numbers[resources.parents[resource_of]],
        start,
        (
            ("invalid_trace_id", is_blank_id(span("trace_id"), 16)),
            ("invalid_span_id", is_blank_id(span("span_id"), 8)),
            ("too_many_attributes", lengths(span("attributes")) > limits.max_attributes),
        ),
    )
