"""KNOW-1, KNOW-5: applications with the SDK, scraped by a Vedette, on its dashboard."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from support import Server, eventually, free_port, is_ready, stop

SHOP = Path(__file__).with_name("shop.py")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start a shop of a framework and return its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(framework: str, **environment: str) -> str:
        port, log = free_port(), tmp_path / f"{framework}.log"
        with log.open("wb") as output:
            command = [sys.executable, str(SHOP), framework, str(port)]
            running.append(subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output))
        eventually(lambda: is_ready(f"http://127.0.0.1:{port}/metrics", running[-1], log))
        return f"127.0.0.1:{port}"

    yield start
    for each in running:
        stop(each)


def test_applications_are_on_the_dashboard_and_lead_to_their_traces(
    make_server: Callable[..., Server], shop: Callable[..., str], tmp_path: Path
) -> None:
    """Requests, errors, durations, quota and cache of FastAPI and Flask, each within seconds."""
    file = tmp_path / "prometheus.yml"
    file.write_text("{}")
    server = make_server(scrape_config_file=str(file), collect_host="false")
    server.start()
    addresses = {
        "flask": shop("flask"),
        "fastapi": shop(
            "fastapi",
            OTEL_SERVICE_NAME="fastapi",
            OTEL_EXPORTER_OTLP_ENDPOINT=server.url,
            OTEL_EXPORTER_OTLP_HEADERS=f"authorization=Bearer%20{server.auth['Authorization'].split()[1]}",
        ),
    }
    jobs = [{"job_name": name, "static_configs": [{"targets": [each]}]} for name, each in addresses.items()]
    file.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
    board = server.get("/api/dashboards/vedette-api")
    now = time.time()

    def empty(service: str) -> set[str]:
        for path in ("/items/1", "/items/2", "/broken", "/v1/acme/files/a", "/nothing"):
            httpx.get(f"http://{addresses[service]}{path}", timeout=60)
        panels = _answers(server, board, service)
        assert not any(each["errors"] for each in panels.values())
        filled = {
            int(number)
            for number, each in panels.items()
            if any(series["values"] for frame in each["frames"] for series in frame["series"])
        }
        return {each["title"] for each in board["panels"] if each["id"] not in filled}

    for service in addresses:
        eventually(lambda service=service: not empty(service))

    def trace() -> Any:
        found = server.get("/api/v1/query_exemplars", query="http_requests_total", start=now, end=time.time())
        ids = [each["labels"]["trace_id"] for series in found["data"] for each in series["exemplars"]]
        return ids and httpx.get(f"{server.url}/api/traces/{ids[0]}", headers=server.auth, timeout=60)

    eventually(lambda: (answer := trace()) and answer.status_code == 200)


def _answers(server: Server, board: dict[str, Any], service: str) -> dict[str, Any]:
    body = {
        "panels": board["panels"],
        "definitions": board["variables"],
        "variables": {"service": [service]},
        "from": "now-5m",
        "max_points": 60,
    }
    answer = httpx.post(f"{server.url}/api/dashboards/data", json=body, headers=server.auth, timeout=60)
    panels: dict[str, Any] = answer.raise_for_status().json()["panels"]
    return panels
