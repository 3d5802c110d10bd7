"""Sends the past over HTTP: a few requests at a time, again when the server is busy, never more than memory holds."""

import http.client
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from urllib.parse import urlsplit

_CONNECTIONS = 6
_WAITING = 24
_ATTEMPTS = 6
_AGAIN = {429, 502, 503, 504}


class Sender:
    """Sends bodies beside whoever makes them; `refused` counts by path what the server did not take."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._threads = ThreadPoolExecutor(_CONNECTIONS)
        self._room = threading.Semaphore(_WAITING)
        self._pending: list[Future[None]] = []
        self._own = threading.local()
        self._lock = threading.Lock()
        self.refused: dict[str, int] = {}
        self.is_unreachable = False

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send soon; waits while too much waits already."""
        self._room.acquire()
        self._pending.append(self._threads.submit(self._send, path, body, headers))

    def mark(self, note: Callable[[], None]) -> None:
        """Call `note` once everything sent before has arrived; never when something could not be."""
        before = list(self._pending)
        self._pending = []
        self._threads.submit(self._mark, before, note)

    def _mark(self, before: Sequence[Future[None]], note: Callable[[], None]) -> None:
        wait(before)
        if not self.is_unreachable:
            note()

    def close(self) -> None:
        """Send what waits and close."""
        self._threads.shutdown()

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            status = self._attempts(path, body, headers)
            if status >= 300:
                with self._lock:
                    self.refused[path] = self.refused.get(path, 0) + 1
        finally:
            self._room.release()

    def _attempts(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        status = 0
        for attempt in range(_ATTEMPTS):
            try:
                connection = self._connection()
                connection.request("POST", path, body, dict(headers))
                answer = connection.getresponse()
                text = answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                self._own.connection = None
                status, text = 599, str(error).encode()
            if status < 300:
                return status
            if status != 599 and status not in _AGAIN:
                break
            time.sleep(0.2 * 2**attempt)
        self.is_unreachable |= status == 599
        print(f"{path}: {status} {text[:300]!r}", file=sys.stderr)  # noqa: T201 - this is the program's log
        return status

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
            self._own.connection = connection
        return connection
