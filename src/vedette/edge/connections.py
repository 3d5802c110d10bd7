"""Connections of HTTP/1.1 that cannot be held without end or fill the memory: uvicorn with httptools bounds neither."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD_BYTES = 64 * 1024
SLOWEST_HEAD_S = 30.0
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """Closes a connection whose request line and headers (or trailers) are too long or take too long to arrive."""

    _waiting: asyncio.TimerHandle | None = None
    _unanswered_bytes = 0
    """Received since the parser last came to the end of something."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse a head that has no end."""
        self._unanswered_bytes += len(data)
        super().data_received(data)
        if self._unanswered_bytes > LONGEST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Wait for the rest of the head."""
        super().on_message_begin()
        self._stop_waiting()
        self._wait()

    def on_headers_complete(self) -> None:
        """Stop waiting; how slowly a body may come is for whoever reads it."""
        self._stop_waiting()
        self._unanswered_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that there is a body."""
        self._unanswered_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._unanswered_bytes = 0
        super().on_message_complete()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(SLOWEST_HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
