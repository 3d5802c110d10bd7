"""A real server in a process of its own, and patience."""

import contextlib
import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

EMAIL, PASSWORD = "alice@example.com", "correct-horse-battery"


@dataclass
class Server:
    """A running `vedette serve`. `key` writes to project `default`, `token` is an admin's API token."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    key: str = field(default_factory=lambda: f"vdk_{secrets.token_hex(12)}")
    token: str = field(default_factory=lambda: f"vdt_{secrets.token_hex(12)}")
    own_key: str = field(default_factory=lambda: f"vdk_{secrets.token_hex(12)}")
    port: int = 0
    grpc_port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def grpc(self) -> str:
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def auth(self) -> dict[str, str]:
        """Headers of an admin."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def start(self) -> None:
        """Start and wait until it is ready."""
        if not self.port:
            self.port, self.grpc_port = free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")} | {
            "VEDETTE_PORT": str(self.port),
            "VEDETTE_OTLP_GRPC_PORT": str(self.grpc_port),
            "VEDETTE_DATA_DIR": str(self.folder / "data"),
            "VEDETTE_BOOTSTRAP_EMAIL": EMAIL,
            "VEDETTE_BOOTSTRAP_PASSWORD": PASSWORD,
            "VEDETTE_BOOTSTRAP_TOKEN": self.token,
            "VEDETTE_BOOTSTRAP_KEY": self.key,
            "VEDETTE_BOOTSTRAP_OWN_KEY": self.own_key,
            **self.environment,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "-m", "vedette.cli", "serve"], env=environment, cwd=self.folder, stdout=log, stderr=log
            )
        try:
            eventually(lambda: is_ready(f"{self.url}/healthz", self.process, self.folder / "server.log"))
        except BaseException:
            self.kill()
            raise

    def stop(self) -> int:
        """Stop as an operator would; return the exit status."""
        assert self.process
        return stop(self.process)

    def kill(self) -> None:
        """Kill without warning."""
        assert self.process
        self.process.kill()
        self.process.wait(60)

    def get(self, path: str, *, project: str = "default", expecting: int = 200, **params: Any) -> Any:
        """Read as an admin and return the JSON."""
        answer = httpx.get(
            f"{self.url}{path}", params=params, headers=self.auth | {"X-Vedette-Project": project}, timeout=60
        )
        assert answer.status_code == expecting, f"{answer.status_code}: {answer.text[:1000]}"
        return answer.json()

    def post(self, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        """Send with an ingest key, the default project's if none is given."""
        headers = {"X-Vedette-Key": self.key if key is None else key} | options.pop("headers", {})
        return httpx.post(f"{self.url}{path}", headers=headers, timeout=60, **options)

    def new_project(self, name: str) -> str:
        """Make a project and return an ingest key of it."""
        headers = self.auth | {"X-Vedette-Project": name}
        answer = httpx.post(f"{self.url}/api/keys", json={"name": "test"}, headers=headers, timeout=60)
        assert answer.status_code == 201, answer.text
        key: str = answer.json()["key"]
        return key


def _ports_of_this_worker() -> Iterator[int]:
    """Ports below those that systems give to outgoing connections, apart for each worker of the tests."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    first = 12_000 + worker % 16 * 1_000
    offset = os.getpid() % 1_000
    return (first + (offset + step) % 1_000 for step in itertools.count())


_PORTS = _ports_of_this_worker()


def free_port() -> int:
    """Return a port nobody listens at, and that nobody takes before its caller does."""
    for port in itertools.islice(_PORTS, 1_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    message = "no free port"
    raise AssertionError(message)


def eventually(claim: Callable[[], Any], *, within_s: float = 90) -> Any:
    """Return what `claim` returns once it is true. A busy machine is given time: one that holds waits for nothing."""
    deadline = time.monotonic() + within_s
    while True:
        if value := claim():
            return value
        assert time.monotonic() < deadline, f"not within {within_s} s: {claim}"
        time.sleep(0.1)


def is_ready(url: str, process: subprocess.Popen[bytes] | None, log: Path) -> bool:
    """Tell whether a server that is being started answers `url` with 200; fail at once if it has ended."""
    if process is not None and process.poll() is not None:
        raise AssertionError(f"{process.args} ended with {process.returncode}:\n{log.read_text()[-4000:]}")
    try:
        return httpx.get(url, timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def stop(process: subprocess.Popen[bytes]) -> int:
    """Stop a process as an operator would, and return its exit status; one that does not stop is a failure."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(60)
        raise
