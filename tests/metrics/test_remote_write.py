"""Remote write 1.0: https://prometheus.io/docs/specs/prw/remote_write_spec/."""

import math
import struct
import time

import pytest

from metrics.conftest import Tenant
from metrics.wire import V1, double, field, label, metadata, number, packed, series, varint
from support import eventually

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]


def test_an_answered_sample_is_in_the_next_answer(tenant: Tenant) -> None:
    """204, and the sample can be asked for at once."""
    answer = tenant.write(series({"__name__": "up", "job": "api"}, (1.5, tenant.now_ms)))

    assert (answer.status_code, answer.headers["X-Prometheus-Remote-Write-Samples-Written"]) == (204, "1")
    assert tenant.vector("up") == [({"__name__": "up", "job": "api"}, "1.5")]


def test_series_met_before_keep_their_samples_apart(tenant: Tenant) -> None:
    """Repeated bodies go the short way: values, zeros too, land on the series they belong to."""
    names = [f"series_{number}" for number in range(50)]
    for step in range(4):
        at = tenant.now_ms - 45_000 + step * 15_000
        bodies = [series({"__name__": "m", "name": name}, (place * step, at)) for place, name in enumerate(names)]
        assert tenant.write(*bodies).status_code == 204

    for place in (0, 1, 49):
        values = [float(value) for _, value in tenant.samples(f'm{{name="series_{place}"}}')]
        assert values == [place * step for step in range(4)]


@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan])
def test_every_number_survives(tenant: Tenant, value: float) -> None:
    """Zero, the smallest, the largest, the infinities and NaN come back as they were."""
    for at in (tenant.now_ms - 1000, tenant.now_ms):
        tenant.write(series({"__name__": "m"}, (value, at)))

    (_, first), (_, second) = tenant.samples("m")
    assert first == second
    assert struct.pack("<d", float(first)) == struct.pack("<d", value) or math.isnan(value)


def test_a_stale_marker_ends_a_series(tenant: Tenant) -> None:
    """Its bits arrive intact: the series is gone at once, not after five minutes."""
    tenant.write(series({"__name__": "m"}, (1, tenant.now_ms - 2000), (STALE, tenant.now_ms - 1000)))

    assert tenant.vector("m") == []
    assert tenant.vector("m", tenant.now_ms - 2000) == [({"__name__": "m"}, "1")]


def test_samples_may_come_late_and_in_any_order(tenant: Tenant) -> None:
    """Older ones find their place, in one request or later."""
    at = tenant.now_ms
    tenant.write(series({"__name__": "m"}, (3, at), (1, at - 60_000)))
    tenant.write(series({"__name__": "m"}, (2, at - 30_000)))
    tenant.write(series({"__name__": "m"}, (0, at - 3 * 3_600_000)))

    assert [value for _, value in tenant.samples("m")] == ["0", "1", "2", "3"]


def test_a_sample_sent_twice_is_one(tenant: Tenant) -> None:
    """A retried request changes nothing."""
    for _ in range(2):
        tenant.write(series({"__name__": "m"}, (1, tenant.now_ms)), series({"__name__": "n"}, (1, tenant.now_ms)))

    assert len(tenant.samples("m")) == 1
    assert tenant.vector("count_over_time(m[5m])")[0][1] == "1"


