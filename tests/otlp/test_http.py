"""OTLP over HTTP: what is accepted is there, what is not is refused by the book."""

import gzip
import time

import httpx
import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from payloads import JSON, PROTOBUF, gauge, logs, traces


def refusals(server, project):
    overview = server.get("/api/overview", project=project)
    counts = {(each["signal"], each["reason"]): each["count"] for each in overview["refusals"]}
    return {key: count for key, count in counts.items() if key[1] not in {"unknown_key", "forbidden"}}  # of no project


def test_an_accepted_span_is_in_the_next_answer(server, project_name):
    """What is answered 200 is found by the next query."""
    key = server.new_project(project_name)
    for place in range(20):
        request = traces("GET /", trace_id=bytes([place + 1]) * 16)
        assert (
            server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).status_code == 200
        )
        server.get(f"/api/traces/{(bytes([place + 1]) * 16).hex()}", project=project_name)


def test_json_means_the_same_as_protobuf(server, project_name):
    """Hexadecimal ids, enum numbers and 64-bit integers as text, as the specification's JSON form has them."""
    key = server.new_project(project_name)
    now = time.time_ns()
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "I'm a server span",
        "kind": 2, "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 1_000_000),
        "attributes": [{"key": "my.span.attr", "value": {"stringValue": "some value"}}],
        "unknownField": {"is": "ignored"},
    }  # fmt: skip
    body = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "lib"}, "spans": [span]}]}]}

    answer = server.post("/v1/traces", key=key, json=body)

    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})
    (stored,) = server.get("/api/traces/5b8efff798038103d269b633813fc60c", project=project_name)["spans"]
    assert (stored["span_id"], stored["kind"], stored["service"]) == ("eee19b7ec3c1b174", "server", "unknown_service")
    assert stored["attributes"] == {"my.span.attr": "some value"}
    assert stored["duration_ns"] == 1_000_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"trace_id": b""}, "invalid_trace_id"),
        ({"trace_id": bytes(16)}, "invalid_trace_id"),
        ({"trace_id": b"short"}, "invalid_trace_id"),
        ({"span_id": bytes(8)}, "invalid_span_id"),
        ({"start_time_unix_nano": 0}, "too_old"),
        ({"start_time_unix_nano": 2**64 - 1}, "in_future"),
    ],
)
def test_a_faulty_span_does_not_cost_the_others(server, project_name, change, reason):
    """The answer is a partial success that counts it and says why; the refusal is on Overview."""
    key = server.new_project(project_name)
    request = traces("good")
    bad = request.resource_spans[0].scope_spans[0].spans.add()
    bad.CopyFrom(request.resource_spans[0].scope_spans[0].spans[0])
    for field, value in change.items():
        setattr(bad, field, value)

    answer = server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF)

    assert answer.status_code == 200
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert partial.rejected_spans == 1
    assert partial.error_message.startswith("1 refused: ")
    assert [each["name"] for each in server.get(f"/api/traces/{'74' * 16}", project=project_name)["spans"]] == ["good"]
    assert refusals(server, project_name) == {("traces", reason): 1}


def test_a_million_attributes_are_refused(server, project_name):
    """One record with more attributes than the limit is refused; the process goes on."""
    key = server.new_project(project_name)
    request = traces("good", "huge")
    huge = request.resource_spans[0].scope_spans[0].spans[1]
    for place in range(1_000_000):
        huge.attributes.add(key=f"k{place}")
    body = gzip.compress(request.SerializeToString(), 1)

    answer = server.post("/v1/traces", key=key, content=body, headers=PROTOBUF | {"Content-Encoding": "gzip"})

    assert answer.status_code == 200
    assert refusals(server, project_name) == {("traces", "too_many_attributes"): 1}


def test_a_megabyte_in_one_attribute_is_kept(server, project_name):
    """Large values are data."""
    key = server.new_project(project_name)
    request = logs("hello")
    value = "x" * 1_000_000
    record = request.resource_logs[0].scope_logs[0].log_records[0]
    record.attributes.add(key="big").value.string_value = value

    server.post("/v1/logs", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()

    (stored,) = server.get("/api/logs", project=project_name)["items"]
    assert stored["attributes"]["big"] == value


YEAR_9999 = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"253370764800000000000"}]}]}]}'


