"""A link opens one dashboard and nothing else."""

import json

import httpx
import pytest

from support import eventually

PANELS = [
    {
        "id": 1,
        "title": "Logs",
        "queries": [{"id": "A", "signal": "logs", "text": "service:$service $word"}],
        "type": "logs",
    }
]
VARIABLES = [
    {"name": "service", "query": "field_values(logs, service)", "current": "shop"},
    {"name": "word", "type": "text", "current": "hello"},
]


@pytest.fixture
def shared(project):
    """A dashboard of a project with a record, its link, and a stranger who has it."""
    project.send_logs("hello", "secret")
    kept = project.keep(panels=PANELS, variables=VARIABLES, refresh_s=1)
    link = project.api.post(f"/api/dashboards/{kept['uid']}/share", json={"expires_in_s": 3600, "name": "board"})
    assert link.status_code == 201
    with httpx.Client(base_url=project.server.url, timeout=60) as stranger:
        eventually(lambda: bodies(stranger.get(f"/api/shared/{link.json()['token']}/data")))
        yield kept, link.json(), stranger


def bodies(answer):
    return [each["body"] for each in answer.json()["panels"]["1"]["frames"][0]["items"]]


def test_a_stranger_sees_the_dashboard_and_its_answers(shared):
    """Without any sign-in, and without names of people."""
    kept, link, stranger = shared

    shown = stranger.get(f"/api/shared/{link['token']}").json()
    answer = stranger.get(f"/api/shared/{link['token']}/data")
    options = stranger.get(f"/api/shared/{link['token']}/variables").json()["variables"]

    assert shown["dashboard"]["title"] == kept["title"]
    assert shown["dashboard"]["updated_by"] == ""
    assert bodies(answer) == ["hello"]
    assert (options["service"]["options"], options["word"]["chosen"]) == (["shop"], ["hello"])
    assert link["url"].endswith(f"/shared/{link['token']}")


@pytest.mark.parametrize(
    "values",
    [{"word": ["secret"]}, {"word": [""]}, {"service": ["shop OR secret"]}, {"service": ["$__all"]}, {"other": ["x"]}],
)
def test_a_strangers_words_do_not_reach_the_queries(shared, values):
    """Only what can be chosen is; a variable that takes any text stays as it is set."""
    _, link, stranger = shared

    answer = stranger.get(f"/api/shared/{link['token']}/data", params={"vars": json.dumps(values)})

    assert bodies(answer) == ["hello"]


def test_a_link_opens_nothing_else(shared, project):
    """Its token is no API token, and no other address takes it."""
    kept, link, stranger = shared
    token = link["token"]
    for address in ("/api/dashboards", f"/api/dashboards/{kept['uid']}", "/api/logs", "/api/overview", "/api/session"):
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            asked = stranger.get(address, headers=headers, params={"token": token, "project": project.name})
            assert asked.status_code == 401, address
    for method in ("POST", "PUT", "DELETE"):
        assert stranger.request(method, f"/api/shared/{token}").status_code == 405
    body = {"panels": [{"id": 1, "queries": [{"signal": "logs"}]}]}
    assert stranger.post("/api/dashboards/data", json=body).status_code == 401
    assert stranger.post(f"/api/shared/{token}/data", json=body).status_code == 405
    assert stranger.get(f"/api/shared/{token}/export").status_code == 404


def test_a_link_ends(shared, project):
    """By hand at once, and by itself at its time."""
    kept, link, stranger = shared
    path = f"/api/dashboards/{kept['uid']}"
    listed = project.api.get(f"{path}/shares").json()["items"]
    assert [(each["name"], each["revoked_at"], "token" in each) for each in listed] == [("board", None, False)]

    assert project.api.delete(f"{path}/shares/{link['id']}").status_code == 204

    assert stranger.get(f"/api/shared/{link['token']}").status_code == 404
    assert stranger.get(f"/api/shared/{link['token']}/data").status_code == 404
    assert project.api.get(f"{path}/shares").json()["items"][0]["revoked_at"]


def test_an_expired_link_is_none(project, tmp_path):
    """Its end is kept with it; here it is brought forward in the records."""
    import sqlite3  # noqa: PLC0415

    kept = project.keep()
    link = project.api.post(f"/api/dashboards/{kept['uid']}/share", json={"expires_in_s": 60}).json()
    with sqlite3.connect(project.server.folder / "data" / "records.sqlite3", timeout=60) as records:
        records.execute("UPDATE dashboard_shares SET expires_at = '2020-01-01 00:00:00' WHERE id = ?", (link["id"],))

    assert httpx.get(f"{project.server.url}/api/shared/{link['token']}", timeout=60).status_code == 404


def test_a_removed_dashboard_takes_its_links_along(shared, project):
    """A new one of the same uid is not opened by them."""
    kept, link, stranger = shared
    project.api.delete(f"/api/dashboards/{kept['uid']}").raise_for_status()

    project.keep(uid=kept["uid"])

    assert stranger.get(f"/api/shared/{link['token']}").status_code == 404


@pytest.mark.parametrize(
    ("params", "where"),
    [({"from": "now-60d"}, "from"), ({"from": "never"}, "from"), ({"vars": "{"}, "vars"), ({"vars": "[1]"}, "vars")],
)
def test_what_cannot_be_shown_says_why(shared, params, where):
    """A month at most, and variables as JSON."""
    _, link, stranger = shared

    answer = stranger.get(f"/api/shared/{link['token']}/data", params=params)

    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, where)


def test_guessing_is_slowed_down(make_server):
    """After some wrong tokens in a minute the address has to wait."""
    server = make_server(otlp_grpc_port="0")
    server.start()

    statuses = [httpx.get(f"{server.url}/api/shared/{n}", timeout=60).status_code for n in range(25)]

    assert set(statuses[:20]) == {404}
    assert set(statuses[20:]) == {429}
