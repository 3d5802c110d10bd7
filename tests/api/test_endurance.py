"""Nobody fills the memory or holds a connection without end, known to the server or not."""

import asyncio
import gc
import resource
import socket

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from support import Server, free_port
from vedette.cli import serve
from vedette.edge import bodies, connections
from vedette.edge.observed import ObserveRequests
from vedette.ingest.leniency import loads
from vedette.kit.errors import TooSlow
from vedette.kit.instruments import Instruments


def _answer(server: Server, *parts: bytes) -> bytes:
    """Send parts of a request and return what comes before the connection ends."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            return connection.recv(1000)
        except (BrokenPipeError, ConnectionResetError):
            return b""


@pytest.mark.parametrize("head", [b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nLong: "])
def test_a_head_without_end_is_refused(server: Server, head: bytes):
    """An address or a header of 20 MB: refused long before, with 431 or a closed connection."""
    answer = _answer(server, head, *[b"a" * 100_000] * 200)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


def test_many_headers_without_end_are_refused(server: Server):
    """As is one that never stops."""
    answer = _answer(server, b"GET / HTTP/1.1\r\n", *[b"h: x\r\n" * 10_000] * 50)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


def test_a_large_body_is_no_head(server: Server):
    """In one piece or in chunks."""
    body = b"{" + b" " * 2_000_000 + b"}"

    assert server.post("/v1/logs", content=body, headers={"Content-Type": "application/json"}).status_code == 200
    chunks = iter([body[:1_000_000], body[1_000_000:]])
    assert server.post("/v1/logs", content=chunks, headers={"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/session"), ("POST", "/api/keys"), ("PUT", "/api/retention")]
)
def test_a_form_has_no_megabytes(server: Server, method: str, path: str):
    """Whoever sends it, with its length or in chunks."""
    body = b'{"name": "' + b"a" * 1_000_000 + b'"}'

    assert httpx.request(method, server.url + path, content=body, timeout=60).status_code == 413
    assert httpx.request(method, server.url + path, content=iter([body]), timeout=60).status_code == 413


async def test_a_body_that_does_not_come_is_given_up(monkeypatch):
    """A sender that stops in the middle holds nothing for ever."""
    monkeypatch.setattr(bodies, "_PATIENCE_S", 0.05)
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive():
        return next(parts, None) or await asyncio.sleep(60)

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)

    with pytest.raises(TooSlow, match="1 bytes"):
        await bodies.read_body(request, bodies.BodyLimits(1000, 1000))


async def test_a_head_that_does_not_come_is_given_up(monkeypatch):
    """Nor does a connection on which no request is made."""
    monkeypatch.setattr(connections, "SLOWEST_HEAD_S", 0.05)
    server = uvicorn.Server(
        uvicorn.Config(FastAPI(), port=free_port(), http=connections.BoundedHttp, log_level="error")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    for sent in (b"", b"GET / HT"):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.config.port)
        writer.write(sent)
        assert await asyncio.wait_for(reader.read(), 90) == b""
        writer.close()
    server.should_exit = True
    await serving


async def test_stopping_answers_those_who_have_not_sent_all(caplog):
    """Not with a closed connection and a traceback in the log, but to come again."""
    app = FastAPI()

    @app.post("/")
    async def take(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(ObserveRequests, instruments=Instruments(), hook=lambda _: None)
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=free_port(), http=connections.BoundedHttp, log_config=None, timeout_graceful_shutdown=1
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.config.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    await asyncio.sleep(0.2)
    server.should_exit = True
    answer = await asyncio.wait_for(reader.read(), 90)
    await serving

    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in answer.lower()
    assert not any(record.exc_info for record in caplog.records)
    writer.close()


def test_connections_and_stores_share_all_the_files_there_may_be():
    """Services are often started with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        serve.allow_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_large_json_is_read_without_collecting_garbage():
    """Which would stop every other request four times as long; afterwards it goes on, also after a fault."""
    collections: list[object] = []
    gc.callbacks.append(lambda *seen: collections.append(seen))
    try:
        found = loads(b"[" + b",".join([b'{"a":1}'] * 50_000) + b"]")
    finally:
        during = len(collections)
        gc.callbacks.pop()
    with pytest.raises(ValueError, match="unexpected"):
        loads(b"{")

    assert (len(found), during, gc.isenabled()) == (50_000, 0, True)
