"""Targets of every kind, good and bad, on loopback."""

import contextlib
import gzip
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "text/plain; version=0.0.4"


@dataclass
class Exposing:
    """A target; `body` may be changed while it runs, `seen` holds the headers of requests."""

    body: str = "up_and_well 1\n"
    content_type: str = TEXT
    behave: Callable[["Handler"], None] | None = None
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    exposing: Exposing

    def do_GET(self) -> None:
        self.exposing.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.exposing.paths.append(self.path)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if self.exposing.behave is not None:
                self.exposing.behave(self)
            else:
                self.answer(self.exposing.body.encode(), self.exposing.content_type)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def answer(self, body: bytes, content_type: str = TEXT, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def exposing(context: ssl.SSLContext | None = None, **given: object) -> Iterator[Exposing]:
    """Run a target."""
    target = Exposing(**given)  # type: ignore[arg-type]
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"exposing": target}))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    target.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()


def hang(handler: Handler) -> None:
    time.sleep(8)


def endless(handler: Handler) -> None:
    """Send a line after the other, 100 MB of them."""
    handler.send_response(200)
    handler.send_header("Content-Type", TEXT)
    handler.end_headers()
    line = b"".join(b'filler{number="%d"} 1\n' % number for number in range(5000))
    for _ in range(100_000_000 // len(line)):
        handler.wfile.write(line)


def bomb(handler: Handler) -> None:
    """A hundred megabytes in a hundred kilobytes."""
    handler.answer(gzip.compress(b"# filler\n" * 11_000_000, 6), Content_Encoding="gzip")


def astray(handler: Handler) -> None:
    """Redirect to itself for ever."""
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()
