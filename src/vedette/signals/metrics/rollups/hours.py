"""Which hours are rolled up, shared by the job that does it, by what writes samples and by what reads them."""

import bisect
import itertools
import threading
import time
from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.signals.metrics.rollups.resolutions import HOUR_MS
from vedette.storage.telemetry.port import TelemetryStore

SETTLED_MS: Final = 600_000
"""An hour is rolled up once it has been over for this long."""
QUIET_MS: Final = 30_000
"""An hour that gets samples late waits until there were none for this long: backfills come in many requests."""
_DAY_H: Final = 24


class Hours:
    """The book of hours. Hour h (since 1970) has the samples of h:00 < t <= h+1:00. For use by several threads.

    An hour that has samples which its rollup lacks is open: it has to be read from the samples. Hours without any
    samples left are not open, whether or not there is a rollup of them.
    """

    def __init__(self, store: TelemetryStore, *, quiet_ms: int = QUIET_MS) -> None:
        self._store, self._quiet_ms = store, quiet_ms
        self._lock = threading.Lock()
        self._rolled: set[int] = set()
        self._open: set[int] = set()
        self._noted: set[int] = set()
        self._touched: dict[int, int] = {}
        self._through = -(1 << 40)
        self._dirty = self._load()

    def refresh(self, now_ms: int) -> None:
        """Look which days have samples, and take hours in that were over long enough."""
        through = (now_ms - SETTLED_MS) // HOUR_MS
        present = {hour for hour in self._present() if hour < through}
        with self._lock:
            self._touched = {hour: at for hour, at in self._touched.items() if at > now_ms - 10 * QUIET_MS}
            dirty, self._dirty = self._dirty, set()
            late = {hour for hour in self._open if hour in self._rolled and hour in present}
            self._open = (present - self._rolled) | (dirty & present) | late | set(self._touched)
            self._through = through

    def note(self, times_ms: NDArray[np.int64], now_ms: int) -> list[int]:
        """Say that samples are about to be written; return the hours for which `rollup_dirty` needs a row."""
        ended = now_ms // HOUR_MS
        if not len(times_ms) or int(times_ms.min()) > ended * HOUR_MS:
            return []
        hours = np.unique((times_ms - 1) // HOUR_MS)
        with self._lock:
            found = hours[hours < ended].tolist()
            self._touched.update(dict.fromkeys(found, now_ms))
            self._open.update(found)
            return [hour for hour in found if hour in self._rolled and hour not in self._noted]

    def noted(self, hours: Iterable[int]) -> None:
        """Say that the rows of `rollup_dirty` for these hours are committed."""
        with self._lock:
            self._noted.update(hours)

    def due(self, now_ms: int) -> list[int]:
        """Return the hours that should be rolled up, the newest first."""
        with self._lock:
            return sorted(
                (
                    hour
                    for hour in self._open
                    if hour < self._through and self._touched.get(hour, 0) <= now_ms - self._quiet_ms
                ),
                reverse=True,
            )

    def begin(self, hour: int) -> bool:
        """Note that an hour is about to be rolled up; return whether it was so before."""
        with self._lock:
            self._noted.discard(hour)
            self._touched.pop(hour, None)
            was_rolled = hour in self._rolled
            self._rolled.add(hour)
            return was_rolled

    def finish(self, hour: int, began_ms: int) -> None:
        """Note that the rollup of an hour is stored; samples that came meanwhile leave it open."""
        self._store.insert("rollup_hours", hour_rows([hour], began_ms))
        with self._lock:
            if hour not in self._touched:
                self._open.discard(hour)

    def covered(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return the longest part (start, end] of a range that needs no samples; where there is none, an empty one."""
        first, last = start_ms // HOUR_MS, -(-end_ms // HOUR_MS)
        with self._lock:
            through = self._through
            inside = sorted(hour for hour in self._open if first <= hour < last)
        edges = [first - 1, *inside[: bisect.bisect_left(inside, through)], min(last, max(through, first))]
        length, start = max((after - before - 1, before + 1) for before, after in itertools.pairwise(edges))
        if length <= 0:
            return start_ms, start_ms
        return max(start_ms, start * HOUR_MS), min(end_ms, (start + length) * HOUR_MS)

    def _present(self) -> set[int]:
        """Return the hours of the days that have samples; the first moment of a day belongs to the hour before."""
        partitions = self._store.query(
            "SELECT DISTINCT partition FROM system.parts"
            " WHERE database = currentDatabase() AND table IN ('samples', 'histogram_samples') AND active"
        )["partition"].to_pylist()
        days = [(date.fromisoformat(each) - date(1970, 1, 1)).days for each in partitions]
        return {hour for day in days for hour in range(day * _DAY_H - 1, (day + 1) * _DAY_H)}

    def _load(self) -> set[int]:
        """Read which hours are rolled up; return those that got samples since."""
        found = self._store.query(
            "SELECT Hour, max(rolled.At) AS RolledAt, max(dirty.At) AS DirtyAt FROM rollup_hours AS rolled"
            " LEFT JOIN rollup_dirty AS dirty USING (Hour) GROUP BY Hour"
        )
        hours, rolled, dirty = (found[name].to_numpy() for name in ("Hour", "RolledAt", "DirtyAt"))
        self._rolled.update(hours.tolist())
        return set(hours[dirty >= rolled].tolist())


def hour_rows(hours: list[int], at_ms: int) -> pa.Table:
    """Return rows of `rollup_hours` or `rollup_dirty`."""
    return pa.table({"Hour": pa.array(hours, pa.int32()), "At": pa.array([at_ms] * len(hours), pa.uint64())})


def now() -> int:
    """Return the time in Unix ms."""
    return time.time_ns() // 1_000_000
