"""POST /api/v1/write. Sources: https://prometheus.io/docs/specs/prw/remote_write_spec/ and …/remote_write_spec_2_0/."""

from dataclasses import dataclass
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import HTTPConnection

from vedette.guard.access import Project
from vedette.ingest.door import Door, door_of
from vedette.ingest.remote_write.v1 import WriteV1Decoder
from vedette.ingest.remote_write.v2 import WriteV2Decoder
from vedette.ingest.remote_write.wire import WriteUnit
from vedette.kit.errors import UnsupportedMediaType, VedetteError
from vedette.signals.metrics.intake import Written

router = APIRouter(tags=["ingest"])

_PROTOCOL: Final = "remote_write"
_SIGNAL: Final = "metrics"
_V1, _V2 = "prometheus.WriteRequest", "io.prometheus.write.v2.Request"


@dataclass(frozen=True, slots=True)
class RemoteWrite:
    """The decoders of both versions."""

    v1: WriteV1Decoder
    v2: WriteV2Decoder


async def _remote_write(connection: HTTPConnection) -> RemoteWrite:
    return cast("RemoteWrite", connection.app.state.remote_write)


@router.post(
    "/api/v1/write",
    status_code=204,
    response_class=Response,
    summary="Take samples by Prometheus remote write 1.0 or 2.0",
    responses={status: {"description": "What is wrong, as text"} for status in (400, 401, 403, 413, 415, 429, 503)},
)
async def write(request: Request, remote_write: Annotated[RemoteWrite, Depends(_remote_write)]) -> Response:
    """Commit the samples; the answer comes when they are stored."""
    door = door_of(request)
    try:
        project = await door.project(request, protocol=_PROTOCOL, signal=_SIGNAL)
        try:
            message = message_of(request.headers.get("content-type", ""))
        except VedetteError as error:
            raise door.refused(project, _PROTOCOL, _SIGNAL, error) from None
        body = await door.body(request, project, protocol=_PROTOCOL, signal=_SIGNAL, encoding=_encoding(request))
        return await _commit(door, remote_write, project, message, body)
    except VedetteError as error:
        headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
        detail = error.detail + "".join(f"; {fault.where}: {fault.what}" for fault in error.faults)
        return PlainTextResponse(detail + "\n", error.status, headers)


def message_of(content_type: str) -> str:
    """Return the message a content type names; raises UnsupportedMediaType."""
    media, *parameters = [part.strip() for part in content_type.split(";")]
    if media.lower() not in {"application/x-protobuf", ""}:
        raise UnsupportedMediaType(f"content type {media[:60]!r} is not application/x-protobuf")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "proto":
            if value.strip() in {_V1, _V2}:
                return value.strip()
            raise UnsupportedMediaType(f"{value.strip()[:60]!r} is none of {_V1}, {_V2}")
    return _V1


def _encoding(request: Request) -> str:
    """Return the body's compression: snappy, which version 1.0 left unsaid at first."""
    return request.headers.get("content-encoding", "") or "snappy"


async def _commit(door: Door, remote_write: RemoteWrite, project: Project, message: str, body: bytes) -> Response:
    decoder = remote_write.v2 if message == _V2 else remote_write.v1
    try:
        outcome: Written = await door.writers.metrics.write(decoder, WriteUnit(project.id, body), len(body))
        if outcome.error is not None:
            raise outcome.error
    except VedetteError as error:
        raise door.refused(project, _PROTOCOL, _SIGNAL, error) from None
    stored = outcome.samples + outcome.histograms
    door.ledger.accepted(project.id, _SIGNAL, stored, protocol=_PROTOCOL, newest=outcome.newest_s)
    for reason, count in outcome.refused.items():
        door.ledger.refused(project.id, _PROTOCOL, _SIGNAL, reason, count)
    headers = {
        "X-Prometheus-Remote-Write-Samples-Written": str(outcome.samples),
        "X-Prometheus-Remote-Write-Histograms-Written": str(outcome.histograms),
        "X-Prometheus-Remote-Write-Exemplars-Written": str(outcome.exemplars),
    }
    if not outcome.refused:
        return Response(status_code=204, headers=headers)
    total = sum(outcome.refused.values())
    detail = f"{total} of {total + stored} records were refused: " + "; ".join(outcome.faults)
    return PlainTextResponse(detail + "\n", 400, headers)
