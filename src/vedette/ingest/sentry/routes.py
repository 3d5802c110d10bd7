"""The two addresses a Sentry DSN leads to. Source: https://develop.sentry.dev/sdk/foundations/transport/."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from vedette.edge.bodies import decompress
from vedette.guard.access import Project, keys_of_request
from vedette.ingest.arrival import Arrival
from vedette.ingest.door import Door, door_of
from vedette.ingest.leniency import parse_json
from vedette.ingest.sentry import replies
from vedette.ingest.sentry.envelope import read_envelope, read_headers
from vedette.ingest.sentry.intake import PROTOCOL, Parsed, intake_of, parse_envelope, parse_event
from vedette.kit.errors import Fault, Forbidden, Invalid, VedetteError

router = APIRouter(tags=["ingest"])
_BIG_BYTES = 64 * 1024
_MOST_UNWRAPPED_BYTES = 20 * 1024 * 1024
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": "`{detail, causes}`"} for status in (400, 401, 403, 408, 413, 415, 429, 503)
}
Result = TypeVar("Result")


@router.post("/api/{project_id}/envelope", include_in_schema=False)
@router.post(
    "/api/{project_id}/envelope/",
    response_class=Response,
    responses=_ERRORS,
    summary="Take an envelope of the Sentry protocol",
)
async def envelope(project_id: str, request: Request) -> Response:
    """Answer `{"id": …}` once the events are stored; errors in Sentry's form: 400, 401, 403, 413, 415, 429, 503."""
    return await _answered(project_id, request, _parse_envelope)


@router.post("/api/{project_id}/store", include_in_schema=False)
@router.post(
    "/api/{project_id}/store/",
    response_class=Response,
    responses=_ERRORS,
    summary="Take one event of the Sentry protocol",
)
async def store(project_id: str, request: Request) -> Response:
    """Answer `{"id": …}` once the event is stored; errors in Sentry's form: 400, 401, 403, 413, 415, 429, 503."""
    return await _answered(project_id, request, _parse_store)


@router.options("/api/{project_id}/envelope", include_in_schema=False)
@router.options("/api/{project_id}/envelope/", include_in_schema=False)
@router.options("/api/{project_id}/store", include_in_schema=False)
@router.options("/api/{project_id}/store/", include_in_schema=False)
async def preflight(project_id: str) -> Response:  # noqa: ARG001 - part of the address
    """Let pages of any origin send: the key in the DSN is public and can only write."""
    return replies.preflight()


async def _answered(project_id: str, request: Request, parse: Callable[[bytes, Arrival], Parsed]) -> Response:
    try:
        return replies.accepted(await _take(project_id, request, parse))
    except VedetteError as error:
        return replies.failure(error)


async def _take(project_id: str, request: Request, parse: Callable[[bytes, Arrival], Parsed]) -> str | None:
    door = door_of(request)
    project, body = await _admitted(door, request)
    if project_id != str(project.id):
        error = Forbidden(f"the key belongs to project {project.id}, not to {project_id[:40]!r}")
        raise door.refused(project, PROTOCOL, "errors", error)
    arrival = Arrival(project.id, door.admission)
    try:
        parsed = await _beside(len(body), lambda: parse(body, arrival))
    except VedetteError as error:
        raise door.refused(project, PROTOCOL, "errors", error) from None
    await intake_of(request).keep(project, parsed)
    return parsed.event_id


async def _admitted(door: Door, request: Request) -> tuple[Project, bytes]:
    """Return whose data it is and the body; a key that only the DSN in the envelope holds is found there."""
    if keys_of_request(request.headers, request.query_params):
        project = await door.project(request, protocol=PROTOCOL, signal="errors")
        return project, await door.body(request, project, protocol=PROTOCOL, signal="errors")
    body = await door.body(request, None, protocol=PROTOCOL, signal="errors")
    return await door.project(request, protocol=PROTOCOL, signal="errors", key=_key_of_dsn(body)), body


def _key_of_dsn(body: bytes) -> str | None:
    try:
        dsn = read_headers(body).get("dsn")
        return urlsplit(dsn).username if isinstance(dsn, str) else None
    except (Invalid, ValueError):
        return None


def _parse_envelope(body: bytes, arrival: Arrival) -> Parsed:
    if not body.strip():
        raise Invalid("the body is empty", faults=[Fault("body", "an envelope begins with a line of headers")])
    found = read_envelope(body)
    return parse_envelope(found, Arrival(arrival.project, arrival.admission, found.headers, arrival.received_ns))


def _parse_store(body: bytes, arrival: Arrival) -> Parsed:
    if not body.strip():
        raise Invalid("the body is empty", faults=[Fault("body", "an event is a JSON object")])
    if not body.lstrip().startswith((b"{", b"\xef\xbb\xbf")):
        body = _unwrapped(body)
    event = parse_json(body, "body")
    if not isinstance(event, dict):
        raise Invalid("the event is malformed", faults=[Fault("body", "must be a JSON object")])
    return parse_event(event, arrival)


def _unwrapped(body: bytes) -> bytes:
    """Undo base64 and zlib, in which the first generation of SDKs wrapped events."""
    try:
        raw = base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        return body
    return decompress(raw, "deflate", _MOST_UNWRAPPED_BYTES)


async def _beside(size_bytes: int, work: Callable[[], Result]) -> Result:
    """Do the work at once when it is small, in a thread when it would hold up everyone else."""
    return await asyncio.to_thread(work) if size_bytes > _BIG_BYTES else work()
