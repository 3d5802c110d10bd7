"""A client of the API for one project of a test's own, and people with less to say."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from payloads import PROTOBUF, logs, traces
from support import Server


class Project:
    """One project of a running server, as an admin sees it."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self.key = server.new_project(name)
        self.api = self.client(server.token)

    def client(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}", "X-Vedette-Project": self.name}
        return httpx.Client(base_url=self.server.url, headers=headers, timeout=60)

    def with_role(self, role: str) -> httpx.Client:
        """Return a client with a token of a role."""
        token = self.api.post("/api/tokens", json={"name": role, "role": role}).json()["token"]
        return self.client(token)

    def keep(self, **content: object) -> dict:
        """Keep a dashboard."""
        answer = self.api.post("/api/dashboards", json={"title": "Shop"} | content)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def ask(self, *queries: dict, kind: str = "timeseries", **request: object) -> dict:
        """Return what one panel with these queries is answered with."""
        panel = {"id": 1, "type": kind, "queries": list(queries)} | request.pop("panel", {})
        body = {"panels": [panel], "from": "now-15m", "max_points": 15} | request
        answer = self.api.post("/api/dashboards/data", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["panels"]["1"]

    def send_logs(self, *bodies: str, **changes: object) -> None:
        self._send("/v1/logs", logs(*bodies, **changes))

    def send_spans(self, *names: str, **changes: object) -> None:
        self._send("/v1/traces", traces(*names, **changes))

    def send_metrics(self, message: object) -> None:
        self._send("/v1/metrics", message)

    def send_event(self, name: str, person: str = "p1", **properties: object) -> None:
        body = {"name": name, "distinct_id": person, "properties": properties}
        self.server.post("/api/events", key=self.key, json=body).raise_for_status()

    def _send(self, path: str, message: object) -> None:
        content = message.SerializeToString()
        self.server.post(path, key=self.key, content=content, headers=PROTOBUF).raise_for_status()


@pytest.fixture
def project(server: Server, project_name: str) -> Project:
    return Project(server, project_name)


@pytest.fixture
def viewer(project: Project) -> Iterator[httpx.Client]:
    with project.with_role("viewer") as client:
        yield client


@pytest.fixture
def series_of() -> Callable[[dict], dict[str, list]]:
    """The values of the first frame by the name of the series."""
    return lambda answer: {each["name"]: each["values"] for each in answer["frames"][0]["series"]}
