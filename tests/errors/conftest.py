"""A project of the test's own, into which events are put through the Sentry protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest


@dataclass(frozen=True)
class Errors:
    """The errors of one project."""

    server: Any
    id: int
    name: str
    key: str

    def add(self, kind: str = "KeyError", *, ago: timedelta = timedelta(seconds=5), **fields: Any) -> str:
        """Store an event and return its id."""
        event = {
            "event_id": uuid4().hex,
            "timestamp": (datetime.now(UTC) - ago).isoformat(),
            "exception": {"values": [{"type": kind, "value": fields.pop("value", "broken")}]},
            **fields,
        }
        url = f"{self.server.url}/api/{self.id}/store/"
        answer = httpx.post(url, json=event, params={"sentry_key": self.key}, timeout=60)
        assert answer.status_code == 200, answer.text
        event_id: str = answer.json()["id"]
        return event_id

    def get(self, path: str, *, expect: int = 200, **params: Any) -> Any:
        headers = self.server.auth | {"X-Vedette-Project": self.name}
        answer = httpx.get(f"{self.server.url}/api/errors{path}", params=params, headers=headers, timeout=60)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text[:1000]}"
        return answer.json()

    def issues(self, **params: Any) -> list[Any]:
        items: list[Any] = self.get("/issues", **params)["items"]
        return items

    def types(self, **params: Any) -> list[str]:
        return [each["type"] for each in self.issues(**params)]

    def post(self, path: str, **headers: str) -> httpx.Response:
        sent = self.server.auth | {"X-Vedette-Project": self.name} | headers
        return httpx.post(f"{self.server.url}/api/errors{path}", headers=sent, timeout=60)


@pytest.fixture
def make_errors(server: Any) -> Callable[[str], Errors]:
    def make(name: str) -> Errors:
        key = server.new_project(name)
        number = next(each["id"] for each in server.get("/api/projects")["items"] if each["name"] == name)
        return Errors(server, number, name, key)

    return make


@pytest.fixture
def errors(make_errors: Callable[[str], Errors], project_name: str) -> Errors:
    return make_errors(project_name)
