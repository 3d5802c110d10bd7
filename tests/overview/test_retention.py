"""Each project keeps each signal as long as it says."""

import time

import httpx
import pytest

from payloads import PROTOBUF, logs
from support import eventually

DAY_NS = 86400 * 10**9


def choose(server, project, **days):
    return httpx.put(
        f"{server.url}/api/retention", json=days, headers=server.auth | {"X-Vedette-Project": project}, timeout=60
    )


def days_of(answer):
    return {each["signal"]: (each["days"], each["is_default"]) for each in answer["items"]}


def test_a_project_chooses_and_returns_to_the_default(server, project_name):
    """What was chosen is answered; null takes the choice back."""
    server.new_project(project_name)

    chosen = choose(server, project_name, logs=3, traces=0)
    returned = choose(server, project_name, logs=None)

    assert days_of(chosen.json())["logs"] == (3, False)
    assert days_of(chosen.json())["traces"] == (0, False)
    assert days_of(returned.json())["logs"] == (14, True)
    assert days_of(server.get("/api/retention", project=project_name)) == days_of(returned.json())


@pytest.mark.parametrize("body", [{"logs": -1}, {"logs": "x"}, {"dreams": 3}])
def test_a_faulty_choice_says_where(server, body):
    """400 with the name of what is wrong."""
    answer = choose(server, "default", **body)

    assert answer.status_code == 400
    assert next(iter(body)) in answer.json()["errors"][0]["where"]


def test_what_is_older_is_refused_and_removed(make_server):
    """After the choice an old record is turned away, and one stored before goes; other projects keep theirs."""
    server = make_server()
    server.start()
    keys = {name: server.new_project(name) for name in ("short", "long")}
    old = logs("old", time_unix_nano=time.time_ns() - 5 * DAY_NS).SerializeToString()
    for key in keys.values():
        assert server.post("/v1/logs", key=key, content=old, headers=PROTOBUF).content == b""

    choose(server, "short", logs=2).raise_for_status()

    assert server.post("/v1/logs", key=keys["short"], content=old, headers=PROTOBUF).content != b""
    count = lambda name: len(server.get("/api/logs", project=name, **{"from": "now-10d"})["items"])  # noqa: E731
    eventually(lambda: count("short") == 0)
    assert count("long") == 1
    assert server.stop() == 0
