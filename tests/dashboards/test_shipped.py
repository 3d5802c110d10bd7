"""The shipped dashboards read what stock instrumentation sends."""

import time

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from payloads import gauge
from promql.remote import WRITE_HEADERS, Series, write_request
from support import eventually

_SLOWEST = "Duration by endpoint, 95th percentile"
_POOL = {"db.client.connection.pool.name": "stock"}


def test_database_connections_are_read_by_the_names_of_the_conventions(project):
    """Source of the names: https://opentelemetry.io/docs/specs/semconv/database/database-metrics/#connection-pools."""
    for state, count in (("used", 2), ("idle", 6)):
        project.send_metrics(gauge("db.client.connection.count", count, **_POOL, **_state(state)))
    project.send_metrics(gauge("db.client.connection.max", 8, **_POOL))

    assert _values(project, "operations", "Database connections") == {"stock": [0.25]}


def test_the_share_of_a_disk_is_read_with_and_without_the_state(project):
    """The Collector's hostmetrics leave the state out, the conventions have it."""
    project.send_metrics(_share("system.filesystem.utilization", 0.4, mountpoint="/"))
    project.send_metrics(_share("system.filesystem.utilization", 0.6, mountpoint="/data", state="used"))

    disk = _values(project, "hosts", "Disk space")

    assert sorted(values[-1] for values in disk.values()) == [0.4, 0.6]


def _state(state):
    return {"db.client.connection.state": state}


def _share(name, value, **attributes):
    request = gauge(name, value, **attributes)
    request.resource_metrics[0].scope_metrics[0].metrics[0].unit = "1"
    return request


def _values(project, dashboard, title):
    shipped = project.api.get(f"/api/dashboards/vedette-{dashboard}").json()
    (panel,) = [each for each in shipped["panels"] if each["title"] == title]
    variables = {"definitions": shipped["variables"]}

    def series():
        frames = project.ask(*panel["queries"], kind=panel["type"], **variables)["frames"]
        return {each["name"]: each["values"] for frame in frames for each in frame["series"]}

    eventually(series)
    return series()


REQUESTS = {  # the counter, and the labels for method, route and status
    "OpenTelemetry": (
        "http_server_request_duration_seconds_count http_request_method http_route http_response_status_code"
    ),
    "OpenTelemetry before 1.23": "http_server_duration_milliseconds_count http_method http_target http_status_code",
    "Spring": "http_server_requests_seconds_count method uri status",
    "FastAPI": "http_requests_total method handler status",
    "Go": "http_requests_total method path code",
    "Express": "http_request_duration_seconds_count method path status_code",
}


@pytest.mark.parametrize("client", REQUESTS)
def test_requests_are_read_by_the_names_of_every_client(project, client):
    """Rate and failures by endpoint, each client with its own names of counter and labels."""
    name, method, route, status = REQUESTS[client].split()
    _count(project, {"__name__": name, "job": "shop", method: "GET", route: "/cart", status: "200"}, 3)
    _count(project, {"__name__": name, "job": "shop", method: "GET", route: "/cart", status: "503"}, 1)
    _count(project, {"__name__": name, "job": "shop", method: "POST", route: "/pay", status: "204"}, 4)

    assert _latest(project, "http", "Requests") == {"requests": 8}
    assert _latest(project, "http", "Failed requests") == {"failed": 0.125}
    assert _latest(project, "http", "Requests by endpoint") == {"GET /cart": 4, "POST /pay": 4}
    assert _latest(project, "http", "Failed requests by endpoint") == {"GET /cart": 0.25}
    assert _latest(project, "operations", "Failed requests by type") == {"503": 900}


@pytest.mark.parametrize(
    ("name", "unit", "route"),
    [
        ("http_server_request_duration_seconds", 1, "http_route"),
        ("http_server_duration_milliseconds", 1000, "http_target"),
        ("http_server_requests_seconds", 1, "uri"),
        ("http_request_duration_seconds", 1, "handler"),
    ],
)
def test_durations_are_milliseconds_whatever_their_unit_was(project, name, unit, route):
    """Half of the answers took up to a tenth of a second, half up to a fifth."""
    for bound, count in ((f"{0.1 * unit:g}", 10), (f"{0.2 * unit:g}", 20), ("+Inf", 20)):
        _count(project, {"__name__": f"{name}_bucket", "job": "shop", route: "/cart", "le": bound}, count)

    durations = _latest(project, "http", "Duration")
    assert {each: round(value) for each, value in durations.items()} == {"p50": 100, "p95": 190, "p99": 198}
    assert {each.strip(): round(value) for each, value in _latest(project, "http", _SLOWEST).items()} == {"/cart": 190}


def test_one_program_that_tells_the_same_twice_is_counted_once(project):
    """Under the old names and the new ones, or with a counter and a histogram."""
    labels = {"job": "shop", "instance": "a", "status": "200"}
    for name in ("http_server_request_duration_seconds_count", "http_server_duration_milliseconds_count"):
        _count(project, labels | {"__name__": name}, 2)
    for name in ("http_requests_total", "http_request_duration_seconds_count"):
        _count(project, labels | {"__name__": name, "instance": "b"}, 5)

    assert _latest(project, "http", "Requests") == {"requests": 7}


def test_machines_of_a_collector_are_told_apart_by_their_names(project):
    """Hostmetrics as the Collector sends them by default: times and bytes by state, and no service."""
    now = int(time.time())
    for host, idle in (("ant", 0.75), ("bee", 0.5)):
        request = ExportMetricsServiceRequest()
        resource = request.resource_metrics.add()
        attribute = resource.resource.attributes.add(key="host.name")
        attribute.value.string_value = host
        metrics = resource.scope_metrics.add().metrics
        times = metrics.add(name="system.cpu.time", unit="s")
        times.sum.is_monotonic, times.sum.aggregation_temporality = True, 2
        memory = metrics.add(name="system.memory.usage", unit="By")
        memory.sum.aggregation_temporality = 2
        for ago in range(120, -1, -15):
            at = (now - ago) * 1_000_000_000
            for state, share in (("idle", idle), ("user", 1 - idle)):
                _point(times.sum, at, (1000 - ago) * share, cpu="cpu0", state=state)
            for state, size in (("used", 3e9), ("free", 1e9)):
                _point(memory.sum, at, size, state=state)
        project.send_metrics(request)

    assert _latest(project, "hosts", "CPU use") == {"ant": 0.25, "bee": 0.5}
    assert _latest(project, "hosts", "CPU by state") == {"user": 0.375}
    assert _latest(project, "hosts", "Memory") == {"ant": 0.75, "bee": 0.75}
    assert _latest(project, "hosts", "Memory use")["bee total"] == 4e9


def _point(data, at, value, **attributes):
    point = data.data_points.add(time_unix_nano=at, start_time_unix_nano=1, as_double=value)
    for key, text in attributes.items():
        point.attributes.add(key=key).value.string_value = text


def _count(project, labels, per_s):
    """Write a counter that has grown by so much every second of the last twenty minutes."""
    now = int(time.time()) + 15
    samples = [((now - ago) * 1000, per_s * (10_000 - ago)) for ago in range(1200, -1, -15)]
    body = write_request([Series(labels, samples)])
    project.server.post("/api/v1/write", key=project.key, content=body, headers=WRITE_HEADERS).raise_for_status()


def _latest(project, dashboard, title):
    return {name: round(values[-1], 6) for name, values in _values(project, dashboard, title).items()}
