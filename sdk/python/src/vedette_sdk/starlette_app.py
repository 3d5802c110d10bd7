"""FastAPI and Starlette: an ASGI middleware that knows their routes."""

import asyncio
import logging
from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match

from vedette_sdk.requests import CLOSED_BY_CLIENT, UNMATCHED, Request, exemplar_of_now, size_in

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from vedette_sdk.metrics import Metrics

_MARK: Final = "vedette_sdk"
_PREFIXES_AT_MOST: Final = 32
_log = logging.getLogger("vedette_sdk")


def instrument(app: Starlette, metrics: "Metrics") -> None:
    """Add the middleware, unless it is there; raises RuntimeError when the application serves already."""
    if hasattr(app.state, _MARK):
        _log.warning("the application is instrumented already")
        return
    app.add_middleware(_Counted, metrics=metrics)
    setattr(app.state, _MARK, metrics)


class _Counted:
    """Offers the metrics and counts what goes through to the application."""

    def __init__(self, app: "ASGIApp", metrics: "Metrics") -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _path_below_root(scope)
        if path == self._metrics.path and scope["method"] in {"GET", "HEAD"}:
            await self._answer(scope, send)
            return
        asked = {key: scope.get(key, "") for key in ("type", "app", "method", "path", "root_path", "headers")}
        request = self._metrics.requests.start(scope["method"])
        request.received = size_in(_header(scope, b"content-length"))

        async def observed(message: "Message") -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            elif message["type"] == "http.response.body":
                request.sent = (request.sent or 0) + len(message.get("body", b""))
                if not message.get("more_body"):
                    _end(request, path, asked, scope)
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                request.status = request.status or CLOSED_BY_CLIENT
            else:
                request.exception = type(error).__qualname__
            raise
        finally:
            _end(request, path, asked, scope)

    async def _answer(self, scope: "Scope", send: "Send") -> None:
        asked = (_header(scope, name).decode("latin-1") for name in (b"accept", b"accept-encoding", b"authorization"))
        answer = await run_in_threadpool(self._metrics.answer, *asked)
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})


def _end(request: Request, path: str, asked: dict[str, Any], scope: "Scope") -> None:
    if request.is_over:
        return
    try:
        request.endpoint = _endpoint(path, _route(asked, scope), scope.get("path_params") or {})
        request.exemplar = exemplar_of_now()
    except Exception:  # noqa: BLE001 - the host's request goes on
        _log.exception("the route of a request is not known")
    request.end()


def _path_below_root(scope: "Scope") -> str:
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _header(scope: "Scope", name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _route(asked: dict[str, Any], scope: "Scope") -> Any:
    """Return the route that took the request, None if none did.

    FastAPI and Starlette 1 tell; for an older Starlette it is looked up as its router does.
    """
    if scope.get("route") is not None or "endpoint" not in scope:
        return scope.get("route")
    return _found(asked["app"].routes, asked)


def _found(routes: Iterable[Any], asked: MutableMapping[str, Any]) -> Any:
    for route in routes:
        match, child = route.matches(asked)
        if match is Match.FULL:
            return _found(getattr(route, "routes", None) or (), {**asked, **child}) or route
    return None


def _endpoint(path: str, route: Any, params: dict[str, Any]) -> str:
    """Return the route's template under the prefixes of the mounts and routers it stands in.

    A route knows its own part of the path only: what stands before that in the path is the prefix, in which values of
    parameters are given their names back.
    """
    regex, template = getattr(route, "path_regex", None), getattr(route, "path_format", None)
    if regex is None or not template:
        return UNMATCHED
    convertors = getattr(route, "param_convertors", {})
    starts = (at for at, letter in enumerate(path) if letter == "/")
    for _, start in zip(range(_PREFIXES_AT_MOST), starts, strict=False):
        match = regex.match(path[start:])
        if match is None:
            continue
        own = match.groupdict()
        if all(convertors[name].convert(text) == params[name] for name, text in own.items() if name in params):
            names = {str(value): f"{{{name}}}" for name, value in params.items() if name not in own}
            return "/".join(names.get(each, each) for each in path[:start].split("/")) + str(template)
    return UNMATCHED
