"""RFC 9457 problem documents: the one place where errors become answers."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from vedette.edge.methods import allowed, is_page
from vedette.kit.errors import Fault, Invalid, NotFound, Unavailable, VedetteError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_CODES = {404: "not_found", 405: "method_not_allowed"}


class FaultModel(BaseModel):
    """One thing wrong with an input."""

    where: str
    what: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FaultModel] | None = None


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that may answer with problem documents of these statuses."""
    return {status: {"model": Problem, "content": {MEDIA_TYPE: {}}} for status in statuses}


def document(error: VedetteError) -> dict[str, Any]:
    """Return the problem document of an error."""
    body: dict[str, Any] = {
        "type": f"urn:vedette:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    if error.faults:
        body["errors"] = [{"where": fault.where, "what": fault.what} for fault in error.faults]
    return body


def problem_response(error: VedetteError) -> Response:
    """Return the answer of Vedette's own API to an error."""
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(document(error)), error.status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Translate every error that leaves a route."""
    app.add_exception_handler(VedetteError, _deliberate)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _records)
    app.add_exception_handler(Exception, _unexpected)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _truthful(described())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _truthful(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the API's description with 400 where FastAPI says 422, and with what a body may be refused for."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            statuses = []
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
                statuses.append(400)
            statuses += [408, 413, 415] if "requestBody" in operation else []
            for status in statuses:
                content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                refused = {"description": HTTPStatus(status).phrase, "content": content}
                operation["responses"].setdefault(str(status), refused)
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
    return schema


async def _deliberate(_request: Request, error: Exception) -> Response:
    assert isinstance(error, VedetteError)  # noqa: S101 - registered for this type
    return problem_response(error)


async def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    faults = [Fault(".".join(map(str, each["loc"])), str(each["msg"])) for each in error.errors()[:50]]
    return problem_response(Invalid("the request is not valid", faults=faults))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    headers = dict(error.headers or {})
    if error.status_code == 405:
        methods = allowed(request)
        if not methods and not is_page(request.url.path):
            return problem_response(NotFound(f"there is nothing at {request.url.path[:100]}"))
        headers["Allow"] = ", ".join(methods) or headers.get("Allow", "GET")
    problem = VedetteError(str(error.detail))
    problem.status, problem.title = error.status_code, str(error.detail)
    problem.code = _CODES.get(error.status_code, "http_error")
    response = problem_response(problem)
    response.headers.update(headers)
    return response


async def _records(_request: Request, error: Exception) -> Response:
    log.error("records store not available", error=str(getattr(error, "orig", error))[:300])
    return problem_response(Unavailable("the records store is not available now"))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request failed", path=request.url.path, exc_info=error)
    return problem_response(VedetteError("an unexpected error; the server's log has the details"))
