"""An error event as a row of `error_events`, and the decoder that turns many into one Arrow table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.writer import Decoded

Handled = Literal["unknown", "yes", "no"]
LEVELS = ("debug", "info", "warning", "error", "fatal")

_TEXT = pa.string()
_TIME = pa.timestamp("ns", "UTC")
SCHEMA = pa.schema(
    [
        ("Project", pa.uint32()),
        ("Timestamp", _TIME),
        ("ReceivedAt", _TIME),
        ("EventId", _TEXT),
        ("IssueId", pa.uint64()),
        ("Type", _TEXT),
        ("Value", _TEXT),
        ("Culprit", _TEXT),
        ("Level", _TEXT),
        ("Platform", _TEXT),
        ("Release", _TEXT),
        ("Environment", _TEXT),
        ("ServerName", _TEXT),
        ("TransactionName", _TEXT),
        ("ServiceName", _TEXT),
        ("Logger", _TEXT),
        ("Handled", _TEXT),
        ("TraceId", _TEXT),
        ("SpanId", _TEXT),
        ("UserId", _TEXT),
        ("Tags", pa.map_(_TEXT, _TEXT)),
        ("SdkName", _TEXT),
        ("SdkVersion", _TEXT),
        ("Payload", _TEXT),
    ]
)


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row. Times are Unix nanoseconds; texts hold no lone surrogates; `event_id` is 32 hexadecimal digits."""

    project: ProjectId
    timestamp_ns: int
    received_ns: int
    event_id: str
    issue_id: int
    type: str
    value: str
    culprit: str
    level: str
    platform: str
    release: str
    environment: str
    server_name: str
    transaction: str
    service: str
    logger: str
    handled: Handled
    trace_id: str
    span_id: str
    user_id: str
    sdk_name: str
    sdk_version: str
    payload: str
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """About how much memory the row takes while it waits."""
        return 600 + len(self.payload) + len(self.value)

    def cells(self) -> tuple[object, ...]:
        """Return the values in the order of `SCHEMA`."""
        return (
            int(self.project),
            self.timestamp_ns,
            self.received_ns,
            self.event_id,
            self.issue_id,
            self.type,
            self.value,
            self.culprit,
            self.level,
            self.platform,
            self.release,
            self.environment,
            self.server_name,
            self.transaction,
            self.service,
            self.logger,
            self.handled,
            self.trace_id,
            self.span_id,
            self.user_id,
            list(self.tags.items()),
            self.sdk_name,
            self.sdk_version,
            self.payload,
        )


def table_of(rows: Sequence[ErrorRow]) -> pa.Table:
    """Return rows as Arrow."""
    columns = zip(*(row.cells() for row in rows), strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


class _ErrorRows:
    """Rows of many requests become one table, so that a burst is one commit."""

    def decode(self, units: Sequence[Sequence[ErrorRow]]) -> Decoded[None]:
        return Decoded({"error_events": table_of([row for unit in units for row in unit])}, [None] * len(units))


ERROR_ROWS = _ErrorRows()
