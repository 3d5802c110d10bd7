"""Dashboards as people use them, in a real browser."""

import json
import re
import time

import httpx
import pytest
from playwright.sync_api import Page, expect

from payloads import PROTOBUF, logs, traces
from support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

REQUESTS = {
    "id": 1,
    "type": "stat",
    "title": "Requests",
    "grid": {"x": 0, "y": 0, "w": 6, "h": 4},
    "queries": [{"id": "A", "signal": "traces", "text": "kind:server", "aggregate": {"fn": "count"}}],
    "options": {"reduce": "sum"},
}
RECORDS = {
    "id": 2,
    "type": "logs",
    "title": "What was said",
    "grid": {"x": 6, "y": 0, "w": 12, "h": 8},
    "queries": [{"id": "A", "signal": "logs", "text": ""}],
}
NOTES = {
    "id": 3,
    "type": "text",
    "title": "Notes",
    "grid": {"x": 0, "y": 4, "w": 6, "h": 4},
    "options": {"markdown": "Call **Bob** first. <img src=x onerror=alert(1)>"},
}
GRAFANA = {
    "title": "From Grafana",
    "uid": "brought-along",
    "schemaVersion": 39,
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Up",
            "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
            "datasource": {"type": "prometheus", "uid": "x"},
            "targets": [{"refId": "A", "expr": "up", "legendFormat": "{{job}}"}],
        },
        {"id": 2, "type": "geomap", "title": "Where", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}},
    ],
}


def send_requests(server, key: str, count: int, trace_id: bytes) -> None:
    request = traces(*["GET /cart"] * count, trace_id=trace_id)
    server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()


@pytest.fixture
def project(server, project_name) -> str:
    """A project with three requests and a log record."""
    key = server.new_project(project_name)
    send_requests(server, key, 3, bytes(range(16)))
    said = logs("cart loaded").SerializeToString()
    server.post("/v1/logs", key=key, content=said, headers=PROTOBUF).raise_for_status()
    return project_name


@pytest.fixture
def dashboard(server, project) -> str:
    """The uid of a dashboard with a stat, a list of records and a text."""
    return make(server, project, title="Operations", panels=[REQUESTS, RECORDS, NOTES], refresh_s=1)


def make(server, project: str, **content: object) -> str:
    answer = httpx.post(
        f"{server.url}/api/dashboards", json=content, headers=server.auth | {"X-Vedette-Project": project}, timeout=60
    )
    assert answer.status_code == 201, answer.text
    uid: str = answer.json()["uid"]
    return uid


