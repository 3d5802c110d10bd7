"""Questions about product events."""

from typing import Any

from vedette.kit.ids import ProjectId
from vedette.kit.paging import Cursor
from vedette.kit.search import parse_search
from vedette.kit.timerange import TimeRange, rfc3339, unix_ns
from vedette.signals.conditions import Column, Searchable, condition
from vedette.signals.events.schemas import EventName, EventNames, ProductEvent, ProductEventPage
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.port import Value
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_BEFORE_ALL = Cursor(2**63 - 1, 2**64 - 1)
SEARCHABLE = Searchable(
    fields={
        "name": Column("Name"),
        "event": Column("Name"),
        "distinct_id": Column("DistinctId"),
        "session_id": Column("SessionId"),
        "id": Column("EventId"),
    },
    text=("Name", "DistinctId", "arrayStringConcat(mapValues(Properties), '\\n')"),
    maps={"": ("Properties",), "properties": ("Properties",)},
)


async def page(
    reader: Reader, project: ProjectId, search: str, within: TimeRange, *, cursor: Cursor | None, limit: int
) -> ProductEventPage:
    """Return the newest events of a range that match a search, before a cursor."""
    wanted = condition(parse_search(search), SEARCHABLE)
    start = cursor or _BEFORE_ALL
    paging: dict[str, Value] = {"cursor_ns": start.time_ns, "cursor_id": start.record_id, "limit": limit + 1}
    rows = await reader.fetch(
        _QUERIES["page"].replace("/*search*/", wanted.sql), wanted.params | _bounds(within) | paging, project=project
    )
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = Cursor(rows[-1]["time_ns"], rows[-1]["RecordId"]).encode()
    return ProductEventPage(items=[_event(row) for row in rows], next=following)


async def names(reader: Reader, project: ProjectId, within: TimeRange) -> EventNames:
    """Return the names of the events in a range, most frequent first."""
    rows = await reader.fetch(_QUERIES["names"], _bounds(within), project=project)
    return EventNames(
        items=[
            EventName(
                name=row["name"],
                count=row["count"],
                people=row["people"],
                last_seen=rfc3339(row["last_seen_ns"]),
            )
            for row in rows
        ]
    )


def _bounds(within: TimeRange) -> dict[str, int]:
    return {"from_ns": unix_ns(within.start), "to_ns": unix_ns(within.end)}


def _event(row: dict[str, Any]) -> ProductEvent:
    return ProductEvent(
        id=f"{row['time_ns']:x}-{row['RecordId']:x}",
        timestamp=rfc3339(row["time_ns"]),
        name=row["Name"],
        distinct_id=row["DistinctId"],
        session_id=row["SessionId"],
        properties=row["Properties"],
    )
