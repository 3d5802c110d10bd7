"""All scrape jobs: those of the configuration file, followed as it changes, and those kept in the records."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from vedette.ingest.scrape.config import Configuration, Job, in_folder, read
from vedette.ingest.scrape.endings import Endings
from vedette.ingest.scrape.pool import Pool
from vedette.kit.errors import Invalid
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake

log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 5.0

FindProject = Callable[[str], Awaitable[ProjectId | None]]
KeptJobs = Callable[[], Awaitable[Sequence[tuple[ProjectId, Job]]]]


async def _none() -> Sequence[tuple[ProjectId, Job]]:
    return []


class ScrapeManager:
    """Runs a pool per job.

    A file that became faulty changes nothing until it is mended; `faults` says what is wrong with it.
    """

    def __init__(
        self,
        intake: MetricIntake,
        ledger: Ledger,
        find_project: FindProject,
        *,
        file: Path | None,
        project: str,
        kept: KeptJobs = _none,
    ) -> None:
        self._intake, self._ledger, self._find_project = intake, ledger, find_project
        self._file, self._project, self._kept = file, project, kept
        self._folder = file.absolute().parent if file is not None else Path()
        self._seen: tuple[float, int] | None = None
        self._from_file: list[tuple[ProjectId, Job]] = []
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._endings = Endings()
        self.pools: dict[tuple[ProjectId, str], Pool] = {}
        self.configuration: Configuration | None = None
        self.faults: list[str] = []

    async def start(self) -> None:
        """Read the file and begin; a faulty file is an error now, later it is not."""
        if self._file is not None:
            text = await asyncio.to_thread(self._file.read_text)
            await self._take(read(text, where=str(self._file)))
            self._seen = self._stamp()
        await self._apply()
        self._task = asyncio.create_task(self._run(), name="scrape-manager")

    async def stop(self) -> None:
        """Stop every scrape."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await asyncio.gather(*(pool.stop(is_gone=False) for pool in self.pools.values()))
        await self._endings.close()

    def changed(self) -> None:
        """Say that the kept jobs changed; call it in the event loop's thread."""
        self._changed.set()

    def targets(self, project: ProjectId) -> list[Pool]:
        """Return the pools of a project, by name."""
        return [pool for (owner, _), pool in sorted(self.pools.items()) if owner == project]

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _LOOK_EVERY_S)
            is_due, self._changed = self._changed.is_set(), asyncio.Event()
            try:
                if await self._reread() or is_due:
                    await self._apply()
            except Exception:
                log.exception("scrape jobs could not be applied")

    async def _reread(self) -> bool:
        """Read the file again if it changed; tell whether it did and is sound."""
        if self._file is None:
            return False
        try:
            stamp = self._stamp()
            if stamp == self._seen:
                return False
            self._seen = stamp
            text = await asyncio.to_thread(self._file.read_text)
            await self._take(read(text, where=str(self._file)))
        except (Invalid, OSError, UnicodeDecodeError) as error:
            faults = getattr(error, "faults", ())
            self.faults = [f"{each.where}: {each.what}" for each in faults] or [str(error)]
            log.error("scrape configuration not taken", faults=self.faults[:20])
            return False
        self.faults = []
        return True

    def _stamp(self) -> tuple[float, int]:
        assert self._file is not None  # noqa: S101 - the callers asked
        stat = self._file.stat()
        return stat.st_mtime, stat.st_size

    async def _take(self, configuration: Configuration) -> None:
        if configuration.ignored:
            log.warning("parts of the configuration are not used", parts=list(configuration.ignored))
        jobs = []
        for job in configuration.jobs:
            name = job.project or self._project
            project = await self._find_project(name)
            if project is None:
                raise Invalid(f"{self._file}: job {job.job_name!r} goes to project {name!r}, which does not exist")
            jobs.append((project, in_folder(job, self._folder)))
        self.configuration, self._from_file = configuration, jobs

    async def _apply(self) -> None:
        wanted = {(project, job.job_name): job for project, job in [*await self._kept(), *self._from_file]}
        for key, pool in list(self.pools.items()):
            if wanted.get(key) != pool.job:
                del self.pools[key]
                await pool.stop(is_gone=True)
        for (project, name), job in wanted.items():
            if (project, name) not in self.pools:
                pool = self.pools[project, name] = Pool(
                    project, job, self._folder, self._intake, self._ledger, self._endings
                )
                pool.start()
