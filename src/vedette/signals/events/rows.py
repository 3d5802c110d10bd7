"""A product event as a row of `events`, and the decoder that turns many into one Arrow table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.writer import Decoded

_TEXT = pa.string()
SCHEMA = pa.schema(
    [
        ("Project", pa.uint32()),
        ("Timestamp", pa.timestamp("ns", "UTC")),
        ("ReceivedAt", pa.timestamp("ns", "UTC")),
        ("EventId", _TEXT),
        ("Name", _TEXT),
        ("DistinctId", _TEXT),
        ("SessionId", _TEXT),
        ("Properties", pa.map_(_TEXT, _TEXT)),
    ]
)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One row. Times are Unix nanoseconds; texts hold no lone surrogates; `event_id` is the sender's or empty."""

    project: ProjectId
    timestamp_ns: int
    received_ns: int
    event_id: str
    name: str
    distinct_id: str
    session_id: str
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """About how much memory the row takes while it waits."""
        return 300 + sum(60 + len(name) + len(value) for name, value in self.properties.items())

    def cells(self) -> tuple[object, ...]:
        """Return the values in the order of `SCHEMA`."""
        return (
            int(self.project),
            self.timestamp_ns,
            self.received_ns,
            self.event_id,
            self.name,
            self.distinct_id,
            self.session_id,
            list(self.properties.items()),
        )


def table_of(rows: Sequence[EventRow]) -> pa.Table:
    """Return rows as Arrow."""
    columns = zip(*(row.cells() for row in rows), strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(list(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


class _EventRows:
    """Rows of many requests become one table, so that a burst is one commit."""

    def decode(self, units: Sequence[Sequence[EventRow]]) -> Decoded[None]:
        return Decoded({"events": table_of([row for unit in units for row in unit])}, [None] * len(units))


EVENT_ROWS = _EventRows()
