"""The targets of one job: found, followed and let go."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from vedette.ingest.scrape.client import SharedClient
from vedette.ingest.scrape.config import Job
from vedette.ingest.scrape.discovery import Discoverer, DiscoveryError, Group, discoverers
from vedette.ingest.scrape.endings import Endings
from vedette.ingest.scrape.loop import ScrapeLoop
from vedette.ingest.scrape.target import Found, targets_of
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake

log = structlog.get_logger(__name__)

_MOST_DROPPED = 1000
_TRY_AGAIN_S = 30.0


@dataclass(slots=True)
class Pool:
    """Follows what discovery finds for a job with one loop per target.

    `dropped` are the targets that relabelling dropped, as many as the job wants to see, of `dropped_count`.
    """

    project: ProjectId
    job: Job
    folder: Path
    intake: MetricIntake
    ledger: Ledger
    endings: Endings
    loops: dict[object, ScrapeLoop] = field(default_factory=dict)
    dropped: Sequence[Mapping[str, str]] = ()
    dropped_count: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    _groups: dict[int, Sequence[Group]] = field(default_factory=dict)
    _discoverers: list[Discoverer] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _client: SharedClient = field(init=False)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._client = SharedClient(self.job, timeout_s=self.job.scrape_timeout)

    def start(self) -> None:
        """Begin to look for targets."""
        self._discoverers = discoverers(self.job, self.folder)
        for number, each in enumerate(self._discoverers):
            self._tasks.append(asyncio.create_task(self._follow(number, each), name=f"discover-{self.job.job_name}"))

    async def stop(self, *, is_gone: bool) -> None:
        """Let every target go; when the job is gone, series end that no other has."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self._lock:
            loops, self.loops = list(self.loops.values()), {}
            await self._stop(loops, is_gone=is_gone)
        await asyncio.gather(self._client.close(), *(each.close() for each in self._discoverers))

    async def _stop(self, loops: Sequence[ScrapeLoop], *, is_gone: bool) -> None:
        await asyncio.gather(*(loop.stop() for loop in loops))
        if is_gone:
            for loop in loops:
                self.endings.over(loop)

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
            await asyncio.sleep(discoverer.every_s or _TRY_AGAIN_S)

    def _failed(self, number: int, what: str) -> None:
        if self.faults.get(number) != what:
            log.warning("targets cannot be found out", job=self.job.job_name, error=what)
        self.faults[number] = what

    async def _apply(self) -> None:
        async with self._lock:
            groups = [group for groups in self._groups.values() for group in groups]
            found = await asyncio.to_thread(targets_of, self.job, groups)
            self._tell(found)
            wanted = {target.key: target for target in found.targets}
            gone = [self.loops.pop(key) for key in list(self.loops) if key not in wanted]
            await self._stop(gone, is_gone=True)
            error = self._too_many(len(wanted))
            for loop in self.loops.values():
                loop.forced_error = error
            for key, target in wanted.items():
                if key not in self.loops:
                    loop = self.loops[key] = ScrapeLoop(
                        self.project, self.job, target, self._client, self.intake, self.ledger, error
                    )
                    self.endings.begun(loop)
                    loop.start()

    def _tell(self, found: Found) -> None:
        self.dropped = found.dropped[: self.job.keep_dropped_targets or _MOST_DROPPED]
        self.dropped_count = len(found.dropped)
        for fault in set(found.faults) - self._told:
            log.warning("target left out", job=self.job.job_name, error=fault)
        self._told = set(found.faults)

    def _too_many(self, count: int) -> str:
        """More targets than the job may have: none is scraped, as Prometheus does."""
        if not self.job.target_limit or count <= self.job.target_limit:
            return ""
        return f"target_limit exceeded (number of targets: {count}, limit: {self.job.target_limit})"
