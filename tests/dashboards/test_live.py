"""A dashboard followed live: one computation however many look, anew when something can have changed."""

import json
from contextlib import ExitStack

import httpx
import pytest
from websockets.sync.client import connect

from dashboards.conftest import Project

PANELS = [{"id": 1, "queries": [{"id": "A", "signal": "logs", "aggregate": {"fn": "count"}, "instant": True}]}]


@pytest.fixture
def follow(project):
    """Subscribe and return the answers of a socket as they come."""
    sockets = []

    def start(uid, **params):
        address = project.server.url.replace("http", "ws") + "/api/live"
        socket = connect(address, additional_headers=project.server.auth, legacy=True)
        sockets.append(socket)
        message = {"op": "subscribe", "id": "1", "topic": "dashboard", "project": project.name}
        socket.send(json.dumps(message | {"params": {"uid": uid} | params}))
        return lambda: json.loads(socket.recv(10))

    yield start
    for each in sockets:
        each.close()


def value(message):
    return message["data"]["panels"]["1"]["frames"][0]["series"][0]["values"][0]


def test_new_records_arrive_by_themselves(project, follow):
    """Within the refresh of the dashboard."""
    uid = project.keep(panels=PANELS, refresh_s=1)["uid"]
    receive = follow(uid)
    first = receive()
    assert (first["data"]["uid"], first["data"]["version"], value(first)) == (uid, 1, 0)

    project.send_logs("a", "b")

    assert next(each for each in iter(receive, None) if value(each) == 2)


def test_an_edit_arrives_at_once(project, follow):
    """Even where nothing else refreshes."""
    kept = project.keep(panels=PANELS, refresh_s=0)
    receive = follow(kept["uid"])
    assert receive()["data"]["version"] == 1

    project.api.put(f"/api/dashboards/{kept['uid']}", json=kept | {"title": "New"}).raise_for_status()

    assert receive()["data"]["version"] == 2


def test_equal_subscriptions_have_equal_answers(project, follow):
    """Two who look at the same get the very same document."""
    uid = project.keep(panels=PANELS, refresh_s=60)["uid"]

    assert follow(uid, vars="{}")() == follow(uid, vars="{}")()


def test_ten_who_look_cost_as_much_as_one(make_server):
    """Each question is asked once, however many wait for its answer."""
    server = make_server(observe_itself="false")
    server.start()
    project = Project(server, "default")
    asked = {"signal": "logs", "aggregate": {"fn": "count"}, "instant": True}
    queries = [asked | {"id": name, "text": name} for name in "ABCDE"]
    uid = project.keep(panels=[{"id": 1, "queries": queries}], refresh_s=1)["uid"]
    address = server.url.replace("http", "ws") + "/api/live"
    message = {"op": "subscribe", "id": "1", "topic": "dashboard", "project": "default", "params": {"uid": uid}}

    def asked_by(viewers):
        with ExitStack() as stack:
            sockets = [
                stack.enter_context(connect(address, additional_headers=server.auth, legacy=True))
                for _ in range(viewers)
            ]
            for socket in sockets:
                socket.send(json.dumps(message))
            for socket in sockets:
                socket.recv(10)
            before = queries_of(server)
            for _ in range(3):
                answers = {socket.recv(10) for socket in sockets}
                assert len(answers) == 1
            return queries_of(server) - before

    assert 15 <= asked_by(10) <= 20 + asked_by(1) / 2


def queries_of(server):
    """How many questions the telemetry store was asked so far."""
    lines = httpx.get(f"{server.url}/metrics", headers=server.auth, timeout=60).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("vedette_queries_total"))


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"uid": "none"}, "not_found"),
        ({"from": "never"}, "invalid"),
        ({"vars": "["}, "invalid"),
        ({"max_points": "x"}, "invalid"),
    ],
)
def test_what_cannot_be_followed_says_why(project, follow, params, code):
    """As a problem document."""
    uid = project.keep(panels=PANELS)["uid"]

    assert follow(**({"uid": uid} | params))()["error"]["code"] == code
