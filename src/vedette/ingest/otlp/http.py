"""OTLP over HTTP, protobuf and JSON. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
from fastapi import APIRouter, Request, Response
from google.protobuf import json_format
from google.protobuf.internal.encoder import _VarintBytes  # type: ignore[attr-defined]

from vedette.ingest.door import Door, door_of
from vedette.ingest.otlp.intake import OtlpService, export
from vedette.ingest.otlp.jsonform import to_protobuf
from vedette.kit.errors import UnsupportedMediaType, VedetteError

_PROTOBUF, _JSON = "application/x-protobuf", "application/json"
_PROTOBUF_NAMES = {_PROTOBUF, "application/protobuf", "application/vnd.google.protobuf"}
# google.rpc.Code
_RPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 408: 4, 413: 8, 415: 3, 429: 8, 503: 14}
_PROTOCOL = "otlp_http"


def router(services: tuple[OtlpService, ...]) -> APIRouter:
    """Return the routes of the three services."""
    routes = APIRouter(tags=["ingest"])
    for service in services:
        routes.add_api_route(
            service.path,
            _endpoint(service),
            methods=["POST"],
            summary=f"Take {service.signal} in OTLP, protobuf or JSON",
            response_class=Response,
            responses={status: {"description": "A google.rpc.Status"} for status in _RPC_CODES},
            operation_id=f"otlp_{service.signal}",
        )
    return routes


def _endpoint(service: OtlpService) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_json = media == _JSON
        try:
            return await _export(door_of(request), service, request, media, is_json=is_json)
        except VedetteError as error:
            return _failure(error, is_json=is_json)

    return endpoint


async def _export(door: Door, service: OtlpService, request: Request, media: str, *, is_json: bool) -> Response:
    project = await door.project(request, protocol=_PROTOCOL, signal=service.signal)
    if not is_json and media not in _PROTOBUF_NAMES:
        error = UnsupportedMediaType(f"content type {media[:60]!r} is not one of {_PROTOBUF}, {_JSON}")
        raise door.refused(project, _PROTOCOL, service.signal, error)
    body = await door.body(request, project, protocol=_PROTOCOL, signal=service.signal)
    if is_json:
        try:
            body = await asyncio.to_thread(to_protobuf, body, service.request)
        except VedetteError as error:
            raise door.refused(project, _PROTOCOL, service.signal, error) from None
    answer = await export(door, service, project, body, _PROTOCOL)
    if is_json:
        return Response(json_format.MessageToJson(answer, indent=None), media_type=_JSON)
    return Response(answer.SerializeToString(), media_type=_PROTOBUF)


def _failure(error: VedetteError, *, is_json: bool) -> Response:
    """Answer with a google.rpc.Status, as the specification asks, in the encoding of the request."""
    message = error.detail + "".join(f"; {fault.where}: {fault.what}" for fault in error.faults)
    code = _RPC_CODES.get(error.status, 2)
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if is_json:
        return Response(orjson.dumps({"code": code, "message": message}), error.status, headers, _JSON)
    text = message.encode(errors="replace")
    status = b"\x08" + _VarintBytes(code) + b"\x12" + _VarintBytes(len(text)) + text
    return Response(status, error.status, headers, _PROTOBUF)
