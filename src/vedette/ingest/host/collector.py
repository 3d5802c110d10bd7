"""Writes a reading of the machine into project `vedette` every few seconds."""

import asyncio
import contextlib
import time
from pathlib import Path

import structlog

from vedette.ingest.host.reading import Gauges, HostReader
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.rows import Samples, SeriesBook
from vedette.storage.telemetry.writer import Writers

log = structlog.get_logger(__name__)


class HostCollector:
    """Reads and writes on a task of its own; a reading that cannot be written is lost and counted, never queued."""

    def __init__(self, folder: Path, project: ProjectId, writers: Writers, ledger: Ledger, *, every_s: float) -> None:
        self._reader = HostReader(folder)
        self._project, self._writers, self._ledger, self._every_s = project, writers, ledger, every_s
        self._book = SeriesBook()
        self._task: asyncio.Task[None] | None = None
        self.latest: Gauges | None = None

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run(), name="host-collector")

    async def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.collect()
            except VedetteError as error:
                self._ledger.refused(self._project, "host", "metrics", error.code)
            except Exception:
                log.exception("the machine could not be read")
            await asyncio.sleep(self._every_s)

    async def collect(self) -> None:
        """Take one reading and commit it."""
        self.latest, measured = await asyncio.to_thread(self._reader.read)
        samples, now = Samples(self._book), time.time()
        for each in measured:
            series = samples.series(self._project, each.family, each.labels)
            samples.add(self._project, series, int(now * 1000), each.value)
        for table, rows in samples.tables().items():
            await self._writers.metrics.write_rows(table, rows)
        samples.committed()
        self._ledger.accepted(self._project, "metrics", len(samples), protocol="host", newest=now)
