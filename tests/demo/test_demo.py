"""The demo as a person starts it: a real fleet beside a real server."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from support import eventually, free_port

COMMAND = [sys.executable, "-m", "vedette.cli", "demo"]
PROGRAMS = {"server", "shop", "payments", "worker", "browser", "agent"}
PAPERS = ("document_uploaded", "document_extracted", "document_exported")


@dataclass
class Demo:
    """A running `vedette demo`."""

    process: subprocess.Popen[str]
    folder: Path
    port: int

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()

    @property
    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    @property
    def has_past(self) -> bool:
        log = self.folder / "data/fleet/history.log"
        return log.exists() and "refused: nothing" in log.read_text()

    def get(self, path: str, *, or_none: bool = False, **params: str) -> Any:
        token = json.loads((self.folder / "data" / "fleet" / "credentials.json").read_text())["token"]
        answer = httpx.get(
            f"http://127.0.0.1:{self.port}{path}",
            params=params,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        if or_none and answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, promql: str) -> list[dict[str, Any]]:
        return self.get("/api/v1/query", query=promql)["data"]["result"]


def start(folder: Path, *options: str) -> Demo:
    """Start the demo on free ports, with twelve minutes of past."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")}
    arguments = ["--port", str(port), "--otlp-grpc-port", str(free_port()), "--data-dir", str(folder / "data")]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [*COMMAND, *arguments, "--history-hours", "0.2", "--rate", "8", *options],
            cwd=folder, env=environment, stdout=said, stderr=said, text=True,
        )  # fmt: skip
    return Demo(process, folder, port)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all tests of this file; the last thing tested is how it stops."""
    running = start(tmp_path_factory.mktemp("demo"))
    try:
        eventually(lambda: "Ctrl-C" in running.said or running.process.poll() is not None)
        assert running.process.poll() is None, running.said
        yield running
        children = running.children
        assert len(children) >= len(PROGRAMS)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0, running.said
        assert not [each for each in children if each.is_running()]
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(60)


def test_the_printed_address_and_account_let_a_person_in(demo: Demo) -> None:
    """Exactly one address is printed, and the sign-in beside it works."""
    addresses = re.findall(r"http://\S+", demo.said)
    email, password = (re.search(rf"{word} +(\S+)", demo.said) for word in ("e-mail", "password"))
    assert addresses == [f"http://127.0.0.1:{demo.port}"]
    assert email
    assert password
    answer = httpx.post(f"{addresses[0]}/api/session", json={"email": email[1], "password": password[1]}, timeout=60)
    assert answer.status_code == 200


def test_a_trace_runs_from_the_browser_to_the_payment_service(demo: Demo) -> None:
    """OSV-7: one trace spans browser, shop (OTLP over HTTP) and payments (OTLP over gRPC), made by stock SDKs."""

    def lineages() -> list[list[str]]:
        found = demo.get("/api/traces", query="service:payments AND telemetry.sdk.version:*", limit="20")["items"]
        return [lineage(demo.get(f"/api/traces/{each['trace_id']}")["spans"]) for each in found]

    whole = ["payments", "shop", "shop", "shop-web", "shop-web"]
    eventually(lambda: whole in lineages())


def lineage(spans: list[dict[str, Any]]) -> list[str]:
    """Return the services from a server span of the payment service up to the root."""
    by_id = {span["span_id"]: span for span in spans}
    at = next((span for span in spans if span["service"] == "payments" and span["kind"] == "server"), None)
    services = []
    while at:
        services.append(at["service"])
        at = by_id.get(at["parent_span_id"])
    return services


def test_every_signal_arrives_from_the_past_and_now(demo: Demo) -> None:
    """Traces, logs, metrics, errors and events are there a few seconds after the start."""
    eventually(lambda: demo.has_past)
    old, now = {"from": "now-12m", "to": "now-2m"}, {"from": "now-1m"}
    for path in ("/api/traces", "/api/logs", "/api/events"):
        assert demo.get(path, **old)["items"], path
        eventually(lambda path=path: demo.get(path, **now)["items"])
    issues = demo.get("/api/errors/issues", **{"from": "now-12m"})["items"]
    assert {"PricingRuleMissing", "PaymentFailed"} & {each["type"] for each in issues} or len(issues) >= 2
    signals = {each["signal"]: each["first_record_at"] for each in demo.get("/api/connect")["signals"]}
    assert all(signals[name] for name in ("traces", "logs", "metrics", "errors", "events")), signals


def test_an_error_of_the_past_leads_to_its_trace(demo: Demo) -> None:
    """Ids agree between spans, logs and errors."""
    eventually(lambda: demo.has_past)

    def leads_on() -> bool:
        # The newest error may be one of right now, whose spans are still on their way.
        issues = demo.get("/api/errors/issues", **{"from": "now-12m"})["items"]
        events = [demo.get(f"/api/errors/issues/{each['id']}/events")["items"][-1] for each in issues]
        return any(demo.get(f"/api/traces/{each['trace_id']}", or_none=True) for each in events)

    eventually(leads_on)


@pytest.mark.parametrize(
    ("promql", "series"),
    [
        ('count(db_client_connection_count{db_client_connection_state=~"used|idle"})', 4),
        ("count(db_client_connection_max == 5)", 2),
        ("round(sum by (instance) (system_memory_usage_bytes) / on (instance) system_memory_limit_bytes, 0.01)", 1),
        ('count(system_memory_utilization_ratio{job="host-agent", state="used"} > 0)', 1),
    ],
)
def test_pools_and_the_machine_are_reported_now_and_in_the_past(demo: Demo, promql: str, series: int) -> None:
    """The shop's pool and the worker's, and the memory of the machine, whose parts make up the whole."""
    eventually(lambda: demo.has_past)
    past = demo.ask(f"last_over_time(({promql})[8m:1m] offset 3m)")
    assert [float(each["value"][1]) for each in past] == [series]
    eventually(lambda: [float(each["value"][1]) for each in demo.ask(promql)] == [series])


def test_counters_of_the_machine_go_on_from_their_past(demo: Demo) -> None:
    """The agent counts on where its past ends: no line jumps there."""
    eventually(lambda: demo.has_past and demo.ask("count(system_cpu_logical_count)"))
    assert {each["value"][1] for each in demo.ask("resets(system_network_io_bytes_total[12m])")} == {"0"}


def test_deploys_of_the_past_are_events(demo: Demo) -> None:
    """An update, a release that failed, and back again."""
    eventually(lambda: demo.has_past)
    deploys = demo.get("/api/events", query="name:deploy", to="now-2m")["items"]
    releases = [(each["properties"]["service"], each["properties"]["version"]) for each in deploys]
    assert releases == [("shop", "2.7.3"), ("shop", "2.8.0"), ("shop", "2.7.3")]


def test_papers_are_read_and_exported(demo: Demo) -> None:
    """Every paid order leads to an invoice that is exported; a purchase order that was sent is read first."""
    eventually(lambda: demo.has_past)
    found = {name: demo.get("/api/events", query=f"name:{name}", limit="200")["items"] for name in PAPERS}
    assert all(80 < float(each["properties"]["accuracy"]) <= 100 for each in found["document_extracted"])
    assert len(found["document_exported"]) > len(found["document_uploaded"]) >= 1
    assert {each["properties"]["status"] for each in found["document_exported"]} <= {"ok", "failed"}


def test_the_gateways_duration_is_a_native_histogram_with_exemplars(demo: Demo) -> None:
    """Its buckets fit what is measured, and an exemplar leads to its trace."""
    eventually(lambda: demo.has_past)
    (found,) = demo.ask('last_over_time(payments_gateway_duration_seconds{job="payments"}[12m])')
    assert 0 < float(found["histogram"][1]["sum"]) / float(found["histogram"][1]["count"]) < 3
    exemplars = demo.get("/api/v1/query_exemplars", query="payments_gateway_duration_seconds")["data"][0]["exemplars"]
    assert demo.get(f"/api/traces/{exemplars[0]['labels']['trace_id']}")["spans"]


def test_a_taken_port_is_a_clear_error(tmp_path: Path) -> None:
    """Which option to change is said before anything starts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--port", str(port), "--data-dir", str(tmp_path / "data")],
            cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"error: port {port} cannot be used (Address already in use); choose another --port" in done.stderr
    assert not (tmp_path / "data").exists()


def test_missing_libraries_are_named_with_the_remedy(tmp_path: Path) -> None:
    """Without the extra `demo`, the error says what to install."""
    (tmp_path / "hide.py").write_text(
        "import sys\n"
        "class Hide:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] == 'sentry_sdk':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "from vedette.demo.__main__ import main\n"
        "sys.exit(main())\n"
    )
    options = ["--port", "8080", "--otlp-grpc-port", "4317", "--data-dir", "d", "--history-hours", "0", "--rate", "1"]
    done = subprocess.run(
        [sys.executable, "hide.py", *options], cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 1
    assert "pip install 'vedette[demo]'" in done.stderr
