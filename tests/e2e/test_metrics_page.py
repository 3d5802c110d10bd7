"""The Metrics page as people use it, in a real browser."""

import time

import pytest
from playwright.sync_api import Page, expect

from metrics.wire import V1, compressed, metadata, series
from support import Server

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.fixture
def project(server: Server, project_name: str) -> str:
    """A project with an hour of a counter by job."""
    key = server.new_project(project_name)
    now_ms = int(time.time()) // 15 * 15_000
    times = [now_ms - step * 15_000 for step in range(240, -1, -1)]
    bodies = [
        series({"__name__": "shop_orders_total", "job": job}, *((at * rate, time) for at, time in enumerate(times)))
        for job, rate in (("web", 3), ("app", 30))
    ]
    body = compressed(*bodies, metadata(1, "shop_orders_total", "Orders that were paid.", ""))
    server.post("/api/v1/write", key=key, content=body, headers=V1).raise_for_status()
    return project_name


def ask(page: Page, text: str) -> None:
    """Type a query and run it."""
    editor = page.get_by_role("textbox", name="Query A", exact=True)
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+Enter")


def test_a_metric_is_found_and_asked(alice: Page, project: str) -> None:
    """From the list of metrics to a chart with words, a table, and back by the address."""
    alice.goto(f"/explore?project={project}")
    alice.get_by_role("button", name="Browse metrics").first.click()
    browser = alice.get_by_role("complementary", name="Metrics")
    browser.get_by_label("Search metrics").fill("paid")
    browser.get_by_role("button", name="shop_orders_total").click()

    expect(alice.get_by_text("1 series ·")).to_be_visible()
    expect(alice.get_by_role("figure", name="Values over time")).to_be_visible()
    expect(alice.get_by_text("per-second increase, averaged over the last 5 minutes")).to_be_visible()

    ask(alice, "sum by (job) (rate(shop_orders_total[5m]))")
    expect(alice.get_by_text("2 series ·")).to_be_visible()
    alice.get_by_text("Table", exact=True).click()
    expect(alice.get_by_role("cell", name='{job="app"}')).to_be_visible()
    alice.reload()
    expect(alice.get_by_role("cell", name='{job="app"}')).to_be_visible()


def test_names_are_completed(alice: Page, project: str) -> None:
    """A few letters and Enter."""
    alice.goto(f"/explore?project={project}")
    alice.get_by_role("textbox", name="Query A", exact=True).click()
    alice.keyboard.type("shop_ord")
    expect(alice.locator(".cm-tooltip-autocomplete").get_by_text("shop_orders_total")).to_be_visible()
    alice.wait_for_timeout(200)
    alice.keyboard.press("Enter")
    alice.keyboard.press("Enter")

    expect(alice.get_by_text("2 series ·")).to_be_visible()


def test_what_is_wrong_is_said_where(alice: Page, project: str) -> None:
    """Position and reason, as Prometheus has them."""
    alice.goto(f"/explore?project={project}&query=sum(shop_orders_total")

    expect(alice.get_by_role("alert")).to_have_text("1:22: parse error: unclosed left parenthesis")


def test_queries_become_a_panel(alice: Page, project: str) -> None:
    """A new dashboard shows the same line."""
    alice.goto(f"/explore?project={project}&query=shop_orders_total")
    alice.get_by_role("button", name="Add to dashboard").click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_label("Title of the panel").fill("Orders")
    dialog.get_by_role("button", name="Add").click()

    alice.wait_for_url("**/dashboards/**")
    expect(alice.get_by_text("Orders").first).to_be_visible()


def test_the_page_fits_a_phone(alice: Page, project: str) -> None:
    """Nothing sticks out at 390 pixels."""
    alice.set_viewport_size({"width": 390, "height": 844})
    alice.goto(f"/explore?project={project}&query=shop_orders_total")
    expect(alice.get_by_text("2 series ·")).to_be_visible()

    assert alice.evaluate("document.documentElement.scrollWidth") <= 390
