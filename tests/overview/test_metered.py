"""The page Now of a project whose requests only metrics tell of."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from metrics.wire import V1, compressed, series
from overview.test_overview import send_spans
from vedette.signals.metrics.histograms.histogram import Buckets, Histogram
from vedette.signals.metrics.promql.result import Result
from vedette.watch.overview.buckets import spread_of

QUIET_S, BUSY_S, SCRAPE_S = 3600, 3600, 15
NAMES = ("0.1", "0.25", "0.5", "1.0", "+Inf")


@pytest.fixture
def shop(server, project_name):
    """Two hours of a shop, scraped every 15 s: 4 requests a second, 8 in the second hour, of which one in ten fails."""
    key = server.new_project(project_name)
    end = int(time.time()) // 60 * 60
    times = np.arange(end - QUIET_S - BUSY_S, end + 1, SCRAPE_S)
    quiet = (times - times[0]).clip(max=QUIET_S)
    busy = (times - times[0] - QUIET_S).clip(min=0)

    def line(name, values, **labels):
        samples = zip(values.tolist(), (times * 1000).tolist(), strict=True)
        return series({"__name__": name, "job": "shop", "instance": "a", **labels}, *samples)

    orders, broken = {"method": "GET", "endpoint": "/orders/{id}"}, {"method": "POST", "endpoint": "/pay"}
    bodies = [
        line("http_requests_total", 4.0 * quiet + 7.2 * busy, status="200", **orders),
        line("http_requests_total", 0.8 * busy, status="502", **broken),
        line("http_request_duration_seconds_sum", 0.2 * (4.0 * quiet + 8.0 * busy), **orders),
    ]
    # Half within a tenth of a second, all within half a second; in the second hour within a second.
    shares = {"0.1": (0.5, 0.5), "0.25": (0.75, 0.5), "0.5": (1, 0.5), "1.0": (1, 1), "+Inf": (1, 1)}
    for bound, (before, now) in shares.items():
        values = before * 4.0 * quiet + now * 8.0 * busy
        bodies.append(line("http_request_duration_seconds_bucket", values, le=bound, **orders))
    server.post("/api/v1/write", key=key, content=compressed(*bodies), headers=V1).raise_for_status()
    return key


def test_requests_of_metrics_are_counted_with_their_errors_and_durations(server, project_name, shop):
    """Rate, error rate, mean and quantiles of the range and of the one before, and by endpoint."""
    overview = server.get("/api/overview", project=project_name)

    assert overview["requests_from"] == "metrics"
    now, before = overview["requests"], overview["previous"]
    assert now["rate_per_s"] == pytest.approx(8, rel=0.04)
    assert now["count"] == pytest.approx(8 * BUSY_S, rel=0.05)
    assert before["rate_per_s"] == pytest.approx(4, rel=0.04)
    assert now["error_rate"] == pytest.approx(0.1, rel=0.05)
    assert before["error_rate"] == pytest.approx(0, abs=0.01)
    assert now["mean_ms"] == pytest.approx(200, rel=0.02)
    assert [now["p50_ms"], now["p95_ms"]] == pytest.approx([100, 950], rel=0.05)
    assert before["p95_ms"] == pytest.approx(450, rel=0.05)
    assert overview["health"]["state"] == "degraded"
    assert overview["health"]["uptime"] == 1
    [pay, orders] = sorted(overview["endpoints"], key=lambda each: each["rate_per_s"])
    assert (orders["service"], orders["name"], orders["error_rate"]) == ("shop", "GET /orders/{id}", 0)
    assert (pay["name"], pay["error_rate"], pay["p95_ms"]) == ("POST /pay", 1, None)
    assert orders["p95_ms"] == pytest.approx(950, rel=0.05)
    drawn = overview["series"]
    lengths = {len(drawn[each]) for each in ("times", "request_rate", "error_rate", "p95_ms", "active_users")}
    assert lengths == {60}
    assert drawn["request_rate"][-1] == pytest.approx(8)
    assert drawn["p50_ms"][-1] == pytest.approx(100)


@pytest.mark.parametrize("length", ["5m", "6h", "24h", "30d"])
def test_ranges_of_any_length_are_answered(server, project_name, shop, length):
    """What was counted in two hours is the same from afar."""
    overview = server.get("/api/overview", project=project_name, **{"from": f"now-{length}"})

    expected = {"5m": 8 * 300}.get(length, 4 * QUIET_S + 8 * BUSY_S)
    assert overview["requests"]["count"] == pytest.approx(expected, rel=0.25)


def test_what_takes_too_much_is_said_to_be_unknown(make_server):
    """The rest of the page is there all the same."""
    little = make_server(query_max_samples="2000", collect_host="false")
    little.start()
    now_ms = int(time.time()) // 60 * 60_000
    times = [now_ms - 15_000 * step for step in range(120, -1, -1)]

    def counter(name, **labels):
        return series({"__name__": name, "job": "shop", **labels}, *((at * 1.0, each) for at, each in enumerate(times)))

    buckets = [counter("http_request_duration_seconds_bucket", le=str(bound)) for bound in range(30)]
    requests = counter("http_requests_total", status="200")
    many = [counter("up", instance=str(number)) for number in range(1500)]
    little.post("/api/v1/write", content=compressed(requests, *buckets, *many), headers=V1).raise_for_status()

    overview = little.get("/api/overview")

    assert overview["requests"]["count"] == pytest.approx(120, rel=0.1)
    assert overview["requests"]["p95_ms"] is None
    durations, targets = overview["health"]["reasons"]
    assert durations.startswith("durations of this range are not known: query processing would load too many samples")
    assert targets.startswith("whether targets answer is not known: query processing would load too many samples")


def test_targets_that_do_not_answer_are_a_reason(server, project_name):
    """After two minutes: one that is only being replaced is none."""
    key = server.new_project(project_name)
    now_ms = int(time.time()) * 1000
    times = [now_ms - 15_000 * step for step in range(20, -1, -1)]

    def up(job, instance, values):
        return series({"__name__": "up", "job": job, "instance": instance}, *zip(values, times, strict=True))

    bodies = [
        up("web", "a", [1.0] * 21),
        up("web", "b", [1.0] * 18 + [0.0] * 3),
        up("db", "c", [1.0] * 5 + [0.0] * 16),
        up("cache", "d", [0.0] * 21),
        up("cache", "e", [0.0] * 21),
    ]
    server.post("/api/v1/write", key=key, content=compressed(*bodies), headers=V1).raise_for_status()

    health = server.get("/api/overview", project=project_name)["health"]

    assert (health["state"], health["reasons"]) == ("degraded", ["3 of 5 targets do not answer scrapes: cache, db"])


def test_traces_tell_better_than_metrics(server, project_name, shop):
    """A service that sends both is not counted twice."""
    send_spans(server, shop, count=7)

    overview = server.get("/api/overview", project=project_name)

    assert (overview["requests_from"], overview["requests"]["count"]) == ("traces", 7)


def _result(rows, steps=1):
    """A result from values by labels."""
    labels = [tuple(sorted(each.items())) for each, _ in rows]
    values = np.array([[value] * steps for _, value in rows]).reshape(len(rows), steps)
    return Result("matrix", labels, np.arange(steps), values, np.ones_like(values, bool))


def _classic(name, job, **below):
    bounds = [each.lstrip("_").replace("_", ".") for each in below]
    return [
        ({"histogram": name, "job": job, "le": bound}, value)
        for bound, value in zip(bounds, below.values(), strict=True)
    ]


def test_histograms_of_several_bounds_and_units_are_joined():
    """Ten requests spread over a second and thirty over half of one: 25 are within 0.3125 s."""
    rows = [
        *_classic("http_request_duration_seconds", "a", _1=10.0, _Inf=10.0),
        *_classic("http_server_duration_milliseconds", "b", _250=15.0, _500=30.0, _Inf=30.0),
    ]
    spread = spread_of(_result(rows), _result([]))

    assert spread.total.tolist() == [40]
    assert spread.quantile_ms(0.5).tolist() == pytest.approx([20 / 70 * 1000], rel=1e-9)
    assert spread.quantile_ms(1.0).tolist() == [1000]


def test_a_job_with_two_names_is_counted_once():
    """An instrumentation may send the old name beside the new one."""
    rows = [
        *_classic("http_server_request_duration_seconds", "a", _1=10.0, _Inf=10.0),
        *_classic("http_request_duration_seconds", "a", _1=10.0, _Inf=10.0),
    ]
    assert spread_of(_result(rows), _result([])).total.tolist() == [10]


def test_native_histograms_are_joined_with_the_others():
    """Ten of 0.5 to 1 s and ten of up to 1 s, four to a quarter."""
    cell = Histogram(0, 1e-6, 0.0, 10.0, 8.0, Buckets.of({0: 10.0}))
    natives = Result("matrix", [(("job", "b"),)], np.arange(1), np.zeros((1, 1)), np.ones((1, 1), bool))
    natives = replace(natives, histograms=np.array([[cell]], object))
    rows = _classic("http_request_duration_seconds", "a", _1=10.0, _Inf=10.0)

    spread = spread_of(_result(rows), natives)

    assert spread.total.tolist() == [20]
    assert spread.quantile_ms(0.5).tolist() == pytest.approx([666], rel=0.05)
    assert spread.quantile_ms(1).tolist() == pytest.approx([1000], rel=0.05)


def test_what_is_no_counter_does_not_count_against_others(server, project_name):
    """Falling, NaN, infinite and nameless; bounds that are none; nothing is negative or fails."""
    key = server.new_project(project_name)
    now_ms = int(time.time()) // 60 * 60_000
    times = [now_ms - 15_000 * step for step in range(120, -1, -1)]

    def line(name, values, **labels):
        return series({"__name__": name, **labels}, *zip(values, times, strict=True))

    bucket = "http_request_duration_seconds_bucket"
    bodies = [
        line("http_requests_total", [float(at) for at in range(121)], status="200"),
        line("http_requests_total", [-5.0 * at for at in range(121)], job="falling", status="500"),
        line("http_requests_total", [math.nan] * 121, job="nan", status="500"),
        line("http_requests_total", [math.inf] * 121, job="inf", status="500"),
        line(bucket, [float(at) for at in range(121)], job="a", le="oops"),
        line(bucket, [1.0 * at for at in range(121)], job="b", le="1"),
        line(bucket, [-1.0 * at for at in range(121)], job="b", le="+Inf"),
    ]
    server.post("/api/v1/write", key=key, content=compressed(*bodies), headers=V1).raise_for_status()

    overview = server.get("/api/overview", project=project_name)

    assert overview["requests"]["count"] == pytest.approx(120, rel=0.1)
    assert overview["requests"]["error_rate"] == 0
    assert overview["requests"]["p50_ms"] == pytest.approx(500)
    assert [(each["service"], each["name"]) for each in overview["endpoints"]] == [("", "")]


def test_what_is_beyond_all_bounds_is_at_the_highest():
    """As histogram_quantile says it; nothing at all has no quantile."""
    rows = _classic("http_request_duration_seconds", "a", _1=1.0, _Inf=10.0)
    assert spread_of(_result(rows), _result([])).quantile_ms(0.9).tolist() == [1000]
    assert np.isnan(spread_of(_result([], 2), _result([], 2)).quantile_ms(0.9)).all()
