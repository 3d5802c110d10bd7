"""The vectorised decoder means what a plain reading of the messages means, and survives anything."""

import base64
import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from payloads import traces
from vedette.ingest.otlp import logs, spans
from vedette.ingest.otlp.decoder import Limits, OtlpDecoder
from vedette.ingest.otlp.wire import OtlpUnit
from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.protobuf import ProtobufReader
from vedette.storage.telemetry.retention import Retention

pytestmark = pytest.mark.xdist_group("store")
PATIENT = settings(max_examples=60, suppress_health_check=list(HealthCheck))
FOREVER = Retention(dict.fromkeys(("traces", "logs"), 0))
LIMITS = Limits(max_attributes=5, max_future_s=3600)
TEXT = st.text(max_size=12)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("decoder"), EngineLimits(min_free_disk_mb=0))
    yield ProtobufReader(store)
    store.close()


@pytest.fixture(scope="module")
def span_decoder(reader):
    return OtlpDecoder(
        "traces", "otel_traces", spans.SHAPE, ExportTraceServiceRequest, spans.flatten_spans, reader, FOREVER, LIMITS
    )


@pytest.fixture(scope="module")
def log_decoder(reader):
    return OtlpDecoder(
        "logs", "otel_logs", logs.SHAPE, ExportLogsServiceRequest, logs.flatten_logs, reader, FOREVER, LIMITS
    )


def scalars():
    return st.one_of(
        st.builds(AnyValue),
        TEXT.map(lambda each: AnyValue(string_value=each)),
        st.booleans().map(lambda each: AnyValue(bool_value=each)),
        st.integers(-(2**63), 2**63 - 1).map(lambda each: AnyValue(int_value=each)),
        st.sampled_from([0.0, 1.5, -2.25, 1e20]).map(lambda each: AnyValue(double_value=each)),
        st.binary(max_size=5).map(lambda each: AnyValue(bytes_value=each)),
    )


def lists(inner):
    def build(values):
        value = AnyValue()
        value.array_value.values.extend(values)
        return value

    return st.lists(inner, max_size=3).map(build)


VALUES = st.recursive(scalars(), lists, max_leaves=5)
ATTRIBUTES = st.dictionaries(TEXT, VALUES, max_size=7)


def plain(value):
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [plain(each) for each in value.array_value.values]
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case kind:
            return getattr(value, kind)


def means(text, value):
    """Tell whether a stored text says what a value says."""
    wanted = plain(value)
    if wanted is None:
        return text == ""
    if isinstance(wanted, str):
        return text == wanted
    if isinstance(wanted, bool):
        return text == str(wanted).lower()
    return json.loads(text) == wanted


def fill(target, attributes):
    for key, value in attributes.items():
        target.add(key=key).value.CopyFrom(value)


SPAN = st.fixed_dictionaries(
    {
        "trace_id": st.sampled_from([b"t" * 16, b"", bytes(16), b"short"]),
        "span_id": st.sampled_from([b"s" * 8, bytes(8)]),
        "parent_span_id": st.sampled_from([b"", b"p" * 8, bytes(8)]),
        "name": TEXT,
        "kind": st.integers(0, 9),
        "start": st.integers(1, 2_000_000_000) | st.just(2**63 + 5),
        "length": st.integers(-10, 10**9),
        "status": st.integers(0, 2),
        "attributes": ATTRIBUTES,
        "event": st.none() | ATTRIBUTES,
    }
)


