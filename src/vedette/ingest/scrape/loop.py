"""Scraping one target on its interval."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx
import numpy as np
import structlog

from vedette.ingest.exposition.text import Exposed, ExpositionError, ExpositionParser
from vedette.ingest.scrape.config import Job
from vedette.ingest.scrape.fetch import ScrapeError, fetch
from vedette.ingest.scrape.target import Target, finish
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import STALE, Exemplar, Points

log = structlog.get_logger(__name__)

_PROTOCOL = "scrape"
_SMALL = 64 * 1024
_REPORTED = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)


@dataclass(slots=True)
class Health:
    """How the last scrape went; times are Unix seconds."""

    is_up: bool | None = None
    error: str = ""
    last_s: float = 0.0
    duration_s: float = 0.0
    samples: int = 0


@dataclass(slots=True)
class ScrapeLoop:
    """One target, scraped until stopped. Whatever the target does costs only itself."""

    project: ProjectId
    job: Job
    target: Target
    client: httpx.AsyncClient
    intake: MetricIntake
    ledger: Ledger
    health: Health = field(default_factory=Health)
    _before: set[Labels] = field(default_factory=set)
    _parser: ExpositionParser = field(init=False)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._parser = ExpositionParser(finish(self.job, self.target))

    def start(self) -> None:
        """Begin to scrape, at a moment of the interval that is this target's own."""
        self._task = asyncio.create_task(self._run(), name=f"scrape-{self.job.job_name}")

    async def stop(self, *, is_gone: bool) -> None:
        """Stop; the series of a target that is gone end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if is_gone and self.health.is_up is not None:
            now_ms = round(time.time() * 1000)
            reported = [self._own(name) for name in _REPORTED]
            await self._write(Exposed(), [], now_ms, ended=[*self._before, *reported])

    async def _run(self) -> None:
        interval = self.target.interval_s
        digest = hashlib.blake2b(repr(self.target.key).encode(), digest_size=8).digest()
        offset = int.from_bytes(digest, "big") / 2**64 * interval
        due = (time.time() - offset) // interval * interval + offset + interval
        while True:
            await asyncio.sleep(max(due - time.time(), 0))
            # Times on the grid compress well and make rates even: a few milliseconds of lateness are not worth telling.
            late = time.time() - due
            at_s = due if late < min(interval / 100, 0.05) else time.time()
            try:
                await self.scrape(round(at_s * 1000))
            except Exception:
                log.exception("scrape failed", job=self.job.job_name, url=self.target.url)
            due = max(due + interval, (time.time() - offset) // interval * interval + offset)

    async def scrape(self, at_ms: int) -> None:
        """Scrape once and write what came, with what is to be said about the scrape itself."""
        started = time.perf_counter()
        exposed, error = Exposed(), ""
        try:
            body, is_openmetrics = await fetch(self.client, self.target.url, self.job, self.target.timeout_s)
            exposed = await self._parsed(body, is_openmetrics=is_openmetrics)
            limit = self.job.sample_limit
            if limit and len(exposed.series) > limit:
                raise ScrapeError(f"sample limit exceeded: {len(exposed.series)} samples, {limit} allowed")  # noqa: TRY301
        except (ScrapeError, ExpositionError) as failure:
            error, scraped = str(failure), exposed.lines
            exposed = Exposed(lines=scraped)
            self.ledger.refused(self.project, _PROTOCOL, "metrics", "scrape_failed")
        duration_s = time.perf_counter() - started
        now = {series for series, at in zip(exposed.series, exposed.times_ms, strict=True) if self._is_tracked(at)}
        values = (
            float(not error),
            duration_s,
            float(exposed.lines),
            float(len(exposed.series)),
            float(len(now - self._before)),
        )
        self.health = Health(not error, error, at_ms / 1000, duration_s, len(exposed.series))
        ended = [series for series in self._before if series not in now]
        self._before = now
        await self._write(exposed, list(zip(_REPORTED, values, strict=True)), at_ms, ended=ended)

    def _is_tracked(self, explicit_ms: int | None) -> bool:
        return explicit_ms is None or not self.job.honor_timestamps or self.job.track_timestamps_staleness

    async def _parsed(self, body: bytes, *, is_openmetrics: bool) -> Exposed:
        if len(body) < _SMALL:
            return self._parser.parse(body, is_openmetrics=is_openmetrics)
        return await asyncio.to_thread(self._parser.parse, body, is_openmetrics=is_openmetrics)

    def _own(self, name: str) -> Labels:
        return labels_of({**self.target.labels, NAME: name})

    async def _write(
        self, exposed: Exposed, reported: Sequence[tuple[str, float]], at_ms: int, *, ended: Sequence[Labels]
    ) -> None:
        honored = self.job.honor_timestamps
        times = [at_ms if at is None or not honored else at for at in exposed.times_ms]
        series = [*exposed.series, *ended, *(self._own(name) for name, _ in reported)]
        values = [*exposed.values, *([STALE] * len(ended)), *(value for _, value in reported)]
        times += [at_ms] * (len(ended) + len(reported))
        points = Points(
            series,
            np.array(times, np.int64),
            np.array(values, np.float64),
            exemplars=[self._timed(each, at_ms) for each in exposed.exemplars],
            families=list(exposed.families.values()),
        )
        try:
            written = await self.intake.write(self.project, points)
        except VedetteError as error:
            self.ledger.refused(self.project, _PROTOCOL, "metrics", error.code, len(series))
            self.health.error = f"not stored: {error.detail}"
            return
        self.ledger.accepted(self.project, "metrics", written.samples, protocol=_PROTOCOL, newest=written.newest_s)
        for reason, count in written.refused.items():
            self.ledger.refused(self.project, _PROTOCOL, "metrics", reason, count)

    @staticmethod
    def _timed(exemplar: Exemplar, at_ms: int) -> Exemplar:
        return exemplar if exemplar.time_ms else replace(exemplar, time_ms=at_ms)
