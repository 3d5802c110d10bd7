"""The page Now: figures that a person could have counted."""

import time

import pytest

from metrics.wire import V1, compressed, series
from payloads import PROTOBUF, logs, traces
from support import eventually
from vedette.kit.ids import SIGNALS


def send_spans(server, key, *, count, errors=0, duration_ms=10, name="GET /", trace=1):
    request = traces(*[name] * count, trace_id=bytes([trace]) * 16)
    now = time.time_ns()
    for place, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.span_id = (place + 1).to_bytes(8, "big")
        span.start_time_unix_nano = now - 1_000_000_000
        span.end_time_unix_nano = span.start_time_unix_nano + duration_ms * 1_000_000
        span.status.code = 2 if place < errors else 0
    server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()


def test_requests_are_counted_with_their_errors_and_durations(server, project_name):
    """Rate, error rate, mean and quantiles of the entry spans; quantiles are exact to 5 %."""
    key = server.new_project(project_name)
    send_spans(server, key, count=90, duration_ms=10)
    send_spans(server, key, count=10, errors=4, duration_ms=1000, name="POST /pay", trace=2)

    overview = server.get("/api/overview", project=project_name)

    requests = overview["requests"]
    assert (requests["count"], requests["error_rate"]) == (100, 0.04)
    assert requests["mean_ms"] == pytest.approx(109)
    assert requests["p50_ms"] == pytest.approx(10, rel=0.06)
    assert requests["p95_ms"] == pytest.approx(1000, rel=0.06)
    assert [(each["name"], each["count"], each["error_rate"]) for each in overview["endpoints"]] == [
        ("GET /", 90, 0.0), ("POST /pay", 10, 0.4),
    ]  # fmt: skip
    assert overview["previous"]["count"] == 0
    assert sum(rate or 0 for rate in overview["series"]["request_rate"]) > 0


@pytest.mark.parametrize(
    ("errors", "state", "reason"),
    [(0, "ok", None), (2, "degraded", "10.0% of requests failed"), (15, "down", "failed")],
)
def test_the_state_says_whether_it_is_all_right(server, project_name, errors, state, reason):
    """More than a twentieth of errors is degraded, more than half is down."""
    key = server.new_project(project_name)
    send_spans(server, key, count=20, errors=errors)

    health = server.get("/api/overview", project=project_name)["health"]

    assert health["state"] == state
    assert (health["reasons"] == []) if reason is None else (reason in health["reasons"][0])


def test_an_empty_project_has_no_data_and_no_figures(server, project_name):
    """Nothing is made up: what is unknown is null."""
    server.new_project(project_name)

    overview = server.get("/api/overview", project=project_name)

    assert overview["health"]["state"] == "no_data"
    assert overview["requests"]["p95_ms"] is None
    assert overview["requests"]["error_rate"] is None
    assert [each["signal"] for each in overview["arrivals"]] == list(SIGNALS)
    assert overview["latest_errors"] == []


def test_arrivals_show_rate_total_and_lag(server, project_name):
    """What came, and how old the newest of it is."""
    key = server.new_project(project_name)
    old = logs("a", "b", time_unix_nano=time.time_ns() - 60 * 10**9)
    server.post("/v1/logs", key=key, content=old.SerializeToString(), headers=PROTOBUF).raise_for_status()

    arrived = {each["signal"]: each for each in server.get("/api/overview", project=project_name)["arrivals"]}["logs"]

    assert (arrived["total"], arrived["last_5m"]) == (2, 2)
    assert arrived["lag_s"] == pytest.approx(60, abs=5)


def test_this_server_is_among_the_hosts(server, project_name):
    """Its resources are read from the first seconds; project vedette keeps their history."""
    server.new_project(project_name)

    (host,) = eventually(lambda: server.get("/api/overview", project=project_name)["hosts"])
    own = eventually(
        lambda: [each for each in server.get("/api/overview", project="vedette")["hosts"] if each["series"]["cpu"]]
    )

    assert host["is_this_server"]
    assert own[0]["name"] == host["name"]
    assert 0 <= own[0]["cpu"] <= 1
    assert 0 < own[0]["memory"] < 1
    assert own[0]["memory_total_bytes"] > 0
    assert own[0]["disk_total_bytes"] > 0


def test_vedette_records_its_own_requests_jobs_and_logs(server):
    """They are traces and logs of project vedette."""
    eventually(lambda: server.get("/api/traces", project="vedette", query='name:"GET /api/overview" OR job')["items"])
    eventually(lambda: server.get("/api/traces", project="vedette", query="job.name:*")["items"])
    assert server.get("/api/logs", project="vedette", query='"first admin"')["items"]


def test_connect_tells_the_real_address(server, project_name):
    """As the person came, with the port of gRPC and what arrived."""
    server.new_project(project_name)

    connect = server.get("/api/connect", project=project_name)

    assert connect["address"] == server.url
    assert connect["otlp_grpc"] == server.grpc
    assert connect["project"]["name"] == project_name
    assert {each["last_record_at"] for each in connect["signals"]} == {None}


def test_what_arrived_before_a_restart_is_still_known(make_server):
    """The last record of each signal is found in the store."""
    server = make_server(observe_itself="false")
    server.start()
    server.post("/v1/logs", content=logs("hello").SerializeToString(), headers=PROTOBUF).raise_for_status()
    samples = compressed(series({"__name__": "up"}, (1.0, time.time_ns() // 1_000_000)))
    server.post("/api/v1/write", content=samples, headers=V1).raise_for_status()
    assert server.stop() == 0
    server.start()

    arrivals = {each["signal"]: each for each in server.get("/api/overview")["arrivals"]}

    assert arrivals["logs"]["last_record_at"] is not None
    assert 0 <= arrivals["metrics"]["lag_s"] <= 3660
    assert arrivals["traces"]["last_record_at"] is None
    assert server.stop() == 0
