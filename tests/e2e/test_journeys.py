"""What a person does in the first five minutes, in a real browser."""

import re
import time

import httpx
import pytest
import sentry_sdk
from playwright.sync_api import expect

from metrics.wire import V1, compressed, series
from payloads import PROTOBUF, logs, traces
from support import EMAIL, PASSWORD, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def charge():
    raise ValueError("card declined")


@pytest.fixture
def project(server, project_name):
    """A project with a trace, a log record of it, and an error in it."""
    key = server.new_project(project_name)
    trace_id = bytes(range(16))
    request = traces("GET /cart", "load cart", "charge card", trace_id=trace_id)
    spans = request.resource_spans[0].scope_spans[0].spans
    spans[0].end_time_unix_nano += 80_000_000
    spans[2].status.code = 2
    spans[2].attributes.add(key="card.brand").value.string_value = "visa"
    server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()
    said = logs("payment declined by the bank", trace_id=trace_id, span_id=spans[2].span_id, severity_number=17)
    server.post("/v1/logs", key=key, content=said.SerializeToString(), headers=PROTOBUF).raise_for_status()
    for body in ("cart loaded", "cache warmed"):
        server.post("/v1/logs", key=key, content=logs(body).SerializeToString(), headers=PROTOBUF).raise_for_status()
    project_id = server.get("/api/connect", project=project_name)["project"]["id"]
    client = sentry_sdk.Client(dsn=f"http://{key}@127.0.0.1:{server.port}/{project_id}", release="shop@1.2.3")
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        try:
            charge()
        except ValueError as error:
            scope.capture_exception(error)
    client.flush(10)
    server.post(
        "/api/events", key=key, json={"name": "checkout_failed", "distinct_id": "u1", "properties": {"step": 3}}
    )
    return project_name


def test_signing_in_and_out(page):
    """A stranger is asked; a wrong password is refused; Alice comes in and leaves."""
    page.goto("/logs")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("textbox", name="Password").fill("wrong-password-entirely")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/logs"))

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("textbox", name="Password")).to_be_visible()


def test_overview_leads_from_an_endpoint_of_metrics_to_the_dashboard_of_its_service(alice, server, project_name):
    """A project of Prometheus users begins with the same page; there are no traces to show."""
    key = server.new_project(project_name)
    now_ms = int(time.time()) // 15 * 15_000
    labels = {
        "__name__": "http_requests_total",
        "job": "api, old",
        "method": "GET",
        "endpoint": "/cart",
        "status": "200",
    }
    samples = [(5.0 * step, now_ms - (40 - step) * 15_000) for step in range(41)]
    server.post("/api/v1/write", key=key, content=compressed(series(labels, *samples)), headers=V1).raise_for_status()

    alice.goto(f"/?project={project_name}")
    endpoints = alice.get_by_role("region", name="Endpoints")
    expect(endpoints).to_contain_text("by traffic, from metrics")
    expect(endpoints.get_by_role("row").nth(1)).to_contain_text("api, old")
    endpoints.get_by_role("link", name="GET /cart").click()

    expect(alice).to_have_url(re.compile("/dashboards/vedette-http"))
    expect(alice.get_by_role("main")).to_contain_text("api, old")
    expect(alice.get_by_role("region", name="Requests by endpoint", exact=True)).to_contain_text("GET /cart")


def test_overview_moves_by_itself(alice, server, project):
    """New requests are seen without a reload."""
    alice.goto(f"/?project={project}&live=1")
    requests = alice.get_by_role("region", name="Requests")
    expect(requests).to_contain_text("3 in range")
    expect(alice.get_by_role("region", name="Health")).to_be_visible()
    key = server.new_project(project)

    request = traces(*["GET /cart"] * 9, trace_id=b"m" * 16)
    server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()

    expect(requests).to_contain_text("12 in range")


def test_finding_a_log_and_its_trace(alice, project):
    """Search by a word, open the record, follow it to its trace."""
    alice.goto(f"/logs?project={project}")
    expect(alice.get_by_text("cache warmed")).to_be_visible()

    alice.keyboard.press("/")
    alice.keyboard.type("declined level:error")
    alice.keyboard.press("Enter")

    expect(alice.get_by_text("cache warmed")).to_be_hidden()
    alice.get_by_text("payment declined by the bank").first.click()
    alice.get_by_role("complementary").get_by_role("link", name=re.compile("trace", re.IGNORECASE)).first.click()
    expect(alice).to_have_url(re.compile(r"/traces/000102030405060708090a0b0c0d0e0f"))
    expect(alice.get_by_text("charge card").first).to_be_visible()


