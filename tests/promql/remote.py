"""Remote write requests, and a Prometheus of the system that takes them."""

import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cramjam
import httpx

from support import free_port

WRITE_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


@dataclass(frozen=True)
class Series:
    """Labels, and samples as (milliseconds, value) in the order of time."""

    labels: dict[str, str]
    samples: Sequence[tuple[int, float]]


def write_request(series: Iterable[Series]) -> bytes:
    """Return a request of remote write 1.0, compressed."""
    return bytes(cramjam.snappy.compress_raw(b"".join(_field(1, _series(each)) for each in series)))


def _series(series: Series) -> bytes:
    labels = (
        _field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in sorted(series.labels.items())
    )
    samples = (_field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(at)) for at, value in series.samples)
    return b"".join((*labels, *samples))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


@dataclass
class Prometheus:
    """The system's Prometheus on a free port of loopback."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def is_installed() -> bool:
        return shutil.which("prometheus") is not None

    def start(self, *, within_s: float = 30) -> None:
        """Start and wait until it is ready."""
        (self.folder / "prometheus.yml").write_text("global: {}\n")
        command = [
            "prometheus",
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/data",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--web.enable-remote-write-receiver",
            "--log.level=warn",
        ]
        with (self.folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "prometheus.log").read_text()
            try:
                if httpx.get(f"{self.url}/-/ready", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"not ready within {within_s} s")

    def stop(self) -> None:
        """Stop as an operator would."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def write(self, body: bytes) -> None:
        """Take a request of remote write."""
        answer = httpx.post(f"{self.url}/api/v1/write", content=body, headers=WRITE_HEADERS, timeout=30)
        assert answer.status_code == 204, answer.text
