"""The port through which the rest of Vedette uses a columnar store that speaks ClickHouse's SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import pyarrow as pa

Scalar = str | int | float | bool | datetime
Value = Scalar | Sequence[str] | Sequence[int]
Params = Mapping[str, Value]


class TelemetryStore(Protocol):
    """Tables of telemetry. All methods block and may be called from several threads at once.

    Every method raises `Unavailable` when the store cannot answer now (disk full, read-only, out of memory, too slow)
    and `StoreFault` when the statement itself is at fault.
    """

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows; when it returns they survive a kill of the process and are seen by the next query."""

    def recent(self, table: str) -> list[pa.Table]:
        """Return rows that may not be in the table yet. Ask before the table: a row may be in both, never in none."""

    def query(self, sql: str, params: Params | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """Answer a SELECT; values are bound by name (`{name:Type}`)."""

    def command(self, sql: str) -> None:
        """Run a statement that returns nothing."""

    def close(self) -> None:
        """Wait for running statements and release the store."""


class StoreFault(Exception):
    """The engine refused a statement: a defect of ours, never the caller's; holds the engine's code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
