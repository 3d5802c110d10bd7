"""A small server with everything pushes need: real records, a real store, real HTTP; and a Pushgateway beside it."""

import asyncio
import gc
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from support import eventually, free_port, is_ready, stop
from vedette.edge import problems
from vedette.edge.bodies import BodyLimits
from vedette.guard.access import Access, Bootstrap, Role
from vedette.ingest.door import Admission, Door
from vedette.ingest.pushgateway.pushes import Pushes
from vedette.ingest.pushgateway.routes import router
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.api.routes import router as prometheus_routes
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.records import Records
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.schema import migrate
from vedette.storage.telemetry.writer import Writers

_NAMES = count(1)
_ADMIN = "vdt_admin-of-the-pushes"
ROUND_S = 0.5
PROTOBUF = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"


class PushServer:
    """Serves pushes and queries on loopback; groups are written every half second."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = FastAPI()
        problems.install(self.app)
        self.app.include_router(router)
        self.app.include_router(prometheus_routes)
        instruments = Instruments()
        self.records = Records(f"sqlite:///{folder}/records.sqlite3")
        self.records.migrate()
        self.access = Access(self.records, hasher=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
        self.access.bootstrap(Bootstrap("", "", _ADMIN, "", ""))
        self.store = EmbeddedStore(folder, EngineLimits(min_free_disk_mb=0))
        migrate(self.store)
        self.writers = Writers(self.store, instruments, queue_bytes=50_000_000, interval_s=0)
        retention, shelf = Retention({"metrics": 0}), Shelf(most_labels=64)
        self.intake = MetricIntake(self.writers, shelf, Assembler(Limits(retention, 600), shelf))
        self.queries = Queries(
            self.store, SeriesIndex(self.store, shelf.edition), instruments, QueryLimits(EvaluationLimits()),
            concurrency=2,
        )  # fmt: skip
        self.ledger = Ledger(instruments)
        limits = BodyLimits(8_000_000, 8_000_000)
        state = self.app.state
        state.access, state.queries = self.access, self.queries
        state.door = Door(self.access, self.writers, self.ledger, instruments, limits, Admission(retention))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._commands: asyncio.Queue[str] = asyncio.Queue()
        self._done = threading.Event()

    def _pushes(self) -> Pushes:
        return Pushes(self.records, self.intake, self.ledger, most_labels=64, every_s=ROUND_S)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.writers.start()
        pushes = self.app.state.pushes = self._pushes()
        await pushes.start()
        server = uvicorn.Server(uvicorn.Config(self.app, port=self.port, log_level="warning", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        while await self._commands.get() == "restart":
            await pushes.stop()
            pushes = self.app.state.pushes = self._pushes()
            await pushes.start()
            self._done.set()
        server.should_exit = True
        await serving
        await pushes.stop()
        self.queries.close()
        await self.writers.close()

    def start(self) -> None:
        self._thread.start()
        eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/pushes", timeout=60).status_code == 401
        except httpx.TransportError:
            return False

    def restart_pushes(self) -> None:
        """Read the groups from the records anew, as a new process would."""
        self._done.clear()
        self._loop.call_soon_threadsafe(self._commands.put_nowait, "restart")
        assert self._done.wait(90)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._commands.put_nowait, "stop")
        self._thread.join(60)
        self.store.close()
        self.access.close()
        self.records.close()
        gc.collect()


@dataclass
class Gateway:
    """One project of the server, as who pushes to it sees it."""

    server: PushServer
    project: str
    key: str
    tokens: dict[Role, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {_ADMIN}", "X-Vedette-Project": self.project}

    def send(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> httpx.Response:
        given = {"X-Vedette-Key": self.key} | {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.request(method, f"{self.url}/metrics/{path}", content=body, headers=given, timeout=60)

    def groups(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/api/pushes", headers=self.headers, timeout=60)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def query(self, text: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": text}, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found

    def values(self, text: str = '{job!=""}') -> dict[tuple[tuple[str, str], ...], str]:
        """The series that stand now, with their values; those about pushing are left out."""
        return {
            tuple(sorted(each["metric"].items())): each["value"][1]
            for each in self.query(text)
            if not each["metric"].get("__name__", "").startswith("push_") and "value" in each
        }

    def value(self, text: str) -> str | None:
        found = self.query(text)
        return found[0]["value"][1] if found else None

    def refusals(self) -> dict[str, int]:
        project = self.server.access.projects.find(self.project)
        assert project
        return {each.reason: each.count for each in self.server.ledger.refusals(project.id)}


@pytest.fixture(scope="module")
def push_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushServer]:
    server = PushServer(tmp_path_factory.mktemp("pushes"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def gateway(push_server: PushServer) -> Gateway:
    """A project no other test uses."""
    access = push_server.access
    project = access.projects.ensure(f"pushes-{next(_NAMES)}")
    key = f"vdk_{project.name}-key"
    access.keys.ensure(project.id, "test", key)
    tokens = {role: f"vdt_{project.name}-{role}" for role in (Role.VIEWER, Role.MEMBER)}
    for role, token in tokens.items():
        access.tokens.ensure(f"{project.name} {role}", role, token)
    return Gateway(push_server, project.name, key, tokens)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Prometheus' own Pushgateway."""
    program = shutil.which("prometheus-pushgateway")
    if program is None:
        pytest.skip("prometheus-pushgateway is not installed")
    port = free_port()
    folder = tmp_path_factory.mktemp("original")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: is_ready(f"{url}/-/ready", process, folder / "log"))
        yield url
    finally:
        stop(process)
