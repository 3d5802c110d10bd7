"""How long questions take on a full store, how long the store takes to open, what it needs."""

import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.ingest import generate, quantile
from bench.load import Load
from bench.server import Memory, MemoryWatch, Server
from bench.store import Table, tables

_BATCH, _CONNECTIONS = 8192, 4
_SPREAD_S = 24 * 3600
_REST_S = 5.0


@dataclass(frozen=True, slots=True)
class Question:
    """One question; the params may differ from one asking to the next."""

    name: str
    path: str
    params: dict[str, str]


@dataclass(slots=True)
class Answered:
    """How long the answers took, in milliseconds."""

    name: str
    first_ms: float
    p50_ms: float
    p95_ms: float
    most_ms: float
    fault: str = ""


@dataclass(slots=True)
class FullStore:
    """A store with `size` spans and as many log records, spread over a day."""

    size: int
    load_s: dict[str, float] = field(default_factory=dict)
    answers: list[Answered] = field(default_factory=list)
    start_s: float = 0
    idle_cpu: float = 0
    idle: Memory = field(default_factory=Memory)
    loading: Memory = field(default_factory=Memory)
    asking: Memory = field(default_factory=Memory)
    tables: dict[str, Table] = field(default_factory=dict)
    folder_bytes: int = 0


def measure(size: int, folder: Path, *, askings: int, starts: int, say: Callable[[str], None]) -> FullStore:
    """Fill a store through ingest, start on it, ask."""
    found = FullStore(size)
    server = Server(folder / "full")
    shutil.rmtree(server.folder, ignore_errors=True)
    server.start()
    try:
        with MemoryWatch(server.pid) as watch:
            for kind, path in (("spans", "/v1/traces"), ("logs", "/v1/logs")):
                load = Load(
                    "spans" if kind == "spans" else "logs", min(_BATCH, size), _CONNECTIONS, server.port, path,
                    server.key, records=size, spread_s=_SPREAD_S,
                )  # fmt: skip
                result = generate(load)
                found.load_s[kind] = result.seconds
                say(f"loaded {result.accepted:,} {kind} in {result.seconds:.1f} s: {result.per_s:,.0f}/s")
        found.loading = watch.largest
        took = []
        for _ in range(starts):
            server.stop()
            took.append(server.start())
        found.start_s = statistics.median(took)
        time.sleep(_REST_S)
        before = server.cpu_s()
        time.sleep(_REST_S)
        found.idle_cpu = (server.cpu_s() - before) / _REST_S
        found.idle = server.memory()
        with MemoryWatch(server.pid) as watch:
            found.answers = [_ask(server, question, askings) for question in _questions(server)]
        found.asking = watch.largest
    finally:
        server.stop()
    found.tables = tables(server.folder / "data")
    found.folder_bytes = sum(
        each.stat().st_size for each in (server.folder / "data" / "telemetry").rglob("*") if each.is_file()
    )
    shutil.rmtree(server.folder, ignore_errors=True)
    return found


def _questions(server: Server) -> Sequence[Question]:
    latest, _ = server.get("/api/traces", **{"from": "now-24h", "limit": "5"})
    trace = latest["items"][-1]["trace_id"]
    log_line, _ = server.get("/api/logs", query="payment", limit="1", **{"from": "now-24h"})
    word = log_line["items"][0]["body"].split("o-")[1][:10]
    hour, day = {"from": "now-1h"}, {"from": "now-24h"}
    return (
        Question("overview, 1 h", "/api/overview", hour),
        Question("overview, 24 h", "/api/overview", day),
        Question("latest logs, 24 h", "/api/logs", day),
        Question("logs: service and level, 24 h", "/api/logs", day | {"query": "service:payments level:error"}),
        Question("logs: frequent word, 24 h", "/api/logs", day | {"query": "timeout"}),
        Question("logs: word seen once, 1 h", "/api/logs", hour | {"query": word}),
        Question("logs: word seen once, 24 h", "/api/logs", day | {"query": word}),
        Question("logs: histogram, 24 h", "/api/logs/histogram", day),
        Question("logs: histogram of a word, 24 h", "/api/logs/histogram", day | {"query": "timeout"}),
        Question("latest traces, 24 h", "/api/traces", day),
        Question("traces: errors of a service, 24 h", "/api/traces", day | {"query": "service:payments status:error"}),
        Question("traces: slower than 250 ms, 24 h", "/api/traces", day | {"query": "duration:>250"}),
        Question("traces: one user, 24 h", "/api/traces", day | {"query": "user.id:u-4711"}),
        Question("one trace", f"/api/traces/{trace}", {}),
    )


def _ask(server: Server, question: Question, askings: int) -> Answered:
    try:
        took = [server.get(question.path, **question.params)[1] for _ in range(askings)]
    except (LookupError, OSError) as error:
        return Answered(question.name, 0, 0, 0, 0, str(error)[:300])
    return Answered(question.name, took[0], quantile(took, 0.5), quantile(took, 0.95), max(took))
