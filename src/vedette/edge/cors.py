"""Cross-origin requests of browsers to addresses that take telemetry. Keys are not cookies: any origin may send."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFLIGHT = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-max-age", b"86400"),
    (b"vary", b"Access-Control-Request-Headers"),
]


class CrossOriginIngest:
    """ASGI middleware for POST and OPTIONS under some prefixes; credentials are never allowed."""

    def __init__(self, app: ASGIApp, *, prefixes: Sequence[str]) -> None:
        self._app, self._prefixes = app, tuple(prefixes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let any origin read the answer."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            allowed = (b"access-control-allow-headers", headers.get(b"access-control-request-headers", b"*"))
            await send({"type": "http.response.start", "status": 204, "headers": [*_PREFLIGHT, allowed]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "POST":
                MutableHeaders(scope=message)["access-control-allow-origin"] = "*"
            await send(message)

        await self._app(scope, receive, opened)
