"""Where product events are sent to."""

import asyncio
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from vedette.edge.problems import problem_response, responses
from vedette.ingest.arrival import Arrival
from vedette.ingest.door import door_of
from vedette.ingest.events.intake import PROTOCOL, IntakeDep
from vedette.ingest.events.records import Sorted, read_records, sort_records
from vedette.kit.errors import VedetteError

router = APIRouter(tags=["ingest"])
_BIG_BYTES = 64 * 1024
_MOST_SHOWN = 1000
_ERRORS = responses(400, 401, 403, 408, 413, 415, 429, 503)


class RefusedEvent(BaseModel):
    """A record that is not kept: its place in the request, the reason it is counted under, and why."""

    index: int
    reason: str
    detail: str


class EventsAccepted(BaseModel):
    """What became of a request. `accepted` records are stored; `duplicates` of them were before, by their id."""

    status: Literal["success"] = "success"
    accepted: int
    duplicates: int
    refused: list[RefusedEvent]


@router.post("/api/events", status_code=202, responses=_ERRORS, response_model=EventsAccepted)
async def send_events(request: Request, intake: IntakeDep) -> Response:
    """Take events: one object, a list, `{"events": […]}` or one object a line, with an ingest key.

    Each has `name` (or `event`), and may have `timestamp`, `distinct_id`, `session_id`, `properties` and `id`: an id
    that was stored before is not stored again. Each is judged by itself; with none left to keep the answer is 400.
    """
    return await _answered(request, intake)


@router.post("/api/analytics", status_code=202, responses=_ERRORS, response_model=EventsAccepted)
async def send_analytics(request: Request, intake: IntakeDep) -> Response:
    """Take events in the form `{"eventType": …, "data": {"sessionId": …, "userId": …, "timestamp": …, …}}`."""
    return await _answered(request, intake)


@router.options("/api/events", include_in_schema=False)
@router.options("/api/analytics", include_in_schema=False)
async def preflight(request: Request) -> Response:
    """Let pages of any origin send: an ingest key is public and can only write."""
    asked = request.headers.get("access-control-request-headers", "content-type")
    headers = _cors(request) | {
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "".join(each for each in asked if each.isalnum() or each in "-_, ")[:1000],
        "Access-Control-Max-Age": "86400",
    }
    return Response(None, 204, headers)


async def _answered(request: Request, intake: IntakeDep) -> Response:
    try:
        answer = await _take(request, intake)
    except VedetteError as error:
        response = problem_response(error)
        response.headers.update(_cors(request))
        return response
    return Response(orjson.dumps(answer), 202, _cors(request), "application/json")


async def _take(request: Request, intake: IntakeDep) -> dict[str, Any]:
    door = door_of(request)
    project = await door.project(request, protocol=PROTOCOL, signal="events")
    body = await door.body(request, project, protocol=PROTOCOL, signal="events")
    arrival = Arrival(project.id, door.admission)

    def work() -> Sorted:
        return sort_records(read_records(body), arrival)

    try:
        records = await asyncio.to_thread(work) if len(body) > _BIG_BYTES else work()
    except VedetteError as error:
        raise door.refused(project, PROTOCOL, "events", error) from None
    duplicates = await intake.keep(project, records)
    refused = [RefusedEvent(index=each.index, reason=each.reason, detail=each.detail) for each in records.refused]
    return EventsAccepted(accepted=len(records.rows), duplicates=duplicates, refused=refused[:_MOST_SHOWN]).model_dump()


def _cors(request: Request) -> dict[str, str]:
    """Return the headers that let a page read the answer.

    `navigator.sendBeacon` always sends cookies along, so the origin is named and credentials are allowed; nothing
    here looks at them, and reading events stays closed to other origins.
    """
    origin = request.headers.get("origin")
    if not origin:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "Retry-After",
        "Vary": "Origin",
    }