def test_unsorted_labels_name_the_same_series(tenant: Tenant) -> None:
    """The order of labels and empty values make no difference."""
    tenant.write(series({"z": "1", "__name__": "m", "a": "2", "empty": ""}, (1, tenant.now_ms - 1000), ordered=False))
    tenant.write(series({"__name__": "m", "a": "2", "z": "1"}, (2, tenant.now_ms)))

    assert tenant.vector("m") == [({"__name__": "m", "a": "2", "z": "1"}, "2")]
    assert len(tenant.samples("m")) == 2


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (label("job", "api"), "missing_name"),
        (label("__name__", "") + label("job", "api"), "missing_name"),
        (label("__name__", "m") + label("a", "1") + label("a", "2"), "duplicate_label"),
        (label("__name__", "m") + label("", "1"), "invalid_label"),
        (label("__name__", "m") + field(1, field(1, b"a\xff") + field(2, b"b")), "invalid_label"),
        (label("__name__", "m") + label("a", "x" * 10_000_000), "label_too_long"),
        (label("__name__", "m") + b"".join(label(f"l{each}", "v") for each in range(600)), "too_many_labels"),
    ],
    ids=["no-name", "empty-name", "twice", "empty-label", "no-utf8", "long", "many"],
)
def test_illegal_labels_cost_only_their_series(tenant: Tenant, labels: bytes, reason: str) -> None:
    """The others of the request are kept; 400 says what was wrong; the refusal is counted."""
    lone = field(2, double(1, 1) + number(2, tenant.now_ms))
    answer = tenant.write(series({"__name__": "good"}, (1, tenant.now_ms)), field(1, labels + lone))

    assert answer.status_code == 400
    assert answer.text.startswith("1 of 2 records were refused: ")
    assert len(answer.content) < 2000
    assert tenant.vector("good")
    assert eventually(tenant.refusals) == {reason: 1}


def test_times_out_of_bounds_are_refused_and_counted(tenant: Tenant) -> None:
    """Older than the retention or far ahead: 400, and the others are kept."""
    answer = tenant.write(
        series({"__name__": "m"}, (1, tenant.now_ms), (2, 5000), (3, tenant.now_ms + 5 * 86_400_000), (4, -(2**62)))
    )

    assert answer.status_code == 400
    assert len(tenant.samples("m")) == 1
    assert eventually(tenant.refusals) == {"too_old": 2, "in_future": 1}


def test_names_may_be_any_text(tenant: Tenant) -> None:
    """UTF-8 names of metrics and labels, as Prometheus 3 takes them."""
    tenant.write(series({"__name__": "http.größe", "ort.name": "Zürich ✓"}, (7, tenant.now_ms)))

    assert tenant.vector('{"http.größe", "ort.name"=~"Z.*"}')[0][1] == "7"
    assert tenant.data("label/U__ort_2e_name/values") == ["Zürich ✓"]


def test_metadata_is_told(tenant: Tenant) -> None:
    """Type, help and unit of a family."""
    assert tenant.write(metadata(1, "http_requests", "Requests.", "requests"), number(99, 5)).status_code == 204

    assert tenant.data("metadata") == {"http_requests": [{"type": "counter", "help": "Requests.", "unit": "requests"}]}


def test_exemplars_lead_to_their_trace(tenant: Tenant) -> None:
    """They are found by the series' selector."""
    exemplar = field(3, label("trace_id", "4bf92f") + double(2, 0.3) + number(3, tenant.now_ms))
    answer = tenant.write(series({"__name__": "m", "job": "api"}, (1, tenant.now_ms), rest=exemplar))

    assert answer.headers["X-Prometheus-Remote-Write-Exemplars-Written"] == "1"
    found = tenant.data("query_exemplars", query='sum(rate(m{job="api"}[5m]))')
    assert found == [
        {
            "seriesLabels": {"__name__": "m", "job": "api"},
            "exemplars": [{"labels": {"trace_id": "4bf92f"}, "value": "0.3", "timestamp": tenant.now_ms / 1000}],
        }
    ]


def histogram(time_ms: int, *, deltas: tuple[int, ...] = (1, 1, -1), count: int = 5) -> bytes:
    """A native histogram of schema 0 with positive buckets from index 1."""
    span = field(11, number(1, 2) + number(2, len(deltas)))
    zigzag = [(each << 1) ^ (each >> 63) for each in deltas]
    return field(4, number(1, count) + double(3, 18.4) + span + packed(12, zigzag) + number(6, 1) + number(15, time_ms))


