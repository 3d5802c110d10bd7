"""Rolls hours up in the background."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import structlog

from vedette.kit.errors import Unavailable
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.rollups.histograms import histograms_of, thinned_rows
from vedette.signals.metrics.rollups.hours import Hours, now
from vedette.signals.metrics.rollups.resolutions import HOUR_MS, RESOLUTIONS, insertion
from vedette.signals.metrics.rows import BLOCK_MS
from vedette.storage.jobs import Job
from vedette.storage.telemetry.port import StoreFault, TelemetryStore
from vedette.storage.telemetry.retention import Retention

_AT_A_TIME: Final = 2_000_000
"""Samples summed up by one statement (about 100 MB); an hour with more is done in shares of its series."""
_HISTOGRAMS_AT_A_TIME: Final = 200_000
"""Native histograms thinned out at once (about 100 MB)."""
_ANY_OTHER: Final = ProjectId(-1)
"""Stands for the projects that keep metrics as long as the default says."""
_RUN_S: Final = 8.0
_EVERY: Final = timedelta(seconds=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Roller:
    """Rolls up one hour after the other, the newest first, for at most `_RUN_S` at a time."""

    store: TelemetryStore
    hours: Hours
    retention: Retention
    clock_ms: Callable[[], int] = now

    def job(self) -> Job:
        """Return the row of the table of work: what it notes lives in this process."""
        return Job("rollups", self.run, _EVERY, everywhere=True)

    def run(self) -> None:
        """Roll up what is due until all is done or the time is over; an hour that fails does not hold up others."""
        self.hours.refresh(self.clock_ms())
        ends, done = time.monotonic() + _RUN_S, 0
        failure: Exception | None = None
        due = self.hours.due(self.clock_ms())
        waiting = self._waiting()
        for hour in due:
            if time.monotonic() > ends:
                break
            if hour in waiting:
                continue
            try:
                self.roll(hour)
                done += 1
            except (Unavailable, StoreFault) as error:
                failure = failure or error
        if done > 1:
            log.info("hours rolled up", hours=done)
        if failure is not None:
            raise failure

    def roll(self, hour: int) -> None:
        """Roll up one hour; a second time replaces the rows of the first."""
        began_ms = self.clock_ms()
        was_rolled = self.hours.begin(hour)
        where = self._where(hour, began_ms, spares_expiring=was_rolled)
        samples = self.store.query(f"SELECT count() AS Samples FROM samples WHERE {where}")["Samples"][0].as_py()
        shares = -(-samples // _AT_A_TIME)
        for share in range(shares):
            part = where if shares == 1 else f"{where} AND SeriesId % {shares} = {share}"
            for resolution in RESOLUTIONS:
                self.store.command(insertion(resolution, part, began_ms))
        self._roll_histograms(where, began_ms)
        self.hours.finish(hour, began_ms)

    def _roll_histograms(self, where: str, version: int) -> None:
        found = self.store.query(f"SELECT count() AS Samples FROM histogram_samples WHERE {where}")
        shares = -(-found["Samples"][0].as_py() // _HISTOGRAMS_AT_A_TIME)
        for share in range(shares):
            part = where if shares == 1 else f"{where} AND SeriesId % {shares} = {share}"
            rows = self.store.query(histograms_of(part))
            for resolution in RESOLUTIONS:
                self.store.insert(resolution.histograms, thinned_rows(rows, resolution, version))

    def _waiting(self) -> set[int]:
        """Return the hours that have samples which the table lacks as yet."""
        times = [each["Time"].cast(pa.int64()).to_numpy() for each in self.store.recent("samples")]
        return set(np.unique((np.concatenate(times) - 1) // HOUR_MS).tolist()) if times else set()

    def _where(self, hour: int, now_ms: int, *, spares_expiring: bool) -> str:
        """Return the condition for samples of an hour.

        `spares_expiring`: leaves out projects whose samples of that hour may be gone in part; what is left of them must
        not replace a rollup of all.
        """
        start_ms, end_ms = hour * HOUR_MS, (hour + 1) * HOUR_MS
        where = (
            f"Block >= {start_ms // BLOCK_MS} AND Block <= {end_ms // BLOCK_MS}"
            f" AND Time > fromUnixTimestamp64Milli({start_ms}) AND Time <= fromUnixTimestamp64Milli({end_ms})"
        )
        if spares_expiring and (left_out := self._expiring(start_ms, now_ms)) is not None:
            where += f" AND {left_out}"
        return where

    def _expiring(self, start_ms: int, now_ms: int) -> str | None:
        """Return a condition that leaves out projects whose samples of an hour may be gone, if there are any."""
        retention = self.retention
        gone = {
            project: start_ms < retention.oldest_s(project, "metrics", now_ms / 1000) * 1000 + HOUR_MS
            for project in (*sorted(retention.projects), _ANY_OTHER)
        }
        others_are_gone = gone.pop(_ANY_OTHER)
        odd = ", ".join(str(project) for project, is_gone in gone.items() if is_gone != others_are_gone)
        if others_are_gone:
            return f"Project IN ({odd})" if odd else "0"
        return f"Project NOT IN ({odd})" if odd else None
