"""Pushes and scrape jobs of the API, in the whole server."""

import time

import httpx
import prometheus_client
from prometheus_client.exposition import basic_auth_handler

from metrics.conftest import Tenant
from scrape.targets import exposing
from support import eventually


def test_a_batch_job_pushes_its_figures(tenant: Tenant) -> None:
    """The stock client, with the ingest key as the password."""
    registry = prometheus_client.CollectorRegistry()
    prometheus_client.Gauge("backup_rows", "Rows.", registry=registry).set(42)

    def handler(url, method, timeout, headers, data):
        return basic_auth_handler(url, method, timeout, headers, data, "any", tenant.key)

    prometheus_client.push_to_gateway(tenant.server.url, job="backup", registry=registry, handler=handler)

    found = eventually(lambda: tenant.vector("backup_rows", int(time.time() * 1000)))
    assert found == [({"__name__": "backup_rows", "job": "backup"}, "42")]
    prometheus_client.delete_from_gateway(tenant.server.url, job="backup", handler=handler)
    eventually(lambda: not tenant.vector("backup_rows", int(time.time() * 1000)))


def test_a_job_entered_through_the_api_is_scraped(tenant: Tenant) -> None:
    """From the answer on, until it is taken away."""
    headers = tenant.server.auth | {"X-Vedette-Project": tenant.name}
    url = f"{tenant.server.url}/api/scrapes"
    with exposing(body="entered 7\n") as target:
        job = {
            "job_name": "entered",
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "static_configs": [{"targets": [target.address]}],
        }
        made = httpx.post(url, json=job, headers=headers, timeout=60)
        assert made.status_code == 201, made.text
        eventually(lambda: tenant.vector("entered", int(time.time() * 1000)))

        httpx.delete(f"{url}/{made.json()['id']}", headers=headers, timeout=60).raise_for_status()
        eventually(lambda: not tenant.vector("entered", int(time.time() * 1000)))


def test_the_own_metrics_stay_where_they_were(tenant: Tenant) -> None:
    """GET /metrics is the server's own exposition, not a list of pushes."""
    answer = httpx.get(f"{tenant.server.url}/metrics", timeout=60)
    assert "vedette_ingest_records_total" in answer.text
