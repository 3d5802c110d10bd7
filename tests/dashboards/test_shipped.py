"""The shipped dashboards read what stock instrumentation sends."""

from payloads import gauge
from support import eventually

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
