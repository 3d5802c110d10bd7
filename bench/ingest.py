"""How many records a second, and how long a sender waits for its answer."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bench.load import Load, Result
from bench.payloads import Kind
from bench.server import Memory, MemoryWatch, Server
from bench.store import tables

_WARM_S = 2.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to send one kind of records; `target` is the records a second it is measured at, and at half of it."""

    name: str
    kind: Kind
    path: str
    table: str
    batch: int
    connections: int
    target: int
    is_grpc: bool = False


SCENARIOS = (
    Scenario("spans-http", "spans", "/v1/traces", "otel_traces", 512, 16, 40_000),
    Scenario("spans-http-8192", "spans", "/v1/traces", "otel_traces", 8192, 4, 40_000),
    Scenario("spans-http-gzip", "spans-gzip", "/v1/traces", "otel_traces", 8192, 4, 40_000),
    Scenario("spans-grpc", "spans", "", "otel_traces", 512, 16, 40_000, is_grpc=True),
    Scenario("spans-grpc-8192", "spans", "", "otel_traces", 8192, 4, 40_000, is_grpc=True),
    Scenario("spans-json", "spans-json", "/v1/traces", "otel_traces", 512, 8, 10_000),
    Scenario("logs-http", "logs", "/v1/logs", "otel_logs", 512, 16, 60_000),
    Scenario("logs-http-8192", "logs", "/v1/logs", "otel_logs", 8192, 4, 60_000),
    Scenario("logs-grpc", "logs", "", "otel_logs", 512, 16, 60_000, is_grpc=True),
    Scenario("numbers-http", "numbers", "/v1/metrics", "samples", 4000, 8, 100_000),
    Scenario("metrics-http", "metrics", "/v1/metrics", "samples", 4000, 8, 50_000),
    Scenario("metrics-http-40", "metrics", "/v1/metrics", "samples", 40, 16, 10_000),
    Scenario("sentry", "sentry", "/api/1/envelope/", "error_events", 1, 32, 500),
    Scenario("events", "events", "/api/events", "events", 100, 16, 10_000),
)


@dataclass(slots=True)
class Latency:
    """Answer latency at a rate, in milliseconds; `per_s` is what was accepted a second, `refused` counts requests."""

    rate: float
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    refused: int


@dataclass(slots=True)
class Measured:
    """One scenario, medians of its runs."""

    name: str
    batch: int
    connections: int
    bytes_per_record: float
    most_per_s: float
    full: Latency
    half: Latency
    server_cpu: float
    generator_cpu: float
    memory: Memory
    idle: Memory
    sent_rows: int
    stored_rows: int
    bytes_per_row: float
    runs: list[dict[str, float]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Tell whether every accepted record is in the store, and no other."""
        return self.sent_rows == self.stored_rows


def measure(scenario: Scenario, folder: Path, *, seconds: float, runs: int) -> Measured:
    """Measure on a server and a store of its own."""
    server = Server(folder / scenario.name)
    shutil.rmtree(server.folder, ignore_errors=True)
    server.start()
    try:
        load = Load(
            scenario.kind, scenario.batch, scenario.connections,
            server.grpc_port if scenario.is_grpc else server.port, scenario.path, server.key, scenario.is_grpc,
            seconds=seconds,
        )  # fmt: skip
        idle = server.memory()
        results = [generate(replace(load, seconds=min(_WARM_S, seconds)))]
        most, full, half, server_cpu, generator_cpu = [], [], [], [], []
        with MemoryWatch(server.pid) as watch:
            for _ in range(runs):
                before = server.cpu_s()
                most.append(generate(load))
                server_cpu.append((server.cpu_s() - before) / most[-1].seconds)
                generator_cpu.append(most[-1].cpu_s / most[-1].seconds)
                full.append(generate(replace(load, rate=float(scenario.target))))
                half.append(generate(replace(load, rate=scenario.target / 2)))
        results += [*most, *full, *half]
    finally:
        server.stop()
    stored = tables(server.folder / "data")[scenario.table]
    shutil.rmtree(server.folder, ignore_errors=True)
    return Measured(
        name=scenario.name,
        batch=scenario.batch,
        connections=scenario.connections,
        bytes_per_record=most[0].bytes_per_record,
        most_per_s=statistics.median(each.per_s for each in most),
        full=_latency(scenario.target, full),
        half=_latency(scenario.target / 2, half),
        server_cpu=statistics.median(server_cpu),
        generator_cpu=statistics.median(generator_cpu),
        memory=watch.largest,
        idle=idle,
        sent_rows=sum(each.rows for each in results),
        stored_rows=stored.own_rows,
        bytes_per_row=stored.bytes_per_row,
        runs=[
            {"most_per_s": one.per_s, "p99_ms": quantile(two.latencies_ms, 0.99), "half_p99_ms": quantile(each, 0.99)}
            for one, two, each in zip(most, full, (part.latencies_ms for part in half), strict=True)
        ],
    )


def generate(load: Load) -> Result:
    """Send a load from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the load generator failed:\n{done.stderr[-2000:]}")
    time.sleep(0.3)
    return Result(**json.loads(done.stdout))


def _latency(rate: float, results: Sequence[Result]) -> Latency:
    refused = sum(count for each in results for status, count in each.statuses.items() if not status.startswith("2"))
    p50, p95, p99 = (
        statistics.median(quantile(each.latencies_ms, share) for each in results) for share in (0.5, 0.95, 0.99)
    )
    return Latency(rate, statistics.median(each.per_s for each in results), p50, p95, p99, refused)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