def nested(depth):
    value = {"stringValue": "deep"}
    for _ in range(depth):
        value = {"arrayValue": {"values": [value]}}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": value, "timeUnixNano": str(time.time_ns())}]}]}]}


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        (b"garbage", PROTOBUF, 400, "not a valid OTLP message"),
        (traces("cut").SerializeToString()[:-3], PROTOBUF, 400, "not a valid OTLP message"),
        (traces("x").SerializeToString().replace(b"shop", b"\xff\xfe\xfd\xfc"), PROTOBUF, 400, "UTF-8"),
        (b"{", JSON, 400, "not valid JSON"),
        (b"[]", JSON, 400, "must be a JSON object"),
        (b'{"resourceSpans": 5}', JSON, 400, "resourceSpans"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}', JSON, 400, "traceId"),
        (YEAR_9999, JSON, 400, "startTimeUnixNano"),
        (b"", {"Content-Type": "text/plain"}, 415, "text/plain"),
        (b"", {}, 415, "content type"),
        (b"not gzip", PROTOBUF | {"Content-Encoding": "gzip"}, 400, "cannot be decompressed"),
        (gzip.compress(b"x" * 1000)[:-10], PROTOBUF | {"Content-Encoding": "gzip"}, 400, "ends early"),
        (b"", PROTOBUF | {"Content-Encoding": "lzma"}, 415, "lzma"),
        (gzip.compress(bytes(100_000_000), 1), PROTOBUF | {"Content-Encoding": "gzip"}, 413, "after decompression"),
        (bytes(21 * 1024 * 1024), PROTOBUF, 413, "the limit is"),
    ],
    ids=[
        "garbage", "cut", "not-utf8", "cut-json", "list", "wrong-type", "wrong-id", "year-9999", "text", "no-type",
        "not-gzip", "cut-gzip", "unknown-encoding", "bomb", "large",
    ],
)  # fmt: skip
def test_a_faulty_body_is_refused_by_the_book(server, project_name, body, headers, status, message):
    """The answer is a google.rpc.Status in the encoding of the request, and the refusal is counted."""
    key = server.new_project(project_name)

    answer = server.post("/v1/traces", key=key, content=body, headers=headers)

    assert answer.status_code == status
    said = answer.json()["message"] if headers == JSON else Status.FromString(answer.content).message
    assert message in said
    assert sum(refusals(server, project_name).values()) == 1


@pytest.mark.parametrize("headers", [PROTOBUF, JSON])
def test_nothing_in_a_body_is_nothing_to_refuse(server, project_name, headers):
    """An empty message is a valid one."""
    key = server.new_project(project_name)
    body = b"{}" if headers == JSON else b""

    assert server.post("/v1/traces", key=key, content=body, headers=headers).status_code == 200


def test_a_hundred_levels_are_refused_and_thirty_kept(server, project_name):
    """Nesting within reason is kept as JSON; beyond it the answer says so."""
    key = server.new_project(project_name)

    assert server.post("/v1/logs", key=key, json=nested(100)).status_code == 400
    assert server.post("/v1/logs", key=key, json=nested(20)).status_code == 200

    (stored,) = server.get("/api/logs", project=project_name)["items"]
    assert stored["body"] == "[" * 20 + '"deep"' + "]" * 20


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics"])
def test_an_unknown_key_is_refused(server, path):
    """401, and counted where an admin sees it."""
    answer = server.post(path, key="vdk_unknown", content=b"", headers=PROTOBUF)

    assert answer.status_code == 401
    assert Status.FromString(answer.content).code == 16
    assert 'reason="unknown_key"' in httpx.get(f"{server.url}/metrics", timeout=60).text


def test_a_key_writes_to_its_own_project_only(server, project_name):
    """Bob's key reaches Bob's project, names no other, and reads none."""
    key = server.new_project(project_name)
    body = traces("mine", trace_id=b"\7" * 16).SerializeToString()

    named = server.post("/v1/traces", key=key, content=body, headers=PROTOBUF | {"X-Vedette-Project": "default"})
    sent = server.post("/v1/traces", key=key, content=body, headers=PROTOBUF)
    read = httpx.get(f"{server.url}/api/traces", headers={"Authorization": f"Bearer {key}"}, timeout=60)

    assert (named.status_code, sent.status_code, read.status_code) == (403, 200, 401)
    server.get(f"/api/traces/{'07' * 16}", expecting=404)
    server.get(f"/api/traces/{'07' * 16}", project=project_name)


