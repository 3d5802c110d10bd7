"""The Metrics page as people use it, in a real browser."""

import re
import time

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE
from playwright.sync_api import Page, expect

from metrics.wire import V1, compressed, metadata, series
from payloads import PROTOBUF, traces
from scrape.targets import exposing
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


TRACE = bytes(range(1, 17))


def durations() -> bytes:
    """Return an exponential histogram that grows over five minutes, with an exemplar of a trace."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="checkout.duration", unit="s")
    metric.exponential_histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
    now_s = int(time.time())
    for step in range(20):
        time_ns = (now_s - 300 + step * 15) * 10**9
        point = metric.exponential_histogram.data_points.add(
            time_unix_nano=time_ns, start_time_unix_nano=(now_s - 400) * 10**9
        )
        point.positive.offset = -3
        point.positive.bucket_counts.extend([10 * step, 20 * step, step])
        point.count, point.sum = 31 * step, 8.0 * step
    point.exemplars.add(as_double=0.9, time_unix_nano=point.time_unix_nano, trace_id=TRACE, span_id=b"s" * 8)
    return request.SerializeToString()


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
    expect(alice.get_by_role("button", name='job="app"')).to_be_visible()
    alice.reload()
    alice.get_by_role("button", name='job="app"').click()
    expect(alice.get_by_text("1 series ·")).to_be_visible()


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
    """Position and reason, as Prometheus has them; other queries keep their answers."""
    alice.goto(f"/explore?project={project}&query=sum(shop_orders_total&q-B=shop_orders_total")

    expect(alice.get_by_role("alert")).to_have_text("1:22: parse error: unclosed left parenthesis")
    expect(alice.locator(".cm-fault-end")).to_be_visible()
    expect(alice.get_by_text("2 series ·")).to_be_visible()
    ask(alice, "shop_orders_total bu")
    expect(alice.locator(".cm-fault")).to_have_text("bu")


def test_a_metric_is_narrowed_and_asked_again(alice: Page, project: str) -> None:
    """A value of a label goes into the query; what was asked before is a key away."""
    alice.goto(f"/explore?project={project}&panel=browse")
    browser = alice.get_by_role("complementary", name="Metrics")
    browser.get_by_role("button", name="shop_orders_total").click()
    browser.get_by_role("button", name="job 2", exact=True).click()
    browser.get_by_role("button", name='job="app", 1 series').click()
    editor = alice.get_by_role("textbox", name="Query A", exact=True)
    expect(editor).to_have_text('sum (rate(shop_orders_total{job="app"}[5m]))')
    expect(alice.get_by_text("1 series ·")).to_be_visible()

    alice.keyboard.press("Escape")
    alice.keyboard.press("h")
    alice.get_by_label("Search queries").fill("sum rate")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("Enter")
    expect(editor).to_have_text("sum (rate(shop_orders_total[5m]))")


def test_native_histograms_lead_to_traces(alice: Page, server: Server, project: str) -> None:
    """A heatmap, quantiles, buckets in the table; an exemplar opens its trace."""
    key = server.new_project(project)
    server.post("/v1/metrics", key=key, content=durations(), headers=PROTOBUF).raise_for_status()
    request = traces("GET /slow", trace_id=TRACE)
    server.post("/v1/traces", key=key, content=request.SerializeToString(), headers=PROTOBUF).raise_for_status()
    alice.goto(f"/explore?project={project}&query=rate(checkout_duration_seconds[5m])&unit=s")
    expect(alice.get_by_role("region", name="Query A as a heatmap")).to_be_visible()

    alice.get_by_text("p50 · p90 · p99").click()
    expect(alice.get_by_text("3 series ·")).to_be_visible()
    alice.get_by_text("Table", exact=True).click()
    expect(alice.get_by_role("img", name=re.compile("buckets from"))).to_be_visible()
    alice.get_by_text("Graph", exact=True).click()
    alice.get_by_role("link", name=re.compile("^Exemplar 900 ms")).click()
    expect(alice.get_by_text("GET /slow").first).to_be_visible()


def test_a_scrape_job_is_entered(alice: Page, project: str) -> None:
    """A form, a check of what it means, and targets with their state."""
    with exposing(body="queue_length 3\n") as exposed:
        alice.goto(f"/explore?project={project}&tab=targets")
        alice.get_by_role("button", name="Add a job").click()
        dialog = alice.get_by_role("dialog")
        dialog.get_by_label("Name of the job").fill("queue")
        dialog.get_by_label("Targets").fill(exposed.address)
        dialog.get_by_label("Every").fill("1s")
        dialog.get_by_role("button", name="Check").click()
        expect(dialog.get_by_role("status")).to_contain_text("1 target every 1 s")
        dialog.get_by_role("button", name="Begin to scrape").click()

        job = alice.get_by_role("region", name="Job queue")
        expect(job.get_by_role("row").filter(has_text=exposed.address)).to_contain_text("up")
        job.get_by_role("button", name="Delete queue").click()
        alice.get_by_role("button", name="Delete", exact=True).click()
        expect(job).not_to_be_visible()


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
