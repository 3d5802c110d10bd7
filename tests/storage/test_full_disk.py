"""A store that cannot be written says so everywhere and recovers by itself."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from support import eventually

HEADERS = {"Content-Type": "application/x-protobuf"}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 200 MiB, which only root can make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(folder)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def one_log():
    message = ExportLogsServiceRequest()
    record = message.resource_logs.add().scope_logs.add().log_records.add(severity_number=9)
    record.body.string_value = "hello"
    return message.SerializeToString()


def ready(server):
    return httpx.get(f"{server.url}/readyz", timeout=60).status_code


@pytest.mark.xdist_group("disk")
def test_a_full_disk_is_said_and_outlived(make_server, small_disk: Path):
    """503 with Retry-After, on /readyz, on Overview, in doctor; then taken again without a hand."""
    server = make_server(data_dir=str(small_disk / "data"), min_free_disk_mb="20")
    server.start()
    assert server.post("/v1/logs", content=one_log(), headers=HEADERS).status_code == 200
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler = small_disk / "filler"
    filler.write_bytes(bytes(free - 10 * 1024 * 1024))

    answer = server.post("/v1/logs", content=one_log(), headers=HEADERS)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "cannot be written" in Status.FromString(answer.content).message
    assert ready(server) == 503
    store = server.get("/api/overview")["store"]
    assert (store["state"], "space" in store["detail"].lower()) == ("not_writable", True)
    assert "vedette_store_writable 0.0" in httpx.get(f"{server.url}/metrics", timeout=60).text
    doctor = subprocess.run(
        [sys.executable, "-m", "vedette.cli", "doctor", "--data-dir", str(small_disk / "data")],
        env=os.environ | {"VEDETTE_MIN_FREE_DISK_MB": "20"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert doctor.returncode == 1
    assert "MiB free, less than `min_free_disk_mb`" in doctor.stdout
    assert "Free room" in doctor.stdout

    filler.unlink()

    eventually(lambda: ready(server) == 200)
    assert server.post("/v1/logs", content=one_log(), headers=HEADERS).status_code == 200
    assert server.get("/api/overview")["store"]["state"] == "ok"
    assert server.stop() == 0


@pytest.mark.xdist_group("disk")
def test_a_disk_without_a_byte_left_is_outlived(make_server, small_disk: Path):
    """Even with no reserve, what cannot be stored is answered 503 and the server lives on."""
    quiet = {"collect_host": "false", "observe_itself": "false"}
    server = make_server(data_dir=str(small_disk / "data"), min_free_disk_mb="0", **quiet)
    server.start()
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)):
                    pass

    assert server.post("/v1/logs", content=one_log(), headers=HEADERS).status_code == 503

    filler.unlink()
    eventually(lambda: ready(server) == 200)
    assert server.post("/v1/logs", content=one_log(), headers=HEADERS).status_code == 200
    assert server.stop() == 0
