"""`vedette apply` makes dashboards what files say, again and again."""

import json
import os
import subprocess
import sys

import pytest

DASHBOARD = {"kind": "dashboard", "uid": "shop", "title": "Shop", "panels": [{"id": 1, "queries": [{"text": "up"}]}]}


@pytest.fixture
def apply(project, tmp_path):
    """Run the command on files with these contents."""

    def run(contents, *options):
        for old in tmp_path.glob("*.json"):
            old.unlink()
        for name, content in contents.items():
            (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        environment = os.environ | {"VEDETTE_URL": project.server.url, "VEDETTE_TOKEN": project.server.token}
        command = [sys.executable, "-m", "vedette.cli", "apply", str(tmp_path), "--project", project.name, *options]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_applying_twice_changes_nothing(project, apply):
    """Created, unchanged, changed with what changed; each with a version that says where it came from."""
    first = apply({"shop.json": DASHBOARD})
    again = apply({"shop.json": DASHBOARD})
    changed = apply({"shop.json": DASHBOARD | {"title": "Shop two", "panels": [{"id": 1}, {"id": 2}]}})

    assert [each.returncode for each in (first, again, changed)] == [0, 0, 0], first.stderr
    assert first.stdout.split() == ["created", "shop", "Shop:", "1", "panels"]
    assert again.stdout.split() == ["unchanged", "shop", "Shop"]
    assert changed.stdout.split() == ["changed", "shop", "Shop", "two:", "title,", "panels", "+1", "~1"]
    versions = project.api.get("/api/dashboards/shop/versions").json()["items"]
    assert [each["message"] for each in versions] == ["vedette apply: title, panels +1 ~1", "vedette apply: new"]


def test_a_dry_run_says_and_does_nothing(project, apply):
    """The same words, and no dashboard."""
    done = apply({"shop.json": DASHBOARD}, "--dry-run")

    assert done.stdout.startswith("created")
    assert project.api.get("/api/dashboards/shop").status_code == 404


def test_pruning_removes_only_what_was_applied(project, apply):
    """What people made by hand stays."""
    by_hand = project.keep()["uid"]
    apply({"a.json": DASHBOARD, "b.json": {"title": "Other", "panels": []}})

    done = apply({"a.json": DASHBOARD}, "--prune")

    assert done.stdout.split()[-3:] == ["removed", "b", "Other"]
    own = [each["uid"] for each in project.api.get("/api/dashboards").json()["items"] if not each["shipped"]]
    assert sorted(own) == sorted(["shop", by_hand])


def test_dashboards_of_grafana_are_applied_too(project, apply):
    """What is lost is said; doing it again changes nothing."""
    panel = {"id": 1, "type": "piechart", "title": "Jobs", "targets": [{"expr": "up", "refId": "A"}]}
    document = {"title": "Theirs", "uid": "theirs", "schemaVersion": 39, "panels": [panel]}

    first, again = (apply({"theirs.json": document}) for _ in "12")

    assert first.stdout.startswith("created")
    assert "panels[0].type: a pie chart is drawn as bars" in first.stderr
    assert again.stdout.startswith("unchanged")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ({"kind": "alert"}, "kind: 'alert' is not known"),
        ({"kind": "dashboard", "title": "x", "panels": [{"id": 1, "colour": 2}]}, "panels[0].colour"),
        ([{"uid": "a", "title": "x", "kind": "dashboard"}] * 2, "has the uid a too"),
    ],
)
def test_what_cannot_be_applied_fails(project, apply, content, said):
    """Status 1 and why; the other files are applied."""
    done = apply({"a.json": content, "b.json": DASHBOARD})

    assert done.returncode == 1
    assert said in done.stderr
    assert project.api.get("/api/dashboards/shop").status_code == 200


def test_a_server_that_is_not_there(apply):
    """Is named."""
    done = apply({"a.json": DASHBOARD}, "--url", "http://127.0.0.1:9")

    assert done.returncode == 1
    assert "http://127.0.0.1:9 cannot be reached" in done.stderr
