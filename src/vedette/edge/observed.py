"""Every request measured: on `/metrics`, and handed to whoever records Vedette's own telemetry."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.kit.instruments import Instruments

_UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One answered request; `route` is the template, never the address with its ids and keys."""

    method: str
    route: str
    status: int
    started_ns: int
    duration_ns: int
    traceparent: str


class ObserveRequests:
    """ASGI middleware; costs a few microseconds and keeps nothing."""

    def __init__(self, app: ASGIApp, *, instruments: Instruments, hook: Callable[[RequestSeen], None]) -> None:
        self._app, self._instruments, self._hook = app, instruments, hook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, has_begun = 500, False
        started_ns, started = time.time_ns(), time.perf_counter_ns()

        async def watched(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                status, has_begun = message["status"], True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            # The server stops and waits no longer, mostly for a body that does not come.
            if not has_begun:
                await _stopping(scope, receive, watched)
        finally:
            duration_ns = time.perf_counter_ns() - started
            route = _template(scope)
            method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
            self._instruments.requests.labels(route, method, str(status)).inc()
            self._instruments.request_seconds.labels(route).observe(duration_ns / 1e9)
            traceparent = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
            self._hook(RequestSeen(method, route, status, started_ns, duration_ns, traceparent.decode("latin-1")))


_stopping = Response("The server is stopping.\n", 503, {"Retry-After": "5", "Connection": "close"}, "text/plain")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _template(scope: Scope) -> str:
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return path if isinstance(path, str) and path else _UNMATCHED
