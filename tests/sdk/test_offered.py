"""How the metrics are offered: formats, readings, tokens, several processes."""

import gzip
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from sdk.shop import by_flask
from support import eventually, free_port, is_ready, stop
from vedette_sdk import Metrics

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def _shown(metrics: Metrics) -> dict[str, float]:
    """Return quotas, caches and failures by series."""
    text = metrics.answer().body.decode()
    lines = [each.rsplit(" ", 1) for each in text.splitlines() if each.startswith(("quota", "cache", "vedette"))]
    return {series: float(value) for series, value in lines}


def _made() -> Metrics:
    return Metrics(registry=CollectorRegistry())


def test_what_quotas_and_caches_say_is_read_each_time() -> None:
    """Keys of a mapping, attributes of an object, the statistics of functools."""

    @lru_cache
    def double(number: int) -> int:
        return 2 * number

    used = {"requests_current_minute": 3, "rpm_limit": 15, "tokens_today": None}
    metrics = _made().watch_quota(lambda: used, "gemini").watch_cache(double.cache_info, "doubles")
    metrics.watch_quota(lambda: SimpleNamespace(tpd_limit=1e6), "claude")
    [double(each) for each in (1, 2, 1, 1)]
    used["requests_current_minute"] = 4
    assert _shown(metrics) == {
        'quota_requests_current_minute{provider="gemini"}': 4,
        'quota_rpm_limit{provider="gemini"}': 15,
        'quota_tpd_limit{provider="claude"}': 1e6,
        'cache_hits_total{cache="doubles"}': 2,
        'cache_misses_total{cache="doubles"}': 2,
        'cache_hit_rate{cache="doubles"}': 0.5,
        'cache_entries{cache="doubles"}': 2,
    }


def test_absent_parts_are_no_error() -> None:
    """Neither when the application has no such part, nor when it has no figures yet."""
    metrics = _made().watch_quota(None).watch_cache(None).watch_cache(lambda: None, "empty")
    assert _shown(metrics) == {}
    assert metrics.watch_cache(lambda: {"hits": 0, "misses": 0})
    assert _shown(metrics) == {'cache_hits_total{cache=""}': 0, 'cache_misses_total{cache=""}': 0}


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        (ConnectionError("no Redis"), "ConnectionError: no Redis"),
        ({"hit_rate": 85}, "ValueError: a hit rate is between 0 and 1, not 85"),
        ({"rate": 0.5}, "ValueError: none of the figures of a cache in dict"),
        ({"hits": "many"}, "ValueError: could not convert string to float: 'many'"),
        ({"hits": []}, "TypeError: "),
    ],
)
def test_a_source_that_fails_costs_only_itself(reading: Any, message: str, caplog: pytest.LogCaptureFixture) -> None:
    """Logged once, counted each time."""

    def read() -> Any:
        if isinstance(reading, Exception):
            raise reading
        return reading

    metrics = _made().watch_cache(read, "far").watch_quota(lambda: {"rpm_limit": 5})
    _shown(metrics)
    assert _shown(metrics) == {
        'quota_rpm_limit{provider=""}': 5,
        'vedette_sdk_failed_readings_total{source="cache far"}': 2,
    }
    [record] = caplog.records
    assert record.message.startswith(f"cache far is left out of the metrics: {message}")


def test_what_cannot_be_asked_is_refused() -> None:
    """A figure instead of a function would never change."""
    with pytest.raises(TypeError, match="a quota is watched by a function that returns its figures, not 7"):
        _made().watch_quota(7)  # type: ignore[arg-type]


def test_promtool_has_nothing_to_say_about_errors() -> None:
    """Names, types and help are as Prometheus wants them; fifty series from two endpoints on."""
    promtool = shutil.which("promtool") or pytest.skip("promtool is not installed")
    app = by_flask()
    metrics = Metrics().instrument(app)
    for path in ("/items/1", "/slow"):
        app.test_client().get(path, buffered=True)
    text = metrics.answer().body
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False, timeout=60)
    complaints = [each for each in checked.stdout.decode().splitlines() + checked.stderr.decode().splitlines() if each]
    # prometheus_client's own: when a counter was created, as a gauge.
    assert [each for each in complaints if "_created" not in each and "python_" not in each] == []
    assert len([each for each in text.decode().splitlines() if not each.startswith("#")]) >= 50


def test_openmetrics_is_offered_to_who_asks() -> None:
    """The format that carries exemplars; gzip to who takes it."""
    metrics = _made().watch_quota(lambda: {"rpm_limit": 5}, "gemini")
    answer = metrics.answer(accept=OPENMETRICS, accept_encoding="deflate, gzip")
    headers = dict(answer.headers)
    assert headers["Content-Type"].startswith("application/openmetrics-text")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Length"] == str(len(answer.body))
    families = text_string_to_metric_families(gzip.decompress(answer.body).decode())
    assert "quota_rpm_limit" in {each.name for each in families}


def test_a_token_guards_the_metrics() -> None:
    """Nothing but how to ask is told without it, and it is not shown."""
    app = by_flask()
    metrics = Metrics(registry=CollectorRegistry(), path="/internal/metrics", token="s3cret").instrument(app)
    client = app.test_client()
    for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}, {"Authorization": "Bearer é"}):
        refused = client.get("/internal/metrics", headers=wrong)
        assert refused.status_code == 401
        assert b"http_requests" not in refused.data
    assert client.get("/internal/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    assert client.get("/metrics").status_code == 404
    assert "s3cret" not in repr(metrics)


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    """Whichever of them answers."""
    port, log, folder = free_port(), tmp_path / "log", tmp_path / "shared"
    folder.mkdir()
    (tmp_path / "many.py").write_text(
        "from sdk.shop import by_fastapi, Quota\nfrom vedette_sdk import Metrics\n"
        "app = by_fastapi()\nMetrics().watch_quota(Quota, 'gemini').instrument(app)\n"
    )
    command = [sys.executable, "-m", "uvicorn", "many:app", "--workers=2", f"--port={port}", "--log-level=warning"]
    found = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": found}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: is_ready(f"{url}/metrics", process, log))

        def processes() -> set[str]:
            httpx.get(f"{url}/items/1", timeout=60)  # a connection of its own, to either
            return {each.stem.rpartition("_")[2] for each in folder.glob("counter_*.db")}

        eventually(lambda: len(processes()) == 2)
        before = _requests(f"{url}/metrics")
        for _ in range(20):
            httpx.get(f"{url}/items/1", timeout=60)
        assert {_requests(f"{url}/metrics") for _ in range(5)} == {before + 20}
        assert 'quota_rpm_limit{provider="gemini"} 60.0' in httpx.get(f"{url}/metrics", timeout=60).text
    finally:
        stop(process)


def _requests(url: str) -> float:
    text = httpx.get(url, timeout=60).text
    return sum(float(each.split()[-1]) for each in text.splitlines() if each.startswith("http_requests_total{"))
