"""Debian's exporters, scraped as their own documentation says, and what the pages make of them."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from support import Server, eventually, free_port, is_ready, stop


@pytest.fixture
def exporter(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start one of Debian's exporters and return its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, *options: str) -> str:
        program = shutil.which(name)
        if program is None:
            pytest.skip(f"{name} is not installed")
        address, log = f"127.0.0.1:{free_port()}", tmp_path / f"{name}.log"
        with log.open("wb") as output:
            command = [program, f"--web.listen-address={address}", *options]
            running.append(subprocess.Popen(command, stdout=output, stderr=output))
        eventually(lambda: is_ready(f"http://{address}/metrics", running[-1], log))
        return address

    yield start
    for each in running:
        stop(each)


def _scraping(make_server: Callable[..., Server], folder: Path, *jobs: dict[str, Any]) -> Server:
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": list(jobs)}))
    server = make_server(scrape_config_file=str(file), collect_host="false")
    server.start()
    return server


def test_every_panel_of_hosts_knows_node_exporter(
    make_server: Callable[..., Server], exporter: Callable[..., str], tmp_path: Path
) -> None:
    """Within seconds of the first scrape; the disk of a container may have no figures."""
    address = exporter("prometheus-node-exporter")
    server = _scraping(make_server, tmp_path, {"job_name": "node", "static_configs": [{"targets": [address]}]})
    hosts = server.get("/api/dashboards/vedette-hosts")
    body = {"panels": hosts["panels"], "definitions": hosts["variables"], "from": "now-5m", "max_points": 60}

    def empty() -> set[str]:
        answer = httpx.post(f"{server.url}/api/dashboards/data", json=body, headers=server.auth, timeout=60)
        panels = answer.raise_for_status().json()["panels"]
        assert not any(each["errors"] for each in panels.values())
        filled = {
            int(number)
            for number, each in panels.items()
            if any(series["values"] for frame in each["frames"] for series in frame["series"])
        }
        return {each["title"] for each in hosts["panels"] if each["id"] not in filled}

    eventually(lambda: empty() <= {"Disk", "Disk space"})
    eventually(lambda: [each["name"] for each in server.get("/api/overview")["hosts"]] == [address])


def test_blackbox_exporter_probes_what_the_targets_name(
    make_server: Callable[..., Server], exporter: Callable[..., str], tmp_path: Path
) -> None:
    """The target is a parameter of the scrape, and the instance what was probed."""
    configuration = tmp_path / "blackbox.yml"
    modules = {"http_2xx": {"prober": "http", "http": {"preferred_ip_protocol": "ip4"}}}
    configuration.write_text(yaml.safe_dump({"modules": modules}))
    address = exporter("prometheus-blackbox-exporter", f"--config.file={configuration}")
    closed = f"http://127.0.0.1:{free_port()}/"
    server = _scraping(
        make_server,
        tmp_path,
        {
            "job_name": "blackbox",
            "metrics_path": "/probe",
            "params": {"module": ["http_2xx"]},
            "static_configs": [{"targets": [f"http://{address}/metrics", closed]}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": address},
            ],
        },
    )

    def probed() -> dict[str, str]:
        found = server.get("/api/v1/query", query="probe_success")["data"]["result"]
        return {each["metric"]["instance"]: each["value"][1] for each in found}

    assert eventually(lambda: len(probed()) == 2 and probed()) == {f"http://{address}/metrics": "1", closed: "0"}
