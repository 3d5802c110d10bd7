"""A project of one's own, written to by remote write and read by PromQL."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from metrics.wire import V1, compressed
from support import Server

_NOBODYS = {"unknown_key", "forbidden"}  # counted for no project, shown to all


@dataclass(frozen=True)
class Tenant:
    """One project; `now_ms` is a round time a moment ago."""

    server: Server
    name: str
    key: str
    now_ms: int

    def write(self, *parts: bytes, headers: Mapping[str, str] = V1) -> httpx.Response:
        return self.server.post("/api/v1/write", key=self.key, content=compressed(*parts), headers=dict(headers))

    def data(self, path: str, **params: Any) -> Any:
        return self.server.get(f"/api/v1/{path}", project=self.name, **params)["data"]

    def vector(self, query: str, at_ms: int | None = None) -> list[tuple[dict[str, str], Any]]:
        found = self.data("query", query=query, time=(at_ms or self.now_ms) / 1000)["result"]
        return [(each["metric"], each.get("value", each.get("histogram"))[1]) for each in found]

    def samples(self, selector: str) -> list[list[Any]]:
        """The raw samples of one series."""
        found = self.data("query", query=f"{selector}[1d]", time=self.now_ms / 1000 + 60)["result"]
        return found[0]["values"] if found else []

    def refusals(self) -> dict[str, int]:
        counted = self.server.get("/api/overview", project=self.name)["refusals"]
        return {each["reason"]: each["count"] for each in counted if each["reason"] not in _NOBODYS}


@pytest.fixture
def tenant(server: Server, project_name: str) -> Tenant:
    return Tenant(server, project_name, server.new_project(project_name), int(time.time()) // 60 * 60_000)
