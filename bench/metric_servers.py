"""Vedette, Prometheus and VictoriaMetrics as servers that take remote write and answer PromQL."""

import http.client
import json
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.server import Server, cpu_s_of, free_port
from bench.store import tables

WRITE_PATH = "/api/v1/write"
_TABLES = frozenset({"samples", "series"})


class MetricServer(Protocol):
    """What the comparison needs of a server."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def port(self) -> int:
        """Where it listens."""

    @property
    def version(self) -> str:
        """What it says it is."""

    @property
    def write_headers(self) -> Mapping[str, str]:
        """Headers that let it take samples."""

    @property
    def pid(self) -> int:
        """Its process."""

    def start(self) -> None:
        """Start it and wait until it is ready."""

    def stop(self) -> None:
        """Stop it."""

    def settle(self) -> None:
        """Make everything that was written visible to queries."""

    def query(self, path: str, params: Mapping[str, str]) -> tuple[Any, float]:
        """Return the `data` of an answer and the milliseconds it took."""

    def disk_bytes(self) -> tuple[int, int]:
        """Return what the folder of the stopped server takes, and what samples and index take of it."""


@dataclass(slots=True)
class Vedette:
    """Vedette with default settings."""

    folder: Path
    name: str = "Vedette"
    server: Server = field(init=False)

    def __post_init__(self) -> None:
        self.server = Server(self.folder)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    @property
    def version(self) -> str:
        """Its version."""
        from vedette import __version__  # noqa: PLC0415 - the others need nothing of Vedette

        return __version__

    @property
    def write_headers(self) -> Mapping[str, str]:
        """The ingest key."""
        return {"X-Vedette-Key": self.server.key}

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.server.process
        return self.server.process.pid

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.server.start()

    def stop(self) -> None:
        """Stop it."""
        self.server.stop()

    def settle(self) -> None:
        """Do nothing: what was acknowledged is visible."""

    def query(self, path: str, params: Mapping[str, str]) -> tuple[Any, float]:
        """Return the `data` of an answer and the milliseconds it took."""
        return _query(self.port, path, params, {"Authorization": f"Bearer {self.server.token}"})

    def disk_bytes(self) -> tuple[int, int]:
        """Return the bytes of its folder, and those of the tables of samples and series."""
        found = tables(self.folder / "data")
        return _size(self.folder / "data"), sum(table.bytes for name, table in found.items() if name in _TABLES)


@dataclass(slots=True)
class Installed:
    """A server of the system, on loopback, with its data in a folder."""

    name: str
    command: list[str]
    ready_path: str
    log_folders: tuple[str, ...]
    folder: Path
    port: int = field(default_factory=free_port)
    extra: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def version(self) -> str:
        """The version it was built as."""
        said = subprocess.run([self.command[0], "--version"], capture_output=True, check=False)
        found = re.search(rb"\d+\.\d+\.\d+", said.stdout + said.stderr)
        return found[0].decode() if found else ""

    @property
    def write_headers(self) -> Mapping[str, str]:
        """None are needed."""
        return {}

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process
        return self.process.pid

    def start(self, within_s: float = 60) -> None:
        """Start it and wait until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "prometheus.yml").write_text("global: {}\n")
        filled = [part.format(port=self.port, folder=self.folder) for part in self.command]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(filled, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.perf_counter() + within_s
        while not self._is_ready():
            if self.process.poll() is not None or time.perf_counter() > deadline:
                self.stop()
                raise SystemExit(f"{self.name} did not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def settle(self) -> None:
        """Ask for what is kept back to be written where that is needed."""
        if self.name == "VictoriaMetrics":
            self._get("/internal/force_flush")

    def query(self, path: str, params: Mapping[str, str]) -> tuple[Any, float]:
        """Return the `data` of an answer and the milliseconds it took."""
        return _query(self.port, path, {**params, **self.extra}, {})

    def disk_bytes(self) -> tuple[int, int]:
        """Return what the folder of the stopped server takes, and that without the log of writes."""
        data = self.folder / "data"
        size = _size(data)
        return size, size - sum(_size(data / name) for name in self.log_folders)

    def _get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def _is_ready(self) -> bool:
        try:
            return self._get(self.ready_path) == 200
        except OSError:
            return False


def prometheus(folder: Path) -> Installed | None:
    """Return the system's Prometheus as a receiver of remote write, or None."""
    program = shutil.which("prometheus")
    if program is None:
        return None
    command = [
        program,
        "--config.file={folder}/prometheus.yml",
        "--storage.tsdb.path={folder}/data",
        "--storage.tsdb.retention.time=30d",
        "--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--log.level=warn",
    ]
    return Installed("Prometheus", command, "/-/ready", ("wal",), folder)


def victoria_metrics(folder: Path) -> Installed | None:
    """Return the system's VictoriaMetrics, or None; answers come without its cache of results."""
    program = shutil.which("victoria-metrics")
    if program is None:
        return None
    command = [
        program,
        "-storageDataPath={folder}/data",
        "-retentionPeriod=1",
        "-httpListenAddr=127.0.0.1:{port}",
        "-search.latencyOffset=0s",
        "-loggerLevel=WARN",
    ]
    return Installed("VictoriaMetrics", command, "/health", (), folder, extra={"nocache": "1"})


def rest(pid: int, within_s: float = 90) -> float:
    """Wait until a process uses less than a tenth of a core; return the seconds that took."""
    began, before = time.perf_counter(), cpu_s_of(pid)
    while time.perf_counter() - began < within_s:
        time.sleep(2)
        now = cpu_s_of(pid)
        if now - before < 0.2:
            break
        before = now
    return time.perf_counter() - began


def _query(port: int, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[Any, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.connect()
        began = time.perf_counter()
        connection.request("GET", f"{path}?{urllib.parse.urlencode(params)}", headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
        took_ms = (time.perf_counter() - began) * 1000
    finally:
        connection.close()
    if answer.status != 200:
        raise LookupError(f"{params}: {answer.status} {body[:300]!r}")
    return json.loads(body)["data"], took_ms


def _size(folder: Path) -> int:
    """Return the bytes of the blocks its files occupy."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0
