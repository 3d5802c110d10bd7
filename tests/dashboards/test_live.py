"""A dashboard followed live: one computation however many look, anew when something can have changed."""

import json

import pytest
from websockets.sync.client import connect

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
