"""Dashboards are kept with every version, and nobody overwrites what they have not seen."""

import json

import pytest

PANEL = {"id": 1, "title": "Requests", "queries": [{"text": "up"}]}


def test_what_is_kept_is_read_again(project):
    """The document with its defaults filled in, who kept it, and version 1."""
    kept = project.keep(panels=[PANEL], tags=["shop"])

    read = project.api.get(f"/api/dashboards/{kept['uid']}").json()

    assert read == kept
    assert (read["version"], read["shipped"], read["updated_by"]) == (1, False, "token bootstrap")
    assert read["panels"][0]["queries"][0]["signal"] == "metrics"


def test_a_change_is_a_version_and_a_stale_one_a_conflict(project):
    """409 names who kept the other version."""
    kept = project.keep()
    path = f"/api/dashboards/{kept['uid']}"

    changed = project.api.put(path, json=kept | {"title": "Shop two", "message": "renamed"})
    stale = project.api.put(path, json=kept | {"title": "Shop three"})

    assert changed.json()["version"] == 2
    assert stale.status_code == 409
    assert "token bootstrap kept version 2" in stale.json()["detail"]
    assert [(each["version"], each["message"]) for each in project.api.get(f"{path}/versions").json()["items"]] == [
        (2, "renamed"), (1, ""),
    ]  # fmt: skip


def test_keeping_the_same_again_makes_no_version(project):
    """A form that was only looked at leaves no trace."""
    kept = project.keep(panels=[PANEL])

    again = project.api.put(f"/api/dashboards/{kept['uid']}", json=kept).json()

    assert again["version"] == 1


def test_restoring_is_a_new_version(project):
    """Undo loses nothing: both are still there."""
    kept = project.keep()
    path = f"/api/dashboards/{kept['uid']}"
    project.api.put(path, json=kept | {"title": "Worse"}).raise_for_status()

    restored = project.api.post(f"{path}/versions/1/restore").json()

    assert (restored["version"], restored["title"]) == (3, "Shop")
    assert project.api.get(f"{path}/versions/2").json()["title"] == "Worse"


def test_only_the_last_hundred_versions_are_kept(project):
    """The first goes when the hundred and first comes."""
    kept = project.keep()
    path = f"/api/dashboards/{kept['uid']}"
    for version in range(1, 102):
        project.api.put(path, json={"title": f"Shop {version}", "version": version}).raise_for_status()

    versions = [each["version"] for each in project.api.get(f"{path}/versions").json()["items"]]

    assert (len(versions), versions[0], versions[-1]) == (100, 102, 3)


def test_what_is_removed_is_gone(project):
    """With its versions."""
    path = f"/api/dashboards/{project.keep()['uid']}"

    assert project.api.delete(path).status_code == 204

    assert [project.api.get(each).status_code for each in (path, f"{path}/versions")] == [404, 404]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"colour": "red"}, "body.colour"),
        ({"panels": [{"id": 1, "queries": [{"txt": "up"}]}]}, "body.panels.0.queries.0.txt"),
        ({"panels": [{"id": 1}, {"id": 1}]}, "body"),
        ({"panels": [{"id": each} for each in range(201)]}, "body.panels"),
        ({"panels": [{"id": 1, "queries": [{"id": f"Q{n}"} for n in range(27)]}]}, "body.panels.0.queries"),
        ({"panels": [{"id": 1, "links": [{"url": "javascript:alert(1)"}]}]}, "body.panels.0.links.0.url"),
        ({"panels": [{"id": 1, "links": [{"url": " java\nscript:alert(1)"}]}]}, "body.panels.0.links.0.url"),
        ({"panels": [{"id": 1, "min": 1e999}]}, "body.panels.0.min"),
        ({"title": "a\0b"}, "body.title"),
        ({"variables": [{"name": "a b"}]}, "body.variables.0.name"),
    ],
)
def test_a_document_that_is_none_says_where(project, content, where):
    """400 with the place and the reason."""
    body = json.dumps({"title": "Shop"} | content)

    answer = project.api.post("/api/dashboards", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert where in [each["where"] for each in answer.json()["errors"]]


def test_viewers_read_and_do_not_write(project, viewer):
    """403 for every change; answers are for them too."""
    uid = project.keep()["uid"]
    path = f"/api/dashboards/{uid}"

    assert viewer.get(path).status_code == 200
    assert viewer.post("/api/dashboards/data", json={"panels": []}).status_code == 200
    for method, address, body in (
        ("POST", "/api/dashboards", {"title": "Mine"}),
        ("POST", "/api/dashboards/import", {"title": "Mine", "panels": []}),
        ("PUT", path, {"title": "Mine", "version": 1}),
        ("DELETE", path, None),
        ("POST", f"{path}/versions/1/restore", None),
        ("POST", f"{path}/share", {}),
        ("GET", f"{path}/shares", None),
    ):
        assert viewer.request(method, address, json=body).status_code == 403, address


def test_a_project_does_not_see_another_ones(project, server):
    """The uid is known in one project only."""
    uid = project.keep()["uid"]

    server.get(f"/api/dashboards/{uid}", expecting=404)


def test_shipped_dashboards_are_read_only(project):
    """They are listed, read and copied, never changed."""
    shipped = [each for each in project.api.get("/api/dashboards").json()["items"] if each["shipped"]]

    assert {"vedette-hosts", "vedette-http", "vedette-itself", "vedette-operations", "vedette-product"} <= {
        each["uid"] for each in shipped
    }
    assert {each["uid"]: each["panels"] for each in shipped}["vedette-operations"] == 12
    assert {each["uid"]: each["panels"] for each in shipped}["vedette-product"] == 8
    original = project.api.get("/api/dashboards/vedette-operations").json()
    assert project.api.put("/api/dashboards/vedette-operations", json=original).status_code == 403
    assert project.api.delete("/api/dashboards/vedette-operations").status_code == 403
    copy = project.api.post("/api/dashboards", json=original | {"uid": None, "title": "Ours"})
    assert (copy.status_code, copy.json()["shipped"], len(copy.json()["panels"])) == (201, False, 12)
