"""Pushes as the Pushgateway takes them, and the groups they make.

Source: https://github.com/prometheus/pushgateway/blob/master/README.md#api. `GET /metrics` stays Vedette's own.
"""

import asyncio
from email.message import Message
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import HTTPConnection

from vedette.edge.params import CursorParam, LimitParam
from vedette.edge.problems import responses
from vedette.guard.access import CurrentProject, Principal, Project, Role, require_role
from vedette.ingest.door import door_of
from vedette.ingest.exposition.text import ExpositionError
from vedette.ingest.pushgateway.address import group_key
from vedette.ingest.pushgateway.families import Pushed
from vedette.ingest.pushgateway.protobuf import read_protobuf
from vedette.ingest.pushgateway.pushes import Pushes
from vedette.ingest.pushgateway.schemas import PushGroupList, shown
from vedette.ingest.pushgateway.text import Malformed, read_text
from vedette.ingest.pushgateway.writing import PROTOCOL
from vedette.kit.errors import Invalid, VedetteError
from vedette.kit.paging import Cursor

router = APIRouter(tags=["ingest"])

_SIGNAL: Final = "metrics"
_SMALL = 16 * 1024
_ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"description": "What is wrong, as text", "content": {"text/plain": {}}}
    for status in (400, 401, 403, 408, 413, 415, 503)
}


async def pushes_of(connection: HTTPConnection) -> Pushes:
    """Return the groups that the composition root put on `app.state`."""
    return cast("Pushes", connection.app.state.pushes)


PushesDep = Annotated[Pushes, Depends(pushes_of)]
Member = Annotated[Principal, Depends(require_role(Role.MEMBER))]
GroupPath = Annotated[str, Path(description="The job, then names and values of more labels: `job/name/value/…`.")]


@router.put("/metrics/job/{path:path}", response_class=Response, responses=_ANSWERS)
async def replace_group(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Put metrics in the place of all those of a group."""
    return await _push(request, pushes, path, is_base64=False, replaces=True)


@router.post("/metrics/job/{path:path}", response_class=Response, responses=_ANSWERS)
async def add_to_group(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Put metrics in the place of those of the same name in a group."""
    return await _push(request, pushes, path, is_base64=False, replaces=False)


@router.delete("/metrics/job/{path:path}", status_code=202, response_class=Response, responses=_ANSWERS)
async def delete_group(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Delete a group."""
    return await _delete(request, pushes, path, is_base64=False)


@router.put("/metrics/job@base64/{path:path}", response_class=Response, responses=_ANSWERS)
async def replace_group_base64(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Put metrics in the place of all those of a group, whose job is written in base64."""
    return await _push(request, pushes, path, is_base64=True, replaces=True)


@router.post("/metrics/job@base64/{path:path}", response_class=Response, responses=_ANSWERS)
async def add_to_group_base64(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Put metrics in the place of those of the same name in a group, whose job is written in base64."""
    return await _push(request, pushes, path, is_base64=True, replaces=False)


@router.delete("/metrics/job@base64/{path:path}", status_code=202, response_class=Response, responses=_ANSWERS)
async def delete_group_base64(request: Request, pushes: PushesDep, path: GroupPath) -> Response:
    """Delete a group, whose job is written in base64."""
    return await _delete(request, pushes, path, is_base64=True)


@router.get("/api/pushes", responses=responses(400, 401, 404))
async def list_pushes(
    pushes: PushesDep, project: CurrentProject, limit: LimitParam = 1000, cursor: CursorParam = None
) -> PushGroupList:
    """List the groups of pushed metrics."""
    after = cursor.record_id if cursor is not None else 0
    groups = [each for each in pushes.groups(project.id) if each.id > after]
    following = Cursor(0, groups[limit - 1].id).encode() if len(groups) > limit else None
    return PushGroupList(items=[shown(each) for each in groups[:limit]], next=following)


@router.delete("/api/pushes/{group_id}", status_code=204, responses=responses(400, 401, 403, 404, 503))
async def remove_push(
    pushes: PushesDep, project: CurrentProject, _by: Member, group_id: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> None:
    """Delete a group; its series end at once."""
    await pushes.remove(project.id, group_id)


async def _push(request: Request, pushes: Pushes, path: str, *, is_base64: bool, replaces: bool) -> Response:
    door = door_of(request)
    try:
        project = await door.project(request, protocol=PROTOCOL, signal=_SIGNAL)
        try:
            key = group_key(path, is_base64=is_base64)
        except VedetteError as error:
            raise door.refused(project, PROTOCOL, _SIGNAL, error) from None
        pushed = await _read(request, project)
        await pushes.push(project.id, key, pushed, replaces=replaces)
    except VedetteError as error:
        return _told(error)
    return Response(status_code=200)


async def _delete(request: Request, pushes: Pushes, path: str, *, is_base64: bool) -> Response:
    door = door_of(request)
    try:
        project = await door.project(request, protocol=PROTOCOL, signal=_SIGNAL)
        await pushes.delete(project.id, group_key(path, is_base64=is_base64))
    except VedetteError as error:
        return _told(error)
    return Response(status_code=202)


async def _read(request: Request, project: Project) -> Pushed:
    door = door_of(request)
    body = await door.body(request, project, protocol=PROTOCOL, signal=_SIGNAL)
    read = read_protobuf if _is_protobuf(request.headers.get("content-type", "")) else read_text
    try:
        return await asyncio.to_thread(read, body) if len(body) > _SMALL else read(body)
    except (Malformed, ExpositionError) as error:
        raise door.refused(project, PROTOCOL, _SIGNAL, Invalid(str(error))) from None


def _is_protobuf(content_type: str) -> bool:
    """Tell whether a body is in protobuf; whatever else it is called, it is read as text."""
    message = Message()
    message["content-type"] = content_type
    return (
        message.get_content_type() == "application/vnd.google.protobuf"
        and message.get_param("encoding") == "delimited"
        and message.get_param("proto") == "io.prometheus.client.MetricFamily"
    )


def _told(error: VedetteError) -> Response:
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Vedette"'
    detail = error.detail + "".join(f"; {fault.where}: {fault.what}" for fault in error.faults)
    return PlainTextResponse(f"{detail}\n", error.status, headers)
