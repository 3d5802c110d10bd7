"""Collects what Vedette does and writes it, at a bounded rate, through the same writers as everybody's data."""

import asyncio
import contextlib
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import numpy as np
import structlog
from prometheus_client import Metric

from vedette import __version__
from vedette.edge.observed import RequestSeen
from vedette.ingest.itself.rows import OwnLog, OwnSpan, log_rows, span_rows
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Family, Points
from vedette.storage.telemetry.writer import Writers

log = structlog.get_logger(__name__)

_PROTOCOL = "vedette"
_MOST_PER_S = 50
_METRICS_EVERY_S = 15
_SEVERITY = {"debug": 5, "info": 9, "warning": 13, "error": 17, "exception": 17, "critical": 21}
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_QUIET_ROUTES = {"/healthz", "/readyz", "/metrics", "/{path:path}"}


class OwnTelemetry:
    """Takes requests, jobs and log events from any thread; drops what is over the rate, counted."""

    def __init__(
        self, project: ProjectId, writers: Writers, intake: MetricIntake, ledger: Ledger, instruments: Instruments
    ) -> None:
        self._project, self._writers, self._ledger, self._instruments = project, writers, ledger, instruments
        self._intake = intake
        self._spans: list[OwnSpan] = []
        self._logs: list[OwnLog] = []
        self._resource = {
            "service.name": "vedette",
            "service.version": __version__,
            "host.name": socket.gethostname(),
        }
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write once a second."""
        self._task = asyncio.create_task(self._run(), name="own-telemetry")

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._flush()

    def request(self, seen: RequestSeen) -> None:
        """Note an answered request; those that nobody would look for are left out unless they failed."""
        if seen.route in _QUIET_ROUTES and seen.status < 500:
            return
        match = _TRACEPARENT.fullmatch(seen.traceparent)
        trace_id, parent = match.groups() if match else (secrets.token_hex(16), "")
        failed = seen.status >= 500
        attributes = {
            "http.request.method": seen.method,
            "http.route": seen.route,
            "http.response.status_code": str(seen.status),
        }
        self._span(f"{seen.method} {seen.route}", "Server", seen.started_ns, seen.duration_ns, attributes,
                   failed=failed, trace_id=trace_id, parent=parent)  # fmt: skip

    def job(self, name: str, seconds: float, error: BaseException | None) -> None:
        """Note a finished job."""
        self._instruments.job_runs.labels(name, "error" if error else "ok").inc()
        duration_ns = int(seconds * 1e9)
        self._span(f"job {name}", "Internal", time.time_ns() - duration_ns, duration_ns, {"job.name": name},
                   failed=error is not None, message=str(error or "")[:300])  # fmt: skip

    def log_event(self, event: MutableMapping[str, Any]) -> None:
        """Note a log event."""
        if len(self._logs) >= _MOST_PER_S:
            self._instruments.self_dropped.labels("log").inc()
            return
        level = str(event.get("level", "info"))
        rest = {
            str(key): str(value)[:4000]
            for key, value in event.items()
            if key not in {"event", "level", "logger", "timestamp"} and not key.startswith("_")
        }
        body = str(event.get("event", ""))[:16_000]
        self._logs.append(
            OwnLog(time.time_ns(), _SEVERITY.get(level, 9), level, body, str(event.get("logger", "")), rest)
        )

    def _span(
        self,
        name: str,
        kind: str,
        started_ns: int,
        duration_ns: int,
        attributes: dict[str, str],
        *,
        failed: bool,
        message: str = "",
        trace_id: str = "",
        parent: str = "",
    ) -> None:
        if len(self._spans) >= _MOST_PER_S:
            self._instruments.self_dropped.labels("span").inc()
            return
        self._spans.append(
            OwnSpan(
                trace_id or secrets.token_hex(16),
                secrets.token_hex(8),
                parent,
                name,
                kind,
                started_ns,
                duration_ns,
                "Error" if failed else "Unset",
                message,
                attributes,
            )
        )

    async def _run(self) -> None:
        next_metrics = 0.0
        while True:
            await asyncio.sleep(1)
            await self._flush()
            if time.monotonic() >= next_metrics:
                next_metrics = time.monotonic() + _METRICS_EVERY_S
                await self._attempt("metrics", self._metrics)

    async def _flush(self) -> None:
        await self._attempt("traces", self._flush_spans)
        await self._attempt("logs", self._flush_logs)

    async def _attempt(self, signal: str, write: Callable[[], Awaitable[None]]) -> None:
        """Own telemetry is never in the way: what cannot be written is dropped and counted."""
        try:
            await write()
        except VedetteError as error:
            self._ledger.refused(self._project, _PROTOCOL, signal, error.code)
        except Exception:  # noqa: BLE001 - a defect here must not reach those who are observed
            self._instruments.self_dropped.labels(signal).inc()

    async def _flush_spans(self) -> None:
        spans, self._spans = self._spans, []
        if spans:
            await self._writers.traces.write_rows("otel_traces", span_rows(self._project, self._resource, spans))
            self._ledger.accepted(self._project, "traces", len(spans), protocol=_PROTOCOL, newest=time.time())

    async def _flush_logs(self) -> None:
        logs, self._logs = self._logs, []
        if logs:
            await self._writers.logs.write_rows("otel_logs", log_rows(self._project, self._resource, logs))
            self._ledger.accepted(self._project, "logs", len(logs), protocol=_PROTOCOL, newest=time.time())

    async def _metrics(self) -> None:
        now = time.time()
        identity = {"job": "vedette", "instance": self._resource["host.name"]}
        series: list[Labels] = []
        values: list[float] = []
        families = []
        for metric in self._instruments.registry.collect():
            families.append(_family(metric))
            for sample in metric.samples:
                if not sample.name.endswith("_created"):
                    series.append(labels_of({**sample.labels, **identity, NAME: sample.name}))
                    values.append(sample.value)
        times = np.full(len(series), int(now * 1000), np.int64)
        written = await self._intake.write(
            self._project, Points(series, times, np.array(values, np.float64), families=families)
        )
        self._ledger.accepted(self._project, "metrics", written.samples, protocol=_PROTOCOL, newest=now)


def _family(metric: Metric) -> Family:
    """Return a family under the name its samples bear: the client library takes `_total` off counters."""
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    return Family(name, metric.type, metric.unit, metric.documentation, metric.name)
