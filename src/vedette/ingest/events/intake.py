"""From checked records to committed rows, and what the sender is told."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from vedette.guard.access import Project
from vedette.ingest.door import Door, door_of
from vedette.ingest.events.records import Sorted
from vedette.ingest.retries import Retries
from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.ids import ProjectId
from vedette.signals.events.rows import EVENT_ROWS, EventRow
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

PROTOCOL = "events"
_QUERIES = load_queries(__package__)
_MOST_FAULTS = 50


class EventsIntake:
    """Commits product events; one per server, because it remembers which ids it has stored."""

    def __init__(self, door: Door, reader: Reader) -> None:
        self._door = door

        async def recall(project: ProjectId) -> Sequence[str]:
            return [row["EventId"] for row in await reader.fetch(_QUERIES["recent_event_ids"], project=project)]

        self._retries = Retries(recall)

    async def keep(self, project: Project, records: Sorted) -> int:
        """Commit the rows and return how many of them were stored before, by their id.

        Raises Invalid when no record could be kept, Busy or Unavailable when they should be sent again.
        """
        for reason, count in Counter(each.reason for each in records.refused).items():
            self._door.ledger.refused(project.id, PROTOCOL, "events", reason, count)
        if not records.rows:
            faults = [Fault(f"events[{each.index}]", each.detail) for each in records.refused[:_MOST_FAULTS]]
            raise Invalid("none of the events can be kept", faults=faults)
        try:
            new = await self._store(project, records.rows)
        except VedetteError as error:
            raise self._door.refused(project, PROTOCOL, "events", error) from None
        newest = max((row.timestamp_ns for row in new), default=0) / 1e9
        self._door.ledger.accepted(project.id, "events", len(new), protocol=PROTOCOL, newest=newest)
        return len(records.rows) - len(new)

    async def _store(self, project: Project, rows: Sequence[EventRow]) -> list[EventRow]:
        async with self._retries.fresh(project.id, [row.event_id for row in rows if row.event_id]) as fresh:
            new, left = list[EventRow](), set(fresh)
            for row in rows:
                if not row.event_id or row.event_id in left:
                    new.append(row)
                    left.discard(row.event_id)
            if new:
                await self._door.writers.events.write(EVENT_ROWS, new, sum(row.size_bytes for row in new))
        return new


async def _intake(connection: HTTPConnection) -> EventsIntake:
    """Return the intake of the running application, made when the first event comes."""
    state = connection.app.state
    if not hasattr(state, "events_intake"):
        state.events_intake = EventsIntake(door_of(connection), cast("Reader", state.reader))
    return cast("EventsIntake", state.events_intake)


IntakeDep = Annotated[EventsIntake, Depends(_intake)]