@PATIENT
@given(st.lists(st.tuples(TEXT, st.lists(SPAN, max_size=4)), max_size=4))
def test_spans_are_what_the_messages_say(span_decoder, requests):
    """Across several requests: every field, every refusal, every count."""
    units = []
    for number, (service, each) in enumerate(requests):
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.add(key="service.name").value.string_value = service
        for drawn in each:
            span = resource.scope_spans.add().spans.add(
                trace_id=drawn["trace_id"], span_id=drawn["span_id"], parent_span_id=drawn["parent_span_id"],
                name=drawn["name"], kind=drawn["kind"], start_time_unix_nano=drawn["start"],
                end_time_unix_nano=max(drawn["start"] + drawn["length"], 0), status={"code": drawn["status"]},
            )  # fmt: skip
            fill(span.attributes, drawn["attributes"])
            if drawn["event"] is not None:
                fill(span.events.add(name="e").attributes, drawn["event"])
        units.append(OtlpUnit(ProjectId(number), request.SerializeToString(), "test"))

    decoded = span_decoder.decode(units)

    kept = []
    for (service, each), outcome, unit in zip(requests, decoded.outcomes, units, strict=True):
        good = [drawn for drawn in each if is_good(drawn)]
        assert (outcome.accepted, sum(outcome.refused.values())) == (len(good), len(each) - len(good))
        kept += [(unit.project, service or "unknown_service", drawn) for drawn in good]
    table = decoded.rows.get("otel_traces")
    if table is None:
        return
    table = table.set_column(1, "Timestamp", table["Timestamp"].cast("int64")).drop_columns(["Events.Timestamp"])
    rows = table.to_pylist()
    assert len(rows) == len(kept)
    for row, (project, service, drawn) in zip(rows, kept, strict=True):
        assert (row["Project"], row["ServiceName"], row["SpanName"]) == (project, service, drawn["name"])
        assert (row["TraceId"], row["SpanId"]) == (drawn["trace_id"].hex(), drawn["span_id"].hex())
        assert row["ParentSpanId"] == (drawn["parent_span_id"].hex() if any(drawn["parent_span_id"]) else "")
        assert (row["Timestamp"], row["Duration"]) == (
            drawn["start"],
            max(drawn["length"], 0) if drawn["start"] + drawn["length"] > 0 else 0,
        )
        assert row["SpanKind"] == (spans.KINDS[drawn["kind"]] if drawn["kind"] < 6 else "Unspecified")
        assert row["StatusCode"] == spans.STATUSES[drawn["status"]]
        stored = dict(row["SpanAttributes"])
        assert stored.keys() == drawn["attributes"].keys()
        assert all(means(stored[key], value) for key, value in drawn["attributes"].items())
        if drawn["event"] is not None:
            assert dict(row["Events.Attributes"][0]).keys() == drawn["event"].keys()


def is_good(drawn):
    return (
        drawn["trace_id"] == b"t" * 16
        and any(drawn["span_id"])
        and len(drawn["attributes"]) <= LIMITS.max_attributes
        and drawn["start"] < 2**63
    )


@PATIENT
@given(st.lists(st.tuples(VALUES, ATTRIBUTES, st.integers(-5, 40)), max_size=6))
def test_log_records_are_what_the_messages_say(log_decoder, drawn):
    """Bodies of any kind become text; severities stay within 0 to 24."""
    request = ExportLogsServiceRequest()
    for body, attributes, severity in drawn:
        record = (
            request.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=5, severity_number=severity)
        )
        record.body.CopyFrom(body)
        fill(record.attributes, attributes)

    decoded = log_decoder.decode([OtlpUnit(ProjectId(1), request.SerializeToString(), "test")])

    good = [each for each in drawn if len(each[1]) <= LIMITS.max_attributes]
    assert decoded.outcomes[0].accepted == len(good)
    table = decoded.rows.get("otel_logs")
    rows = [] if table is None else table.drop_columns(["Timestamp", "ObservedTimestamp"]).to_pylist()
    for row, (body, attributes, severity) in zip(rows, good, strict=True):
        assert means(row["Body"], body)
        assert row["SeverityNumber"] == min(max(severity, 0), 24)
        assert dict(row["LogAttributes"]).keys() == attributes.keys()


@settings(PATIENT, max_examples=150)
@given(st.data())
def test_a_damaged_request_costs_only_itself(span_decoder, data):
    """Whatever a body was turned into, the process lives and its neighbours are decoded."""
    body = bytearray(traces("a", "b").SerializeToString())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "insert"])):
            case "flip":
                body[place] = data.draw(st.integers(0, 255))
            case "cut":
                del body[place:]
            case "insert":
                body[place:place] = data.draw(st.binary(max_size=8))
        assume(body)
    healthy = OtlpUnit(ProjectId(2), traces("good").SerializeToString(), "test")

    try:
        decoded = span_decoder.decode([healthy, OtlpUnit(ProjectId(1), bytes(body), "test"), healthy])
    except StoreFault:  # the writer halves the group then
        alone = span_decoder.decode([healthy])
        assert alone.outcomes[0].accepted == 1
    else:
        assert [decoded.outcomes[0].accepted, decoded.outcomes[2].accepted] == [1, 1]


def test_a_request_cannot_speak_for_another(span_decoder):
    """A body that carries the number Vedette puts behind it is still counted as its own sender's."""
    forged = traces("forged").SerializeToString() + b"\xc0\x3e\x00"
    units = [
        OtlpUnit(ProjectId(1), traces("mine").SerializeToString(), "test"),
        OtlpUnit(ProjectId(2), forged, "test"),
    ]

    table = span_decoder.decode(units).rows["otel_traces"]

    assert dict(zip(table["SpanName"].to_pylist(), table["Project"].to_pylist(), strict=True)) == {
        "mine": 1,
        "forged": 2,
    }
