"""The events API: reading. Sending is `vedette.ingest.events`."""

from fastapi import APIRouter

from vedette.edge.params import CursorParam, LimitParam, RangeParam, SearchParam
from vedette.edge.problems import responses
from vedette.edge.services import ReaderDep
from vedette.guard.access import CurrentProject
from vedette.signals.events import reading
from vedette.signals.events.schemas import EventNames, ProductEventPage

router = APIRouter(prefix="/api/events", tags=["events"])


@router.get("", responses=responses(400, 401, 404, 429, 503))
async def list_events(
    reader: ReaderDep,
    project: CurrentProject,
    within: RangeParam,
    cursor: CursorParam,
    search: SearchParam = "",
    limit: LimitParam = 100,
) -> ProductEventPage:
    """List product events, newest first."""
    return await reading.page(reader, project.id, search, within, cursor=cursor, limit=limit)


@router.get("/names", responses=responses(400, 401, 404, 429, 503))
async def list_event_names(reader: ReaderDep, project: CurrentProject, within: RangeParam) -> EventNames:
    """List the names of events with how often and by how many people, most frequent first."""
    return await reading.names(reader, project.id, within)
