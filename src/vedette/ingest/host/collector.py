"""Writes a reading of the machine into project `vedette` every few seconds."""

import asyncio
import contextlib
import time
from pathlib import Path

import numpy as np
import structlog

from vedette.ingest.host.reading import Gauges, HostReader
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import NAME, labels_of
from vedette.signals.metrics.points import Points

log = structlog.get_logger(__name__)


class HostCollector:
    """Reads and writes on a task of its own; a reading that cannot be written is lost and counted, never queued."""

    def __init__(
        self, folder: Path, project: ProjectId, intake: MetricIntake, ledger: Ledger, *, every_s: float
    ) -> None:
        self._reader = HostReader(folder)
        self._project, self._intake, self._ledger, self._every_s = project, intake, ledger, every_s
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
        now = time.time()
        points = Points(
            [labels_of({**each.labels, NAME: each.family.name}) for each in measured],
            np.full(len(measured), int(now * 1000), np.int64),
            np.array([each.value for each in measured], np.float64),
            families=list({each.family for each in measured}),
        )
        written = await self._intake.write(self._project, points)
        self._ledger.accepted(self._project, "metrics", written.samples, protocol="host", newest=now)