def test_opening_a_trace_and_a_span(alice, project):
    """The list, the waterfall, a span with its attributes and its logs."""
    alice.goto(f"/traces?project={project}")
    alice.get_by_role("list", name="Traces").get_by_role("link", name="GET /cart").click()
    alice.get_by_text("charge card").first.click()

    span = alice.get_by_role("complementary", name="Span")
    expect(span).to_contain_text("card.brand")
    expect(span).to_contain_text("visa")
    span.get_by_role("tab", name="Logs").click()
    expect(span).to_contain_text("payment declined by the bank")


def test_opening_an_error_and_resolving_it(alice, server, project):
    """The issue, its stack with the line that raised, and the decision, which the API knows too."""
    alice.goto(f"/errors?project={project}")
    alice.get_by_text("card declined").first.click()
    expect(alice.get_by_text('raise ValueError("card declined")').first).to_be_visible()
    expect(alice.get_by_text("shop@1.2.3").first).to_be_visible()

    alice.get_by_role("button", name="Resolve").click()

    expect(alice.get_by_role("button", name="Reopen")).to_be_visible()
    resolved = eventually(lambda: server.get("/api/errors/issues", project=project, status="resolved")["items"])
    assert [issue["type"] for issue in resolved] == ["ValueError"]
    assert server.get("/api/errors/issues", project=project)["items"] == []


def test_seeing_an_event(alice, project):
    """What people did is listed with its properties."""
    alice.goto(f"/events?project={project}")
    alice.get_by_role("listitem").filter(has_text="step=3").click()

    details = alice.get_by_role("complementary")
    expect(details).to_contain_text("checkout_failed")
    expect(details).to_contain_text("step")


def test_connecting_turns_a_light_on(alice, server, project_name):
    """A key is made with a click, stands in the snippet, works, and the light turns on."""
    server.new_project(project_name)
    alice.goto(f"/connect?project={project_name}")
    expect(alice.get_by_label(re.compile("^Logs: nothing yet"))).to_be_visible()

    alice.get_by_role("button", name=re.compile("(make|create|new).* key", re.IGNORECASE)).first.click()
    code = alice.get_by_role("tabpanel").locator("pre, code").filter(has_text="vdk_").first
    expect(code).to_be_visible()
    key = re.search(r"vdk_[A-Za-z0-9_-]+", code.inner_text())
    assert key
    assert server.url in alice.get_by_role("tabpanel").inner_text()
    sent = server.post("/v1/logs", key=key.group(), content=logs("first").SerializeToString(), headers=PROTOBUF)

    assert sent.status_code == 200
    expect(alice.get_by_label(re.compile("^Logs: received"))).to_be_visible()


def test_the_palette_goes_anywhere(alice):
    """Ctrl-K, a few letters, Enter."""
    alice.keyboard.press("Control+k")
    alice.get_by_role("textbox", name="Command palette").fill("trac")
    alice.keyboard.press("Enter")

    expect(alice).to_have_url(re.compile("/traces"))


def test_the_first_account_is_made_by_the_link(browser, make_server):
    """Without a bootstrap the printed link leads to the first account, once."""
    server = make_server(bootstrap_email="", bootstrap_password="")
    server.start()
    link = re.search(r"http\S+/setup\?token=\S+", server.log)
    assert link
    page = browser.new_page()
    page.goto(link.group())
    page.get_by_label("Email").fill("bob@example.com")
    page.get_by_role("textbox", name="Password").first.fill("a-long-enough-password")
    page.get_by_role("button", name=re.compile("account|set up|continue", re.IGNORECASE)).click()

    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.close()
    again = httpx.post(
        f"{server.url}/api/setup",
        json={"token": link.group().split("=")[-1], "email": "charlie@example.com", "password": "another-long-one"},
        timeout=60,
    )
    assert again.status_code == 401
    assert server.stop() == 0


@pytest.mark.parametrize("path", ["/", "/logs", "/traces", "/errors", "/events", "/connect"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_every_page_fits_a_phone(alice, project, path, scheme):
    """Nothing is wider than a narrow screen, in either theme, empty or full."""
    alice.emulate_media(color_scheme=scheme)
    alice.set_viewport_size({"width": 390, "height": 800})
    alice.goto(f"{path}?project={project}")
    alice.wait_for_load_state("networkidle") if path == "/connect" else time.sleep(0.7)

    assert alice.evaluate("document.documentElement.scrollWidth") <= 390