def test_native_histograms_are_kept_as_such(tenant: Tenant) -> None:
    """Buckets, count and sum; functions of native histograms apply."""
    answer = tenant.write(series({"__name__": "latency"}, rest=histogram(tenant.now_ms)))

    assert (answer.status_code, answer.headers["X-Prometheus-Remote-Write-Histograms-Written"]) == (204, "1")
    ((_, found),) = tenant.vector("latency")
    assert (found["count"], found["sum"]) == ("5", "18.4")
    assert found["buckets"] == [[3, "-0", "0", "1"], [0, "1", "2", "1"], [0, "2", "4", "2"], [0, "4", "8", "1"]]
    assert tenant.vector("histogram_count(latency)") == [({}, "5")]


def test_a_histogram_that_is_none_costs_only_itself(tenant: Tenant) -> None:
    """Buckets that do not add up are refused, the sample beside it is kept."""
    answer = tenant.write(
        series({"__name__": "bad"}, rest=histogram(tenant.now_ms, deltas=(1, -5))),
        series({"__name__": "m"}, (1, tenant.now_ms)),
    )

    assert answer.status_code == 400
    assert tenant.vector("m")
    assert eventually(tenant.refusals) == {"invalid_histogram": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"\x0a\xff\xff\xff\xff\x0f",
        b"\x0a\x05abc",
        series({"__name__": "m"}, (1, 5))[:-3],
        field(1, b"\x0a\x7f"),
        b"\xff" * 40,
        field(1, field(1, b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
    ],
)
def test_a_malformed_body_is_400_and_harms_nobody(tenant: Tenant, body: bytes) -> None:
    """What is no message is refused whole, with a text that says so."""
    answer = tenant.write(body)

    assert answer.status_code == 400
    assert "not a valid remote write 1.0 message" in answer.text
    assert tenant.write(series({"__name__": "m"}, (1, tenant.now_ms))).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json", "Content-Encoding": "snappy"}, 415),
        ({"Content-Type": "application/x-protobuf;proto=io.prometheus.write.v9.Request"}, 415),
        ({"Content-Type": "application/x-protobuf", "Content-Encoding": "lz4"}, 415),
        ({"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}, 400),
    ],
)
def test_other_forms_are_refused(tenant: Tenant, headers: dict[str, str], status: int) -> None:
    """Content types and compressions that are not the protocol's."""
    assert tenant.write(series({"__name__": "m"}, (1, tenant.now_ms)), headers=headers).status_code == status


def test_a_snappy_bomb_is_refused_by_its_own_word(tenant: Tenant) -> None:
    """The size a body claims is checked before it is unpacked."""
    answer = tenant.server.post("/api/v1/write", key=tenant.key, content=varint(2**31), headers=V1)

    assert answer.status_code == 413


def test_an_unknown_key_is_refused(tenant: Tenant) -> None:
    """401, in words."""
    assert tenant.server.post("/api/v1/write", key="vdk_wrong", content=b"", headers=V1).status_code == 401


def test_projects_do_not_see_each_other(tenant: Tenant) -> None:
    """The same labels in two projects are two series."""
    tenant.write(series({"__name__": "m"}, (1, tenant.now_ms)))
    tenant.server.post("/api/v1/write", content=b"", headers=V1)

    assert tenant.server.get("/api/v1/query", query="m", time=tenant.now_ms / 1000)["data"]["result"] == []


def test_a_restart_forgets_nothing(make_server) -> None:
    """Series written before and after a restart are the same ones."""
    server = make_server()
    now_ms = int(time.time()) // 60 * 60_000
    for step in range(2):
        server.start()
        tenant = Tenant(server, "default", server.key, now_ms)
        tenant.write(series({"__name__": "m", "a": "b"}, (step, now_ms - 1000 + step)))
        server.stop()
    server.start()

    assert [value for _, value in tenant.samples("m")] == ["0", "1"]
    assert len(tenant.data("series", **{"match[]": "m"})) == 1
