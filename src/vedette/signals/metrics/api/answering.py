"""Answers and errors in Prometheus' form."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from vedette.kit.errors import Invalid, VedetteError

_TYPES = {
    400: "bad_data",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    422: "execution",
    503: "unavailable",
}
_JSON = "application/json"


class PrometheusError(BaseModel):
    """What is wrong, as Prometheus says it."""

    status: Literal["error"]
    errorType: str  # noqa: N815 -- upstream's name
    error: str


ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": PrometheusError, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 408, 413, 415, 422, 429, 503)
}


class PrometheusRoute(APIRoute):
    """Routes whose errors are `{"status": "error", "errorType": …, "error": …}`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Translate errors, those of dependencies too."""
        handler = super().get_route_handler()

        async def answering(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                return failure(Invalid(f'invalid parameter "{first["loc"][-1]}": {first["msg"]}'))
            except VedetteError as error:
                return failure(error)

        return answering


def failure(error: VedetteError) -> Response:
    """Return the answer to an error."""
    kind = error.code if error.code in {"timeout", "canceled"} else _TYPES.get(error.status, "internal")
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Vedette"'
    body = {"status": "error", "errorType": kind, "error": error.detail}
    return Response(orjson.dumps(body), error.status, headers, _JSON)


def success(data: object, *, warnings: Sequence[str] = (), infos: Sequence[str] = ()) -> Response:
    """Return the answer that holds `data`; bytes are JSON already."""
    parts = [b'{"status":"success","data":', data if isinstance(data, bytes) else orjson.dumps(data)]
    if warnings:
        parts += [b',"warnings":', orjson.dumps(list(warnings))]
    if infos:
        parts += [b',"infos":', orjson.dumps(list(infos))]
    return Response(b"".join([*parts, b"}"]), media_type=_JSON)
