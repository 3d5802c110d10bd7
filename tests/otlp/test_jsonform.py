"""OTLP's JSON form means what protobuf's own reader says, and an error says where it is."""

import base64
import json

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from vedette.ingest.otlp.jsonform import to_protobuf
from vedette.kit.errors import Invalid

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUE = st.recursive(
    st.one_of(
        TEXT.map(lambda each: {"stringValue": each}),
        st.booleans().map(lambda each: {"boolValue": each}),
        st.integers(-(2**63), 2**63 - 1).map(lambda each: {"intValue": str(each)}),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda each: {"doubleValue": each}),
        st.sampled_from(["Infinity", "-Infinity"]).map(lambda each: {"doubleValue": each}),
        st.binary(max_size=4).map(lambda each: {"bytesValue": base64.b64encode(each).decode()}),
    ),
    lambda inner: st.lists(inner, max_size=3).map(lambda each: {"arrayValue": {"values": each}}),
    max_leaves=4,
)
SPAN = st.fixed_dictionaries(
    {},
    optional={
        "traceId": st.binary(min_size=16, max_size=16),
        "spanId": st.binary(min_size=8, max_size=8),
        "name": TEXT,
        "kind": st.integers(0, 5),
        "startTimeUnixNano": st.integers(0, 2**64 - 1).map(str),
        "endTimeUnixNano": st.integers(0, 2**53),
        "droppedAttributesCount": st.integers(0, 2**32 - 1),
        "attributes": st.lists(st.fixed_dictionaries({"key": TEXT, "value": VALUE}), max_size=3),
        "status": st.fixed_dictionaries({"code": st.integers(0, 2), "message": TEXT}),
        "somethingNew": VALUE,
        "traceState": st.none(),
    },
)


def document(spans, ids):
    written = [{key: ids(value) if key.endswith("Id") else value for key, value in span.items()} for span in spans]
    return {"resourceSpans": [{"scopeSpans": [{"spans": written}]}]}


@settings(max_examples=200)
@given(st.lists(SPAN, max_size=4))
def test_it_means_what_protobufs_own_reader_says(spans):
    """But for the ids, which are hexadecimal here and base64 there."""
    body = json.dumps(document(spans, bytes.hex)).encode()
    reference = document(spans, lambda each: base64.b64encode(each).decode())

    message = ExportTraceServiceRequest.FromString(to_protobuf(body, ExportTraceServiceRequest))

    assert message == json_format.ParseDict(reference, ExportTraceServiceRequest(), ignore_unknown_fields=True)


def test_metrics_of_every_kind_are_read():
    """Names of either case, numbers as texts, enums by name."""
    point = {"time_unix_nano": "5", "asDouble": "NaN"}
    bucket = {"timeUnixNano": 5, "count": "3", "bucketCounts": ["1", 2], "explicitBounds": [0.5], "sum": 2}
    body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [
        {"name": "a", "gauge": {"dataPoints": [point]}},
        {"name": "b", "sum": {"isMonotonic": True, "aggregationTemporality": "AGGREGATION_TEMPORALITY_DELTA"}},
        {"name": "c", "histogram": {"dataPoints": [bucket]}},
        {"name": "d", "exponentialHistogram": {"dataPoints": [{"scale": -3, "positive": {"offset": 1}}]}},
    ]}]}]}  # fmt: skip

    request = ExportMetricsServiceRequest.FromString(
        to_protobuf(json.dumps(body).encode(), ExportMetricsServiceRequest)
    )

    gauge, total, histogram, exponential = request.resource_metrics[0].scope_metrics[0].metrics
    assert gauge.gauge.data_points[0].as_double != gauge.gauge.data_points[0].as_double
    assert (total.sum.is_monotonic, total.sum.aggregation_temporality) == (True, 1)
    assert list(histogram.histogram.data_points[0].bucket_counts) == [1, 2]
    assert exponential.exponential_histogram.data_points[0].scale == -3


@pytest.mark.parametrize(
    ("span", "where", "what"),
    [
        ({"traceId": "zz"}, ".spans[1].traceId", "'zz' is not hexadecimal"),
        ({"startTimeUnixNano": "9" * 21}, ".spans[1].startTimeUnixNano", "is not between 0 and"),
        ({"startTimeUnixNano": 1.5}, ".spans[1].startTimeUnixNano", "not a whole number"),
        ({"kind": "SPAN_KIND_DREAM"}, ".spans[1].kind", "not a whole number"),
        ({"name": 5}, ".spans[1].name", "must be a text"),
        ({"attributes": {}}, ".spans[1].attributes", "must be a JSON array"),
        ({"attributes": [{"key": "k", "value": {"boolValue": 1}}]}, ".attributes[0].value.boolValue", "true or false"),
        (7, ".spans[1]", "must be a JSON object (Span)"),
    ],
)
def test_an_error_says_where_it_is(span, where, what):
    """The path through the document, and what was expected there."""
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [{}, span]}]}]}

    with pytest.raises(Invalid) as error:
        to_protobuf(json.dumps(body).encode(), ExportTraceServiceRequest)

    (fault,) = error.value.faults
    assert fault.where.startswith("resourceSpans[0].scopeSpans[0]")
    assert fault.where.endswith(where)
    assert what in fault.what
