"""Live updates: shared answers over WebSocket."""

import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from payloads import PROTOBUF, logs
from support import EMAIL, PASSWORD

EVIL = "https://evil.example"


def address(server):
    return server.url.replace("http", "ws") + "/api/live"


@pytest.fixture
def socket(server):
    with connect(address(server), additional_headers=server.auth) as socket:
        yield socket


def ask(socket, **message):
    socket.send(json.dumps(message))
    return json.loads(socket.recv(10))


def test_overview_comes_at_once_and_again(server, socket, project_name):
    """The same answer as GET gives, every two seconds."""
    server.new_project(project_name)

    first = ask(socket, op="subscribe", id="1", topic="overview", project=project_name, params={"from": "now-15m"})
    second = json.loads(socket.recv(10))

    assert (first["id"], first["topic"], first["data"]["project"]) == ("1", "overview", project_name)
    assert first["data"].keys() == server.get("/api/overview", project=project_name).keys()
    assert second["data"]["generated_at"] > first["data"]["generated_at"]


def test_arrivals_follow_what_arrives(server, socket, project_name):
    """A list that refreshes on this sees a new record within two seconds."""
    key = server.new_project(project_name)
    ask(socket, op="subscribe", id="a", topic="arrivals", project=project_name)

    server.post("/v1/logs", key=key, content=logs("hello").SerializeToString(), headers=PROTOBUF).raise_for_status()

    totals = [{each["signal"]: each["total"] for each in json.loads(socket.recv(10))["data"]["signals"]} for _ in "12"]
    assert totals[-1]["logs"] == 1


@pytest.mark.parametrize(
    ("message", "code", "where"),
    [
        ({"op": "subscribe", "id": "1", "topic": "dreams"}, "invalid", "topic"),
        ({"op": "dance", "id": "1"}, "invalid", "op"),
        ({"op": "subscribe"}, "invalid", "id"),
        ({"op": "subscribe", "id": "1", "topic": "overview", "params": {"from": "never"}}, "invalid", "from"),
        ({"op": "subscribe", "id": "1", "topic": "overview", "params": [1]}, "invalid", "params"),
        ({"op": "subscribe", "id": "1", "topic": "overview", "project": "Not A Name"}, "invalid", "project"),
    ],
)
def test_a_faulty_message_is_answered_with_a_problem(socket, message, code, where):
    """The connection lives on."""
    answer = ask(socket, **message)

    assert (answer["error"]["code"], where in answer["error"]["errors"][0]["where"]) == (code, True)
    assert "data" in ask(socket, op="subscribe", id="2", topic="arrivals", project="default")


def test_text_that_is_no_json_is_answered(socket):
    """With a problem document."""
    socket.send("{")

    assert json.loads(socket.recv(10))["error"]["code"] == "invalid"


def test_strangers_are_sent_away(server):
    """Neither no secret nor an ingest key opens it."""
    for headers in ({}, {"Authorization": f"Bearer {server.key}"}):
        with pytest.raises(InvalidStatus, match="403"), connect(address(server), additional_headers=headers):
            pass


def test_another_site_cannot_use_a_persons_cookie(server):
    """A page of another origin is refused, Vedette's own is not."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        client.post("/api/session", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    with connect(address(server), additional_headers={"Cookie": cookie}, origin=server.url) as socket:
        assert "data" in ask(socket, op="subscribe", id="1", topic="arrivals", project="default")
    headers = {"Cookie": cookie}
    with pytest.raises(InvalidStatus, match="403"), connect(address(server), additional_headers=headers, origin=EVIL):
        pass