@pytest.mark.parametrize("place", ["bearer", "basic", "header", "query"])
def test_a_key_is_taken_wherever_it_is_put(server, place):
    """Bearer, Basic password, X-Vedette-Key, ?key=."""
    headers, params, auth = dict(PROTOBUF), {}, None
    match place:
        case "bearer":
            headers["Authorization"] = f"Bearer {server.key}"
        case "basic":
            auth = ("anyone", server.key)
        case "header":
            headers["X-Vedette-Key"] = server.key
        case "query":
            params["key"] = server.key

    answer = httpx.post(f"{server.url}/v1/logs", content=b"", headers=headers, params=params, auth=auth, timeout=60)

    assert answer.status_code == 200


def test_a_page_of_any_origin_may_send(server):
    """A browser asks first and is told yes, without credentials."""
    asked = httpx.options(
        f"{server.url}/v1/traces",
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type,x-vedette-key"}, timeout=60,
    )  # fmt: skip

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "x-vedette-key" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers


def test_metric_samples_of_1970_are_too_old(server, project_name):
    """Older than the retention: refused and counted, the rest kept."""
    key = server.new_project(project_name)
    request = gauge("temperature", 20.5)
    request.resource_metrics[0].scope_metrics[0].metrics.add(name="old").gauge.data_points.add(
        as_int=1, time_unix_nano=1
    )

    server.post("/v1/metrics", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()

    assert refusals(server, project_name) == {("metrics", "too_old"): 1}


def test_odd_buckets_cost_no_more_than_themselves(server, project_name):
    """Bounds that are no number and absurd scales are kept; a byte on the wire does not become a series each."""
    key = server.new_project(project_name)
    request = gauge("temperature", 20.5)
    now = time.time_ns()
    metrics = request.resource_metrics[0].scope_metrics[0].metrics
    metrics.add(name="h").histogram.data_points.add(
        time_unix_nano=now, bucket_counts=[1, 1], explicit_bounds=[float("nan")], count=2
    )
    for scale, buckets in ((-(2**31), 3), (2**31 - 1, 3), (0, 10_000)):
        point = metrics.add(name="e").exponential_histogram.data_points.add(time_unix_nano=now, scale=scale)
        point.positive.bucket_counts.extend([1] * buckets)
    metrics.add(name="s").summary.data_points.add(time_unix_nano=now).quantile_values.add(quantile=float("nan"))

    server.post("/v1/metrics", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()

    expected = {("metrics", "too_many_buckets"): 1, ("metrics", "invalid_histogram"): 1}  # no such scale
    assert refusals(server, project_name) == expected


def test_compressed_streams_one_after_the_other_are_one_body(server, project_name):
    """As RFC 1952 allows; what follows the first is not dropped."""
    key, body = server.new_project(project_name), traces("a", "b").SerializeToString()
    parts = gzip.compress(body[:10]) + gzip.compress(body[10:]) + bytes(8)

    server.post(
        "/v1/traces", key=key, content=parts, headers=PROTOBUF | {"Content-Encoding": "gzip"}
    ).raise_for_status()

    (trace,) = server.get("/api/traces", project=project_name)["items"]
    assert trace["span_count"] == 2


def test_everything_is_kept_when_retention_is_for_ever(make_server):
    """With retention 0 a span of 1970 is data."""
    server = make_server(retention_traces="0")
    server.start()
    request = traces("moon landing", start_time_unix_nano=1, end_time_unix_nano=2)

    answer = server.post("/v1/traces", content=request.SerializeToString(), headers=PROTOBUF)

    assert (answer.status_code, answer.content) == (200, b"")
    (span,) = server.get(f"/api/traces/{'74' * 16}")["spans"]
    assert span["timestamp"] == "1970-01-01T00:00:00.000000001Z"
    assert server.stop() == 0
