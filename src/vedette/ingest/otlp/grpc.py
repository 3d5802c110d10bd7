"""OTLP over gRPC: messages stay bytes until the writer's thread decodes them."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
import structlog

from vedette.guard.access import credentials_of
from vedette.ingest.door import Door
from vedette.ingest.otlp.intake import OtlpService, export
from vedette.kit.errors import VedetteError

log = structlog.get_logger(__name__)

_PROTOCOL = "otlp_grpc"
# A full queue is UNAVAILABLE: clients retry RESOURCE_EXHAUSTED only when told how long to wait.
_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    429: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
}


class OtlpGrpcServer:
    """Listens on a port of its own; port 0 takes a free one."""

    def __init__(self, door: Door, services: tuple[OtlpService, ...], *, host: str, port: int) -> None:
        self._door, self._services, self._host, self._port = door, services, host, port
        self._server: grpc.aio.Server | None = None

    async def start(self) -> int:
        """Begin to listen and return the port; raises OSError when it is taken."""
        server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", self._door.limits.decompressed),
                ("grpc.so_reuseport", 0),
            ],
            maximum_concurrent_rpcs=256,
        )
        for service in self._services:
            package, method = service.method[1:].rsplit("/", 1)
            handler = grpc.unary_unary_rpc_method_handler(self._handler(service))
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(package, {method: handler}),))
        address = f"[{self._host}]" if ":" in self._host else self._host
        try:
            port: int = server.add_insecure_port(f"{address}:{self._port}")
        except RuntimeError as error:
            raise OSError(f"cannot listen on port {self._port} for OTLP over gRPC") from error
        await server.start()
        self._server = server
        return port

    async def stop(self) -> None:
        """Let running calls end."""
        if self._server is not None:
            await self._server.stop(grace=10)

    def _handler(self, service: OtlpService) -> Callable[[bytes, Any], Awaitable[bytes]]:
        async def handle(payload: bytes, context: Any) -> bytes:
            try:
                return await self._export(service, payload, context)
            except VedetteError as error:
                text = error.detail + "".join(f"; {fault.where}: {fault.what}" for fault in error.faults)
                await context.abort(_CODES.get(error.status, grpc.StatusCode.INTERNAL), text)
                raise
            except Exception:
                log.exception("call failed", signal=service.signal)
                await context.abort(grpc.StatusCode.INTERNAL, "an unexpected error; the server's log has the details")
                raise

        return handle

    async def _export(self, service: OtlpService, payload: bytes, context: Any) -> bytes:
        door = self._door
        headers = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        try:
            project = await door.access.ingest_project(credentials_of(headers, {}), headers.get("x-vedette-project"))
        except VedetteError as error:
            raise door.refused(None, _PROTOCOL, service.signal, error) from None
        door.instruments.received_bytes.labels(_PROTOCOL).inc(len(payload))
        answer = await export(door, service, project, payload, _PROTOCOL)
        return answer.SerializeToString()
