"""An unmodified Sentry SDK and hand-made envelopes, both sent to a real server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
import sentry_sdk

from vedette.ingest.arrival import Arrival
from vedette.ingest.door import Admission
from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.retention import Retention


@dataclass(frozen=True)
class Shop:
    """A project of the test's own on the shared server."""

    server: Any
    id: int
    name: str
    key: str

    @property
    def dsn(self) -> str:
        return f"http://{self.key}@127.0.0.1:{self.server.port}/{self.id}"

    def get(self, path: str, **params: Any) -> Any:
        return self.server.get(path, project=self.name, **params)

    def issues(self, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/api/errors/issues", **params)["items"]
        return items

    def send(self, body: bytes, path: str = "envelope/", **headers: str) -> httpx.Response:
        """Send to the address of the DSN with the SDK's header."""
        sent = {"X-Sentry-Auth": f"Sentry sentry_key={self.key}, sentry_version=7"} | headers
        return httpx.post(f"{self.server.url}/api/{self.id}/{path}", content=body, headers=sent, timeout=60)

    def store(self, event: dict[str, Any]) -> httpx.Response:
        return self.send(orjson.dumps(event), "store/")

    def post(self, path: str, **options: Any) -> httpx.Response:
        headers = self.server.auth | {"X-Vedette-Project": self.name}
        return httpx.post(f"{self.server.url}{path}", headers=headers, timeout=60, **options)

    def refused(self) -> dict[str, float]:
        """What the server counted as refused since it started, by reason."""
        lines = httpx.get(f"{self.server.url}/metrics", headers=self.server.auth, timeout=60).text.splitlines()
        found: dict[str, float] = {}
        for line in lines:
            if line.startswith("vedette_ingest_refused_records_total{"):
                reason = line.partition('reason="')[2].partition('"')[0]
                found[reason] = found.get(reason, 0) + float(line.rsplit(" ", 1)[1])
        return found


@pytest.fixture
def shop(server: Any, project_name: str) -> Shop:
    key = server.new_project(project_name)
    projects = server.get("/api/projects")["items"]
    return Shop(server, next(each["id"] for each in projects if each["name"] == project_name), project_name, key)


@pytest.fixture
def start_sdk(shop: Shop) -> Iterator[Callable[..., None]]:
    """Start the SDK as an application would: only the DSN leads to Vedette."""

    def start(**options: Any) -> None:
        sentry_sdk.init(dsn=shop.dsn, **options)

    yield start
    sentry_sdk.get_client().close(timeout=5)
    sentry_sdk.init(dsn=None)


@pytest.fixture
def arrival() -> Arrival:
    return Arrival(ProjectId(1), Admission(Retention({"errors": 90, "traces": 14, "logs": 14, "events": 365})))


def envelope(*items: tuple[dict[str, Any], bytes], **headers: Any) -> bytes:
    """Return an envelope whose items declare their length."""
    lines = [orjson.dumps(headers)]
    for item, payload in items:
        lines += [orjson.dumps(item | {"length": len(payload)}), payload]
    return b"\n".join(lines) + b"\n"
