"""Unmodified clients of Prometheus against Vedette."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from metrics.conftest import Tenant
from metrics.wire import V1, compressed, series
from prometheus import Prometheus
from support import eventually

pytestmark = pytest.mark.skipif(not Prometheus.is_installed(), reason="the system has no Prometheus")


@pytest.fixture
def prometheus(tenant: Tenant, tmp_path: Path) -> Iterator[str]:
    """A Prometheus that scrapes itself and writes to Vedette."""
    running = Prometheus(tmp_path)
    running.configuration = {
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [
            {"job_name": "prometheus", "static_configs": [{"targets": [f"127.0.0.1:{running.port}"]}]},
        ],
        "remote_write": [
            {
                "url": f"{tenant.server.url}/api/v1/write",
                "authorization": {"credentials": tenant.key},
                "send_exemplars": True,
                "queue_config": {"batch_send_deadline": "1s"},
            }
        ],
    }
    running.start()
    yield running.url
    running.stop()


def test_what_prometheus_scrapes_is_in_vedette(tenant: Tenant, prometheus: str) -> None:
    """The same series with the same values, and the meaning of each metric."""
    query = "count by (__name__) ({job='prometheus'})"
    eventually(lambda: tenant.vector(query, int(time.time() * 1000)))
    time.sleep(3)
    at = time.time() - 2

    def asked(url: str, headers: dict[str, str]) -> dict[str, str]:
        answer = httpx.get(f"{url}/api/v1/query", params={"query": query, "time": at}, headers=headers, timeout=60)
        return {each["metric"]["__name__"]: each["value"][1] for each in answer.json()["data"]["result"]}

    ours = asked(tenant.server.url, tenant.server.auth | {"X-Vedette-Project": tenant.name})
    assert len(ours) > 150
    assert ours == asked(prometheus, {})
    eventually(lambda: "prometheus_build_info" in tenant.data("metadata"))
    assert tenant.data("metadata")["prometheus_http_requests_total"][0]["type"] == "counter"


def test_promtool_asks_vedette(tenant: Tenant) -> None:
    """Instant and range queries, series and labels, with the token as the password of the address."""
    name = f"asked_{tenant.name}"
    tenant.server.post(
        "/api/v1/write", content=compressed(series({"__name__": name, "job": name}, (2, tenant.now_ms))), headers=V1
    ).raise_for_status()
    url = tenant.server.url.replace("://", f"://any:{tenant.server.token}@")

    def promtool(command: str, *arguments: str) -> str:
        done = subprocess.run(
            ["promtool", "query", command, *arguments], capture_output=True, text=True, timeout=90, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    at = str(tenant.now_ms // 1000)
    assert f"{name}{{job=" in promtool("instant", f"--time={at}", url, name).replace('"', "")
    assert "2 @" in promtool("range", f"--start={at}", f"--end={int(at) + 1}", "--step=15s", url, name)
    assert name in promtool("series", f"--match={name}", url)
    assert name in promtool("labels", url, "job")


def test_promtool_takes_vedettes_own_metrics_for_sound(tenant: Tenant) -> None:
    """`promtool check metrics` has nothing to say of errors."""
    text = httpx.get(f"{tenant.server.url}/metrics", timeout=60).text
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode in {0, 3}, done.stdout + done.stderr
    assert "error" not in done.stderr.lower()
