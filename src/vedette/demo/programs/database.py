"""A bounded pool of SQLite connections that says how many of them are used, as OpenTelemetry names it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

POOL_SIZE = 5


class Pool:
    """Connections that are opened once; the one given back last is lent first.

    Source of the names: https://opentelemetry.io/docs/specs/semconv/database/database-metrics/#connection-pools
    """

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection], size: int = POOL_SIZE) -> None:
        self._about, self._size = {"db.client.connection.pool.name": name}, size
        self._idle = [connect() for _ in range(size)]
        meter = metrics.get_meter("pool")
        meter.create_observable_up_down_counter(
            "db.client.connection.count", [self._count], "{connection}", "Connections by what they do."
        )
        meter.create_observable_up_down_counter(
            "db.client.connection.max", [self._max], "{connection}", "Connections there may be."
        )

    def borrow(self) -> sqlite3.Connection:
        """Take a connection for good. Raises IndexError when none is idle."""
        return self._idle.pop()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection. Raises IndexError when none is idle: whoever works in parallel waits before."""
        database = self.borrow()
        try:
            yield database
        finally:
            self._idle.append(database)

    def _count(self, _: CallbackOptions) -> Iterable[Observation]:
        idle = len(self._idle)
        for state, count in (("idle", idle), ("used", self._size - idle)):
            yield Observation(count, {**self._about, "db.client.connection.state": state})

    def _max(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._size, self._about)
