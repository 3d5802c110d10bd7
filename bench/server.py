"""A real server to measure, and what it uses."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MEBIBYTE = 1024 * 1024


@dataclass(slots=True)
class Memory:
    """Megabytes: resident, and the part of it that is no file's."""

    resident_mb: float = 0
    anonymous_mb: float = 0


@dataclass(slots=True)
class Server:
    """`vedette serve` on free ports."""

    folder: Path
    key: str = field(default_factory=lambda: f"vdk_{secrets.token_hex(12)}")
    token: str = field(default_factory=lambda: f"vdt_{secrets.token_hex(12)}")
    port: int = 0
    grpc_port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self, within_s: float = 60) -> float:
        """Start; return the seconds until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.grpc_port = free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")} | {
            "VEDETTE_PORT": str(self.port),
            "VEDETTE_OTLP_GRPC_PORT": str(self.grpc_port),
            "VEDETTE_DATA_DIR": str(self.folder / "data"),
            "VEDETTE_BOOTSTRAP_EMAIL": "bench@example.com",
            "VEDETTE_BOOTSTRAP_PASSWORD": secrets.token_hex(8),
            "VEDETTE_BOOTSTRAP_TOKEN": self.token,
            "VEDETTE_BOOTSTRAP_KEY": self.key,
        }
        began = time.perf_counter()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vedette.cli", "serve"], env=environment, cwd=self.folder, stdout=log, stderr=log
            )
        while time.perf_counter() - began < within_s:
            if self.process.poll() is not None:
                break
            if self._is_ready():
                return time.perf_counter() - began
            time.sleep(0.01)
        self.stop()
        raise SystemExit(f"the server did not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop as an operator would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def get(self, path: str, **params: str) -> tuple[Any, float]:
        """Return the JSON of an answer and the milliseconds it took."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        query = f"{path}?{urllib.parse.urlencode(params)}"
        connection.connect()
        began = time.perf_counter()
        connection.request("GET", query, headers={"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        body = answer.read()
        took_ms = (time.perf_counter() - began) * 1000
        connection.close()
        if answer.status != 200:
            raise LookupError(f"{query}: {answer.status} {body[:300]!r}")
        return json.loads(body), took_ms

    @property
    def pid(self) -> int:
        """The process."""
        assert self.process
        return self.process.pid

    def memory(self) -> Memory:
        """Return what the process holds now."""
        return memory_of(self.pid)

    def cpu_s(self) -> float:
        """Return the processor time it has used, in seconds."""
        return cpu_s_of(self.pid)

    def _is_ready(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/readyz")
            is_ready = connection.getresponse().status == 200
            connection.close()
        except OSError:
            return False
        return is_ready


class MemoryWatch:
    """The largest memory of a process while it watches."""

    def __init__(self, pid: int) -> None:
        self.largest = Memory()
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "MemoryWatch":  # noqa: PYI034
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            now = memory_of(self._pid)
            self.largest = Memory(
                max(self.largest.resident_mb, now.resident_mb), max(self.largest.anonymous_mb, now.anonymous_mb)
            )


def cpu_s_of(pid: int) -> float:
    """Return the processor time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> Memory:
    """Return what a process holds now."""
    found = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in {"VmRSS", "RssAnon"}:
            found[name] = int(rest.split()[0]) / 1024
    return Memory(found["VmRSS"], found["RssAnon"])


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
