"""Find targets by DNS beside a Prometheus, where port 53 and resolv.conf are ours; prints what each finds as JSON."""

import asyncio
import json
import sys
from pathlib import Path

import httpx

from prometheus import Prometheus
from scrape.name_server import name_server
from support import eventually
from vedette.ingest.scrape.config import DnsDiscovery
from vedette.ingest.scrape.discovery import in_dns

ASKED = [
    ("SRV", ["_metrics._tcp.shop.example", "_metrics._tcp", "_nothing._tcp.shop.example"]),
    ("A", ["a", "a.shop.example", "alias.shop.example.", "api", "many", "known-without-addresses", "nobody"]),
    ("AAAA", ["a"]),
    ("MX", ["shop.example"]),
]  # NS is not known to Prometheus before 2.49


def ours() -> list[list[list[str]]]:
    """What Vedette finds."""
    groups = [
        group
        for kind, names in ASKED
        for name in names
        for group in asyncio.run(in_dns(DnsDiscovery(names=(name,), type=kind, port=80), name))
    ]
    return _as_told({"__address__": group.targets[0], **group.labels} for group in groups)


def theirs(folder: Path, expected: int) -> list[list[list[str]]]:
    """What Prometheus finds, once it is as many as expected."""
    apart = {"source_labels": ["__meta_dns_name"], "target_label": "name"}  # or equal addresses would be one target
    jobs = [
        {"job_name": kind, "dns_sd_configs": [{"names": names, "type": kind, "port": 80}], "relabel_configs": [apart]}
        for kind, names in ASKED
    ]
    prometheus = Prometheus(folder, {"scrape_configs": jobs})
    prometheus.start()
    try:
        eventually(lambda: len(_asked(prometheus)) >= expected)
        return _as_told(_asked(prometheus))
    finally:
        prometheus.stop()


def _asked(prometheus: Prometheus) -> list[dict[str, str]]:
    answer = httpx.get(f"{prometheus.url}/api/v1/targets", timeout=60).json()
    return [each["discoveredLabels"] for each in answer["data"]["activeTargets"]]


def _as_told(targets) -> list[list[list[str]]]:
    """Labels about the target as sorted pairs, without empty ones."""
    told = ("__address__", "__meta_")
    return sorted(
        sorted([name, value] for name, value in labels.items() if name.startswith(told) and value) for labels in targets
    )


if __name__ == "__main__":
    with name_server(port=53):
        found = ours()
        json.dump([found, theirs(Path(sys.argv[1]), len(found))], sys.stdout)
