"""The load generator, a process of its own: reads a Load as JSON from standard input, writes a Result."""

import asyncio
import itertools
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import grpc.aio
import uvloop

from bench.payloads import Kind, Pool, pool

Send = Callable[[bytes], Awaitable[int]]
_NS = 1_000_000_000
_GRPC = {
    "spans": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
}
_GRPC_STATUS = {grpc.StatusCode.RESOURCE_EXHAUSTED: 429, grpc.StatusCode.UNAVAILABLE: 503}


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: until `seconds` are over or `records` are stored, `rate` records a second (0 = all it takes).

    Times of the records end now; with `spread_s` they run from that long ago until now.
    """

    kind: Kind
    batch: int
    connections: int
    port: int
    path: str
    key: str
    is_grpc: bool = False
    rate: float = 0
    seconds: float = 10
    records: int = 0
    spread_s: float = 0


@dataclass(slots=True)
class Result:
    """What came of it. Latencies run from when a request was due, in milliseconds; times in seconds."""

    accepted: int = 0
    rows: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)
    seconds: float = 0
    cpu_s: float = 0
    bytes_per_record: float = 0

    @property
    def per_s(self) -> float:
        """Accepted records a second."""
        return self.accepted / self.seconds if self.seconds else 0


class Http(asyncio.Protocol):
    """One HTTP/1.1 connection that sends a body and waits for the status; as little work as will do."""

    def __init__(self, load: Load, bodies: Pool) -> None:
        encoding = f"Content-Encoding: {bodies.encoding}\r\n" if bodies.encoding else ""
        self._head = (
            f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Vedette-Key: {load.key}\r\n"
            f"Content-Type: {bodies.content_type}\r\n{encoding}Content-Length: %d\r\n\r\n"
        )
        self._got = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is not registered as one

    async def send(self, body: bytes) -> int:
        """Send a body and return the status."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.writelines(((self._head % len(body)).encode(), body))
        return await self._answer

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._got += data
        head, separator, rest = self._got.partition(b"\r\n\r\n")
        if not separator:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) >= length and self._answer is not None:
            self._got = rest[length:]
            self._answer.set_result(int(head[9:12]))
            self._answer = None

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))


async def _senders(load: Load, bodies: Pool) -> list[Send]:
    if load.is_grpc:
        return [_grpc_sender(load) for _ in range(load.connections)]
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Http(load, bodies), "127.0.0.1", load.port)
        for _ in range(load.connections)
    ]
    return [protocol.send for _, protocol in made]


def _grpc_sender(load: Load) -> Send:
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{load.port}", options)
    call = channel.unary_unary(_GRPC[load.kind])
    metadata = (("authorization", f"Bearer {load.key}"),)

    async def send(body: bytes) -> int:
        try:
            await call(body, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return _GRPC_STATUS.get(error.code(), 500)
        return 200

    return send


async def run(load: Load) -> Result:
    """Send the load."""
    bodies = pool(load.kind, load.batch)
    senders = await _senders(load, bodies)
    result, statuses = Result(bytes_per_record=bodies.bytes_each / bodies.records), Counter[str]()
    turn = itertools.cycle(bodies.bodies)
    began, cpu_began = time.perf_counter(), _cpu_s()
    due_times = _due_times(load, bodies.records, began)
    oldest_ns = time.time_ns() - int(load.spread_s * _NS)

    async def connection(send: Send) -> None:
        for due in due_times:
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            newest_ns = time.time_ns()
            if load.spread_s:
                newest_ns = oldest_ns + int((newest_ns - oldest_ns) * min(result.accepted / load.records, 1))
            body = next(turn).fresh(newest_ns)
            status = await send(body)
            statuses[str(status)] += 1
            result.latencies_ms.append((time.perf_counter() - due) * 1000)
            if status < 300:
                result.accepted += bodies.records
                result.rows += bodies.rows
            else:
                await asyncio.sleep(0.1)
            if load.records and result.accepted >= load.records:
                return

    await asyncio.gather(*(connection(send) for send in senders))
    result.seconds, result.cpu_s = time.perf_counter() - began, _cpu_s() - cpu_began
    result.statuses = dict(statuses)
    return result


def _due_times(load: Load, records: int, began: float) -> Iterator[float]:
    """Give the moments requests are due; without a rate, at once, until the time is over."""
    if load.rate:
        for number in range(int(load.rate * load.seconds / records) or 1):
            yield began + number * records / load.rate
        return
    while load.records or time.perf_counter() - began < load.seconds:
        yield time.perf_counter()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(run(Load(**json.load(sys.stdin)))))))
