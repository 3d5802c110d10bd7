"""Headers that every answer bears: browsers must neither guess its type nor keep what the API said."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SafeAnswers:
    """ASGI middleware; answers under /api/ are not stored unless they say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_private = scope["path"].startswith("/api/") and scope["method"] in {"GET", "HEAD"}

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                if is_private:
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, completed)
