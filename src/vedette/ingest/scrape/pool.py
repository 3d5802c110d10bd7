"""The targets of one job: found, followed and let go."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import structlog

from vedette.ingest.scrape.client import http_client
from vedette.ingest.scrape.config import Job
from vedette.ingest.scrape.discovery import Discoverer, DiscoveryError, Group, discoverers
from vedette.ingest.scrape.loop import ScrapeLoop
from vedette.ingest.scrape.target import Found, targets_of
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake

log = structlog.get_logger(__name__)

_MOST_DROPPED = 1000


@dataclass(slots=True)
class Pool:
    """Follows what discovery finds for a job with one loop per target."""

    project: ProjectId
    job: Job
    folder: Path
    intake: MetricIntake
    ledger: Ledger
    loops: dict[object, ScrapeLoop] = field(default_factory=dict)
    dropped: Sequence[Mapping[str, str]] = ()
    faults: dict[int, str] = field(default_factory=dict)
    _groups: dict[int, Sequence[Group]] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _client: httpx.AsyncClient | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        """Begin to look for targets."""
        for number, each in enumerate(discoverers(self.job, self.folder)):
            self._tasks.append(asyncio.create_task(self._follow(number, each), name=f"discover-{self.job.job_name}"))

    async def stop(self, *, is_gone: bool) -> None:
        """Let every target go; the series of a job that is gone end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self._lock:
            await asyncio.gather(*(loop.stop(is_gone=is_gone) for loop in self.loops.values()))
            self.loops.clear()
        if self._client is not None:
            await self._client.aclose()

    async def _follow(self, number: int, discoverer: Discoverer) -> None:
        while True:
            try:
                groups = await discoverer.find()
                if groups != self._groups.get(number):
                    self._groups[number] = groups
                    await self._apply()
                self.faults.pop(number, None)
            except DiscoveryError as error:
                self._failed(number, str(error))
            except Exception as error:
                log.exception("discovery failed", job=self.job.job_name)
                self._failed(number, f"{type(error).__name__}: {error}")
            if discoverer.every_s is None and number not in self.faults:
                return
            await asyncio.sleep(discoverer.every_s or 30)

    def _failed(self, number: int, what: str) -> None:
        if self.faults.get(number) != what:
            log.warning("targets cannot be found out", job=self.job.job_name, error=what)
        self.faults[number] = what

    async def _apply(self) -> None:
        async with self._lock:
            found = targets_of(self.job, [group for groups in self._groups.values() for group in groups])
            self.dropped = found.dropped[: self.job.keep_dropped_targets or _MOST_DROPPED]
            for fault in found.faults:
                log.warning("target left out", job=self.job.job_name, error=fault)
            if self.job.target_limit and len(found.targets) > self.job.target_limit:
                await self._exceeded(found)
                return
            wanted = {target.key: target for target in found.targets}
            gone = [key for key in self.loops if key not in wanted]
            await asyncio.gather(*(self.loops.pop(key).stop(is_gone=True) for key in gone))
            for key, target in wanted.items():
                if key not in self.loops:
                    client = await self._shared_client()
                    loop = self.loops[key] = ScrapeLoop(
                        self.project, self.job, target, client, self.intake, self.ledger
                    )
                    loop.start()

    async def _exceeded(self, found: Found) -> None:
        """More targets than the job may have: none is scraped, as Prometheus does."""
        what = f"target_limit exceeded (number of targets: {len(found.targets)}, limit: {self.job.target_limit})"
        await asyncio.gather(*(loop.stop(is_gone=True) for loop in self.loops.values()))
        self.loops.clear()
        raise DiscoveryError(what)

    async def _shared_client(self) -> httpx.AsyncClient:
        if self._client is None:
            try:
                self._client = await asyncio.to_thread(http_client, self.job, timeout_s=self.job.scrape_timeout)
            except (OSError, ValueError) as error:
                self._groups.clear()
                raise DiscoveryError(f"the HTTP client cannot be set up: {error}") from None
        return self._client
