"""Asynchronous questions to the telemetry store, on a bounded number of threads."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from vedette.kit.errors import Busy, VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.storage.telemetry.port import Params, StoreFault, TelemetryStore

_MOST_WAITING = 256


class Reader:
    """Every question is asked for one project, bound as `{project:UInt32}`."""

    def __init__(self, store: TelemetryStore, instruments: Instruments, *, connections: int) -> None:
        self._store, self._instruments = store, instruments
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="query")
        self._waiting = 0

    async def fetch(self, sql: str, params: Params | None = None, *, project: ProjectId) -> list[dict[str, Any]]:
        """Return the rows as dicts; maps become dicts. Select times as integers (`toUnixTimestamp64Nano`)."""
        return rows_of(await self.arrow(sql, params, project=project))

    async def arrow(self, sql: str, params: Params | None = None, *, project: ProjectId) -> pa.Table:
        """Return the answer as Arrow. Raises Busy when too many questions wait, Unavailable when the store is."""
        if self._waiting >= _MOST_WAITING:
            raise Busy("too many queries wait for an answer")
        self._waiting += 1
        started = time.perf_counter()
        outcome = "ok"
        try:
            bound = dict(params or {}) | {"project": int(project)}
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._store.query, sql, bound)
        except (VedetteError, StoreFault):
            outcome = "error"
            raise
        finally:
            self._waiting -= 1
            self._instruments.queries.labels(outcome).inc()
            self._instruments.query_seconds.observe(time.perf_counter() - started)

    def close(self) -> None:
        """Wait for running questions."""
        self._threads.shutdown()


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return an Arrow table as dicts, its maps as dicts too."""
    maps = [field.name for field in table.schema if pa.types.is_map(field.type)]
    rows: list[dict[str, Any]] = table.to_pylist()
    for name in maps:
        for row in rows:
            row[name] = dict(row[name])
    return rows