def panel(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def save(page: Page, message: str = "") -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(message)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()


def choose(page: Page, title: str, item: str) -> None:
    """Take an item of a panel's menu."""
    panel(page, title).hover()
    page.get_by_role("button", name=f"Menu of {title}", exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_beginning_from_a_template(alice, server, project):
    """A shipped dashboard is copied under a new name, ready to be edited, and found in the list."""
    alice.goto(f"/dashboards?project={project}")
    alice.get_by_role("button", name="New", exact=True).click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Our hosts")
    dialog.get_by_role("radio", name=re.compile("^Hosts")).click()
    dialog.get_by_role("button", name="Create").click()

    expect(alice.get_by_role("heading", name="Our hosts")).to_be_visible()
    expect(alice.get_by_role("button", name="Add", exact=True)).to_be_visible()
    own = [each for each in server.get("/api/dashboards", project=project)["items"] if not each["shipped"]]
    template = server.get("/api/dashboards/vedette-hosts", project=project)
    assert [(each["title"], each["panels"]) for each in own] == [("Our hosts", len(template["panels"]))]


def test_dragging_a_panel_and_taking_it_back(alice, server, project, dashboard):
    """A panel goes where it is dragged, undo puts it back, redo and save keep it."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    head = panel(alice, "Requests").locator("header")
    box = head.bounding_box()
    assert box
    before = box["x"]

    alice.mouse.move(box["x"] + 150, box["y"] + 15)
    alice.mouse.down()
    alice.mouse.move(box["x"] + 500, box["y"] + 20, steps=6)
    alice.mouse.move(box["x"] + 1000, box["y"] + 25, steps=6)
    alice.mouse.up()

    expect(alice.get_by_role("button", name="Undo")).to_be_enabled()
    alice.keyboard.press("Control+z")
    eventually(lambda: abs(head.bounding_box()["x"] - before) < 2)
    alice.keyboard.press("Control+Shift+z")
    save(alice, "requests to the right")
    kept = server.get(f"/api/dashboards/{dashboard}", project=project)
    assert kept["version"] == 2
    assert {each["id"]: each["grid"]["x"] for each in kept["panels"]}[1] > 12


def test_moving_a_panel_by_keys(alice, server, project, dashboard):
    """Arrows move the panel, with Shift they change its size; what happened is said."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    grip = alice.get_by_role("button", name=re.compile("^Move What was said"))
    grip.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowDown"):
        alice.keyboard.press(key)

    expect(alice.get_by_text("What was said 11 columns wide, 9 rows high")).to_be_attached()
    save(alice)
    kept = server.get(f"/api/dashboards/{dashboard}", project=project)
    assert {each["id"]: each["grid"] for each in kept["panels"]}[2] == {"x": 8, "y": 0, "w": 11, "h": 9}


def test_editing_a_query(alice, server, project, dashboard):
    """The panel shows what its query finds while it is typed, and after a reload what was saved."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    expect(panel(alice, "Requests")).to_contain_text("3")
    choose(alice, "Requests", "Edit")
    alice.get_by_label("Search of query A").fill("name:nothing")
    expect(panel(alice, "Requests")).to_contain_text("0")
    alice.get_by_label("Search of query A").fill('name:"GET /cart"')
    expect(panel(alice, "Requests")).to_contain_text("3")
    alice.get_by_label("Title").fill("Carts")
    save(alice, "only carts")

    alice.reload()
    expect(panel(alice, "Carts")).to_contain_text("3")
    kept = server.get(f"/api/dashboards/{dashboard}", project=project)["panels"][0]
    assert kept["queries"][0]["text"] == 'name:"GET /cart"'


def test_overriding_how_a_figure_is_shown(alice, project, dashboard):
    """The panel above the form shows it at once."""
    alice.goto(f"/dashboards/{dashboard}/edit-panel/1?project={project}&edit=1")
    shown = panel(alice, "Requests")
    expect(shown.get_by_text("3", exact=True)).to_be_visible()

    alice.get_by_role("button", name="Overrides").click()
    alice.get_by_role("button", name="Add an override").click()
    card = alice.get_by_role("region", name=re.compile("^override"))
    card.get_by_label("Decimals").fill("2")
    expect(shown.get_by_text("3.00", exact=True)).to_be_visible()

    card.get_by_role("switch", name="Hide").click()
    expect(shown.get_by_text("3.00", exact=True)).to_be_hidden()


def test_rearranging_on_a_phone(alice, server, project, dashboard):
    """The menu of a panel moves it and gives it a size; nothing has to be dragged."""
    alice.set_viewport_size({"width": 390, "height": 844})
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    titles = alice.get_by_role("region").get_by_role("heading", level=2)
    expect(titles).to_have_text(["Requests", "What was said", "Notes"])

    choose(alice, "Requests", "Move down")
    expect(titles).to_have_text(["What was said", "Requests", "Notes"])

    choose(alice, "Requests", "Height: tall")
    alice.keyboard.press("Escape")
    save(alice)
    kept = server.get(f"/api/dashboards/{dashboard}", project=project)["panels"]
    assert {each["title"]: each["grid"]["h"] for each in kept} == {"Requests": 12, "What was said": 8, "Notes": 4}


def test_leaving_asks_first(alice, project, dashboard):
    """What is not saved is not lost by a click elsewhere."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    choose(alice, "Notes", "Remove")
    alice.get_by_role("link", name="Logs", exact=True).click()
    dialog = alice.get_by_role("dialog", name="Leave without saving?")
    dialog.get_by_role("button", name="Stay").click()
    expect(panel(alice, "Notes")).to_be_hidden()

    alice.get_by_role("link", name="Logs", exact=True).click()
    dialog.get_by_role("button", name="Discard the changes").click()
    expect(alice).to_have_url(re.compile("/logs"))


def test_saving_over_a_newer_version(alice, server, project, dashboard):
    """Somebody else's version is not overwritten unasked, and both are kept."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&edit=1")
    choose(alice, "Notes", "Remove")
    theirs = server.get(f"/api/dashboards/{dashboard}", project=project) | {"title": "Theirs"}
    headers = server.auth | {"X-Vedette-Project": project}
    httpx.put(f"{server.url}/api/dashboards/{dashboard}", json=theirs, headers=headers, timeout=60).raise_for_status()

    alice.get_by_role("button", name="Save", exact=True).click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_contain_text("Somebody saved this dashboard")
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(dialog).to_be_hidden()

    kept = server.get(f"/api/dashboards/{dashboard}", project=project)
    assert (kept["version"], kept["title"], len(kept["panels"])) == (3, "Operations", 2)


def test_restoring_a_version_and_taking_that_back(alice, server, project, dashboard):
    """An earlier version becomes the latest; undo brings the other one back."""
    changed = server.get(f"/api/dashboards/{dashboard}", project=project) | {"title": "Second", "message": "renamed"}
    headers = server.auth | {"X-Vedette-Project": project}
    httpx.put(f"{server.url}/api/dashboards/{dashboard}", json=changed, headers=headers, timeout=60).raise_for_status()
    alice.goto(f"/dashboards/{dashboard}?project={project}")
    expect(alice.get_by_role("heading", name="Second")).to_be_visible()

    alice.get_by_role("button", name="More").click()
    alice.get_by_role("menuitem", name="Versions").click()
    drawer = alice.get_by_role("dialog", name="Versions")
    expect(drawer).to_contain_text("renamed")
    drawer.get_by_role("button", name="Restore version 1").click()

    expect(alice.get_by_role("heading", name="Operations", include_hidden=True)).to_be_visible()
    alice.get_by_role("button", name="Undo", include_hidden=True).click()
    expect(alice.get_by_role("heading", name="Second", include_hidden=True)).to_be_visible()


def test_a_shared_link_opens_signed_out_until_it_is_revoked(alice, browser, server, project, dashboard):
    """A stranger sees the panels and nothing else; revoked, the link is dead."""
    alice.goto(f"/dashboards/{dashboard}?project={project}")
    alice.get_by_role("button", name="Share").click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Shared link", exact=True)
    expect(link).to_be_visible()
    stranger = browser.new_context().new_page()
    stranger.goto(link.input_value())
    expect(panel(stranger, "Requests")).to_contain_text("3")
    expect(panel(stranger, "What was said")).to_contain_text("cart loaded")
    expect(stranger.get_by_role("button", name=re.compile("^Menu of|Edit|Save"))).to_have_count(0)

    dialog.get_by_role("button", name=re.compile("^Revoke link")).click()
    expect(dialog.get_by_role("button", name=re.compile("^Revoke link"))).to_have_count(0)
    stranger.reload()
    expect(stranger.get_by_text("This link does not open")).to_be_visible()
    stranger.context.close()


def test_importing_from_grafana(alice, server, project):
    """The report names what could not be mapped before anything is kept."""
    alice.goto(f"/dashboards?project={project}")
    alice.get_by_role("button", name="Import", exact=True).click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_label("JSON of the dashboard").fill("{not json")
    expect(dialog.get_by_role("alert")).to_contain_text("not JSON")
    dialog.get_by_label("JSON of the dashboard").fill(json.dumps(GRAFANA))
    expect(dialog).to_contain_text("could not be mapped")
    expect(dialog).to_contain_text("geomap")
    assert [each for each in server.get("/api/dashboards", project=project)["items"] if not each["shipped"]] == []
    dialog.get_by_role("button", name="Import").click()

    expect(alice.get_by_role("heading", name="From Grafana")).to_be_visible()
    expect(panel(alice, "Up")).to_be_visible()


def test_new_data_arrives_by_itself(alice, server, project, dashboard):
    """The figure moves without a reload."""
    alice.goto(f"/dashboards/{dashboard}?project={project}&live=1")
    expect(panel(alice, "Requests")).to_contain_text("3")

    send_requests(server, server.new_project(project), 9, b"m" * 16)

    expect(panel(alice, "Requests")).to_contain_text("12")


def test_a_text_panel_shows_no_html(alice, project, dashboard):
    """Markdown is drawn, HTML in it stays text."""
    alice.goto(f"/dashboards/{dashboard}?project={project}")
    notes = panel(alice, "Notes")
    expect(notes.locator("strong")).to_have_text("Bob")
    expect(notes).to_contain_text("<img")
    expect(notes.locator("img")).to_have_count(0)


def test_from_a_panel_to_its_records(alice, project, dashboard):
    """The menu leads to the signal's page with the query in its URL."""
    alice.goto(f"/dashboards/{dashboard}?project={project}")
    choose(alice, "Requests", "Explore in Traces")

    expect(alice).to_have_url(re.compile(r"/traces\?.*query=kind%3Aserver"))
    expect(alice.get_by_role("list", name="Traces").get_by_role("listitem")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_dashboards_fit_a_phone(alice, project, dashboard, scheme):
    """One panel under the other, nothing wider than the screen."""
    alice.emulate_media(color_scheme=scheme)
    alice.set_viewport_size({"width": 390, "height": 800})
    for path in ("/dashboards", f"/dashboards/{dashboard}", f"/dashboards/{dashboard}/edit-panel/1"):
        alice.goto(f"{path}?project={project}")
        time.sleep(0.7)
        assert alice.evaluate("document.documentElement.scrollWidth") <= 390
